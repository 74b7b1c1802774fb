"""Seasons in a long plan, and a season in exactly the weeks there are: spread or compressed."""

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
    """Weeks in the plan, in order, each as its own part."""

    weeks: tuple[FitPart, ...]


@dataclass(frozen=True, slots=True)
class WeekDraft:
    """A week in the making: whole weeks from the plan and pieces of stretches, in order.

    If one week of the plan has become several, `piece_number` of `piece_count` counts those with
    items. 0 is one that only goes on.
    """

    parts: tuple[FitPart, ...]
    piece_number: int = 1
    piece_count: int = 1

    @property
    def study_minutes(self) -> int:
        return sum(part.total_load for part in self.parts)

    @property
    def item_ids(self) -> tuple[str, ...]:
        return tuple(item for part in self.parts for atom in part.atoms for item in atom.items)


def split_into_seasons(weeks: Sequence[FitPart], count: int, max_weeks: int) -> list[Season]:
    """Split weeks into up to `count` seasons with up to `max_weeks` each, between stages.

    A season without anything to do is none: its weeks go with the season before.
    """
    seams = list_seam_costs(weeks)
    seasons: list[list[FitPart]] = []
    for cut in divide_weights([1] * len(weeks), count, seams, max_weeks):
        season = list(weeks[cut])
        # Nobody would join a season that is all pause, first or last.
        if seasons and not (_has_any_items(season) and _has_any_items(seasons[-1])):
            seasons[-1] += season
        else:
            seasons.append(season)
    return [Season(tuple(_strip_outer_pauses(season))) for season in seasons]


def _has_any_items(weeks: Iterable[FitPart]) -> bool:
    return any(map(_has_items, weeks))


def _has_items(part: FitPart) -> bool:
    return any(atom.items for atom in part.atoms)


def _strip_outer_pauses(weeks: list[FitPart]) -> list[FitPart]:
    """Drop pauses at the beginning and the end: between two seasons there is a pause anyway."""
    busy = [number for number, week in enumerate(weeks) if week.atoms]
    return weeks[busy[0] : busy[-1] + 1]


def fit_season_to_weeks(season: Season, weeks: int) -> tuple[list[WeekDraft], int]:
    """Fit a season into exactly so many weeks.

    Returns the weeks, and the number of weeks off that found no room.
    """
    surplus = len(season.weeks) - weeks
    if surplus <= 0:
        return _spread_parts(_merge_neighbour_weeks(season.weeks), weeks), 0
    # Weeks off go first, from the end: nothing is learned in them.
    pauses = [number for number, week in enumerate(season.weeks) if not week.atoms]
    dropped = set(pauses[-surplus:])
    kept = [week for number, week in enumerate(season.weeks) if number not in dropped]
    if len(kept) == weeks:
        return [WeekDraft((week,)) for week in kept], len(dropped)
    return _merge_parts_into_weeks(_merge_neighbour_weeks(kept), weeks), len(dropped)


def _merge_neighbour_weeks(weeks: Iterable[FitPart]) -> list[FitPart]:
    """Join neighbouring weeks from one stretch into one part again."""
    # Parts were split into the plan's own weeks to find the seasons. They are split once more
    # into the weeks there are, and that works best from whole parts.
    parts = []
    for _, group in groupby(weeks, key=lambda week: week.position):
        parts.append(_join_stretch_weeks(list(group)))
    return parts


def _join_stretch_weeks(weeks: Sequence[FitPart]) -> FitPart:
    atoms = tuple(atom for week in weeks for atom in week.atoms)
    return replace(weeks[0], atoms=atoms, weeks=len(weeks))


def _spread_parts(parts: list[FitPart], weeks: int) -> list[WeekDraft]:
    """Spread parts over at least as many weeks as they take.

    The heaviest is split first, until every item has its own week; then the longest items go on.
    """
    week_counts = [part.weeks for part in parts]
    additional = weeks - sum(week_counts)
    # A heap with the heaviest weeks first, for parts that can be split further.
    heap: list[tuple[float, int]] = []

    def push_part(position: int) -> None:
        part, count = parts[position], week_counts[position]
        if len(part.atoms) > count:
            heappush(heap, (-part.total_load / count, position))

    for position in range(len(parts)):
        push_part(position)
    while additional and heap:
        _, position = heappop(heap)
        week_counts[position] += 1
        additional -= 1
        push_part(position)
    # No part can be split any more, as every item has a week: now items take several weeks.
    for position in _choose_parts_to_extend(parts, additional):
        week_counts[position] += 1
    drafts: list[WeekDraft] = []
    for part, count in zip(parts, week_counts, strict=True):
        drafts += _build_week_drafts(part, count)
    return drafts


def _choose_parts_to_extend(parts: Sequence[FitPart], weeks: int) -> Iterator[int]:
    """For each additional week, yield the position of the part with the longest item then."""
    loads: Counter[tuple[int, str]] = Counter()
    counts: Counter[tuple[int, str]] = Counter()
    for position, part in enumerate(parts):
        for atom in part.atoms:
            loads[position, atom.main_item] += max(1, atom.load)
            counts[position, atom.main_item] += 1
    heap = [(-loads[key] / counts[key], key) for key in counts]
    heapify(heap)
    for _ in range(weeks):
        key = heap[0][1]
        counts[key] += 1
        heapreplace(heap, (-loads[key] / counts[key], key))
        yield key[0]


def _build_week_drafts(part: FitPart, weeks: int) -> Iterator[WeekDraft]:
    """Build the weeks for one part; only pieces of a named week are counted."""
    pieces = split_part(part, weeks)
    is_named = part.week is not None
    piece_count = 1
    if is_named and part.atoms:
        piece_count = sum(map(_has_items, pieces))
    number = 0
    for piece in pieces:
        if piece.atoms and not _has_items(piece):
            yield WeekDraft((piece,), 0, piece_count)
            continue
        number += 1
        if is_named:
            yield WeekDraft((piece,), number, piece_count)
        else:
            yield WeekDraft((piece,), 1, piece_count)


def _merge_parts_into_weeks(parts: Sequence[FitPart], weeks: int) -> list[WeekDraft]:
    """Compress parts into fewer weeks than they take, the fullest as light as possible.

    Neighbours share a week; a week in the plan stays whole.
    """
    pieces: list[FitPart] = []
    for part in parts:
        pieces += _split_into_pieces(part)
    # At least 1: a week off weighs nothing, and `divide_weights` needs weights above zero.
    weights = [max(1, piece.total_load) for piece in pieces]
    cuts = divide_weights(weights, weeks, list_seam_costs(pieces))
    return [WeekDraft(tuple(_merge_neighbour_weeks(pieces[cut]))) for cut in cuts]


def _split_into_pieces(part: FitPart) -> list[FitPart]:
    if part.week is not None:
        return [part]
    return [replace(part, atoms=(atom,), stages=atom.stages) for atom in part.atoms]
