"""How much work an item is, in minutes: what it states, what its stage states, or what its kind usually takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.roadmap import Choice, Item, ItemKind, Option, Resource, ResourceKind, Roadmap, Span, Stage

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
class Measured:
    """The minutes of every item, in weeks of `week` minutes. Items that only another choice would take cost none.

    `disagree` are stages that state another time than the stages inside them take together, and the weeks of these."""

    week: float
    loads: Mapping[str, float]
    disagree: tuple[tuple[Stage, float], ...] = ()


def minutes(span: Span, week: float) -> float:
    """A stated time in weeks of `week` minutes: the middle of a range, the lower end of an open one."""
    middle = span.min if span.max is None else (span.min + span.max) / 2
    if span.unit in IN_WEEKS:
        return middle * IN_WEEKS[span.unit] * week
    return middle * (60 if span.unit == "hours" else 1)


def measured(plan: Roadmap, week: float) -> Measured:
    """Every item of the plan, measured. The times that stages state are shared among their items; times of stages inside
    go before those around them, and stages side by side take the time of the longest."""
    scale = _Scale(plan, week)
    scale.stages(plan.stages, plan.choices)
    return Measured(week, scale.bounded(), tuple(scale.disagree))


def inside(plan: Roadmap) -> dict[str, tuple[str, ...]]:
    """The items that every stage, week and item consists of, by its id."""
    found: dict[str, tuple[str, ...]] = {item: (item,) for item in plan.items}
    found.update((week.id, tuple(item.id for item in week.items)) for week in plan.weeks)
    for stage in reversed(plan.all_stages):  # what is inside comes before what is around it
        own = [item.id for item in stage.items]
        named = (*(week.id for week in stage.weeks), *(inner.id for inner in stage.stages))
        found[stage.id] = (*own, *(item for name in named for item in found[name]))
    return found


def beside(stages: Sequence[Stage], choices: Sequence[Choice]) -> list[list[Stage]]:
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


def _free(plan: Roadmap) -> set[str]:
    """Items that cost no time, because something else takes their place."""
    items = inside(plan)
    taken: set[str] = set()
    passed: set[str] = set()
    for choice in plan.all_choices:
        first = 1 if choice.pick in ("one", "any") else int(choice.pick)
        default = set(choice.default) or {option.id for option in choice.options[:first]}
        for option in choice.options:
            (taken if option.id in default else passed).update(_taken(option, items))
    passed -= taken
    for same in plan.equivalents:
        paid = [item for item in same if item not in passed]
        passed.update(paid[1:])
    return passed


def _taken(option: Option, items: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    return (item for name in option.takes for item in items[name])


@dataclass
class _Scale:
    plan: Roadmap
    week: float
    loads: dict[str, float] = field(default_factory=dict)
    disagree: list[tuple[Stage, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free = _free(self.plan)
        self.shared = Counter(
            one for item in self.plan.items.values() for one in set(item.resources)
        )
        self.written = {item.id for week in self.plan.weeks for item in week.items}

    def stages(
        self, siblings: Sequence[Stage], choices: Sequence[Choice]
    ) -> tuple[list[str], list[str]]:
        """Measure what stages hold. Returns the items that go by a stated time, and those that do not."""
        timed: list[str] = []
        loose: list[str] = []
        for group in beside(siblings, choices):
            fixed = []
            for stage in group:
                by_time, by_weight = self.stage(stage)
                fixed.append(by_time)
                loose += by_weight
            totals = [self.total(ids) for ids in fixed]
            for ids in fixed:
                self.stretch(ids, max(totals) / sum(totals) if sum(totals) else 1)
                timed += ids
        return timed, loose

    def stage(self, stage: Stage) -> tuple[list[str], list[str]]:
        timed, loose = self.stages(stage.stages, stage.choices)
        for item in (*stage.items, *(item for week in stage.weeks for item in week.items)):
            self.loads[item.id] = self.weight(item)
        loose = [item.id for item in stage.items] + loose
        if stage.time is None:
            return timed, loose
        stated, known, rest = minutes(stage.time, self.week), self.total(timed), self.total(loose)
        if rest and stated > known:
            self.stretch(loose, (stated - known) / rest)
            return timed + loose, []
        if timed and not rest and abs(stated - known) >= self.week:
            self.disagree.append((stage, known / self.week))
        return timed, loose

    def weight(self, item: Item) -> float:
        if item.id in self.free:
            return 0
        if item.estimate is not None:
            return minutes(item.estimate, self.week)
        courses = (self.plan.resource(one) for one in item.resources)
        return sum(self.studied(one) / self.shared[one.id] for one in courses) or USUAL[item.kind]

    def studied(self, resource: Resource) -> float:
        """What a course takes, alone: its stated time, else the usual one; nothing for what is only looked up."""
        if resource.time is not None:
            return minutes(resource.time, self.week)
        if resource.kind == "lectures":
            return LECTURE * (resource.count or 1)
        return STUDIED.get(resource.kind, 0)

    def total(self, ids: Sequence[str]) -> float:
        return sum(self.loads[one] for one in ids)

    def stretch(self, ids: Sequence[str], factor: float) -> None:
        self.loads.update((one, self.loads[one] * factor) for one in ids)

    def bounded(self) -> dict[str, float]:
        """The loads; everything outside the plan's own weeks pressed together where it is longer than any plan."""
        spread = [one for one in self.loads if one not in self.written]
        if (total := self.total(spread)) > LONGEST * self.week:
            self.stretch(spread, LONGEST * self.week / total)
        return self.loads
