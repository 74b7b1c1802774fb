"""The order of a plan: that of the file, except where something requires what is written after it.

A step is a week the plan names, or a single item of a stage without weeks. Weeks stay whole unless they wait for each other.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

from bot.group.fit.measure import group_parallel_stages
from bot.roadmap import Item, Roadmap, RoadmapChoice, Stage, Week

Waits = dict[Hashable, set[Hashable]]


@dataclass(frozen=True, slots=True)
class FitStep:
    """A week of the plan, an item on its own, or a stage that is a pause; `stages` are around it, outermost first."""

    items: tuple[str, ...]
    stages: tuple[Stage, ...]
    week: Week | None = None


def order_roadmap_steps(roadmap: Roadmap, loads: Mapping[str, float]) -> tuple[list[FitStep], bool]:
    """The steps of a plan, each after what it requires, and whether that moved any."""
    written = list(_list_sibling_steps(roadmap.stages, roadmap.choices, (), loads))
    if not (
        any(stage.requires for stage in roadmap.all_stages)
        or any(item.requires for item in roadmap.items.values())
    ):
        return written, False
    steps = [_sort_week_items(step, roadmap) for step in written]
    waits = _build_wait_graph(roadmap, steps)
    while (torn := _find_cyclic_week(waits, steps)) is not None:
        steps[torn : torn + 1] = [
            FitStep((item,), steps[torn].stages) for item in steps[torn].items
        ]
        waits = _build_wait_graph(roadmap, steps)
    steps = [steps[number] for number in _sort_by_waits(waits, len(steps))]
    return steps, steps != written


def _list_sibling_steps(
    siblings: Sequence[Stage],
    choices: Sequence[RoadmapChoice],
    around: tuple[Stage, ...],
    loads: Mapping[str, float],
) -> Iterator[FitStep]:
    for group in group_parallel_stages(siblings, choices):
        runs = [list(_list_stage_steps(stage, (*around, stage), loads)) for stage in group]
        if len(runs) > 1 and all(step.week is None and step.items for run in runs for step in run):
            yield from _merge_parallel_runs(runs, loads)
        else:
            yield from (step for run in runs for step in run)


def _list_stage_steps(
    stage: Stage, around: tuple[Stage, ...], loads: Mapping[str, float]
) -> Iterator[FitStep]:
    yield from (
        FitStep(tuple(item.id for item in week.items), around, week) for week in stage.weeks
    )
    yield from (FitStep((item.id,), around) for item in stage.items)
    yield from _list_sibling_steps(stage.stages, stage.choices, around, loads)
    if not (stage.weeks or stage.items or stage.stages):
        yield FitStep((), around)


def _merge_parallel_runs(
    runs: Sequence[Sequence[FitStep]], loads: Mapping[str, float]
) -> list[FitStep]:
    """Several runs side by side, each going through the whole time."""
    found = []
    for run in runs:
        weights = [loads[step.items[0]] for step in run]
        total, gone = sum(weights) or 1, 0.0
        for place, (step, weight) in enumerate(zip(run, weights, strict=True)):
            # Half a step further on, so that the first of each come first; what costs no time goes by its place.
            at = (gone + weight / 2) / total if any(weights) else (place + 0.5) / len(run)
            found.append((at, step))
            gone += weight
    return [step for _, step in sorted(found, key=lambda pair: pair[0])]


def _sort_week_items(step: FitStep, roadmap: Roadmap) -> FitStep:
    """A week whose own items come after what they require."""
    if step.week is None or not any(roadmap.items[one].requires for one in step.items):
        return step
    place: dict[Hashable, int] = {item: number for number, item in enumerate(step.items)}
    waits: Waits = {
        number: {place[one] for one in roadmap.items[item].requires if one in place}
        for number, item in enumerate(step.items)
    }
    return replace(
        step, items=tuple(step.items[number] for number in _sort_by_waits(waits, len(step.items)))
    )


def _build_wait_graph(roadmap: Roadmap, steps: Sequence[FitStep]) -> Waits:
    """What each step waits for. A stage has a gate, open when all it requires is done, and an end, as a week has."""
    nodes: dict[str, Hashable] = {stage.id: ("end", stage.id) for stage in roadmap.all_stages}
    nodes.update((week.id, ("end", week.id)) for week in roadmap.weeks)
    nodes.update((item, number) for number, step in enumerate(steps) for item in step.items)
    waits: Waits = {node: set() for node in nodes.values()}
    for stage in roadmap.all_stages:
        waits["gate", stage.id] = {nodes[name] for name in stage.requires}
    for stage in roadmap.all_stages:
        for inner in stage.stages:
            waits["gate", inner.id].add(("gate", stage.id))
            waits["end", stage.id].add(("end", inner.id))
    for number, step in enumerate(steps):
        stage = step.stages[-1]
        needed = {nodes[name] for item in step.items for name in roadmap.items[item].requires}
        waits[number] = {("gate", stage.id), *needed} - {number}
        waits["end", stage.id].add(number)
    for item, week in _list_week_items(roadmap):
        waits["end", week.id].add(nodes[item.id])
    return waits


def _list_week_items(roadmap: Roadmap) -> Iterator[tuple[Item, Week]]:
    return ((item, week) for week in roadmap.weeks for item in week.items)


def _find_cyclic_week(waits: Waits, steps: Sequence[FitStep]) -> int | None:
    """The first week among steps that wait for each other, as whole weeks may where their items do not."""
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        return min(
            node for node in error.args[1] if isinstance(node, int) and len(steps[node].items) > 1
        )
    return None


def _sort_by_waits(waits: Waits, count: int) -> list[int]:
    """The numbers below `count`, each after all it waits for, and otherwise in order."""
    sorter = TopologicalSorter(waits)
    sorter.prepare()
    ready: list[int] = []
    found: list[int] = []
    while len(found) < count:
        while free := sorter.get_ready():
            for node in free:
                if isinstance(node, int):
                    heappush(ready, node)
                else:
                    sorter.done(node)  # a gate or an end is open at once
        found.append(heappop(ready))
        sorter.done(found[-1])
    return found
