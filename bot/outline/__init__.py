"""A plan as people have it already, most often Markdown, becomes a Roadmap, with a report of everything that was done to it.

Nothing is guessed silently: what was repaired, dropped, odd or kept elsewhere is told with its line.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from bot.outline.file import is_ours, text_of
from bot.outline.odd import oddities
from bot.outline.report import Entry, EntryKind, Notes, Report
from bot.roadmap import Roadmap, RoadmapError, read
from bot.roadmap.problem import Problem
from bot.roadmap.text import is_slug

__all__ = ["Entry", "EntryKind", "Imported", "Report", "imported"]

LONGEST_SLUG = 48
_UNNAMED = "imported-plan"


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
    name = re.split(r"[/\\]", name)[-1]
    text = text_of(data, name)
    found = _ours(text, name) if is_ours(text, name) else _outlined(text, name)
    return replace(found, report=(found.report + oddities(found.plan, text)).shortened())


def _outlined(text: str, name: str) -> Imported:
    # Only who imports Markdown pays for its parser and for what puts a wrong encoding right.
    from bot.outline.document import outlined
    from bot.outline.understand import understood

    notes = Notes()
    outline = outlined(text, name, notes)
    return understood(outline, notes.report(), name)


def _ours(text: str, name: str) -> Imported:
    """A plan in our own format, which may come under any name."""
    stem = name.rsplit(".", 1)[0]
    file = name if is_slug(stem, LONGEST_SLUG) else f"{_UNNAMED}.yaml"
    try:
        plan = read(text, file)
    except RoadmapError as error:
        raise RoadmapError(Problem(name, one.line, one.path, one.sentence) for one in error.problems) from None
    if plan.slug == _UNNAMED:
        plan = plan.model_copy(update={"slug": _slug(stem) or _slug(plan.title) or _UNNAMED})
    return Imported(plan, Report())


def _slug(text: str) -> str:
    """A slug made of the words of a text; empty where there are none in Latin letters."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall("[a-z0-9]+", folded))[:LONGEST_SLUG].strip("-")
    return words if is_slug(words, LONGEST_SLUG) else ""
