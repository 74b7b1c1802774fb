"""A plan whose ids were made from its titles, taken for a new version of one that people already tick: what is the same
keeps its id, and no id is ever given to something else."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Protocol

from bot.group.revision.diff import map_item_places, normalize_title_words
from bot.roadmap import Item, Roadmap

MOST_COMPARED = 10_000  # pairs of titles: about a second at worst
MOST_IN_A_PLACE = 900  # pairs within one week or stage; where more has changed, nothing is guessed
ALIKE = 0.7  # of the letters of two titles that are close
WORD_ALIKE = 0.75  # of the letters of two spellings of a word
SHARED = 0.6  # of the words of the longer title, where the shorter is part of it
_LONGEST = {"weeks": 24, "stages": 32, "items": 32}
_STEPS = ("stages", "weeks", "items")
_BESIDE = {name: name for name in ("resources", "portfolio", "certificates", "tracks")} | {
    "choices": "all_choices"
}
_REFERENCES = {
    "resources": "resources",
    "track": "tracks",
    "earns": "certificates",
    "builds": "portfolio",
}
_STEP_REFERENCES = frozenset({"requires", "takes", "parallel_with"})


class _TitleHolder(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...


def match_roadmap_ids(
    new: Roadmap, old: Roadmap, *earlier: Roadmap
) -> tuple[Roadmap, tuple[str, ...]]:
    """`new` with the ids that its parts have in `old`, and a note about each that was recognised by more than its title.

    `earlier` are the versions before `old`: what comes back from one has its id again. Takes about a second at worst.
    """
    pairing = _IdMatcher(new, old)
    pairing.match_all_steps()
    for before in earlier:
        pairing.match_earlier_version(before)
    steps = _assign_step_ids(pairing.pairs, new, (old, *earlier))
    beside = {
        name: _match_ids_by_title(getattr(new, where), getattr(old, where))
        for name, where in _BESIDE.items()
    }
    data = json.loads(new.to_json())
    _replace_ids(data, "", steps, beside)
    data["equivalents"] = [
        [steps.get(item, item) for item in group] for group in data.get("equivalents", [])
    ]
    return Roadmap.from_json(json.dumps(data)), tuple(pairing.notes)


def describe_changed_ids(new: Roadmap, old: Roadmap) -> tuple[str, ...]:
    """What to look at in a plan with ids of its own: a new id under the title of an item that is gone."""
    gone = {
        normalize_title_words(item.title): item
        for item in old.items.values()
        if item.id not in new.items
    }
    fresh = (item for item in new.items.values() if item.id not in old.items)
    return tuple(
        f"Keep the id {gone[title].id} for “{item.title}”: what was ticked under it does not count for {item.id}."
        for item in fresh
        if (title := normalize_title_words(item.title)) in gone
    )


@dataclass
class _IdMatcher:
    """Which step of `new` is which of `old`, by ids: weeks and stages by their titles or what they hold, items by title,
    parts or a title that is close."""

    new: Roadmap
    old: Roadmap
    pairs: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _used_ids: set[str] = field(default_factory=set)
    _comparison_count: int = 0

    def match_all_steps(self) -> None:
        was, now = map_item_places(self.old), map_item_places(self.new)
        for mine, theirs in (
            (self.new.weeks, self.old.weeks),
            (self.new.all_stages, self.old.all_stages),
        ):
            self._match_by_key(mine, theirs, lambda one: normalize_title_words(one.title))
        items, old_items = tuple(self.new.items.values()), tuple(self.old.items.values())
        place = {item: self.pairs.get(here, f"new {here}") for item, here in now.items()}
        self._match_items_by_title(items, old_items, place, was)
        self._match_by_contents(now, was)
        for item, before in self._match_by_key(items, old_items, _build_parts_key):
            self._add_match_note("its ticks stay", item.title, before.title)
        self._match_similar_items(now, was)

    def match_earlier_version(self, before: Roadmap) -> None:
        """What is in neither the new version nor the old one by its title, but was in an earlier one, is that again."""
        known = {*_list_id_limits(self.old), *self._used_ids}
        gone = [item for item in before.items.values() if item.id not in known]
        self._match_by_key(
            tuple(self.new.items.values()), gone, lambda one: normalize_title_words(one.title)
        )

    def _match_items_by_title(
        self,
        items: Sequence[Item],
        olds: Sequence[Item],
        place: Mapping[str, str],
        was: Mapping[str, str],
    ) -> None:
        """Items of the same title: first those in the same week or stage, then wherever they are."""

        def here(one: Item) -> Hashable:
            return place[one.id], normalize_title_words(one.title)

        def there(one: Item) -> Hashable:
            return was[one.id], normalize_title_words(one.title)

        self._match_by_key(items, olds, here, there)
        self._match_by_key(items, olds, lambda one: normalize_title_words(one.title))

    def _match_by_key(
        self,
        mine: Sequence[Any],
        theirs: Sequence[Any],
        key: Callable[[Any], Hashable],
        their_key: Callable[[Any], Hashable] | None = None,
    ) -> list[tuple[Any, Any]]:
        """Pair what has the same key and no pair yet, in the order of both. Returns the pairs."""
        waiting: dict[Hashable, list[Any]] = defaultdict(list)
        for one in theirs:
            if one.id not in self._used_ids and (found := (their_key or key)(one)):
                waiting[found].append(one)
        made = []
        for one in mine:
            found = key(one)
            if one.id not in self.pairs and found and waiting[found]:
                made.append((one, waiting[found].pop(0)))
                self._record_match(one.id, made[-1][1].id)
        return made

    def _record_match(self, mine: str, theirs: str) -> None:
        self.pairs[mine] = theirs
        self._used_ids.add(theirs)

    def _add_match_note(self, what: str, now: str, was: str) -> None:
        if normalize_title_words(now) != normalize_title_words(was):
            self.notes.append(f"“{now}” is taken for “{was}”: {what}.")

    def _match_by_contents(self, now: Mapping[str, str], was: Mapping[str, str]) -> None:
        """A week or stage without a pair is the one that most of its items come from."""
        for mine, theirs, what in (
            (self.new.weeks, self.old.weeks, "its check-ins stay"),
            (self.new.all_stages, self.old.all_stages, "it is the same stage"),
        ):
            free = {one.id: one for one in theirs if one.id not in self._used_ids}
            held = {one.id: one for one in mine if one.id not in self.pairs}
            for one_id, other, count, total in _count_shared_items(self.pairs, now, was):
                if (
                    one_id in held
                    and other in free
                    and count * 2 > total
                    and other not in self._used_ids
                ):
                    self._record_match(one_id, other)
                    self._add_match_note(what, held[one_id].title, free[other].title)

    def _match_similar_items(self, now: Mapping[str, str], was: Mapping[str, str]) -> None:
        """Items with a title close to that of one which is gone, in the same week or stage: the closest pairs first."""
        mine, theirs = defaultdict(list), defaultdict(list)
        for item, here in now.items():
            if item not in self.pairs and here in self.pairs:
                mine[self.pairs[here]].append(self.new.items[item])
        for item, here in was.items():
            if item not in self._used_ids:
                theirs[here].append(self.old.items[item])
        for here in mine:
            pairs = len(mine[here]) * len(theirs[here])
            self._comparison_count += pairs
            if pairs <= MOST_IN_A_PLACE and self._comparison_count <= MOST_COMPARED:
                self._match_closest_titles(mine[here], theirs[here])

    def _match_closest_titles(self, mine: Sequence[Item], theirs: Sequence[Item]) -> None:
        found = [
            (compute_title_similarity(a.title, b.title), a, b)
            for a in mine
            for b in theirs
            if a.kind == b.kind
        ]
        for score, item, before in sorted(found, key=lambda one: -one[0]):
            if score and item.id not in self.pairs and before.id not in self._used_ids:
                self._record_match(item.id, before.id)
                self._add_match_note("its ticks stay", item.title, before.title)


def compute_title_similarity(title: str, other: str) -> float:
    """How near two titles are, from 0 to 1; 0 where a number or a word that is no spelling of the other's sets them apart:
    `Quiz 1` is not `Quiz 2`, nor `Supervised learning` `Unsupervised learning`."""
    left, right = normalize_title_words(title).split(), normalize_title_words(other).split()
    if re.findall(r"\d+", title) != re.findall(r"\d+", other):
        return 0
    common = len(set(left) & set(right))
    within = common == min(len(set(left)), len(set(right))) and common >= SHARED * max(
        len(left), len(right)
    )
    spelt = len(left) == len(right) and all(map(_is_spelling_variant, left, right))
    short, long = sorted((left, right), key=len)
    longer = len(short) > 1 and long[: len(short)] == short  # something was added at its end
    if not within and not spelt and not longer:
        return 0
    score = SequenceMatcher(None, " ".join(left), " ".join(right), autojunk=False).ratio()
    return max(score, ALIKE) if longer else score if score >= ALIKE else 0


def _is_spelling_variant(one: str, other: str) -> bool:
    if one == other:
        return True
    return (
        one[0] == other[0]
        and SequenceMatcher(None, one, other, autojunk=False).ratio() >= WORD_ALIKE
    )


def _build_parts_key(item: Item) -> Hashable:
    return frozenset(map(normalize_title_words, item.parts)) if len(item.parts) > 1 else None


def _count_shared_items(
    pairs: Mapping[str, str], now: Mapping[str, str], was: Mapping[str, str]
) -> Iterator[tuple[str, str, int, int]]:
    """For each week or stage of the new plan and each of the old: how many items of the one come from the other, and how
    many the larger one has; the surest first."""
    votes = Counter((here, was[pairs[item]]) for item, here in now.items() if item in pairs)
    held, holds = Counter(now.values()), Counter(was.values())
    for (here, there), count in votes.most_common():
        yield here, there, count, max(held[here], holds[there])


def _assign_step_ids(
    pairs: Mapping[str, str], new: Roadmap, before: Sequence[Roadmap]
) -> dict[str, str]:
    """The id of each step of the new plan: its pair's, else its own, or a fresh one where that has meant something else."""
    spoken_for = {step for plan in before for step in _list_id_limits(plan)}
    named = dict(pairs)
    for step, longest in _list_id_limits(new).items():
        if step not in named:
            named[step] = (
                step if step not in spoken_for else _make_versioned_id(step, longest, spoken_for)
            )
            spoken_for.add(named[step])
    return named


