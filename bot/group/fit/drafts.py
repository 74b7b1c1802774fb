"""A season in the weeks there are: whole weeks of the plan, or its items divided anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from bot.group.fit.divide import divide_weights, find_min_group_weight
from bot.group.fit.parts import (
    Atom,
    FitPart,
    count_load_weeks,
    join_neighbour_parts,
    list_part_seam_costs,
    list_seam_costs,
    split_into_single_atoms,
)
from bot.group.fit.season import Season
from bot.group.fit.shares import (
    WeekTime,
    compute_max_weight,
    count_possible_weeks,
    count_stretched_weeks,
    divide_atoms_for_weeks,
    split_part,
)

EVEN_ENOUGH = 1.15
"""Whole weeks are kept while the fullest is no fuller than so many times what it must be."""

ROOMY = 0.75
"""In other lengths, whole weeks are kept while none fills more than such a share of its time."""


@dataclass(frozen=True, slots=True)
class WeekDraft:
    """A week in the making: whole weeks from the plan and pieces of parts, in order."""

    parts: tuple[FitPart, ...]

    @property
    def study_minutes(self) -> int:
        return sum(part.total_load for part in self.parts)

    @property
    def item_ids(self) -> tuple[str, ...]:
        return tuple(item for part in self.parts for atom in part.atoms for item in atom.items)

    @property
    def is_extra(self) -> bool:
        """Tell if the week only gives more time for items that came before."""
        atoms = [atom for part in self.parts for atom in part.atoms]
        return bool(atoms) and all(atom.is_extra for atom in atoms)


def fit_season_to_weeks(season: Season, weeks: int, time: WeekTime) -> tuple[list[WeekDraft], int]:
    """Fit a season into so many weeks, or into fewer where it has not enough for them.

    Weeks of the plan stay whole while none of the weeks gets too full.
    Returns the weeks, and the number of weeks off that found no room.
    """
    kept, dropped = _make_room(season.parts, weeks, time)
    is_long = _count_weeks(kept) > weeks
    fit_parts = _merge_parts if is_long else _spread_parts
    drafts = fit_parts(kept, weeks, time)
    # In as many weeks as it has, a plan is what its file says, if people have the time for it.
    enough = time.minutes if _count_weeks(kept) == weeks else time.minutes * ROOMY
    if time.is_stated:
        is_fine = _get_fullest(drafts) <= enough
    else:
        is_fine = not is_long
    if is_fine:
        return drafts, dropped
    return _divide_anew(kept, drafts, dropped, weeks, time)


def fit_whole_weeks(parts: Sequence[FitPart], weeks: int, time: WeekTime) -> list[WeekDraft] | None:
    """Fit parts into at least as many weeks as they take, all of these whole, however full.

    Returns None if there are fewer.
    """
    kept, _ = _make_room(parts, weeks, time)
    return _spread_parts(kept, weeks, time) if _count_weeks(kept) <= weeks else None


def _make_room(parts: Sequence[FitPart], weeks: int, time: WeekTime) -> tuple[list[FitPart], int]:
    counted = [_count_part_weeks(part, time) for part in parts]
    return _drop_pauses(counted, max(0, _count_weeks(counted) - weeks))


def _count_weeks(parts: Iterable[FitPart]) -> int:
    return sum(part.weeks for part in parts)


def _count_part_weeks(part: FitPart, time: WeekTime) -> FitPart:
    """Count the weeks a stretch takes with the items it has now."""
    if part.week is not None or not part.atoms:
        return part
    wanted = count_load_weeks(part.total_load, time.minutes)
    return replace(part, weeks=min(wanted, count_possible_weeks(part, time)))


def _get_fullest(drafts: Iterable[WeekDraft]) -> int:
    return max(draft.study_minutes for draft in drafts)


def _drop_pauses(parts: Iterable[FitPart], surplus: int) -> tuple[list[FitPart], int]:
    """Drop weeks off until there is room, from the end: nothing is learned in them."""
    kept: list[FitPart] = []
    dropped = 0
    for part in reversed(list(parts)):
        off = 0 if part.atoms else min(part.weeks, surplus - dropped)
        dropped += off
        if off < part.weeks:
            kept.append(replace(part, weeks=part.weeks - off))
    return kept[::-1], dropped


# — at least as many weeks as the plan takes —


def _spread_parts(parts: Sequence[FitPart], weeks: int, time: WeekTime) -> list[WeekDraft]:
    """Spread parts over at least as many weeks as they take.

    The heaviest is split first, while every week has work. Then the longest items get more time,
    a week each. What is left of the weeks is not needed.
    """
    counts = [part.weeks for part in parts]
    missing = _split_heaviest(parts, counts, weeks - sum(counts), time)
    for position in _list_longest_items(parts)[:missing]:
        counts[position] += 1
    drafts: list[WeekDraft] = []
    for part, count in zip(parts, counts, strict=True):
        if part.atoms:
            count = min(count, count_stretched_weeks(part, time))
        drafts += [WeekDraft((piece,)) for piece in split_part(part, count, time)]
    return drafts


def _split_heaviest(
    parts: Sequence[FitPart], counts: list[int], missing: int, time: WeekTime
) -> int:
    """Give weeks to the parts with the fullest weeks; return the number nobody can use."""
    possible = [count_possible_weeks(part, time) if part.atoms else 0 for part in parts]
    heap: list[tuple[float, int]] = []

    def push_part(position: int) -> None:
        if counts[position] < possible[position]:
            heappush(heap, (-parts[position].total_load / counts[position], position))

    for position in range(len(parts)):
        push_part(position)
    while missing and heap:
        _, position = heappop(heap)
        counts[position] += 1
        missing -= 1
        push_part(position)
    return missing


def _list_longest_items(parts: Sequence[FitPart]) -> list[int]:
    """List for each item, the longest first, the position of its part."""
    items = []
    for position, part in enumerate(parts):
        items += [(-atom.load, position) for atom in part.atoms]
    return [position for _, position in sorted(items)]


# — fewer weeks than the plan takes —


def _merge_parts(parts: Sequence[FitPart], weeks: int, time: WeekTime) -> list[WeekDraft]:
    """Put neighbours together; a week with a name stays whole."""
    loose = [atom for part in parts if part.week is None for atom in part.atoms]
    divided = _map_by_item(divide_atoms_for_weeks(loose, weeks, time) if loose else [])
    pieces: list[FitPart] = []
    for part in parts:
        if part.week is not None:
            pieces.append(part)
        else:
            pieces += _build_pieces(part, divided)
    weights = [max(1, piece.total_load) for piece in pieces]
    max_weight = compute_max_weight(weights, weeks, time)
    cuts = divide_weights(weights, weeks, list_seam_costs(pieces), max_weight)
    return [WeekDraft(tuple(join_neighbour_parts(pieces[cut]))) for cut in cuts]


def _map_by_item(atoms: Iterable[Atom]) -> dict[str, list[Atom]]:
    by_item: dict[str, list[Atom]] = {}
    for atom in atoms:
        by_item.setdefault(atom.main_item, []).append(atom)
    return by_item


def _build_pieces(part: FitPart, divided: Mapping[str, Sequence[Atom]]) -> list[FitPart]:
    """Build a part for each share of each item."""
    atoms = tuple(share for atom in part.atoms for share in divided[atom.main_item])
    return split_into_single_atoms(replace(part, atoms=atoms))


# — no matter where the plan's weeks end —


def _divide_anew(
    parts: Sequence[FitPart], drafts: list[WeekDraft], dropped: int, weeks: int, time: WeekTime
) -> tuple[list[WeekDraft], int]:
    """Divide single items, where the division so far is much fuller than it must be."""
    weeks_off = sum(part.weeks for part in parts if not part.atoms)
    found = _divide_items(parts, max(1, weeks - weeks_off), time)
    if weeks_off and time.is_stated and _get_fullest(found) > time.limit:
        # Rather no week off than a week that is too full.
        dropped += weeks_off
        parts = [part for part in parts if part.atoms]
        weeks_off = 0
        found = _divide_items(parts, weeks, time)
    if not weeks_off and _is_even_enough(drafts, found, time):
        return drafts, dropped
    return _insert_pauses(found, parts), dropped


def _is_even_enough(drafts: list[WeekDraft], found: list[WeekDraft], time: WeekTime) -> bool:
    """Tell if whole weeks are nearly as good as a division that tears some of them."""
    fullest = _get_fullest(drafts)
    if time.is_stated and fullest > time.limit:
        return fullest <= _get_fullest(found)
    shares = [atom.load for draft in found for part in draft.parts for atom in part.atoms]
    least = find_min_group_weight([max(1, load) for load in shares], len(found))
    return fullest <= EVEN_ENOUGH * least


def _divide_items(parts: Sequence[FitPart], weeks: int, time: WeekTime) -> list[WeekDraft]:
    """Divide single items into so many weeks, or fewer where there are not enough of them."""
    atoms = [atom for part in parts for atom in part.atoms]
    divided = _map_by_item(divide_atoms_for_weeks(atoms, weeks, time))
    pieces: list[FitPart] = []
    for part in parts:
        if part.atoms:
            pieces += _build_pieces(part, divided)
    weeks = min(weeks, len(pieces))
    weights = [max(1, piece.total_load) for piece in pieces]
    max_weight = compute_max_weight(weights, weeks, time)
    cuts = divide_weights(weights, weeks, list_part_seam_costs(pieces), max_weight)
    return _number_torn_weeks([join_neighbour_parts(pieces[cut]) for cut in cuts])


def _number_torn_weeks(groups: Sequence[Sequence[FitPart]]) -> list[WeekDraft]:
    """Number the pieces of every week with a name that has become several."""
    totals = Counter(part.position for group in groups for part in group)
    seen: Counter[int] = Counter()
    drafts = []
    for group in groups:
        parts = []
        for part in group:
            seen[part.position] += 1
            if part.week is not None:
                part = replace(part, piece=seen[part.position], pieces=totals[part.position])
            parts.append(part)
        drafts.append(WeekDraft(tuple(parts)))
    return drafts


def _insert_pauses(drafts: Sequence[WeekDraft], parts: Sequence[FitPart]) -> list[WeekDraft]:
    """Insert the weeks off, each after the week that ends what comes before it."""
    last_draft: dict[int, int] = {}
    for number, draft in enumerate(drafts):
        last_draft.update(dict.fromkeys((part.position for part in draft.parts), number))
    pauses: dict[int, list[WeekDraft]] = {}
    current = -1
    for part in parts:
        if part.atoms:
            current = last_draft[part.position]
        else:
            pauses.setdefault(current, []).extend(
                WeekDraft((pause,)) for pause in split_part(part, part.weeks, WeekTime(1))
            )
    result = list(pauses.get(-1, ()))
    for number, draft in enumerate(drafts):
        result += [draft, *pauses.get(number, ())]
    return result
