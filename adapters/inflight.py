"""Requests being answered right now, so that a stopping platform can finish them first."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any


class InflightTasks:
    """The tasks now answering somebody."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()
        self._background: set[asyncio.Task[None]] = set()

    @contextmanager
    def track_current_task(self) -> Iterator[None]:
        """Count the current task until the block ends."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    def start_inflight_task(self, work: Coroutine[Any, Any, object]) -> None:
        """Run `work` in a task, for somebody not waiting for its result."""

        async def run() -> None:
            with self.track_current_task():
                await work

        task = asyncio.create_task(run())
        # The loop keeps only a weak reference: without this one the task may be collected.
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def finish_inflight_tasks(self, timeout: float) -> None:
        """Wait for these tasks, and cancel those still running after `timeout` seconds."""
        # A task created a moment ago counts itself only once it has run a first step.
        await asyncio.sleep(0)
        unfinished = self._tasks - {asyncio.current_task()}
        if not unfinished:
            return
        _, late = await asyncio.wait(unfinished, timeout=timeout)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
