"""The local room with the whole bot behind it, served on a free port, and a browser's side of the wire to talk to it."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp

from adapters.web import Room
from bot.__main__ import build_pulse
from bot.chat.platform import Core
from bot.runtime.dispatch import Dispatch
from bot.runtime.outbox import Outbox
from bot.runtime.scheduler import PostScheduler
from bot.store import Store
from tests.support.room import roadmaps

FRIDAY = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)
CHANNEL = "study-group"


class Local:
    """A room that is open, and what a page does with it."""

    def __init__(self, room: Room, session: aiohttp.ClientSession) -> None:
        self.room = room
        self.session = session
        self._onces = itertools.count(1)

    @property
    def url(self) -> str:
        return self.room.address.rstrip("/")

    async def get(self, path: str, **asked: Any) -> tuple[int, dict[str, Any]]:
        async with self.session.get(self.url + path, **asked) as response:
            return response.status, await response.json()

    async def post(self, path: str, body: object, **asked: Any) -> tuple[int, dict[str, Any]]:
        async with self.session.post(self.url + path, json=body, **asked) as response:
            return response.status, await response.json()

    async def says(
        self,
        name: str,
        phrase: str,
        filled: dict[str, list[str]] | None = None,
        *,
        source: int = 0,
        label: str = "",
        channel: str = CHANNEL,
        once: str = "",
    ) -> dict[str, Any]:
        """Say something as somebody; the event of the answer."""
        body = {
            "as": name,
            "channel": channel,
            "phrase": phrase,
            "filled": filled,
            "source": source,
            "label": label,
        }
        status, answer = await self.post(
            "/api/say", {**body, "once": once or f"page-{next(self._onces):06}"}
        )
        assert status == 200, answer
        return dict(answer["lines"][-1])

    async def lines(self, name: str, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """What somebody sees in a conversation."""
        status, answer = await self.get("/api/lines", params={"as": name, "channel": channel})
        assert status == 200, answer
        return list(answer["lines"])

    async def sees(self, name: str, channel: str = CHANNEL) -> str:
        """The same as plain text."""
        return "\n".join(text(line) for line in await self.lines(name, channel))

    async def moves(self, move: str, **more: float) -> dict[str, Any]:
        """Move the clock and wait until it stands again; the clock afterwards."""
        status, answer = await self.post("/api/clock", {"as": "mona", "move": move, **more})
        assert status == 200, answer
        return await self.stands()

    async def stands(self) -> dict[str, Any]:
        async with asyncio.timeout(120):
            while self.room.mover.moving:
                await asyncio.sleep(0.01)
        return dict((await self.get("/api/room"))[1]["clock"])

    async def hears(
        self, name: str, count: int, after: int = 0, **asked: Any
    ) -> list[dict[str, Any]]:
        """The first lines of the live stream for somebody."""
        heard: list[dict[str, Any]] = []
        params = {"as": name, "after": str(after)}
        async with self.session.get(self.url + "/api/events", params=params, **asked) as stream:
            event = ""
            async for raw in stream.content:
                word, _, rest = raw.decode().strip().partition(": ")
                event = rest if word == "event" else event
                if word == "data" and event == "line":
                    heard.append(json.loads(rest))
                if len(heard) == count:
                    return heard
        return heard


def text(line: dict[str, Any]) -> str:
    """The words of a line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", line["html"])).split())


@asynccontextmanager
async def whole_bot(
    folder: Path, now: datetime = FRIDAY, core: Core | None = None, port: int = 0
) -> AsyncIterator[Local]:
    """Open the room in a folder with the bot, as `syllabot run` does, until the block ends. `core` stands before the bot."""
    store = await Store.open_database(f"sqlite+aiosqlite:///{folder / 'syllabot.db'}")
    room = await Room.open_room(folder, port, "Europe/Berlin", now)
    clockwork, outbox = PostScheduler(store, room.clock), Outbox(store, room.clock, {"room": room})
    await clockwork.prepare_schedule()
    await outbox.reset_former_claims()
    room.pulse = build_pulse(clockwork, outbox)
    serving = asyncio.create_task(
        room.listen(core or Dispatch(store, room.clock, roadmaps(), platforms={room.name: room}))
    )
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as session:
            local = Local(room, session)
            await local.get("/api/room")
            yield local
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        await room.close()
        await store.close()
