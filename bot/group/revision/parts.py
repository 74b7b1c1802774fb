"""Items that were split or joined, recognised by the parts that one took over from another."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.roadmap import Item, Roadmap

# By a place's number in the plan and a part's words: the item that lost or gained that part.
PartOwners = Mapping[tuple[int, str], str]


@dataclass(frozen=True, slots=True)
class ItemSplit:
    """An item that is still there, and new ones beside it that took over parts from it."""

    item: str
    new_items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemMerge:
    """Items that are gone, and the one that has their parts."""

    items: tuple[str, ...]
    target: str


def normalize_title_words(text: str) -> str:
    """Return the words alone, in one letter case.

    Two spellings with the same words are equal then. `C++` and `C#` stay two.
    """
    return " ".join(re.findall(r"[\w+#]+", text.casefold()))


class PartMatcher:
    """Finds which item has another's parts.

    Only between neighbours: a part like `Exercises` is in every week.
    """

    def __init__(
        self,
        old: Roadmap,
        new: Roadmap,
        old_places: Mapping[str, str],
        new_places: Mapping[str, str],
    ) -> None:
        self._old, self._new = old, new
        self._old_places, self._new_places = old_places, new_places
        # Places of the new plan first: of a place that is gone, no number is next to another's.
        order = dict.fromkeys([*new_places.values(), *old_places.values()])
        self._place_numbers = {place: number for number, place in enumerate(order)}

    def find_item_splits(self, added: Iterable[str]) -> Iterator[ItemSplit]:
        """Yield the items with parts or titles that are now new items beside them."""
        losers = self._map_lost_parts()
        pieces: dict[str, list[str]] = defaultdict(list)
        for item_id in added:
            item = self._new.items[item_id]
            words = {normalize_title_words(item.title), *_normalize_item_parts(item)}
            if loser := self._find_neighbour_owner(losers, self._new_places[item_id], words, 1):
                pieces[loser].append(item_id)
        for item_id, new_items in pieces.items():
            yield ItemSplit(item_id, tuple(new_items))

    def find_item_merges(self, removed: Iterable[str]) -> Iterator[ItemMerge]:
        """Yield the items with parts that were removed items before."""
        gainers = self._map_gained_parts()
        sources: dict[str, list[str]] = defaultdict(list)
        for item_id in removed:
            item, place = self._old.items[item_id], self._old_places[item_id]
            title = {normalize_title_words(item.title)}
            gainer = self._find_neighbour_owner(gainers, place, title, 1)
            if gainer is None:
                # Without its title, half of its parts have to be there.
                parts, enough = _normalize_item_parts(item), max(1, len(item.parts) / 2)
                gainer = self._find_neighbour_owner(gainers, place, parts, enough)
            if gainer:
                sources[gainer].append(item_id)
        for target, items in sources.items():
            # One item that became one new item was replaced, not joined.
            if target in self._old.items or len(items) > 1:
                yield ItemMerge(tuple(items), target)

    def _map_lost_parts(self) -> PartOwners:
        losers: dict[tuple[int, str], str] = {}
        for item_id, item in self._new.items.items():
            if item_id in self._old.items:
                before = _normalize_item_parts(self._old.items[item_id])
                for part in before - _normalize_item_parts(item):
                    losers.setdefault((self._get_new_place_number(item_id), part), item_id)
        return losers

    def _map_gained_parts(self) -> PartOwners:
        gainers: dict[tuple[int, str], str] = {}
        for item_id, item in self._new.items.items():
            parts = _normalize_item_parts(item)
            if item_id in self._old.items:
                parts -= _normalize_item_parts(self._old.items[item_id])
            for part in parts:
                gainers.setdefault((self._get_new_place_number(item_id), part), item_id)
        return gainers

    def _get_new_place_number(self, item_id: str) -> int:
        return self._place_numbers[self._new_places[item_id]]

    def _find_neighbour_owner(
        self, owners: PartOwners, place: str, words: Collection[str], enough: float
    ) -> str | None:
        """Find the item here or next door with most words, at least `enough`; else None."""
        here = self._place_numbers[place]
        hits: Counter[str] = Counter()
        for word in words:
            for number in (here, here - 1, here + 1):
                if (number, word) in owners:
                    hits[owners[number, word]] += 1
                    break
        if not hits:
            return None
        best = max(hits, key=lambda item: (hits[item], item))
        if hits[best] < enough:
            return None
        return best


def _normalize_item_parts(item: Item) -> set[str]:
    words = {normalize_title_words(part) for part in item.parts}
    # A part without any letter, a dash for instance, is none.
    words.discard("")
    return words
