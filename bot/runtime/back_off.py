"""The waits between the tries of one thing: short at first, then longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900))


def compute_back_off(tries: int, waits: Sequence[timedelta] = BACK_OFF) -> timedelta:
    """Return the wait after so many tries, at least one; the last wait holds for all later ones."""
    return waits[min(tries, len(waits)) - 1]
