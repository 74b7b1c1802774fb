"""The order of a plan: the file's own, except where something requires a later step.

A step is a week with a name in the plan, or a single item in a stage without weeks.
Weeks stay whole unless they wait for each other.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from itertools import count

from bot.group.fit.measure import group_parallel_stages
from bot.roadmap import Roadmap, RoadmapChoice, Stage, Week

# Nodes are numbers of steps, and ("gate", id) or ("end", id) for stages and weeks.
WaitGraph = dict[Hashable, set[Hashable]]


@dataclass(frozen=True, slots=True)
class FitStep:
    """A week in the plan, an item on its own, or a stage that is a pause.

    `stages` are around it, outermost first.
    """

    items: tuple[str, ...]
    stages: tuple[Stage, ...]
    week: Week | None = None


def order_roadmap_steps(roadmap: Roadmap, loads: Mapping[str, float]) -> tuple[list[FitStep], bool]:
    """Return a plan's steps, each after everything it requires, and True if that moved any."""
    written = list(_list_sibling_steps(roadmap.stages, roadmap.choices, (), loads))
    if not _has_requirements(roadmap):
        return written, False
    steps = [_sort_week_items(step, roadmap) for step in written]
    graph = _build_wait_graph(roadmap, steps)
    # Two weeks may wait for each other where their items do not: then one is taken apart.
    while (torn := _find_cyclic_week(graph, steps)) is not None:
        single_steps = [FitStep((item,), steps[torn].stages) for item in steps[torn].items]
        steps[torn : torn + 1] = single_steps
        graph = _build_wait_graph(roadmap, steps)
    ordered = [steps[number] for number in _sort_by_waits(graph, len(steps))]
    return ordered, ordered != written


def _has_requirements(roadmap: Roadmap) -> bool:
    if any(stage.requires for stage in roadmap.all_stages):
        return True
    return any(item.requires for item in roadmap.items.values())


def _list_sibling_steps(
    siblings: Sequence[Stage],
    choices: Sequence[RoadmapChoice],
    around: tuple[Stage, ...],
    loads: Mapping[str, float],
) -> Iterator[FitStep]:
    for group in group_parallel_stages(siblings, choices):
        runs = [list(_list_stage_steps(stage, (*around, stage), loads)) for stage in group]
        if len(runs) > 1 and all(map(_has_only_items, runs)):
            yield from _merge_parallel_runs(runs, loads)
            continue
        # Weeks cannot go on side by side, as a cohort is in one week at a time.
        for run in runs:
            yield from run


def _has_only_items(run: Sequence[FitStep]) -> bool:
    return all(step.week is None and step.items for step in run)


def _list_stage_steps(
    stage: Stage, around: tuple[Stage, ...], loads: Mapping[str, float]
) -> Iterator[FitStep]:
    for week in stage.weeks:
        yield FitStep(tuple(item.id for item in week.items), around, week)
    for item in stage.items:
        yield FitStep((item.id,), around)
    yield from _list_sibling_steps(stage.stages, stage.choices, around, loads)
    if not (stage.weeks or stage.items or stage.stages):
        yield FitStep((), around)


def _merge_parallel_runs(
    runs: Sequence[Sequence[FitStep]], loads: Mapping[str, float]
) -> list[FitStep]:
    """Merge runs side by side, each going through the whole time."""
    placed: list[tuple[float, FitStep]] = []
    for run in runs:
        weights = [loads[step.items[0]] for step in run]
        total = sum(weights) or 1
        weight_before = 0.0
        for number, (step, weight) in enumerate(zip(run, weights, strict=True)):
            # The middle of a step, so that the first steps of all runs come first.
            moment = (weight_before + weight / 2) / total
            if not any(weights):
                # A run that costs no time goes by its places.
                moment = (number + 0.5) / len(run)
            placed.append((moment, step))
            weight_before += weight
    placed.sort(key=lambda pair: pair[0])
    return [step for _, step in placed]


def _sort_week_items(step: FitStep, roadmap: Roadmap) -> FitStep:
    """Sort a week's items, each after everything it requires in that week."""
    if step.week is None or not any(roadmap.items[item].requires for item in step.items):
        return step
    position = dict(zip(step.items, count(), strict=False))
    graph: WaitGraph = {}
    for number, item in enumerate(step.items):
        # Requirements in other weeks are the weeks' to wait for.
        inside = position.keys() & set(roadmap.items[item].requires)
        graph[number] = set(map(position.__getitem__, inside))
    ordered = [step.items[number] for number in _sort_by_waits(graph, len(step.items))]
    return replace(step, items=tuple(ordered))


def _build_wait_graph(roadmap: Roadmap, steps: Sequence[FitStep]) -> WaitGraph:
    """Map each step to the nodes it waits for.

    A stage has a gate, open when all it requires is done, and an end. A week has an end.
    """
    nodes = _map_nodes(roadmap, steps)
    graph: WaitGraph = {node: set() for node in nodes.values()}
    for stage in roadmap.all_stages:
        graph["gate", stage.id] = set(map(nodes.__getitem__, stage.requires))
    # In a second round: a stage may come before the stage around it, and every gate must exist.
    for stage in roadmap.all_stages:
        for inner in stage.stages:
            graph["gate", inner.id].add(("gate", stage.id))
            graph["end", stage.id].add(("end", inner.id))
    for number, step in enumerate(steps):
        stage_id = step.stages[-1].id
        waits: set[Hashable] = {("gate", stage_id)}
        for item in step.items:
            waits.update(map(nodes.__getitem__, roadmap.items[item].requires))
        # Items of one week may require each other; a step that waits for itself never starts.
        graph[number] = waits - {number}
        graph["end", stage_id].add(number)
    for week in roadmap.weeks:
        # By its items, because a week that was taken apart has no step of its own.
        for week_item in week.items:
            graph["end", week.id].add(nodes[week_item.id])
    return graph


def _map_nodes(roadmap: Roadmap, steps: Sequence[FitStep]) -> dict[str, Hashable]:
    """Map every id something may require to the node that stands for it."""
    nodes: dict[str, Hashable] = {}
    for stage in roadmap.all_stages:
        nodes[stage.id] = ("end", stage.id)
    for week in roadmap.weeks:
        nodes[week.id] = ("end", week.id)
    for number, step in enumerate(steps):
        nodes.update(dict.fromkeys(step.items, number))
    return nodes


def _find_cyclic_week(graph: WaitGraph, steps: Sequence[FitStep]) -> int | None:
    """Find the first week among steps that wait for each other, by its number; None for none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle: Sequence[Hashable] = error.args[1]
        weeks = [node for node in cycle if isinstance(node, int) and len(steps[node].items) > 1]
        return min(weeks)
    return None


def _sort_by_waits(graph: WaitGraph, count: int) -> list[int]:
    """Return the numbers below `count`, each after all it waits for, and otherwise in order."""
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    ready: list[int] = []
    ordered: list[int] = []
    while len(ordered) < count:
        while free := sorter.get_ready():
            for node in free:
                if isinstance(node, int):
                    heappush(ready, node)
                else:
                    # A gate or an end takes no time: it is done as soon as it is free.
                    sorter.done(node)
        ordered.append(heappop(ready))
        sorter.done(ordered[-1])
    return ordered
