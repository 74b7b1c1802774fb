"""Interactions on Discord: one door for commands, clicks, forms and completion.

An interaction carries everything: its phrase in the name or the `custom_id`, rights and roles in
the payload. So any process may answer it at any time, and the core recognises a repeated one.
Answers are private. The first response leaves within three seconds (Discord: Receiving and
Responding), whatever the database does. Only a late form waits in memory (see `form_cache`).
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
from adapters.discord.markdown import NO_COMMAND_IDS
from adapters.discord.modal import build_modal, parse_modal_files, parse_modal_values
from adapters.discord.render import build_layout_view
from bot.chat.address import Account, Caller, Place
from bot.chat.buttons import build_form_retry_message
from bot.chat.message import Answer, Form, Message, text_message
from bot.chat.platform import Core, Files, Filled
from bot.command import can_phrase_open_form, get_commands

PLATFORM = "discord"
# Seconds for a phrase that may open a form: a form must be the first response.
PATIENCE = 1.5
LOST = "I could not show you the answer. Please tell whoever runs me the number"
COMPLETION = 2.0  # seconds for suggestions

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]


def read_interaction_place(interaction: Interaction) -> Place:
    """Return an interaction's place.

    A thread in a channel stands for the channel. A thread in a forum stands for itself, since
    nobody can write into the forum.
    """
    if interaction.guild_id is None:
        return Place(PLATFORM, "", native=str(interaction.user.id))
    channel: object = interaction.channel
    if isinstance(channel, discord.Thread) and not isinstance(channel.parent, discord.ForumChannel):
        return Place(PLATFORM, str(interaction.guild_id), str(channel.parent_id))
    return Place(PLATFORM, str(interaction.guild_id), str(interaction.channel_id))


def read_interaction_caller(interaction: Interaction) -> Caller:
    """Return an interaction's caller, with the rights in its payload."""
    user = interaction.user
    roles: frozenset[str] = frozenset()
    if isinstance(user, discord.Member):
        roles = frozenset(str(role.id) for role in user.roles)
    # In a private chat the payload's permissions are everybody's, and mean nothing.
    permissions = interaction.permissions
    can_manage = permissions.manage_guild or permissions.administrator
    is_moderator = interaction.guild_id is not None and can_manage
    account = Account(PLATFORM, "", str(user.id))
    return Caller(
        account, user.display_name, is_moderator, roles=roles, locale=str(interaction.locale)
    )


class DiscordConversation:
    """An interaction's way to the core, and the answer's way back."""

    def __init__(
        self,
        core: Core,
        forms: FormCache,
        greeter: DiscordGreeter,
        command_ids: Mapping[str, str] = NO_COMMAND_IDS,
    ) -> None:
        """`command_ids`: our commands' ids by their first word."""
        self._core = core
        self._forms = forms
        self._greeter = greeter
        self._command_ids = command_ids

    async def answer_interaction(self, interaction: Interaction) -> None:
        """Answer an interaction. Never raises: a malformed or expired one is logged."""
        try:
            await self._handle_interaction(interaction)
        except BROKEN as error:
            log.warning("interaction %s could not be answered: %s", interaction.id, error)
        except Exception:
            # A door: one bad interaction must not end the client.
            ticket = secrets.token_hex(3)
            log.exception("ticket %s: interaction %s could not be answered", ticket, interaction.id)
            # The person waits, whatever failed before; a second failure changes nothing.
            with suppress(Exception):
                await self._send_interaction_message(
                    interaction, text_message(f"{LOST} `{ticket}`.")
                )

    async def _handle_interaction(self, interaction: Interaction) -> None:
        data: Mapping[str, Any] = interaction.data or {}
        match interaction.type:
            case InteractionType.application_command:
                invocation = parse_invocation(data)
                await self._answer_interaction_phrase(
                    interaction, invocation.phrase, None, invocation.files
                )
                await self._greet_after_answer(interaction)
            case InteractionType.autocomplete:
                await self._send_completion(interaction, data)
            case InteractionType.component | InteractionType.modal_submit:
                await self._handle_component(interaction, data)
            case _:
                return

    async def _greet_after_answer(self, interaction: Interaction) -> None:
        # Below a form nobody would see it.
        if interaction.response.type is discord.InteractionResponseType.modal:
            return
        caller = read_interaction_caller(interaction)
        place = read_interaction_place(interaction)
        await self._greeter.greet_new_server(
            self._core, caller, place, interaction, self._command_ids
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

    async def _show_cached_form(self, interaction: Interaction, phrase: str) -> None:
        """Show a form that was too late for its own interaction."""
        form = self._forms.find_cached_form(phrase, interaction.user.id, interaction.created_at)
        if form is None:
            await self._send_interaction_message(interaction, text_message(GONE))
        else:
            await interaction.response.send_modal(build_modal(form))

    async def _send_completion(self, interaction: Interaction, data: Mapping[str, Any]) -> None:
        invocation = parse_invocation(data)
        other_values = dict(invocation.values)
        other_values.pop(invocation.focus, None)
        try:
            async with asyncio.timeout(COMPLETION):
                choices = await self._core.suggest_values(
                    read_interaction_caller(interaction),
                    read_interaction_place(interaction),
                    invocation.name,
                    invocation.focus,
                    invocation.partial_value,
                    other_values,
                )
        except TimeoutError:
            choices = ()
        payload = build_completion_choices(choices)
        await interaction.response.autocomplete([app_commands.Choice(**item) for item in payload])

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
            # First a sign of life. If even that is too late, nothing has happened yet, and the
            # person can safely say it again.
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
            # Also when this task is cancelled: nobody waits for the answer any more.
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
        if isinstance(answer, Form):
            is_submitted = interaction.type is InteractionType.modal_submit
            if not is_submitted and not interaction.response.is_done():
                await interaction.response.send_modal(build_modal(answer))
                return
            if is_submitted:
                # Typed values are stored, because they must outlive a restart.
                phrase = await self._core.save_form(caller, answer)
            else:
                phrase = self._forms.add_cached_form(
                    answer, interaction.user.id, interaction.created_at
                )
            answer = build_form_retry_message(answer, phrase)
        await self._send_interaction_message(interaction, answer)

    async def _send_interaction_message(self, interaction: Interaction, answer: Message) -> None:
        view = build_layout_view(answer, command_ids=self._command_ids)
        is_inside = _is_from_private_answer(interaction)
        # A page with buttons replaces the page before it. A plain sentence stands below it, so
        # that its reader keeps the buttons.
        if not interaction.response.is_done():
            if is_inside and answer.is_interactive:
                await interaction.response.edit_message(view=view)
            else:
                await interaction.response.send_message(view=view, ephemeral=True)
        elif is_inside and not answer.is_interactive:
            await interaction.followup.send(view=view, ephemeral=True)
        else:
            await interaction.edit_original_response(view=view)


def _can_answer_with_form(interaction: Interaction, phrase: str, values: Filled | None) -> bool:
    """Return True if the answer may be a form, which has to be the first response."""
    if interaction.type is InteractionType.modal_submit:
        return False
    return can_phrase_open_form(phrase, get_commands(), values)


def _is_from_private_answer(interaction: Interaction) -> bool:
    """Return True for a press in a private answer; the next answer replaces that one."""
    return interaction.message is not None and interaction.message.flags.ephemeral


def _parse_selected_values(values: object) -> tuple[str, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str):
        return ()
    return tuple(str(value) for value in values)
