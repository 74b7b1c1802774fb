"""Shift me: a member's own weeks come later than the group's."""

from __future__ import annotations

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Buttons, Message, build_phrase, escape_text, text_message
from bot.chat.text import format_count, shorten
from bot.command import Act, Call
from bot.commands.behind.standing import OwnStanding
from bot.group.calendar import DAY, CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.shift import find_largest_shift, get_week_number, move_clock, propose_shift
from bot.views.cohort_texts import format_cohort_name
from bot.views.dates import format_day, format_week_dates
from bot.views.ways_back import (
    MAX_TITLE,
    SHIFT,
    build_back_button,
    build_way_phrase,
)


async def answer_shift(
    call: Call, standing: OwnStanding, weeks: int | None, sure: str | None
) -> Message:
    """Show what moving a member's weeks would change, or move them. Raises `Refused`."""
    cohort, member = standing.cohort, standing.member
    if weeks == 0:
        return await take_back_shift(call, standing)
    _require_weeks_that_go_on(call, cohort)
    largest = find_largest_shift(member, cohort, call.now)
    if largest == 0 and not member.shift:
        raise Refused(_describe_too_many_weeks(cohort, largest))
    if weeks is None:
        weeks = _propose_weeks(call, standing, largest)
    if weeks == member.shift:
        return _answer_moved_already(call, standing, largest)
    if weeks > largest:
        raise Refused(_describe_too_many_weeks(cohort, largest), "weeks")
    act = _build_act(call, standing, weeks)
    if not act.is_agreed(sure):
        return act.build_preview(sure, _build_other_weeks(standing, weeks, largest))
    await call.tx.members.shift_member_clock(member, weeks, cohort, call.now)
    moved = move_clock(member, weeks)
    buttons = button_row(
        _build_list_button(cohort),
        ("Take it back", build_way_phrase(cohort, SHIFT, back="yes")),
    )
    return text_message(_describe_moved_weeks(call, cohort, moved, "now"), buttons)


async def take_back_shift(call: Call, standing: OwnStanding) -> Message:
    """Give a member the group's weeks again. Without a shift, say so."""
    cohort, member = standing.cohort, standing.member
    name = format_cohort_name(cohort)
    buttons = button_row(_build_list_button(cohort), build_back_button(cohort, "Ways back"))
    if not member.shift:
        return text_message(f"Your weeks are the group's in {name} already.", buttons)
    await call.tx.members.shift_member_clock(member, 0, cohort, call.now)
    back = move_clock(member, 0)
    return text_message(
        f"Your weeks are the group's in {name} again. {_describe_own_week(call, back, cohort)} "
        "Your ticks and check-ins stay.",
        buttons,
    )


def _require_weeks_that_go_on(call: Call, cohort: Cohort) -> None:
    """Raise `Refused` for a cohort that was ended early: it is over for everybody."""
    if cohort.state in {"finished", "archived"} and cohort.calendar.finish is None:
        raise Refused(
            f"{cohort.name} has ended for everybody: late ticks still count, so use `week`."
        )
    if cohort.week_at(call.now) is None and cohort.state not in {"finished", "paused"}:
        raise Refused(f"{cohort.name} has not started, so nobody is behind: use `roadmap`.")


def _propose_weeks(call: Call, standing: OwnStanding, largest: int) -> int:
    """Return the weeks that make the first open week the member's current one."""
    week = standing.first_open_week
    if week is None:
        # Nothing asks for more weeks: whoever has a shift keeps it.
        return standing.member.shift or min(1, largest)
    return propose_shift(standing.member, standing.cohort, week.number, call.now)


def _describe_too_many_weeks(cohort: Cohort, largest: int) -> str:
    if largest == 0:
        return f"{cohort.name} is in its first week: there is nothing to move yet."
    return f"That would be before week 1 of {cohort.name}: choose 1 to {largest}."


# — words —


def _build_act(call: Call, standing: OwnStanding, weeks: int) -> Act:
    cohort, before = standing.cohort, standing.member
    after = move_clock(before, weeks)
    head = (
        f"**Shift me**: move your weeks in {format_cohort_name(cohort)}, so that they come "
        f"**{format_count(weeks, 'week')}** after the group's? "
        f"{_describe_own_week(call, after, cohort)}{_describe_end_change(cohort, before, after)}"
    )
    follow_ups = [
        "Your list, reminders, pace and streak follow your weeks. "
        "Posts in the channel stay with the group. Ticks and check-ins stay."
    ]
    if before.catch_up:
        follow_ups.append("Your catch-up plan ends.")
    phrase = build_way_phrase(cohort, SHIFT, weeks=weeks)
    label = f"Move by {format_count(weeks, 'week')}"
    return Act(head, label, phrase, follow_ups=tuple(follow_ups))


def _describe_own_week(call: Call, member: Member, cohort: Cohort) -> str:
    week = member.get_current_week(cohort, call.now)
    if week is None:
        return "Week 1 is still to come."
    return f"You are in **{_format_week(week)}**, {format_week_dates(week)}."


def _format_week(week: CalendarWeek) -> str:
    title = escape_text(shorten(week.week.title, MAX_TITLE))
    return f"week {week.number}: {title}"


def _describe_end_change(cohort: Cohort, before: Member, after: Member) -> str:
    old = before.build_member_calendar(cohort).finish
    new = after.build_member_calendar(cohort).finish
    # A pause hides the end.
    if old is None or new is None:
        return ""
    return f" Your last day is {format_day(new - DAY)} instead of {format_day(old - DAY)}."


def _build_other_weeks(standing: OwnStanding, weeks: int, largest: int) -> Buttons:
    others = [number for number in (weeks - 1, weeks + 1, weeks + 2) if 1 <= number <= largest]
    buttons = [
        (format_count(number, "week"), build_way_phrase(standing.cohort, SHIFT, weeks=number))
        for number in others
        if number != standing.member.shift
    ]
    if standing.member.shift:
        label = "The group's weeks"
        buttons.append((label, build_way_phrase(standing.cohort, SHIFT, back="yes")))
    return button_row(*buttons, build_back_button(standing.cohort), has_main=False)


def _answer_moved_already(call: Call, standing: OwnStanding, largest: int) -> Message:
    cohort, member = standing.cohort, standing.member
    return text_message(
        _describe_moved_weeks(call, cohort, member, "already"),
        button_row(_build_list_button(cohort)),
        _build_other_weeks(standing, member.shift, largest),
    )


def _describe_moved_weeks(call: Call, cohort: Cohort, member: Member, when: str) -> str:
    count = format_count(member.shift, "week")
    return (
        f"Your weeks come {count} after the group's in {format_cohort_name(cohort)} {when}. "
        f"{_describe_own_week(call, member, cohort)}"
    )


def _build_list_button(cohort: Cohort) -> tuple[str, str]:
    return "My list", build_phrase("week", cohort=cohort.ref)


def describe_shift(call: Call, cohort: Cohort, member: Member) -> str:
    """Return the sentence about a member's own clock."""
    own_number = get_week_number(member, cohort, call.now)
    group_week = cohort.week_at(call.now)
    own = f"you are in week {own_number}" if own_number else "your week 1 is still to come"
    group = f", the group is in week {group_week.number}" if group_week else ""
    return f"Your weeks come **{format_count(member.shift, 'week')}** later: {own}{group}."
