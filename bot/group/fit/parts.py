"""The parts a plan is fitted from: its own weeks, and stretches of items spread over weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heapreplace
from itertools import groupby, pairwise
from math import ceil
from typing import Protocol

from bot.group.fit.divide import divide_weights
from bot.group.fit.measure import RoadmapWorkload, convert_span_to_minutes
from bot.group.fit.order import FitStep
from bot.roadmap import Stage, Week

# No cohort has more weeks than that, so pauses beyond it are dropped.
MOST_OFF = 104
"""Weeks off outside the plan's own weeks."""


@dataclass(frozen=True, slots=True)
class Atom:
    """Work that is never torn apart: an item, with other ways to do it beside it.

    Without items, it is time to go on with `main_item`.
    """

    items: tuple[str, ...]
    main_item: str
    load: int
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class FitPart:
    """Some `weeks` in the plan: one with a name there, a stretch of items, or a pause.

    `position` is its number in the plan's order.
    """

    position: int
    atoms: tuple[Atom, ...]
    weeks: int
    stages: tuple[Stage, ...]
    week: Week | None = None

    @property
    def total_load(self) -> int:
        return sum(atom.load for atom in self.atoms)


def build_fit_parts(steps: Sequence[FitStep], workload: RoadmapWorkload) -> list[FitPart]:
    """Turn steps into parts; all items between two weeks in the plan are one stretch."""
    parts: list[FitPart] = []
    weeks_off_left = MOST_OFF
    for is_stretch, group in groupby(steps, key=_is_single_item):
        if is_stretch:
            parts.append(_build_stretch(group, workload, len(parts)))
            continue
        for step in group:
            weeks = 1
            if step.week is None:
                weeks = min(weeks_off_left, _count_pause_weeks(step.stages[-1]))
                weeks_off_left -= weeks
            if weeks:
                atoms = tuple(_build_atoms([step], workload))
                parts.append(FitPart(len(parts), atoms, weeks, step.stages, step.week))
    return parts


def _is_single_item(step: FitStep) -> bool:
    return step.week is None and bool(step.items)


def _build_stretch(steps: Iterable[FitStep], workload: RoadmapWorkload, position: int) -> FitPart:
    atoms = tuple(_split_long_atoms(_build_atoms(steps, workload), workload.week_minutes))
    minutes = sum(atom.load for atom in atoms)
    weeks = max(1, _round_half_up(minutes / workload.week_minutes))
    return FitPart(position, atoms, weeks, atoms[0].stages)


def _count_pause_weeks(stage: Stage) -> int:
    """Count the weeks for a stage that is a pause, at least one."""
    if not stage.time:
        return 1
    # With weeks of one "minute", the minutes are weeks.
    return max(1, _round_half_up(convert_span_to_minutes(stage.time, 1)))


def _round_half_up(number: float) -> int:
    # Not `round`, which takes halves to the even neighbour: 2.5 weeks would be 2.
    return int(number + 0.5)


def _build_atoms(steps: Iterable[FitStep], workload: RoadmapWorkload) -> list[Atom]:
    """Turn items into atoms; an item that costs no time goes with the one before it."""
    atoms: list[Atom] = []
    # Items without time at the very beginning wait for the first one that has some.
    waiting: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    for step in steps:
        stages = step.stages
        for item in step.items:
            load = _round_half_up(workload.loads[item])
            if load:
                atoms.append(Atom((*waiting, item), item, load, stages))
                waiting = ()
            elif atoms:
                atoms[-1] = replace(atoms[-1], items=(*atoms[-1].items, item))
            else:
                waiting = (*waiting, item)
    if waiting:
        atoms.append(Atom(waiting, waiting[0], 0, stages))
    return atoms


def _split_long_atoms(atoms: Iterable[Atom], week_minutes: float) -> Iterator[Atom]:
    """Spread an item that takes several weeks over as many atoms; only the first has the item."""
    for atom in atoms:
        count = max(1, ceil(atom.load / week_minutes - 0.1))  # a tenth too much is not worth a week
        share = atom.load // count
        yield replace(atom, load=share)
        yield from [replace(atom, items=(), load=share)] * (count - 1)


def extend_atoms(atoms: Sequence[Atom], count: int) -> tuple[Atom, ...]:
    """Return at least `count` atoms: the longest items go on for longer."""
    if len(atoms) >= count:
        return tuple(atoms)
    # An item may have several atoms already; what counts is all of its work together.
    loads: Counter[str] = Counter()
    for atom in atoms:
        loads[atom.main_item] += max(1, atom.load)
    old_counts = Counter(atom.main_item for atom in atoms)
    new_counts = _count_extended_atoms(loads, old_counts, count - len(atoms))
    left = old_counts.copy()
    extended: list[Atom] = []
    for atom in atoms:
        item = atom.main_item
        share = replace(atom, load=max(1, loads[item] // new_counts[item]))
        extended.append(share)
        left[item] -= 1
        # New atoms follow the last one so far, or the item would go on before it began.
        if not left[item]:
            extended += [replace(share, items=())] * (new_counts[item] - old_counts[item])
    return tuple(extended)


def _count_extended_atoms(
    loads: Counter[str], old_counts: Counter[str], additional: int
) -> Counter[str]:
    """Count the atoms for each item after `additional` more, each for the longest share then."""
    counts = old_counts.copy()
    # A heap with the longest share first; the position decides between equals.
    heap = []
    for position, item in enumerate(counts):
        heap.append((-loads[item] / counts[item], position, item))
    heapify(heap)
    for _ in range(additional):
        _, position, item = heap[0]
        counts[item] += 1
        heapreplace(heap, (-loads[item] / counts[item], position, item))
    return counts


class _InStages(Protocol):
    @property
    def stages(self) -> tuple[Stage, ...]: ...


def compute_seam_cost(before: Sequence[Stage], after: Sequence[Stage]) -> float:
    """Return how unwelcome it is to part two neighbours.

    It is 0 between two phases, and most inside one stage.
    """
    for depth, (stage_before, stage_after) in enumerate(zip(before, after, strict=False)):
        if stage_before.id != stage_after.id:
            return 0.1 * min(depth, 3)
    return 0.4


def list_seam_costs(neighbours: Iterable[_InStages]) -> list[float]:
    """List the cost before each in a row of neighbours; see `compute_seam_cost`."""
    costs = [0.0]  # nothing is parted before the first
    for before, after in pairwise(neighbours):
        costs.append(compute_seam_cost(before.stages, after.stages))
    return costs


def split_part(part: FitPart, weeks: int) -> list[FitPart]:
    """Split a part into so many weeks, as even as its items allow."""
    if weeks == 1 or not part.atoms:
        return [replace(part, weeks=1)] * weeks
    # With fewer items than weeks, some week would be empty.
    atoms = extend_atoms(part.atoms, weeks)
    weights = [max(1, atom.load) for atom in atoms]
    cuts = divide_weights(weights, weeks, list_seam_costs(atoms))
    return [replace(part, atoms=atoms[cut], weeks=1, stages=atoms[cut][0].stages) for cut in cuts]


def split_parts_into_weeks(parts: Iterable[FitPart]) -> list[FitPart]:
    """Split the parts into weeks, as many as the plan takes by itself."""
    weeks: list[FitPart] = []
    for part in parts:
        weeks += split_part(part, part.weeks)
    return weeks
