"""Long items divided into shares, and one part divided into weeks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from math import ceil

from bot.group.fit.divide import divide_weights, find_min_group_weight
from bot.group.fit.parts import Atom, FitPart, list_seam_costs

SLACK = 1.1
"""A week may hold so many times the time there is.

Most weights are guesses, and a promise to the minute would be a false one.
"""

LEAST_SHARE = 120  # minutes
"""A share of an item is no shorter, unless the week itself is: less is not worth a week."""


@dataclass(frozen=True, slots=True)
class WeekTime:
    """The minutes in a week. Only those that a moderator stated are a limit."""

    minutes: float
    is_stated: bool = False

    @property
    def limit(self) -> float:
        """The most a week may hold."""
        return self.minutes * SLACK


def divide_long_atoms(atoms: Iterable[Atom], share_minutes: float) -> list[Atom]:
    """Divide atoms longer than a share into as many as they need."""
    divided: list[Atom] = []
    for atom in atoms:
        divided += _divide_atom(atom, _count_shares(atom, share_minutes))
    return divided


def _count_shares(atom: Atom, share_minutes: float) -> int:
    return max(1, ceil(atom.load / share_minutes - (SLACK - 1)))


def _divide_atom(atom: Atom, shares: int) -> list[Atom]:
    if shares == 1:
        return [atom]
    load, rest = divmod(atom.load, shares)
    pieces = []
    for share in range(1, shares + 1):
        # The first shares are a minute longer where it does not come out even.
        piece = replace(atom, load=load + (share <= rest), share=share, shares=shares)
        pieces.append(piece if share == 1 else replace(piece, items=()))
    return pieces


def compute_max_weight(weights: Sequence[int], groups: int, time: WeekTime) -> int:
    """Return how much the fullest of so many weeks should hold: near the least there can be."""
    least = find_min_group_weight(weights, groups)
    wanted = least * SLACK
    if time.is_stated:
        wanted = min(wanted, time.limit)
    return max(least, int(wanted))


# — one part in so many weeks —


def count_possible_weeks(part: FitPart, time: WeekTime) -> int:
    """Count the weeks a part can be divided into, each with something to do."""
    return max(1, sum(_count_possible_shares(atom, time) for atom in part.atoms))


def count_stretched_weeks(part: FitPart, time: WeekTime) -> int:
    """Count the weeks a part can take at most: one without work after each item."""
    return count_possible_weeks(part, time) + len(part.atoms)


def _count_possible_shares(atom: Atom, time: WeekTime) -> int:
    return max(1, atom.load // LEAST_SHARE, _count_shares(atom, time.minutes))


def split_part(part: FitPart, weeks: int, time: WeekTime) -> list[FitPart]:
    """Split a part into so many weeks, as even as its items allow.

    `weeks` is at most `count_stretched_weeks`, except for a pause.
    """
    if weeks == 1 or not part.atoms:
        return [replace(part, weeks=1)] * weeks
    atoms = divide_atoms_for_weeks(part.atoms, weeks, time)
    weights = [max(1, atom.load) for atom in atoms]
    max_weight = compute_max_weight(weights, weeks, time)
    cuts = divide_weights(weights, weeks, list_seam_costs(atoms), max_weight)
    pieces = [
        replace(part, atoms=tuple(atoms[cut]), weeks=1, stages=atoms[cut.start].stages)
        for cut in cuts
    ]
    return number_pieces(pieces)


def number_pieces(pieces: Sequence[FitPart]) -> list[FitPart]:
    """Number the pieces of one week with a name; more time at its end is none of them."""
    if pieces[0].week is None:
        return list(pieces)
    working = [piece for piece in pieces if not all(atom.is_extra for atom in piece.atoms)]
    numbered = []
    number = 0
    for piece in pieces:
        if piece.atoms and all(atom.is_extra for atom in piece.atoms):
            numbered.append(replace(piece, piece=0, pieces=len(working)))
            continue
        number += 1
        numbered.append(replace(piece, piece=number, pieces=len(working)))
    return numbered


def divide_atoms_for_weeks(atoms: Sequence[Atom], weeks: int, time: WeekTime) -> list[Atom]:
    """Divide long items so that so many weeks can be even, and there is something for each."""
    average = max(1, sum(atom.load for atom in atoms) / weeks)
    longest = max(average, time.minutes)
    # Short shares fill weeks without gaps; long ones do not leave one over. Either may be better.
    tried = []
    candidates = (longest, time.minutes, (average + longest) / 2, average)
    for share_minutes in dict.fromkeys(candidates):
        divided = _divide_into_enough(atoms, weeks, time, share_minutes, longest)
        weights = [max(1, atom.load) for atom in divided]
        tried.append((find_min_group_weight(weights, weeks), divided))
    # Of equals the first: it has the fewest shares.
    return min(tried, key=lambda pair: pair[0])[1]


def _divide_into_enough(
    atoms: Sequence[Atom], weeks: int, time: WeekTime, share_minutes: float, longest: float
) -> list[Atom]:
    possible = [_count_possible_shares(atom, time) for atom in atoms]
    counts = []
    for atom, most in zip(atoms, possible, strict=True):
        wanted = min(_count_shares(atom, share_minutes), most)
        counts.append(max(_count_shares(atom, longest), wanted))
    extras = _add_shares(atoms, counts, possible, weeks)
    divided: list[Atom] = []
    for place, (atom, count) in enumerate(zip(atoms, counts, strict=True)):
        divided += _divide_atom(atom, count)
        if place in extras:
            divided.append(replace(atom, items=(), load=0))
    return divided


def _add_shares(
    atoms: Sequence[Atom], counts: list[int], possible: Sequence[int], weeks: int
) -> set[int]:
    """Raise the counts until there are enough for the weeks, the longest shares first.

    Returns the places of the items that get a week more without work, where that is not enough.
    """
    heap: list[tuple[float, int]] = []

    def push_atom(place: int) -> None:
        if counts[place] < possible[place]:
            heappush(heap, (-atoms[place].load / counts[place], place))

    for place in range(len(atoms)):
        push_atom(place)
    missing = weeks - sum(counts)
    while missing > 0 and heap:
        _, place = heappop(heap)
        counts[place] += 1
        missing -= 1
        push_atom(place)
    by_length = sorted(range(len(atoms)), key=lambda place: (-atoms[place].load, place))
    return set(by_length[: max(0, missing)])
