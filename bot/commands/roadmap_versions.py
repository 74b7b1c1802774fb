"""`roadmap versions`: what has become of a roadmap here, version by version, and which cohorts go by which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.buttons import buttons
from bot.chat.message import ROW, Buttons, Choice, Message, phrase, quote, say
from bot.chat.message import page as page_of
from bot.chat.text import names, short
from bot.command import Ask, Call, Hidden, command
from bot.command.suggestions import roadmaps
from bot.group.cohort import Cohort
from bot.group.revision import compared, sentence
from bot.group.zones import zone
from bot.roadmap import Roadmap
from bot.store.roadmaps import Shelved, Version
from bot.views.dates import day

LISTED = 5
NAME, BY, TITLE = (
    40,
    40,
    40,
)  # characters; two roadmaps may have one title, so that the name stands beside it
NAMED = 3  # cohorts of a version; with every name escaped, a page still fits a message


@command(moderators=True, reads=True)
async def roadmap_versions(
    call: Call,
    roadmap: Annotated[str | None, "Which roadmap", roadmaps] = None,
    page: Annotated[int | None, Hidden()] = None,
) -> Message:
    """What has changed in a roadmap, and who goes by which version."""
    found = await call.roadmap(roadmap or await _only(call))
    slug = found.plan.slug
    known = await call.tx.roadmaps.versions(await call.tx.people.space(call.place), slug)
    bundled = call.roadmaps.get(slug) if found.key == slug else None
    there = [one for one in await call.tx.cohorts.in_space(call.place) if one.roadmap == found.key]
    on = {one.id: await _version_of(call, one, known, bundled) for one in there}
    shown = page_of(range(len(known)), page or 1, LISTED)
    lines = [
        await _line(call, known, place, bundled)
        + _taken([one for one in there if on[one.id] == known[place].number])
        for place in shown.entries
    ]
    if bundled is not None and shown.number == shown.pages:
        lines.append(
            "**Version 0**, as it comes with me" + _taken([one for one in there if on[one.id] == 0])
        )
    if strays := [one for one in there if on[one.id] is None]:
        lines.append(f"A plan that is none of these, as it was when they began{_taken(strays)}")
    moving = [
        one
        for one in there
        if on[one.id] != found.version and one.state not in {"finished", "archived"}
    ]
    return say(
        *("\n".join(lines[start : start + 4]) for start in range(0, len(lines), 4)),
        *shown.turns(phrase("roadmap versions", roadmap=slug)),
        _onward(found, moving),
        title=short(f"Versions of {found.plan.title}", 150),
    )


async def _only(call: Call) -> str | None:
    """The roadmap that is meant where none was named: the only one of their own. Raises `Ask` where there are several."""
    own = {slug: one for slug, one in (await call.shelf()).items() if one.version}
    if len(own) > 1:
        choices = [
            Choice(f"{short(one.plan.title, TITLE)} · {slug}", slug) for slug, one in own.items()
        ]
        raise Ask("roadmap", "Which roadmap do you mean?", choices)
    return next(iter(own), None)


async def _version_of(
    call: Call, cohort: Cohort, known: Sequence[Version], bundled: Roadmap | None
) -> int | None:
    """The version a cohort goes by; None where its plan is none of them."""
    if number := next((one.number for one in known if one.plan_id == cohort.plan_id), None):
        return number
    own = await call.tx.cohorts.plan(cohort.plan_id)
    return 0 if bundled is not None and own.digest == bundled.digest else None


async def _line(call: Call, known: Sequence[Version], place: int, bundled: Roadmap | None) -> str:
    """A version as people read it: when, by whom and what it changed; `known` are newest first."""
    one = known[place]
    before = known[place + 1] if place + 1 < len(known) else None
    older = await call.tx.roadmaps.plan(before.plan_id) if before else bundled
    told = [
        f"**Version {one.number}** · {day(one.at.astimezone(zone(call.person.zone or 'UTC')).date())}"
    ]
    told += [f"by {quote(short(one.by, BY))}"] if one.by else []
    told.append(
        sentence(compared(older, await call.tx.roadmaps.plan(one.plan_id)))
        if older
        else "the first"
    )
    return " · ".join(told)


def _taken(cohorts: Sequence[Cohort]) -> str:
    if not cohorts:
        return ""
    named = names((f"**{quote(short(one.name, NAME))}**" for one in cohorts), NAMED)
    return f" · {named} {'goes' if len(cohorts) == 1 else 'go'} by it"


def _onward(found: Shelved, moving: Sequence[Cohort]) -> Buttons:
    pairs = [
        (
            f"Move {short(one.name, NAME)}",
            phrase("cohort revise", cohort=one.ref, version=found.version),
        )
        for one in moving[: ROW - 1]
    ]
    return buttons(*pairs, ("Bring a new version", "roadmap import"), has_main=False)
