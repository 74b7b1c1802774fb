"""What is left of a week for a member, and the shortest of it: in values, and in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.group.calendar import CalendarWeek
from bot.group.catch_up import find_catch_up
from bot.group.cohort import Cohort
from bot.group.first_item import TimeSum, find_first_item, list_open_items, sum_estimates
from bot.group.route import build_route
from bot.post import Recipient
from bot.roadmap import Item, Roadmap
from bot.views.durations import format_duration


@dataclass(frozen=True, slots=True)
class WeekWork:
    """A member's work in a week.

    `left`: open items, of equivalent ones only one. `total`: all there are.
    `first`: the item to start with. `is_catching_up`: a catch-up plan says what counts.
    """

    total: int
    left: int
    first: Item | None
    time: TimeSum
    is_catching_up: bool = False

    @property
    def done(self) -> int:
        return self.total - self.left


def find_week_work(
    recipient: Recipient, cohort: Cohort, roadmap: Roadmap, week: CalendarWeek, now: datetime
) -> WeekWork:
    """Return what is left of a week for a member, by their own route and catch-up plan."""
    member, ticked = recipient.member, recipient.ticked
    route = build_route(roadmap, cohort.syllabus, member.picks)
    plan = find_catch_up(member, cohort, route, ticked, now)
    if plan is not None:
        # While somebody catches up, what is not essential can wait.
        essential = [item for item in week.week.items if roadmap.items[item].essential]
        planned = plan.list_items_of_week(week.number)
        open_items = list_open_items(roadmap, [*essential, *planned], ticked, route)
        own_count = sum(route.is_on_route(item) for item in essential) + len(planned)
        return _build_work(roadmap, open_items, own_count, len(open_items), is_catching_up=True)
    open_items = list_open_items(roadmap, week.week.items, ticked, route)
    total = route.count_slots(week.id)
    left = total - route.count_done_slots(ticked, week.id)
    return _build_work(roadmap, open_items, total, left)


def find_first_work(cohort: Cohort, roadmap: Roadmap, week: CalendarWeek) -> Item | None:
    """Return the item of a week that somebody who has done nothing may start with."""
    usual_route = build_route(roadmap, cohort.syllabus)
    return find_first_item(roadmap, week.week.items, route=usual_route)


def _build_work(
    roadmap: Roadmap,
    open_items: tuple[Item, ...],
    total: int,
    left: int,
    *,
    is_catching_up: bool = False,
) -> WeekWork:
    item_ids = [item.id for item in open_items]
    first = find_first_item(roadmap, item_ids) if left else None
    time = sum_estimates(roadmap, item_ids)
    # Of equivalent items only one is asked for: then the sum says too much, and nothing is said.
    if left != len(open_items):
        time = TimeSum()
    return WeekWork(total, left, first, time, is_catching_up)


def format_step_time(item: Item) -> str:
    """Return `about 40 min`; empty for an item without an estimate."""
    return format_duration(item.minutes) if item.minutes else ""
