"""The clock: an object from the composition root, the only source for the present instant.

The wall clock can be set, and a machine can sleep; `ClockSteps` notices both.
"""

from __future__ import annotations

import hashlib
import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Protocol

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # before anybody joined, and before any letter
PROBE = ("Europe", "London")  # zone data without this zone is incomplete
# A time server that corrects the clock little by little moves it less between two looks.
LEAST_STEP = timedelta(seconds=1)


class Clock(Protocol):
    """Tell the present instant, in UTC."""

    def now(self) -> datetime: ...


class ClockSteps:
    """Compare the wall clock with a steady one, which only grows and counts seconds."""

    def __init__(self, wall: datetime, steady: float) -> None:
        self._wall = wall
        self._steady = steady

    def measure_step(self, wall: datetime, steady: float) -> timedelta | None:
        """Return how far the wall clock was set since the last look, or None.

        Negative if it was set back.
        """
        step = wall - self._wall - timedelta(seconds=steady - self._steady)
        self._wall, self._steady = wall, steady
        return step if abs(step) >= LEAST_STEP else None


def compute_zone_data_digest() -> str:
    """Return a digest for the zone data in use; empty without any."""
    # The order `zoneinfo` follows: its TZPATH first, the package `tzdata` last.
    for source in (*map(Path, zoneinfo.TZPATH), resources.files("tzdata").joinpath("zoneinfo")):
        if source.joinpath(*PROBE).is_file():
            return _compute_folder_digest(source)
    return ""


def _compute_folder_digest(source: Traversable) -> str:
    # This one file holds the rules for all zones. Systems without it have compiled zones only.
    files = [source.joinpath("tzdata.zi")]
    if not files[0].is_file():
        files = []
        for name in sorted(zoneinfo.available_timezones()):
            files.append(source.joinpath(*name.split("/")))
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
