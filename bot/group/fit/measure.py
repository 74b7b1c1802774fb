"""Work measured in minutes: an item's own time, its stage's time, or the usual for its kind.

An item's own estimate goes before the time its stage states, as members see it beside the item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
"""Hours in a week where nobody says how many: about an hour a day."""

LONGEST = 520
"""Weeks. A plan that states more is taken as ten years, in proportion: time and memory stay
bounded."""

# Our own guesses for items that state nothing, in minutes: an evening for a topic, most of a week
# for a project.
USUAL: Mapping[ItemKind, int] = {
    "topic": 90,
    "practice": 120,
    "project": 360,
    "reading": 60,
    "review": 60,
    "certificate": 600,
    "action": 30,
    "checkpoint": 30,
}

# The same for a resource that states no hours: about a week of evenings for a course.
STUDIED: Mapping[ResourceKind, int] = {"course": 480, "specialisation": 960}
LECTURE = 60

IN_WEEKS = {"days": 1 / 7, "weeks": 1.0, "months": 52 / 12}


@dataclass(frozen=True, slots=True)
class RoadmapWorkload:
    """The minutes for every item, in weeks with `week_minutes` minutes.

    Items that only another choice would take cost none.
    `time_conflicts`: stages that state another time than the stages inside them take together,
    and the weeks these take.
    """

    week_minutes: float
    loads: Mapping[str, float]
    time_conflicts: tuple[tuple[Stage, float], ...] = ()


def _count_resource_uses(roadmap: Roadmap) -> Counter[str]:
    uses: Counter[str] = Counter()
    for item in roadmap.items.values():
        uses.update(set(item.resources))
    return uses


def _compute_overlap(totals: Sequence[float]) -> float:
    """Return the longest time as a share of all times."""
    if not sum(totals):
        return 1.0
    return max(totals) / sum(totals)


def convert_span_to_minutes(span: TimeSpan, week_minutes: float) -> float:
    """Convert a stated time: the middle for a range, the lower end for an open one."""
    length = span.typical_length
    if span.unit in IN_WEEKS:
        return length * IN_WEEKS[span.unit] * week_minutes
    if span.unit == "hours":
        return length * 60
    return length


def measure_roadmap(
    roadmap: Roadmap, week_minutes: float, *, is_by_stages: bool = False
) -> RoadmapWorkload:
    """Measure every item in the plan.

    An item with an estimate keeps it. The rest of the time a stage states is shared among its
    other items. Times on inner stages go before those around them, and stages side by side take
    the time of the longest.
    `is_by_stages`: stated times of stages go before the estimates in them.
    """
    meter = _WorkloadMeter(roadmap, week_minutes, is_by_stages)
    meter.measure_stages(roadmap.stages, roadmap.choices)
    return RoadmapWorkload(week_minutes, meter.limit_loads(), tuple(meter.time_conflicts))


def map_items_by_step(roadmap: Roadmap) -> dict[str, tuple[str, ...]]:
    """Map the id of every stage, week and item to the items in it."""
    step_items: dict[str, tuple[str, ...]] = {item: (item,) for item in roadmap.items}
    for week in roadmap.weeks:
        step_items[week.id] = _list_item_ids(week.items)
    # Reversed, because inner stages must be there before the stage around them asks for them.
    for stage in reversed(roadmap.all_stages):
        items = list(_list_item_ids(stage.items))
        for week in stage.weeks:
            items += step_items[week.id]
        for inner in stage.stages:
            items += step_items[inner.id]
        step_items[stage.id] = tuple(items)
    return step_items


def _list_item_ids(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(item.id for item in items)


def group_parallel_stages(
    stages: Sequence[Stage], choices: Sequence[RoadmapChoice]
) -> list[list[Stage]]:
    """Group the stages that go on at the same time: parallel ones, or options in one choice."""
    groups = {stage.id: [stage] for stage in stages}
    for stage_id, other_id in _list_parallel_pairs(stages, choices):
        if other_id not in groups or groups[stage_id] is groups[other_id]:
            continue
        # Every stage of the smaller group points to the joined one from here on.
        joined = groups[stage_id]
        joined += groups[other_id]
        for stage in groups[other_id]:
            groups[stage.id] = joined
    position = {stage.id: number for number, stage in enumerate(stages)}
    ordered_groups = []
    for stage in stages:
        members = sorted(groups[stage.id], key=lambda member: position[member.id])
        # Each group once, at the place of its first stage.
        if members[0].id == stage.id:
            ordered_groups.append(members)
    return ordered_groups


def _list_parallel_pairs(
    stages: Sequence[Stage], choices: Sequence[RoadmapChoice]
) -> list[tuple[str, str]]:
    ids = {stage.id for stage in stages}
    pairs = []
    all_choices = list(choices)
    for stage in stages:
        pairs += [(stage.id, other_id) for other_id in stage.parallel_with]
        all_choices += stage.choices
    for choice in all_choices:
        taken: list[str] = []
        for option in choice.options:
            taken += [step for step in option.takes if step in ids]
        pairs += pairwise(taken)
    return pairs


def _find_free_items(roadmap: Roadmap) -> set[str]:
    """Find items that cost no time, because something else takes their place."""
    step_items = map_items_by_step(roadmap)
    taken: set[str] = set()
    free: set[str] = set()
    for choice in roadmap.all_choices:
        usual = _find_usual_options(choice)
        for option in choice.options:
            items = _list_option_items(option, step_items)
            if option.id in usual:
                taken.update(items)
            else:
                free.update(items)
    # What one option takes is work, though another that takes it too is passed over.
    free -= taken
    for equivalents in roadmap.equivalents:
        paid = [item for item in equivalents if item not in free]
        free.update(paid[1:])
    return free


def _find_usual_options(choice: RoadmapChoice) -> set[str]:
    """Return the ids for the options most will take: the defaults, else the first ones."""
    if choice.default:
        return set(choice.default)
    count = 1
    if choice.pick not in ("one", "any"):
        count = int(choice.pick)
    return {option.id for option in choice.options[:count]}


def _list_option_items(
    option: ChoiceOption, step_items: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    for step in option.takes:
        yield from step_items[step]


@dataclass(frozen=True, slots=True)
class _Measured:
    """Items by what their time follows: an estimate, the time of a stage, or neither."""

    estimated: list[str]
    timed: list[str]
    untimed: list[str]


@dataclass
class _WorkloadMeter:
    roadmap: Roadmap
    week_minutes: float
    is_by_stages: bool
    loads: dict[str, float] = field(default_factory=dict)
    time_conflicts: list[tuple[Stage, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free_items = _find_free_items(self.roadmap)
        # A course that several items name is taken once: each of them carries a share of it.
        self.resource_uses = _count_resource_uses(self.roadmap)
        self.items_in_weeks: set[str] = set()
        for week in self.roadmap.weeks:
            self.items_in_weeks.update(_list_item_ids(week.items))

    def measure_stages(
        self, siblings: Sequence[Stage], choices: Sequence[RoadmapChoice]
    ) -> _Measured:
        """Measure the items in some stages."""
        measured = _Measured([], [], [])
        for group in group_parallel_stages(siblings, choices):
            timed_by_stage = []
            for stage in group:
                inner = self.measure_stage(stage)
                timed_by_stage.append(inner.timed)
                measured.estimated.extend(inner.estimated)
                measured.untimed.extend(inner.untimed)
            measured.timed.extend(self._share_longest_time(timed_by_stage))
        return measured

    def _share_longest_time(self, timed_by_stage: Sequence[Sequence[str]]) -> list[str]:
        """Press stages side by side into the time of the longest; return all their items."""
        factor = _compute_overlap([self.sum_loads(items) for items in timed_by_stage])
        timed: list[str] = []
        for items in timed_by_stage:
            self.stretch_loads(items, factor)
            timed += items
        return timed

    def measure_stage(self, stage: Stage) -> _Measured:
        """Measure the items in one stage."""
        inner = self.measure_stages(stage.stages, stage.choices)
        estimated: list[str] = []
        untimed: list[str] = []
        for week in stage.weeks:
            # A week with a name is one week, whatever its stage states.
            for item in week.items:
                self.loads[item.id] = self.measure_item(item)
        for item in stage.items:
            self.loads[item.id] = self.measure_item(item)
            if item.estimate is None or self.is_by_stages:
                untimed.append(item.id)
            else:
                estimated.append(item.id)
        measured = _Measured(estimated + inner.estimated, inner.timed, untimed + inner.untimed)
        if stage.time is None:
            return measured
        return self._apply_stage_time(stage, stage.time, measured)

    def _apply_stage_time(self, stage: Stage, time: TimeSpan, measured: _Measured) -> _Measured:
        stated = convert_span_to_minutes(time, self.week_minutes)
        known = self.sum_loads(measured.timed) + self.sum_loads(measured.estimated)
        rest = self.sum_loads(measured.untimed)
        # The stage's time, less what its items and inner stages state, is for the other items.
        if rest and stated > known:
            self.stretch_loads(measured.untimed, (stated - known) / rest)
            return _Measured(measured.estimated, measured.timed + measured.untimed, [])
        if known and not rest and abs(stated - known) >= self.week_minutes:
            self.time_conflicts.append((stage, known / self.week_minutes))
        return measured

    def measure_item(self, item: Item) -> float:
        """Measure one item alone, in minutes."""
        if item.id in self.free_items:
            return 0
        if item.estimate is not None:
            return convert_span_to_minutes(item.estimate, self.week_minutes)
        return self._sum_resource_shares(item) or USUAL[item.kind]

    def _sum_resource_shares(self, item: Item) -> float:
        minutes = 0.0
        for resource_id in item.resources:
            resource = self.roadmap.get_resource(resource_id)
            minutes += self.measure_resource(resource) / self.resource_uses[resource_id]
        return minutes

    def measure_resource(self, resource: Resource) -> float:
        """Measure one resource: its stated time, else the usual one.

        A resource that is only looked up takes none.
        """
        if resource.time is not None:
            return convert_span_to_minutes(resource.time, self.week_minutes)
        if resource.kind == "lectures":
            return LECTURE * (resource.count or 1)
        return STUDIED.get(resource.kind, 0)

    def sum_loads(self, items: Iterable[str]) -> float:
        return sum(self.loads[item] for item in items)

    def stretch_loads(self, items: Iterable[str], factor: float) -> None:
        for item in items:
            self.loads[item] *= factor

    def limit_loads(self) -> dict[str, float]:
        """Return the loads, compressed where they are longer than any plan may be.

        Items in the plan's own weeks keep theirs: each of these weeks stays one week.
        """
        spread = [item for item in self.loads if item not in self.items_in_weeks]
        total = self.sum_loads(spread)
        if total > LONGEST * self.week_minutes:
            self.stretch_loads(spread, LONGEST * self.week_minutes / total)
        return self.loads
