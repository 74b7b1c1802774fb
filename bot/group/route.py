"""A member's route through a plan: the items that count for them.

It follows from their track, their choices and the plan's equivalents. Pure: counting done work
starts here with the work there is to do.
The unit is a slot: several items, any one of which is enough.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from bot.group.calendar import Syllabus
from bot.roadmap import ChoiceOption, Item, Roadmap, RoadmapChoice, Stage, Week

NOTHING = ""
"""Stands for an option where a member takes none of a choice that leaves them free to."""


@dataclass(frozen=True, slots=True)
class Picks:
    """A member's picks: a track or none, and options as (choice id, option id).

    Picks a plan does not know are passed over, so picks outlive an edit of the plan.
    """

    track: str = ""
    options: frozenset[tuple[str, str]] = frozenset()

    @staticmethod
    def parse_picks(words: Iterable[str]) -> Picks:
        """Parse the stored words: `vision`, `framework/with-pytorch`."""
        tracks = []
        options = set()
        for word in words:
            choice, slash, option = word.partition("/")
            if slash:
                options.add((choice, option))
            else:
                tracks.append(word)
        # The first track wins, should a row hold several.
        return Picks("".join(tracks[:1]), frozenset(options))

    @property
    def words_to_store(self) -> tuple[str, ...]:
        """The words for `parse_picks`."""
        words = sorted(f"{choice}/{option}" for choice, option in self.options)
        if self.track:
            words.insert(0, self.track)
        return tuple(words)

    def has_pick(self, choice: RoadmapChoice) -> bool:
        """Return True if a choice was made at all, even for no option."""
        return any(choice_id == choice.id for choice_id, _ in self.options)


def has_route_choices(roadmap: Roadmap) -> bool:
    """Return True if a plan leaves its members anything to pick."""
    return bool(roadmap.tracks or roadmap.all_choices)


def get_max_options(choice: RoadmapChoice) -> int:
    """Return the number of options a member may take in a choice."""
    if choice.pick == "one":
        return 1
    if choice.pick == "any":
        return len(choice.options)
    return choice.pick


def list_member_options(choice: RoadmapChoice, picks: Picks) -> tuple[ChoiceOption, ...]:
    """Return a member's options in a choice, as many as it asks for.

    First come their picks, then options for their track, then the defaults, else the first ones.
    In a choice with any number, only the first of these groups counts; it may be empty.
    """
    picked = [option for option in choice.options if (choice.id, option.id) in picks.options]
    with_track = [option for option in choice.options if option.track == picks.track != ""]
    usual = [option for option in choice.options if option.id in choice.default]
    if choice.pick == "any":
        # Somebody who picked no option at all has made the choice too.
        if picks.has_pick(choice):
            return tuple(picked)
        return tuple(with_track or usual)
    in_order: dict[str, ChoiceOption] = {}
    for option in (*picked, *with_track, *(usual or choice.options)):
        in_order.setdefault(option.id, option)
    return tuple(in_order.values())[: get_max_options(choice)]


@dataclass(frozen=True)
class Route:
    """A member's slots in each week, by the week's id.

    A slot is a set of items, any one of which is enough. It belongs to the week with the first
    of them on the route.
    `own_items`: the items in the syllabus that are on the route.
    `equivalents`: for an item, everything as good as it, itself included.
    """

    slots: Mapping[str, tuple[frozenset[str], ...]]
    own_items: frozenset[str]
    equivalents: Mapping[str, frozenset[str]]

    def is_on_route(self, item: str) -> bool:
        """Return True for an item on the route.

        Other items can be ticked, and count where they are as good as one on it.
        """
        return item in self.own_items

    def count_slots(self, week_id: str | None = None) -> int:
        """Count the slots in a week, or overall."""
        if week_id is None:
            return self._slot_count
        return len(self.slots.get(week_id, ()))

    def count_done_slots(self, ticked: Set[str], week_id: str | None = None) -> int:
        """Count the slots done in a week, or overall."""
        weeks: Iterable[tuple[frozenset[str], ...]] = self.slots.values()
        if week_id is not None:
            weeks = (self.slots.get(week_id, ()),)
        return sum(not slot.isdisjoint(ticked) for slots in weeks for slot in slots)

    def find_ticked_equivalent(self, item: str, ticked: Collection[str]) -> str | None:
        """Return a ticked item that is as good as this one; None if it is ticked itself."""
        if item in ticked:
            return None
        # The least id, so that the answer is the same each time.
        equivalents = self.equivalents.get(item, frozenset())
        return min((other for other in equivalents if other in ticked), default=None)

    @cached_property
    def _slot_count(self) -> int:
        return sum(map(len, self.slots.values()))


def build_route(roadmap: Roadmap, syllabus: Syllabus, words: Iterable[str] = ()) -> Route:
    """Build the route for a member's picks, as stored words; without any, the usual one.

    Boards count by the usual one. Each route is computed once.
    """
    # Most plans have one way for everybody: their route depends on the syllabus alone.
    if not (has_route_choices(roadmap) or roadmap.equivalents):
        return build_full_route(syllabus)
    return _compute_route(_RouteKey(roadmap.digest, syllabus, Picks.parse_picks(words), roadmap))


@lru_cache(maxsize=64)
def build_full_route(syllabus: Syllabus) -> Route:
    """Build the route through a plan with one way for everybody: each item has its own slot."""
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
    equivalents = _group_equivalents(key.roadmap)
    own_items = _find_own_items(key.roadmap, key.picks, equivalents)
    in_syllabus = own_items.intersection(key.syllabus.all_items)
    return _build_route_slots(key.syllabus, in_syllabus, equivalents)


def _build_route_slots(
    syllabus: Syllabus, own_items: frozenset[str], equivalents: Mapping[str, frozenset[str]]
) -> Route:
    slots: dict[str, tuple[frozenset[str], ...]] = {}
    # Items of a slot that has a week already: its other ways do not count a second time.
    placed: set[str] = set()
    for week in syllabus.weeks:
        week_slots = []
        for item in week.items:
            if item in own_items and item not in placed:
                slot = equivalents.get(item) or frozenset((item,))
                week_slots.append(slot)
                placed |= slot
        slots[week.id] = tuple(week_slots)
    return Route(slots, own_items, equivalents)


def _group_equivalents(roadmap: Roadmap) -> Mapping[str, frozenset[str]]:
    """Group items that are as good as each other.

    Two lists that share an item become one group: if a equals b and b equals c, a equals c.
    """
    groups: dict[str, set[str]] = {}
    for listed in roadmap.equivalents:
        first_group = groups.get(listed[0])
        # However often a plan repeats itself, groups are joined once: joining is what takes time.
        if first_group is not None and all(groups.get(item) is first_group for item in listed):
            continue
        joined = set(listed)
        for item in listed:
            joined |= groups.get(item, set())
        groups.update(dict.fromkeys(joined, joined))
    # One frozen set for each group, shared by all its items.
    frozen = {id(group): frozenset(group) for group in groups.values()}
    return {item: frozen[id(group)] for item, group in groups.items()}


# — which items are on a route —


@dataclass(frozen=True, slots=True)
class _StepChoices:
    """Choices by the id of a stage, week or item.

    `choices_by_step`: the choices about it. `own_choices_by_step`: those in which a member's
    options take it.
    """

    choices_by_step: Mapping[str, set[str]]
    own_choices_by_step: Mapping[str, set[str]]


def _find_own_items(
    roadmap: Roadmap, picks: Picks, equivalents: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    step_choices = _map_step_choices(roadmap, picks)
    # Where nothing but a track bars the way to an item, that track; empty where it is open.
    # Items in an option that is not taken are not in here at all.
    blocking_tracks: dict[str, str] = {}
    for item in roadmap.items.values():
        track = _find_blocking_track(roadmap, item, step_choices, picks.track)
        if track is not None:
            blocking_tracks[item.id] = track
    own_items = {item for item, track in blocking_tracks.items() if not track}
    for group in set(equivalents.values()):
        reachable = group & blocking_tracks.keys()
        tracks = {blocking_tracks[item] for item in reachable}
        # Written for several tracks of which none is the member's: whichever they like.
        if own_items.isdisjoint(group) and len(tracks) > 1:
            own_items |= reachable
    return frozenset(own_items)


def _list_option_steps(
    roadmap: Roadmap,
) -> Iterator[tuple[RoadmapChoice, ChoiceOption, str]]:
    """List the steps all options take, each with its choice and option."""
    for choice in roadmap.all_choices:
        for option in choice.options:
            for step in option.takes:
                yield choice, option, step


def _map_step_choices(roadmap: Roadmap, picks: Picks) -> _StepChoices:
    own_options: set[tuple[str, str]] = set()
    for choice in roadmap.all_choices:
        for option in list_member_options(choice, picks):
            own_options.add((choice.id, option.id))
    choices_by_step: dict[str, set[str]] = {}
    own_choices_by_step: dict[str, set[str]] = {}
    for choice, option, step in _list_option_steps(roadmap):
        choices_by_step.setdefault(step, set()).add(choice.id)
        if (choice.id, option.id) in own_options:
            own_choices_by_step.setdefault(step, set()).add(choice.id)
    return _StepChoices(choices_by_step, own_choices_by_step)


def _find_blocking_track(
    roadmap: Roadmap, item: Item, step_choices: _StepChoices, own_track: str
) -> str | None:
    """Return the track that bars the way to an item, empty for an open way.

    None if it is part of an option that is not taken.
    """
    # Sets of choices that keep the item out, found on the way from the outermost stage to it.
    closed: list[set[str]] = []
    opened: set[str] = set()
    blocking_track = ""
    for step in (*roadmap.get_item_path(item.id), item):
        own_choices = step_choices.own_choices_by_step.get(step.id, set())
        track = _get_step_track(step)
        # An option that is taken opens what it names, whatever the track of that.
        if not blocking_track and not own_choices and track != own_track:
            blocking_track = track
        # What a choice keeps out, it lets in again where another of its options takes a part
        # of it: the whole stage is one option, two of its items are another.
        closed = [choices for choices in closed if choices.isdisjoint(own_choices)]
        opened |= own_choices
        choices = step_choices.choices_by_step.get(step.id, set())
        if choices and opened.isdisjoint(choices):
            closed.append(choices)
    if closed:
        return None
    return blocking_track


def _get_step_track(step: Stage | Week | Item) -> str:
    if isinstance(step, Week):
        return ""
    return step.track or ""


# — what people read —


def get_step_title(roadmap: Roadmap, step: str) -> str:
    """Return the title for a stage, week or item id; the id where the plan does not know it."""
    if step in roadmap.items:
        return roadmap.items[step].title
    places: tuple[Stage | Week, ...] = (*roadmap.all_stages, *roadmap.weeks)
    for place in places:
        if place.id == step:
            return place.title
    return step


def get_option_title(roadmap: Roadmap, option: ChoiceOption) -> str:
    """Return an option's own title, or the title of its first step."""
    return option.title or get_step_title(roadmap, option.takes[0])


