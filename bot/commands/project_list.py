"""`project list`: what the plan suggests to build, and what the members have built."""

from __future__ import annotations

from typing import Annotated

from bot.chat.message import Message
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.portfolio import PROJECT, build_piece_list
from bot.command.suggestions import suggest_own_cohorts
from bot.views.roadmap_overview import list_project_lines


@command(reads=True, section="me", order=61, action="Projects")
async def project_list(
    call: Call,
    mine: Annotated[bool, "Only your own"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """What there is to build, and what the group has built."""
    found, _ = await call.resolve_membership(cohort)
    plan = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    pieces = call.tx.portfolio.projects
    return await build_piece_list(
        call, pieces, found, PROJECT, [*list_project_lines(plan)], mine=mine, page=page
    )
