"""Fitting a roadmap to a cohort: so many weeks, so many hours in each.

Weeks with a name in the roadmap stay while none is too full. Items in stages without weeks are
spread over weeks, in their order. A plan with more work than the time becomes several seasons, or
leaves out what is not essential. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.errors import Refused
from bot.group.calendar import Syllabus
from bot.group.fit.drafts import fit_season_to_weeks
from bot.group.fit.measure import HOURS, measure_roadmap
from bot.group.fit.notes import LIGHT, FitOutcome, list_fit_notes
from bot.group.fit.offers import (
    MOST_HOURS,
    MOST_WEEKS,
    FitOffer,
    FitQuestion,
    count_weeks_needed,
    list_offers,
)
from bot.group.fit.omission import find_optional_items
from bot.group.fit.parts import FitPart, count_load_weeks
from bot.group.fit.request import (
    ChosenParts,
    FitRequest,
    SeasonChoice,
    choose_parts,
    has_only_weeks,
    prepare_parts,
    prepare_request,
)
from bot.group.fit.season import SEASONS_FROM, Season, remove_items
from bot.group.fit.shares import WeekTime
from bot.group.fit.weeks import build_fitted_syllabus
from bot.roadmap import Roadmap

__all__ = [
    "LEAST_HOURS",
    "MOST_HOURS",
    "MOST_WEEKS",
    "SEASONS_FROM",
    "WEEKS",
    "FitOffer",
    "FitResult",
    "SeasonChoice",
    "choose_default_week_count",
    "count_roadmap_weeks",
    "count_seasons",
    "fit_roadmap",
    "has_only_weeks",
]

WEEKS = 12
LEAST_HOURS = 0.5


@dataclass(frozen=True, slots=True)
class FitResult:
    """A fitted syllabus.

    `notes`: plain sentences on items moved, merged, stretched or left out, and on weeks with more
    work than time, or much less.
    `items_left_out`: items in this season that found no room.
    `week_minutes`: the work in each week.
    `need`: what the whole plan takes, if that is more than there is; `offers` are the ways out.
    """

    syllabus: Syllabus
    season: int
    season_count: int
    items_left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    week_minutes: tuple[int, ...] = ()
    need: str = ""
    offers: tuple[FitOffer, ...] = ()


def count_roadmap_weeks(roadmap: Roadmap) -> int:
    """Count the weeks a roadmap takes by itself.

    These are its own weeks, or the time its stages state: the middle for a range, the lower end
    for an open one. Stages without a time go by their items, at eight hours a week.
    """
    workload = measure_roadmap(roadmap, HOURS * 60, is_by_stages=True)
    parts, _ = prepare_parts(roadmap, workload)
    return sum(part.weeks for part in parts)


def choose_default_week_count(roadmap: Roadmap, hours: float | None = None) -> int:
    """Return the weeks for a cohort if nobody says: the plan's own if they hold every item.

    Else twelve, or fewer where so many hours a week leave little to do. It is a few more where
    everything then fits in one go.
    """
    usual = WEEKS
    if has_only_weeks(roadmap):
        usual = min(count_roadmap_weeks(roadmap), MOST_WEEKS)
    if hours is None:
        return usual
    fitted = fit_roadmap(roadmap, usual, hours)
    request = prepare_request(roadmap, usual, hours)
    needed = count_weeks_needed(request.parts, request.time)
    is_too_long = fitted.season_count > 1 and needed <= SEASONS_FROM * usual
    # Offers without a need are of fewer weeks.
    is_too_short = bool(fitted.offers) and not fitted.need and not has_only_weeks(roadmap)
    return min(needed, MOST_WEEKS) if is_too_long or is_too_short else usual


def count_seasons(roadmap: Roadmap, weeks: int, hours: float | None = None) -> int:
    """Count the seasons a plan has in so many weeks with so many hours.

    Raises `Refused` for numbers no cohort can have.
    """
    _check_fit_limits(weeks, hours)
    return prepare_request(roadmap, weeks, hours).count_seasons(weeks)


def fit_roadmap(
    roadmap: Roadmap,
    weeks: int,
    hours: float | None = None,
    season: SeasonChoice = "auto",
) -> FitResult:
    """Fit the plan into `weeks` weeks with `hours` hours each.

    There are fewer weeks where the plan has not enough to do for so many.
    Raises `Refused` for numbers no cohort can have and for a season there is not.
    """
    _check_fit_limits(weeks, hours)
    request = prepare_request(roadmap, weeks, hours)
    seasons = request.split_into_seasons()
    chosen = choose_parts(request, seasons, season)
    taken = Season(tuple(chosen.parts))
    taken_weeks = weeks
    if chosen.season_count > 1:
        taken_weeks = _count_worthwhile_weeks(taken, weeks, request.time)
    drafts, dropped = fit_season_to_weeks(taken, taken_weeks, request.time)
    question = _build_question(request, len(seasons), chosen)
    need, offers = list_offers(question)
    syllabus = build_fitted_syllabus(drafts, roadmap, chosen.items_left_out)
    week_minutes = tuple(draft.study_minutes for draft in drafts)
    outcome = FitOutcome(
        syllabus=syllabus,
        drafts=tuple(drafts),
        items_left_out=chosen.items_left_out,
        weeks_off_dropped=dropped,
        is_reordered=request.is_reordered,
        season=chosen.season,
        season_count=chosen.season_count,
        weeks_asked=weeks,
        is_light=sum(week_minutes) < question.light_minutes,
    )
    notes = list_fit_notes(roadmap, request.workload, outcome, request.time)
    left_out = chosen.items_left_out
    return FitResult(
        syllabus, chosen.season, chosen.season_count, left_out, notes, week_minutes, need, offers
    )


def _count_worthwhile_weeks(season: Season, weeks: int, time: WeekTime) -> int:
    """Count the weeks for one season of several: fewer for a short one without weeks of its own.

    Fifteen hours of work would otherwise fill a season of twelve weeks with two hours each.
    """
    has_named_weeks = any(part.week is not None for part in season.parts)
    if has_named_weeks or not time.is_stated:
        return weeks
    return min(weeks, count_load_weeks(season.total_load, time.minutes * LIGHT))


def _build_question(request: FitRequest, season_count: int, chosen: ChosenParts) -> FitQuestion:
    roadmap = request.roadmap
    optional = find_optional_items(roadmap)
    essential_parts = remove_items(request.parts, optional)
    has_choice = optional and any(part.atoms for part in essential_parts)

    def measure_parts(hours: float) -> Sequence[FitPart]:
        return prepare_parts(roadmap, measure_roadmap(roadmap, hours * 60))[0]

    return FitQuestion(
        parts=request.parts,
        essential_parts=essential_parts if has_choice else None,
        weeks=request.weeks,
        time=request.time,
        way=chosen.way,
        season_count=season_count,
        omitted_count=len(chosen.items_left_out),
        measure_parts=measure_parts,
        count_seasons=request.count_seasons,
    )


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
