"""`form`: a form with what a command takes, for whoever cannot type it; sending it says the command."""

from __future__ import annotations

from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Form
from bot.command import Call, command, form_for, gather_offers, listed, parse
from bot.command import commands as all_commands
from bot.command.grammar import shown


@command(form=True, hidden=True, reads=True)
async def form(call: Call, about: Annotated[str, "Which command"] = "") -> Form:
    """Open a form with what a command takes."""
    command = next(
        (command for command in listed(call.caller.moderator) if command.name == about), None
    )
    if command is None or not command.shown:
        raise Refused(f"I have no form for “{shown(about)}”: say `help` for what you can do.")
    return form_for(parse(command.name, all_commands()), await gather_offers(command.shown, call))
