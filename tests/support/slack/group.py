"""A simulated Slack with the whole bot in it: the real adapter, the real core, a database, a clock
that is Slack's too.

Slack reaches the bot as it does in the world: through Socket Mode, or by signed requests to a
public address, for one workspace or for all that install it. The log is held against what a test
expects: an error that none has expected fails it.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from typing import Any, Self

import pytest
from sqlalchemy.engine import make_url

from adapters import PlatformConnection
from adapters.public_server import serve_public_routes
from adapters.slack import letters
from adapters.slack.client import Slack
from adapters.slack.connection import connect_slack
from adapters.slack.manifest import EVENTS_PATH
from bot.__main__ import build_bot, build_pulse
from bot.chat.address import Place
from bot.chat.platform import Core
from bot.post import PostRegistry, post_registry
from bot.runtime.vault import Vaults, create_vault_key
from bot.settings import Settings
from bot.store import Store
from bot.store.tables import metadata
from tests.support.database import open_store
from tests.support.room import Clock, Passing
from tests.support.slack.browser import Browser, Page
from tests.support.slack.delivery import Delivery, Http
from tests.support.slack.people import Person
from tests.support.slack.socket import Sockets, SocketWire
from tests.support.slack.wire import LATEST
from tests.support.slack.workspaces import (
    APP_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    SIGNING_SECRET,
    Channel,
    Json,
    Sight,
    Workspace,
)

SOCKET, ONE, MANY = "socket", "one", "many"
KEY = create_vault_key()


def settings(way: str, team: str = "T0HALL") -> Settings:
    """The settings of each way in which Slack and the bot speak to each other."""
    said: dict[str, Any] = {
        SOCKET: {"slack_bot_token": f"xoxb-{team}", "slack_app_token": APP_TOKEN},
        ONE: {"slack_bot_token": f"xoxb-{team}", "slack_signing_secret": SIGNING_SECRET},
        MANY: {
            "slack_client_id": CLIENT_ID,
            "slack_client_secret": CLIENT_SECRET,
            "slack_signing_secret": SIGNING_SECRET,
        },
    }[way]
    return Settings(_env_file=None, public_url="https://study.example.org", vault_key=KEY, **said)


class TimeSignedHttp(Http):
    """Requests signed with the time as it is: Slack's library asks the real clock."""

    def signed(
        self, raw: str, content: str = "application/x-www-form-urlencoded", **more: str
    ) -> dict[str, str]:
        return super().signed(raw, content, **{"at": str(int(time.time())), **more})


