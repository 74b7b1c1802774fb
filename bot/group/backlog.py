"""What a member has left open in weeks that are over, and whether they are behind."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from bot.group.calendar import CalendarWeek
from bot.group.catch_up import find_catch_up
from bot.group.cohort import Cohort, Member
from bot.group.first_item import TimeSum, sum_estimates
from bot.group.route import Route
from bot.roadmap import Roadmap

BEHIND_WEEKS = 2  # closed weeks with open essential items that make somebody behind


@dataclass(frozen=True, slots=True)
class Backlog:
    """The essential items of closed weeks.

    `open_items`: those still open, in the order of the plan; of equivalent items only one.
    `essential_count`: those that were asked for, done or not.
    `open_weeks`: the closed weeks with an open one. `time`: the time the open ones take.
    """

    open_items: tuple[str, ...]
    essential_count: int
    open_weeks: tuple[CalendarWeek, ...]
    time: TimeSum

    @property
    def is_behind(self) -> bool:
        return len(self.open_weeks) >= BEHIND_WEEKS


def measure_backlog(
    member: Member,
    cohort: Cohort,
    roadmap: Roadmap,
    route: Route,
    ticked: Set[str],
    now: datetime,
) -> Backlog:
    """Measure what is open in the weeks that are closed by the member's own clock.

    Weeks that were over when they joined are no debt, and neither are items on a catch-up plan
    that they keep to.
    """
    plan = find_catch_up(member, cohort, route, ticked, now)
    planned = frozenset(plan.open_items) if plan is not None and plan.is_kept else frozenset()
    open_items: list[str] = []
    open_weeks = []
    essential_count = 0
    for week in member.list_started_weeks(cohort, now):
        if not member.is_week_over(week, cohort, now):
            continue
        if member.is_week_over(week, cohort, member.joined_at):
            continue
        essential = _list_essential_items(roadmap, route, week)
        still_open = [
            item for item in essential if item not in planned and not _is_done(route, item, ticked)
        ]
        essential_count += len(essential)
        open_items += still_open
        if still_open:
            open_weeks.append(week)
    time = sum_estimates(roadmap, open_items)
    return Backlog(tuple(open_items), essential_count, tuple(open_weeks), time)


def _list_essential_items(roadmap: Roadmap, route: Route, week: CalendarWeek) -> list[str]:
    """Return the first essential item of each slot of a week; slots without one are left out."""
    own_items = [item for item in week.week.items if route.is_on_route(item)]
    essential = []
    for slot in route.slots.get(week.id, ()):
        for item in own_items:
            if item in slot and roadmap.items[item].essential:
                essential.append(item)
                break
    return essential


def _is_done(route: Route, item: str, ticked: Set[str]) -> bool:
    return item in ticked or route.find_ticked_equivalent(item, ticked) is not None
