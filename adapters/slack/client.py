"""Slack as a platform: through Socket Mode, or called at a public address; and the four things the bot needs of a chat.

No conversation is read. Events are asked for of the App Home, of a channel's end, of the app's own coming and going, and of
somebody who speaks to the bot, of which nothing but the fact is kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow

from adapters.inflight import InflightTasks
from adapters.slack import bolt, letters, socket
from adapters.slack.api import SlackApi
from adapters.slack.conversation import SlackConversation
from adapters.slack.events import SlackEvents
from adapters.slack.greeter import SlackGreeter, Welcome
from adapters.slack.ids import PLATFORM
from adapters.slack.intake import Intake
from adapters.slack.letters import SlackLetters
from adapters.slack.people import SlackPeople
from adapters.slack.rights import SlackRights
from adapters.slack.socket import retry_until_answered
from adapters.slack.verify import SlackEndpoint
from bot.chat.address import Extra, Place, SetupProblem, Threads
from bot.chat.errors import NotConnected
from bot.chat.message import Event, Message
from bot.chat.platform import Core

GRACE = 5.0  # seconds that answers on their way have when the bot stops

log = logging.getLogger(__name__)


class Slack:
    """The platform, as the outbox and the composition root know it.

    Slack reaches it through Socket Mode with an `app_token`, else at the `door`; `installing` makes
    the way on which workspaces install the app, if they may.
    """

    name = PLATFORM
    space_word = "workspace"
    threads: Threads = "always"
    reveal_path = ""

    def __init__(
        self,
        api: SlackApi,
        *,
        command: str,
        make_install_flow: Callable[[Core, Welcome], AsyncOAuthFlow] | None = None,
        endpoint: SlackEndpoint | None = None,
        app_token: str = "",
    ) -> None:
        self._api = api
        self._command = command
        self._installing = make_install_flow
        self._door = endpoint
        self._app_token = app_token
        self._rights = SlackRights(api)
        self._letters = SlackLetters(api, post_every=letters.POST_EVERY)
        self.is_connected = False

    async def listen(self, core: Core) -> None:
        """See `bot.chat.platform.Platform.listen`."""
        async with self._api:
            app, hearing, tokens = bolt.make_bolt_app(self._api), InflightTasks(), self._api.tokens
            people = SlackPeople(self._api)
            talk = SlackConversation(core, self._api, people, self._command)
            greeter = SlackGreeter(core, self._api, people, self._letters, self._command)
            bolt.register_bolt_listeners(
                app, talk, SlackEvents(core, tokens, self._rights), greeter, hearing
            )
            intake = Intake(app, hearing)
            spaces = await retry_until_answered(tokens.list_installed_workspaces)
            await core.sync_spaces(PLATFORM, [one.team for one in spaces], lambda space: False)
            self.is_connected = True
            if self._door is not None:
                flow = (
                    self._installing(
                        core,
                        lambda *who: hearing.start_inflight_task(greeter.greet_installer(*who)),
                    )
                    if self._installing
                    else None
                )
                self._door.start_serving(intake, flow)
            try:
                await self._run_slack_connection(intake)
            finally:
                self.is_connected = False
                if self._door is not None:
                    self._door.stop_serving()
                await hearing.finish_inflight_tasks(GRACE)
                await intake.cancel_retries()

    async def _run_slack_connection(self, intake: Intake) -> None:
        if self._app_token:
            await socket.run_socket_mode(intake, self._app_token, self._api.base_url)
        else:
            log.info("listening for Slack at the public address")
            await asyncio.Event().wait()

    async def send(self, place: Place, message: Message, key: str) -> str:
        """See `bot.chat.platform.Platform.send`."""
        self._require_slack_connection()
        return await self._letters.send_slack_letter(place, message, key, self._command)

    async def open_thread(self, place: Place, message: Message, sent: str) -> None:
        """See `bot.chat.platform.Platform.complete`. Slack has a thread under every message."""

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        """See `bot.chat.platform.Platform.settle_event`. Slack has no events: a call stands in the text of a post alone."""
        return None

    async def find_message(self, place: Place, key: str, since: datetime) -> str | None:
        """See `bot.chat.platform.Platform.find`."""
        self._require_slack_connection()
        return await self._letters.find_slack_letter(place, key, since)

    async def check_place(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        """See `bot.chat.platform.Platform.check`."""
        return await self._rights.list_place_problems(place, wanted) if self.is_connected else ()

    async def is_in_space(self, place: Place) -> bool:
        """See `bot.chat.platform.Platform.belongs`."""
        self._require_slack_connection()
        return await self._letters.is_workspace_member(place)

    def _require_slack_connection(self) -> None:
        if not self.is_connected:
            raise NotConnected("Slack is not connected yet", timedelta(seconds=10))
