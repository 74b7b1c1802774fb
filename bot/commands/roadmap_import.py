"""`roadmap import`: a plan somebody brings as a file becomes a draft, with everything that was done to it told before
anything is published."""

from __future__ import annotations

import re
from collections.abc import Iterator
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

SLUG = 32  # characters; a phrase that names a roadmap, what stands beside its weeks and a page still fits a button
EARLIER = 10  # versions that are looked through for what comes back
FIRST = 2  # entries of a kind that the preview tells
ENTRY, TITLE = (
    110,
    100,
)  # characters of each; with every one escaped, a preview still fits a message
MOST_NOTES = 100
_KINDS = {
    "read": "Taken",
    "repaired": "Repaired",
    "dropped": "Dropped",
    "odd": "Odd",
    "kept": "Kept as notes",
}


def read_roadmap_upload(upload: Upload) -> ImportedRoadmap:
    """The plan in a file. Raises `Refused` with the first thing to mend."""
    try:
        return import_document(upload.data, upload.name)
    except RoadmapError as error:
        raise Refused(_format_import_problem(error.problems, upload.name), "file") from None


def _format_import_problem(problems: tuple[Problem, ...], name: str) -> str:
    first = problems[0]
    has_paths = first.path != WHOLE_FILE and not name.casefold().endswith(
        (".md", ".markdown", ".txt")
    )
    where = f"Line {first.line}" + (f", {first.path}" if has_paths else "")
    more = f" {len(problems) - 1} more to mend after that." if len(problems) > 1 else ""
    return f"{escape_text(shorten(where, 150))}: {escape_text(shorten(first.sentence, 500))}{more}"


@command(moderators=True, action="Import a plan")
async def roadmap_import(
    call: Call,
    file: Annotated[
        ImportedRoadmap,
        "The plan: Markdown, YAML or JSON, up to 1 MB",
        FileReader(read_roadmap_upload),
    ],
    name: Annotated[
        str | None, "Its short name here, or the roadmap it is a new version of"
    ] = None,
) -> Message:
    """Bring a plan of your own, or a new version of one."""
    if not call.place.space:
        raise Refused("A roadmap belongs to a place: say `roadmap import` where your group lives.")
    plan = file.roadmap.model_copy(
        update={"slug": _parse_roadmap_slug(name) if name else file.roadmap.slug[:SLUG].rstrip("-")}
    )
    space_id = await call.tx.people.ensure_space_id(call.place)
    latest = (await call.load_available_roadmaps()).get(plan.slug)
    diff, told = None, file.report
    if latest is not None:
        plan, notes = await _match_part_ids(
            call, plan, latest, space_id, names_itself=file.has_own_ids
        )
        told += notes
        if plan.digest == latest.roadmap.digest:
            raise Refused(
                f"That is what `{plan.slug}` says already: there is nothing to publish.", "file"
            )
        diff = compare_roadmaps(latest.roadmap, plan)
    waiting = await call.tx.roadmaps.insert_import(
        plan, told, call.person.account_id, space_id, call.now
    )
    return _build_import_preview(
        waiting, latest, diff, await _count_affected_people(call, latest, diff)
    )


def _parse_roadmap_slug(said: str) -> str:
    slug = said.strip().casefold()
    if len(slug) > SLUG or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug):
        raise Refused(
            f"A roadmap's name is up to {SLUG} small letters and digits, words joined by hyphens, like `rust-in-8-weeks`.",
            "name",
        )
    return slug


async def _match_part_ids(
    call: Call, plan: Roadmap, latest: AvailableRoadmap, space_id: int, *, names_itself: bool
) -> tuple[Roadmap, ImportReport]:
    """The plan with the ids its parts have had so far, and what to tell of that."""
    if names_itself:
        return plan, _build_import_notes("odd", describe_changed_ids(plan, latest.roadmap))
    before = [
        one.plan_id for one in await call.tx.roadmaps.list_roadmap_versions(space_id, plan.slug)
    ][1 : 1 + EARLIER]
    earlier = [await call.tx.roadmaps.load_version_roadmap(one) for one in before]
    if plan.slug in call.roadmaps:
        earlier.append(call.roadmaps[plan.slug])
    matched, notes = match_roadmap_ids(plan, latest.roadmap, *earlier)
    return matched, _build_import_notes("read", notes)


