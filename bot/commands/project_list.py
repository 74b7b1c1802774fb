"""`project list`: what the plan suggests to build, and what the members have built."""

from __future__ import annotations

from typing import Annotated

from bot.chat.message import Message
from bot.command import Call, Hidden, command
from bot.command.portfolio import PROJECT, listing
from bot.command.suggestions import my_cohorts
from bot.views.roadmap_overview import projects


@command(reads=True, section="me", order=61, action="Projects")
async def project_list(
    call: Call,
    mine: Annotated[bool, "Only your own"] = False,
    cohort: Annotated[str | None, "Which cohort", my_cohorts] = None,
    page: Annotated[int | None, Hidden()] = None,
) -> Message:
    """What there is to build, and what the group has built."""
    found, _ = await call.membership(cohort)
    plan = await call.tx.cohorts.plan(found.plan_id)
    pieces = call.tx.portfolio.projects
    return await listing(call, pieces, found, PROJECT, [*projects(plan)], mine=mine, page=page)
