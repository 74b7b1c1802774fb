"""`certificate list`: what the plan suggests to earn, and what the members have earned."""

from __future__ import annotations

from typing import Annotated

from bot.chat.message import Message
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.portfolio import CERTIFICATE, build_piece_list
from bot.command.suggestions import suggest_own_cohorts
from bot.views.roadmap_overview import list_certificate_lines


@command(reads=True, section="me", order=71, action="Certificates")
async def certificate_list(
    call: Call,
    mine: Annotated[bool, "Only your own"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """What there is to earn, and what the group has earned."""
    found, _ = await call.resolve_membership(cohort)
    plan = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    pieces = call.tx.portfolio.certificates
    return await build_piece_list(
        call, pieces, found, CERTIFICATE, [*list_certificate_lines(plan)], mine=mine, page=page
    )
