"""A member's route through a plan: which items count for them, by their track and choices and by what is as good as what.

Pure; whoever counts what is done asks here what there is to do. What is counted is a slot: items of which any one is enough.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from bot.group.calendar import Syllabus
from bot.roadmap import ChoiceOption, Item, Roadmap, RoadmapChoice, Stage, Week

NOTHING = ""
"""Stands for an option where a member takes none of a choice that leaves them free to."""


@dataclass(frozen=True, slots=True)
class Picks:
    """What a member has picked: a track or none, and options as (choice id, option id). What a plan does not know of it is
    passed over, so picks outlive an edit of the plan."""

    track: str = ""
    options: frozenset[tuple[str, str]] = frozenset()

    @staticmethod
    def parse_picks(words: Iterable[str]) -> Picks:
        """Picks from the words they are stored as: `vision`, `framework/with-pytorch`."""
        said = [word.partition("/") for word in words]
        track = next((name for name, slash, _ in said if not slash), "")
        return Picks(track, frozenset((choice, option) for choice, slash, option in said if slash))

    @property
    def words_to_store(self) -> tuple[str, ...]:
        """As `of` reads them."""
        return (
            *([self.track] if self.track else []),
            *sorted(f"{choice}/{option}" for choice, option in self.options),
        )

    def has_pick(self, choice: RoadmapChoice) -> bool:
        """Whether a choice was made at all."""
        return any(name == choice.id for name, _ in self.options)


def has_route_choices(roadmap: Roadmap) -> bool:
    """Whether a plan leaves its members anything to pick."""
    return bool(roadmap.tracks or roadmap.all_choices)


def get_max_options(choice: RoadmapChoice) -> int:
    """How many options of a choice a member may take."""
    return (
        1 if choice.pick == "one" else len(choice.options) if choice.pick == "any" else choice.pick
    )


def list_member_options(choice: RoadmapChoice, picks: Picks) -> tuple[ChoiceOption, ...]:
    """A member's options of a choice: what they picked, then what goes with their track, then the defaults, or else the
    first ones; as many as the choice asks for. Of a choice of any number it is the first of these that there is, or none."""
    said = [one for one in choice.options if (choice.id, one.id) in picks.options]
    along = [one for one in choice.options if picks.track and one.track == picks.track]
    usual = [one for one in choice.options if one.id in choice.default]
    if choice.pick == "any":
        return tuple(said if picks.has_pick(choice) else along or usual)
    in_order = {one.id: one for one in (*said, *along, *(usual or choice.options))}
    return tuple(in_order.values())[: get_max_options(choice)]


@dataclass(frozen=True)
class Route:
    """What a member has to do: the slots of each week of a syllabus, by the week's id. A slot is a set of items any of which
    satisfies it; it belongs to the week of the first of them that is on the route. `own` are the items of the syllabus that
    are; `same`, by item, what is as good as it, itself included, where anything is."""

    slots: Mapping[str, tuple[frozenset[str], ...]]
    own_items: frozenset[str]
    equivalents: Mapping[str, frozenset[str]]

    def is_on_route(self, item: str) -> bool:
        """Whether an item is on the route. Others can be ticked, and count where they are as good as one that is."""
        return item in self.own_items

    def count_slots(self, week_id: str | None = None) -> int:
        """How much there is to do, in a week or overall."""
        return self._slot_count if week_id is None else len(self.slots.get(week_id, ()))

    def count_done_slots(self, ticked: Set[str], week_id: str | None = None) -> int:
        """How much of it is done, in a week or overall."""
        weeks = self.slots.values() if week_id is None else (self.slots.get(week_id, ()),)
        return sum(not slot.isdisjoint(ticked) for slots in weeks for slot in slots)

    def find_ticked_equivalent(self, item: str, ticked: Collection[str]) -> str | None:
        """A ticked item that is as good as this one, which is not ticked itself."""
        if item in ticked:
            return None
        return min((one for one in self.equivalents.get(item, ()) if one in ticked), default=None)

    @cached_property
    def _slot_count(self) -> int:
        return sum(map(len, self.slots.values()))


def build_route(roadmap: Roadmap, syllabus: Syllabus, words: Iterable[str] = ()) -> Route:
    """The route of a member who has picked `words`; without any, the one that boards count by. Computed once for each."""
    if not (has_route_choices(roadmap) or roadmap.equivalents):
        return build_full_route(syllabus)
    return _compute_route(_RouteKey(roadmap.digest, syllabus, Picks.parse_picks(words), roadmap))


@lru_cache(maxsize=64)
def build_full_route(syllabus: Syllabus) -> Route:
    """The route through a plan with one way for everybody: each item is a slot of its own."""
    return _build_route_slots(syllabus, frozenset(syllabus.all_items), {})


@dataclass(frozen=True, slots=True)
class _RouteKey:
    # The digest stands for the plan, which would take long to hash and to compare.
    digest: str
    syllabus: Syllabus
    picks: Picks
    roadmap: Roadmap = field(compare=False, repr=False)


@lru_cache(maxsize=256)
def _compute_route(key: _RouteKey) -> Route:
    same = _group_equivalents(key.roadmap)
    own = _find_own_items(key.roadmap, key.picks, same)
    return _build_route_slots(key.syllabus, own.intersection(key.syllabus.all_items), same)


def _build_route_slots(
    syllabus: Syllabus, own: frozenset[str], same: Mapping[str, frozenset[str]]
) -> Route:
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


def _group_equivalents(roadmap: Roadmap) -> Mapping[str, frozenset[str]]:
    """What is as good as an item, by the plan's equivalents taken together: what two lists share makes them one."""
    groups: dict[str, set[str]] = {}
    for listed in roadmap.equivalents:
        first = groups.get(listed[0])
        if first is not None and all(groups.get(item) is first for item in listed):
            continue  # said before: however often a plan repeats itself, groups are joined once
        group = set(listed).union(*(groups.get(item, ()) for item in listed))
        groups.update(dict.fromkeys(group, group))
    frozen = {id(group): frozenset(group) for group in groups.values()}
    return {item: frozen[id(group)] for item, group in groups.items()}


