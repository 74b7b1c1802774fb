"""A plan with ids made from its titles, taken for a new version: what is the same keeps its id.

No id is ever given to something else: ticks are kept under ids.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from bot.group.revision.diff import map_item_places
from bot.group.revision.ids import list_id_limits, replace_roadmap_ids
from bot.group.revision.parts import normalize_title_words
from bot.group.revision.similarity import compute_title_similarity
from bot.roadmap import Item, Roadmap

MOST_COMPARED = 10_000  # pairs of titles: about a second at worst
MOST_IN_A_PLACE = 900  # pairs within one week or stage; where more has changed, nothing is guessed


class _Step(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...


StepT = TypeVar("StepT", bound=_Step)


def match_roadmap_ids(
    new: Roadmap, old: Roadmap, *earlier: Roadmap
) -> tuple[Roadmap, tuple[str, ...]]:
    """Return `new` with the ids from `old`, and a note about each title that was changed.

    `earlier` are the versions before `old`: parts that come back from one have their ids again.
    Takes about a second at worst.
    """
    matcher = _IdMatcher(new, old)
    matcher.match_all_steps()
    for version in earlier:
        matcher.match_earlier_version(version)
    matched = replace_roadmap_ids(new, (old, *earlier), matcher.pairs)
    return matched, tuple(matcher.notes)


def describe_changed_ids(new: Roadmap, old: Roadmap) -> tuple[str, ...]:
    """Return warnings for a plan with its own ids: new ids for titles whose items are gone."""
    gone_ids = {}
    for item in old.items.values():
        if item.id not in new.items:
            gone_ids[normalize_title_words(item.title)] = item.id
    warnings = []
    for item in new.items.values():
        old_id = gone_ids.get(normalize_title_words(item.title))
        if item.id not in old.items and old_id is not None:
            warnings.append(
                f"Keep the id {old_id} for “{item.title}”: "
                f"ticks on {old_id} do not count for {item.id}."
            )
    return tuple(warnings)


@dataclass
class _IdMatcher:
    """Pairs steps in `new` with those in `old`, by ids.

    Weeks and stages are matched by their titles or items; items by title, parts or a title that
    is close. The surest matches come first, and no step has two.
    """

    new: Roadmap
    old: Roadmap
    pairs: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _used_ids: set[str] = field(default_factory=set)
    _comparison_count: int = 0

    def match_all_steps(self) -> None:
        old_places, new_places = map_item_places(self.old), map_item_places(self.new)
        self._match_by_key(self.new.weeks, self.old.weeks, _get_title_key)
        self._match_by_key(self.new.all_stages, self.old.all_stages, _get_title_key)
        self._match_items_by_title(new_places, old_places)
        # By contents only now: the items matched by title are what weeks are recognised by.
        self._match_by_contents(new_places, old_places)
        new_items, old_items = tuple(self.new.items.values()), tuple(self.old.items.values())
        for item, old_item in self._match_by_key(new_items, old_items, _get_parts_key):
            self._add_match_note("its ticks stay", item.title, old_item.title)
        self._match_similar_items(new_places, old_places)

    def match_earlier_version(self, earlier: Roadmap) -> None:
        """Match new items by title with items that were only in an earlier version."""
        known_ids = {*list_id_limits(self.old), *self._used_ids}
        gone = [item for item in earlier.items.values() if item.id not in known_ids]
        self._match_by_key(tuple(self.new.items.values()), gone, _get_title_key)

    def _match_items_by_title(
        self, new_places: Mapping[str, str], old_places: Mapping[str, str]
    ) -> None:
        """Match items with the same title: first in the same week or stage, then anywhere."""
        new_items, old_items = tuple(self.new.items.values()), tuple(self.old.items.values())
        # Places in the new plan by their ids in the old one; one without a pair equals none.
        places = {}
        for item, place in new_places.items():
            places[item] = self.pairs.get(place, f"new {place}")

        def get_key(item: Item) -> Hashable:
            return places[item.id], _get_title_key(item)

        def get_old_key(item: Item) -> Hashable:
            return old_places[item.id], _get_title_key(item)

        self._match_by_key(new_items, old_items, get_key, get_old_key)
        self._match_by_key(new_items, old_items, _get_title_key)

    def _match_by_key(
        self,
        new_steps: Sequence[StepT],
        old_steps: Sequence[StepT],
        get_key: Callable[[StepT], Hashable],
        get_old_key: Callable[[StepT], Hashable] | None = None,
    ) -> list[tuple[StepT, StepT]]:
        """Pair steps with the same key and no pair yet, in the order they have in both.

        A step with an empty key has no pair. Returns the new pairs.
        """
        waiting: dict[Hashable, list[StepT]] = defaultdict(list)
        for old_step in old_steps:
            key = (get_old_key or get_key)(old_step)
            if old_step.id not in self._used_ids and key:
                waiting[key].append(old_step)
        made = []
        for step in new_steps:
            key = get_key(step)
            if step.id not in self.pairs and key and waiting[key]:
                old_step = waiting[key].pop(0)
                self._record_match(step.id, old_step.id)
                made.append((step, old_step))
        return made

    def _record_match(self, new_id: str, old_id: str) -> None:
        self.pairs[new_id] = old_id
        self._used_ids.add(old_id)

    def _add_match_note(self, consequence: str, title: str, old_title: str) -> None:
        if normalize_title_words(title) != normalize_title_words(old_title):
            self.notes.append(f"“{title}” is the new title of “{old_title}”: {consequence}.")

    def _match_by_contents(
        self, new_places: Mapping[str, str], old_places: Mapping[str, str]
    ) -> None:
        """Match weeks and stages without a pair with those that most of their items come from."""
        votes = list(_count_shared_items(self.pairs, new_places, old_places))
        self._match_by_votes(self.new.weeks, self.old.weeks, votes, "its check-ins stay")
        stages, old_stages = self.new.all_stages, self.old.all_stages
        self._match_by_votes(stages, old_stages, votes, "it is the same stage")

    def _match_by_votes(
        self,
        new_steps: Sequence[_Step],
        old_steps: Sequence[_Step],
        votes: Sequence[tuple[str, str, int, int]],
        consequence: str,
    ) -> None:
        titles = {step.id: step.title for step in new_steps if step.id not in self.pairs}
        old_titles = {step.id: step.title for step in old_steps if step.id not in self._used_ids}
        for step, old_step, count, total in votes:
            # The votes are for weeks and stages alike.
            if step not in titles or old_step not in old_titles:
                continue
            # More than half of the larger one, so no other can have a better claim.
            if count * 2 > total and old_step not in self._used_ids:
                self._record_match(step, old_step)
                self._add_match_note(consequence, titles[step], old_titles[old_step])

    def _match_similar_items(
        self, new_places: Mapping[str, str], old_places: Mapping[str, str]
    ) -> None:
        """Match items whose titles are close, in the same week or stage: the closest first."""
        new_items, old_items = defaultdict(list), defaultdict(list)
        for item, place in new_places.items():
            if item not in self.pairs and place in self.pairs:
                new_items[self.pairs[place]].append(self.new.items[item])
        for item, place in old_places.items():
            if item not in self._used_ids:
                old_items[place].append(self.old.items[item])
        for place in new_items:
            pair_count = len(new_items[place]) * len(old_items[place])
            self._comparison_count += pair_count
            # Comparing takes time by the square, and an import must not stop everybody else.
            if pair_count <= MOST_IN_A_PLACE and self._comparison_count <= MOST_COMPARED:
                self._match_closest_titles(new_items[place], old_items[place])

    def _match_closest_titles(self, new_items: Sequence[Item], old_items: Sequence[Item]) -> None:
        scored: list[tuple[float, Item, Item]] = []
        for item in new_items:
            for old_item in old_items:
                score = compute_title_similarity(item.title, old_item.title)
                if score and item.kind == old_item.kind:
                    scored.append((score, item, old_item))
        # Sorted by score alone, so that equals stay in the plan's order.
        for _, item, old_item in sorted(scored, key=lambda row: -row[0]):
            if item.id not in self.pairs and old_item.id not in self._used_ids:
                self._record_match(item.id, old_item.id)
                self._add_match_note("its ticks stay", item.title, old_item.title)


def _get_title_key(step: _Step) -> str:
    return normalize_title_words(step.title)


def _get_parts_key(item: Item) -> Hashable:
    # One part alone is no proof: it may be `Exercises`.
    if len(item.parts) < 2:
        return None
    return frozenset(map(normalize_title_words, item.parts))


def _count_shared_items(
    pairs: Mapping[str, str], new_places: Mapping[str, str], old_places: Mapping[str, str]
) -> Iterator[tuple[str, str, int, int]]:
    """Yield new and old weeks or stages with the number of items they share, most first.

    The last number is the larger one's count.
    """
    votes: Counter[tuple[str, str]] = Counter()
    for item, place in new_places.items():
        if item in pairs:
            votes[place, old_places[pairs[item]]] += 1
    new_counts, old_counts = Counter(new_places.values()), Counter(old_places.values())
    for (place, old_place), count in votes.most_common():
        yield place, old_place, count, max(new_counts[place], old_counts[old_place])
