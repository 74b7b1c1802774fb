"""What people of Discord say, and what they are answered: one door for commands, clicks, forms and completion.

Everything an interaction needs rides in it: the phrase in its name or `custom_id`, the rights and roles in its payload. So
any process may answer any interaction at any time, and one that comes twice is the core's to recognise. Answers are
private: the first response leaves within three seconds (Discord: Receiving and Responding), whatever the database does.
The one thing that waits in memory is a form that was ready too late to be that first response (see `kept`).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from typing import Any

import discord
from discord import InteractionType, app_commands

from adapters.discord import ids
from adapters.discord.commands import invoked, offered
from adapters.discord.greeter import Greeter
from adapters.discord.kept import GONE, OPENS, KeptForms
from adapters.discord.modal import brought, filled, modal
from adapters.discord.prose import NO_NUMBERS
from adapters.discord.render import layout
from adapters.discord.trouble import BROKEN
from bot.chat.address import Account, Caller, Place
from bot.chat.buttons import way_back
from bot.chat.message import Answer, Form, Message, say
from bot.chat.platform import Core, Files, Filled
from bot.command import commands, may_open_form

PLATFORM = "discord"
PATIENCE = 1.5  # seconds that a phrase which may open a form has: a form must be the first response
LOST = "I could not show you the answer. Please tell whoever runs me the number"
COMPLETION = 2.0  # seconds after which nothing is offered

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]


def place_of(interaction: Interaction) -> Place:
    """Where something was said. What is said in a thread of a channel is said in the channel; a thread of a forum stands
    for itself, since nobody can write into the forum."""
    if interaction.guild_id is None:
        return Place(PLATFORM, "", native=str(interaction.user.id))
    channel: object = interaction.channel
    if isinstance(channel, discord.Thread) and not isinstance(channel.parent, discord.ForumChannel):
        return Place(PLATFORM, str(interaction.guild_id), str(channel.parent_id))
    return Place(PLATFORM, str(interaction.guild_id), str(interaction.channel_id))


def caller_of(interaction: Interaction) -> Caller:
    """Who said it, with the rights that Discord gives them in this very payload."""
    user, inside = interaction.user, interaction.guild_id is not None
    roles = (
        frozenset(str(role.id) for role in user.roles)
        if isinstance(user, discord.Member)
        else frozenset()
    )
    manages = interaction.permissions.manage_guild or interaction.permissions.administrator
    return Caller(
        Account(PLATFORM, "", str(user.id)), user.display_name, inside and manages, roles=roles
    )


class Conversation:
    """The way of an interaction to the core and of the answer back to whoever made it."""

    def __init__(
        self,
        core: Core,
        forms: KeptForms,
        greeter: Greeter,
        numbers: Mapping[str, str] = NO_NUMBERS,
    ) -> None:
        """`numbers` are the ids of our commands, by their first word."""
        self._core = core
        self._forms = forms
        self._greeter = greeter
        self._numbers = numbers

    async def meet(self, interaction: Interaction) -> None:
        """Answer an interaction. Never raises: a malformed one, or one that Discord gave up on, is logged and ends here."""
        try:
            await self._meet(interaction)
        except BROKEN as lost:
            log.warning("interaction %s could not be answered: %s", interaction.id, lost)
        except Exception:
            ticket = secrets.token_hex(3)
            log.exception("ticket %s: interaction %s could not be answered", ticket, interaction.id)
            with suppress(Exception):
                await self._show(interaction, say(f"{LOST} `{ticket}`."))

    async def _meet(self, interaction: Interaction) -> None:
        data: Mapping[str, Any] = interaction.data or {}
        match interaction.type:
            case InteractionType.application_command:
                said = invoked(data)
                await self._answer(interaction, said.phrase, None, said.files)
                await self._greet(interaction)
            case InteractionType.autocomplete:
                await self._complete(interaction, data)
            case InteractionType.component | InteractionType.modal_submit:
                await self._pressed(interaction, data)
            case _:
                return

    async def _greet(self, interaction: Interaction) -> None:
        """Greet below an answer; below a form nobody would see it."""
        if interaction.response.type is not discord.InteractionResponseType.modal:
            caller, place = caller_of(interaction), place_of(interaction)
            await self._greeter.greet(self._core, caller, place, interaction, self._numbers)

    async def _pressed(self, interaction: Interaction, data: Mapping[str, Any]) -> None:
        pressed = ids.read(str(data.get("custom_id", "")))
        if pressed is None:
            return
        if pressed.says.startswith(OPENS):
            return await self._open_kept(interaction, pressed.says)
        values: Filled | None = None
        files: Files | None = None
        if interaction.type is InteractionType.modal_submit:
            values, files = filled(data), brought(data)
        elif pressed.option:
            values = {pressed.option: _texts(data.get("values"))}
        await self._answer(interaction, pressed.says, values, files)

    async def _open_kept(self, interaction: Interaction, says: str) -> None:
        """Show a form that was ready too late for the interaction that asked for it."""
        form = self._forms.find(says, interaction.user.id, interaction.created_at)
        if form is None:
            await self._show(interaction, say(GONE))
        else:
            await interaction.response.send_modal(modal(form))

    async def _complete(self, interaction: Interaction, data: Mapping[str, Any]) -> None:
        asked = invoked(data)
        others = {name: value for name, value in asked.given.items() if name != asked.focused}
        try:
            async with asyncio.timeout(COMPLETION):
                choices = await self._core.suggest(
                    caller_of(interaction),
                    place_of(interaction),
                    asked.name,
                    asked.focused,
                    asked.typed,
                    others,
                )
        except TimeoutError:
            choices = ()
        await interaction.response.autocomplete(
            [app_commands.Choice(**one) for one in offered(choices)]
        )

    # — answering —

    async def _answer(
        self,
        interaction: Interaction,
        phrase: str,
        values: Filled | None,
        files: Files | None = None,
    ) -> None:
        caller, place = caller_of(interaction), place_of(interaction)
        asking = self._core.answer(
            caller, place, phrase, values, once=str(interaction.id), files=files
        )
        if not files and _may_open_form(interaction, phrase, values):
            answer = await self._soon(interaction, asyncio.ensure_future(asking))
        else:
            # First a sign of life: where even that is too late, nothing has happened yet, and saying it again is safe.
            with closing(asking):
                await self._defer(interaction)
                answer = await asking
        await self._reply(interaction, caller, answer)

    async def _soon(self, interaction: Interaction, asking: asyncio.Future[Answer]) -> Answer:
        try:
            await asyncio.wait([asking], timeout=PATIENCE)
            if not asking.done():
                await self._defer(interaction)
        except BaseException:
            asking.cancel()
            raise
        return await asking

    async def _defer(self, interaction: Interaction) -> None:
        if _in_place(interaction):
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)

    async def _reply(self, interaction: Interaction, caller: Caller, answer: Answer) -> None:
        deferred = interaction.response.is_done()
        if isinstance(answer, Form):
            submitted = interaction.type is InteractionType.modal_submit
            if not deferred and not submitted:
                await interaction.response.send_modal(modal(answer))
                return
            if submitted:
                # What somebody has typed outlives a restart.
                answer = way_back(answer, await self._core.keep(caller, answer))
            else:
                answer = way_back(
                    answer, self._forms.keep(answer, interaction.user.id, interaction.created_at)
                )
        await self._show(interaction, answer)

    async def _show(self, interaction: Interaction, answer: Message) -> None:
        view, inside = layout(answer, numbers=self._numbers), _in_place(interaction)
        if not interaction.response.is_done():
            if inside and answer.asks:
                await interaction.response.edit_message(view=view)
            else:
                await interaction.response.send_message(view=view, ephemeral=True)
        elif inside and not answer.asks:
            await interaction.followup.send(view=view, ephemeral=True)
        else:
            await interaction.edit_original_response(view=view)


def _may_open_form(interaction: Interaction, phrase: str, values: Filled | None) -> bool:
    """Whether the first response has to wait for the answer: it may be a form, which cannot come later."""
    if interaction.type is InteractionType.modal_submit:
        return False
    return may_open_form(phrase, commands(), values)


def _in_place(interaction: Interaction) -> bool:
    """Whether it came from a private answer, which then gives way to the next one, as pages of a book do."""
    return interaction.message is not None and interaction.message.flags.ephemeral


def _texts(values: object) -> tuple[str, ...]:
    return (
        tuple(str(value) for value in values)
        if isinstance(values, Sequence) and not isinstance(values, str)
        else ()
    )
