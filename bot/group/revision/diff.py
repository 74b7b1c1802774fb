"""The changes between two versions of a plan.

An item is moved only if it changed places with its neighbours or went to another week.
Items put in between move nobody.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Protocol, TypeVar

from bot.group.revision.parts import ItemMerge, ItemSplit, PartMatcher
from bot.roadmap import Roadmap, Stage, Week


@dataclass(frozen=True, slots=True)
class ItemMove:
    """An item that went from one week or stage to another.

    If both are the same, it went to another place in it.
    """

    item: str
    old_place: str
    new_place: str


@dataclass(frozen=True, slots=True)
class StepChanges:
    """Changes to weeks, or to stages, by their ids."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    retitled: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.retitled or self.moved)

    def select_steps(self, steps: Collection[str]) -> StepChanges:
        """Return the changes to these weeks or stages alone."""
        return StepChanges(
            _filter_ids(self.added, steps),
            _filter_ids(self.removed, steps),
            _filter_ids(self.retitled, steps),
            _filter_ids(self.moved, steps),
        )


@dataclass(frozen=True, slots=True)
class RoadmapDiff:
    """Every difference between `old` and `new`, by ids.

    Items made by a split are among `added`, items joined into another among `removed`.
    `edited` differ in something beside their title and place.
    `has_other_changes`: a difference in no item, week, stage or resource.
    """

    old: Roadmap = field(repr=False)
    new: Roadmap = field(repr=False)
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[ItemMove, ...] = ()
    retitled: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    splits: tuple[ItemSplit, ...] = ()
    merges: tuple[ItemMerge, ...] = ()
    weeks: StepChanges = StepChanges()
    stages: StepChanges = StepChanges()
    resource_change_count: int = 0
    has_other_changes: bool = False

    @property
    def items_with_changes(self) -> frozenset[str]:
        """The items people may have ticked that are now different or elsewhere."""
        changed = {*self.removed, *self.retitled}
        for move in self.moved:
            changed.add(move.item)
        for split in self.splits:
            changed.add(split.item)
        for merge in self.merges:
            changed.add(merge.target)
        # Nobody can have ticked an item that is only in the new version.
        return frozenset(changed & self.old.items.keys())

    def select_changes(self, items: Collection[str], weeks: Collection[str]) -> RoadmapDiff:
        """Return the changes to these items and weeks alone; stages are left out."""
        return replace(
            self,
            added=_filter_ids(self.added, items),
            removed=_filter_ids(self.removed, items),
            moved=tuple(move for move in self.moved if move.item in items),
            retitled=_filter_ids(self.retitled, items),
            edited=_filter_ids(self.edited, items),
            splits=tuple(split for split in self.splits if split.item in items),
            merges=tuple(merge for merge in self.merges if merge.target in items),
            weeks=self.weeks.select_steps(weeks),
            stages=StepChanges(),
        )


def _filter_ids(ids: Iterable[str], wanted: Collection[str]) -> tuple[str, ...]:
    return tuple(id_ for id_ in ids if id_ in wanted)


