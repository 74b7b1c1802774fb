"""`unthank`: take thanks back, with the button below them."""

from __future__ import annotations

from typing import Annotated

from bot.chat.message import Message, text_message
from bot.command import Call, NumberRange, command


@command(hidden=True)
async def unthank(
    call: Call, thanks: Annotated[int, "The number of the thanks", NumberRange(1)]
) -> Message:
    """Take back thanks you have given."""
    was_given = False
    if call.person.id and 0 < thanks < 2**31:
        was_given = await call.tx.thanks.delete_thanks(call.person, thanks, call.now)
    if not was_given:
        return text_message("You have taken that back already, so nothing changed.")
    return text_message("I have taken your thanks back.")
