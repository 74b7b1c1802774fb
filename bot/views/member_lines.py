"""Lines about members for their moderators: progress, last check-in, and what blocks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from bot.chat.message import escape_text
from bot.chat.text import format_count, shorten
from bot.group.attention import MemberNeed, can_read_words
from bot.group.catch_up import find_catch_up
from bot.group.cohort import Cohort, Member
from bot.group.progress import Viewer, get_visible_name
from bot.group.route import build_route
from bot.roadmap import Roadmap
from bot.views.attention import NEED_WORDS
from bot.views.dates import format_day

# Characters shown, each of which may be escaped.
NAME, ALIAS, BLOCKERS, STUCK = 40, 24, 50, 30
BRIEF_NAME = 16
LINES_PROSE = 3000  # characters of all lines on a page


@dataclass(frozen=True, slots=True)
class MemberLineFacts:
    """Everything a line about a member needs, loaded once for a page.

    `own_space_id`: the space whose members' words may be read here; None for every member's.
    `needs`: by member id, where the list is sorted by need.
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
    needs: Mapping[int, MemberNeed]


def list_member_lines(members: Sequence[Member], facts: MemberLineFacts) -> list[str]:
    """Return a line for each member; briefer ones where long names would not fit a message."""
    lines = [_format_member(member, facts) for member in members]
    if sum(len(line) + 1 for line in lines) <= LINES_PROSE:
        return lines
    return [_format_member_briefly(member, facts) for member in members]


def _format_member(member: Member, facts: MemberLineFacts) -> str:
    marks = [
        _format_progress(member, facts),
        _describe_last_checkin(member, facts),
        f"joined {format_day(_get_local_date(member.joined_at, facts))}",
        *_list_states(member, facts),
    ]
    if can_read_words(member, facts.own_space_id):
        marks += _describe_stuck_items(member, facts)
        marks += _describe_blockers(member, facts)
    return f"• {_format_member_name(member, facts)} · {' · '.join(marks)}"


def _format_member_briefly(member: Member, facts: MemberLineFacts) -> str:
    name = get_visible_name(member, facts.viewer, "members") or "somebody"
    marks = [_format_progress(member, facts)]
    if member.id in facts.last_checkins:
        moment, _ = facts.last_checkins[member.id]
        day = _get_local_date(moment, facts)
        marks.append(f"{day.day} {day:%b %Y}")
    marks += _list_states(member, facts)
    return f"• **{escape_text(shorten(name, BRIEF_NAME))}** · {' · '.join(marks)}"


def _get_local_date(at: datetime, facts: MemberLineFacts) -> date:
    return at.astimezone(facts.zone).date()


def _format_progress(member: Member, facts: MemberLineFacts) -> str:
    total = build_route(facts.plan, facts.cohort.syllabus, member.picks).count_slots()
    return f"{member.score} of {total} done"


def _list_states(member: Member, facts: MemberLineFacts) -> list[str]:
    states = []
    if member.hidden:
        states.append("hidden")
    if member.is_away_today(facts.cohort, facts.now):
        states.append("away")
    entry = facts.needs.get(member.id)
    if entry is not None and entry.needs:
        states.append(", ".join(NEED_WORDS[need] for need in entry.needs))
    return states + _list_ways(member, facts)


def _list_ways(member: Member, facts: MemberLineFacts) -> list[str]:
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


def _format_member_name(member: Member, facts: MemberLineFacts) -> str:
    name = get_visible_name(member, facts.viewer, "members") or "somebody"
    bold = f"**{escape_text(shorten(name, NAME))}**"
    if member.name_in_cohort == name:
        return bold
    return f"{bold} (shown as {escape_text(shorten(member.name_in_cohort, ALIAS))})"


def _describe_last_checkin(member: Member, facts: MemberLineFacts) -> str:
    if member.id not in facts.last_checkins:
        return "no check-in yet"
    moment, _ = facts.last_checkins[member.id]
    return f"last check-in {format_day(_get_local_date(moment, facts))}"


def _describe_stuck_items(member: Member, facts: MemberLineFacts) -> list[str]:
    roadmap_items = facts.plan.items
    stuck_ids = facts.stuck_items.get(member.person.id, ())
    titles = [roadmap_items[item_id].title for item_id in stuck_ids if item_id in roadmap_items]
    if not titles:
        return []
    more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
    return [f"stuck on _{escape_text(shorten(titles[0], STUCK))}_{more}"]


def _describe_blockers(member: Member, facts: MemberLineFacts) -> list[str]:
    _, blockers = facts.last_checkins.get(member.id, (None, ""))
    # On one line, however it was typed: a list item has no second one.
    text = shorten(" ".join(blockers.split()), BLOCKERS)
    return [f"blocked by: _{escape_text(text)}_"] if text else []
