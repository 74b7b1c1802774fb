"""Where the time comes from: an object handed down by the composition root, and the only clock the machinery knows."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant, in UTC."""

    def now(self) -> datetime: ...
