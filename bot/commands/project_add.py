"""`project add`: add a project to a member's portfolio for the group to see, or remove one."""

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
from bot.roadmap import PortfolioProject, Roadmap
from bot.store.portfolio import PortfolioPiece

Level = Literal["beginner", "intermediate", "advanced"]


@command(section="me", order=60, action="Add a project")
async def project_add(
    call: Call,
    title: Annotated[str, "Its name", RestOfLine()],
    link: Annotated[str | None, "Web address of the project"] = None,
    project: Annotated[str | None, "The same project in the plan", suggest_projects] = None,
    level: Annotated[Level | None, "How hard it was"] = None,
    remove: Annotated[bool, "Remove it from the list"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Message:
    """Add a project you have built to your portfolio."""
    own_cohort, _ = await call.resolve_membership(cohort)
    roadmap = await call.tx.cohorts.load_roadmap_by_id(own_cohort.plan_id)
    typed_title, typed_link = split_title_and_link(title, link, PROJECT)
    clean_title = clean_piece_title(typed_title, PROJECT)
    queries = call.tx.portfolio.projects
    if remove:
        sentence = await delete_caller_piece(call, queries, own_cohort, clean_title, PROJECT)
        return await build_piece_message(call, own_cohort, roadmap, sentence, PROJECT)
    suggested = _find_suggested_project(roadmap, clean_title, project)
    piece = _build_project_piece(clean_title, parse_piece_link(typed_link), level, suggested)
    sentence = await save_caller_piece(call, queries, own_cohort, piece, PROJECT)
    return await build_piece_message(call, own_cohort, roadmap, sentence, PROJECT, piece.about)


def _find_suggested_project(
    roadmap: Roadmap, clean_title: str, named: str | None
) -> PortfolioProject | None:
    # A title that happens to be one of the roadmap's is matched too, but only a name is required.
    return find_suggested_piece(
        roadmap, roadmap.portfolio, named or clean_title, PROJECT, is_required=named is not None
    )


def _build_project_piece(
    clean_title: str, web_address: str, level: Level | None, suggested: PortfolioProject | None
) -> PortfolioPiece:
    if suggested is None:
        return PortfolioPiece(clean_title, "", web_address, level or "")
    # The member's own word on the level goes before that of the roadmap.
    return PortfolioPiece(clean_title, suggested.id, web_address, level or suggested.level or "")
