"""Two plans made from one document, one by the importer and one by people: what does not agree, matched by meaning.

Titles may be said in other words, so things are paired by the words they share, by their links and by where they stand. What
is compared are facts: stages and weeks with their times, items with kind, parts, examples and place, links and resources,
choices, the portfolio and certificates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.roadmap import Certificate, Item, PortfolioProject, Resource, Roadmap, Stage, Week

T = TypeVar("T")

_SAID = {
    "ml": "machine learning", "dl": "deep learning", "cv": "computer vision", "nlp": "natural language processing",
    "math": "mathematics", "maths": "mathematics", "eda": "exploratory data analysis", "llms": "large language models",
    "cnns": "cnn", "rnns": "rnn", "visualise": "visualize", "scikit": "sklearn", "vs": "and",
}  # fmt: skip
_SMALL_WORDS = (
    "a an the of to in for with on by your from into or at is and you it as how take work who what"
)
_SMALL = frozenset(_SMALL_WORDS.split())


def stems(text: str) -> frozenset[str]:
    """The words of a text without their endings, so that “optimisation” and “optimizing” are one."""
    folded = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", folded)
    words = [inner for word in words for inner in _SAID.get(word, word).split()]
    return frozenset(_stem(word) for word in words if word not in _SMALL)


def _stem(word: str) -> str:
    word = (
        word.replace("isation", "ize")
        .replace("ization", "ize")
        .replace("ising", "ize")
        .replace("ise", "ize")
    )
    for ending in (
        "ations",
        "ation",
        "ments",
        "ment",
        "ings",
        "ing",
        "ions",
        "ion",
        "ies",
        "ed",
        "es",
        "s",
        "e",
        "y",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)].rstrip("e")
    return word


@dataclass(frozen=True)
class Thing:
    """Anything that can be paired: its id, its words (those of its title first), its links, and how far down it stands."""

    id: str
    title: frozenset[str]
    words: frozenset[str]
    links: frozenset[str] = frozenset()
    at: float = 0.0


def pairs(made: Sequence[Thing], wanted: Sequence[Thing], merged: float = 2.0) -> dict[str, str]:
    """For the ids of what people wrote the ids of what was imported: the likest first, each once. Something imported may then
    stand for several, if it says the share `merged` of the words in their titles."""
    scored = sorted(
        ((_score(one, other), one.id, other.id) for one in made for other in wanted),
        key=lambda each: -each[0],
    )
    found: dict[str, str] = {}
    taken: set[str] = set()
    for score, one, other in scored:
        if score > 0.3 and one not in taken and other not in found:
            found[other] = one
            taken.add(one)
    for other in wanted:
        least = merged * len(other.title)
        holding = [
            one
            for one in made
            if len(one.words & other.title) >= least and abs(one.at - other.at) < 0.25
        ]
        if other.id not in found and holding:
            found[other.id] = max(holding, key=lambda one: _score(one, other)).id
    return found


def _score(one: Thing, other: Thing) -> float:
    shared = len(one.words & other.words)
    if not shared and not one.links & other.links:
        return 0.0
    likeness = shared / max(1, min(len(one.words), len(other.words)))
    titles = len(one.title & other.title) / max(1, len(one.title | other.title))
    return likeness + titles + 2 * bool(one.links & other.links) - abs(one.at - other.at) / 2


@dataclass(frozen=True)
class Place:
    """A stage or week, where an item stands."""

    id: str
    step: Stage | Week

    @property
    def items(self) -> tuple[Item, ...]:
        return self.step.items


class Likeness:
    """What an imported plan and the one people wrote have in common, and what not."""

    def __init__(self, made: Roadmap, wanted: Roadmap) -> None:
        self._made, self._wanted = made, wanted
        self._items = pairs(_items(made), _items(wanted), merged=0.5)
        self._resources = pairs(_resources(made), _resources(wanted), merged=1.0)
        self._places = pairs(_places(made, {}), _places(wanted, self._items))

    def differences(self) -> list[str]:
        """Every difference, named by the ids of the plan that people wrote where it has one."""
        return sorted(
            {
                *self._steps(), *self._ticked(), *self._links(), *self._read(), *self._choices(),
                *self._projects(), *self._certificates(),
            }
        )  # fmt: skip

    def _steps(self) -> Iterator[str]:
        made, wanted = _places_by_id(self._made), _places_by_id(self._wanted)
        yield from _unpaired("stage or week", wanted, made, self._places)
        for there, here in self._places.items():
            one, other = made[here].step, wanted[there].step
            times = [str(getattr(step, "time", None)) for step in (one, other)]
            if times[0] != times[1]:
                yield f"time of {there}: {times[0]} instead of {times[1]}"
            if isinstance(one, Week) != isinstance(other, Week) or one.kind != other.kind:
                yield f"kind of {there}"
        if len(self._made.weeks) != len(self._wanted.weeks):
            yield f"{len(self._made.weeks)} weeks instead of {len(self._wanted.weeks)}"

    def _ticked(self) -> Iterator[str]:
        yield from _unpaired("item", self._wanted.items, self._made.items, self._items)
        places = {
            item.id: place.id
            for place in _places_by_id(self._made).values()
            for item in place.items
        }
        for place in _places_by_id(self._wanted).values():
            for item in place.items:
                if item.id in self._items and places[self._items[item.id]] != self._places.get(
                    place.id
                ):
                    yield f"place of {item.id}"
        for there, here in self._items.items():
            group = [name for name, one in self._items.items() if one == here]
            yield from self._item(self._made.items[here], self._wanted.items[there], group)

    def _item(self, made: Item, wanted: Item, group: Sequence[str]) -> Iterator[str]:
        """What differs about an item; `group` are all of those that it stands for."""
        if len(group) > 1:
            yield f"one item instead of: {', '.join(sorted(group))}"
        if made.kind not in {self._wanted.items[name].kind for name in group}:
            yield f"kind of {' and '.join(sorted(group))}: {made.kind}"
        for name in ("essential", "estimate"):
            if getattr(made, name) != getattr(wanted, name):
                yield f"{name} of {wanted.id}"
        yield from _parts(made, wanted)
        named = [self._resources.get(name) for name in wanted.resources]
        if set(named) - {None} != set(made.resources):
            yield f"resources of {wanted.id}"

    def _links(self) -> Iterator[str]:
        made, wanted = (
            {one.link for one in (*plan.resources, *plan.certificates) if one.link}
            for plan in (self._made, self._wanted)
        )
        yield from (f"link missing: {link}" for link in wanted - made)
        yield from (f"link more: {link}" for link in made - wanted)
        for there, here in self._places.items():
            one, other = _places_by_id(self._made)[here], _places_by_id(self._wanted)[there]
            if _named(one) != {self._resources.get(name, name) for name in _named(other)}:
                yield f"resources of {there}"

    def _read(self) -> Iterator[str]:
        made = {one.id: one for one in self._made.resources}
        wanted = {one.id: one for one in self._wanted.resources}
        yield from _unpaired("resource", wanted, made, self._resources)
        for there, here in self._resources.items():
            one, other = made[here], wanted[there]
            group = [name for name, each in self._resources.items() if each == here]
            if len(group) > 1:
                yield f"one resource instead of: {', '.join(sorted(group))}"
            if one.kind != other.kind:
                yield f"kind of {there}: {one.kind} instead of {other.kind}"
            for name in ("time", "count", "platform", "author"):
                if not _agree(
                    getattr(one, name), getattr(other, name), _said_of(one), _said_of(other)
                ):
                    yield f"{name} of {there}: {getattr(one, name)} instead of {getattr(other, name)}"

    def _choices(self) -> Iterator[str]:
        made = {self._options(choice.options, {}) for choice in self._made.all_choices}
        back = self._items | self._places
        for choice in self._wanted.all_choices:
            if self._options(choice.options, back) not in made:
                yield f"choice missing: {choice.id}"
        wanted = {self._options(choice.options, back) for choice in self._wanted.all_choices}
        for choice in self._made.all_choices:
            if self._options(choice.options, {}) not in wanted:
                yield f"choice more: {choice.id}"

    def _options(self, options: Iterable[object], names: Mapping[str, str]) -> Hashable:
        return frozenset(
            frozenset(names.get(step, step) for step in option.takes) for option in options
        )  # type: ignore[attr-defined]

    def _projects(self) -> Iterator[str]:
        made = {one.id: one for one in self._made.portfolio}
        wanted = {one.id: one for one in self._wanted.portfolio}
        found = pairs(_things(made.values(), _said_of), _things(wanted.values(), _said_of))
        yield from _unpaired("project", wanted, made, found)
        for there, here in found.items():
            one, other = made[here], wanted[there]
            if one.level != other.level:
                yield f"level of {there}: {one.level} instead of {other.level}"
            if not _holds(_said_of(one), (*other.parts, *other.examples)) or not _holds(
                _said_of(other), one.parts
            ):
                yield f"parts of {there}"

    def _certificates(self) -> Iterator[str]:
        made = {one.id: one for one in self._made.certificates}
        wanted = {one.id: one for one in self._wanted.certificates}
        found = pairs(_things(made.values(), _said_of), _things(wanted.values(), _said_of))
        yield from _unpaired("certificate", wanted, made, found)
        for there, here in found.items():
            one, other = made[here], wanted[there]
            if one.level != other.level:
                yield f"level of {there}: {one.level} instead of {other.level}"
            if one.link != other.link:
                yield f"link of {there}"
            if bool(one.focus) != bool(other.focus) or not _holds(
                one.focus or "", [other.focus or ""]
            ):
                yield f"focus of {there}"


def _unpaired(
    what: str, wanted: Iterable[str], made: Iterable[str], found: Mapping[str, str]
) -> Iterator[str]:
    yield from (f"{what} missing: {name}" for name in wanted if name not in found)
    taken = set(found.values())
    yield from (f"{what} more: {name}" for name in made if name not in taken)


def _parts(made: Item, wanted: Item) -> Iterator[str]:
    if not _holds(_text_of(made), (*wanted.parts, *wanted.examples)):
        yield f"parts of {wanted.id}: not all of them are there"
    if not _holds(_text_of(wanted), (*made.parts, *made.examples)):
        yield f"parts of {wanted.id}: there are more"
    if made.parts and wanted.examples and _holds(" ".join(made.parts), wanted.examples):
        yield f"parts of {wanted.id}: parts instead of examples"


def _holds(text: str, facts: Iterable[str]) -> bool:
    """Whether at least half of the words of each fact stand in the text."""
    words = stems(text)
    return all(2 * len(stems(fact) & words) >= len(stems(fact)) for fact in facts)


def _agree(made: object, wanted: object, said: str, says: str) -> bool:
    if made == wanted:
        return True
    return (wanted is None or _holds(said, [str(wanted)])) and (
        made is None or _holds(says, [str(made)])
    )


def _text_of(item: Item) -> str:
    return " ".join((item.title, item.summary or "", *item.parts, *item.examples))


def _said_of(one: Resource | Certificate | PortfolioProject) -> str:
    """Everything a resource, certificate or project says about itself."""
    values = one.model_dump(
        mode="json", exclude={"id", "kind", "link", "checked"}, exclude_none=True
    ).values()
    return " ".join(" ".join(value) if isinstance(value, list) else str(value) for value in values)


def _things(several: Iterable[T], said: Callable[[T], str]) -> list[Thing]:
    def linked(one: T) -> frozenset[str]:
        return frozenset(filter(None, [getattr(one, "link", None)]))

    return [Thing(one.id, stems(one.title), stems(said(one)), linked(one)) for one in several]  # type: ignore[attr-defined]


def _resources(plan: Roadmap) -> list[Thing]:
    return _things(
        plan.resources, lambda one: f"{one.title} {one.author or ''} {one.provider or ''}"
    )


def _items(plan: Roadmap) -> list[Thing]:
    links = {one.id: one.link for one in plan.resources}
    found = []
    for place, item in enumerate(plan.items.values()):
        named = frozenset(link for name in item.resources if (link := links[name]))
        at = place / max(1, len(plan.items))
        found.append(Thing(item.id, stems(item.title), stems(_text_of(item)), named, at))
    return found


def _places_by_id(plan: Roadmap) -> dict[str, Place]:
    steps = [step for stage in plan.all_stages for step in (stage, *stage.weeks)]
    return {step.id: Place(step.id, step) for step in steps}


def _places(plan: Roadmap, names: Mapping[str, str]) -> list[Thing]:
    """Stages and weeks, with what stands in them as their words: it tells more than a title."""
    places = _places_by_id(plan)
    found = []
    for number, (name, place) in enumerate(places.items()):
        title = stems(place.step.title)
        inside = frozenset(f"/{names.get(item.id, item.id)}" for item in _inside(place.step))
        found.append(Thing(name, title, title | inside, at=number / len(places)))
    return found


def _inside(step: Stage | Week) -> Iterator[Item]:
    yield from step.items
    for inner in (*step.weeks, *step.stages) if isinstance(step, Stage) else ():
        yield from _inside(inner)


def _named(place: Place) -> set[str]:
    """The resources a stage or week names, by itself or with one of its items."""
    return {*place.step.resources, *(name for item in place.items for name in item.resources)}
