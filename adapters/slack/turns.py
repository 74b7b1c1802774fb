"""Turns: of several tasks that do something for one person, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class _Queue:
    """The tasks with one key: the one whose turn it is, and those that wait, in their order."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    size: int = 0


class Turns(Generic[Key]):
    """Tasks with the same key take turns. A key without a task is forgotten."""

    def __init__(self) -> None:
        self._queues: dict[Key, _Queue] = {}

    @asynccontextmanager
    async def take_turn(self, key: Key) -> AsyncIterator[None]:
        """Wait for every earlier task with this key, and hold back every later one."""
        queue = self._queues.setdefault(key, _Queue())
        queue.size += 1
        try:
            async with queue.lock:
                yield
        finally:
            queue.size -= 1
            if not queue.size:
                del self._queues[key]

    def is_anybody_waiting(self, key: Key) -> bool:
        """Return True if a task with this key has not begun its turn."""
        queue = self._queues.get(key)
        return queue is not None and queue.size > 1

    def __len__(self) -> int:
        return len(self._queues)
