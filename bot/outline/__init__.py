"""A plan as people have it already, most often Markdown, becomes a Roadmap, with a report of everything that was done to it.

Nothing is guessed silently: what was repaired, dropped, odd or kept elsewhere is told with its line.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.outline.report import Entry, EntryKind, Report
from bot.roadmap import Roadmap

__all__ = ["Entry", "EntryKind", "Imported", "Report", "imported"]


@dataclass(frozen=True, slots=True)
class Imported:
    """A plan that was read, and what is to be said about it."""

    plan: Roadmap
    report: Report


def imported(data: bytes, name: str) -> Imported:
    """Read a file somebody brought: Markdown or plain text, or YAML or JSON in our own format. Its name, without folder and
    ending, becomes the slug where it can be one. Takes under two seconds and 100 MB for anything accepted.

    Raises RoadmapError, with line, path and remedy, for what is no plan: too large, binary, not UTF-8, nested too deep,
    more weeks or items than a roadmap holds, or nothing to tick.
    """
    raise NotImplementedError
