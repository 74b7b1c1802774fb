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

from adapters.discord import custom_id
from adapters.discord.commands import build_completion_choices, parse_invocation
from adapters.discord.errors import BROKEN
from adapters.discord.form_cache import GONE, OPENS, FormCache
from adapters.discord.greeter import DiscordGreeter
from adapters.discord.markdown import NO_NUMBERS
from adapters.discord.modal import build_modal, parse_modal_files, parse_modal_values
from adapters.discord.render import build_layout_view
from bot.chat.address import Account, Caller, Place
from bot.chat.buttons import build_form_retry_message
from bot.chat.message import Answer, Form, Message, text_message
from bot.chat.platform import Core, Files, Filled
from bot.command import can_phrase_open_form, get_commands

PLATFORM = "discord"
PATIENCE = 1.5  # seconds that a phrase which may open a form has: a form must be the first response
LOST = "I could not show you the answer. Please tell whoever runs me the number"
COMPLETION = 2.0  # seconds after which nothing is offered

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]


def read_interaction_place(interaction: Interaction) -> Place:
    """Where something was said. What is said in a thread of a channel is said in the channel; a thread of a forum stands
    for itself, since nobody can write into the forum."""
    if interaction.guild_id is None:
        return Place(PLATFORM, "", native=str(interaction.user.id))
    channel: object = interaction.channel
    if isinstance(channel, discord.Thread) and not isinstance(channel.parent, discord.ForumChannel):
        return Place(PLATFORM, str(interaction.guild_id), str(channel.parent_id))
    return Place(PLATFORM, str(interaction.guild_id), str(interaction.channel_id))


def read_interaction_caller(interaction: Interaction) -> Caller:
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


