"""`syllabot roadmap …`: import, check, show, fit and export roadmaps, without a database.

`roadmap_links` holds the command that asks their links.

The result goes to the standard output, and remarks about it go to the standard error.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from bot.chat.errors import Refused
from bot.chat.text import format_count
from bot.group.calendar import SyllabusWeek
from bot.group.fit import MOST_WEEKS, WEEKS, FitResult, fit_roadmap
from bot.roadmap import Roadmap, RoadmapError
from bot.roadmap.gaps import count_gaps, list_gap_lines
from bot.roadmap.importer import ImportedRoadmap
from bot.roadmap.text_page import render_roadmap_text
from bot.roadmap.writer import render_roadmap_json, render_roadmap_yaml
from bot.runtime.cli.roadmap_files import STDIN, RoadmapCommandError, read_roadmap_file
from bot.runtime.cli.roadmap_links import AskAddresses, add_links_arguments
from bot.settings import Settings

Shelf = Callable[[], Mapping[str, Roadmap]]
Action = Callable[[argparse.Namespace, Shelf], None]

# — arguments —


def add_roadmap_commands(
    add: Callable[..., argparse.ArgumentParser], shelf: Shelf, ask: AskAddresses
) -> None:
    """Add the commands after `syllabot roadmap`.

    `shelf` returns the bundled roadmaps by slug. `ask` asks web addresses if they answer.
    """
    commands = add("roadmap", help="import, check, show, fit or export a roadmap").add_subparsers(
        dest="roadmap_word", metavar="COMMAND", required=True
    )

    def add_command(name: str, action: Action, help_text: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text)
        parser.set_defaults(work=_wrap_roadmap_command(action, shelf))
        return parser

    _add_import_arguments(
        add_command("import", _run_import, "make a roadmap from a Markdown or YAML file")
    )
    _add_file_argument(add_command("check", _run_check, "check a file and report problems in it"))
    links = commands.add_parser("links", help="ask the links of files if they still work")
    add_links_arguments(links, ask)
    _add_plan_argument(add_command("show", _run_show, "print a roadmap as text"))
    _add_fit_arguments(add_command("fit", _run_fit, "print the weeks a cohort would get"))
    export = add_command("export", _run_export, "print a roadmap as YAML")
    _add_plan_argument(export)
    _add_json_argument(export)


def _add_import_arguments(parser: argparse.ArgumentParser) -> None:
    _add_file_argument(parser)
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write to this file instead of printing"
    )
    _add_json_argument(parser)
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def _add_fit_arguments(parser: argparse.ArgumentParser) -> None:
    _add_plan_argument(parser)
    parser.add_argument(
        "--weeks",
        type=int,
        default=WEEKS,
        help=f"number of weeks, 1 to {MOST_WEEKS} (default: %(default)s)",
    )
    parser.add_argument("--hours", type=float, help="hours a week (default: as many as needed)")
    parser.add_argument(
        "--season", type=int, default=1, help="which part of a long plan (default: %(default)s)"
    )


def _add_file_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a file, or - for the standard input")


def _add_plan_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "plan", metavar="FILE|SLUG", help="a file, or the name of a bundled roadmap"
    )


def _add_json_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="JSON instead of YAML")


def _wrap_roadmap_command(
    action: Action, shelf: Shelf
) -> Callable[[Settings, argparse.Namespace], Awaitable[int]]:
    async def work(settings: Settings, arguments: argparse.Namespace) -> int:
        try:
            action(arguments, shelf)
        except (RoadmapCommandError, RoadmapError, Refused) as refused:
            print(refused, file=sys.stderr)
            return 1
        return 0

    return work


# — actions —


def _run_import(arguments: argparse.Namespace, shelf: Shelf) -> None:
    imported = read_roadmap_file(arguments.file).imported
    text = _render_roadmap(imported.roadmap, is_json=arguments.json)
    if arguments.output is None:
        print(text, end="")
    else:
        _write_output_file(arguments.output, text, can_replace=arguments.force)
    _print_report(imported, arguments.file)
    print(_count_roadmap_parts(imported.roadmap), file=sys.stderr)


def _run_check(arguments: argparse.Namespace, shelf: Shelf) -> None:
    imported = read_roadmap_file(arguments.file).imported
    print(f"Fine: {_count_roadmap_parts(imported.roadmap)}")
    for entry in imported.report.list_entries_of_kind("odd"):
        print(f"{arguments.file}:{entry.line}: {entry.sentence}")
    for line in list_gap_lines(imported.roadmap):
        print(f"Advice: {line}")


def _run_show(arguments: argparse.Namespace, shelf: Shelf) -> None:
    print(render_roadmap_text(_load_named_roadmap(arguments.plan, shelf)), end="")


def _run_fit(arguments: argparse.Namespace, shelf: Shelf) -> None:
    roadmap = _load_named_roadmap(arguments.plan, shelf)
    fitted = fit_roadmap(roadmap, arguments.weeks, arguments.hours, arguments.season)
    _print_weeks(roadmap, fitted)
    for note in fitted.notes:
        print(f"\n{note}")


def _print_weeks(roadmap: Roadmap, fitted: FitResult) -> None:
    length = format_count(len(fitted.syllabus.weeks), "week")
    print(f"{roadmap.title}: {length}{_format_season(fitted)}")
    for number, week in enumerate(fitted.syllabus.weeks, 1):
        print(f"\nWeek {number}: {week.title}{_format_stage(week)}")
        for item_id in week.items:
            print(f"  - {roadmap.items[item_id].title}")


def _format_season(fitted: FitResult) -> str:
    if fitted.season_count == 1:
        return ""
    return f", season {fitted.season} of {fitted.season_count}"


def _format_stage(week: SyllabusWeek) -> str:
    # Many titles name their stage already.
    if not week.stage or week.stage in week.title:
        return ""
    return f" ({week.stage})"


def _run_export(arguments: argparse.Namespace, shelf: Shelf) -> None:
    roadmap = _load_named_roadmap(arguments.plan, shelf)
    print(_render_roadmap(roadmap, is_json=arguments.json), end="")


def _render_roadmap(roadmap: Roadmap, *, is_json: bool) -> str:
    if is_json:
        return render_roadmap_json(roadmap)
    return render_roadmap_yaml(roadmap)


# — files —


def _load_named_roadmap(name: str, shelf: Shelf) -> Roadmap:
    """Return a bundled roadmap or one from a file.

    Raises `RoadmapCommandError` and `RoadmapError`.
    """
    bundled = shelf()
    has_file = Path(name).exists()
    # A file wins over a bundled roadmap with the same name: it was put there by hand.
    if name in bundled and not has_file:
        return bundled[name]
    if name != STDIN and not has_file:
        raise RoadmapCommandError(
            f"There is neither a file nor a roadmap called {name}: "
            f"the roadmaps are {', '.join(bundled)}."
        )
    return read_roadmap_file(name).imported.roadmap


def _write_output_file(path: Path, text: str, *, can_replace: bool) -> None:
    # `x` refuses an existing file in one step: none can appear between a check and the writing.
    mode = "w" if can_replace else "x"
    try:
        with path.open(mode, encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise RoadmapCommandError(
            f"{path} already exists: choose another name, or replace it with --force."
        ) from None
    except OSError as error:
        raise RoadmapCommandError(
            f"{path} cannot be written ({error.strerror}): choose another place."
        ) from None


def _print_report(imported: ImportedRoadmap, file: str) -> None:
    """Print what was done to the file, one line for each entry, beside the output."""
    for entry in imported.report.entries:
        print(f"{file}:{entry.line}: {entry.kind}: {entry.sentence}", file=sys.stderr)
    if gaps := count_gaps(imported.roadmap):
        print(f"Good to add later. {gaps}", file=sys.stderr)


def _count_roadmap_parts(roadmap: Roadmap) -> str:
    """Return a roadmap's parts, counted: its stages only where it names no weeks."""
    counts = (
        (len(roadmap.weeks), "week"),
        (0 if roadmap.weeks else len(roadmap.stages), "stage"),
        (len(roadmap.items), "item"),
        (len(roadmap.resources), "resource"),
    )
    return ", ".join(format_count(count, word) for count, word in counts if count)
