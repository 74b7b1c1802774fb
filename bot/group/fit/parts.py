"""The parts a plan is fitted from: its own weeks, and stretches of items that are spread over weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heapreplace
from itertools import groupby, pairwise
from math import ceil

from bot.group.fit.divide import divided
from bot.group.fit.measure import Measured, minutes
from bot.group.fit.order import Step
from bot.roadmap import Roadmap, Stage, Week

MOST_OFF = 104
"""Weeks off outside the plan's own weeks; what is beyond is dropped, as no cohort has more weeks than that."""


@dataclass(frozen=True, slots=True)
class Atom:
    """What is never torn apart: an item, with other ways to do it beside it; or, without items, time to go on with `of`."""

    items: tuple[str, ...]
    of: str
    load: int
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """So many `weeks` of the plan, number `run` in its order: one that the plan names, a stretch of items, or a pause."""

    run: int
    atoms: tuple[Atom, ...]
    weeks: int
    stages: tuple[Stage, ...]
    week: Week | None = None

    @property
    def load(self) -> int:
        return sum(atom.load for atom in self.atoms)


def parts_of(plan: Roadmap, steps: Sequence[Step], scale: Measured) -> list[Part]:
    """Steps as parts, whatever lies between two weeks of the plan being one stretch."""
    found: list[Part] = []
    off = MOST_OFF
    for stretch, group in groupby(steps, key=lambda step: step.week is None and bool(step.items)):
        if stretch:
            atoms = _atoms(plan, group, scale, longer=True)
            weeks = max(1, _rounded(sum(atom.load for atom in atoms) / scale.week))
            found.append(Part(len(found), atoms, weeks, atoms[0].stages))
            continue
        for step in group:
            atoms = _atoms(plan, [step], scale) if step.items else ()
            weeks = 1 if step.week else min(off, _pause(step.stages[-1]))
            off -= 0 if step.week else weeks
            if weeks:
                found.append(Part(len(found), atoms, weeks, step.stages, step.week))
    return found


def _pause(stage: Stage) -> int:
    """How many weeks a stage that is a pause takes."""
    return max(1, _rounded(minutes(stage.time, 1)) if stage.time else 1)


def _rounded(number: float) -> int:
    return int(number + 0.5)


def _atoms(
    plan: Roadmap, steps: Iterable[Step], scale: Measured, *, longer: bool = False
) -> tuple[Atom, ...]:
    """Items as atoms; if `longer`, one that takes several weeks goes on in more of them."""
    found: list[Atom] = []
    waiting: tuple[str, ...] = ()
    for step in steps:
        for item in step.items:
            load = _rounded(scale.loads[item])
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
    return tuple(_longer(found, scale.week)) if longer else tuple(found)


def _longer(atoms: Iterable[Atom], week: float) -> Iterable[Atom]:
    for atom in atoms:
        count = max(1, ceil(atom.load / week - 0.1))  # a tenth too much is not worth a week
        share = atom.load // count
        yield replace(atom, load=share)
        yield from [replace(atom, items=(), load=share)] * (count - 1)


def topped(atoms: Sequence[Atom], count: int) -> tuple[Atom, ...]:
    """At least `count` atoms: the longest items go on, one week more for whichever is longest then."""
    if len(atoms) >= count:
        return tuple(atoms)
    loads: Counter[str] = Counter()
    for atom in atoms:
        loads[atom.of] += max(1, atom.load)
    had = Counter(atom.of for atom in atoms)
    has, left = had.copy(), had.copy()
    heap = [(-loads[of] / has[of], place, of) for place, of in enumerate(has)]
    heapify(heap)
    for _ in range(count - len(atoms)):
        _, place, of = heap[0]
        has[of] += 1
        heapreplace(heap, (-loads[of] / has[of], place, of))
    found: list[Atom] = []
    for atom in atoms:
        share = replace(atom, load=max(1, loads[atom.of] // has[atom.of]))
        found.append(share)
        left[atom.of] -= 1
        if not left[atom.of]:  # the last of it so far
            found += [replace(share, items=())] * (has[atom.of] - had[atom.of])
    return tuple(found)


def seam(before: Sequence[Stage], after: Sequence[Stage]) -> float:
    """How unwelcome it is to part two neighbours: not at all between two phases, most inside one stage."""
    for depth, (one, other) in enumerate(zip(before, after, strict=False)):
        if one.id != other.id:
            return 0.1 * min(depth, 3)
    return 0.4


def seams(stages: Sequence[Sequence[Stage]]) -> list[float]:
    """The seam before each of a row of neighbours."""
    return [0.0, *(seam(*pair) for pair in pairwise(stages))]


def split(part: Part, weeks: int) -> list[Part]:
    """A part in so many weeks, as even as its items allow."""
    if weeks == 1 or not part.atoms:
        return [replace(part, weeks=1)] * weeks
    atoms = topped(part.atoms, weeks)
    weights = [max(1, atom.load) for atom in atoms]
    cuts = divided(weights, weeks, seams([atom.stages for atom in atoms]))
    return [replace(part, atoms=atoms[cut], weeks=1, stages=atoms[cut][0].stages) for cut in cuts]


def own_weeks(parts: Iterable[Part]) -> list[Part]:
    """The parts as weeks, as long as the plan takes by itself."""
    return [week for part in parts for week in split(part, part.weeks)]
