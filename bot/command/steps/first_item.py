"""The third step: the item to start with."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.buttons import button_row
from bot.chat.message import Block, build_phrase, format_moment
from bot.command.call import Call
from bot.group.calendar import SyllabusWeek
from bot.group.cohort import Cohort, Member
from bot.group.first_item import find_first_item
from bot.group.route import build_route
from bot.group.zones import load_zone
from bot.post import list_slots_between
from bot.views.notices import format_finish_notice
from bot.views.week_guide import format_start_line
from bot.views.week_list import describe_empty_week

LOOK_AHEAD = timedelta(days=14)  # a later next post is left out: it would tell a newcomer nothing


async def build_start_blocks(
    call: Call, cohort: Cohort, member: Member, heading: str = ""
) -> tuple[Block | str, ...]:
    """Return the item to start with and the next post, below a heading unless that is empty."""
    has_finished = member.has_finished_roadmap(cohort, call.now)
    lines = [heading] if heading else []
    if has_finished:
        lines.append(format_finish_notice(cohort))
    elif first_item := await _describe_first_item(call, cohort, member):
        lines.append(first_item)
    if next_post := _format_next_post(call, cohort, member):
        lines.append(next_post)
    buttons = []
    if member.get_current_week(cohort, call.now) is not None:
        buttons.append(("This week's list", build_phrase("week", cohort=cohort.ref)))
    if not has_finished and member.list_missed_weeks(cohort, call.now):
        # Whoever wants the weeks before they came can still have them.
        buttons.append(("Ways to catch up", build_phrase("behind", cohort=cohort.ref)))
    buttons.append(("The whole plan", build_phrase("roadmap show", cohort=cohort.ref)))
    return "\n".join(lines), button_row(*buttons)


async def _describe_first_item(call: Call, cohort: Cohort, member: Member) -> str:
    """Return the item to start with, before the start one of the first week; empty without any."""
    current_week = member.get_current_week(cohort, call.now)
    if current_week is not None:
        if not current_week.week.items:
            return describe_empty_week(current_week.week)
        line = await _find_start_line(call, cohort, member, current_week.week)
        return line or "You have done everything for this week."
    first_week = cohort.syllabus.weeks[0]
    line = await _find_start_line(call, cohort, member, first_week)
    return f"{line}\nYou can begin today, or with the group." if line else ""


async def _find_start_line(call: Call, cohort: Cohort, member: Member, week: SyllabusWeek) -> str:
    """Return the line about a week's item to start with; empty if nothing is open."""
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    done = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    route = build_route(roadmap, cohort.syllabus, member.picks)
    item = find_first_item(roadmap, week.items, done, route)
    return format_start_line(roadmap, item, has_end=True) if item else ""


def _format_next_post(call: Call, cohort: Cohort, member: Member) -> str:
    slots = list_slots_between(cohort, call.now, call.now + LOOK_AHEAD, post_kinds=call.post_kinds)
    if not slots:
        return ""
    # The zone is the cohort's until the member sets their own, so it is named until then.
    zone = load_zone(member.get_zone_name(cohort))
    moment = format_moment(slots[0].at, zone, has_zone_name=not member.person.zone)
    return f"The next post comes on {moment}."
