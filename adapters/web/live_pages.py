"""Who is looking at the room right now: every open page hears of each line and of each change of the clock or the cast."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.web.transcript import RoomLine

PATIENCE = 2000


class StateChange:
    """The clock, the cast or the channels are not what they were."""


class StreamEnd:
    """The page is to come back and ask again: the room closes, or the page did not keep up."""


News = RoomLine | StateChange | StreamEnd


class LivePages:
    """The open pages, each with a queue."""

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[News]] = set()

    @contextmanager
    def open_page_queue(self) -> Iterator[asyncio.Queue[News]]:
        queue: asyncio.Queue[News] = asyncio.Queue()
        self._pages.add(queue)
        try:
            yield queue
        finally:
            self._pages.discard(queue)

    def publish_news(self, news: News) -> None:
        """Tell every page. One that has stopped reading is sent away and resumes where it was when it comes back."""
        for queue in tuple(self._pages):
            if queue.qsize() >= PATIENCE:
                self._pages.discard(queue)
                queue.put_nowait(StreamEnd())
            else:
                queue.put_nowait(news)
