"""`project list`: the plan's projects, and those the members have built."""

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
    """Show the plan's projects, and those your group has built."""
    own_cohort, _ = await call.resolve_membership(cohort)
    roadmap = await call.tx.cohorts.load_roadmap_by_id(own_cohort.plan_id)
    suggested = [*list_project_lines(roadmap)]
    queries = call.tx.portfolio.projects
    return await build_piece_list(
        call, queries, own_cohort, PROJECT, suggested, mine=mine, page=page
    )
