"""`project add`: something a member has built joins their portfolio, for the group to see."""

from __future__ import annotations

from typing import Annotated, Literal

from bot.chat.message import Message
from bot.command import Call, CohortRef, RestOfLine, command
from bot.command.portfolio import (
    PROJECT,
    build_piece_message,
    clean_piece_title,
    delete_caller_piece,
    find_suggested_piece,
    parse_piece_link,
    save_caller_piece,
    split_title_and_link,
)
from bot.command.suggestions import suggest_own_cohorts, suggest_projects
from bot.store.portfolio import PortfolioPiece


@command(section="me", order=60, action="Add a project")
async def project_add(
    call: Call,
    title: Annotated[str, "What you have built", RestOfLine()],
    link: Annotated[str | None, "Where it can be seen"] = None,
    project: Annotated[str | None, "Which of the plan's projects it is", suggest_projects] = None,
    level: Annotated[
        Literal["beginner", "intermediate", "advanced"] | None, "How hard it was"
    ] = None,
    remove: Annotated[bool, "Take it out again"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Message:
    """Add something you have built to your portfolio."""
    found, _ = await call.resolve_membership(cohort)
    title, link = split_title_and_link(title, link, PROJECT)
    name, pieces = clean_piece_title(title, PROJECT), call.tx.portfolio.projects
    plan = await call.tx.cohorts.load_roadmap_by_id(found.plan_id)
    if remove:
        return await build_piece_message(
            call,
            found,
            plan,
            await delete_caller_piece(call, pieces, found, name, PROJECT),
            PROJECT,
        )
    known = find_suggested_piece(
        plan, plan.portfolio, project or name, PROJECT, is_required=project is not None
    )
    about = known.id if known else ""
    piece = PortfolioPiece(
        name, about, parse_piece_link(link), level or (known.level if known else None) or ""
    )
    return await build_piece_message(
        call,
        found,
        plan,
        await save_caller_piece(call, pieces, found, piece, PROJECT),
        PROJECT,
        about,
    )
