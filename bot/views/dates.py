"""Local dates in prose: a day, a cohort's state, and the weeks a change moves."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.group.calendar import DAY, Break, CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.zones import load_zone

# Clocks change at night, so an offset at noon holds for its whole waking day.
NOON = time(12)


def format_day(day: date) -> str:
    """Return a local date: Mon 2 Mar 2026."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def format_week_dates(week: CalendarWeek) -> str:
    """Return a week's first and last date; only the first if a pause leaves its end open."""
    if week.last is None:
        return f"from {format_day(week.first)}"
    return f"{format_day(week.first)} to {format_day(week.last)}"


def describe_cohort_state(cohort: Cohort, now: datetime) -> str:
    """Return the end of a sentence: `starts on Mon 2 Mar 2026`, `is in week 3 of 12`."""
    if cohort.state in {"finished", "archived"}:
        return f"is {cohort.state}"
    week = cohort.week_at(now)
    if week is not None:
        verb = {"draft": "would be", "paused": "is paused"}.get(cohort.state, "is")
        return f"{verb} in week {week.number} of {len(cohort.syllabus.weeks)}"
    # A break on the start date moves the first week.
    weeks = cohort.calendar.weeks
    first_day = weeks[0].first if weeks else cohort.start
    verb = "would start" if cohort.state == "draft" else "starts"
    return f"{verb} on {format_day(first_day)}"


def describe_first_week(cohort: Cohort, member: Member) -> str:
    """Return a sentence's beginning for somebody before their first week, in plain text.

    `spring starts on Mon 2 Mar 2026`, and for a later clock `Your week 1 of spring starts on …`.
    """
    weeks = member.build_member_calendar(cohort).weeks
    if not weeks:
        return f"{cohort.name} is paused, so your week 1 has no date yet"
    subject = f"Your week 1 of {cohort.name}" if member.shift else cohort.name
    return f"{subject} starts on {format_day(weeks[0].first)}"


def describe_date_changes(before: Cohort, after: Cohort, now: datetime) -> tuple[str, ...]:
    """Return a sentence for each effect on weeks still to come."""
    today = after.get_cohort_date(now)
    old_weeks = {week.id: week for week in before.calendar.weeks}
    new_ids = {week.id for week in after.calendar.weeks}
    lines = []
    moved = []
    for week in after.calendar.weeks:
        if _has_new_date(old_weeks.get(week.id), week, today):
            moved.append(week)
    if moved:
        move = _describe_week_move(old_weeks.get(moved[0].id), moved[0])
        lines.append(f"{move}, and the weeks after it move too." if len(moved) > 1 else f"{move}.")
    hidden = [week for week in before.calendar.weeks if week.id not in new_ids]
    if hidden:
        lines.append(
            f"Week {hidden[0].number} and the weeks after it wait for the end of the pause."
        )
    old_end, new_end = before.calendar.finish, after.calendar.finish
    if new_end and new_end != old_end:
        # The calendar's finish is the day after the last one.
        instead = f" instead of {format_day(old_end - DAY)}" if old_end else ""
        lines.append(f"It ends on {format_day(new_end - DAY)}{instead}.")
    if (after.at, after.zone) != (before.at, before.zone):
        old_time = f"{before.at:%H:%M} {before.zone}"
        lines.append(f"Posts come at {after.at:%H:%M} {after.zone} time, not {old_time}.")
    return tuple(lines)


def _has_new_date(old: CalendarWeek | None, week: CalendarWeek, today: date) -> bool:
    if old is None:
        return week.first >= today
    # A week that has begun and stays begun is no news.
    is_to_come = week.first >= today or old.first > today
    return old.first != week.first and is_to_come


def _describe_week_move(old: CalendarWeek | None, week: CalendarWeek) -> str:
    if old is None:
        return f"Week {week.number} comes on {format_day(week.first)}"
    return f"Week {week.number} moves from {format_day(old.first)} to {format_day(week.first)}"


def format_break_dates(cohort_break: Break) -> str:
    """Return a break's dates; an open one says so."""
    first_day = format_day(cohort_break.first)
    if cohort_break.last is None:
        return f"from {first_day}, open end"
    if cohort_break.first == cohort_break.last:
        return first_day
    return f"{first_day} to {format_day(cohort_break.last)}"


def list_clock_changes(zone_name: str, first: date, last: date) -> tuple[tuple[date, str], ...]:
    """Return each date from `first` to `last` after a clock change, with a sentence."""
    changes = []
    for count in range(1, (last - first).days + 1):
        day = first + DAY * count
        day_before = day - DAY
        shift = _get_utc_offset(day, zone_name) - _get_utc_offset(day_before, zone_name)
        if not shift:
            continue
        direction = "forward" if shift > timedelta() else "back"
        minutes = abs(shift) // timedelta(minutes=1)
        # Lord Howe Island changes by half an hour.
        size = "an hour" if minutes == 60 else f"{minutes} minutes"
        nights = f"between {format_day(day_before)} and {format_day(day)}"
        changes.append((day, f"The clocks change {nights}: {size} {direction}"))
    return tuple(changes)


def _get_utc_offset(day: date, zone_name: str) -> timedelta:
    return datetime.combine(day, NOON, load_zone(zone_name)).utcoffset() or timedelta()
