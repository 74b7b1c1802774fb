"""A member's whole way through a plan that is over for them, in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.group.backlog import Backlog, measure_backlog
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.first_item import find_first_item
from bot.group.progress import WeekProgress, compute_longest_streak, list_week_progress
from bot.group.route import Route, build_route
from bot.roadmap import Item, Roadmap

JourneyEnd = Literal["all", "essentials", "part", "nothing"]
"""How much of the plan is done: every item, everything essential, some items, or none."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The titles of what a member has built and earned, the newest first."""

    projects: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NextCohort:
    """A cohort that has not begun and that a member may join."""

    ref: str
    name: str
    start: date
    roadmap: str


@dataclass(frozen=True, slots=True)
class Journey:
    """A member's way.

    `done` of `total` slots on their own route.
    `week_count`: the weeks that were theirs to report on; `reported_count` of these have a
    check-in. Weeks that were over when they joined, and weeks off, count only with one.
    `hours`: the sum reported with check-ins, None where nobody wrote any down.
    `joined_late`: some week was over when they joined. `ended_early`: the group stopped before the
    last week.
    `first`, `last`: their own first and last date; None before the first week.
    `first_item`: the open item to go on with, None with nothing open.
    """

    end: JourneyEnd
    done: int
    total: int
    week_count: int
    reported_count: int
    hours: float | None
    longest_streak: int
    joined_late: bool
    ended_early: bool
    first: date | None
    last: date | None
    backlog: Backlog
    first_item: Item | None


def has_own_end_come(member: Member, cohort: Cohort, now: datetime) -> bool:
    """Return True once the last week of the plan is over by the member's own clock.

    A cohort that was ended early is over for everybody.
    """
    if cohort.state == "draft":
        return False
    finish = member.build_member_calendar(cohort).finish
    # A pause hides the end; one that is there for good was an early end.
    if finish is None:
        return cohort.state in {"finished", "archived"}
    return member.get_member_date(cohort, now) >= finish


def measure_journey(
    member: Member,
    cohort: Cohort,
    roadmap: Roadmap,
    ticked: Set[str],
    checkin_hours: Mapping[str, float | None],
    now: datetime,
) -> Journey:
    """Measure a member's way from their ticks and the hours of their check-ins, by week id."""
    route = build_route(roadmap, cohort.syllabus, member.picks)
    so_far = list_week_progress(member, cohort, route, ticked, checkin_hours.keys(), now)
    own_weeks = [week for week in so_far if _is_own_week(member, cohort, week)]
    asked = [week for week in own_weeks if week.has_checked_in or week.week.week.kind != "break"]
    backlog = measure_backlog(member, cohort, roadmap, route, ticked, now)
    done, total = route.count_done_slots(ticked), route.count_slots()
    return Journey(
        _judge_end(done, total, backlog),
        done,
        total,
        len(asked),
        sum(week.has_checked_in for week in asked),
        _sum_hours(checkin_hours),
        compute_longest_streak(member, so_far),
        any(member.is_week_over(week.week, cohort, member.joined_at) for week in so_far),
        cohort.calendar.finish is None,
        own_weeks[0].week.first if own_weeks else None,
        _find_last_date(own_weeks[-1].week) if own_weeks else None,
        backlog,
        _find_next_item(cohort, roadmap, ticked, route),
    )


def _find_next_item(
    cohort: Cohort, roadmap: Roadmap, ticked: Set[str], route: Route
) -> Item | None:
    """Return the item to start with in the first week that has an essential one open.

    Where all essential items are done, in the first week with anything open.
    """
    first_items = []
    for week in cohort.syllabus.weeks:
        item = find_first_item(roadmap, week.items, ticked, route)
        if item is not None:
            first_items.append(item)
    essential = [item for item in first_items if item.essential]
    return next(iter(essential or first_items), None)


def _is_own_week(member: Member, cohort: Cohort, progress: WeekProgress) -> bool:
    if progress.has_checked_in:
        return True
    return not member.is_week_over(progress.week, cohort, member.joined_at)


def _judge_end(done: int, total: int, backlog: Backlog) -> JourneyEnd:
    if not done:
        return "nothing"
    if done >= total:
        return "all"
    # Somebody who joined late owes only what came after; with nothing asked, nothing is proven.
    if backlog.essential_count and not backlog.open_items:
        return "essentials"
    return "part"


def _sum_hours(checkin_hours: Mapping[str, float | None]) -> float | None:
    reported = [hours for hours in checkin_hours.values() if hours is not None]
    return sum(reported) if reported else None


def _find_last_date(week: CalendarWeek) -> date:
    # Where the group stopped in the middle of a week, nobody knows its end.
    return week.last or week.active[-1]
