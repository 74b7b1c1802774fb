"""Who is being heard right now: a platform that stops lets them have their answers first, for as long as it has patience."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any


class InflightTasks:
    """The tasks that hear somebody."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()
        self._begun: set[asyncio.Task[None]] = set()

    @contextmanager
    def track_current_task(self) -> Iterator[None]:
        """While it lasts, the current task hears somebody."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    def start_inflight_task(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something for somebody who does not wait for it."""

        async def run() -> None:
            with self.track_current_task():
                await work

        task = asyncio.create_task(run())
        self._begun.add(task)  # the loop alone would not hold it
        task.add_done_callback(self._begun.discard)

    async def finish_inflight_tasks(self, timeout: float) -> None:
        """Wait until everybody has been heard; after so many seconds those who have not are cut short."""
        await asyncio.sleep(0)  # what has come in a moment ago begins
        if hearing := self._tasks - {asyncio.current_task()}:
            _, late = await asyncio.wait(hearing, timeout=timeout)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
