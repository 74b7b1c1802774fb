"""A member's standing: what is open, the way they have chosen, and the numbers both are told in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.command import Call
from bot.group.backlog import Backlog, measure_backlog
from bot.group.calendar import CalendarWeek
from bot.group.catch_up import CatchUpPlan, find_catch_up
from bot.group.cohort import Cohort, Member
from bot.group.route import Route, build_route
from bot.roadmap import Roadmap
from bot.store.waiting import WaitingEntry


@dataclass(frozen=True, slots=True)
class OwnStanding:
    """Where a member stands.

    `backlog`: what is open in their closed weeks, on a plan or not; for a late joiner without
    any, what the weeks before they joined would ask for.
    `is_debt`: False for those weeks before.
    `plan`: their catch-up plan, if something of it is left. `entry`: their place on the list.
    `old_cohort`: the cohort they moved from, if they can go back.
    """

    cohort: Cohort
    member: Member
    roadmap: Roadmap
    route: Route
    ticked: frozenset[str]
    backlog: Backlog
    is_debt: bool
    plan: CatchUpPlan | None
    entry: WaitingEntry | None = None
    old_cohort: Cohort | None = None

    @property
    def is_behind(self) -> bool:
        """True while something is open in two closed weeks, and no plan takes care of it."""
        has_kept_plan = self.plan is not None and self.plan.is_kept
        return self.is_debt and self.backlog.is_behind and not has_kept_plan

    @property
    def first_open_week(self) -> CalendarWeek | None:
        return self.backlog.open_weeks[0] if self.backlog.open_weeks else None


async def load_standing(call: Call, cohort: Cohort, member: Member) -> OwnStanding:
    """Return a member's standing in a cohort."""
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    ticked = await call.tx.progress.load_ticked_items(call.person, cohort.roadmap)
    route = build_route(roadmap, cohort.syllabus, member.picks)
    plan = find_catch_up(member, cohort, route, ticked, call.now)
    # What is on a plan is open all the same: a new plan takes it over.
    unplanned = replace(member, catch_up=())
    backlog = measure_backlog(unplanned, cohort, roadmap, route, ticked, call.now)
    is_debt = bool(backlog.open_items) or not _has_joined_late(member, cohort)
    if not is_debt:
        early = replace(unplanned, joined_at=cohort.begins_at or member.joined_at)
        backlog = measure_backlog(early, cohort, roadmap, route, ticked, call.now)
    entry = await _find_entry(call, cohort)
    old_cohort = await _find_old_cohort(call, member)
    return OwnStanding(
        cohort, member, roadmap, route, ticked, backlog, is_debt, plan, entry, old_cohort
    )


def _has_joined_late(member: Member, cohort: Cohort) -> bool:
    weeks = member.build_member_calendar(cohort).weeks
    return any(member.is_week_over(week, cohort, member.joined_at) for week in weeks)


async def _find_entry(call: Call, cohort: Cohort) -> WaitingEntry | None:
    space_id = await call.tx.people.find_space_id(call.place)
    if space_id is None:
        return None
    return await call.tx.waiting.find_waiting_entry(call.person, space_id, cohort.roadmap)


async def _find_old_cohort(call: Call, member: Member) -> Cohort | None:
    if member.moved_from is None:
        return None
    old = await call.tx.cohorts.load_cohort(member.moved_from)
    if old is None or old.advance_state(call.now).state in {"finished", "archived", "draft"}:
        return None
    return old.advance_state(call.now)
