"""First words on Discord: below the answer to the first command in a new server, to whoever said it and to nobody else."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import discord

from adapters.discord.errors import BROKEN, classify_discord_error
from adapters.discord.render import build_layout_view
from bot.chat.address import Caller, Place
from bot.chat.errors import DatabaseUnavailableError
from bot.chat.message import Answer, Message
from bot.chat.platform import Core

SAYS = "greeting"
MOST = 10_000  # servers; of one that is forgotten, the database is asked again

Interaction = discord.Interaction[Any]

log = logging.getLogger(__name__)


class DiscordGreeter:
    """Greets each new server once. Servers that need no greeting are remembered, so that no command has to ask for them."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: dict[str, None] = {}

    def forget_server(self, space: str) -> None:
        """Ask anew about a server: the bot has left it."""
        self._known.pop(space, None)

    async def greet_new_server(
        self,
        core: Core,
        caller: Caller,
        place: Place,
        interaction: Interaction,
        numbers: Mapping[str, str],
    ) -> None:
        """Greet whoever has said something in a server, if it is new. Raises nothing: they have their answer."""
        if not place.space or place.space in self._known:
            return
        server = Place(place.platform, place.space)
        try:
            message = await core.answer_phrase(
                caller, place, SAYS, idempotency_key=f"{interaction.id}.{SAYS}"
            )
            is_due = await core.claim_greeting(caller, server)
            if not is_due or await _send_greeting(interaction, message, numbers):
                self._remember_server(place.space)
            else:
                await core.release_greeting(server)
        except DatabaseUnavailableError as away:
            log.info("nobody is greeted in the server %s now: %s", place.space, away)

    def _remember_server(self, space: str) -> None:
        self._known[space] = None
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]


async def _send_greeting(
    interaction: Interaction, answer: Answer, numbers: Mapping[str, str]
) -> bool:
    """Show a greeting; False where it has surely not got through."""
    assert isinstance(answer, Message), "a greeting is no form"
    try:
        await interaction.followup.send(
            view=build_layout_view(answer, command_ids=numbers), ephemeral=True
        )
    except BROKEN as broken:
        news = classify_discord_error(broken)
        log.warning("the greeting on interaction %s was not sent: %s", interaction.id, news.reason)
        return news.perhaps_sent
    return True
