"""Fitting a roadmap to a cohort: so many weeks, so many hours in each.

Weeks that a roadmap names stay as they are; what is written in stages is spread over weeks, what comes first going first. A
plan that is much longer than the time there is becomes several seasons, of which a cohort takes one. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.errors import Refused
from bot.group.calendar import Syllabus
from bot.group.fit.measure import HOURS, Measured, measured
from bot.group.fit.notes import Made, notes
from bot.group.fit.order import arranged
from bot.group.fit.parts import Part, own_weeks, parts_of
from bot.group.fit.season import Season, packed, seasons_of
from bot.group.fit.spare import spared, thinned
from bot.group.fit.weeks import named
from bot.roadmap import Roadmap

__all__ = [
    "LEAST_HOURS",
    "MOST_HOURS",
    "MOST_WEEKS",
    "WEEKS",
    "Fitted",
    "fit",
    "own_length",
    "usual_weeks",
]

WEEKS = 12
MOST_WEEKS = 104
LEAST_HOURS = 0.5
MOST_HOURS = 80
SEASONS_FROM = 1.5
"""A plan that takes more than so many times the weeks there are becomes seasons; a shorter one is pressed together."""


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
    lower end of an open one); what states no time goes by its items, at eight hours a week."""
    return len(own_weeks(_parts(plan, measured(plan, HOURS * 60))[0]))


def usual_weeks(plan: Roadmap) -> int:
    """The weeks a cohort takes if nobody says: a plan's own, if they hold everything; else twelve."""
    weeks = own_length(plan) if all(plan.week_of(item) for item in plan.items) else WEEKS
    return min(weeks, MOST_WEEKS)


def fit(plan: Roadmap, weeks: int, hours: float | None = None, season: int | None = 1) -> Fitted:
    """The plan in `weeks` weeks of `hours` hours each. `season` counts from 1; None takes everything at once, however
    crowded. Raises `Refused` for numbers no cohort can have and for a season there is not."""
    _allowed(weeks, hours)
    scale = measured(plan, (hours or HOURS) * 60)
    parts, moved = _parts(plan, scale)
    own = own_weeks(parts)
    several = season is not None and len(own) > SEASONS_FROM * weeks
    there = seasons_of(own, -(-len(own) // weeks), weeks) if several else [Season(tuple(own))]
    number = _season(1 if season is None else season, len(there))
    taken = there[number - 1]
    drafts, off = packed(taken, weeks)
    left_out = spared(drafts, plan, hours) if hours else ()
    if left_out:
        drafts, off = packed(thinned(taken, left_out), weeks)
    syllabus = named(drafts, plan, left_out)
    made = Made(syllabus, tuple(drafts), left_out, off, moved, number, len(there))
    return Fitted(syllabus, number, len(there), left_out, notes(plan, scale, made, hours))


def _parts(plan: Roadmap, scale: Measured) -> tuple[list[Part], bool]:
    steps, moved = arranged(plan, scale.loads)
    return parts_of(plan, steps, scale), moved


def _allowed(weeks: int, hours: float | None) -> None:
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused(f"A cohort takes 1 to {MOST_WEEKS} weeks: choose a number between.", "weeks")
    if hours is not None and not LEAST_HOURS <= hours <= MOST_HOURS:
        raise Refused(
            f"A week has {LEAST_HOURS:g} to {MOST_HOURS} hours to learn in: choose a number between.",
            "hours",
        )


def _season(asked: int, seasons: int) -> int:
    if 1 <= asked <= seasons:
        return asked
    if seasons == 1:
        raise Refused("This plan fits into one season: leave `season` out.", "season")
    raise Refused(
        f"This plan has seasons 1 to {seasons} in so many weeks: choose one of them, or all.",
        "season",
    )
