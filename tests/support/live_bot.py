"""The bot as `syllabot run` runs it, on a listening chat, and outages of its database."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path

from adapters import PlatformConnection
from bot import __main__ as program
from bot.chat.address import Account, Caller, Place
from bot.chat.platform import Core
from bot.settings import Settings
from tests.support.postgres import Postgres
from tests.support.room import Chat, Clock

PLACE = Place("test", "space", "study-group")


class Listening(Chat):
    """A chat with people the bot listens to."""

    core: Core | None = None
    asked = 0

    async def listen(self, core: Core) -> None:
        self.core = core
        await asyncio.Event().wait()

    async def says(self, name: str, phrase: str) -> str:
        """Return the bot's answer to somebody."""
        assert self.core is not None
        self.asked += 1
        caller = Caller(Account("test", "", name), name.capitalize(), name == "mona")
        return (
            await self.core.answer_phrase(
                caller, PLACE, phrase, idempotency_key=f"said-{self.asked}"
            )
        ).to_plain_text()

    def posts(self) -> list[str]:
        """Return the kinds of the posts to the channel, without announcements."""
        return [
            sent.kind
            for sent in self.sent
            if not sent.place.is_private and sent.kind != "announcement"
        ]


@asynccontextmanager
async def running(url: str, chat: Listening | None = None) -> AsyncIterator[Listening]:
    """Run the bot on a database, and stop it at the end like a signal. An earlier end fails."""
    chat = chat or Listening(Clock())
    settings = Settings(database_url=url, _env_file=None)
    work = asyncio.create_task(
        program.run_platforms(settings, lambda vaults: [PlatformConnection(chat)], chat.clock)
    )
    try:
        await until(lambda: chat.core is not None or work.done())
        yield chat
        assert not work.done(), "the program has ended"
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the write lock on a SQLite file, like another program. Raises while it is held."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


class Outage:
    """The database is away: its file is locked, or its server is being restarted."""

    def __init__(self, url: str, postgres: Callable[[], Postgres]) -> None:
        self._path = Path(url.partition("///")[2]) if url.startswith("sqlite") else None
        self._postgres = postgres
        self._opened = ExitStack()

    def begin(self) -> None:
        """Begin at this very moment, at which nobody writes."""
        self._opened.enter_context(locked(self._path) if self._path else self._postgres().down())

    def end(self) -> None:
        self._opened.close()

    async def __aenter__(self) -> None:
        async with asyncio.timeout(30):
            while True:
                with suppress(sqlite3.OperationalError):  # the bot itself is writing
                    return self.begin()
                await asyncio.sleep(0.01)

    async def __aexit__(self, *_: object) -> None:
        self.end()
