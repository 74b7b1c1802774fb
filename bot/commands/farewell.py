"""`farewell`: the letter after a member's last week, to read again or for the first time."""

from __future__ import annotations

from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Message, escape_text
from bot.command import Call, CohortRef, command
from bot.command.suggestions import suggest_own_cohorts
from bot.group.cohort import Cohort, Member
from bot.group.journey import Portfolio, has_own_end_come, measure_journey
from bot.views.farewell import FarewellFacts, build_farewell


@command(reads=True, section="me", order=45, helps=("over",), action="My farewell")
async def farewell(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Message:
    """After your last week: your way in numbers, and your certificate."""
    own_cohort, member = await call.resolve_membership(cohort)
    if not has_own_end_come(member, own_cohort, call.now):
        raise Refused(
            f"{escape_text(own_cohort.name)} is not over for you yet: "
            "use `progress` to see how far you are."
        )
    return build_farewell(await _load_facts(call, own_cohort, member))


async def _load_facts(call: Call, cohort: Cohort, member: Member) -> FarewellFacts:
    roadmap = await call.tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    ticked = await call.tx.progress.load_ticked_items(member.person, cohort.roadmap)
    hours = await call.tx.progress.load_checkin_hours([member.id])
    portfolios = await call.tx.portfolio.load_portfolios([member.id])
    next_cohorts = await call.tx.next_cohorts.find_next_cohorts([member.id])
    journey = measure_journey(member, cohort, roadmap, ticked, hours.get(member.id, {}), call.now)
    return FarewellFacts(
        cohort,
        roadmap,
        member,
        journey,
        portfolios.get(member.id, Portfolio()),
        tuple(next_cohorts.get(member.id, ())),
        call.now,
    )
