"""A member's route through a plan: which items count for them, by their track and choices and by what is as good as what.

Pure; whoever counts what is done asks here what there is to do. What is counted is a slot: items of which any one is enough.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from bot.group.calendar import Syllabus
from bot.roadmap import Choice, Item, Option, Roadmap, Stage, Week

NOTHING = ""
"""Stands for an option where a member takes none of a choice that leaves them free to."""


@dataclass(frozen=True, slots=True)
class Picks:
    """What a member has picked: a track or none, and options as (choice id, option id). What a plan does not know of it is
    passed over, so picks outlive an edit of the plan."""

    track: str = ""
    options: frozenset[tuple[str, str]] = frozenset()

    @staticmethod
    def of(words: Iterable[str]) -> Picks:
        """Picks from the words they are stored as: `vision`, `framework/with-pytorch`."""
        said = [word.partition("/") for word in words]
        track = next((name for name, slash, _ in said if not slash), "")
        return Picks(track, frozenset((choice, option) for choice, slash, option in said if slash))

    @property
    def words(self) -> tuple[str, ...]:
        """As `of` reads them."""
        return (
            *([self.track] if self.track else []),
            *sorted(f"{choice}/{option}" for choice, option in self.options),
        )

    def said(self, choice: Choice) -> bool:
        """Whether a choice was made at all."""
        return any(name == choice.id for name, _ in self.options)


def branches(plan: Roadmap) -> bool:
    """Whether a plan leaves its members anything to pick."""
    return bool(plan.tracks or plan.all_choices)


def most(choice: Choice) -> int:
    """How many options of a choice a member may take."""
    return (
        1 if choice.pick == "one" else len(choice.options) if choice.pick == "any" else choice.pick
    )


def taken(choice: Choice, picks: Picks) -> tuple[Option, ...]:
    """A member's options of a choice: what they picked, then what goes with their track, then the defaults, or else the
    first ones; as many as the choice asks for. Of a choice of any number it is the first of these that there is, or none."""
    said = [one for one in choice.options if (choice.id, one.id) in picks.options]
    along = [one for one in choice.options if picks.track and one.track == picks.track]
    usual = [one for one in choice.options if one.id in choice.default]
    if choice.pick == "any":
        return tuple(said if picks.said(choice) else along or usual)
    in_order = {one.id: one for one in (*said, *along, *(usual or choice.options))}
    return tuple(in_order.values())[: most(choice)]


@dataclass(frozen=True)
class Route:
    """What a member has to do: the slots of each week of a syllabus, by the week's id. A slot is a set of items any of which
    satisfies it; it belongs to the week of the first of them that is on the route. `own` are the items of the syllabus that
    are; `same`, by item, what is as good as it, itself included, where anything is."""

    slots: Mapping[str, tuple[frozenset[str], ...]]
    own: frozenset[str]
    same: Mapping[str, frozenset[str]]

    def counts(self, item: str) -> bool:
        """Whether an item is on the route. Others can be ticked, and count where they are as good as one that is."""
        return item in self.own

    def total(self, week_id: str | None = None) -> int:
        """How much there is to do, in a week or overall."""
        return self._total if week_id is None else len(self.slots.get(week_id, ()))

    def done(self, ticked: Set[str], week_id: str | None = None) -> int:
        """How much of it is done, in a week or overall."""
        weeks = self.slots.values() if week_id is None else (self.slots.get(week_id, ()),)
        return sum(not slot.isdisjoint(ticked) for slots in weeks for slot in slots)

    def instead(self, item: str, ticked: Collection[str]) -> str | None:
        """A ticked item that is as good as this one, which is not ticked itself."""
        if item in ticked:
            return None
        return min((one for one in self.same.get(item, ()) if one in ticked), default=None)

    @cached_property
    def _total(self) -> int:
        return sum(map(len, self.slots.values()))


def route_of(plan: Roadmap, syllabus: Syllabus, words: Iterable[str] = ()) -> Route:
    """The route of a member who has picked `words`; without any, the one that boards count by. Computed once for each."""
    if not (branches(plan) or plan.equivalents):
        return everything(syllabus)
    return _computed(_Asked(plan.digest, syllabus, Picks.of(words), plan))


@lru_cache(maxsize=64)
def everything(syllabus: Syllabus) -> Route:
    """The route through a plan with one way for everybody: each item is a slot of its own."""
    return _route(syllabus, frozenset(syllabus.items), {})


@dataclass(frozen=True, slots=True)
class _Asked:
    # The digest stands for the plan, which would take long to hash and to compare.
    digest: str
    syllabus: Syllabus
    picks: Picks
    plan: Roadmap = field(compare=False, repr=False)


@lru_cache(maxsize=256)
def _computed(asked: _Asked) -> Route:
    same = _same(asked.plan)
    own = _own(asked.plan, asked.picks, same)
    return _route(asked.syllabus, own.intersection(asked.syllabus.items), same)


def _route(syllabus: Syllabus, own: frozenset[str], same: Mapping[str, frozenset[str]]) -> Route:
    slots: dict[str, tuple[frozenset[str], ...]] = {}
    placed: set[str] = set()
    for week in syllabus.weeks:
        of_week = []
        for item in week.items:
            if item in own and item not in placed:
                of_week.append(same.get(item) or frozenset((item,)))
                placed |= of_week[-1]
        slots[week.id] = tuple(of_week)
    return Route(slots, own, same)


def _same(plan: Roadmap) -> Mapping[str, frozenset[str]]:
    """What is as good as an item, by the plan's equivalents taken together: what two lists share makes them one."""
    groups: dict[str, set[str]] = {}
    for listed in plan.equivalents:
        first = groups.get(listed[0])
        if first is not None and all(groups.get(item) is first for item in listed):
            continue  # said before: however often a plan repeats itself, groups are joined once
        group = set(listed).union(*(groups.get(item, ()) for item in listed))
        groups.update(dict.fromkeys(group, group))
    frozen = {id(group): frozenset(group) for group in groups.values()}
    return {item: frozen[id(group)] for item, group in groups.items()}


