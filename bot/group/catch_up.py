"""A catch-up plan: the essential items a member has left open, spread over their coming weeks.

A plan is stored as words: `hours=5`, then `week-id:item-id` in the order of the work. What it says
today is computed from them. An item that is done, or that left the syllabus or the route, falls
out. Work that was not done in its week moves on, and everything after it moves along.
Weeks are numbered as in the syllabus, so a plan outlives changed dates, breaks and pauses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.cohort import Cohort, Member
from bot.group.route import Route
from bot.roadmap import Roadmap

MAX_HOURS = 60  # a week
USUAL_HOURS = 4  # a week, where neither check-ins nor estimates tell
USUAL_MINUTES = 60  # for an item without an estimate, in a roadmap without any
LEAST_BUDGET = 30  # minutes a week for catching up, however full the week itself is
LATE_PARTS = 2  # weeks a plan may lag; somebody who lags more does not keep to it
_HOURS = "hours="  # no id of a week has such a sign


@dataclass(frozen=True, slots=True)
class CatchUpPart:
    """The items for one week, by the week's number in the syllabus."""

    week_number: int
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CatchUpPlan:
    """What is left of a plan.

    `parts`: open items by week, the current week first. `hours`: a week, as the member has them.
    `weeks_late`: weeks by which the plan has moved on because work was not done.
    """

    hours: int
    parts: tuple[CatchUpPart, ...]
    weeks_late: int = 0

    @property
    def open_items(self) -> tuple[str, ...]:
        return tuple(item for part in self.parts for item in part.items)

    @property
    def is_kept(self) -> bool:
        """True while the member keeps to it, so that they are not behind."""
        return self.weeks_late < LATE_PARTS

    def list_items_of_week(self, week_number: int) -> tuple[str, ...]:
        """Return the open items for a week."""
        for part in self.parts:
            if part.week_number == week_number:
                return part.items
        return ()


# — what a stored plan says today —


def find_catch_up(
    member: Member, cohort: Cohort, route: Route, ticked: Set[str], now: datetime
) -> CatchUpPlan | None:
    """Return what is left of a member's plan; None without one, or when it has come to its end."""
    if not member.catch_up or member.has_finished_roadmap(cohort, now):
        return None
    current_week = member.get_current_week(cohort, now)
    number = current_week.number if current_week else 1
    return read_catch_up(member.catch_up, cohort.syllabus, route, ticked, number)


def read_catch_up(
    words: Sequence[str], syllabus: Syllabus, route: Route, ticked: Set[str], current_number: int
) -> CatchUpPlan | None:
    """Return what stored words say in a week; None if nothing of them is open."""
    open_entries = _list_open_entries(words, syllabus, route, ticked, current_number)
    if not open_entries:
        return None
    weeks_late = max(0, current_number - open_entries[0][0])
    last_number = max(current_number, len(syllabus.weeks))
    items_by_week: dict[int, list[str]] = {}
    for week_number, item in open_entries:
        moved = min(max(week_number + weeks_late, current_number), last_number)
        items_by_week.setdefault(moved, []).append(item)
    parts = [CatchUpPart(number, tuple(items)) for number, items in sorted(items_by_week.items())]
    return CatchUpPlan(_read_hours(words), tuple(parts), weeks_late)


def _list_open_entries(
    words: Sequence[str], syllabus: Syllabus, route: Route, ticked: Set[str], current_number: int
) -> list[tuple[int, str]]:
    """Return week number and item for everything that is still to do, in the order of the plan."""
    numbers = {week.id: number for number, week in enumerate(syllabus.weeks, 1)}
    known_items = set(syllabus.all_items)
    entries = []
    number = current_number
    for word in words:
        week_id, _, item = word.partition(":")
        # A week that left the syllabus: its items stay beside those before them.
        number = numbers.get(week_id, number)
        if item in known_items and route.is_on_route(item) and not _is_done(route, item, ticked):
            entries.append((number, item))
    return sorted(entries, key=lambda entry: entry[0])


def _is_done(route: Route, item: str, ticked: Set[str]) -> bool:
    return item in ticked or route.find_ticked_equivalent(item, ticked) is not None


def _read_hours(words: Iterable[str]) -> int:
    for word in words:
        value = word.removeprefix(_HOURS)
        if value != word and value.isdecimal():
            return int(value)
    return USUAL_HOURS


