"""Local dates as people write them, where a cohort stands, and what a change of dates moves."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.group.calendar import DAY, Break, CalendarWeek
from bot.group.cohort import Cohort
from bot.group.zones import load_zone


def format_day(on: date) -> str:
    """A local date as people write it: Mon 2 Mar 2026."""
    return f"{on:%a} {on.day} {on:%b %Y}"


def format_week_dates(week: CalendarWeek) -> str:
    """The dates of a week."""
    return (
        f"{format_day(week.first)} to {format_day(week.last)}"
        if week.last
        else f"from {format_day(week.first)}"
    )


NOON = time(12)


def describe_cohort_state(cohort: Cohort, now: datetime) -> str:
    """Where a cohort is, as the end of a sentence: `starts on Mon 2 Mar 2026`, `is in week 3 of 12`."""
    if cohort.state in {"finished", "archived"}:
        return f"is {cohort.state}"
    week = cohort.week_at(now)
    if week is not None:
        verb = {"draft": "would be", "paused": "is paused"}.get(cohort.state, "is")
        return f"{verb} in week {week.number} of {len(cohort.syllabus.weeks)}"
    begins = cohort.calendar.weeks[0].first if cohort.calendar.weeks else cohort.start
    return f"{'would start' if cohort.state == 'draft' else 'starts'} on {format_day(begins)}"


def describe_date_changes(before: Cohort, after: Cohort, now: datetime) -> tuple[str, ...]:
    """What a change of dates does to the weeks that have not come, as sentences."""
    today = after.get_cohort_date(now)
    then = {week.id: week for week in before.calendar.weeks}
    ids = {week.id for week in after.calendar.weeks}
    lines = []
    moved = [week for week in after.calendar.weeks if _has_new_date(then.get(week.id), week, today)]
    if moved:
        along = ", and the weeks after it move along" if len(moved) > 1 else ""
        lines.append(f"{_describe_week_move(then.get(moved[0].id), moved[0])}{along}.")
    hidden = [week for week in before.calendar.weeks if week.id not in ids]
    if hidden:
        lines.append(f"Week {hidden[0].number} and whatever follows wait until it goes on.")
    finish, was = after.calendar.finish, before.calendar.finish
    if finish and finish != was:
        lines.append(
            f"It ends on {format_day(finish)}" + (f" instead of {format_day(was)}." if was else ".")
        )
    if (after.at, after.zone) != (before.at, before.zone):
        lines.append(
            f"Posts come at {after.at:%H:%M} {after.zone} time, not {before.at:%H:%M} {before.zone}."
        )
    return tuple(lines)


def _has_new_date(was: CalendarWeek | None, week: CalendarWeek, today: date) -> bool:
    return (was is None or was.first != week.first) and (
        week.first >= today or (was is not None and was.first > today)
    )


def _describe_week_move(was: CalendarWeek | None, week: CalendarWeek) -> str:
    if was is None:
        return f"Week {week.number} comes on {format_day(week.first)}"
    return f"Week {week.number} moves from {format_day(was.first)} to {format_day(week.first)}"


def format_break_dates(cohort_break: Break) -> str:
    """A break as people write it; an open one says so."""
    if cohort_break.last is None:
        return f"from {format_day(cohort_break.first)}, open end"
    return (
        format_day(cohort_break.first)
        if cohort_break.first == cohort_break.last
        else f"{format_day(cohort_break.first)} to {format_day(cohort_break.last)}"
    )


def list_clock_changes(zone_name: str, first: date, last: date) -> tuple[tuple[date, str], ...]:
    """The dates, from `first` to `last`, on which the clocks of a zone have changed since the day before, with a sentence."""
    found = []
    for count in range(1, (last - first).days + 1):
        on = first + DAY * count
        if shift := _get_utc_offset(on, zone_name) - _get_utc_offset(on - DAY, zone_name):
            way = "forward" if shift > timedelta() else "back"
            minutes = abs(shift) // timedelta(minutes=1)
            far = "an hour" if minutes == 60 else f"{minutes} minutes"
            found.append(
                (
                    on,
                    f"The clocks change between {format_day(on - DAY)} and {format_day(on)}: {far} {way}",
                )
            )
    return tuple(found)


def _get_utc_offset(on: date, zone_name: str) -> timedelta:
    return datetime.combine(on, NOON, load_zone(zone_name)).utcoffset() or timedelta()