# — which items are on a route —


@dataclass(frozen=True, slots=True)
class _Ways:
    """By the id of a stage, week or item: the choices that are about it, and those of which a member's options take it."""

    about: Mapping[str, set[str]]
    mine: Mapping[str, set[str]]


def _own(plan: Roadmap, picks: Picks, same: Mapping[str, frozenset[str]]) -> frozenset[str]:
    ways = _ways(plan, picks)
    # Where nothing but a track bars the way to an item, that track; nothing where it is open.
    bars = {
        item.id: bar
        for item in plan.items.values()
        if (bar := _bar(plan, item, ways, picks.track)) is not None
    }
    own = {item for item, bar in bars.items() if not bar}
    for group in set(same.values()):
        # Written for several tracks of which none is the member's: whichever they like.
        if own.isdisjoint(group) and len({bars[item] for item in group if item in bars}) > 1:
            own.update(group & bars.keys())
    return frozenset(own)


def _ways(plan: Roadmap, picks: Picks) -> _Ways:
    about: dict[str, set[str]] = {}
    mine: dict[str, set[str]] = {}
    for choice in plan.all_choices:
        own = {one.id for one in taken(choice, picks)}
        for option in choice.options:
            for step in option.takes:
                about.setdefault(step, set()).add(choice.id)
                if option.id in own:
                    mine.setdefault(step, set()).add(choice.id)
    return _Ways(about, mine)


def _bar(plan: Roadmap, item: Item, ways: _Ways, track: str) -> str | None:
    """The track that bars the way to an item, nothing where it is open; None where it is part of an option that is not taken.

    An option that is taken opens what it names, whatever the track of that. What a choice keeps out, it lets in again where
    another of its options takes a part of it: the whole stage, or two items of it.
    """
    shut: list[set[str]] = []
    opened: set[str] = set()
    bar = ""
    for step in (*plan.path_to(item.id), item):
        mine = ways.mine.get(step.id, set())
        label = _track(step)
        bar = bar or ("" if mine or label == track else label)
        shut = [choices for choices in shut if choices.isdisjoint(mine)]
        opened |= mine
        about = ways.about.get(step.id, set())
        if about and opened.isdisjoint(about):
            shut.append(about)
    return None if shut else bar


def _track(step: Stage | Week | Item) -> str:
    return "" if isinstance(step, Week) else step.track or ""


# — what people read —


def title_of(plan: Roadmap, step: str) -> str:
    """The title of a stage, week or item; its id where the plan does not know it."""
    if step in plan.items:
        return plan.items[step].title
    places: tuple[Stage | Week, ...] = (*plan.all_stages, *plan.weeks)
    return next((place.title for place in places if place.id == step), step)


def option_title(plan: Roadmap, option: Option) -> str:
    """What an option is called: by its own title, or by what it takes first."""
    return option.title or title_of(plan, option.takes[0])


def labels(plan: Roadmap, items: Iterable[str]) -> Mapping[str, str]:
    """Of which option or track an item is part, by the title; items that are everybody's are left out."""
    named: dict[str, list[str]] = {}
    for choice in plan.all_choices:
        for option in choice.options:
            for step in option.takes:
                named.setdefault(step, []).append(option.title or choice.title)
    tracks = {track.id: track.title for track in plan.tracks}
    found = ((item, _label(plan, plan.items[item], named, tracks)) for item in items)
    return {item: label for item, label in found if label}


def _label(
    plan: Roadmap, item: Item, named: Mapping[str, list[str]], tracks: Mapping[str, str]
) -> str:
    for step in (item, *reversed(plan.path_to(item.id))):
        if options := list(dict.fromkeys(named.get(step.id, ()))):
            return " or ".join(options) if len(options) < 3 else f"{len(options)} routes"
        if track := tracks.get(_track(step)):
            return track
    return ""


def ahead_of(
    plan: Roadmap, syllabus: Syllabus, words: Iterable[str], ticked: Set[str]
) -> tuple[str, ...]:
    """The titles of what the options somebody picked require and they have not done yet, as far as their cohort does it."""
    picks = Picks.of(words)
    route = route_of(plan, syllabus, words)
    own = ((choice, one) for choice in plan.all_choices for one in taken(choice, picks))
    picked = [
        one
        for choice, one in own
        if picks.said(choice) or (picks.track and one.track == picks.track)
    ]
    steps = dict.fromkeys(step for option in picked for step in option.requires)
    return tuple(
        title_of(plan, step) for step in steps if not _is_met(plan, syllabus, route, step, ticked)
    )


def _is_met(plan: Roadmap, syllabus: Syllabus, route: Route, step: str, ticked: Set[str]) -> bool:
    inside = [
        item
        for item in syllabus.items
        if item == step or any(place.id == step for place in plan.path_to(item))
    ]
    own = [item for item in inside if route.counts(item)] or inside
    return all(item in ticked or route.instead(item, ticked) for item in own)