def _exclude_ids(ids: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    return tuple(id_ for id_ in ids if id_ not in known)


def _number_ids(ids: Iterable[str]) -> Mapping[str, int]:
    return dict(zip(ids, count(), strict=False))


class _Entry(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...


EntryT = TypeVar("EntryT", bound=_Entry)


def _map_by_id(entries: Iterable[EntryT]) -> dict[str, EntryT]:
    return {entry.id: entry for entry in entries}


def _find_retitled(
    kept: Iterable[str], old: Mapping[str, _Entry], new: Mapping[str, _Entry]
) -> tuple[str, ...]:
    return tuple(id_ for id_ in kept if old[id_].title != new[id_].title)


def compare_roadmaps(old: Roadmap, new: Roadmap) -> RoadmapDiff:
    """Compare two versions.

    Changes are in the new one's order, removed items in the old one's.
    """
    old_places, new_places = map_item_places(old), map_item_places(new)
    kept = _filter_ids(new.items, old.items)
    added, removed = _exclude_ids(new.items, old.items), _exclude_ids(old.items, new.items)
    matcher = PartMatcher(old, new, old_places, new_places)
    splits = tuple(matcher.find_item_splits(added))
    merges = tuple(matcher.find_item_merges(removed))
    retitled = _find_retitled(kept, old.items, new.items)
    # These differ too, but they are told as something better than edited.
    explained = set(retitled)
    for split in splits:
        explained.add(split.item)
    for merge in merges:
        explained.add(merge.target)
    edited = []
    for item in kept:
        if item not in explained and old.items[item] != new.items[item]:
            edited.append(item)
    return RoadmapDiff(
        old,
        new,
        added=added,
        removed=removed,
        moved=tuple(_find_item_moves(kept, old_places, new_places)),
        retitled=retitled,
        edited=tuple(edited),
        splits=splits,
        merges=merges,
        weeks=_compare_steps(old.weeks, new.weeks),
        stages=_compare_steps(old.all_stages, new.all_stages),
        resource_change_count=_count_changed_resources(old, new),
        has_other_changes=_collect_other_content(old) != _collect_other_content(new),
    )


def map_item_places(roadmap: Roadmap) -> Mapping[str, str]:
    """Map each item to the id of its week or, without one, its stage."""
    places = {}
    for stage in roadmap.all_stages:
        for week in stage.weeks:
            for item in week.items:
                places[item.id] = week.id
        for item in stage.items:
            places[item.id] = stage.id
    return places


def _find_item_moves(
    kept: Sequence[str], old_places: Mapping[str, str], new_places: Mapping[str, str]
) -> Iterator[ItemMove]:
    staying = defaultdict(list)
    for item in kept:
        if old_places[item] == new_places[item]:
            staying[new_places[item]].append(item)
    old_position = _number_ids(old_places)
    reordered: set[str] = set()
    for items in staying.values():
        reordered |= _find_reordered_ids(items, old_position)
    for item in kept:
        if old_places[item] != new_places[item] or item in reordered:
            yield ItemMove(item, old_places[item], new_places[item])


def _find_reordered_ids(ids: Sequence[str], old_position: Mapping[str, int]) -> frozenset[str]:
    """Find the fewest ids to take out so that the others stand in their old order."""
    # The longest increasing subsequence stays. last_positions[n] and last_places[n] are the
    # smallest end of an increasing run with n + 1 ids so far, and its place in `ids`.
    last_positions: list[int] = []
    last_places: list[int] = []
    place_before: list[int] = []
    for place, id_ in enumerate(ids):
        length = bisect_left(last_positions, old_position[id_])
        if length:
            place_before.append(last_places[length - 1])
        else:
            place_before.append(-1)
        last_positions[length : length + 1] = [old_position[id_]]
        last_places[length : length + 1] = [place]
    if not last_places:
        return frozenset()
    # Walk back from the end of the longest run.
    staying = set()
    place = last_places[-1]
    while place >= 0:
        staying.add(ids[place])
        place = place_before[place]
    return frozenset(ids) - staying


def _compare_steps(
    old_steps: Sequence[Week] | Sequence[Stage], new_steps: Sequence[Week] | Sequence[Stage]
) -> StepChanges:
    old_by_id, new_by_id = _map_by_id(old_steps), _map_by_id(new_steps)
    kept = _filter_ids(new_by_id, old_by_id)
    reordered = _find_reordered_ids(kept, _number_ids(old_by_id))
    return StepChanges(
        added=_exclude_ids(new_by_id, old_by_id),
        removed=_exclude_ids(old_by_id, new_by_id),
        retitled=_find_retitled(kept, old_by_id, new_by_id),
        moved=_filter_ids(kept, reordered),
    )


def _count_changed_resources(old: Roadmap, new: Roadmap) -> int:
    """Count the resources that are new, gone or different."""
    old_resources, new_resources = _map_by_id(old.resources), _map_by_id(new.resources)
    ids = old_resources.keys() | new_resources.keys()
    return sum(old_resources.get(id_) != new_resources.get(id_) for id_ in ids)


def _collect_other_content(roadmap: Roadmap) -> object:
    """Collect the content about the plan as a whole, and around its items."""
    weeks = [(week.id, week.summary, week.kind, week.resources) for week in roadmap.weeks]
    # Compared elsewhere, and so left out here.
    compared = {"weeks", "items", "stages", "title"}
    stages = [stage.model_dump(exclude=compared) for stage in roadmap.all_stages]
    whole = roadmap.model_dump(exclude={"stages", "resources"})
    return whole, stages, weeks
