"""`roadmap import`: turn a person's own file into a draft roadmap, with a report about it.

Nothing is published before its author has seen the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, get_args

from bot.chat.errors import Refused
from bot.chat.message import Button, Buttons, Message, build_phrase, escape_text, text_message
from bot.chat.text import format_count, shorten
from bot.command import Call, FileReader, Upload, command
from bot.group.revision import (
    RoadmapDiff,
    compare_roadmaps,
    describe_changed_ids,
    describe_diff,
    match_roadmap_ids,
)
from bot.roadmap import Problem, Roadmap, RoadmapError
from bot.roadmap.gaps import count_gaps
from bot.roadmap.importer import (
    EntryKind,
    ImportedRoadmap,
    ImportReport,
    ReportEntry,
    import_document,
)
from bot.roadmap.problem import WHOLE_FILE
from bot.store.roadmaps import AvailableRoadmap, PendingImport
from bot.views.import_report import format_report_entry

# A phrase with a roadmap's name, one of its info pages and a page number must fit a button.
SLUG = 32  # characters
MAX_EARLIER = 10  # older versions searched for parts that come back
MAX_ENTRIES = 2  # of each kind in the preview
MAX_NOTES = 100
# With every character escaped, a preview of these lengths still fits one message.
MAX_ENTRY, MAX_TITLE = 110, 100  # characters
MAX_PROBLEM, MAX_PATH = 500, 150  # characters
TEXT_SUFFIXES = (".md", ".markdown", ".txt")
NAME_PATTERN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
KIND_HEADINGS: Mapping[EntryKind, str] = {
    "read": "Imported",
    "repaired": "Fixed",
    "dropped": "Left out",
    "odd": "Please check",
    "kept": "Kept as notes",
}


def read_roadmap_upload(upload: Upload) -> ImportedRoadmap:
    """Return the roadmap in a file. Raises `Refused` with the first problem in it."""
    try:
        return import_document(upload.data, upload.name)
    except RoadmapError as error:
        raise Refused(_format_import_problem(error.problems, upload.name), "file") from None


def _format_import_problem(problems: tuple[Problem, ...], file_name: str) -> str:
    sentence = _format_problem_sentence(problems[0], file_name)
    if len(problems) == 1:
        return sentence
    return f"{sentence} Then fix {len(problems) - 1} more."


def _format_problem_sentence(problem: Problem, file_name: str) -> str:
    place = escape_text(shorten(_format_problem_place(problem, file_name), MAX_PATH))
    return f"{place}: {escape_text(shorten(problem.sentence, MAX_PROBLEM))}"


def _format_problem_place(problem: Problem, file_name: str) -> str:
    # A path into the data means nothing in a text, where people see lines.
    is_text = file_name.casefold().endswith(TEXT_SUFFIXES)
    if is_text or problem.path == WHOLE_FILE:
        return f"Line {problem.line}"
    return f"Line {problem.line}, {problem.path}"


@command(moderators=True, action="Import a plan")
async def roadmap_import(
    call: Call,
    file: Annotated[
        ImportedRoadmap,
        "The plan: Markdown, YAML or JSON, up to 1 MB",
        FileReader(read_roadmap_upload),
    ],
    name: Annotated[
        str | None, "A short name, or the name of the plan this is a new version of"
    ] = None,
) -> Message:
    """Import a plan of your own, or a new version of it."""
    if not call.place.space:
        raise Refused("A private chat has no plans: use `roadmap import` in your group's channel.")
    roadmap = _rename_roadmap(file.roadmap, name)
    report = file.report
    space_id = await call.tx.people.ensure_space_id(call.place)
    latest = (await call.load_available_roadmaps()).get(roadmap.slug)
    if latest is not None:
        roadmap, notes = await _match_part_ids(
            call, roadmap, latest, space_id, names_itself=file.has_own_ids
        )
        report += notes
        _refuse_unchanged_roadmap(roadmap, latest)
    pending = await call.tx.roadmaps.insert_import(
        roadmap, report, call.person.account_id, space_id, call.now
    )
    return _build_import_preview(pending, await _compare_with_latest(call, roadmap, latest))


def _rename_roadmap(roadmap: Roadmap, typed_name: str | None) -> Roadmap:
    slug = roadmap.slug[:SLUG].rstrip("-")
    if typed_name:
        slug = _parse_roadmap_slug(typed_name)
    return roadmap.model_copy(update={"slug": slug})


def _parse_roadmap_slug(typed_name: str) -> str:
    slug = typed_name.strip().casefold()
    if len(slug) > SLUG or not NAME_PATTERN.fullmatch(slug):
        raise Refused(
            f"Choose a name of up to {SLUG} small letters and digits, with hyphens between words, "
            "like `rust-in-8-weeks`.",
            "name",
        )
    return slug


def _refuse_unchanged_roadmap(roadmap: Roadmap, latest: AvailableRoadmap) -> None:
    if roadmap.digest == latest.roadmap.digest:
        raise Refused(
            f"`{roadmap.slug}` already says the same: change the file and import it again.", "file"
        )


# — a new version of a roadmap —


async def _match_part_ids(
    call: Call, roadmap: Roadmap, latest: AvailableRoadmap, space_id: int, *, names_itself: bool
) -> tuple[Roadmap, ImportReport]:
    """Return the roadmap with the ids its parts have had so far, and the notes about that."""
    # A file with ids of its own decides for itself: ticks follow the ids its author wrote.
    if names_itself:
        return roadmap, _build_import_notes("odd", describe_changed_ids(roadmap, latest.roadmap))
    earlier = await _load_earlier_roadmaps(call, space_id, roadmap.slug)
    matched, sentences = match_roadmap_ids(roadmap, latest.roadmap, *earlier)
    return matched, _build_import_notes("read", sentences)


async def _load_earlier_roadmaps(call: Call, space_id: int, slug: str) -> list[Roadmap]:
    """Return the versions before the latest, newest first, and the built-in roadmap at the end."""
    versions = await call.tx.roadmaps.list_roadmap_versions(space_id, slug)
    earlier = []
    for version in versions[1 : 1 + MAX_EARLIER]:
        earlier.append(await call.tx.roadmaps.load_version_roadmap(version.plan_id))
    if slug in call.roadmaps:
        earlier.append(call.roadmaps[slug])
    return earlier


def _build_import_notes(kind: EntryKind, sentences: tuple[str, ...]) -> ImportReport:
    shown_sentences = list(sentences[:MAX_NOTES])
    hidden_count = len(sentences) - MAX_NOTES
    if hidden_count > 0:
        shown_sentences.append(f"{hidden_count} more like these.")
    # Line 0: a note is about the whole file.
    return ImportReport(tuple(ReportEntry(0, kind, sentence) for sentence in shown_sentences))


@dataclass(frozen=True, slots=True)
class LatestComparison:
    """The latest version of a roadmap, what an import changes in it, and the people affected."""

    latest: AvailableRoadmap
    diff: RoadmapDiff
    people_count: int


async def _compare_with_latest(
    call: Call, roadmap: Roadmap, latest: AvailableRoadmap | None
) -> LatestComparison | None:
    if latest is None:
        return None
    diff = compare_roadmaps(latest.roadmap, roadmap)
    return LatestComparison(latest, diff, await _count_affected_people(call, latest, diff))


async def _count_affected_people(call: Call, latest: AvailableRoadmap, diff: RoadmapDiff) -> int:
    space_cohorts = await call.tx.cohorts.list_cohorts_in_space(call.place)
    affected = [cohort for cohort in space_cohorts if cohort.roadmap == latest.key]
    return await call.tx.roadmaps.count_tickers(latest.key, diff.items_with_changes, affected)


# — the report —


def _build_import_preview(pending: PendingImport, comparison: LatestComparison | None) -> Message:
    roadmap = pending.roadmap
    bold_title = f"**{escape_text(shorten(roadmap.title, MAX_TITLE))}**"
    result = _describe_import_result(roadmap, comparison)
    texts = [f"{bold_title} has {_format_roadmap_counts(roadmap)}.\n{result}"]
    if gaps := count_gaps(roadmap):
        texts.append(f"Good to add later. {gaps}")
    if pending.report.entries:
        texts.append("\n".join(_list_report_sections(pending.report)))
    texts.append("Nothing is published yet. You have one day to decide.")
    buttons = _build_preview_buttons(pending, comparison)
    return text_message(*texts, buttons, title="Import report")


def _build_preview_buttons(pending: PendingImport, comparison: LatestComparison | None) -> Buttons:
    # The version compared with goes along: publishing is refused once somebody else published.
    base_version = comparison.latest.version if comparison else 0
    publish_phrase = build_phrase("roadmap publish", number=pending.id, over=base_version)
    discard_phrase = build_phrase("roadmap publish", number=pending.id, leave="yes")
    buttons = [Button("Publish", publish_phrase), Button("Discard", discard_phrase)]
    if comparison is not None:
        buttons.append(Button("Changes", f"{publish_phrase} show=changes"))
    if pending.report.entries:
        buttons.append(Button("Full report", f"{publish_phrase} show=report"))
    return Buttons(tuple(buttons))


def _format_roadmap_counts(roadmap: Roadmap) -> str:
    counts = (
        (len(roadmap.weeks), "week"),
        (len(roadmap.all_stages), "stage"),
        (len(roadmap.items), "item"),
        (len(roadmap.resources), "resource"),
        (len(roadmap.portfolio), "portfolio project"),
        (len(roadmap.certificates), "certificate"),
    )
    return ", ".join(format_count(count, noun) for count, noun in counts if count)


def _describe_import_result(roadmap: Roadmap, comparison: LatestComparison | None) -> str:
    if comparison is None:
        return f"It would be a new plan here, named `{roadmap.slug}`."
    version = comparison.latest.version
    base = f"version {version}" if version else "the built-in plan"
    changes = describe_diff(comparison.diff, comparison.people_count)
    sentences = [
        f"It would be version {version + 1} of `{roadmap.slug}`.",
        f"Compared with {base}: {changes}.",
    ]
    if len(comparison.diff.removed) == len(comparison.diff.old.items):
        sentences.append(
            "Nothing from the older version is left. If this is a different plan, "
            "import it under another name."
        )
    return " ".join(sentences)


def _list_report_sections(report: ImportReport) -> Iterator[str]:
    kinds: tuple[EntryKind, ...] = get_args(EntryKind)
    for kind in kinds:
        entries_of_kind = report.list_entries_of_kind(kind)
        if entries_of_kind:
            yield f"**{KIND_HEADINGS[kind]}** {len(entries_of_kind)}"
            yield from _list_entry_lines(entries_of_kind)


def _list_entry_lines(entries_of_kind: Sequence[ReportEntry]) -> Iterator[str]:
    for entry in entries_of_kind[:MAX_ENTRIES]:
        yield f"• {format_report_entry(entry, MAX_ENTRY)}"
    hidden_count = len(entries_of_kind) - MAX_ENTRIES
    if hidden_count > 0:
        yield f"• and {hidden_count} more"
