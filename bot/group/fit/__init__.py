"""Fitting a roadmap to a cohort: so many weeks, so many hours in each.

Weeks that a roadmap names stay as they are; what is written in stages is spread over weeks, what comes first going first. A
plan that is much longer than the time there is becomes several seasons, of which a cohort takes one. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.errors import Refused
from bot.group.calendar import Syllabus
from bot.group.fit.measure import HOURS, RoadmapWorkload, measure_roadmap
from bot.group.fit.notes import FitOutcome, list_fit_notes
from bot.group.fit.omission import choose_items_to_omit, remove_season_items
from bot.group.fit.order import order_roadmap_steps
from bot.group.fit.parts import FitPart, build_fit_parts, split_parts_into_weeks
from bot.group.fit.season import Season, fit_season_to_weeks, split_into_seasons
from bot.group.fit.weeks import build_fitted_syllabus
from bot.roadmap import Roadmap

__all__ = [
    "LEAST_HOURS",
    "MOST_HOURS",
    "MOST_WEEKS",
    "SEASONS_FROM",
    "WEEKS",
    "FitResult",
    "count_roadmap_weeks",
    "fit_roadmap",
]

WEEKS = 12
MOST_WEEKS = 104
LEAST_HOURS = 0.5
MOST_HOURS = 80
SEASONS_FROM = 1.5
"""A plan that takes more than so many times the weeks there are becomes seasons; a shorter one is pressed together."""


@dataclass(frozen=True, slots=True)
class FitResult:
    """A syllabus made to measure. `notes` say as plain sentences what was moved, merged, stretched or left out, and where a
    week holds more than there is time for; `left_out` are the items of the season that found no room."""

    syllabus: Syllabus
    season: int
    season_count: int
    items_left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def count_roadmap_weeks(roadmap: Roadmap) -> int:
    """How many weeks a roadmap takes by itself: its own weeks, or the time its stages state (the middle of a range, the
    lower end of an open one); what states no time goes by its items, at eight hours a week."""
    return len(
        split_parts_into_weeks(_prepare_fit_parts(roadmap, measure_roadmap(roadmap, HOURS * 60))[0])
    )


def choose_default_week_count(roadmap: Roadmap) -> int:
    """The weeks a cohort takes if nobody says: a plan's own, if they hold everything; else twelve."""
    weeks = (
        count_roadmap_weeks(roadmap)
        if all(roadmap.find_week_of_item(item) for item in roadmap.items)
        else WEEKS
    )
    return min(weeks, MOST_WEEKS)


def fit_roadmap(
    roadmap: Roadmap, weeks: int, hours: float | None = None, season: int | None = 1
) -> FitResult:
    """The plan in `weeks` weeks of `hours` hours each. `season` counts from 1; None takes everything at once, however
    crowded. Raises `Refused` for numbers no cohort can have and for a season there is not."""
    _check_fit_limits(weeks, hours)
    scale = measure_roadmap(roadmap, (hours or HOURS) * 60)
    parts, moved = _prepare_fit_parts(roadmap, scale)
    own = split_parts_into_weeks(parts)
    several = season is not None and len(own) > SEASONS_FROM * weeks
    there = (
        split_into_seasons(own, -(-len(own) // weeks), weeks) if several else [Season(tuple(own))]
    )
    number = _check_season_number(1 if season is None else season, len(there))
    taken = there[number - 1]
    drafts, off = fit_season_to_weeks(taken, weeks)
    left_out = choose_items_to_omit(drafts, roadmap, hours) if hours else ()
    if left_out:
        drafts, off = fit_season_to_weeks(remove_season_items(taken, left_out), weeks)
    syllabus = build_fitted_syllabus(drafts, roadmap, left_out)
    made = FitOutcome(syllabus, tuple(drafts), left_out, off, moved, number, len(there))
    return FitResult(
        syllabus, number, len(there), left_out, list_fit_notes(roadmap, scale, made, hours)
    )


def _prepare_fit_parts(roadmap: Roadmap, scale: RoadmapWorkload) -> tuple[list[FitPart], bool]:
    steps, moved = order_roadmap_steps(roadmap, scale.loads)
    return build_fit_parts(roadmap, steps, scale), moved


def _check_fit_limits(weeks: int, hours: float | None) -> None:
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused(f"A cohort takes 1 to {MOST_WEEKS} weeks: choose a number between.", "weeks")
    if hours is not None and not LEAST_HOURS <= hours <= MOST_HOURS:
        raise Refused(
            f"A week has {LEAST_HOURS:g} to {MOST_HOURS} hours to learn in: choose a number between.",
            "hours",
        )


def _check_season_number(asked: int, seasons: int) -> int:
    if 1 <= asked <= seasons:
        return asked
    if seasons == 1:
        raise Refused("This plan fits into one season: leave `season` out.", "season")
    raise Refused(
        f"This plan has seasons 1 to {seasons} in so many weeks: choose one of them, or all.",
        "season",
    )
