"""First words on Slack, in private.

The bot greets people who open the Messages tab, install the app, invite the bot, or write to it.
Each person and each channel is greeted once. Somebody who writes gets an answer each time, but at
most once a minute. Their text is looked at only to see that a person wrote: it is neither kept
nor logged.
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

GREETING_PHRASE = "greeting"
REPLY_EVERY = 60.0  # seconds between two answers to one person who writes
OPENED = "app_home_opened"
INVITED = "member_joined_channel"
WRITTEN = "message"
MENTIONED = "app_mention"
MEETINGS = frozenset({OPENED, INVITED, WRITTEN, MENTIONED})
"""The events in which somebody meets the bot."""
MESSAGES_TAB = "messages"  # the tab of the app where people write to it

log = logging.getLogger(__name__)

Json = Mapping[str, Any]
Welcome = Callable[[Workspace, str], None]
"""Starts the greeting of the person, by user id, who installed the app in a workspace."""


class SlackGreeter:
    """Decides whom to greet, and greets them.

    A failure before anything was sent is raised, and Slack sends the event again.
    """

    def __init__(
        self, core: Core, api: SlackApi, people: SlackPeople, sender: SlackLetters, command: str
    ) -> None:
        self._core = core
        self._api = api
        self._people = people
        self._letters = sender
        self._command = command
        self._answered: ExpiringCache[tuple[Workspace, str], bool] = ExpiringCache(
            api.time, lifetime=REPLY_EVERY
        )

    async def handle_meeting_event(self, workspace: Workspace, body: Json) -> None:
        """Greet or answer after one of the `MEETINGS`, given with its envelope.

        Malformed events are ignored.
        """
        event = body.get("event")
        event_id = body.get("event_id")
        if not isinstance(event, Mapping) or not isinstance(event_id, str):
            return
        user = _get_event_text(event, "user")
        match event.get("type"):
            case "app_home_opened" if event.get("tab") == MESSAGES_TAB:
                interaction = parse_event_interaction(body, workspace, user, "")
                await self._greet_for_event(interaction, event_id)
            case "member_joined_channel" if await self._is_own_bot_user(workspace, user):
                await self._greet_inviter(workspace, body, event, event_id)
            case "message" if event.get("channel_type") == "im":
                # A private message is answered in private: the channel is left empty.
                await self._reply_to_message(workspace, body, event, event_id, "")
            case "app_mention" if channel := _get_event_text(event, "channel"):
                await self._reply_to_message(workspace, body, event, event_id, channel)

    async def greet_installer(self, workspace: Workspace, installer: str) -> None:
        """Greet the person who has installed the app. Never raises."""
        try:
            body = {"event_id": f"installed.{secrets.token_hex(8)}"}
            await self._greet_if_new(parse_event_interaction(body, workspace, installer, ""))
        except Exception:
            # A door: the app is installed, even if the greeting fails.
            log.exception(
                "ticket %s: the person who installed the app could not be greeted",
                secrets.token_hex(3),
            )

    # — who is meant —

    async def _is_own_bot_user(self, workspace: Workspace, user: str) -> bool:
        token = await self._api.tokens.find_token(workspace)
        return token is not None and bool(user) and token.bot_user == user

    async def _is_human_message(self, workspace: Workspace, event: Json) -> bool:
        """Return True for a new message by a person: no edit, no notice, no bot's."""
        user = _get_event_text(event, "user")
        if not user or not _has_human_text(event):
            return False
        # Without this check the bot would answer its own answers.
        return not await self._is_own_bot_user(workspace, user)

    # — greeting —

    async def _greet_inviter(
        self, workspace: Workspace, body: Json, event: Json, event_id: str
    ) -> None:
        inviter = _get_event_text(event, "inviter")
        channel = _get_event_text(event, "channel")
        # Without an inviter there is nobody to greet in private.
        if not inviter or not channel:
            return
        interaction = parse_event_interaction(body, workspace, inviter, channel)
        await self._greet_for_event(interaction, event_id)

    async def _reply_to_message(
        self, workspace: Workspace, body: Json, event: Json, event_id: str, channel: str
    ) -> None:
        if not await self._is_human_message(workspace, event):
            return
        user = _get_event_text(event, "user")
        interaction = parse_event_interaction(body, workspace, user, channel)
        await self._reply_to_writer(interaction, event_id, _get_event_text(event, "thread_ts"))

    async def _reply_to_writer(
        self, interaction: SlackInteraction, event_id: str, thread: str
    ) -> None:
        key = (interaction.workspace, interaction.account.native)
        if self._answered[key]:
            return
        # Marked before the first await, so that two messages at once get one answer.
        self._answered[key] = True
        is_first = False
        try:
            # Of several processes with the same event, one hears that it is the first.
            is_first = await self._core.record_event(PLATFORM, event_id)
        finally:
            # After a failure or a repeated event, the person must get their next answer.
            if not is_first:
                del self._answered[key]
        if not is_first:
            return
        caller = await self._get_greeted_caller(interaction)
        message = await self._build_slack_greeting(interaction, caller)
        await self._send_slack_greeting(interaction, message, thread)

    async def _greet_for_event(self, interaction: SlackInteraction, event_id: str) -> None:
        # Slack may send an event again long after: then the person was greeted.
        if await self._core.has_recorded_event(PLATFORM, event_id):
            return
        await self._greet_if_new(interaction)
        # Recorded last: a failed event is sent again, and must not look done by then.
        await self._core.record_event(PLATFORM, event_id)

    async def _greet_if_new(self, interaction: SlackInteraction) -> None:
        caller = await self._get_greeted_caller(interaction)
        message = await self._build_slack_greeting(interaction, caller)
        # The claim comes last: a failure before it leaves no claim behind.
        if not await self._core.claim_greeting(caller, interaction.place):
            return
        if not await self._send_slack_greeting(interaction, message):
            await self._core.release_greeting(interaction.place)

    async def _get_greeted_caller(self, interaction: SlackInteraction) -> Caller:
        caller = await self._people.fetch_caller(interaction)
        return caller or Caller(interaction.account, interaction.name)

    async def _build_slack_greeting(self, interaction: SlackInteraction, caller: Caller) -> Message:
        answer = await self._core.answer_phrase(
            caller,
            interaction.place,
            GREETING_PHRASE,
            idempotency_key=f"{interaction.idempotency_key}.{GREETING_PHRASE}",
        )
        assert isinstance(answer, Message), "a greeting is no form"
        return answer

    async def _send_slack_greeting(
        self, interaction: SlackInteraction, message: Message, thread: str = ""
    ) -> bool:
        """Send a greeting. Return False only if it has surely not got through."""
        try:
            await self._letters.send_to_one_person(
                interaction.place, interaction.account.native, message, self._command, thread
            )
        except SendError as error:
            log.warning(
                "a greeting on %s was not sent: %s", interaction.idempotency_key, error.reason
            )
            return error.perhaps_sent
        return True


def _has_human_text(event: Json) -> bool:
    signs = ("subtype", "bot_id", "bot_profile", "edited", "hidden")
    if any(event.get(sign) for sign in signs):
        return False
    return bool(_get_event_text(event, "text").strip())


def _get_event_text(event: Json, name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""
