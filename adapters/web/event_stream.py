"""The live stream to one page: server-sent events, one per new line and per new state."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from aiohttp import web

from adapters.web.lines import build_line_event
from adapters.web.live_pages import News, StateChange, StreamEnd
from adapters.web.records import Figure, RoomLine

if TYPE_CHECKING:
    from adapters.web.server import Room

# Seconds of silence. Without a word in between, nobody notices a page that has gone.
BREATH = 15.0


class EventStream:
    """One page's stream, for one viewer.

    `last_seq` is the newest line the page already has.
    """

    def __init__(
        self, room: Room, viewer: Figure, last_seq: int, response: web.StreamResponse
    ) -> None:
        self._room = room
        self._viewer = viewer
        self._last_seq = last_seq
        self._response = response

    async def stream_news(self) -> None:
        """Send the lines missed, then the state, then all news until the stream ends.

        Raises `ConnectionError` once the page has gone.
        """
        # The queue opens before the transcript is read, so no line falls in between. A line may
        # come both ways; the number sorts out the second one.
        with self._room.live_pages.open_page_queue() as news:
            await self._response.write(b"retry: 800\n\n")
            await self._send_missed_lines()
            await self._send_state()
            await self._follow_news(news)

    async def _send_missed_lines(self) -> None:
        while missed := await self._room.transcript.list_lines_after(
            self._viewer.native, self._last_seq
        ):
            for line in missed:
                await self._send_line(line)
            self._last_seq = missed[-1].seq

    async def _follow_news(self, news: asyncio.Queue[News]) -> None:
        while True:
            try:
                # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes just then.
                async with asyncio.timeout(BREATH):
                    item = await news.get()
            except TimeoutError:
                await self._response.write(b": still here\n\n")
                continue
            match item:
                case StreamEnd():
                    return
                case StateChange():
                    await self._send_state()
                case RoomLine():
                    await self._send_new_line(item)

    async def _send_new_line(self, line: RoomLine) -> None:
        if line.seq > self._last_seq and line.is_visible_to(self._viewer.native):
            await self._send_line(line)

    async def _send_line(self, line: RoomLine) -> None:
        event = build_line_event(line, self._viewer, tuple(self._room.figures.values()))
        data = json.dumps(event, ensure_ascii=False)
        # The id comes back as `Last-Event-ID` when the browser connects again.
        await self._response.write(f"id: {line.seq}\nevent: line\ndata: {data}\n\n".encode())

    async def _send_state(self) -> None:
        data = json.dumps(await self._room.build_state(), ensure_ascii=False)
        await self._response.write(f"event: state\ndata: {data}\n\n".encode())
