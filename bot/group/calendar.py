"""The calendar of a plan: its weeks in local dates, and what breaks do to them.

All values are frozen and every function is pure. Dates and times here are local wall-clock ones; an instant (UTC) is made
last, by `instant`, and never added to. Weeks are told apart by their ids; numbers are for display.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.group.zones import load_zone
from bot.roadmap import Roadmap

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def convert_to_utc(day: date, wall: time, zone_name: str) -> datetime:
    """The instant, in UTC, of a local date and time. A time the clock skips moves forward over the gap; of a time that
    comes twice it is the first (PEP 495, fold=0)."""
    return datetime.combine(day, wall, load_zone(zone_name)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Break:
    """Local dates, both included, on which the plan stands still. `last` None: a pause nobody has ended yet."""

    first: date
    last: date | None = None

    def has_date(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class SyllabusWeek:
    """What a cohort does between two weekly posts: item ids of its plan, under an id that never changes."""

    id: str
    title: str
    items: tuple[str, ...]
    stage: str = ""
    kind: str = "normal"


@dataclass(frozen=True, slots=True)
class Syllabus:
    """A cohort's own ordered list of weeks."""

    weeks: tuple[SyllabusWeek, ...]

    @staticmethod
    def from_roadmap(roadmap: Roadmap) -> Syllabus:
        """The plan as it stands: its own weeks, with all their items."""
        return Syllabus(
            tuple(
                SyllabusWeek(
                    week.id,
                    week.title,
                    tuple(item.id for item in week.items),
                    roadmap.get_stage_of_week(week.id).title,
                    week.kind,
                )
                for week in roadmap.weeks
            )
        )

    @property
    def all_items(self) -> tuple[str, ...]:
        return tuple(item for week in self.weeks for item in week.items)

    def get_week_number(self, week_id: str) -> int:
        """The place of a week in the list, from 1; 0 for an id it does not hold."""
        return next((number for number, week in enumerate(self.weeks, 1) if week.id == week_id), 0)

    def find_item_week(self, item: str) -> SyllabusWeek | None:
        """The week that holds an item."""
        return next((week for week in self.weeks if item in week.items), None)


@dataclass(frozen=True, slots=True)
class CalendarWeek:
    """A week of the syllabus with its local dates, both included. `last` None: a pause nobody has ended keeps it open.

    `active` are its dates outside breaks, at least the first one.
    """

    week: SyllabusWeek
    number: int
    first: date
    last: date | None
    active: tuple[date, ...]

    @property
    def id(self) -> str:
        return self.week.id

    @property
    def title_with_number(self) -> str:
        return f"Week {self.number}: {self.week.title}"

    def is_closed_on(self, day: date) -> bool:
        """Whether the week is over on that local date."""
        return self.last is not None and day > self.last


@dataclass(frozen=True, slots=True)
class Calendar:
    """The weeks of a syllabus in local dates. `finish` is the day after the last week; None while a pause hides it."""

    weeks: tuple[CalendarWeek, ...]
    finish: date | None

    def find_week_on(self, day: date) -> CalendarWeek | None:
        """The week that has come by that date; None before the first."""
        return next((week for week in reversed(self.weeks) if week.first <= day), None)

    def find_week(self, week_id: str) -> CalendarWeek | None:
        return next((week for week in self.weeks if week.id == week_id), None)

    def find_next_week(self, week: CalendarWeek) -> CalendarWeek | None:
        return next((later for later in self.weeks if later.number == week.number + 1), None)


def build_calendar(syllabus: Syllabus, start: date, breaks: Sequence[Break]) -> Calendar:
    """When each week is: 7 days apart from `start`; one that would start in a break starts on the first such weekday after
    it, and the week before lasts until then."""
    starts = list(_list_week_starts(len(syllabus.weeks) + 1, start, breaks))
    dated = []
    for number, (week, first) in enumerate(zip(syllabus.weeks, starts, strict=False), 1):
        last = starts[number] - DAY if number < len(starts) else None
        dated.append(
            CalendarWeek(week, number, first, last, tuple(_list_active_dates(first, last, breaks)))
        )
    return Calendar(tuple(dated), starts[-1] if len(starts) > len(syllabus.weeks) else None)


def _list_week_starts(count: int, start: date, breaks: Sequence[Break]) -> Iterator[date]:
    day = start
    for _ in range(count):
        while covering := next((one for one in breaks if one.has_date(day)), None):
            if covering.last is None:
                return
            day += WEEK * (((covering.last - day).days // 7) + 1)
        yield day
        day += WEEK


def _list_active_dates(first: date, last: date | None, breaks: Sequence[Break]) -> Iterator[date]:
    """The days of a week outside breaks; of one without an end, those before the pause began."""
    end = last or max((one.first for one in breaks if one.last is None), default=first)
    for days in range((max(first, end) - first).days + 1):
        day = first + DAY * days
        if not any(one.has_date(day) for one in breaks):
            yield day


def move_to_weekday(start: date, weekday: int | None) -> date:
    """The start moved to the next such weekday (0 Monday … 6 Sunday); the start itself without one."""
    return start if weekday is None else start + DAY * ((weekday - start.weekday()) % 7)
