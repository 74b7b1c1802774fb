"""Files from the bot, for one person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A text file with its name."""

    name: str
    content: str
