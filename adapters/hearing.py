"""Who is being heard right now: a platform that stops lets them have their answers first, for as long as it has patience."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Hearing:
    """The tasks that hear somebody."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    @contextmanager
    def somebody(self) -> Iterator[None]:
        """While it lasts, the current task hears somebody."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    async def finish(self, patience: float) -> None:
        """Wait until everybody has been heard; after so many seconds those who have not are cut short."""
        await asyncio.sleep(0)  # what has come in a moment ago begins
        if hearing := self._tasks - {asyncio.current_task()}:
            _, late = await asyncio.wait(hearing, timeout=patience)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
