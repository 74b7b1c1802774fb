"""Milestones a member reaches with a tick: a week, a stage, half of the plan, or all of it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Literal

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.route import Route

SHORT_PLAN = 8  # items: half of a shorter plan is nothing to tell everybody


@dataclass(frozen=True, slots=True)
class Milestone:
    """What the last tick completed.

    `name`: the title of the stage; empty for others. `week_number`: the last week completed.
    `subject`: the id of a stage's first week, by which the stage is known.
    """

    kind: Literal["week", "stage", "half", "plan"]
    week_number: int = 0
    name: str = ""
    subject: str = ""


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
            return Milestone("stage", number, week.stage, weeks[0].id)
        found = Milestone("week", number)
    return found


def list_public_milestones(
    syllabus: Syllabus, route: Route, before: Set[str], after: Set[str]
) -> tuple[Milestone, ...]:
    """Return what is worth a word to everybody: the whole plan, or a stage and half of the plan."""
    greatest = find_milestone(syllabus, route, before, after)
    if greatest is not None and greatest.kind == "plan":
        return (greatest,)
    reached = []
    if greatest is not None and greatest.kind == "stage":
        reached.append(greatest)
    if _is_half_done_now(route, before, after):
        reached.append(Milestone("half"))
    return tuple(reached)


def _is_half_done_now(route: Route, before: Set[str], after: Set[str]) -> bool:
    total = route.count_slots()
    if total < SHORT_PLAN:
        return False
    return 2 * route.count_done_slots(before) < total <= 2 * route.count_done_slots(after)


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
