"""`progress`: a member's card (shares per week, pace, streak, rank) and the cohort's board."""

from __future__ import annotations

from typing import Annotated

from bot.chat.message import Message
from bot.command import Call, CohortRef, HiddenOption, command
from bot.command.member_finder import find_visible_member
from bot.command.suggestions import suggest_member_names, suggest_own_cohorts
from bot.commands.progress.board import build_board_page, build_boards_overview
from bot.commands.progress.card import build_other_card, build_own_card


@command(reads=True, section="me", order=40, helps=("running", "over"), action="My progress")
async def progress(
    call: Call,
    member: Annotated[str | None, "Whose (yours if left out)", suggest_member_names] = None,
    board: Annotated[bool, "Show the cohort's board"] = False,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
    weeks: Annotated[bool, HiddenOption()] = False,
    week: Annotated[str | None, HiddenOption()] = None,
    page: Annotated[int | None, HiddenOption()] = None,
) -> Message:
    """Show how far you are, or the cohort's board."""
    own_cohort, own_member = await call.resolve_membership(cohort)
    if board and week is not None:
        return await build_board_page(call, own_cohort, own_member, week, page or 1)
    if board:
        return await build_boards_overview(call, own_cohort, own_member)
    subject = own_member
    if member is not None:
        subject = await find_visible_member(call, own_cohort, member)
    if subject.id == own_member.id:
        return await build_own_card(call, own_cohort, subject, has_all_weeks=weeks)
    return await build_other_card(call, own_cohort, subject)
