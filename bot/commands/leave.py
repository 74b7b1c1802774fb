"""`leave`: give a seat back. What was ticked stays for whoever comes back."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.message import Message, build_phrase, escape_text, text_message
from bot.command import Call, CohortRef, command
from bot.command.suggestions import suggest_own_cohorts


@command(section="me", action="Leave a cohort")
async def leave(
    call: Call,
    cohort: Annotated[str | None, "Which cohort", suggest_own_cohorts, CohortRef()] = None,
) -> Message:
    """Leave a cohort; your ticks stay in case you come back."""
    found, member = await call.resolve_membership(cohort, certain=True)
    await call.tx.members.end_membership(member, call.now)
    goodbye = f"You have left **{escape_text(found.name)}** and will not be reminded any more. Your ticks stay, should you come back."
    return text_message(goodbye, button_row(("Join again", build_phrase("join", cohort=found.ref))))
