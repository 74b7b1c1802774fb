"""The wire between the bot and its PostgreSQL, which can be held up, cut and mended while both ends
are real.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote

from sqlalchemy.engine import make_url

SOCKET = ".s.PGSQL.5432"


class Strait:
    """Everything between the bot and its database passes here. `url` is where the bot finds it."""

    def __init__(self, beyond: str) -> None:
        self._beyond = f"{make_url(beyond).query['host']}/{SOCKET}"
        self._open = asyncio.Event()
        self._open.set()
        self._cut = False
        self._breaks_at = b""
        self._links: set[asyncio.StreamWriter] = set()
        self._folder = Path(tempfile.mkdtemp(prefix="strait-"))
        name = make_url(beyond).database
        self.url = f"postgresql+asyncpg://postgres@/{name}?host={quote(str(self._folder), safe='')}"
        self.asked = 0  # how often the bot asked anything

    @classmethod
    @asynccontextmanager
    async def before(cls, beyond: str) -> AsyncIterator[Self]:
        """The wire to the database at a URL, open at first and at the end."""
        strait = cls(beyond)
        server = await asyncio.start_unix_server(strait._link, strait._folder / SOCKET)
        try:
            yield strait
        finally:
            server.close()
            strait._open.set()
            strait.cut()
            shutil.rmtree(strait._folder)

    def close(self) -> None:
        """From now on the database does not answer, for as long as it takes."""
        self._open.clear()

    def open(self) -> None:
        """Whatever was held up arrives, and the database answers as ever."""
        self._cut, self._breaks_at = False, b""
        self._open.set()

    def cut(self) -> None:
        """The database is gone: every connection ends, and none is made."""
        self._cut = True
        self._open.set()
        for writer in tuple(self._links):
            writer.transport.abort()

    def breaks_at(self, statement: bytes) -> None:
        """The database is gone as soon as it is asked for something."""
        self._breaks_at = statement

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        their_reader, their_writer = await asyncio.open_unix_connection(self._beyond)
        self._links |= {writer, their_writer}
        try:
            await asyncio.gather(
                self._pass(reader, their_writer, asks=True), self._pass(their_reader, writer)
            )
        finally:
            self._links -= {writer, their_writer}
            for end in (writer, their_writer):
                end.transport.abort()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, asks: bool = False
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                self.asked += asks
                if asks and self._breaks_at and self._breaks_at in data:
                    self.cut()
                await self._open.wait()
                if self._cut:
                    return
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
