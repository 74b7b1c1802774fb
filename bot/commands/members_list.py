"""`members list`: everybody in a cohort, for moderators only, hidden members included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Annotated

from bot.chat.message import Message, Page, build_phrase, escape_text, paginate, text_message
from bot.chat.text import format_count, shorten
from bot.command import Call, CohortRef, NumberRange, command
from bot.command.suggestions import suggest_managed_cohorts
from bot.group.catch_up import find_catch_up
from bot.group.cohort import Cohort, Member
from bot.group.progress import Viewer, get_visible_name
from bot.group.route import build_route
from bot.group.zones import load_zone
from bot.roadmap import Roadmap
from bot.views.dates import format_day
from bot.views.notices import build_next_step_buttons

SHOWN = 9  # members on a page
PARAGRAPH = 5  # members in a text block
# Characters shown. With every one of them escaped, a page still fits a message.
NAME, ALIAS, BLOCKERS, STUCK = 40, 24, 50, 30


@dataclass(frozen=True, slots=True)
class _MemberFacts:
    """Everything a line about a member needs, loaded once for a page.

    `own_space_id`: the space whose members' words may be read here; None for every member's.
    """

    cohort: Cohort
    plan: Roadmap
    viewer: Viewer
    now: datetime
    zone: tzinfo
    last_checkins: Mapping[int, tuple[datetime, str]]
    stuck_items: Mapping[int, tuple[str, ...]]
    own_space_id: int | None
    ticks: Mapping[tuple[int, str], frozenset[str]]
    movers: frozenset[tuple[int, int]]


@command(moderators=True, reads=True, order=40, action="Members", aliases=("cohort members",))
async def members_list(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_managed_cohorts, CohortRef()] = None,
    page: Annotated[int | None, "Which page", NumberRange(1)] = None,
) -> Message:
    """See who has joined, their progress and what blocks them."""
    managed = await call.find_managed_cohort(cohort)
    taken = await call.tx.members.count_seats_taken(managed)
    if not taken:
        return _build_empty_list(managed)
    places = paginate(range(taken), page or 1, SHOWN)
    lines = await _list_member_lines(call, managed, places)
    paragraphs = []
    for start in range(0, len(lines), PARAGRAPH):
        paragraphs.append("\n".join(lines[start : start + PARAGRAPH]))
    settings = ("Settings", build_phrase("cohort settings", cohort=managed.ref))
    return text_message(
        f"{_format_member_count(managed, taken)}. Only moderators see this list.",
        *paragraphs,
        *places.build_page_buttons(build_phrase("members list", cohort=managed.ref)),
        build_next_step_buttons(managed, settings),
        title=_format_title(managed),
    )


def _build_empty_list(cohort: Cohort) -> Message:
    invite = "people join with `join`."
    if cohort.state == "draft":
        invite = "open it for people to join."
    return text_message(
        f"Nobody has joined yet: {invite}",
        build_next_step_buttons(cohort),
        title=_format_title(cohort),
    )


def _format_title(cohort: Cohort) -> str:
    return shorten(f"Members of {cohort.name}")


def _format_member_count(cohort: Cohort, taken: int) -> str:
    if cohort.seats:
        return f"{format_count(taken, 'member')}, {cohort.seats} seats"
    return format_count(taken, "member")


async def _list_member_lines(call: Call, cohort: Cohort, places: Page[int]) -> list[str]:
    count, first = len(places.entries), places.entries[0]
    members = await call.tx.members.list_seated_members(cohort, count, first)
    ids = [member.id for member in members]
    facts = _MemberFacts(
        cohort,
        await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id),
        call.viewer,
        call.now,
        load_zone(cohort.zone),
        await call.tx.progress.load_last_checkins(ids),
        await call.tx.stuck.load_stuck_items(
            {member.person.id for member in members}, cohort.roadmap
        ),
        await _find_own_space_id(call, cohort),
        await _load_planners_ticks(call, cohort, members),
        await call.tx.waiting.find_movers([cohort.id]),
    )
    return [_format_member(member, facts) for member in members]


async def _find_own_space_id(call: Call, cohort: Cohort) -> int | None:
    homes = await call.tx.cohorts.list_homes(cohort.id)
    spaces = {(home.place.platform, home.place.space) for home in homes}
    if len(spaces) <= 1:
        return None
    # 0 is no space: from a private chat, nobody can tell which side a moderator is on.
    return await call.tx.people.find_space_id(call.place) or 0


async def _load_planners_ticks(
    call: Call, cohort: Cohort, members: Sequence[Member]
) -> Mapping[tuple[int, str], frozenset[str]]:
    """Return the ticks of those with a catch-up plan: it ends by itself when it is done."""
    person_ids = [member.person.id for member in members if member.catch_up]
    return await call.tx.progress.load_ticks_of_people(person_ids, [cohort.roadmap])


def _format_member(member: Member, facts: _MemberFacts) -> str:
    total = build_route(facts.plan, facts.cohort.syllabus, member.picks).count_slots()
    joined = format_day(member.joined_at.astimezone(facts.zone).date())
    marks = [
        f"{member.score} of {total} done",
        _describe_last_checkin(member, facts),
        f"joined {joined}",
    ]
    if member.hidden:
        marks.append("hidden")
    if member.is_away_today(facts.cohort, facts.now):
        marks.append("away")
    marks += _list_ways(member, facts)
    if facts.own_space_id is None or facts.own_space_id == member.space_id:
        marks += _describe_stuck_items(member, facts)
        marks += _describe_blockers(member, facts)
    return f"• {_format_member_name(member, facts)} · {' · '.join(marks)}"


def _list_ways(member: Member, facts: _MemberFacts) -> list[str]:
    """Return the ways back a member has chosen: the state alone, never a reason."""
    cohort, marks = facts.cohort, []
    route = build_route(facts.plan, cohort.syllabus, member.picks)
    ticked = facts.ticks.get((member.person.id, cohort.roadmap), frozenset())
    if find_catch_up(member, cohort, route, ticked, facts.now) is not None:
        marks.append("catching up")
    if member.shift:
        marks.append(f"shifted by {format_count(member.shift, 'week')}")
    if (member.person.id, cohort.id) in facts.movers:
        marks.append("waiting for the next cohort")
    return marks


def _format_member_name(member: Member, facts: _MemberFacts) -> str:
    name = get_visible_name(member, facts.viewer, "members") or "somebody"
    bold = f"**{escape_text(shorten(name, NAME))}**"
    if member.name_in_cohort == name:
        return bold
    return f"{bold} (shown as {escape_text(shorten(member.name_in_cohort, ALIAS))})"


def _describe_last_checkin(member: Member, facts: _MemberFacts) -> str:
    if member.id not in facts.last_checkins:
        return "no check-in yet"
    moment, _ = facts.last_checkins[member.id]
    return f"last check-in {format_day(moment.astimezone(facts.zone).date())}"


def _describe_stuck_items(member: Member, facts: _MemberFacts) -> list[str]:
    roadmap_items = facts.plan.items
    stuck_ids = facts.stuck_items.get(member.person.id, ())
    titles = [roadmap_items[item_id].title for item_id in stuck_ids if item_id in roadmap_items]
    if not titles:
        return []
    more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
    return [f"stuck on _{escape_text(shorten(titles[0], STUCK))}_{more}"]


def _describe_blockers(member: Member, facts: _MemberFacts) -> list[str]:
    _, blockers = facts.last_checkins.get(member.id, (None, ""))
    # On one line, however it was typed: a list item has no second one.
    text = shorten(" ".join(blockers.split()), BLOCKERS)
    return [f"blocked by: _{escape_text(text)}_"] if text else []
