"""Where the time comes from: an object handed down by the composition root, and the only clock the machinery knows.

The wall clock can be set, and a machine can sleep; `Steps` notices both.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

LEAST_STEP = timedelta(seconds=1)  # a clock that is put right little by little moves less between two looks


class Clock(Protocol):
    """Tells the present instant, in UTC."""

    def now(self) -> datetime: ...


class Steps:
    """Compares the wall clock with one that only grows, whose time is in seconds."""

    def __init__(self, wall: datetime, steady: float) -> None:
        self._wall = wall
        self._steady = steady

    def next(self, wall: datetime, steady: float) -> timedelta | None:
        """Return how far the wall clock was set since the last look, negative where back, or None where it was not."""
        step = wall - self._wall - timedelta(seconds=steady - self._steady)
        self._wall, self._steady = wall, steady
        return step if abs(step) >= LEAST_STEP else None
