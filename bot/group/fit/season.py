"""Seasons of a long plan, and a season in exactly the weeks there are: spread over them, or pressed together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush, heapreplace
from itertools import groupby

from bot.group.fit.divide import divide_weights
from bot.group.fit.parts import FitPart, list_seam_costs, split_part


@dataclass(frozen=True, slots=True)
class Season:
    """Weeks of the plan, in order, each as a part of its own."""

    weeks: tuple[FitPart, ...]


@dataclass(frozen=True, slots=True)
class WeekDraft:
    """A week in the making: whole weeks of the plan and pieces of stretches, in order. `piece` of `pieces` counts the weeks
    with items that one week of the plan has become; 0 is one that only goes on."""

    parts: tuple[FitPart, ...]
    piece_number: int = 1
    piece_count: int = 1

    @property
    def study_minutes(self) -> int:
        """Minutes of work."""
        return sum(part.total_load for part in self.parts)

    @property
    def item_ids(self) -> tuple[str, ...]:
        return tuple(item for part in self.parts for atom in part.atoms for item in atom.items)


def split_into_seasons(weeks: Sequence[FitPart], count: int, max_weeks: int) -> list[Season]:
    """`count` seasons of up to `most` weeks, parted between stages where that is possible. One without anything to do is
    none: its weeks go with the season before."""
    cuts = divide_weights(
        [1] * len(weeks), count, list_seam_costs([week.stages for week in weeks]), max_weeks
    )
    found: list[list[FitPart]] = []
    for cut in cuts:
        part = list(weeks[cut])
        if found and not (_has_any_items(part) and _has_any_items(found[-1])):
            found[-1] += part
        else:
            found.append(part)
    return [Season(tuple(_strip_outer_pauses(season))) for season in found]


def _has_any_items(weeks: Iterable[FitPart]) -> bool:
    return any(atom.items for week in weeks for atom in week.atoms)


def _strip_outer_pauses(weeks: list[FitPart]) -> list[FitPart]:
    """Without pauses at the beginning and the end, where the season's own pause is."""
    busy = [number for number, week in enumerate(weeks) if week.atoms]
    return weeks[busy[0] : busy[-1] + 1]


def fit_season_to_weeks(season: Season, weeks: int) -> tuple[list[WeekDraft], int]:
    """A season in exactly so many weeks, and how many weeks off found no room."""
    if len(season.weeks) <= weeks:
        return _spread_parts(_merge_neighbour_weeks(season.weeks), weeks), 0
    surplus = len(season.weeks) - weeks
    off = set([number for number, week in enumerate(season.weeks) if not week.atoms][-surplus:])
    left = [week for number, week in enumerate(season.weeks) if number not in off]
    if len(left) == weeks:
        return [WeekDraft((week,)) for week in left], len(off)
    return _merge_parts_into_weeks(_merge_neighbour_weeks(left), weeks), len(off)


def _merge_neighbour_weeks(weeks: Iterable[FitPart]) -> list[FitPart]:
    """Neighbouring weeks of one stretch as one part again."""
    found = []
    for _, group in groupby(weeks, key=lambda week: week.position):
        same = list(group)
        atoms = tuple(atom for week in same for atom in week.atoms)
        found.append(replace(same[0], atoms=atoms, weeks=len(same)))
    return found


def _spread_parts(parts: list[FitPart], weeks: int) -> list[WeekDraft]:
    """At least as many weeks as the parts take: the heaviest is split first, until every item has a week of its own."""
    given = [part.weeks for part in parts]
    more = weeks - sum(given)
    heap = [
        (-part.total_load / given[place], place)
        for place, part in enumerate(parts)
        if len(part.atoms) > given[place]
    ]
    heapify(heap)
    while more and heap:
        _, place = heappop(heap)
        given[place] += 1
        more -= 1
        if len(parts[place].atoms) > given[place]:
            heappush(heap, (-parts[place].total_load / given[place], place))
    for place in _choose_parts_to_extend(parts, more):
        given[place] += 1
    return [
        draft
        for part, count in zip(parts, given, strict=True)
        for draft in _build_week_drafts(part, count)
    ]


def _choose_parts_to_extend(parts: Sequence[FitPart], weeks: int) -> Iterator[int]:
    """For each of so many weeks more, the place of the part that has the longest item, which goes on then."""
    loads: Counter[tuple[int, str]] = Counter()
    has: Counter[tuple[int, str]] = Counter()
    for place, part in enumerate(parts):
        for atom in part.atoms:
            loads[place, atom.main_item] += max(1, atom.load)
            has[place, atom.main_item] += 1
    heap = [(-loads[key] / has[key], key) for key in has]
    heapify(heap)
    for _ in range(weeks):
        key = heap[0][1]
        has[key] += 1
        heapreplace(heap, (-loads[key] / has[key], key))
        yield key[0]


def _build_week_drafts(part: FitPart, weeks: int) -> Iterator[WeekDraft]:
    cut = split_part(part, weeks)
    pieces = (
        sum(any(atom.items for atom in one.atoms) for one in cut) if part.week and part.atoms else 1
    )
    piece = 0
    for one in cut:
        goes_on = bool(one.atoms) and not any(atom.items for atom in one.atoms)
        piece += not goes_on
        yield WeekDraft((one,), 0 if goes_on else piece if part.week else 1, pieces)


def _merge_parts_into_weeks(parts: Sequence[FitPart], weeks: int) -> list[WeekDraft]:
    """Fewer weeks than the parts take: neighbours share a week, the fullest as light as possible; a week of the plan stays
    whole."""
    pieces = [piece for part in parts for piece in _split_into_pieces(part)]
    weights = [max(1, piece.total_load) for piece in pieces]
    cuts = divide_weights(weights, weeks, list_seam_costs([piece.stages for piece in pieces]))
    return [WeekDraft(tuple(_merge_neighbour_weeks(pieces[cut]))) for cut in cuts]


def _split_into_pieces(part: FitPart) -> list[FitPart]:
    if part.week is not None:
        return [part]
    return [replace(part, atoms=(atom,), stages=atom.stages) for atom in part.atoms]
