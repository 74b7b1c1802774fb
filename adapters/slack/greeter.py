"""First words on Slack, in private: to whoever opens the Messages tab, installs the app, invites the bot, or writes to it.

Each person and each channel is greeted once. Whoever writes is answered each time, though not more than once a minute.
What they wrote is looked at only to see that somebody wrote: it is neither kept nor logged.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from adapters.slack.api import SlackApi, Workspace
from adapters.slack.cache import ExpiringCache
from adapters.slack.ids import PLATFORM
from adapters.slack.interaction import SlackInteraction, parse_event_interaction
from adapters.slack.letters import SlackLetters
from adapters.slack.people import SlackPeople
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


class SlackGreeter:
    """Knows whom to greet, and does so. What fails before anything was sent is raised, and Slack tells the event again."""

    def __init__(
        self, core: Core, api: SlackApi, people: SlackPeople, sender: SlackLetters, command: str
    ) -> None:
        self._core = core
        self._api = api
        self._people = people
        self._letters = sender
        self._command = command
        self._answered: ExpiringCache[tuple[Workspace, str], bool] = ExpiringCache(
            api.time, lifetime=SELDOM
        )

    async def handle_meeting_event(self, workspace: Workspace, body: Json) -> None:
        """An event of `MEETINGS`, with its envelope."""
        event = body.get("event")
        once = body.get("event_id")
        if not isinstance(event, Mapping) or not isinstance(once, str):
            return
        match event.get("type"):
            case "app_home_opened" if event.get("tab") == MESSAGES:
                await self._greet_for_event(
                    parse_event_interaction(body, workspace, _get_event_text(event, "user"), ""),
                    once,
                )
            case "member_joined_channel" if await self._is_own_bot_user(
                workspace, _get_event_text(event, "user")
            ):
                inviter, channel = (
                    _get_event_text(event, "inviter"),
                    _get_event_text(event, "channel"),
                )
                if inviter and channel:  # without, nobody is there to be greeted in private
                    await self._greet_for_event(
                        parse_event_interaction(body, workspace, inviter, channel), once
                    )
            case "message" if event.get("channel_type") == "im" and await self._is_human_message(
                workspace, event
            ):
                await self._reply_to_writer(
                    parse_event_interaction(body, workspace, _get_event_text(event, "user"), ""),
                    once,
                    _get_event_text(event, "thread_ts"),
                )
            case "app_mention" if _get_event_text(
                event, "channel"
            ) and await self._is_human_message(workspace, event):
                said = parse_event_interaction(
                    body,
                    workspace,
                    _get_event_text(event, "user"),
                    _get_event_text(event, "channel"),
                )
                await self._reply_to_writer(said, once, _get_event_text(event, "thread_ts"))

    async def greet_installer(self, workspace: Workspace, installer: str) -> None:
        """Greet whoever has installed the app. Never raises: the app is installed, whatever becomes of this."""
        try:
            body = {"event_id": f"installed.{secrets.token_hex(8)}"}
            await self._greet_if_new(parse_event_interaction(body, workspace, installer, ""))
        except Exception:
            log.exception(
                "ticket %s: whoever installed the app could not be greeted", secrets.token_hex(3)
            )

    # — who is meant —

    async def _is_own_bot_user(self, workspace: Workspace, user: str) -> bool:
        """Whether a user is the bot itself; of a workspace without the app, nobody is."""
        token = await self._api.tokens.find_token(workspace)
        return token is not None and bool(user) and token.bot_user == user

    async def _is_human_message(self, workspace: Workspace, event: Json) -> bool:
        """Whether a message is what a person has just written, and not an edit, a notice of Slack's or some bot's."""
        if any(
            event.get(sign) for sign in ("subtype", "bot_id", "bot_profile", "edited", "hidden")
        ):
            return False
        if not _get_event_text(event, "user") or not _get_event_text(event, "text").strip():
            return False
        return not await self._is_own_bot_user(workspace, _get_event_text(event, "user"))

    # — greeting —

    async def _reply_to_writer(self, told: SlackInteraction, once: str, thread: str) -> None:
        """Answer somebody who has written; one of several processes does."""
        key = (told.workspace, told.account.native)
        if self._answered[key]:
            return
        self._answered[key] = True
        try:
            is_first = await self._core.record_event(PLATFORM, once)
        except Exception:
            del self._answered[key]
            raise
        if not is_first:
            del self._answered[key]  # what is told again silences nobody
            return
        await self._send_slack_greeting(
            told,
            await self._build_slack_greeting(told, await self._get_greeted_caller(told)),
            thread,
        )

    async def _greet_for_event(self, told: SlackInteraction, once: str) -> None:
        """Greet on an event, which Slack may tell again long after."""
        if await self._core.has_recorded_event(PLATFORM, once):
            return
        await self._greet_if_new(told)
        await self._core.record_event(PLATFORM, once)  # only now: what has failed is told again

    async def _greet_if_new(self, told: SlackInteraction) -> None:
        """Greet where nobody has yet. The claim comes last, so that what fails before leaves none behind."""
        caller = await self._get_greeted_caller(told)
        message = await self._build_slack_greeting(told, caller)
        if not await self._core.claim_greeting(caller, told.place):
            return
        if not await self._send_slack_greeting(told, message):
            await self._core.release_greeting(told.place)

    async def _get_greeted_caller(self, told: SlackInteraction) -> Caller:
        return await self._people.fetch_caller(told) or Caller(told.account, told.name)

    async def _build_slack_greeting(self, told: SlackInteraction, caller: Caller) -> Message:
        answer = await self._core.answer_phrase(
            caller, told.place, SAYS, idempotency_key=f"{told.idempotency_key}.{SAYS}"
        )
        assert isinstance(answer, Message), "a greeting is no form"
        return answer

    async def _send_slack_greeting(
        self, told: SlackInteraction, message: Message, thread: str = ""
    ) -> bool:
        """Show a greeting; False where it has surely not got through."""
        try:
            await self._letters.send_to_one_person(
                told.place, told.account.native, message, self._command, thread
            )
        except SendError as broken:
            log.warning("a greeting on %s was not sent: %s", told.idempotency_key, broken.reason)
            return broken.perhaps_sent
        return True


def _get_event_text(event: Json, name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""
