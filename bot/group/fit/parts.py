"""The parts a plan is fitted from: its own weeks, and stretches of items that are spread over weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heapreplace
from itertools import groupby, pairwise
from math import ceil

from bot.group.fit.divide import divide_weights
from bot.group.fit.measure import RoadmapWorkload, convert_span_to_minutes
from bot.group.fit.order import FitStep
from bot.roadmap import Roadmap, Stage, Week

MOST_OFF = 104
"""Weeks off outside the plan's own weeks; what is beyond is dropped, as no cohort has more weeks than that."""


@dataclass(frozen=True, slots=True)
class Atom:
    """What is never torn apart: an item, with other ways to do it beside it; or, without items, time to go on with `of`."""

    items: tuple[str, ...]
    main_item: str
    load: int
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class FitPart:
    """So many `weeks` of the plan, number `run` in its order: one that the plan names, a stretch of items, or a pause."""

    position: int
    atoms: tuple[Atom, ...]
    weeks: int
    stages: tuple[Stage, ...]
    week: Week | None = None

    @property
    def total_load(self) -> int:
        return sum(atom.load for atom in self.atoms)


def build_fit_parts(
    roadmap: Roadmap, steps: Sequence[FitStep], workload: RoadmapWorkload
) -> list[FitPart]:
    """Steps as parts, whatever lies between two weeks of the plan being one stretch."""
    found: list[FitPart] = []
    off = MOST_OFF
    for stretch, group in groupby(steps, key=lambda step: step.week is None and bool(step.items)):
        if stretch:
            atoms = _build_atoms(roadmap, group, workload, can_extend=True)
            weeks = max(1, _round_half_up(sum(atom.load for atom in atoms) / workload.week_minutes))
            found.append(FitPart(len(found), atoms, weeks, atoms[0].stages))
            continue
        for step in group:
            atoms = _build_atoms(roadmap, [step], workload) if step.items else ()
            weeks = 1 if step.week else min(off, _count_pause_weeks(step.stages[-1]))
            off -= 0 if step.week else weeks
            if weeks:
                found.append(FitPart(len(found), atoms, weeks, step.stages, step.week))
    return found


def _count_pause_weeks(stage: Stage) -> int:
    """How many weeks a stage that is a pause takes."""
    return max(1, _round_half_up(convert_span_to_minutes(stage.time, 1)) if stage.time else 1)


def _round_half_up(number: float) -> int:
    return int(number + 0.5)


def _build_atoms(
    roadmap: Roadmap, steps: Iterable[FitStep], scale: RoadmapWorkload, *, can_extend: bool = False
) -> tuple[Atom, ...]:
    """Items as atoms; if `longer`, one that takes several weeks goes on in more of them."""
    found: list[Atom] = []
    waiting: tuple[str, ...] = ()
    for step in steps:
        for item in step.items:
            load = _round_half_up(scale.loads[item])
            if not load and found:
                found[-1] = replace(found[-1], items=(*found[-1].items, item))
            elif not load:
                waiting = (*waiting, item)
            else:
                found.append(Atom((*waiting, item), item, load, step.stages))
                waiting = ()
            last = step
    if waiting:
        found.append(Atom(waiting, waiting[0], 0, last.stages))
    return tuple(_split_long_atoms(found, scale.week_minutes)) if can_extend else tuple(found)


def _split_long_atoms(atoms: Iterable[Atom], week: float) -> Iterable[Atom]:
    for atom in atoms:
        count = max(1, ceil(atom.load / week - 0.1))  # a tenth too much is not worth a week
        share = atom.load // count
        yield replace(atom, load=share)
        yield from [replace(atom, items=(), load=share)] * (count - 1)


def extend_atoms(atoms: Sequence[Atom], count: int) -> tuple[Atom, ...]:
    """At least `count` atoms: the longest items go on, one week more for whichever is longest then."""
    if len(atoms) >= count:
        return tuple(atoms)
    loads: Counter[str] = Counter()
    for atom in atoms:
        loads[atom.main_item] += max(1, atom.load)
    had = Counter(atom.main_item for atom in atoms)
    has, left = had.copy(), had.copy()
    heap = [(-loads[of] / has[of], place, of) for place, of in enumerate(has)]
    heapify(heap)
    for _ in range(count - len(atoms)):
        _, place, of = heap[0]
        has[of] += 1
        heapreplace(heap, (-loads[of] / has[of], place, of))
    found: list[Atom] = []
    for atom in atoms:
        share = replace(atom, load=max(1, loads[atom.main_item] // has[atom.main_item]))
        found.append(share)
        left[atom.main_item] -= 1
        if not left[atom.main_item]:  # the last of it so far
            found += [replace(share, items=())] * (has[atom.main_item] - had[atom.main_item])
    return tuple(found)


def compute_seam_cost(before: Sequence[Stage], after: Sequence[Stage]) -> float:
    """How unwelcome it is to part two neighbours: not at all between two phases, most inside one stage."""
    for depth, (one, other) in enumerate(zip(before, after, strict=False)):
        if one.id != other.id:
            return 0.1 * min(depth, 3)
    return 0.4


def list_seam_costs(stages: Sequence[Sequence[Stage]]) -> list[float]:
    """The seam before each of a row of neighbours."""
    return [0.0, *(compute_seam_cost(*pair) for pair in pairwise(stages))]


def split_part(part: FitPart, weeks: int) -> list[FitPart]:
    """A part in so many weeks, as even as its items allow."""
    if weeks == 1 or not part.atoms:
        return [replace(part, weeks=1)] * weeks
    atoms = extend_atoms(part.atoms, weeks)
    weights = [max(1, atom.load) for atom in atoms]
    cuts = divide_weights(weights, weeks, list_seam_costs([atom.stages for atom in atoms]))
    return [replace(part, atoms=atoms[cut], weeks=1, stages=atoms[cut][0].stages) for cut in cuts]


def split_parts_into_weeks(parts: Iterable[FitPart]) -> list[FitPart]:
    """The parts as weeks, as long as the plan takes by itself."""
    return [week for part in parts for week in split_part(part, part.weeks)]
