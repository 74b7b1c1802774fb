"""Milestones a member reaches with a tick: a week, a stage, or the whole plan."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Literal

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.route import Route


@dataclass(frozen=True, slots=True)
class Milestone:
    """What the last tick completed.

    `name`: the title of the stage; empty for others. `week_number`: the last week completed.
    """

    kind: Literal["week", "stage", "plan"]
    week_number: int = 0
    name: str = ""


def find_milestone(
    syllabus: Syllabus, route: Route, before: Set[str], after: Set[str]
) -> Milestone | None:
    """Return the greatest thing that was open before and is complete now; None for nothing."""
    total = route.count_slots()
    if total and route.count_done_slots(before) < total <= route.count_done_slots(after):
        return Milestone("plan")
    found = None
    for number, week in enumerate(syllabus.weeks, 1):
        if not _is_completed_now(route, (week,), before, after):
            continue
        weeks = _list_stage_weeks(syllabus, week)
        if len(weeks) > 1 and _is_completed_now(route, weeks, before, after):
            return Milestone("stage", number, week.stage)
        found = Milestone("week", number)
    return found


def _list_stage_weeks(syllabus: Syllabus, week: SyllabusWeek) -> tuple[SyllabusWeek, ...]:
    if not week.stage:
        return ()
    return tuple(other for other in syllabus.weeks if other.stage == week.stage)


def _is_completed_now(
    route: Route, weeks: tuple[SyllabusWeek, ...], before: Set[str], after: Set[str]
) -> bool:
    total = sum(route.count_slots(week.id) for week in weeks)
    done_before = sum(route.count_done_slots(before, week.id) for week in weeks)
    done_after = sum(route.count_done_slots(after, week.id) for week in weeks)
    return 0 < total == done_after and done_before < total
