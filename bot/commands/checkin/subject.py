"""The member and the week of a check-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat.errors import Refused
from bot.chat.message import build_phrase
from bot.command import Call
from bot.command.values import format_typed_text
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.route import Route
from bot.group.shift import is_ahead_of_own_week
from bot.roadmap import Roadmap
from bot.views.dates import describe_first_week
from bot.views.ways_back import describe_own_week

MAX_WEEK_DIGITS = 3


@dataclass(frozen=True, slots=True)
class CheckinSubject:
    """The member and the week of a check-in, with the roadmap and the member's route through it."""

    cohort: Cohort
    member: Member
    week: CalendarWeek
    roadmap: Roadmap
    route: Route

    @property
    def report_phrase(self) -> str:
        return build_phrase("checkin", week=self.week.id, cohort=self.cohort.ref)


def resolve_shared_week(
    cohort: Cohort, member: Member, typed_week: str | None, call: Call, *, opens_form: bool
) -> tuple[CalendarWeek, str]:
    """Return the week to report on, and a sentence where a button named the group's week.

    Such a button opens the form for the member's own week. A report that was typed is meant for
    the week it names.
    """
    if opens_form and typed_week is not None and member.shift:
        number = _parse_week_number(cohort, typed_week)
        if is_ahead_of_own_week(member, cohort, number, call.now):
            own_week = _resolve_checkin_week(cohort, member, None, call)
            return own_week, describe_own_week(member, cohort, call.now)
    return _resolve_checkin_week(cohort, member, typed_week, call), ""


def _resolve_checkin_week(
    cohort: Cohort, member: Member, typed_week: str | None, call: Call
) -> CalendarWeek:
    started_weeks = member.list_started_weeks(cohort, call.now)
    if not started_weeks:
        beginning = describe_first_week(cohort, member)
        raise Refused(f"{beginning}: check in when it has started.", "week")
    if typed_week is None:
        return started_weeks[-1]
    return _find_started_week(started_weeks, _parse_week_number(cohort, typed_week))


def _find_started_week(started_weeks: tuple[CalendarWeek, ...], number: int) -> CalendarWeek:
    """Return the week with a number. Raises `Refused` if it has not started."""
    for started_week in started_weeks:
        if started_week.number == number:
            return started_week
    raise Refused(_describe_latest_checkin(number, started_weeks[-1].number), "week")


def _describe_latest_checkin(number: int, latest_number: int) -> str:
    choice = f"choose week {latest_number}"
    if latest_number > 1:
        choice = f"{choice} or an earlier one"
    return f"Week {number} has not started: {choice}."


def _parse_week_number(cohort: Cohort, typed_week: str) -> int:
    wanted = typed_week.strip().casefold()
    number = _map_week_numbers(cohort).get(wanted) or _read_number(wanted)
    if not 1 <= number <= len(cohort.syllabus.weeks):
        raise Refused(_describe_foreign_week(cohort, typed_week), "week")
    return number


def _describe_foreign_week(cohort: Cohort, typed_week: str) -> str:
    return (
        f"“{format_typed_text(typed_week)}” is not a week of {cohort.name}: "
        f"choose 1 to {len(cohort.syllabus.weeks)}."
    )


def _map_week_numbers(cohort: Cohort) -> Mapping[str, int]:
    # Buttons name a week by its id, which stays the same when its number changes.
    syllabus_weeks = cohort.syllabus.weeks
    return {syllabus_week.id: number for number, syllabus_week in enumerate(syllabus_weeks, 1)}


def _read_number(wanted: str) -> int:
    digits = wanted.removeprefix("week").strip()
    # `isdecimal` and not `isdigit`: the latter also takes “²”, and int() fails on it.
    if digits.isdecimal() and len(digits) <= MAX_WEEK_DIGITS:
        return int(digits)
    return 0