# — a new plan —


@dataclass(frozen=True, slots=True)
class CatchUpDraft:
    """A plan before it is taken. `is_complete`: everything found room before the last week ends."""

    hours: int
    parts: tuple[CatchUpPart, ...]
    is_complete: bool

    def encode_words(self, syllabus: Syllabus) -> tuple[str, ...]:
        """Return the words to store."""
        words = [f"{_HOURS}{self.hours}"]
        for part in self.parts:
            week_id = syllabus.weeks[part.week_number - 1].id
            words += [f"{week_id}:{item}" for item in part.items]
        return tuple(words)


@dataclass(frozen=True)
class CatchUpWork:
    """The work to spread: open items in order, and the weeks there are from `first_number` on."""

    roadmap: Roadmap
    route: Route
    syllabus: Syllabus
    ticked: Set[str]
    items: tuple[str, ...]
    first_number: int

    def draft_plan(self, hours: int) -> CatchUpDraft:
        """Spread the items over the weeks at these hours a week.

        The essential items of each week come first; what is left of the hours goes to the plan.
        Where the weeks do not suffice, the last one takes the rest.
        """
        ends = self._sum_budgets(hours)
        minutes = self._measure_items()
        items_by_week: dict[int, list[str]] = {}
        begun = 0.0
        for item in self.items:
            # By its middle, so that a long item belongs where most of it is done.
            number = _find_week_at(ends, begun + minutes[item] / 2)
            items_by_week.setdefault(number, []).append(item)
            begun += minutes[item]
        parts = [CatchUpPart(number, tuple(items)) for number, items in items_by_week.items()]
        is_complete = begun <= max(ends.values(), default=0.0)
        return CatchUpDraft(hours, tuple(parts), is_complete)

    def find_least_hours(self) -> int | None:
        """Return the fewest hours a week that suffice; None if no number of hours does."""
        for hours in range(1, MAX_HOURS + 1):
            if self.draft_plan(hours).is_complete:
                return hours
        return None

    def estimate_weekly_hours(self) -> int:
        """Return the hours a usual week of the roadmap takes, by its essential items."""
        loads = [self._measure_week(week) for _, week in self._list_weeks()]
        known = [load for load in loads if load]
        if not known:
            return USUAL_HOURS
        return min(MAX_HOURS, max(1, round(sum(known) / len(known) / 60)))

    def _list_weeks(self) -> Iterator[tuple[int, SyllabusWeek]]:
        """Yield the weeks that can take work, by number; at least the last one."""
        weeks = list(enumerate(self.syllabus.weeks, 1))
        coming = [pair for pair in weeks if pair[0] >= self.first_number]
        working = [pair for pair in coming if pair[1].kind != "break"]
        yield from working or coming or weeks[-1:]

    def _sum_budgets(self, hours: int) -> Mapping[int, float]:
        """Return, by week number, the minutes there are for the plan until the week's end."""
        ends = {}
        total = 0.0
        for number, week in self._list_weeks():
            total += max(LEAST_BUDGET, 60 * hours - self._measure_week(week))
            ends[number] = total
        return ends

    def _measure_week(self, week: SyllabusWeek) -> float:
        """Return the minutes that a week's own open essential items take."""
        return sum(
            self._guess_minutes(item)
            for item in week.items
            if self.roadmap.items[item].essential
            and self.route.is_on_route(item)
            and item not in self.items
            and not _is_done(self.route, item, self.ticked)
        )

    def _measure_items(self) -> Mapping[str, float]:
        return {item: self._guess_minutes(item) for item in self.items}

    def _guess_minutes(self, item: str) -> float:
        """Return an item's estimate, else the mean of those there are."""
        minutes = self.roadmap.items[item].minutes
        return self._mean_minutes if minutes is None else minutes

    @cached_property
    def _mean_minutes(self) -> float:
        known = [item.minutes for item in self.roadmap.items.values() if item.minutes is not None]
        return sum(known) / len(known) if known else USUAL_MINUTES


def _find_week_at(ends: Mapping[int, float], minute: float) -> int:
    """Return the week in which a minute of the work falls; the last one for a later minute."""
    for number, end in ends.items():
        if minute <= end:
            return number
    return max(ends)
