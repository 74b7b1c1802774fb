"""Where the time comes from: an object handed down by the composition root, and the only clock the machinery knows.

The wall clock can be set, and a machine can sleep; `Steps` notices both.
"""

from __future__ import annotations

import hashlib
import zoneinfo
from datetime import datetime, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Protocol

PROBE = ("Europe", "London")  # a folder of zone data that lacks this zone is not a whole one
LEAST_STEP = timedelta(
    seconds=1
)  # a clock that is put right little by little moves less between two looks


class Clock(Protocol):
    """Tells the present instant, in UTC."""

    def now(self) -> datetime: ...


class ClockSteps:
    """Compares the wall clock with one that only grows, whose time is in seconds."""

    def __init__(self, wall: datetime, steady: float) -> None:
        self._wall = wall
        self._steady = steady

    def measure_step(self, wall: datetime, steady: float) -> timedelta | None:
        """Return how far the wall clock was set since the last look, negative where back, or None where it was not."""
        step = wall - self._wall - timedelta(seconds=steady - self._steady)
        self._wall, self._steady = wall, steady
        return step if abs(step) >= LEAST_STEP else None


def compute_zone_data_digest() -> str:
    """A digest of the zone data that `zoneinfo` reads.

    `zoneinfo` looks into the folders of its TZPATH first and into the package `tzdata` last.
    Empty where there is no zone data at all.
    """
    for source in (*map(Path, zoneinfo.TZPATH), resources.files("tzdata").joinpath("zoneinfo")):
        if source.joinpath(*PROBE).is_file():
            return _compute_folder_digest(source)
    return ""


def _compute_folder_digest(source: Traversable) -> str:
    # The rules of every zone stand in this one file. Systems that leave it out have the compiled zones alone.
    rules = source.joinpath("tzdata.zi")
    zones = () if rules.is_file() else sorted(zoneinfo.available_timezones())
    files = (rules, *(source.joinpath(*name.split("/")) for name in zones))
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
