"""`solved`: say that an item which some were stuck on is clear now. The post says so, too."""

from __future__ import annotations

from typing import Annotated

from bot.chat.buttons import button_row
from bot.chat.errors import Refused
from bot.chat.message import Message, build_phrase, text_message
from bot.command import Call, NumberRange, command
from bot.command.help_finder import find_help_request
from bot.views.help_wanted import format_item_name

MAY_SOLVE = frozenset({"stuck", "helps"})


@command(hidden=True)
async def solved(
    call: Call, request: Annotated[int, "The number of the request", NumberRange(1)]
) -> Message:
    """Say that an item which some were stuck on is clear now."""
    found = await find_help_request(call, request)
    name = format_item_name(found.item)
    if found.request.is_solved:
        return text_message(f"{name} is solved already, so nothing changed.")
    parts = await call.tx.help.load_parts(found.request, call.person)
    if not (parts & MAY_SOLVE or call.caller.is_moderator):
        raise Refused(
            "Only those who are stuck on it and those who help can say that it is solved: "
            "press _I can help_ if you can."
        )
    await call.tx.help.solve_request(found.cohort, found.request, call.now)
    tick = build_phrase("tick", item=found.item.id, cohort=found.cohort.ref)
    return text_message(
        f"{name} is solved. My post says so now, and whoever gets stuck on it is sent there.",
        button_row(("Tick it", tick), has_main=False),
    )