def _list_id_limits(roadmap: Roadmap) -> dict[str, int]:
    """The ids of stages, weeks and items, which share their names, with the most characters each may have."""
    return {
        **{one.id: _LONGEST["stages"] for one in roadmap.all_stages},
        **{one.id: _LONGEST["weeks"] for one in roadmap.weeks},
        **dict.fromkeys(roadmap.items, _LONGEST["items"]),
    }


def _make_versioned_id(step: str, longest: int, spoken_for: set[str]) -> str:
    number = 2
    while (made := f"{step[: longest - 2 - len(str(number))].rstrip('-')}-v{number}") in spoken_for:
        number += 1
    return made  # never `week-2`: an item must not look like a week


def _match_ids_by_title(
    mine: Iterable[_TitleHolder], theirs: Iterable[_TitleHolder]
) -> dict[str, str]:
    """Ids for what stands beside the weeks: the old one of the same title, else its own if that is free, else a fresh one."""
    waiting = {normalize_title_words(one.title): one.id for one in reversed(tuple(theirs))}
    used = set(waiting.values())
    named: dict[str, str] = {}
    for one in mine:
        named[one.id] = waiting.pop(normalize_title_words(one.title), "")
    for step, found in named.items():
        if not found:
            named[step] = step if step not in used else _make_versioned_id(step, 48, used)
            used.add(named[step])
    return named


def _replace_ids(
    data: Any, inside: str, steps: Mapping[str, str], beside: Mapping[str, Mapping[str, str]]
) -> None:
    """Put the ids in their places, and wherever they are referred to, in the plain data of a plan."""
    for one in data if isinstance(data, list) else ():
        _replace_ids(one, inside, steps, beside)
    for name, value in data.items() if isinstance(data, dict) else ():
        if name == "id":
            names = steps if inside in _STEPS else beside.get(inside, {})
        else:
            names = steps if name in _STEP_REFERENCES else beside.get(_REFERENCES.get(name, ""), {})
        if isinstance(value, str):
            data[name] = names.get(value, value)
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            data[name] = [names.get(one, one) for one in value]
        else:
            _replace_ids(value, name, steps, beside)
