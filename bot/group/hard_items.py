"""The hardest items of the last weeks: where people say they are stuck, and what they leave open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort
from bot.group.route import Route
from bot.roadmap import Roadmap

WEEKS = 3  # closed weeks that are looked at, beside the current one
SHOWN = 3  # items
FEW = 3  # people at work in a week; of fewer, what is left open says nothing


@dataclass(frozen=True, slots=True)
class HardItem:
    """An item with the numbers of people who are stuck on it, worked in its week, and did it."""

    item: str
    week_number: int
    stuck: int
    at_work: int
    done: int

    @property
    def open_share(self) -> float:
        """The share of those at work in the week who left it open."""
        return 1 - self.done / self.at_work if self.at_work > FEW else 0.0


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """Numbers of people: stuck and done by item, at work by week id."""

    stuck: Mapping[str, int]
    at_work: Mapping[str, int]
    done: Mapping[str, int]


def list_recent_weeks(cohort: Cohort, now: datetime) -> tuple[CalendarWeek, ...]:
    """Return the weeks whose items are compared: the last closed ones, and the current one."""
    today = cohort.get_cohort_date(now)
    started = [week for week in cohort.calendar.weeks if week.first <= today]
    return tuple(started[-(WEEKS + 1) :])


def list_hard_items(
    cohort: Cohort,
    roadmap: Roadmap,
    route: Route,
    counts: ItemCounts,
    now: datetime,
) -> tuple[HardItem, ...]:
    """Return the hardest items, the hardest first.

    An item that most people do is not hard, and one with an equivalent is nobody's duty.
    """
    items = []
    for week in list_recent_weeks(cohort, now):
        is_closed = week.is_closed_on(cohort.get_cohort_date(now))
        for item in _list_comparable_items(week, roadmap, route):
            # In the current week everything is open still: only words count.
            at_work = counts.at_work.get(week.id, 0) if is_closed else 0
            done = min(counts.done.get(item, 0), at_work)
            items.append(HardItem(item, week.number, counts.stuck.get(item, 0), at_work, done))
    hard = [item for item in items if item.stuck or item.open_share > 0.5]
    hard.sort(key=lambda item: (-item.stuck, -item.open_share, item.week_number))
    return tuple(hard[:SHOWN])


def _list_comparable_items(week: CalendarWeek, roadmap: Roadmap, route: Route) -> Sequence[str]:
    alone = {item for slot in route.slots.get(week.id, ()) for item in slot if len(slot) == 1}
    return [item for item in week.week.items if item in alone and roadmap.items[item].essential]
