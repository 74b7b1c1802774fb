"""`assist`: offer help with an item that some of the group are stuck on."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.message import Message, text_message
from bot.command import Call, NumberRange, command
from bot.command.help_finder import find_help_request
from bot.views.help_wanted import format_item_name


@command(hidden=True)
async def assist(
    call: Call, request: Annotated[int, "The number of the request", NumberRange(1)]
) -> Message:
    """Say that you can help with an item that some are stuck on."""
    found = await find_help_request(call, request)
    name = format_item_name(found.item)
    if found.request.is_solved:
        return text_message(f"{name} is solved already. Thank you all the same!")
    await call.tx.help.add_part(found.request, found.member, "helps", call.now)
    return text_message(
        f"Thank you! Write what made {name} clear to you below my post: a link, an example, "
        "a sentence. When it has helped, press _Solved_.",
        button_row(("Solved", f"solved request={request}"), has_main=False),
    )
