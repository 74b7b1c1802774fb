"""First words on Slack, in private: to whoever opens the Messages tab, installs the app, invites the bot, or writes to it.

Each person and each channel is greeted once. Whoever writes is answered each time, though not more than once a minute.
What they wrote is looked at only to see that somebody wrote: it is neither kept nor logged.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from adapters.slack.api import Api, Workspace
from adapters.slack.ids import PLATFORM
from adapters.slack.letters import Letters
from adapters.slack.memory import Memory
from adapters.slack.people import People
from adapters.slack.told import Told, told_of
from bot.chat.address import Caller
from bot.chat.errors import SendError
from bot.chat.message import Message
from bot.chat.platform import Core

SAYS = "greeting"
SELDOM = 60.0  # seconds between two answers to one person who writes
OPENED, INVITED, WRITTEN, MENTIONED = (
    "app_home_opened",
    "member_joined_channel",
    "message",
    "app_mention",
)
MEETINGS = frozenset(
    {OPENED, INVITED, WRITTEN, MENTIONED}
)  # events in which somebody meets the bot
MESSAGES = "messages"  # the tab of the app in which people write to it

log = logging.getLogger(__name__)

Json = Mapping[str, Any]
Welcome = Callable[[Workspace, str], None]
"""Has whoever installed the app in a workspace greeted, in a while."""


class Greeter:
    """Knows whom to greet, and does so. What fails before anything was sent is raised, and Slack tells the event again."""

    def __init__(self, core: Core, api: Api, people: People, sender: Letters, command: str) -> None:
        self._core = core
        self._api = api
        self._people = people
        self._letters = sender
        self._command = command
        self._answered: Memory[tuple[Workspace, str], bool] = Memory(api.time, lasts=SELDOM)

    async def heard(self, workspace: Workspace, body: Json) -> None:
        """An event of `MEETINGS`, with its envelope."""
        event = body.get("event")
        once = body.get("event_id")
        if not isinstance(event, Mapping) or not isinstance(once, str):
            return
        match event.get("type"):
            case "app_home_opened" if event.get("tab") == MESSAGES:
                await self._greet_once(told_of(body, workspace, _word(event, "user"), ""), once)
            case "member_joined_channel" if await self._is_own(workspace, _word(event, "user")):
                inviter, channel = _word(event, "inviter"), _word(event, "channel")
                if inviter and channel:  # without, nobody is there to be greeted in private
                    await self._greet_once(told_of(body, workspace, inviter, channel), once)
            case "message" if event.get("channel_type") == "im" and await self._is_written(
                workspace, event
            ):
                await self._reply(
                    told_of(body, workspace, _word(event, "user"), ""),
                    once,
                    _word(event, "thread_ts"),
                )
            case "app_mention" if _word(event, "channel") and await self._is_written(
                workspace, event
            ):
                said = told_of(body, workspace, _word(event, "user"), _word(event, "channel"))
                await self._reply(said, once, _word(event, "thread_ts"))

    async def welcome(self, workspace: Workspace, installer: str) -> None:
        """Greet whoever has installed the app. Never raises: the app is installed, whatever becomes of this."""
        try:
            body = {"event_id": f"installed.{secrets.token_hex(8)}"}
            await self._greet(told_of(body, workspace, installer, ""))
        except Exception:
            log.exception(
                "ticket %s: whoever installed the app could not be greeted", secrets.token_hex(3)
            )

    # — who is meant —

    async def _is_own(self, workspace: Workspace, user: str) -> bool:
        """Whether a user is the bot itself; of a workspace without the app, nobody is."""
        token = await self._api.tokens.of(workspace)
        return token is not None and bool(user) and token.user == user

    async def _is_written(self, workspace: Workspace, event: Json) -> bool:
        """Whether a message is what a person has just written, and not an edit, a notice of Slack's or some bot's."""
        if any(
            event.get(sign) for sign in ("subtype", "bot_id", "bot_profile", "edited", "hidden")
        ):
            return False
        if not _word(event, "user") or not _word(event, "text").strip():
            return False
        return not await self._is_own(workspace, _word(event, "user"))

    # — greeting —

    async def _reply(self, told: Told, once: str, thread: str) -> None:
        """Answer somebody who has written; one of several processes does."""
        key = (told.workspace, told.account.native)
        if self._answered[key]:
            return
        self._answered[key] = True
        try:
            is_first = await self._core.first(PLATFORM, once)
        except Exception:
            del self._answered[key]
            raise
        if not is_first:
            del self._answered[key]  # what is told again silences nobody
            return
        await self._is_shown(told, await self._make_message(told, await self._meet(told)), thread)

    async def _greet_once(self, told: Told, once: str) -> None:
        """Greet on an event, which Slack may tell again long after."""
        if await self._core.has_heard(PLATFORM, once):
            return
        await self._greet(told)
        await self._core.first(PLATFORM, once)  # only now: what has failed is told again

    async def _greet(self, told: Told) -> None:
        """Greet where nobody has yet. The claim comes last, so that what fails before leaves none behind."""
        caller = await self._meet(told)
        message = await self._make_message(told, caller)
        if not await self._core.claim_greeting(caller, told.place):
            return
        if not await self._is_shown(told, message):
            await self._core.release_greeting(told.place)

    async def _meet(self, told: Told) -> Caller:
        return await self._people.meet(told) or Caller(told.account, told.name)

    async def _make_message(self, told: Told, caller: Caller) -> Message:
        answer = await self._core.answer(caller, told.place, SAYS, once=f"{told.once}.{SAYS}")
        assert isinstance(answer, Message), "a greeting is no form"
        return answer

    async def _is_shown(self, told: Told, message: Message, thread: str = "") -> bool:
        """Show a greeting; False where it has surely not got through."""
        try:
            await self._letters.greet(
                told.place, told.account.native, message, self._command, thread
            )
        except SendError as broken:
            log.warning("a greeting on %s was not sent: %s", told.once, broken.reason)
            return broken.perhaps_sent
        return True


def _word(event: Json, name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""
