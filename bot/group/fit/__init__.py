"""Fitting a roadmap to a cohort: so many weeks, so many hours in each.

Weeks with a name in the roadmap stay. Items in stages without weeks are spread over weeks, in
their order. A plan much longer than the time becomes several seasons; a cohort takes one. Pure.
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
    "choose_default_week_count",
    "count_roadmap_weeks",
    "fit_roadmap",
]

WEEKS = 12
MOST_WEEKS = 104
LEAST_HOURS = 0.5
MOST_HOURS = 80
SEASONS_FROM = 1.5
"""A plan with more than so many times the weeks becomes seasons; a shorter one is compressed."""


@dataclass(frozen=True, slots=True)
class FitResult:
    """A fitted syllabus.

    `notes`: plain sentences on items moved, merged, stretched or left out, and on weeks with more
    work than time.
    `items_left_out`: items in this season that found no room.
    """

    syllabus: Syllabus
    season: int
    season_count: int
    items_left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def count_roadmap_weeks(roadmap: Roadmap) -> int:
    """Count the weeks a roadmap takes by itself.

    These are its own weeks, or the time its stages state: the middle for a range, the lower end
    for an open one. Stages without a time go by their items, at eight hours a week.
    """
    parts, _ = _prepare_fit_parts(roadmap, measure_roadmap(roadmap, HOURS * 60))
    return len(split_parts_into_weeks(parts))


def choose_default_week_count(roadmap: Roadmap) -> int:
    """Return the weeks for a cohort if nobody says: the plan's own if they hold every item.

    Else twelve.
    """
    if all(roadmap.find_week_of_item(item) for item in roadmap.items):
        return min(count_roadmap_weeks(roadmap), MOST_WEEKS)
    return WEEKS


def fit_roadmap(
    roadmap: Roadmap, weeks: int, hours: float | None = None, season: int | None = 1
) -> FitResult:
    """Fit the plan into `weeks` weeks with `hours` hours each.

    `season` counts from 1; None takes everything at once, however crowded.
    Raises `Refused` for numbers no cohort can have and for a season there is not.
    """
    _check_fit_limits(weeks, hours)
    workload = measure_roadmap(roadmap, (hours or HOURS) * 60)
    parts, is_reordered = _prepare_fit_parts(roadmap, workload)
    seasons = _split_into_seasons_if_long(split_parts_into_weeks(parts), weeks, season)
    number = 1
    if season is not None:
        number = _check_season_number(season, len(seasons))
    chosen = seasons[number - 1]
    drafts, dropped = fit_season_to_weeks(chosen, weeks)
    left_out: tuple[str, ...] = ()
    if hours:
        left_out = choose_items_to_omit(drafts, roadmap, hours)
    if left_out:
        # Once more without them: what is left spreads better than with holes in it.
        drafts, dropped = fit_season_to_weeks(remove_season_items(chosen, left_out), weeks)
    syllabus = build_fitted_syllabus(drafts, roadmap, left_out)
    outcome = FitOutcome(
        syllabus, tuple(drafts), left_out, dropped, is_reordered, number, len(seasons)
    )
    notes = list_fit_notes(roadmap, workload, outcome, hours)
    return FitResult(syllabus, number, len(seasons), left_out, notes)


def _split_into_seasons_if_long(
    own_weeks: list[FitPart], weeks: int, season: int | None
) -> list[Season]:
    if season is None or len(own_weeks) <= SEASONS_FROM * weeks:
        return [Season(tuple(own_weeks))]
    season_count = -(-len(own_weeks) // weeks)  # rounded up
    return split_into_seasons(own_weeks, season_count, weeks)


def _prepare_fit_parts(roadmap: Roadmap, workload: RoadmapWorkload) -> tuple[list[FitPart], bool]:
    steps, is_reordered = order_roadmap_steps(roadmap, workload.loads)
    return build_fit_parts(steps, workload), is_reordered


def _check_fit_limits(weeks: int, hours: float | None) -> None:
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused(
            f"A cohort can have 1 to {MOST_WEEKS} weeks: choose a number in that range.", "weeks"
        )
    if hours is not None and not LEAST_HOURS <= hours <= MOST_HOURS:
        raise Refused(
            f"A week can have {LEAST_HOURS:g} to {MOST_HOURS} hours: "
            "choose a number in that range.",
            "hours",
        )


def _check_season_number(number: int, season_count: int) -> int:
    if 1 <= number <= season_count:
        return number
    if season_count == 1:
        raise Refused("This plan has only one season: leave the season empty.", "season")
    raise Refused(
        f"This plan has {season_count} seasons at that length: choose 1 to {season_count}, or all.",
        "season",
    )