def _build_import_notes(kind: EntryKind, sentences: tuple[str, ...]) -> ImportReport:
    more = (
        [f"{len(sentences) - MOST_NOTES} more like these."] if len(sentences) > MOST_NOTES else []
    )
    return ImportReport(
        tuple(ReportEntry(0, kind, one) for one in (*sentences[:MOST_NOTES], *more))
    )


async def _count_affected_people(
    call: Call, latest: AvailableRoadmap | None, diff: RoadmapDiff | None
) -> int:
    if latest is None or diff is None:
        return 0
    groups = [
        one
        for one in await call.tx.cohorts.list_cohorts_in_space(call.place)
        if one.roadmap == latest.key
    ]
    return await call.tx.roadmaps.count_tickers(latest.key, diff.items_with_changes, groups)


def _build_import_preview(
    waiting: PendingImport, latest: AvailableRoadmap | None, diff: RoadmapDiff | None, people: int
) -> Message:
    plan, over = waiting.roadmap, latest.version if latest else 0
    publish = build_phrase("roadmap publish", number=waiting.id, over=over)
    rows = [Button("Publish it", publish)]
    rows.append(Button("Leave it", build_phrase("roadmap publish", number=waiting.id, leave="yes")))
    if diff is not None:
        rows.append(
            Button(
                "What changes",
                build_phrase("roadmap publish", number=waiting.id, over=over, show="changes"),
            )
        )
    if waiting.report.entries:
        rows.append(
            Button(
                "The whole report",
                build_phrase("roadmap publish", number=waiting.id, over=over, show="report"),
            )
        )
    return text_message(
        f"**{escape_text(shorten(plan.title, TITLE))}** has {_format_roadmap_counts(plan)}.\n{_describe_import_result(plan, latest, diff, people)}",
        *["\n".join(_list_report_sections(waiting.report))] * bool(waiting.report.entries),
        "Nothing has been published yet: it waits a day for you.",
        Buttons(tuple(rows)),
        title="A plan, read",
    )


def _format_roadmap_counts(plan: Roadmap) -> str:
    counts = (
        (len(plan.weeks), "week"),
        (len(plan.all_stages), "stage"),
        (len(plan.items), "item"),
        (len(plan.resources), "resource"),
        (len(plan.portfolio), "portfolio project"),
        (len(plan.certificates), "certificate"),
    )
    return ", ".join(format_count(count, what) for count, what in counts if count)


def _describe_import_result(
    plan: Roadmap, latest: AvailableRoadmap | None, diff: RoadmapDiff | None, people: int
) -> str:
    if latest is None or diff is None:
        return f"It would be a new roadmap here, called `{plan.slug}`."
    than = f"version {latest.version}" if latest.version else "the one that comes with me"
    told = f"It would be version {latest.version + 1} of `{plan.slug}`. Beside {than}: {describe_diff(diff, people)}."
    if len(diff.removed) == len(diff.old.items):
        told += " Nothing of the older one is left: if it is another plan, import it with another `name=`."
    return told


def _list_report_sections(report: ImportReport) -> Iterator[str]:
    kinds: tuple[EntryKind, ...] = get_args(EntryKind)
    for kind in kinds:
        if entries := report.list_entries_of_kind(kind):
            first = "".join(f"\n• {format_report_entry(entry, ENTRY)}" for entry in entries[:FIRST])
            more = f"\n• and {len(entries) - FIRST} more" if len(entries) > FIRST else ""
            yield f"**{_KINDS[kind]}** {len(entries)}{first}{more}"
