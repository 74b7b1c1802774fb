"""The App Home: everything of one person's at a glance, kept fresh once they have opened it."""

from __future__ import annotations

import hashlib
import json

from adapters.slack.api import SlackApi, Workspace
from adapters.slack.cache import ExpiringCache
from adapters.slack.interaction import Json, SlackInteraction, build_slack_place
from adapters.slack.modal import build_home_view
from adapters.slack.turns import Turns
from bot.chat.address import Caller
from bot.chat.message import Answer, Form, InvalidMessageError, Message, Text
from bot.chat.platform import Core
from bot.command import find_command, get_commands

HomeKey = tuple[Workspace, str]
"""Whose home it is: the workspace, and the user's id in it."""

HOME_PHRASE = "home"
UNSURE = ""  # the mark of a home that Slack may not have taken; equal to no real one


class SlackAppHomes:
    """The App Homes opened since the start, each with a mark of its present content."""

    def __init__(self, core: Core, api: SlackApi, command: str) -> None:
        self._core = core
        self._api = api
        self._command = command
        self._marks: ExpiringCache[HomeKey, str] = ExpiringCache(api.time)
        self._turns: Turns[HomeKey] = Turns()

    async def publish_app_home(
        self,
        interaction: SlackInteraction,
        caller: Caller,
        notice: str = "",
        *,
        force: bool = False,
    ) -> None:
        """Publish a person's App Home, with a notice on top.

        One that would look the same is published only with `force`.
        Raises the errors of `SlackApi.call_method`.
        """
        # The facts are read within the turn, so that the view published last has the newest.
        async with self._turns.take_turn(_build_home_key(interaction)):
            view = await self._draw_view(interaction, caller, notice)
            if view is not None:
                await self._publish_view(interaction, view, force=force)

    async def _draw_view(
        self, interaction: SlackInteraction, caller: Caller, notice: str
    ) -> Json | None:
        private_place = build_slack_place(interaction.workspace, interaction.account, "")
        answer = await self._core.answer_phrase(
            caller,
            private_place,
            HOME_PHRASE,
            # A key of its own: the interaction's was used for the answer to it.
            idempotency_key=f"{interaction.idempotency_key}.{HOME_PHRASE}",
        )
        if isinstance(answer, Form):
            return None
        return build_home_view(_add_notice_above(answer, notice), self._command)

    async def _publish_view(
        self, interaction: SlackInteraction, view: Json, *, force: bool
    ) -> None:
        mark = hashlib.sha256(json.dumps(view).encode()).hexdigest()
        key = _build_home_key(interaction)
        if force or self._marks[key] != mark:
            # Until Slack has answered, nobody knows what it shows.
            self._marks[key] = UNSURE
            await self._api.call_method(
                interaction.workspace,
                "views.publish",
                user_id=interaction.account.native,
                view=view,
            )
        self._marks[key] = mark

    async def refresh_app_home(
        self, interaction: SlackInteraction, caller: Caller, phrase: str
    ) -> None:
        """Publish the App Home anew after a phrase with effects, if the person has opened it."""
        command = find_command(phrase, get_commands())
        if command is None or command.reads:
            return
        key = _build_home_key(interaction)
        # Whoever waits for a turn has read nothing yet, and will draw what is new now.
        if self._marks[key] is not None and not self._turns.is_anybody_waiting(key):
            await self.publish_app_home(interaction, caller)


def _build_home_key(interaction: SlackInteraction) -> HomeKey:
    return interaction.workspace, interaction.account.native


def get_first_text_line(answer: Answer) -> str:
    """Return an answer's first line of prose; empty for a form."""
    if isinstance(answer, Form):
        return ""
    for block in answer.blocks:
        if isinstance(block, Text):
            return block.body.partition("\n")[0]
    return ""


def _add_notice_above(message: Message, notice: str) -> Message:
    if not notice:
        return message
    try:
        return message.add_top_line(notice)
    except InvalidMessageError:
        # There is no room for one more line: the home itself matters more.
        return message
