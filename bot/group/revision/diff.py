"""What has changed between two versions of a plan: an item is moved only if it changed places with its neighbours or went
to another week; whatever is put in between moves nobody."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.roadmap import Item, Roadmap, Stage, Week


@dataclass(frozen=True, slots=True)
class ItemMove:
    """An item that went from one week or stage to another or, where both are the same, to another place in it."""

    item: str
    old_place: str
    new_place: str


@dataclass(frozen=True, slots=True)
class ItemSplit:
    """An item that is still there, and new ones beside it that took over parts of it."""

    item: str
    new_items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemMerge:
    """Items that are gone, and the one that has what was theirs."""

    items: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class StepChanges:
    """What has become of weeks, or of stages, by their ids."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    retitled: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.retitled or self.moved)

    def select_steps(self, steps: Collection[str]) -> StepChanges:
        """What of it concerns these weeks or stages."""
        kinds = (self.added, self.removed, self.retitled, self.moved)
        return StepChanges(*(_filter_ids(ids, steps) for ids in kinds))


@dataclass(frozen=True, slots=True)
class RoadmapDiff:
    """Everything that differs between `old` and `new`, by ids. What a split made is among `added`, and what was joined into
    another among `removed`; `edited` differ in something beside their title and place. `resources` is a count. `elsewhere`:
    something differs that is no item, week, stage or resource."""

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
        """The items people may have ticked that are not what or where they were."""
        moved = (one.item for one in self.moved)
        split = (one.item for one in self.splits)
        joined = (one.target for one in self.merges)
        return (
            frozenset((*self.removed, *self.retitled, *moved, *split, *joined))
            & self.old.items.keys()
        )

    def select_changes(self, items: Collection[str], weeks: Collection[str]) -> RoadmapDiff:
        """What of it concerns these items and weeks; stages are left out."""
        return replace(
            self,
            added=_filter_ids(self.added, items),
            removed=_filter_ids(self.removed, items),
            moved=tuple(one for one in self.moved if one.item in items),
            retitled=_filter_ids(self.retitled, items),
            edited=_filter_ids(self.edited, items),
            splits=tuple(one for one in self.splits if one.item in items),
            merges=tuple(one for one in self.merges if one.target in items),
            weeks=self.weeks.select_steps(weeks),
            stages=StepChanges(),
        )


def _filter_ids(ids: Iterable[str], there: Collection[str]) -> tuple[str, ...]:
    return tuple(one for one in ids if one in there)


def compare_roadmaps(old: Roadmap, new: Roadmap) -> RoadmapDiff:
    """What has changed from `old` to `new`, in the order of the new one; what is gone in the order of the old."""
    was, now = map_item_places(old), map_item_places(new)
    kept = [item for item in new.items if item in old.items]
    added = tuple(item for item in new.items if item not in old.items)
    removed = tuple(item for item in old.items if item not in new.items)
    parts = _PartMatcher(old, new, was, now)
    split, joined = tuple(parts.find_item_splits(added)), tuple(parts.find_item_merges(removed))
    renamed = tuple(item for item in kept if old.items[item].title != new.items[item].title)
    told = {*renamed, *(one.item for one in split), *(one.target for one in joined)}
    return RoadmapDiff(
        old,
        new,
        added=added,
        removed=removed,
        moved=tuple(_find_item_moves(kept, was, now)),
        retitled=renamed,
        edited=tuple(
            item for item in kept if item not in told and old.items[item] != new.items[item]
        ),
        splits=split,
        merges=joined,
        weeks=_compare_steps(old.weeks, new.weeks),
        stages=_compare_steps(old.all_stages, new.all_stages),
        resource_change_count=_count_changed_resources(old, new),
        has_other_changes=_collect_other_content(old) != _collect_other_content(new),
    )


def map_item_places(roadmap: Roadmap) -> Mapping[str, str]:
    """The week or, for items without one, the stage that holds each item."""
    found = {}
    for stage in roadmap.all_stages:
        found.update({item.id: week.id for week in stage.weeks for item in week.items})
        found.update({item.id: stage.id for item in stage.items})
    return found


def normalize_title_words(text: str) -> str:
    """Words alone, letter case forgotten: what two spellings of the same have in common. `C++` and `C#` stay two."""
    return " ".join(re.findall(r"[\w+#]+", text.casefold()))


