"""`roadmap versions`: what has become of a roadmap here, version by version, and which cohorts go by which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.message import ROW, Buttons, Choice, Message, build_phrase, escape_text, text_message
from bot.chat.message import paginate as page_of
from bot.chat.text import join_names, shorten
from bot.command import Call, HiddenOption, MissingChoice, command
from bot.command.suggestions import suggest_roadmaps
from bot.group.cohort import Cohort
from bot.group.revision import compare_roadmaps, describe_diff
from bot.group.zones import load_zone
from bot.roadmap import Roadmap
from bot.store.roadmaps import AvailableRoadmap, RoadmapVersion
from bot.views.dates import format_day

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
    roadmap: Annotated[str | None, "Which roadmap", suggest_roadmaps] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """What has changed in a roadmap, and who goes by which version."""
    found = await call.find_available_roadmap(roadmap or await _find_only_own_roadmap(call))
    slug = found.roadmap.slug
    known = await call.tx.roadmaps.list_roadmap_versions(
        await call.tx.people.find_space_id(call.place), slug
    )
    bundled = call.roadmaps.get(slug) if found.key == slug else None
    there = [
        one
        for one in await call.tx.cohorts.list_cohorts_in_space(call.place)
        if one.roadmap == found.key
    ]
    on = {one.id: await _find_cohort_version(call, one, known, bundled) for one in there}
    shown = page_of(range(len(known)), page or 1, LISTED)
    lines = [
        await _format_version_line(call, known, place, bundled)
        + _format_version_cohorts([one for one in there if on[one.id] == known[place].number])
        for place in shown.entries
    ]
    if bundled is not None and shown.number == shown.pages:
        lines.append(
            "**Version 0**, as it comes with me"
            + _format_version_cohorts([one for one in there if on[one.id] == 0])
        )
    if strays := [one for one in there if on[one.id] is None]:
        lines.append(
            f"A plan that is none of these, as it was when they began{_format_version_cohorts(strays)}"
        )
    moving = [
        one
        for one in there
        if on[one.id] != found.version and one.state not in {"finished", "archived"}
    ]
    return text_message(
        *("\n".join(lines[start : start + 4]) for start in range(0, len(lines), 4)),
        *shown.build_page_buttons(build_phrase("roadmap versions", roadmap=slug)),
        _build_versions_buttons(found, moving),
        title=shorten(f"Versions of {found.roadmap.title}", 150),
    )


async def _find_only_own_roadmap(call: Call) -> str | None:
    """The roadmap that is meant where none was named: the only one of their own. Raises `Ask` where there are several."""
    own = {slug: one for slug, one in (await call.load_available_roadmaps()).items() if one.version}
    if len(own) > 1:
        choices = [
            Choice(f"{shorten(one.roadmap.title, TITLE)} · {slug}", slug)
            for slug, one in own.items()
        ]
        raise MissingChoice("roadmap", "Which roadmap do you mean?", choices)
    return next(iter(own), None)


async def _find_cohort_version(
    call: Call, cohort: Cohort, known: Sequence[RoadmapVersion], bundled: Roadmap | None
) -> int | None:
    """The version a cohort goes by; None where its plan is none of them."""
    if number := next((one.number for one in known if one.plan_id == cohort.plan_id), None):
        return number
    own = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    return 0 if bundled is not None and own.digest == bundled.digest else None


async def _format_version_line(
    call: Call, known: Sequence[RoadmapVersion], place: int, bundled: Roadmap | None
) -> str:
    """A version as people read it: when, by whom and what it changed; `known` are newest first."""
    one = known[place]
    before = known[place + 1] if place + 1 < len(known) else None
    older = await call.tx.roadmaps.load_version_roadmap(before.plan_id) if before else bundled
    told = [
        f"**Version {one.number}** · {format_day(one.published_at.astimezone(load_zone(call.person.zone or 'UTC')).date())}"
    ]
    told += [f"by {escape_text(shorten(one.publisher_name, BY))}"] if one.publisher_name else []
    told.append(
        describe_diff(
            compare_roadmaps(older, await call.tx.roadmaps.load_version_roadmap(one.plan_id))
        )
        if older
        else "the first"
    )
    return " · ".join(told)


def _format_version_cohorts(cohorts: Sequence[Cohort]) -> str:
    if not cohorts:
        return ""
    named = join_names((f"**{escape_text(shorten(one.name, NAME))}**" for one in cohorts), NAMED)
    return f" · {named} {'goes' if len(cohorts) == 1 else 'go'} by it"


def _build_versions_buttons(found: AvailableRoadmap, moving: Sequence[Cohort]) -> Buttons:
    pairs = [
        (
            f"Move {shorten(one.name, NAME)}",
            build_phrase("cohort revise", cohort=one.ref, version=found.version),
        )
        for one in moving[: ROW - 1]
    ]
    return button_row(*pairs, ("Bring a new version", "roadmap import"), has_main=False)
