"""The calendar of a plan: its weeks in local dates, and what breaks do to them.

All values are frozen and every function is pure. Dates and times here are local wall-clock ones.
An instant (UTC) is made last, by `convert_to_utc`, and never added to: adding to an aware time
keeps the wall clock and gets days of clock changes wrong.
Weeks are told apart by their ids; numbers are for display.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from bot.group.zones import load_zone
from bot.roadmap import Kind, Roadmap, Week

WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def convert_to_utc(day: date, wall: time, zone_name: str) -> datetime:
    """Return the instant, in UTC, for a local date and time.

    A time the clock skips moves forward over the gap. A time that comes twice is taken as
    the first one (PEP 495, fold=0).
    """
    return datetime.combine(day, wall, load_zone(zone_name)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Break:
    """Local dates, both included, on which the plan stands still.

    `last` None: a pause nobody has ended yet.
    """

    first: date
    last: date | None = None

    def has_date(self, day: date) -> bool:
        """Return True for a date in the break."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class SyllabusWeek:
    """The work between two weekly posts: item ids, under a week id that never changes."""

    id: str
    title: str
    items: tuple[str, ...]
    stage: str = ""
    kind: Kind = "normal"


@dataclass(frozen=True, slots=True)
class Syllabus:
    """A cohort's own ordered list of weeks."""

    weeks: tuple[SyllabusWeek, ...]

    @staticmethod
    def from_roadmap(roadmap: Roadmap) -> Syllabus:
        """Build the plan's own weeks, with all their items."""
        return Syllabus(tuple(_build_own_week(week, roadmap) for week in roadmap.weeks))

    @property
    def all_items(self) -> tuple[str, ...]:
        """The ids in all weeks, in order."""
        return tuple(item for week in self.weeks for item in week.items)

    def get_week_number(self, week_id: str) -> int:
        """Return a week's place in the list, from 1; 0 for an id that is not in it."""
        for number, week in enumerate(self.weeks, 1):
            if week.id == week_id:
                return number
        return 0

    def find_item_week(self, item: str) -> SyllabusWeek | None:
        """Return the week with an item, None without one."""
        for week in self.weeks:
            if item in week.items:
                return week
        return None


@dataclass(frozen=True, slots=True)
class CalendarWeek:
    """A week of the syllabus with its local dates, both included.

    `last` None: a pause nobody has ended keeps it open.
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
        """Return True if the week is over on that local date."""
        return self.last is not None and day > self.last


@dataclass(frozen=True, slots=True)
class Calendar:
    """The weeks of a syllabus in local dates.

    `finish` is the day after the last week; None while a pause hides it.
    """

    weeks: tuple[CalendarWeek, ...]
    finish: date | None

    def find_week(self, week_id: str) -> CalendarWeek | None:
        """Return a week by its id, None for an unknown one."""
        for week in self.weeks:
            if week.id == week_id:
                return week
        return None

    def find_next_week(self, week: CalendarWeek) -> CalendarWeek | None:
        """Return the week after this one, None after the last."""
        for later in self.weeks:
            if later.number == week.number + 1:
                return later
        return None


def build_calendar(syllabus: Syllabus, start: date, breaks: Sequence[Break]) -> Calendar:
    """Date the weeks, 7 days apart from `start`.

    A week that would start in a break starts on the first such weekday after it, and the week
    before lasts until then.
    """
    return _build_cached_calendar(syllabus, start, tuple(breaks))


# Each command asks for the dates of its cohort several times.
@lru_cache(maxsize=1024)
def _build_cached_calendar(syllabus: Syllabus, start: date, breaks: tuple[Break, ...]) -> Calendar:
    # One start more than there are weeks: the day after the last week is the finish.
    starts = list(_list_week_starts(len(syllabus.weeks) + 1, start, breaks))
    weeks = []
    # A pause without an end has fewer starts than weeks; the weeks behind it have no dates yet.
    for number, (week, first) in enumerate(zip(syllabus.weeks, starts, strict=False), 1):
        last = None
        if number < len(starts):
            last = starts[number] - DAY
        active = tuple(_list_active_dates(first, last, breaks))
        weeks.append(CalendarWeek(week, number, first, last, active))
    finish = None
    if len(starts) > len(syllabus.weeks):
        finish = starts[-1]
    return Calendar(tuple(weeks), finish)


def _build_own_week(week: Week, roadmap: Roadmap) -> SyllabusWeek:
    items = tuple(item.id for item in week.items)
    stage = roadmap.get_stage_of_week(week.id).title
    return SyllabusWeek(week.id, week.title, items, stage, week.kind)


def _list_week_starts(count: int, start: date, breaks: Sequence[Break]) -> Iterator[date]:
    day = start
    for _ in range(count):
        # Breaks may lie back to back, so after one is passed the next is looked for.
        while covering := _find_covering_break(day, breaks):
            if covering.last is None:
                return
            day += WEEK * (((covering.last - day).days // 7) + 1)
        yield day
        day += WEEK


def _find_covering_break(day: date, breaks: Sequence[Break]) -> Break | None:
    for pause in breaks:
        if pause.has_date(day):
            return pause
    return None


def _list_active_dates(first: date, last: date | None, breaks: Sequence[Break]) -> Iterator[date]:
    """List the days of a week outside breaks; without an end, those before the pause began."""
    end = last
    if end is None:
        end = max((pause.first for pause in breaks if pause.last is None), default=first)
    for days in range((max(first, end) - first).days + 1):
        day = first + DAY * days
        if _find_covering_break(day, breaks) is None:
            yield day


def move_to_weekday(start: date, weekday: int | None) -> date:
    """Return the next such weekday from `start` on (0 Monday … 6 Sunday); without one, `start`."""
    if weekday is None:
        return start
    return start + DAY * ((weekday - start.weekday()) % 7)
