"""The parts a plan is fitted from: its own weeks, and stretches of items spread over weeks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Protocol

from bot.group.fit.measure import RoadmapWorkload, convert_span_to_minutes
from bot.group.fit.order import FitStep
from bot.roadmap import Stage, Week

# No cohort has more weeks than that, so pauses beyond it are dropped.
MOST_OFF = 104
"""Weeks off outside the plan's own weeks."""

INSIDE_STAGE = 0.4
INSIDE_WEEK = 0.8


@dataclass(frozen=True, slots=True)
class Atom:
    """Work that is never torn apart: an item, with other ways to do it beside it.

    A long item becomes several, `share` of `shares`; only the first has the items. Without items
    and without load, it is more time for `main_item`.
    """

    items: tuple[str, ...]
    main_item: str
    load: int
    stages: tuple[Stage, ...]
    share: int = 1
    shares: int = 1

    @property
    def is_extra(self) -> bool:
        """Tell if it is time without any work of its own."""
        return not self.items and not self.load


@dataclass(frozen=True, slots=True)
class FitPart:
    """Some `weeks` in the plan: one with a name there, a stretch of items, or a pause.

    `position` is its number in the plan's order. A week with a name that has become several is
    `piece` of `pieces`.
    """

    position: int
    atoms: tuple[Atom, ...]
    weeks: int
    stages: tuple[Stage, ...]
    week: Week | None = None
    piece: int = 1
    pieces: int = 1

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
    atoms = tuple(_build_atoms(steps, workload))
    weeks = count_load_weeks(sum(atom.load for atom in atoms), workload.week_minutes)
    return FitPart(position, atoms, weeks, atoms[0].stages)


def count_load_weeks(load: int, week_minutes: float) -> int:
    """Count the weeks some work takes, to the nearest, at least one."""
    return max(1, _round_half_up(load / week_minutes))


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


def split_into_single_atoms(part: FitPart) -> list[FitPart]:
    """Split a part into one for each of its atoms; a pause stays."""
    if not part.atoms:
        return [part]
    return [replace(part, atoms=(atom,), stages=atom.stages) for atom in part.atoms]


def join_neighbour_parts(parts: Iterable[FitPart]) -> list[FitPart]:
    """Join neighbours that are pieces of one part."""
    joined = []
    for _, group in groupby(parts, key=lambda part: part.position):
        pieces = list(group)
        atoms = tuple(atom for piece in pieces for atom in piece.atoms)
        joined.append(replace(pieces[0], atoms=atoms, weeks=sum(piece.weeks for piece in pieces)))
    return joined


# — where a cut is welcome —


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
    return INSIDE_STAGE


def list_seam_costs(neighbours: Iterable[_InStages]) -> list[float]:
    """List the cost before each in a row of neighbours; see `compute_seam_cost`."""
    costs = [0.0]  # nothing is parted before the first
    for before, after in pairwise(neighbours):
        costs.append(compute_seam_cost(before.stages, after.stages))
    return costs


def list_part_seam_costs(parts: Sequence[FitPart]) -> list[float]:
    """List the cost before each part; pieces of one week with a name belong together most."""
    costs = list_seam_costs(parts)
    for place, (before, after) in enumerate(pairwise(parts), 1):
        if after.week is not None and before.position == after.position:
            costs[place] = INSIDE_WEEK
    return costs
