"""`syllabot roadmap …`: plans read, checked, shown, fitted and written out on the command line. No database is touched.

What somebody asked for goes to the standard output, what there is to tell about it beside it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.chat.errors import Refused
from bot.chat.text import format_count
from bot.group.fit import MOST_WEEKS, WEEKS, fit_roadmap
from bot.roadmap import Roadmap, RoadmapError
from bot.roadmap.file import MOST_BYTES
from bot.roadmap.importer import ImportedRoadmap, import_document
from bot.roadmap.text_page import render_roadmap_text
from bot.roadmap.writer import render_roadmap_json, render_roadmap_yaml
from bot.settings import Settings

Shelf = Callable[[], Mapping[str, Roadmap]]
_Deed = Callable[[argparse.Namespace, Shelf], None]


class _RoadmapCommandError(Exception):
    """Something asked for that cannot be done; its sentences say what to do."""


def add_roadmap_commands(add: Callable[..., argparse.ArgumentParser], shelf: Shelf) -> None:
    """Add what can be typed after `syllabot roadmap`. `shelf` gives the bundled roadmaps by their slugs."""
    below = add("roadmap", help="import, check, show, fit or export a roadmap").add_subparsers(
        dest="roadmap_word", metavar="COMMAND", required=True
    )

    def word(name: str, deed: _Deed, said: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = below.add_parser(name, help=said)
        parser.set_defaults(work=_wrap_roadmap_command(deed, shelf))
        return parser

    parser = word(
        "import",
        _run_import,
        "make a roadmap of a Markdown or YAML file, and tell what was done to it",
    )
    parser.add_argument("file", metavar="FILE", help="a file; - for the standard input")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write it there instead of printing it"
    )
    parser.add_argument("--json", action="store_true", help="as JSON instead of YAML")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    parser = word("check", _run_check, "say whether a file can be used, and what is odd about it")
    parser.add_argument("file", metavar="FILE", help="a file; - for the standard input")
    parser = word("show", _run_show, "print a roadmap to read")
    parser.add_argument(
        "plan", metavar="FILE|SLUG", help="a file, or the name of a bundled roadmap"
    )
    parser = word("fit", _run_fit, "print the weeks a cohort would take")
    parser.add_argument(
        "plan", metavar="FILE|SLUG", help="a file, or the name of a bundled roadmap"
    )
    parser.add_argument(
        "--weeks",
        type=int,
        default=WEEKS,
        help=f"how many, 1 to {MOST_WEEKS} (default: %(default)s)",
    )
    parser.add_argument("--hours", type=float, help="hours a week (default: as many as it takes)")
    parser.add_argument(
        "--season", type=int, default=1, help="which part of a long plan (default: %(default)s)"
    )
    parser = word("export", _run_export, "print a roadmap as YAML")
    parser.add_argument(
        "plan", metavar="FILE|SLUG", help="a file, or the name of a bundled roadmap"
    )
    parser.add_argument("--json", action="store_true", help="as JSON instead of YAML")


def _wrap_roadmap_command(
    deed: _Deed, shelf: Shelf
) -> Callable[[Settings, argparse.Namespace], Awaitable[int]]:
    async def work(settings: Settings, asked: argparse.Namespace) -> int:
        try:
            deed(asked, shelf)
        except (_RoadmapCommandError, RoadmapError, Refused) as refused:
            print(refused, file=sys.stderr)
            return 1
        return 0

    return work


def _run_import(asked: argparse.Namespace, shelf: Shelf) -> None:
    found = _import_file(asked.file)
    text = render_roadmap_json(found.roadmap) if asked.json else render_roadmap_yaml(found.roadmap)
    if asked.output is None:
        print(text, end="")
    else:
        _write_output_file(asked.output, text, over=asked.force)
    _print_report(found, asked.file)
    print(_count_roadmap_parts(found.roadmap), file=sys.stderr)


def _run_check(asked: argparse.Namespace, shelf: Shelf) -> None:
    found = _import_file(asked.file)
    print(f"Fine: {_count_roadmap_parts(found.roadmap)}")
    for entry in found.report.list_entries_of_kind("odd"):
        print(f"{asked.file}:{entry.line}: {entry.sentence}")


def _run_show(asked: argparse.Namespace, shelf: Shelf) -> None:
    print(render_roadmap_text(_load_named_roadmap(asked.plan, shelf)), end="")


def _run_fit(asked: argparse.Namespace, shelf: Shelf) -> None:
    plan = _load_named_roadmap(asked.plan, shelf)
    fitted = fit_roadmap(plan, asked.weeks, asked.hours, asked.season)
    part = f", season {fitted.season} of {fitted.season_count}" if fitted.season_count > 1 else ""
    print(f"{plan.title}: {format_count(len(fitted.syllabus.weeks), 'week')}{part}")
    for number, week in enumerate(fitted.syllabus.weeks, 1):
        stage = f" ({week.stage})" if week.stage and week.stage not in week.title else ""
        print(f"\nWeek {number}: {week.title}{stage}")
        for item in week.items:
            print(f"  - {plan.items[item].title}")
    for note in fitted.notes:
        print(f"\n{note}")


def _run_export(asked: argparse.Namespace, shelf: Shelf) -> None:
    plan = _load_named_roadmap(asked.plan, shelf)
    print(render_roadmap_json(plan) if asked.json else render_roadmap_yaml(plan), end="")


def _load_named_roadmap(said: str, shelf: Shelf) -> Roadmap:
    """A bundled roadmap, or the plan of a file. Raises `_Unable` and RoadmapError."""
    bundled = shelf()
    if said in bundled and not Path(said).exists():
        return bundled[said]
    if said != "-" and not Path(said).exists():
        raise _RoadmapCommandError(
            f"There is neither a file nor a roadmap called {said}: the roadmaps are {', '.join(bundled)}."
        )
    return _import_file(said).roadmap


def _import_file(file: str) -> ImportedRoadmap:
    """What a file, or for `-` the standard input, holds; of a larger one than is read, only as much as shows that it is too
    large. Raises `_Unable` and RoadmapError, whose problems name the file as it was typed."""
    try:
        if file == "-":
            return import_document(sys.stdin.buffer.read(MOST_BYTES + 1), "stdin")
        with Path(file).open("rb") as opened:
            return import_document(opened.read(MOST_BYTES + 1), file)
    except RoadmapError as error:
        raise RoadmapError(replace(problem, file=file) for problem in error.problems) from None
    except OSError as error:
        raise _RoadmapCommandError(
            f"{file} cannot be read ({error.strerror}): give the path of a file."
        ) from None


def _write_output_file(path: Path, text: str, *, over: bool) -> None:
    try:
        with path.open("w" if over else "x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise _RoadmapCommandError(
            f"{path} is there already: choose another name, or write over it with --force."
        ) from None
    except OSError as error:
        raise _RoadmapCommandError(
            f"{path} cannot be written ({error.strerror}): choose another place."
        ) from None


def _print_report(found: ImportedRoadmap, file: str) -> None:
    """Say beside the output what was done to the file, a line for each entry of the report."""
    for entry in found.report.entries:
        print(f"{file}:{entry.line}: {entry.kind}: {entry.sentence}", file=sys.stderr)


def _count_roadmap_parts(plan: Roadmap) -> str:
    """What a roadmap holds, counted; stages where it names no weeks."""
    counts = (
        (len(plan.weeks), "week"),
        (0 if plan.weeks else len(plan.stages), "stage"),
        (len(plan.items), "item"),
        (len(plan.resources), "resource"),
    )
    return ", ".join(format_count(count, what) for count, what in counts if count)
