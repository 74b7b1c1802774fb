"""The App Home: everything of somebody's own at a glance, kept fresh while they have it open."""

from __future__ import annotations

import hashlib
import json

from adapters.slack.api import Api, Workspace
from adapters.slack.memory import Memory
from adapters.slack.modal import home_view
from adapters.slack.told import Told, place_of
from bot.chat.address import Caller
from bot.chat.message import Answer, Form, Message, Text, Unfit
from bot.chat.platform import Core
from bot.command import command_of, commands

SAYS = "home"
UNSURE = ""  # what a home shows that Slack may not have taken


class Homes:
    """The App Homes that somebody has opened since the start, and what each shows."""

    def __init__(self, core: Core, api: Api, command: str) -> None:
        self._core = core
        self._api = api
        self._command = command
        self._shown: Memory[tuple[Workspace, str], str] = Memory(api.time)

    async def publish(
        self, told: Told, caller: Caller, notice: str = "", *, again: bool = False
    ) -> None:
        """Draw somebody's App Home, with a notice on top. Where it would look the same, that is done only `again`."""
        private = place_of(told.workspace, told.account, "")
        message = await self._core.answer(caller, private, SAYS, once=f"{told.once}.{SAYS}")
        if isinstance(message, Form):
            return
        view = home_view(_under(message, notice), self._command)
        key, mark = (
            (told.workspace, told.account.native),
            hashlib.sha256(json.dumps(view).encode()).hexdigest(),
        )
        if again or self._shown[key] != mark:
            self._shown[key] = UNSURE
            await self._api.call(
                told.workspace, "views.publish", user_id=told.account.native, view=view
            )
        self._shown[key] = mark

    async def refresh(self, told: Told, caller: Caller, phrase: str) -> None:
        """Have it show what somebody has just done, if they have opened it."""
        command = command_of(phrase, commands())
        changes = command is not None and not command.reads
        if changes and self._shown[told.workspace, told.account.native] is not None:
            await self.publish(told, caller)


def first_line(answer: Answer) -> str:
    """What an answer begins with, as prose."""
    if isinstance(answer, Form):
        return ""
    return next((block.body for block in answer.blocks if isinstance(block, Text)), "").partition(
        "\n"
    )[0]


def _under(message: Message, notice: str) -> Message:
    try:
        return message.under(notice) if notice else message
    except Unfit:
        return message
