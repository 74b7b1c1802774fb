"""`leave`: give a seat back. What was ticked stays for whoever comes back."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import buttons
from bot.chat.message import Message, phrase, quote, say
from bot.command import Call, command
from bot.command.suggestions import my_cohorts


@command(section="me", action="Leave a cohort")
async def leave(
    call: Call, cohort: Annotated[str | None, "Which cohort", my_cohorts] = None
) -> Message:
    """Leave a cohort; your ticks stay in case you come back."""
    found, member = await call.membership(cohort, certain=True)
    await call.tx.members.leave(member, call.now)
    goodbye = f"You have left **{quote(found.name)}** and will not be reminded any more. Your ticks stay, should you come back."
    return say(goodbye, buttons(("Join again", phrase("join", cohort=found.ref))))
