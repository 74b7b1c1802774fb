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

from adapters.hearing import Hearing
from adapters.slack import bolt, letters, socket
from adapters.slack.api import Api
from adapters.slack.conversation import Conversation
from adapters.slack.door import Door
from adapters.slack.greeter import Greeter, Welcome
from adapters.slack.ids import PLATFORM
from adapters.slack.intake import Intake
from adapters.slack.letters import Letters
from adapters.slack.news import News
from adapters.slack.people import People
from adapters.slack.reaching import reached
from adapters.slack.rights import Rights
from bot.chat.address import Extra, Lack, Place, Threads
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
        api: Api,
        *,
        command: str,
        installing: Callable[[Core, Welcome], AsyncOAuthFlow] | None = None,
        door: Door | None = None,
        app_token: str = "",
    ) -> None:
        self._api = api
        self._command = command
        self._installing = installing
        self._door = door
        self._app_token = app_token
        self._rights = Rights(api)
        self._letters = Letters(api, post_every=letters.POST_EVERY)
        self.connected = False

    async def listen(self, core: Core) -> None:
        """See `bot.chat.platform.Platform.listen`."""
        async with self._api:
            app, hearing, tokens = bolt.make_app(self._api), Hearing(), self._api.tokens
            people = People(self._api)
            talk = Conversation(core, self._api, people, self._command)
            greeter = Greeter(core, self._api, people, self._letters, self._command)
            bolt.listen(app, talk, News(core, tokens, self._rights), greeter, hearing)
            intake = Intake(app, hearing)
            spaces = await reached(tokens.installed)
            await core.present(PLATFORM, [one.team for one in spaces], lambda space: False)
            self.connected = True
            if self._door is not None:
                flow = (
                    self._installing(core, lambda *who: hearing.begin(greeter.welcome(*who)))
                    if self._installing
                    else None
                )
                self._door.open(intake, flow)
            try:
                await self._hold(intake)
            finally:
                self.connected = False
                if self._door is not None:
                    self._door.close()
                await hearing.finish(GRACE)
                await intake.close()

    async def _hold(self, intake: Intake) -> None:
        if self._app_token:
            await socket.hold(intake, self._app_token, self._api.base_url)
        else:
            log.info("listening for Slack at the public address")
            await asyncio.Event().wait()

    async def send(self, place: Place, message: Message, key: str) -> str:
        """See `bot.chat.platform.Platform.send`."""
        self._must_be_connected()
        return await self._letters.send(place, message, key, self._command)

    async def complete(self, place: Place, message: Message, sent: str) -> None:
        """See `bot.chat.platform.Platform.complete`. Slack has a thread under every message."""

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        """See `bot.chat.platform.Platform.settle_event`. Slack has no events: a call stands in the text of a post alone."""
        return None

    async def find(self, place: Place, key: str, since: datetime) -> str | None:
        """See `bot.chat.platform.Platform.find`."""
        self._must_be_connected()
        return await self._letters.find(place, key, since)

    async def check(self, place: Place, wanted: Collection[Extra] = ()) -> Sequence[Lack]:
        """See `bot.chat.platform.Platform.check`."""
        return await self._rights.check(place, wanted) if self.connected else ()

    async def belongs(self, place: Place) -> bool:
        """See `bot.chat.platform.Platform.belongs`."""
        self._must_be_connected()
        return await self._letters.belongs(place)

    def _must_be_connected(self) -> None:
        if not self.connected:
            raise NotConnected("Slack is not connected yet", timedelta(seconds=10))
