"""The open pages: each hears every new line and every change to the clock or the cast."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.web.records import RoomLine

# News waiting for one page. A browser that sleeps must not fill the memory.
PATIENCE = 2000


class StateChange:
    """The clock, the cast or the channels have changed."""


class StreamEnd:
    """The stream ends and the page must ask again.

    The room closes, or the page was too slow.
    """


News = RoomLine | StateChange | StreamEnd


class LivePages:
    """The open pages, each with a queue."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[News]] = set()

    @property
    def page_count(self) -> int:
        """Return the number of open pages."""
        return len(self._queues)

    @contextmanager
    def open_page_queue(self) -> Iterator[asyncio.Queue[News]]:
        """Yield a queue with all news until the block ends."""
        queue: asyncio.Queue[News] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    def publish_news(self, news: News) -> None:
        """Tell every page.

        A page that has stopped reading is sent away, and resumes at its last line later.
        """
        # A copy, for the set changes on the way.
        for queue in tuple(self._queues):
            if queue.qsize() >= PATIENCE:
                self._queues.discard(queue)
                queue.put_nowait(StreamEnd())
            else:
                queue.put_nowait(news)
