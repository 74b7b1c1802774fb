"""`week`: the items of a week as a list to tick, with its resources and the way to other weeks."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import (
    Block,
    Message,
    Text,
    build_phrase,
    escape_text,
    paginate_lines,
    text_message,
)
from bot.chat.text import shorten
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.suggestions import suggest_own_cohorts, suggest_past_weeks
from bot.group.calendar import CalendarWeek
from bot.group.catch_up import find_catch_up
from bot.group.cohort import Cohort, Member
from bot.group.route import Route, build_route
from bot.group.shift import is_ahead_of_own_week
from bot.roadmap import Roadmap
from bot.views.catch_up import build_catch_up_blocks
from bot.views.dates import format_day, format_week_dates
from bot.views.notices import format_finish_notice
from bot.views.resources import format_resource_line, list_week_resources
from bot.views.ways_back import describe_own_week
from bot.views.week_list import build_own_checklists

MAX_RESOURCES = 6
MAX_RESOURCE_TEXT = 1500  # characters, so that the list and the resources fit one message
MAX_TITLE = 150  # characters


@command(reads=True, section="me", order=10, helps=("running",), action="This week's list")
async def week(
    call: Call,
    n: Annotated[int | None, "Which week (this one if left out)", suggest_past_weeks] = None,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    page: Annotated[int | None, HiddenOption()] = None,
    own: Annotated[bool, HiddenOption()] = False,
) -> Message:
    """Show this week's list and resources, or another week."""
    own_cohort, member = await call.resolve_membership(cohort)
    # A button in the home names the group's week; those of a member's own list say `own`.
    is_shared = n is not None and page is None and not own
    if is_shared and is_ahead_of_own_week(member, own_cohort, n or 0, call.now):
        shown_week = _require_current_week(own_cohort, member, call)
        own_week_note = describe_own_week(member, own_cohort, call.now) + "\n"
    else:
        shown_week, own_week_note = _resolve_list_week(own_cohort, member, n, call), ""
    roadmap = await call.tx.cohorts.load_roadmap_by_id(own_cohort.plan_id)
    done = await call.tx.progress.load_ticked_items(call.person, own_cohort.roadmap)
    has_reported = await call.tx.progress.load_checkin(member, shown_week.id) is not None
    route = build_route(roadmap, own_cohort.syllabus, member.picks)
    heading = own_week_note + _format_week_heading(shown_week, route, done, has_reported)
    plan = find_catch_up(member, own_cohort, route, done, call.now)
    has_finished = member.has_finished_roadmap(own_cohort, call.now)
    if has_finished:
        heading = f"{heading}\n{format_finish_notice(own_cohort)}"
    checkin_label = _choose_checkin_label(has_reported, has_finished)
    return text_message(
        heading,
        *build_catch_up_blocks(plan, own_cohort, roadmap, route, shown_week),
        *build_own_checklists(roadmap, own_cohort, shown_week, done, route, page or 1),
        *_build_week_resources(roadmap, shown_week, route),
        _build_week_buttons(call, own_cohort, member, shown_week, checkin_label),
        title=shorten(shown_week.title_with_number, MAX_TITLE),
    )


def _resolve_list_week(
    cohort: Cohort, member: Member, number: int | None, call: Call
) -> CalendarWeek:
    """Return the week with a number, or the current one. Raises `Refused` without dates for it."""
    if number is None:
        return _require_current_week(cohort, member, call)
    week_count = len(cohort.syllabus.weeks)
    if not 1 <= number <= week_count:
        raise Refused(f"{cohort.name} has no week {number}: choose 1 to {week_count}.", "n")
    # A pause takes the dates of later weeks away, until the moderators resume.
    for calendar_week in member.build_member_calendar(cohort).weeks:
        if calendar_week.number == number:
            return calendar_week
    raise Refused(
        f"Week {number} has no dates while {cohort.name} is paused: "
        f"use `roadmap {number}` to see its items.",
        "n",
    )


def _require_current_week(cohort: Cohort, member: Member, call: Call) -> CalendarWeek:
    current_week = member.get_current_week(cohort, call.now)
    if current_week is not None:
        return current_week
    reason = _describe_late_start(cohort, member)
    raise Refused(f"{cohort.name} has not started ({reason}): use `roadmap` to see the whole plan.")


def _describe_late_start(cohort: Cohort, member: Member) -> str:
    calendar_weeks = member.build_member_calendar(cohort).weeks
    if not calendar_weeks:
        return "it is paused"
    return f"week 1 starts on {format_day(calendar_weeks[0].first)}"


def _format_week_heading(
    shown_week: CalendarWeek, route: Route, done: frozenset[str], has_reported: bool
) -> str:
    dates = format_week_dates(shown_week)
    if shown_week.week.stage:
        dates = f"_{escape_text(shown_week.week.stage)}_ · {dates}"
    done_count = route.count_done_slots(done, shown_week.id)
    counts = f"{done_count} of {route.count_slots(shown_week.id)} done"
    if has_reported:
        counts = f"{counts} · checked in"
    return f"{dates}\n{counts}"


def _build_week_resources(
    roadmap: Roadmap, shown_week: CalendarWeek, route: Route
) -> tuple[Block, ...]:
    week_resources = list_week_resources(roadmap, shown_week.week, route)
    lines = list(map(format_resource_line, week_resources))
    if not lines:
        return ()
    line_page = paginate_lines(lines, 1, MAX_RESOURCES, MAX_RESOURCE_TEXT)
    text_lines = ["**To read**", *line_page.entries]
    if line_page.left:
        text_lines.append(f"… and {line_page.left} more: use `resources` to see them all.")
    return (Text("\n".join(text_lines)),)


def _build_week_buttons(
    call: Call,
    cohort: Cohort,
    member: Member,
    shown_week: CalendarWeek,
    checkin_label: str,
) -> Block:
    buttons = []
    if _has_week_opened(call, cohort, member, shown_week):
        checkin_phrase = build_phrase("checkin", week=shown_week.id, cohort=cohort.ref)
        buttons.append((checkin_label, checkin_phrase))
    if shown_week.number > 1:
        buttons.append(_build_other_week_button(cohort, shown_week.number - 1))
    if shown_week.number < len(cohort.syllabus.weeks):
        buttons.append(_build_other_week_button(cohort, shown_week.number + 1, member))
    buttons.append(("My progress", build_phrase("progress", cohort=cohort.ref)))
    return button_row(*buttons)


def _has_week_opened(call: Call, cohort: Cohort, member: Member, shown_week: CalendarWeek) -> bool:
    # East of the cohort the date comes first, west of it the post does: either opens the week.
    if shown_week.first <= member.get_member_date(cohort, call.now):
        return True
    return cohort.get_week_opening(shown_week) <= call.now


def _choose_checkin_label(has_reported: bool, has_finished: bool) -> str:
    if has_reported:
        return "Edit my check-in"
    if has_finished:
        return "Check in late"
    return "Check in"


def _build_other_week_button(
    cohort: Cohort, number: int, member: Member | None = None
) -> tuple[str, str]:
    # Somebody with a later clock may look ahead: to others a week's number says enough.
    own = "yes" if member is not None and member.shift else None
    return f"Week {number}", build_phrase("week", n=number, cohort=cohort.ref, own=own)
