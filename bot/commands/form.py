"""`form`: a form for the options of a command; sending it says that command."""

from __future__ import annotations

from typing import Annotated

from bot.chat.errors import Refused
from bot.chat.message import Form
from bot.command import (
    Call,
    Command,
    build_missing_form,
    command,
    gather_offers,
    get_commands,
    list_visible_commands,
    parse_phrase,
)
from bot.command.values import format_typed_text


@command(form=True, hidden=True, reads=True)
async def form(call: Call, about: Annotated[str, "Which command"] = "") -> Form:
    """Open a form for a command."""
    wanted_command = _find_visible_command(call, about)
    if wanted_command is None or not wanted_command.visible_options:
        raise Refused(
            f"I have no form for “{format_typed_text(about)}”: use `help` to see all commands."
        )
    offers = await gather_offers(wanted_command.visible_options, call)
    return build_missing_form(parse_phrase(wanted_command.name, get_commands()), offers)


def _find_visible_command(call: Call, command_name: str) -> Command | None:
    # Searched among those the caller may see: a member must not find moderators' commands here.
    for visible_command in list_visible_commands(call.caller.is_moderator):
        if visible_command.name == command_name:
            return visible_command
    return None
