"""The local room with the whole bot behind it, on a free port, and a page's requests to it."""

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
from tests.support.database import open_store
from tests.support.room import roadmaps

FRIDAY = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)
CHANNEL = "study-group"


class Local:
    """An open room, with a page's requests."""

    def __init__(self, room: Room, session: aiohttp.ClientSession) -> None:
        self.room = room
        self.session = session
        self._onces = itertools.count(1)

    @property
    def url(self) -> str:
        return self.room.address.rstrip("/")

    async def get(self, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
        async with self.session.get(self.url + path, **options) as response:
            return response.status, await response.json()

    async def post(self, path: str, body: object, **options: Any) -> tuple[int, dict[str, Any]]:
        async with self.session.post(self.url + path, json=body, **options) as response:
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
        """Say something as somebody, and return the answer's event."""
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
        """Return the lines somebody sees in a conversation."""
        status, answer = await self.get("/api/lines", params={"as": name, "channel": channel})
        assert status == 200, answer
        return list(answer["lines"])

    async def sees(self, name: str, channel: str = CHANNEL) -> str:
        """Return the same as plain text."""
        return "\n".join(text(line) for line in await self.lines(name, channel))

    async def moves(self, move: str) -> dict[str, Any]:
        """Move the clock, wait until it stands, and return it."""
        status, answer = await self.post("/api/clock", {"as": "mona", "move": move})
        assert status == 200, answer
        return await self.stands()

    async def stands(self) -> dict[str, Any]:
        async with asyncio.timeout(120):
            while self.room.mover.moving:
                await asyncio.sleep(0.01)
        return dict((await self.get("/api/room"))[1]["clock"])

    async def hears(self, name: str, count: int, **options: Any) -> list[dict[str, Any]]:
        """Return the first lines in somebody's live stream."""
        lines: list[dict[str, Any]] = []
        params = {"as": name, "after": "0"}
        async with self.session.get(self.url + "/api/events", params=params, **options) as stream:
            event = ""
            async for raw in stream.content:
                word, _, rest = raw.decode().strip().partition(": ")
                event = rest if word == "event" else event
                if word == "data" and event == "line":
                    lines.append(json.loads(rest))
                if len(lines) == count:
                    return lines
        return lines


def text(line: dict[str, Any]) -> str:
    """Return a line's words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", line["html"])).split())


@asynccontextmanager
async def whole_bot(
    folder: Path, now: datetime = FRIDAY, core: Core | None = None, port: int = 0
) -> AsyncIterator[Local]:
    """Open the room in a folder with the bot, as `syllabot run` does, until the block ends.

    `core` takes the bot's place.
    """
    store = await open_store(f"sqlite+aiosqlite:///{folder / 'syllabot.db'}")
    room = await Room.open_room(folder, port, "Europe/Berlin", now)
    scheduler, outbox = PostScheduler(store, room.clock), Outbox(store, room.clock, {"room": room})
    await scheduler.prepare_schedule()
    await outbox.reset_former_claims()
    dispatch = Dispatch(store, room.clock, roadmaps(), platforms={room.name: room})
    room.pulse = build_pulse(scheduler, outbox, dispatch)
    core = core or dispatch
    serving = asyncio.create_task(room.listen(core))
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
