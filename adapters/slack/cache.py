"""A bounded cache with a lifetime, so that Slack is not asked again. Losing it loses nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class ExpiringCache(Generic[Key, Value]):
    """The last `max_entries` values stored, each for `lifetime` seconds by the clock `time`."""

    def __init__(
        self, time: Callable[[], float], *, max_entries: int = 10_000, lifetime: float = math.inf
    ) -> None:
        self._time = time
        self._max_entries = max_entries
        self._lifetime = lifetime
        self._entries: dict[Key, tuple[float, Value]] = {}

    def __getitem__(self, key: Key) -> Value | None:
        """Return the value stored under a key, or None if there is none or it has expired."""
        expires_at, value = self._entries.get(key, (-math.inf, None))
        if self._time() >= expires_at:
            return None
        return value

    def __setitem__(self, key: Key, value: Value) -> None:
        # Removed first, so that a fresh value moves to the end and outlives the older ones.
        self._entries.pop(key, None)
        self._entries[key] = (self._time() + self._lifetime, value)
        if len(self._entries) > self._max_entries:
            oldest = next(iter(self._entries))
            del self._entries[oldest]

    def __delitem__(self, key: Key) -> None:
        """Remove a key; a missing one is no error."""
        self._entries.pop(key, None)

    def __iter__(self) -> Iterator[Key]:
        # A copy: callers delete while they iterate.
        return iter(tuple(self._entries))