def map_route_labels(roadmap: Roadmap, items: Iterable[str]) -> Mapping[str, str]:
    """Map items to the title of their option or track; items for everybody are left out."""
    option_titles: dict[str, list[str]] = {}
    for choice, option, step in _list_option_steps(roadmap):
        option_titles.setdefault(step, []).append(option.title or choice.title)
    track_titles = {track.id: track.title for track in roadmap.tracks}
    labels = {}
    for item in items:
        label = _find_route_label(roadmap, roadmap.items[item], option_titles, track_titles)
        if label:
            labels[item] = label
    return labels


def _find_route_label(
    roadmap: Roadmap,
    item: Item,
    option_titles: Mapping[str, list[str]],
    track_titles: Mapping[str, str],
) -> str:
    # From the inside out: the nearest label says most.
    for step in (item, *reversed(roadmap.get_item_path(item.id))):
        titles = list(dict.fromkeys(option_titles.get(step.id, ())))
        if len(titles) > 2:
            return f"{len(titles)} routes"
        if titles:
            return " or ".join(titles)
        if track := track_titles.get(_get_step_track(step)):
            return track
    return ""


def list_unmet_requirements(
    roadmap: Roadmap, syllabus: Syllabus, words: Iterable[str], ticked: Set[str]
) -> tuple[str, ...]:
    """Return the titles of steps a member's picked options require and they have not done.

    Steps their cohort does not do are left out.
    """
    picks = Picks.parse_picks(words)
    route = build_route(roadmap, syllabus, words)
    # A dict keeps the order, and each requirement once.
    steps: dict[str, None] = {}
    for option in _list_picked_options(roadmap, picks):
        steps.update(dict.fromkeys(option.requires))
    titles = []
    for step in steps:
        if not _is_requirement_met(roadmap, syllabus, route, step, ticked):
            titles.append(get_step_title(roadmap, step))
    return tuple(titles)


def _list_picked_options(roadmap: Roadmap, picks: Picks) -> Iterator[ChoiceOption]:
    """List options a member has picked by themselves or by their track, without defaults."""
    for choice in roadmap.all_choices:
        for option in list_member_options(choice, picks):
            goes_with_track = picks.track and option.track == picks.track
            if picks.has_pick(choice) or goes_with_track:
                yield option


def _is_requirement_met(
    roadmap: Roadmap, syllabus: Syllabus, route: Route, step: str, ticked: Set[str]
) -> bool:
    inside = _list_step_items(roadmap, syllabus, step)
    # Where nothing of it is on their route, all of it is asked for.
    needed = [item for item in inside if route.is_on_route(item)] or inside
    return all(item in ticked or route.find_ticked_equivalent(item, ticked) for item in needed)


def _list_step_items(roadmap: Roadmap, syllabus: Syllabus, step: str) -> list[str]:
    """List the items inside a stage or week; an item is inside itself."""
    inside = []
    for item in syllabus.all_items:
        if item == step or any(place.id == step for place in roadmap.get_item_path(item)):
            inside.append(item)
    return inside
