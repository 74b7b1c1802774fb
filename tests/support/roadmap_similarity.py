"""The comparison of two roadmaps made from one document, one by the importer and one by people.

Parts are paired by the words and links they share and by their place, because titles may differ.
Facts are compared: stages and weeks with their times, items with kind, parts, examples and place,
links and resources, choices, the portfolio and certificates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.roadmap import (
    Certificate,
    ChoiceOption,
    Item,
    PortfolioProject,
    Resource,
    Roadmap,
    Stage,
    Week,
)

Described = Resource | Certificate | PortfolioProject
D = TypeVar("D", Resource, Certificate, PortfolioProject)

_SYNONYMS = {
    "ml": "machine learning", "dl": "deep learning", "cv": "computer vision",
    "nlp": "natural language processing", "math": "mathematics", "maths": "mathematics",
    "eda": "exploratory data analysis", "llms": "large language models", "cnns": "cnn",
    "rnns": "rnn", "visualise": "visualize", "scikit": "sklearn", "vs": "and",
}  # fmt: skip
_SMALL_WORDS = (
    "a an the of to in for with on by your from into or at is and you it as how take work who what"
)
_SMALL = frozenset(_SMALL_WORDS.split())
_SPELLINGS = (
    ("isation", "ize"), ("ization", "ize"), ("ising", "ize"), ("ise", "ize"),
)  # fmt: skip
_ENDINGS = (
    "ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ies", "ed", "es", "s", "e",
    "y",
)  # fmt: skip


def list_stems(text: str) -> frozenset[str]:
    """Return the words without their endings: “optimisation” and “optimizing” are one."""
    folded = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    words: list[str] = []
    for word in re.findall(r"[a-z0-9]+", folded):
        words += _SYNONYMS.get(word, word).split()
    return frozenset(_stem_word(word) for word in words if word not in _SMALL)


def _stem_word(word: str) -> str:
    for spelling, common in _SPELLINGS:
        word = word.replace(spelling, common)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)].rstrip("e")
    return word


@dataclass(frozen=True)
class Candidate:
    """A part to be paired: its id, its words (the title's first), links and relative place."""

    id: str
    title: frozenset[str]
    words: frozenset[str]
    links: frozenset[str] = frozenset()
    place: float = 0.0


def pair_parts(
    made: Sequence[Candidate], wanted: Sequence[Candidate], merged: float = 2.0
) -> dict[str, str]:
    """Return imported ids by the ids that people wrote: the most similar first, each once.

    After that an imported part may stand for several, if it has the share `merged` of the words
    in their titles.
    """
    scored: list[tuple[float, Candidate, Candidate]] = []
    for part in made:
        for other in wanted:
            scored.append((_score_pair(part, other), part, other))
    scored.sort(key=lambda pair: -pair[0])
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for score, part, other in scored:
        if score > 0.3 and part.id not in taken and other.id not in pairs:
            pairs[other.id] = part.id
            taken.add(part.id)
    for other in wanted:
        holding = [part for part in made if _holds_title(part, other, merged)]
        if other.id not in pairs and holding:
            scores = [_score_pair(part, other) for part in holding]
            pairs[other.id] = holding[scores.index(max(scores))].id
    return pairs


def _holds_title(part: Candidate, other: Candidate, share: float) -> bool:
    is_near = abs(part.place - other.place) < 0.25
    return is_near and len(part.words & other.title) >= share * len(other.title)


def _score_pair(part: Candidate, other: Candidate) -> float:
    shared = len(part.words & other.words)
    has_shared_link = bool(part.links & other.links)
    if not shared and not has_shared_link:
        return 0.0
    likeness = shared / max(1, min(len(part.words), len(other.words)))
    titles = len(part.title & other.title) / max(1, len(part.title | other.title))
    return likeness + titles + 2 * has_shared_link - abs(part.place - other.place) / 2


class RoadmapComparison:
    """The differences between an imported roadmap and the one people wrote."""

    def __init__(self, made: Roadmap, wanted: Roadmap) -> None:
        self._made, self._wanted = made, wanted
        self._items = pair_parts(_list_items(made), _list_items(wanted), merged=0.5)
        self._resources = pair_parts(_list_resources(made), _list_resources(wanted), merged=1.0)
        self._places = pair_parts(_list_steps(made, {}), _list_steps(wanted, self._items))

    def list_differences(self) -> list[str]:
        """Return every difference, sorted, with the ids that people wrote if there are any."""
        differences = {
            *self._compare_steps(),
            *self._compare_items(),
            *self._compare_links(),
            *self._compare_resources(),
            *self._compare_choices(),
            *self._compare_projects(),
            *self._compare_certificates(),
        }
        return sorted(differences)

    def _compare_steps(self) -> Iterator[str]:
        made, wanted = _map_steps(self._made), _map_steps(self._wanted)
        yield from _list_unpaired("stage or week", wanted, made, self._places)
        for wanted_id, made_id in self._places.items():
            step, other = made[made_id], wanted[wanted_id]
            time, other_time = getattr(step, "time", None), getattr(other, "time", None)
            if time != other_time:
                yield f"time of {wanted_id}: {time} instead of {other_time}"
            if isinstance(step, Week) != isinstance(other, Week) or step.kind != other.kind:
                yield f"kind of {wanted_id}"
        if len(self._made.weeks) != len(self._wanted.weeks):
            yield f"{len(self._made.weeks)} weeks instead of {len(self._wanted.weeks)}"

    def _compare_items(self) -> Iterator[str]:
        yield from _list_unpaired("item", self._wanted.items, self._made.items, self._items)
        yield from self._compare_item_places()
        for wanted_id, made_id in self._items.items():
            group = [name for name, other in self._items.items() if other == made_id]
            yield from self._compare_item(
                self._made.items[made_id], self._wanted.items[wanted_id], group
            )

    def _compare_item_places(self) -> Iterator[str]:
        places: dict[str, str] = {}
        for step in _map_steps(self._made).values():
            places.update((item.id, step.id) for item in step.items)
        for step in _map_steps(self._wanted).values():
            for item in step.items:
                made_id = self._items.get(item.id)
                if made_id is not None and places[made_id] != self._places.get(step.id):
                    yield f"place of {item.id}"

    def _compare_item(self, made: Item, wanted: Item, group: Sequence[str]) -> Iterator[str]:
        """Yield an item's differences; `group` has all ids that it stands for."""
        if len(group) > 1:
            yield f"one item instead of: {', '.join(sorted(group))}"
        if made.kind not in {self._wanted.items[name].kind for name in group}:
            yield f"kind of {' and '.join(sorted(group))}: {made.kind}"
        for name in ("essential", "estimate"):
            if getattr(made, name) != getattr(wanted, name):
                yield f"{name} of {wanted.id}"
        yield from _compare_parts(made, wanted)
        named = {self._resources.get(name) for name in wanted.resources}
        if named - {None} != set(made.resources):
            yield f"resources of {wanted.id}"

    def _compare_links(self) -> Iterator[str]:
        made, wanted = _list_links(self._made), _list_links(self._wanted)
        yield from (f"link missing: {link}" for link in wanted - made)
        yield from (f"link more: {link}" for link in made - wanted)
        made_steps, wanted_steps = _map_steps(self._made), _map_steps(self._wanted)
        for wanted_id, made_id in self._places.items():
            named = _list_named_resources(wanted_steps[wanted_id])
            expected = {self._resources.get(name, name) for name in named}
            if _list_named_resources(made_steps[made_id]) != expected:
                yield f"resources of {wanted_id}"

    def _compare_resources(self) -> Iterator[str]:
        made = {resource.id: resource for resource in self._made.resources}
        wanted = {resource.id: resource for resource in self._wanted.resources}
        yield from _list_unpaired("resource", wanted, made, self._resources)
        for wanted_id, made_id in self._resources.items():
            group = [name for name, other in self._resources.items() if other == made_id]
            if len(group) > 1:
                yield f"one resource instead of: {', '.join(sorted(group))}"
            yield from _compare_resource(made[made_id], wanted[wanted_id])

    def _compare_choices(self) -> Iterator[str]:
        pairs = self._items | self._places
        made = {_list_takes(choice.options, {}) for choice in self._made.all_choices}
        wanted = {_list_takes(choice.options, pairs) for choice in self._wanted.all_choices}
        for choice in self._wanted.all_choices:
            if _list_takes(choice.options, pairs) not in made:
                yield f"choice missing: {choice.id}"
        for choice in self._made.all_choices:
            if _list_takes(choice.options, {}) not in wanted:
                yield f"choice more: {choice.id}"

    def _compare_projects(self) -> Iterator[str]:
        made = {project.id: project for project in self._made.portfolio}
        wanted = {project.id: project for project in self._wanted.portfolio}
        pairs = pair_parts(
            _list_candidates(made.values(), _join_fields),
            _list_candidates(wanted.values(), _join_fields),
        )
        yield from _list_unpaired("project", wanted, made, pairs)
        for wanted_id, made_id in pairs.items():
            project, other = made[made_id], wanted[wanted_id]
            if project.level != other.level:
                yield f"level of {wanted_id}: {project.level} instead of {other.level}"
            has_facts = _holds_facts(_join_fields(project), (*other.parts, *other.examples))
            if not has_facts or not _holds_facts(_join_fields(other), project.parts):
                yield f"parts of {wanted_id}"

    def _compare_certificates(self) -> Iterator[str]:
        made = {certificate.id: certificate for certificate in self._made.certificates}
        wanted = {certificate.id: certificate for certificate in self._wanted.certificates}
        pairs = pair_parts(
            _list_candidates(made.values(), _join_fields),
            _list_candidates(wanted.values(), _join_fields),
        )
        yield from _list_unpaired("certificate", wanted, made, pairs)
        for wanted_id, made_id in pairs.items():
            yield from _compare_certificate(made[made_id], wanted[wanted_id])


def _compare_certificate(made: Certificate, wanted: Certificate) -> Iterator[str]:
    if made.level != wanted.level:
        yield f"level of {wanted.id}: {made.level} instead of {wanted.level}"
    if made.link != wanted.link:
        yield f"link of {wanted.id}"
    is_alike = _holds_facts(made.focus or "", [wanted.focus or ""])
    if bool(made.focus) != bool(wanted.focus) or not is_alike:
        yield f"focus of {wanted.id}"


def _compare_resource(made: Resource, wanted: Resource) -> Iterator[str]:
    if made.kind != wanted.kind:
        yield f"kind of {wanted.id}: {made.kind} instead of {wanted.kind}"
    for name in ("time", "count", "platform", "author"):
        value, other = getattr(made, name), getattr(wanted, name)
        if not _agrees(value, other, _join_fields(made), _join_fields(wanted)):
            yield f"{name} of {wanted.id}: {value} instead of {other}"


def _list_unpaired(
    part: str, wanted: Iterable[str], made: Iterable[str], pairs: Mapping[str, str]
) -> Iterator[str]:
    yield from (f"{part} missing: {name}" for name in wanted if name not in pairs)
    taken = set(pairs.values())
    yield from (f"{part} more: {name}" for name in made if name not in taken)


def _compare_parts(made: Item, wanted: Item) -> Iterator[str]:
    if not _holds_facts(_join_item(made), (*wanted.parts, *wanted.examples)):
        yield f"parts of {wanted.id}: not all of them are there"
    if not _holds_facts(_join_item(wanted), (*made.parts, *made.examples)):
        yield f"parts of {wanted.id}: there are more"
    if made.parts and wanted.examples and _holds_facts(" ".join(made.parts), wanted.examples):
        yield f"parts of {wanted.id}: parts instead of examples"


def _holds_facts(text: str, facts: Iterable[str]) -> bool:
    """Return True if at least half of each fact's words stand in the text."""
    words = list_stems(text)
    return all(2 * len(list_stems(fact) & words) >= len(list_stems(fact)) for fact in facts)


def _agrees(made: object, wanted: object, made_text: str, wanted_text: str) -> bool:
    """Return True for equal values, or if each one stands in the other's text."""
    if made == wanted:
        return True
    if wanted is not None and not _holds_facts(made_text, [str(wanted)]):
        return False
    return made is None or _holds_facts(wanted_text, [str(made)])


def _join_item(item: Item) -> str:
    return " ".join((item.title, item.summary or "", *item.parts, *item.examples))


def _join_fields(part: Described) -> str:
    """Return all words in a resource, certificate or project."""
    without = {"id", "kind", "link", "checked"}
    fields = part.model_dump(mode="json", exclude=without, exclude_none=True)
    words: list[str] = []
    for value in fields.values():
        words += map(str, value) if isinstance(value, list) else [str(value)]
    return " ".join(words)


def _join_resource_title(resource: Resource) -> str:
    return f"{resource.title} {resource.author or ''} {resource.provider or ''}"


def _list_candidates(parts: Iterable[D], join_words: Callable[[D], str]) -> list[Candidate]:
    candidates: list[Candidate] = []
    for part in parts:
        link = getattr(part, "link", None)
        links = frozenset([link] if link else [])
        words = list_stems(join_words(part))
        candidates.append(Candidate(part.id, list_stems(part.title), words, links))
    return candidates


def _list_resources(roadmap: Roadmap) -> list[Candidate]:
    return _list_candidates(roadmap.resources, _join_resource_title)


def _list_items(roadmap: Roadmap) -> list[Candidate]:
    links = {resource.id: resource.link for resource in roadmap.resources}
    candidates: list[Candidate] = []
    for number, item in enumerate(roadmap.items.values()):
        item_links = frozenset(link for name in item.resources if (link := links[name]))
        place = number / max(1, len(roadmap.items))
        title, words = list_stems(item.title), list_stems(_join_item(item))
        candidates.append(Candidate(item.id, title, words, item_links, place))
    return candidates


def _map_steps(roadmap: Roadmap) -> dict[str, Stage | Week]:
    """Return all stages and weeks by their ids."""
    steps: dict[str, Stage | Week] = {}
    for stage in roadmap.all_stages:
        steps[stage.id] = stage
        steps.update((week.id, week) for week in stage.weeks)
    return steps


def _list_steps(roadmap: Roadmap, names: Mapping[str, str]) -> list[Candidate]:
    """Return stages and weeks, with their items for words: these tell more than a title."""
    steps = _map_steps(roadmap)
    candidates: list[Candidate] = []
    for number, (name, step) in enumerate(steps.items()):
        title = list_stems(step.title)
        item_ids = (names.get(item.id, item.id) for item in _walk_items(step))
        words = title | frozenset(f"/{item_id}" for item_id in item_ids)
        candidates.append(Candidate(name, title, words, place=number / len(steps)))
    return candidates


def _walk_items(step: Stage | Week) -> Iterator[Item]:
    yield from step.items
    if isinstance(step, Stage):
        for week in step.weeks:
            yield from week.items
        for stage in step.stages:
            yield from _walk_items(stage)


def _list_named_resources(step: Stage | Week) -> set[str]:
    """Return the resources that a stage or week, or an item in it, names."""
    return {*step.resources, *(name for item in step.items for name in item.resources)}


def _list_links(roadmap: Roadmap) -> set[str]:
    parts: list[Resource | Certificate] = [*roadmap.resources, *roadmap.certificates]
    return {part.link for part in parts if part.link}


def _list_takes(options: Iterable[ChoiceOption], names: Mapping[str, str]) -> Hashable:
    takes = [frozenset(names.get(step, step) for step in option.takes) for option in options]
    return frozenset(takes)