# — which items are on a route —


@dataclass(frozen=True, slots=True)
class _StepChoices:
    """By the id of a stage, week or item: the choices that are about it, and those of which a member's options take it."""

    choices_by_step: Mapping[str, set[str]]
    own_choices_by_step: Mapping[str, set[str]]


def _find_own_items(
    roadmap: Roadmap, picks: Picks, same: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    ways = _map_step_choices(roadmap, picks)
    # Where nothing but a track bars the way to an item, that track; nothing where it is open.
    bars = {
        item.id: bar
        for item in roadmap.items.values()
        if (bar := _find_blocking_track(roadmap, item, ways, picks.track)) is not None
    }
    own = {item for item, bar in bars.items() if not bar}
    for group in set(same.values()):
        # Written for several tracks of which none is the member's: whichever they like.
        if own.isdisjoint(group) and len({bars[item] for item in group if item in bars}) > 1:
            own.update(group & bars.keys())
    return frozenset(own)


def _map_step_choices(roadmap: Roadmap, picks: Picks) -> _StepChoices:
    about: dict[str, set[str]] = {}
    mine: dict[str, set[str]] = {}
    for choice in roadmap.all_choices:
        own = {one.id for one in list_member_options(choice, picks)}
        for option in choice.options:
            for step in option.takes:
                about.setdefault(step, set()).add(choice.id)
                if option.id in own:
                    mine.setdefault(step, set()).add(choice.id)
    return _StepChoices(about, mine)


def _find_blocking_track(
    roadmap: Roadmap, item: Item, ways: _StepChoices, track: str
) -> str | None:
    """The track that bars the way to an item, nothing where it is open; None where it is part of an option that is not taken.

    An option that is taken opens what it names, whatever the track of that. What a choice keeps out, it lets in again where
    another of its options takes a part of it: the whole stage, or two items of it.
    """
    shut: list[set[str]] = []
    opened: set[str] = set()
    bar = ""
    for step in (*roadmap.get_item_path(item.id), item):
        mine = ways.own_choices_by_step.get(step.id, set())
        label = _get_step_track(step)
        bar = bar or ("" if mine or label == track else label)
        shut = [choices for choices in shut if choices.isdisjoint(mine)]
        opened |= mine
        about = ways.choices_by_step.get(step.id, set())
        if about and opened.isdisjoint(about):
            shut.append(about)
    return None if shut else bar


def _get_step_track(step: Stage | Week | Item) -> str:
    return "" if isinstance(step, Week) else step.track or ""


# — what people read —


def get_step_title(roadmap: Roadmap, step: str) -> str:
    """The title of a stage, week or item; its id where the plan does not know it."""
    if step in roadmap.items:
        return roadmap.items[step].title
    places: tuple[Stage | Week, ...] = (*roadmap.all_stages, *roadmap.weeks)
    return next((place.title for place in places if place.id == step), step)


def get_option_title(roadmap: Roadmap, option: ChoiceOption) -> str:
    """What an option is called: by its own title, or by what it takes first."""
    return option.title or get_step_title(roadmap, option.takes[0])


def map_route_labels(roadmap: Roadmap, items: Iterable[str]) -> Mapping[str, str]:
    """Of which option or track an item is part, by the title; items that are everybody's are left out."""
    named: dict[str, list[str]] = {}
    for choice in roadmap.all_choices:
        for option in choice.options:
            for step in option.takes:
                named.setdefault(step, []).append(option.title or choice.title)
    tracks = {track.id: track.title for track in roadmap.tracks}
    found = (
        (item, _find_route_label(roadmap, roadmap.items[item], named, tracks)) for item in items
    )
    return {item: label for item, label in found if label}


def _find_route_label(
    roadmap: Roadmap, item: Item, named: Mapping[str, list[str]], tracks: Mapping[str, str]
) -> str:
    for step in (item, *reversed(roadmap.get_item_path(item.id))):
        if options := list(dict.fromkeys(named.get(step.id, ()))):
            return " or ".join(options) if len(options) < 3 else f"{len(options)} routes"
        if track := tracks.get(_get_step_track(step)):
            return track
    return ""


def list_unmet_requirements(
    roadmap: Roadmap, syllabus: Syllabus, words: Iterable[str], ticked: Set[str]
) -> tuple[str, ...]:
    """The titles of what the options somebody picked require and they have not done yet, as far as their cohort does it."""
    picks = Picks.parse_picks(words)
    route = build_route(roadmap, syllabus, words)
    own = (
        (choice, one)
        for choice in roadmap.all_choices
        for one in list_member_options(choice, picks)
    )
    picked = [
        one
        for choice, one in own
        if picks.has_pick(choice) or (picks.track and one.track == picks.track)
    ]
    steps = dict.fromkeys(step for option in picked for step in option.requires)
    return tuple(
        get_step_title(roadmap, step)
        for step in steps
        if not _is_requirement_met(roadmap, syllabus, route, step, ticked)
    )


def _is_requirement_met(
    roadmap: Roadmap, syllabus: Syllabus, route: Route, step: str, ticked: Set[str]
) -> bool:
    inside = [
        item
        for item in syllabus.all_items
        if item == step or any(place.id == step for place in roadmap.get_item_path(item))
    ]
    own = [item for item in inside if route.is_on_route(item)] or inside
    return all(item in ticked or route.find_ticked_equivalent(item, ticked) for item in own)
