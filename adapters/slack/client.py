"""Slack as a platform: through Socket Mode, or called at a public address; and the four things the bot needs of a chat.

No conversation is read, and no event is asked for but the App Home's, a channel's end and the app's own removal.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from slack_bolt.async_app import AsyncApp

from adapters.hearing import Hearing
from adapters.slack import bolt, letters, socket
from adapters.slack.api import Api, Tokens
from adapters.slack.conversation import Conversation
from adapters.slack.door import Door
from adapters.slack.ids import PLATFORM
from adapters.slack.letters import Letters
from adapters.slack.news import News
from adapters.slack.people import People
from adapters.slack.reaching import reached
from adapters.slack.rights import Rights
from bot.message import Message
from bot.people import Extra, Lack, Place
from bot.platform import Core, SendError

GRACE = 5.0  # seconds that answers on their way have when the bot stops

log = logging.getLogger(__name__)


class Slack:
    """The platform, as the outbox and the composition root know it.

    `make` builds Bolt's app for the core that listens; Slack reaches it through Socket Mode with an `app_token`, else at the
    `door`.
    """

    name = PLATFORM
    reveal_path = ""

    def __init__(
        self,
        api: Api,
        tokens: Tokens,
        make: Callable[[Core], AsyncApp],
        *,
        command: str,
        door: Door | None = None,
        app_token: str = "",
    ) -> None:
        self._api = api
        self._tokens = tokens
        self._make = make
        self._command = command
        self._door = door
        self._app_token = app_token
        self._rights = Rights(api)
        self._letters = Letters(api, post_every=letters.POST_EVERY)
        self.connected = False

    async def listen(self, core: Core) -> None:
        """See `bot.platform.Platform.listen`."""
        async with self._api:
            app, hearing = self._make(core), Hearing()
            talk = Conversation(core, self._api, People(self._api), self._command)
            bolt.listen(app, talk, News(core, self._tokens, self._rights), hearing)
            spaces = await reached(self._tokens.installed)
            await core.present(PLATFORM, [one.team for one in spaces], lambda space: False)
            self.connected = True
            if self._door is not None:
                self._door.app = app
            try:
                await self._hold(app)
            finally:
                self.connected = False
                if self._door is not None:
                    self._door.app = None
                await hearing.finish(GRACE)

    async def _hold(self, app: AsyncApp) -> None:
        if self._app_token:
            await socket.hold(app, self._app_token, self._api.base_url)
        else:
            log.info("listening for Slack at the public address")
            await asyncio.Event().wait()

    async def send(self, place: Place, message: Message, key: str) -> str:
        """See `bot.platform.Platform.send`."""
        self._must_be_connected()
        return await self._letters.send(place, message, key, self._command)

    async def complete(self, place: Place, message: Message, sent: str) -> None:
        """See `bot.platform.Platform.complete`. Slack has a thread under every message, and no events."""

    async def find(self, place: Place, key: str, since: datetime) -> str | None:
        """See `bot.platform.Platform.find`."""
        self._must_be_connected()
        return await self._letters.find(place, key, since)

    async def check(self, place: Place, wanted: Collection[Extra] = ()) -> Sequence[Lack]:
        """See `bot.platform.Platform.check`."""
        return await self._rights.check(place, wanted) if self.connected else ()

    async def belongs(self, place: Place) -> bool:
        """See `bot.platform.Platform.belongs`."""
        self._must_be_connected()
        return await self._letters.belongs(place)

    def _must_be_connected(self) -> None:
        if not self.connected:
            raise SendError("Slack is not connected yet", after=timedelta(seconds=10))
