"""Fitting a roadmap to a cohort: so many weeks, so many hours in each.

Weeks that a roadmap names stay as they are; what is written in stages is spread over weeks, what comes first going first. A
plan that is much longer than the time there is becomes several seasons, of which a cohort takes one. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.calendar import Syllabus
from bot.roadmap import Roadmap

WEEKS = 12
MOST_WEEKS = 104


@dataclass(frozen=True, slots=True)
class Fitted:
    """A syllabus made to measure. `notes` say as plain sentences what was moved, merged, stretched or left out, and where a
    week holds more than there is time for; `left_out` are the items of the season that found no room."""

    syllabus: Syllabus
    season: int
    seasons: int
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def own_length(plan: Roadmap) -> int:
    """How many weeks a roadmap takes by itself: its own weeks, or the time its stages state (the middle of a range, the
    lower end of an open one)."""
    raise NotImplementedError


def fit(plan: Roadmap, weeks: int, hours: float | None = None, season: int | None = 1) -> Fitted:
    """The plan in `weeks` weeks of `hours` hours each. `season` counts from 1; None takes everything at once, however
    crowded. Raises `Refused` for numbers no cohort can have and for a season there is not."""
    raise NotImplementedError
