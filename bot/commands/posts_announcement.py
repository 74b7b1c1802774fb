"""`posts announcement`: one announcement, behind its buttons: post it, show it, take it back."""

from __future__ import annotations

from typing import Annotated

from bot.chat.message import Message
from bot.command import Call, CohortRef, HiddenOption, Sure, command
from bot.command.bulletins import (
    agree_to_bulletin,
    find_own_bulletin,
    require_speaking_cohort,
    withdraw_bulletin,
)


@command(moderators=True, announcing=True, hidden=True)
async def posts_announcement(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", CohortRef()] = None,
    number: Annotated[int | None, HiddenOption()] = None,
    withdraw: Annotated[bool, HiddenOption()] = False,
    sure: Sure = None,
) -> Message:
    """Show an announcement, post it or withdraw it."""
    managed = await call.lock_managed_cohort(cohort)
    bulletin = await find_own_bulletin(call, managed, number or 0)
    if withdraw:
        return await withdraw_bulletin(call, managed, bulletin)
    require_speaking_cohort(managed)
    return await agree_to_bulletin(call, managed, bulletin, sure)
