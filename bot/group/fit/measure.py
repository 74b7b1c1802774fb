"""How much work an item is, in minutes: what it states, what its stage states, or what its kind usually takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.roadmap import (
    ChoiceOption,
    Item,
    ItemKind,
    Resource,
    ResourceKind,
    Roadmap,
    RoadmapChoice,
    Stage,
    TimeSpan,
)

HOURS = 8
"""Hours of a week where nobody says how many: about an hour a day."""

LONGEST = 520
"""Weeks. A plan that states more is taken as ten years, everything in proportion: time and memory stay bounded."""

# Our own guesses for items that state nothing, in minutes: an evening for a topic, most of a week for a project.
USUAL: Mapping[ItemKind, int] = {
    "topic": 90, "practice": 120, "project": 360, "reading": 60, "review": 60, "certificate": 600, "action": 30,
    "checkpoint": 30,
}  # fmt: skip

# The same for what an item takes its learners through, where nobody states its hours: about a week of evenings for a course.
STUDIED: Mapping[ResourceKind, int] = {"course": 480, "specialisation": 960}
LECTURE = 60

IN_WEEKS = {"days": 1 / 7, "weeks": 1.0, "months": 52 / 12}


@dataclass(frozen=True, slots=True)
class RoadmapWorkload:
    """The minutes of every item, in weeks of `week` minutes. Items that only another choice would take cost none.

    `disagree` are stages that state another time than the stages inside them take together, and the weeks of these."""

    week_minutes: float
    loads: Mapping[str, float]
    time_conflicts: tuple[tuple[Stage, float], ...] = ()


def convert_span_to_minutes(span: TimeSpan, week_minutes: float) -> float:
    """A stated time in weeks of `week` minutes: the middle of a range, the lower end of an open one."""
    middle = span.min if span.max is None else (span.min + span.max) / 2
    if span.unit in IN_WEEKS:
        return middle * IN_WEEKS[span.unit] * week_minutes
    return middle * (60 if span.unit == "hours" else 1)


def measure_roadmap(roadmap: Roadmap, week_minutes: float) -> RoadmapWorkload:
    """Every item of the plan, measured. The times that stages state are shared among their items; times of stages inside
    go before those around them, and stages side by side take the time of the longest."""
    scale = _WorkloadMeter(roadmap, week_minutes)
    scale.measure_stages(roadmap.stages, roadmap.choices)
    return RoadmapWorkload(week_minutes, scale.limit_loads(), tuple(scale.time_conflicts))


def map_items_by_step(roadmap: Roadmap) -> dict[str, tuple[str, ...]]:
    """The items that every stage, week and item consists of, by its id."""
    found: dict[str, tuple[str, ...]] = {item: (item,) for item in roadmap.items}
    found.update((week.id, tuple(item.id for item in week.items)) for week in roadmap.weeks)
    for stage in reversed(roadmap.all_stages):  # what is inside comes before what is around it
        own = [item.id for item in stage.items]
        named = (*(week.id for week in stage.weeks), *(inner.id for inner in stage.stages))
        found[stage.id] = (*own, *(item for name in named for item in found[name]))
    return found


def group_parallel_stages(
    stages: Sequence[Stage], choices: Sequence[RoadmapChoice]
) -> list[list[Stage]]:
    """Stages in groups of those that go on at the same time: named as parallel, or options of one choice."""
    group = {stage.id: [stage] for stage in stages}
    pairs = [(stage.id, other) for stage in stages for other in stage.parallel_with]
    for choice in (*choices, *(one for stage in stages for one in stage.choices)):
        taken = [name for option in choice.options for name in option.takes if name in group]
        pairs += pairwise(taken)
    for one, other in pairs:
        if other in group and group[one] is not group[other]:
            group[one] += group[other]
            for stage in group[other]:
                group[stage.id] = group[one]
    place = {stage.id: number for number, stage in enumerate(stages)}
    unlike = {id(members): members for members in group.values()}.values()
    found = (sorted(members, key=lambda one: place[one.id]) for members in unlike)
    return sorted(found, key=lambda members: place[members[0].id])


def _find_free_items(roadmap: Roadmap) -> set[str]:
    """Items that cost no time, because something else takes their place."""
    items = map_items_by_step(roadmap)
    taken: set[str] = set()
    passed: set[str] = set()
    for choice in roadmap.all_choices:
        first = 1 if choice.pick in ("one", "any") else int(choice.pick)
        default = set(choice.default) or {option.id for option in choice.options[:first]}
        for option in choice.options:
            (taken if option.id in default else passed).update(_list_option_items(option, items))
    passed -= taken
    for same in roadmap.equivalents:
        paid = [item for item in same if item not in passed]
        passed.update(paid[1:])
    return passed


def _list_option_items(option: ChoiceOption, items: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    return (item for name in option.takes for item in items[name])


@dataclass
class _WorkloadMeter:
    roadmap: Roadmap
    week_minutes: float
    loads: dict[str, float] = field(default_factory=dict)
    time_conflicts: list[tuple[Stage, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free = _find_free_items(self.roadmap)
        self.shared = Counter(
            one for item in self.roadmap.items.values() for one in set(item.resources)
        )
        self.written = {item.id for week in self.roadmap.weeks for item in week.items}

    def measure_stages(
        self, siblings: Sequence[Stage], choices: Sequence[RoadmapChoice]
    ) -> tuple[list[str], list[str]]:
        """Measure what stages hold. Returns the items that go by a stated time, and those that do not."""
        timed: list[str] = []
        loose: list[str] = []
        for group in group_parallel_stages(siblings, choices):
            fixed = []
            for stage in group:
                by_time, by_weight = self.measure_stage(stage)
                fixed.append(by_time)
                loose += by_weight
            totals = [self.sum_loads(ids) for ids in fixed]
            for ids in fixed:
                self.stretch_loads(ids, max(totals) / sum(totals) if sum(totals) else 1)
                timed += ids
        return timed, loose

    def measure_stage(self, stage: Stage) -> tuple[list[str], list[str]]:
        timed, loose = self.measure_stages(stage.stages, stage.choices)
        for item in (*stage.items, *(item for week in stage.weeks for item in week.items)):
            self.loads[item.id] = self.measure_item(item)
        loose = [item.id for item in stage.items] + loose
        if stage.time is None:
            return timed, loose
        stated, known, rest = (
            convert_span_to_minutes(stage.time, self.week_minutes),
            self.sum_loads(timed),
            self.sum_loads(loose),
        )
        if rest and stated > known:
            self.stretch_loads(loose, (stated - known) / rest)
            return timed + loose, []
        if timed and not rest and abs(stated - known) >= self.week_minutes:
            self.time_conflicts.append((stage, known / self.week_minutes))
        return timed, loose

    def measure_item(self, item: Item) -> float:
        if item.id in self.free:
            return 0
        if item.estimate is not None:
            return convert_span_to_minutes(item.estimate, self.week_minutes)
        courses = (self.roadmap.get_resource(one) for one in item.resources)
        return (
            sum(self.measure_resource(one) / self.shared[one.id] for one in courses)
            or USUAL[item.kind]
        )

    def measure_resource(self, resource: Resource) -> float:
        """What a course takes, alone: its stated time, else the usual one; nothing for what is only looked up."""
        if resource.time is not None:
            return convert_span_to_minutes(resource.time, self.week_minutes)
        if resource.kind == "lectures":
            return LECTURE * (resource.count or 1)
        return STUDIED.get(resource.kind, 0)

    def sum_loads(self, ids: Sequence[str]) -> float:
        return sum(self.loads[one] for one in ids)

    def stretch_loads(self, ids: Sequence[str], factor: float) -> None:
        self.loads.update((one, self.loads[one] * factor) for one in ids)

    def limit_loads(self) -> dict[str, float]:
        """The loads; everything outside the plan's own weeks pressed together where it is longer than any plan."""
        spread = [one for one in self.loads if one not in self.written]
        if (total := self.sum_loads(spread)) > LONGEST * self.week_minutes:
            self.stretch_loads(spread, LONGEST * self.week_minutes / total)
        return self.loads
