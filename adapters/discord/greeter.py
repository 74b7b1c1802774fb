"""The greeting on Discord: below the first answer in a new server, for that one person."""

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
MAX_SERVERS = 10_000  # in memory; the database is asked again about a forgotten one

Interaction = discord.Interaction[Any]

log = logging.getLogger(__name__)


class DiscordGreeter:
    """Greet each new server once.

    Greeted servers are remembered, so that no command has to ask the database.
    """

    def __init__(self, max_servers: int = MAX_SERVERS) -> None:
        self._max_servers = max_servers
        self._known: dict[str, None] = {}

    def forget_server(self, space: str) -> None:
        """Forget a server after the bot has left it."""
        self._known.pop(space, None)

    async def greet_new_server(
        self,
        core: Core,
        caller: Caller,
        place: Place,
        interaction: Interaction,
        command_ids: Mapping[str, str],
    ) -> None:
        """Greet the caller, if their server is new. Raises nothing: the caller has an answer."""
        if not place.space or place.space in self._known:
            return
        server = Place(place.platform, place.space)
        try:
            message = await core.answer_phrase(
                caller, place, SAYS, idempotency_key=f"{interaction.id}.{SAYS}"
            )
            is_due = await core.claim_greeting(caller, server)
            if not is_due or await _send_greeting(interaction, message, command_ids):
                self._remember_server(place.space)
            else:
                await core.release_greeting(server)
        except DatabaseUnavailableError as away:
            log.info("nobody is greeted in the server %s now: %s", place.space, away)

    def _remember_server(self, space: str) -> None:
        self._known[space] = None
        if len(self._known) > self._max_servers:
            del self._known[next(iter(self._known))]


async def _send_greeting(
    interaction: Interaction, answer: Answer, command_ids: Mapping[str, str]
) -> bool:
    """Show a greeting; return False if it has certainly failed."""
    assert isinstance(answer, Message), "a greeting is no form"
    try:
        await interaction.followup.send(
            view=build_layout_view(answer, command_ids=command_ids), ephemeral=True
        )
    except BROKEN as broken:
        news = classify_discord_error(broken)
        log.warning("the greeting on interaction %s was not sent: %s", interaction.id, news.reason)
        return news.perhaps_sent
    return True
