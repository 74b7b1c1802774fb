"""A roadmap measured for so many weeks and hours, and what of it a cohort takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.chat.errors import Refused
from bot.group.fit.measure import HOURS, RoadmapWorkload, measure_roadmap
from bot.group.fit.offers import Way
from bot.group.fit.omission import choose_items_to_omit, choose_items_to_trim, find_optional_items
from bot.group.fit.order import order_roadmap_steps
from bot.group.fit.parts import FitPart, build_fit_parts
from bot.group.fit.season import (
    Season,
    count_seasons,
    has_room,
    is_much_longer,
    remove_items,
    split_into_seasons,
)
from bot.group.fit.shares import WeekTime
from bot.roadmap import Roadmap

SeasonChoice = int | Literal["auto", "all", "essentials"]
"""A season by number, everything in one go, or the essential items in one go.

`auto` takes everything where it fits and the plan's own weeks stay whole, else leaves out a
little, else takes the first season.
"""


@dataclass(frozen=True, slots=True)
class FitRequest:
    """A measured roadmap, and the weeks it is to fit.

    `is_reordered`: something stands later than in the file, after what it requires.
    """

    roadmap: Roadmap
    workload: RoadmapWorkload
    parts: Sequence[FitPart]
    is_reordered: bool
    weeks: int
    time: WeekTime

    def split_into_seasons(self) -> list[Season]:
        """Split the plan into the seasons it has in these weeks; one if it has room in them."""
        if self._is_too_long(self.weeks):
            return split_into_seasons(self.parts, self.weeks, self.time)
        return [Season(tuple(self.parts))]

    def count_seasons(self, weeks: int) -> int:
        """Count the seasons the plan has in so many weeks."""
        return count_seasons(self.parts, weeks, self.time) if self._is_too_long(weeks) else 1

    def _is_too_long(self, weeks: int) -> bool:
        if self.time.is_stated:
            return not has_room(self.parts, weeks, self.time)
        return is_much_longer(self.parts, weeks, self.time)


@dataclass(frozen=True, slots=True)
class ChosenParts:
    """What of a plan a cohort takes, and the items of it that are left out."""

    way: Way
    parts: Sequence[FitPart]
    items_left_out: tuple[str, ...] = ()
    season: int = 1
    season_count: int = 1


def prepare_request(roadmap: Roadmap, weeks: int, hours: float | None) -> FitRequest:
    """Measure a roadmap for so many hours a week, else by the pace of its own weeks."""
    workload = measure_roadmap(roadmap, (hours or HOURS) * 60)
    parts, is_reordered = prepare_parts(roadmap, workload)
    time = _choose_week_time(roadmap, parts, hours)
    return FitRequest(roadmap, workload, parts, is_reordered, weeks, time)


def prepare_parts(roadmap: Roadmap, workload: RoadmapWorkload) -> tuple[list[FitPart], bool]:
    """Return a roadmap's parts, and True if something moved after what it requires."""
    steps, is_reordered = order_roadmap_steps(roadmap, workload.loads)
    return build_fit_parts(steps, workload), is_reordered


def has_only_weeks(roadmap: Roadmap) -> bool:
    """Tell if every item stands in a week with a name."""
    return all(roadmap.find_week_of_item(item) for item in roadmap.items)


def _choose_week_time(roadmap: Roadmap, parts: Sequence[FitPart], hours: float | None) -> WeekTime:
    if hours:
        return WeekTime(hours * 60, is_stated=True)
    working = sum(part.weeks for part in parts if part.atoms)
    if has_only_weeks(roadmap) and working:
        return WeekTime(max(1, sum(part.total_load for part in parts) / working))
    return WeekTime(HOURS * 60)


def choose_parts(
    request: FitRequest, seasons: Sequence[Season], season: SeasonChoice
) -> ChosenParts:
    """Choose what of the plan a cohort takes. Raises `Refused` for a season there is not."""
    if season == "essentials":
        return _choose_essentials(request)
    if season == "all":
        return _choose_whole(request)
    if season == "auto":
        return _choose_what_fits(request, seasons)
    return _choose_season(seasons, season)


def _choose_what_fits(request: FitRequest, seasons: Sequence[Season]) -> ChosenParts:
    parts, weeks, time = request.parts, request.weeks, request.time
    if time.is_stated:
        trimmed = choose_items_to_trim(parts, request.roadmap, weeks, time)
        if trimmed:
            return ChosenParts("trimmed", remove_items(parts, trimmed), trimmed)
    if len(seasons) == 1:
        return ChosenParts("whole", parts)
    # A little less is better than a season more. Half a course would be another course.
    shortened = _choose_whole(request)
    if not is_much_longer(parts, weeks, time) and has_room(shortened.parts, weeks, time):
        return shortened
    return _choose_season(seasons, 1)


def _choose_whole(request: FitRequest) -> ChosenParts:
    if not request.time.is_stated:
        return ChosenParts("whole", request.parts)
    omitted = choose_items_to_omit(request.parts, request.roadmap, request.weeks, request.time)
    if not omitted:
        return ChosenParts("whole", request.parts)
    return ChosenParts("shortened", remove_items(request.parts, omitted), omitted)


def _choose_essentials(request: FitRequest) -> ChosenParts:
    optional = find_optional_items(request.roadmap)
    kept = remove_items(request.parts, optional)
    if not any(part.atoms for part in kept):
        raise Refused(
            "No item of this plan is essential: choose another season, or leave it empty.",
            "season",
        )
    omitted = tuple(item for item in request.roadmap.items if item in optional)
    return ChosenParts("essentials", kept, omitted)


def _choose_season(seasons: Sequence[Season], number: int) -> ChosenParts:
    count = len(seasons)
    if 1 <= number <= count:
        way: Way = "seasons" if count > 1 else "whole"
        return ChosenParts(way, seasons[number - 1].parts, (), number, count)
    if count == 1:
        raise Refused("This plan has only one season: leave the season empty.", "season")
    raise Refused(
        f"This plan has {count} seasons at that length: choose 1 to {count}, or all.", "season"
    )
