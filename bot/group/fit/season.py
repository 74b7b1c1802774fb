"""Seasons of a long plan: cut by work, between stages where it can be."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from math import inf

from bot.group.fit.divide import UNEVEN, count_groups
from bot.group.fit.parts import (
    FitPart,
    join_neighbour_parts,
    list_part_seam_costs,
    split_into_single_atoms,
)
from bot.group.fit.shares import WeekTime, divide_long_atoms

SEASONS_FROM = 1.5
"""A plan with more than so many times the work becomes seasons; a shorter one is compressed."""

STAGE_PULL = 2
"""A cut inside a stage is so many times less welcome between seasons than between weeks."""


@dataclass(frozen=True, slots=True)
class Season:
    """Parts of the plan, in order."""

    parts: tuple[FitPart, ...]

    @property
    def total_load(self) -> int:
        return sum(part.total_load for part in self.parts)


def has_room(parts: Iterable[FitPart], weeks: int, time: WeekTime) -> bool:
    """Tell if all items find room in so many weeks, none of them too full."""
    atoms = [atom for part in parts for atom in part.atoms]
    shares = divide_long_atoms(atoms, time.minutes)
    weights = [max(1, atom.load) for atom in shares]
    if not weights:
        return True
    limit = max(int(time.limit), max(weights))
    return count_groups(weights, limit) <= weeks


def is_much_longer(parts: Iterable[FitPart], weeks: int, time: WeekTime) -> bool:
    """Tell if a plan has much more work than the weeks have time."""
    total = sum(part.total_load for part in parts)
    return total > SEASONS_FROM * weeks * time.minutes


def count_seasons(parts: Sequence[FitPart], weeks: int, time: WeekTime) -> int:
    """Count the seasons that have room for a plan."""
    ends = _list_furthest_ends(_list_pieces(parts, weeks, time), weeks, time)
    count, place = 0, 0
    while place < len(ends):
        count, place = count + 1, ends[place]
    return count


def split_into_seasons(parts: Sequence[FitPart], weeks: int, time: WeekTime) -> list[Season]:
    """Split a plan into as few seasons as have room for it, between stages where it can be.

    An item is never parted. One longer than a season has a season of its own.
    """
    pieces = _list_pieces(parts, weeks, time)
    cuts = _find_best_cuts(pieces, _list_furthest_ends(pieces, weeks, time))
    begun: set[int] = set()
    seasons = []
    for begin, end in pairwise(cuts):
        season = _build_season(pieces[begin:end], begun)
        begun.update(piece.position for piece in pieces[begin:end])
        if season.parts:
            seasons.append(season)
    return seasons


def _list_pieces(parts: Sequence[FitPart], weeks: int, time: WeekTime) -> list[FitPart]:
    """List what a season cannot part: items, and weeks with a name that fit into one."""
    busy = [part for part in parts if part.atoms]
    first, last = parts.index(busy[0]), parts.index(busy[-1])
    pieces: list[FitPart] = []
    # Weeks off at both ends of a plan are no part of any season.
    for part in parts[first : last + 1]:
        if part.week is not None and has_room([part], weeks, time):
            pieces.append(part)
        else:
            pieces += split_into_single_atoms(part)
    return pieces


def _find_best_cuts(pieces: Sequence[FitPart], ends: Sequence[int]) -> list[int]:
    """Find the cuts for the fewest seasons: at welcome places, and of even work.

    `ends` lists for each place how far a season that begins there can go.
    """
    length = len(pieces)
    sums = [0, *accumulate(piece.total_load for piece in pieces)]
    counts = [0] * (length + 1)
    for place in reversed(range(length)):
        counts[place] = 1 + counts[ends[place]]
    even = max(1.0, sums[-1] / counts[0])
    seams = [*(STAGE_PULL * cost for cost in list_part_seam_costs(pieces)), 0.0]
    costs = [0.0] * (length + 1)
    following = [length] * (length + 1)
    for begin in reversed(range(length)):
        best = inf
        # The later a season ends, the fewer follow: only the last ends need no season more.
        for end in range(ends[begin], begin, -1):
            if counts[end] >= counts[begin]:
                break
            uneven = (sums[end] - sums[begin]) / even - 1
            cost = UNEVEN * uneven * uneven + seams[end] + costs[end]
            if cost < best:
                best, following[begin] = cost, end
        costs[begin] = best
    cuts = [0]
    while cuts[-1] < length:
        cuts.append(following[cuts[-1]])
    return cuts


def _list_furthest_ends(pieces: Sequence[FitPart], weeks: int, time: WeekTime) -> list[int]:
    """List for each place how far a season that begins there can go; one piece always goes."""
    if time.is_stated:
        ends = _list_ends_by_hours(pieces, weeks, time)
    else:
        ends = _list_ends_by_weeks(pieces, weeks, time)
    return [max(begin + 1, end) for begin, end in enumerate(ends)]


def _list_ends_by_hours(pieces: Sequence[FitPart], weeks: int, time: WeekTime) -> list[int]:
    loads: list[int] = []
    starts = [0]
    for piece in pieces:
        loads += [atom.load for atom in divide_long_atoms(piece.atoms, time.minutes)]
        starts.append(len(loads))
    sums = [0, *accumulate(loads)]
    # By share: where the week that begins with it ends, and in the end where the season does.
    jumps = [
        max(bisect_right(sums, before + time.limit) - 1, min(share + 1, len(loads)))
        for share, before in enumerate(sums)
    ]
    season_ends = _repeat_jumps(jumps, weeks)
    return [bisect_right(starts, season_ends[start]) - 1 for start in starts[:-1]]


def _repeat_jumps(jumps: Sequence[int], times: int) -> list[int]:
    """Return where so many jumps lead from each place, by doubling."""
    result = list(range(len(jumps)))
    doubled = list(jumps)
    while times:
        if times % 2:
            result = [doubled[place] for place in result]
        doubled = [doubled[place] for place in doubled]
        times //= 2
    return result


def _list_ends_by_weeks(pieces: Sequence[FitPart], weeks: int, time: WeekTime) -> list[int]:
    # Nobody named hours: what must not be compressed are the plan's own weeks.
    lengths = [1.0 if piece.week else piece.total_load / time.limit for piece in pieces]
    sums = [0.0, *accumulate(lengths)]
    # A little more, so that weeks that just fit do, in spite of rounding.
    return [bisect_right(sums, before + weeks + 1e-6) - 1 for before in sums[:-1]]


def _build_season(pieces: Sequence[FitPart], begun: set[int]) -> Season:
    """Build a season. The rest of a week that an earlier season began is single items."""
    parts = []
    for part in join_neighbour_parts(_strip_outer_pauses(pieces)):
        if part.week is not None:
            is_rest = part.position in begun
            part = replace(part, weeks=1, week=None if is_rest else part.week)
        parts.append(part)
    return Season(tuple(parts))


def _strip_outer_pauses(pieces: Sequence[FitPart]) -> Sequence[FitPart]:
    """Drop pauses at the beginning and the end: between two seasons there is a pause anyway."""
    busy = [number for number, piece in enumerate(pieces) if piece.atoms]
    if not busy:
        return ()
    return pieces[busy[0] : busy[-1] + 1]


def remove_items(parts: Iterable[FitPart], items: Iterable[str]) -> list[FitPart]:
    """Remove items from parts, and the parts that have nothing left."""
    gone = set(items)
    kept = []
    for part in parts:
        thinner = _remove_part_items(part, gone)
        # A part without atoms from the start is a pause, and stays.
        if thinner.atoms or not part.atoms:
            kept.append(thinner)
    return kept


def _remove_part_items(part: FitPart, gone: set[str]) -> FitPart:
    atoms = []
    for atom in part.atoms:
        rest = tuple(item for item in atom.items if item not in gone)
        if atom.main_item not in gone:
            atoms.append(replace(atom, items=rest))
        elif rest:
            # Other ways to do the item that is left out: they cost no time.
            atoms.append(replace(atom, items=rest, main_item=rest[0], load=0))
    return replace(part, atoms=tuple(atoms))