def _find_item_moves(
    kept: Sequence[str], was: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[ItemMove]:
    stays = defaultdict(list)
    for item in kept:
        if was[item] == now[item]:
            stays[now[item]].append(item)
    before = {item: place for place, item in enumerate(was)}
    shuffled = {item for here in stays.values() for item in _find_reordered_ids(here, before)}
    for item in kept:
        if was[item] != now[item] or item in shuffled:
            yield ItemMove(item, was[item], now[item])


def _find_reordered_ids(here: Sequence[str], before: Mapping[str, int]) -> frozenset[str]:
    """The fewest that have to be taken out so that the others stand in the order they had."""
    ends: list[int] = []
    lasts: list[int] = []
    comes_after: list[int] = []
    for place, one in enumerate(here):
        at = bisect_left(ends, before[one])
        comes_after.append(lasts[at - 1] if at else -1)
        ends[at : at + 1] = [before[one]]
        lasts[at : at + 1] = [place]
    stay, place = set(), lasts[-1] if lasts else -1
    while place >= 0:
        stay.add(here[place])
        place = comes_after[place]
    return frozenset(here) - stay


def _compare_steps(
    old: Sequence[Week] | Sequence[Stage], new: Sequence[Week] | Sequence[Stage]
) -> StepChanges:
    was, now = {one.id: one for one in old}, {one.id: one for one in new}
    kept = [one for one in now if one in was]
    shuffled = _find_reordered_ids(kept, {one: place for place, one in enumerate(was)})
    return StepChanges(
        added=tuple(one for one in now if one not in was),
        removed=tuple(one for one in was if one not in now),
        retitled=tuple(one for one in kept if was[one].title != now[one].title),
        moved=tuple(one for one in kept if one in shuffled),
    )


def _count_changed_resources(old: Roadmap, new: Roadmap) -> int:
    """How many resources are new, gone or different."""
    was, now = {one.id: one for one in old.resources}, {one.id: one for one in new.resources}
    return sum(was.get(one) != now.get(one) for one in was.keys() | now.keys())


def _collect_other_content(roadmap: Roadmap) -> object:
    """What is said of the plan as a whole, and around its items."""
    around = [(one.id, one.summary, one.kind, one.resources) for one in roadmap.weeks]
    stages = [
        one.model_dump(exclude={"weeks", "items", "stages", "title"}) for one in roadmap.all_stages
    ]
    whole = roadmap.model_dump(exclude={"stages", "resources"})
    return whole, stages, around


class _PartMatcher:
    """Who has taken over the parts of whom: only between neighbours, because `Exercises` stands everywhere."""

    def __init__(
        self, old: Roadmap, new: Roadmap, was: Mapping[str, str], now: Mapping[str, str]
    ) -> None:
        self._old, self._new, self._was, self._now = old, new, was, now
        order = dict.fromkeys([*now.values(), *was.values()])
        self._order = {place: number for number, place in enumerate(order)}

    def find_item_splits(self, added: Iterable[str]) -> Iterator[ItemSplit]:
        lost: dict[tuple[int, str], str] = {}
        for item in self._new.items:
            if item in self._old.items:
                for part in _normalize_item_parts(self._old.items[item]) - _normalize_item_parts(
                    self._new.items[item]
                ):
                    lost.setdefault((self._order[self._now[item]], part), item)
        pieces: dict[str, list[str]] = defaultdict(list)
        for item in added:
            words = {
                normalize_title_words(self._new.items[item].title),
                *_normalize_item_parts(self._new.items[item]),
            }
            if owner := self._find_neighbour_owner(lost, self._now[item], words, 1):
                pieces[owner].append(item)
        return (ItemSplit(item, tuple(into)) for item, into in pieces.items())

    def find_item_merges(self, removed: Iterable[str]) -> Iterator[ItemMerge]:
        gained: dict[tuple[int, str], str] = {}
        for item, one in self._new.items.items():
            before = (
                _normalize_item_parts(self._old.items[item]) if item in self._old.items else set()
            )
            for part in _normalize_item_parts(one) - before:
                gained.setdefault((self._order[self._now[item]], part), item)
        taken: dict[str, list[str]] = defaultdict(list)
        for item in removed:
            one = self._old.items[item]
            into = self._find_neighbour_owner(
                gained, self._was[item], {normalize_title_words(one.title)}, 1
            )
            into = into or self._find_neighbour_owner(
                gained, self._was[item], _normalize_item_parts(one), max(1, len(one.parts) / 2)
            )
            if into:
                taken[into].append(item)
        return (
            ItemMerge(tuple(them), into)
            for into, them in taken.items()
            if into in self._old.items or len(them) > 1
        )

    def _find_neighbour_owner(
        self, among: Mapping[tuple[int, str], str], place: str, words: Iterable[str], enough: float
    ) -> str | None:
        """The item here or next door that has `enough` of these words, the one with most of them."""
        here = self._order[place]
        hits: dict[str, int] = defaultdict(int)
        for word in words:
            found = (among.get((near, word)) for near in (here, here - 1, here + 1))
            if item := next((one for one in found if one), None):
                hits[item] += 1
        best = max(hits, key=lambda item: (hits[item], item), default=None)
        return best if best and hits[best] >= enough else None


def _normalize_item_parts(item: Item) -> set[str]:
    return {word for part in item.parts if (word := normalize_title_words(part))}
