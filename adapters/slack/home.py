"""The App Home: everything of somebody's own at a glance, kept fresh while they have it open."""

from __future__ import annotations

import hashlib
import json

from adapters.slack.api import SlackApi, Workspace
from adapters.slack.cache import ExpiringCache
from adapters.slack.interaction import SlackInteraction, build_slack_place
from adapters.slack.modal import build_home_view
from bot.chat.address import Caller
from bot.chat.message import Answer, Form, InvalidMessageError, Message, Text
from bot.chat.platform import Core
from bot.command import find_command, get_commands

SAYS = "home"
UNSURE = ""  # what a home shows that Slack may not have taken


class SlackAppHomes:
    """The App Homes that somebody has opened since the start, and what each shows."""

    def __init__(self, core: Core, api: SlackApi, command: str) -> None:
        self._core = core
        self._api = api
        self._command = command
        self._shown: ExpiringCache[tuple[Workspace, str], str] = ExpiringCache(api.time)

    async def publish_app_home(
        self,
        interaction: SlackInteraction,
        caller: Caller,
        notice: str = "",
        *,
        force: bool = False,
    ) -> None:
        """Draw somebody's App Home, with a notice on top. Where it would look the same, that is done only `again`."""
        private = build_slack_place(interaction.workspace, interaction.account, "")
        message = await self._core.answer_phrase(
            caller, private, SAYS, idempotency_key=f"{interaction.idempotency_key}.{SAYS}"
        )
        if isinstance(message, Form):
            return
        view = build_home_view(_add_notice_above(message, notice), self._command)
        key, mark = (
            (interaction.workspace, interaction.account.native),
            hashlib.sha256(json.dumps(view).encode()).hexdigest(),
        )
        if force or self._shown[key] != mark:
            self._shown[key] = UNSURE
            await self._api.call_method(
                interaction.workspace,
                "views.publish",
                user_id=interaction.account.native,
                view=view,
            )
        self._shown[key] = mark

    async def refresh_app_home(
        self, interaction: SlackInteraction, caller: Caller, phrase: str
    ) -> None:
        """Have it show what somebody has just done, if they have opened it."""
        command = find_command(phrase, get_commands())
        changes = command is not None and not command.reads
        if changes and self._shown[interaction.workspace, interaction.account.native] is not None:
            await self.publish_app_home(interaction, caller)


def get_first_text_line(answer: Answer) -> str:
    """What an answer begins with, as prose."""
    if isinstance(answer, Form):
        return ""
    return next((block.body for block in answer.blocks if isinstance(block, Text)), "").partition(
        "\n"
    )[0]


def _add_notice_above(message: Message, notice: str) -> Message:
    try:
        return message.add_top_line(notice) if notice else message
    except InvalidMessageError:
        return message
