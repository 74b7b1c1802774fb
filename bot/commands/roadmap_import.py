"""`roadmap import`: a plan somebody brings as a file becomes a draft, with everything that was done to it told before
anything is published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, get_args

from bot.chat.errors import Refused
from bot.chat.message import Button, Buttons, Message, phrase, quote, say
from bot.chat.text import counted, short
from bot.command import Call, Reads, Upload, command
from bot.group.revision import Diff, aligned, compared, estranged, sentence
from bot.roadmap import Problem, Roadmap, RoadmapError
from bot.roadmap.importer import Entry, EntryKind, Imported, Report, imported
from bot.roadmap.problem import WHOLE_FILE
from bot.store.roadmaps import Shelved, Waiting
from bot.views.import_report import entry_line

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


def brought(upload: Upload) -> Imported:
    """The plan in a file. Raises `Refused` with the first thing to mend."""
    try:
        return imported(upload.data, upload.name)
    except RoadmapError as error:
        raise Refused(_mend(error.problems, upload.name), "file") from None


def _mend(problems: tuple[Problem, ...], name: str) -> str:
    first = problems[0]
    has_paths = first.path != WHOLE_FILE and not name.casefold().endswith(
        (".md", ".markdown", ".txt")
    )
    where = f"Line {first.line}" + (f", {first.path}" if has_paths else "")
    more = f" {len(problems) - 1} more to mend after that." if len(problems) > 1 else ""
    return f"{quote(short(where, 150))}: {quote(short(first.sentence, 500))}{more}"


@command(moderators=True, action="Import a plan")
async def roadmap_import(
    call: Call,
    file: Annotated[Imported, "The plan: Markdown, YAML or JSON, up to 1 MB", Reads(brought)],
    name: Annotated[
        str | None, "Its short name here, or the roadmap it is a new version of"
    ] = None,
) -> Message:
    """Bring a plan of your own, or a new version of one."""
    if not call.place.space:
        raise Refused("A roadmap belongs to a place: say `roadmap import` where your group lives.")
    plan = file.plan.model_copy(
        update={"slug": _slug(name) if name else file.plan.slug[:SLUG].rstrip("-")}
    )
    space_id = await call.tx.people.settle(call.place)
    latest = (await call.shelf()).get(plan.slug)
    diff, told = None, file.report
    if latest is not None:
        plan, notes = await _matched(call, plan, latest, space_id, names_itself=file.names_itself)
        told += notes
        if plan.digest == latest.plan.digest:
            raise Refused(
                f"That is what `{plan.slug}` says already: there is nothing to publish.", "file"
            )
        diff = compared(latest.plan, plan)
    waiting = await call.tx.roadmaps.keep(plan, told, call.person.account_id, space_id, call.now)
    return _preview(waiting, latest, diff, await _people(call, latest, diff))


def _slug(said: str) -> str:
    slug = said.strip().casefold()
    if len(slug) > SLUG or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug):
        raise Refused(
            f"A roadmap's name is up to {SLUG} small letters and digits, words joined by hyphens, like `rust-in-8-weeks`.",
            "name",
        )
    return slug


async def _matched(
    call: Call, plan: Roadmap, latest: Shelved, space_id: int, *, names_itself: bool
) -> tuple[Roadmap, Report]:
    """The plan with the ids its parts have had so far, and what to tell of that."""
    if names_itself:
        return plan, _notes("odd", estranged(plan, latest.plan))
    before = [one.plan_id for one in await call.tx.roadmaps.versions(space_id, plan.slug)][
        1 : 1 + EARLIER
    ]
    earlier = [await call.tx.roadmaps.plan(one) for one in before]
    if plan.slug in call.roadmaps:
        earlier.append(call.roadmaps[plan.slug])
    matched, notes = aligned(plan, latest.plan, *earlier)
    return matched, _notes("read", notes)


def _notes(kind: EntryKind, sentences: tuple[str, ...]) -> Report:
    more = (
        [f"{len(sentences) - MOST_NOTES} more like these."] if len(sentences) > MOST_NOTES else []
    )
    return Report(tuple(Entry(0, kind, one) for one in (*sentences[:MOST_NOTES], *more)))


async def _people(call: Call, latest: Shelved | None, diff: Diff | None) -> int:
    if latest is None or diff is None:
        return 0
    groups = [
        one for one in await call.tx.cohorts.in_space(call.place) if one.roadmap == latest.key
    ]
    return await call.tx.roadmaps.tickers(latest.key, diff.touched, groups)


def _preview(waiting: Waiting, latest: Shelved | None, diff: Diff | None, people: int) -> Message:
    plan, over = waiting.plan, latest.version if latest else 0
    publish = phrase("roadmap publish", number=waiting.id, over=over)
    rows = [Button("Publish it", publish)]
    rows.append(Button("Leave it", phrase("roadmap publish", number=waiting.id, leave="yes")))
    if diff is not None:
        rows.append(
            Button(
                "What changes",
                phrase("roadmap publish", number=waiting.id, over=over, show="changes"),
            )
        )
    if waiting.report.entries:
        rows.append(
            Button(
                "The whole report",
                phrase("roadmap publish", number=waiting.id, over=over, show="report"),
            )
        )
    return say(
        f"**{quote(short(plan.title, TITLE))}** has {_counted(plan)}.\n{_becomes(plan, latest, diff, people)}",
        *["\n".join(_folded(waiting.report))] * bool(waiting.report.entries),
        "Nothing has been published yet: it waits a day for you.",
        Buttons(tuple(rows)),
        title="A plan, read",
    )


def _counted(plan: Roadmap) -> str:
    counts = (
        (len(plan.weeks), "week"),
        (len(plan.all_stages), "stage"),
        (len(plan.items), "item"),
        (len(plan.resources), "resource"),
        (len(plan.portfolio), "portfolio project"),
        (len(plan.certificates), "certificate"),
    )
    return ", ".join(counted(count, what) for count, what in counts if count)


def _becomes(plan: Roadmap, latest: Shelved | None, diff: Diff | None, people: int) -> str:
    if latest is None or diff is None:
        return f"It would be a new roadmap here, called `{plan.slug}`."
    than = f"version {latest.version}" if latest.version else "the one that comes with me"
    told = f"It would be version {latest.version + 1} of `{plan.slug}`. Beside {than}: {sentence(diff, people)}."
    if len(diff.removed) == len(diff.old.items):
        told += " Nothing of the older one is left: if it is another plan, import it with another `name=`."
    return told


def _folded(report: Report) -> Iterator[str]:
    kinds: tuple[EntryKind, ...] = get_args(EntryKind)
    for kind in kinds:
        if entries := report.of(kind):
            first = "".join(f"\n• {entry_line(entry, ENTRY)}" for entry in entries[:FIRST])
            more = f"\n• and {len(entries) - FIRST} more" if len(entries) > FIRST else ""
            yield f"**{_KINDS[kind]}** {len(entries)}{first}{more}"
