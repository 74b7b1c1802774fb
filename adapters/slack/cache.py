"""What the adapter need not ask Slack for again: bounded, and old news is no news. Nothing is lost with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class ExpiringCache(Generic[Key, Value]):
    """The last `most` values kept, each for `lasts` seconds of the clock `time`."""

    def __init__(
        self, time: Callable[[], float], *, max_entries: int = 10_000, lifetime: float = math.inf
    ) -> None:
        self._time = time
        self._most = max_entries
        self._lasts = lifetime
        self._kept: dict[Key, tuple[float, Value]] = {}

    def __getitem__(self, key: Key) -> Value | None:
        """What is kept under a key; None where nothing is, or nothing that is still news."""
        until, value = self._kept.get(key, (-math.inf, None))
        return value if self._time() < until else None

    def __setitem__(self, key: Key, value: Value) -> None:
        self._kept.pop(key, None)
        self._kept[key] = (self._time() + self._lasts, value)
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]

    def __delitem__(self, key: Key) -> None:
        """Forget a key; no matter if it is not there."""
        self._kept.pop(key, None)

    def __iter__(self) -> Iterator[Key]:
        return iter(tuple(self._kept))