class Group(Passing):
    """A workspace with a channel #study-group: Mona, who is an admin, Ada, Bob and Cy, who are not,
    and the bot.

    `place` is the workspace that is talked in; `platform` and `core` are those of the bot as it
    runs now.
    """

    platform: Slack
    delivery: Delivery

    def __init__(
        self,
        url: str,
        way: str,
        wire: SocketWire,
        clock: Clock,
        post_kinds: PostRegistry = post_registry,
    ) -> None:
        self.url = url
        self.post_kinds = post_kinds
        self.way = way
        self.wire = wire
        self.clock = clock
        self.place = wire.hall
        self.alarms: list[str] = []
        self._people: dict[tuple[str, str], Person] = {}
        self._running = AsyncExitStack()

    @classmethod
    @asynccontextmanager
    async def on(
        cls, url: str, way: str = ONE, post_kinds: PostRegistry = post_registry
    ) -> AsyncIterator[Self]:
        """A workspace whose bot lives on the database at a URL and knows some kinds of posts."""
        clock = Clock()
        async with SocketWire.on(clock) as wire:
            group = cls(url, way, wire, clock, post_kinds)
            with pytest.MonkeyPatch.context() as patch, group._listening():
                patch.setattr(letters, "POST_EVERY", 0.0)  # it would be waited for in real seconds
                await group.begin()
                try:
                    yield group
                finally:
                    await group.end()
            assert group.alarms == []

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Keep what is logged as an error; a test that expects one takes it out of `alarms`."""
        alarms = Alarms(self.alarms)
        logging.getLogger().addHandler(alarms)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(alarms)

    # — the bot comes and goes —

    async def begin(self) -> None:
        """Start the bot, and return when Slack reaches it."""
        async with AsyncExitStack() as opened:
            self.store = await open_store(self.url, self.post_kinds)
            opened.push_async_callback(self.store.close)
            made = self.connects(self.store)
            self.core, clockwork, outbox = await build_bot(
                self.store, self.clock, {"slack": self.platform}
            )
            self.pulse = build_pulse(clockwork, outbox, self.core)
            await opened.enter_async_context(self.reached(made, self.core))
            self._running = opened.pop_all()

    def connects(self, store: Store) -> PlatformConnection:
        """The platform, as the settings ask for, for a bot that lives on an open database."""
        self.vault = Vaults(store, self.clock, KEY).open_vault("slack")
        made = connect_slack(
            settings(self.way), self.vault, base_url=self.wire.api, time=self.seconds
        )
        assert isinstance(made.platform, Slack)
        self.platform = made.platform
        return made

    @asynccontextmanager
    async def reached(self, made: PlatformConnection, core: Core) -> AsyncIterator[None]:
        """While it lasts, Slack reaches the bot."""
        async with AsyncExitStack() as opened:
            listen = asyncio.create_task(self.platform.listen(core))
            opened.push_async_callback(stop_task, listen)
            if made.routes:
                port = await opened.enter_async_context(
                    serve_public_routes(made.routes, "127.0.0.1", 0)
                )
                self.address = f"http://127.0.0.1:{port}"
                self.delivery = TimeSignedHttp(self.wire, f"{self.address}{EVENTS_PATH}")
            else:
                self.delivery = Sockets(self.wire)
            self._people.clear()
            await self.wire.until(lambda: listen.done() or self._reached)
            if listen.done():
                await listen
            yield

    @property
    def _reached(self) -> bool:
        return self.platform.is_connected and (self.way != SOCKET or bool(self.wire.open_lines))

    async def end(self) -> None:
        """Stop the bot as a signal stops it."""
        await self._running.aclose()

    async def restart(self) -> None:
        """Stop the bot and start it again on the same database, Slack having gone on."""
        await self.end()
        await self.begin()

    def seconds(self) -> float:
        """What the adapter measures with: the simulated time."""
        return float(self.clock.now().timestamp())

    # — talking —

    def person(self, name: str) -> Person:
        """Somebody of the workspace that is talked in."""
        key = (self.place.id, name)
        if key not in self._people:
            self._people[key] = Person(self.delivery, self.place, name)
        return self._people[key]

    async def types(self, name: str, text: str, channel: Channel | str = "study-group") -> Sight:
        """Somebody types what stands after `/study`."""
        seen = await self.person(name).types(f"/study {text}", channel)
        await self.pulse()
        return seen

    async def says(self, name: str, text: str, channel: Channel | str = "study-group") -> str:
        """The same; the words of the private answer."""
        return words(await self.types(name, text, channel))

    async def learns(
        self, name: str, text: str, told: str, channel: Channel | str = "study-group"
    ) -> str:
        """The same, asked again until it says what is to be told: of an event Slack only knows that
        the bot has heard it.
        """
        async with asyncio.timeout(LATEST):
            while told not in (said := await self.says(name, text, channel)):
                pass
        return said

    async def clicks(self, name: str, on: Sight | Json, label: str) -> Sight:
        """Somebody presses a button."""
        seen = await self.person(name).clicks(on, label)
        await self.pulse()
        return seen

    async def fills(self, name: str, on: Sight, /, **values: Any) -> Sight:
        """Somebody fills in a form, by the names of its fields, and sends it."""
        seen = await self.person(name).fills(on, values)
        await self.pulse()
        return seen

    async def installs(self, place: Workspace, **how: Any) -> Page:
        """Somebody installs the app in a workspace, with their browser; see `Browser.installs`."""
        return await Browser(self.wire, self.address, place).installs(**how)

    async def spring(self, *members: str, start: str = "2026-03-02", more: str = "") -> None:
        """An open cohort called spring, with members."""
        assert "draft" in await self.says("mona", f"cohort create name=spring start={start} {more}")
        assert "is open" in await self.says("mona", "cohort open spring sure=yes")
        for name in members:
            assert "You are in" in await self.says(name, "join spring")

    # — what is there to read —

    def rows(self) -> dict[str, list[Json]]:
        """Every row of the bot's database, by its table; on SQLite."""
        with closing(sqlite3.connect(make_url(self.url).database or "")) as file:
            file.row_factory = sqlite3.Row
            return {
                name: [dict(row) for row in file.execute(f"SELECT * FROM {name}")]
                for name in metadata.tables
            }

    @property
    def channel(self) -> Channel:
        """#study-group of the workspace that is talked in."""
        return self.place.channels["C0STUDY"]

    @property
    def home(self) -> Place:
        return Place(
            "slack", self.place.id, self.channel.id, tenant=self.place.enterprise or self.place.id
        )

    def posts(self, channel: Channel | None = None) -> list[Sight]:
        """What stands in a channel for everybody, oldest first."""
        where = channel or self.channel
        return [Sight("message", message, where.id) for message in where.messages]

    def post(self, text: str) -> Sight:
        """The one post in the channel that says so."""
        (found,) = [post for post in self.posts() if text in words(post)]
        return found


def words(sight: Sight) -> str:
    """What is to be read there, without its styles."""
    return re.sub(r"(?<!\w)([*_`])(\S(?:[^\n]*?\S)?)\1(?!\w)", r"\2", sight.sees)


class Alarms(logging.Handler):
    """What is logged as an error, with its last line of trouble."""

    def __init__(self, rung: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.rung = rung

    def emit(self, record: logging.LogRecord) -> None:
        broken = record.exc_info[1] if record.exc_info else None
        self.rung.append(
            f"{record.name}: {record.getMessage()}" + (f" ({broken!r})" if broken else "")
        )


async def stop_task(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def has_more_calls(group: Group, method: str, count: int) -> bool:
    """Return True once Slack was asked more often than this."""
    return len(group.wire.calls(method)) > count
