"""The fullest week of fitted roadmaps, beside the best division there can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import ceil, inf

from benchmarks.databases import Databases
from benchmarks.figures import Figure, Target, format_number
from bot.__main__ import load_bundled_roadmaps
from bot.group.calendar import Syllabus
from bot.group.fit import FitResult, fit_roadmap
from bot.group.fit.drafts import ROOMY
from bot.group.fit.measure import measure_roadmap
from bot.roadmap import Roadmap

WEEKS = (6, 8, 12)
HOURS = (5, 8)
TARGET = Target(1.15)
"""The fullest week against that of the best division.

In as many weeks as it has, a plan is what its file says while people have the time for it. In
others, weeks stay whole while they fill up to three quarters of the time.
"""


def measure_fit(_databases: Databases) -> Iterator[Figure]:
    """Yield a figure for each bundled roadmap, length and hours."""
    for roadmap in load_bundled_roadmaps().values():
        yield from measure_roadmap_fits(roadmap)


def measure_roadmap_fits(roadmap: Roadmap) -> Iterator[Figure]:
    """Yield a figure for each length and hours of one roadmap: its least even season."""
    for weeks in WEEKS:
        for hours in HOURS:
            seasons = list_seasons(roadmap, weeks, hours)
            figures = [_compare_season(roadmap, season, weeks, hours) for season in seasons]
            yield max(figures, key=lambda figure: (figure.found or 0, figure.ratio or 0))


def list_seasons(roadmap: Roadmap, weeks: int, hours: float) -> list[FitResult]:
    """Return what a moderator gets who says nothing more, and the seasons after it."""
    first = fit_roadmap(roadmap, weeks, hours)
    numbers = range(2, first.season_count + 1)
    return [first, *(fit_roadmap(roadmap, weeks, hours, number) for number in numbers)]


def _compare_season(roadmap: Roadmap, season: FitResult, weeks: int, hours: float) -> Figure:
    busy = [minutes for minutes in season.week_minutes if minutes]
    loads = measure_roadmap(roadmap, hours * 60).loads
    item_loads = [loads[item] for item in season.syllabus.all_items]
    best = find_best_fullest(cut_long_items(item_loads, hours * 60, len(busy)), len(busy))
    fullest = max(busy)
    # Where there is much room, nothing is torn to be more even.
    is_own = season.syllabus.weeks == Syllabus.from_roadmap(roadmap).weeks
    held = max(best, hours * 60 * (1 if is_own else ROOMY))
    shown = [
        f"fullest {_format_hours(fullest)}, best {_format_hours(best)}, "
        f"lightest {_format_hours(min(busy))}"
    ]
    if season.season_count > 1:
        shown.append(f"season {season.season} of {season.season_count}")
    if season.items_left_out:
        shown.append(f"{len(season.items_left_out)} left out")
    if fullest / best > TARGET.limit >= fullest / held:
        shown.append("weeks kept whole, as there is room")
    return Figure(
        f"{roadmap.slug}, {weeks} weeks of {hours:g} h",
        "; ".join(shown),
        fullest / best,
        TARGET,
        fullest / held,
    )


def _format_hours(minutes: float) -> str:
    return f"{format_number(minutes / 60)} h"


# — the yardstick: every division into neighbours, by dynamic programming —


def cut_long_items(loads: Sequence[float], week_minutes: float, weeks: int) -> list[float]:
    """Cut items longer than a week's time into equal pieces; others are never cut."""
    longest = max(week_minutes, sum(loads) / weeks)
    pieces: list[float] = []
    for load in loads:
        count = max(1, ceil(load / longest))
        pieces += [load / count] * count
    return pieces


def find_best_fullest(loads: Sequence[float], weeks: int) -> float:
    """Find how full the fullest week is in the best division into up to so many weeks.

    Time is O(len(loads)² × weeks).
    """
    sums = [0.0, *accumulate(loads)]
    # By number of items: the fullest week when these are done in so many weeks.
    fullest = [0.0, *[inf] * len(loads)]
    for _ in range(weeks):
        fullest = [0.0, *(_place_last_week(sums, fullest, end) for end in range(1, len(sums)))]
    return fullest[-1]


def _place_last_week(sums: Sequence[float], fullest: Sequence[float], end: int) -> float:
    return min(max(fullest[begin], sums[end] - sums[begin]) for begin in range(end))