class DiscordConversation:
    """The way of an interaction to the core and of the answer back to whoever made it."""

    def __init__(
        self,
        core: Core,
        forms: FormCache,
        greeter: DiscordGreeter,
        numbers: Mapping[str, str] = NO_NUMBERS,
    ) -> None:
        """`numbers` are the ids of our commands, by their first word."""
        self._core = core
        self._forms = forms
        self._greeter = greeter
        self._numbers = numbers

    async def answer_interaction(self, interaction: Interaction) -> None:
        """Answer an interaction. Never raises: a malformed one, or one that Discord gave up on, is logged and ends here."""
        try:
            await self._handle_interaction(interaction)
        except BROKEN as lost:
            log.warning("interaction %s could not be answered: %s", interaction.id, lost)
        except Exception:
            ticket = secrets.token_hex(3)
            log.exception("ticket %s: interaction %s could not be answered", ticket, interaction.id)
            with suppress(Exception):
                await self._send_interaction_message(
                    interaction, text_message(f"{LOST} `{ticket}`.")
                )

    async def _handle_interaction(self, interaction: Interaction) -> None:
        data: Mapping[str, Any] = interaction.data or {}
        match interaction.type:
            case InteractionType.application_command:
                said = parse_invocation(data)
                await self._answer_interaction_phrase(interaction, said.phrase, None, said.files)
                await self._greet_after_answer(interaction)
            case InteractionType.autocomplete:
                await self._send_completion(interaction, data)
            case InteractionType.component | InteractionType.modal_submit:
                await self._handle_component(interaction, data)
            case _:
                return

    async def _greet_after_answer(self, interaction: Interaction) -> None:
        """Greet below an answer; below a form nobody would see it."""
        if interaction.response.type is not discord.InteractionResponseType.modal:
            caller, place = (
                read_interaction_caller(interaction),
                read_interaction_place(interaction),
            )
            await self._greeter.greet_new_server(
                self._core, caller, place, interaction, self._numbers
            )

    async def _handle_component(self, interaction: Interaction, data: Mapping[str, Any]) -> None:
        pressed = custom_id.parse_custom_id(str(data.get("custom_id", "")))
        if pressed is None:
            return
        if pressed.phrase.startswith(OPENS):
            return await self._show_cached_form(interaction, pressed.phrase)
        values: Filled | None = None
        files: Files | None = None
        if interaction.type is InteractionType.modal_submit:
            values, files = parse_modal_values(data), parse_modal_files(data)
        elif pressed.option:
            values = {pressed.option: _parse_selected_values(data.get("values"))}
        await self._answer_interaction_phrase(interaction, pressed.phrase, values, files)

    async def _show_cached_form(self, interaction: Interaction, says: str) -> None:
        """Show a form that was ready too late for the interaction that asked for it."""
        form = self._forms.find_cached_form(says, interaction.user.id, interaction.created_at)
        if form is None:
            await self._send_interaction_message(interaction, text_message(GONE))
        else:
            await interaction.response.send_modal(build_modal(form))

    async def _send_completion(self, interaction: Interaction, data: Mapping[str, Any]) -> None:
        asked = parse_invocation(data)
        others = {name: value for name, value in asked.values.items() if name != asked.focus}
        try:
            async with asyncio.timeout(COMPLETION):
                choices = await self._core.suggest_values(
                    read_interaction_caller(interaction),
                    read_interaction_place(interaction),
                    asked.name,
                    asked.focus,
                    asked.partial_value,
                    others,
                )
        except TimeoutError:
            choices = ()
        await interaction.response.autocomplete(
            [app_commands.Choice(**one) for one in build_completion_choices(choices)]
        )

    # — answering —

    async def _answer_interaction_phrase(
        self,
        interaction: Interaction,
        phrase: str,
        values: Filled | None,
        files: Files | None = None,
    ) -> None:
        caller, place = read_interaction_caller(interaction), read_interaction_place(interaction)
        asking = self._core.answer_phrase(
            caller, place, phrase, values, idempotency_key=str(interaction.id), files=files
        )
        if not files and _can_answer_with_form(interaction, phrase, values):
            answer = await self._defer_if_slow(interaction, asyncio.ensure_future(asking))
        else:
            # First a sign of life: where even that is too late, nothing has happened yet, and saying it again is safe.
            with closing(asking):
                await self._defer_response(interaction)
                answer = await asking
        await self._reply_to_interaction(interaction, caller, answer)

    async def _defer_if_slow(
        self, interaction: Interaction, asking: asyncio.Future[Answer]
    ) -> Answer:
        try:
            await asyncio.wait([asking], timeout=PATIENCE)
            if not asking.done():
                await self._defer_response(interaction)
        except BaseException:
            asking.cancel()
            raise
        return await asking

    async def _defer_response(self, interaction: Interaction) -> None:
        if _is_from_private_answer(interaction):
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)

    async def _reply_to_interaction(
        self, interaction: Interaction, caller: Caller, answer: Answer
    ) -> None:
        deferred = interaction.response.is_done()
        if isinstance(answer, Form):
            submitted = interaction.type is InteractionType.modal_submit
            if not deferred and not submitted:
                await interaction.response.send_modal(build_modal(answer))
                return
            if submitted:
                # What somebody has typed outlives a restart.
                answer = build_form_retry_message(
                    answer, await self._core.save_form(caller, answer)
                )
            else:
                answer = build_form_retry_message(
                    answer,
                    self._forms.add_cached_form(
                        answer, interaction.user.id, interaction.created_at
                    ),
                )
        await self._send_interaction_message(interaction, answer)

    async def _send_interaction_message(self, interaction: Interaction, answer: Message) -> None:
        view, inside = (
            build_layout_view(answer, command_ids=self._numbers),
            _is_from_private_answer(interaction),
        )
        if not interaction.response.is_done():
            if inside and answer.is_interactive:
                await interaction.response.edit_message(view=view)
            else:
                await interaction.response.send_message(view=view, ephemeral=True)
        elif inside and not answer.is_interactive:
            await interaction.followup.send(view=view, ephemeral=True)
        else:
            await interaction.edit_original_response(view=view)


def _can_answer_with_form(interaction: Interaction, phrase: str, values: Filled | None) -> bool:
    """Whether the first response has to wait for the answer: it may be a form, which cannot come later."""
    if interaction.type is InteractionType.modal_submit:
        return False
    return can_phrase_open_form(phrase, get_commands(), values)


def _is_from_private_answer(interaction: Interaction) -> bool:
    """Whether it came from a private answer, which then gives way to the next one, as pages of a book do."""
    return interaction.message is not None and interaction.message.flags.ephemeral


def _parse_selected_values(values: object) -> tuple[str, ...]:
    return (
        tuple(str(value) for value in values)
        if isinstance(values, Sequence) and not isinstance(values, str)
        else ()
    )
