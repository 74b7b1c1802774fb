"""`form`: a form with what a command takes, for whoever cannot type it; sending it says the command."""

from __future__ import annotations

from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Form
from bot.command import (
    Call,
    build_missing_form,
    command,
    gather_offers,
    list_visible_commands,
    parse_phrase,
)
from bot.command import get_commands as all_commands
from bot.command.values import format_typed_text


@command(form=True, hidden=True, reads=True)
async def form(call: Call, about: Annotated[str, "Which command"] = "") -> Form:
    """Open a form with what a command takes."""
    command = next(
        (
            command
            for command in list_visible_commands(call.caller.is_moderator)
            if command.name == about
        ),
        None,
    )
    if command is None or not command.visible_options:
        raise Refused(
            f"I have no form for “{format_typed_text(about)}”: say `help` for what you can do."
        )
    return build_missing_form(
        parse_phrase(command.name, all_commands()),
        await gather_offers(command.visible_options, call),
    )
