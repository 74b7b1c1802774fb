"""`certificate list`: what the plan suggests to earn, and what the members have earned."""

from __future__ import annotations

from typing import Annotated

from bot.chat.message import Message
from bot.command import Call, Hidden, command
from bot.command.portfolio import CERTIFICATE, listing
from bot.command.suggestions import my_cohorts
from bot.views.roadmap_overview import certificates


@command(reads=True, section="me", order=71, action="Certificates")
async def certificate_list(
    call: Call,
    mine: Annotated[bool, "Only your own"] = False,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
    page: Annotated[int | None, Hidden()] = None,
) -> Message:
    """What there is to earn, and what the group has earned."""
    found, _ = await call.membership(cohort)
    plan = await call.tx.cohorts.plan(found.plan_id)
    pieces = call.tx.portfolio.certificates
    return await listing(
        call, pieces, found, CERTIFICATE, [*certificates(plan)], mine=mine, page=page
    )
