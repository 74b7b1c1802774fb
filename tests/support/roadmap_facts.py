"""Tables of facts: for each line of a source document, where its facts are kept in the roadmap that retells it.

A table is a YAML list beside this file. `{line: 37, at: stages.foundation.time, has: [4 weeks]}`: the words stand on that
line and at that place. `says: […]`: the place says it in these other words. `{line: 1, nothing: a page leftover}`: no fact.
A place is walked by field names and ids; what has no id is named by its position, or an info block by a kind only it has.
A line of several facts has several entries; `complaints(plan, source("002.md"), facts(slug))` has to be empty.
What the plan marks as added is ours, so no line has to vouch for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import yaml

from bot.roadmap import ChoiceOption, Info, Roadmap, TimeSpan
from bot.roadmap.library import RoadmapValue
from tests.support.paths import TESTS
from tests.support.roadmap_additions import remove_additions

HERE = TESTS / "roadmap" / "files"
SOURCES = HERE.parent / "importer" / "sources"
# Our own words and lookups, and names that only connect what the plan holds: no line has to vouch
# for them.
WORDS = frozenset(
    {"id", "slug", "kind", "title", "summary", "text", "notes", "about", "says", "recall"}
)
OURS = WORDS | {"subject", "audience", "checked", "seen", "retired"}
JOINTS = frozenset(
    {"takes", "track", "earns", "builds", "pick", "default", "equivalents", "parallel_with"}
)
# What is either stated or not: a line has to have the whole of it.
EXACT = frozenset(
    {"time", "estimate", "count", "link", "level", "author", "provider", "platform", "published"}
)

_LINK = re.compile(r"https?://[^\s\"'<>()\[\]]+")
_LIST_NUMBER = re.compile(r"^\s*[0-9]+[.)] ")
_NUMBER = re.compile(r"\b[0-9]+\b")
_DURATION = re.compile(r"\b[0-9]+(?:-[0-9]+)?\+? (?:minute|hour|day|week|month)s?\b")

Steps = tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """One entry of a table."""

    line: int
    at: str = ""
    has: Sequence[str] = ()
    says: Sequence[str] = ()
    nothing: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.has, *self.says)


@dataclass(frozen=True)
class Kept:
    """A fact whose place is found: its path in ids and positions, and what stands there."""

    fact: Fact
    path: Steps
    text: str


def facts(slug: str) -> list[Fact]:
    """The table of a bundled roadmap."""
    return [
        Fact(**entry)
        for entry in yaml.safe_load((HERE / f"{slug}.yaml").read_text(encoding="utf-8"))
    ]


def source(name: str) -> list[str]:
    """The lines of a source document such as `002.md`, counting from 0."""
    return (SOURCES / name).read_text(encoding="utf-8").split("\n")


def complaints(plan: Roadmap, lines: Sequence[str], table: Sequence[Fact]) -> list[str]:
    """Everything that the source states and the plan does not, and the other way round; empty if all is well."""
    found = list(_malformed(lines, table))
    if found:
        return found
    plan = remove_additions(plan)
    kept: list[Kept] = []
    for fact in table:
        try:
            if fact.at:
                kept.append(Kept(fact, *_find(plan, fact.at)))
        except LookupError as error:
            found.append(f"line {fact.line}: {error.args[0]}")
    found += [*_untold(lines, table), *_missing(lines, kept), *_numbers(lines, table, kept)]
    return [*found, *_links(plan, lines, kept), *_claims(plan, kept)]


def text_of(value: object) -> str:
    """Everything that stands at a place of the plan, one text a line."""
    match value:
        case RoadmapValue():
            fields = (name for name in type(value).model_fields if name not in ("id", "slug"))
            return "\n".join(text_of(getattr(value, name)) for name in fields)
        case tuple():
            return "\n".join(text_of(entry) for entry in value)
        case None:
            return ""
        case _:
            return str(value)


def _plain(text: str) -> str:
    # Our spelling is British, our quotes are round: neither makes another fact.
    text = " ".join(text.casefold().split()).replace("’", "'").replace("–", "-")
    return re.sub(r"(?<=[a-z][iy])z(?=[ei]|ation)", "s", text)


def _find(plan: Roadmap, at: str) -> tuple[Steps, str]:
    value: object = plan
    path: Steps = ()
    for step in at.split("."):
        if isinstance(value, tuple):
            place = _place(value, step, at)
            entry: object = value[place]
            value, step = entry, _name(entry, place)
        elif isinstance(value, RoadmapValue) and step in type(value).model_fields:
            value = getattr(value, step)
        else:
            raise LookupError(f"there is no {step} on the way to {at}")
        path = (*path, step)
    return path, text_of(value)


def _place(entries: tuple[object, ...], step: str, at: str) -> int:
    if step.isdigit() and int(step) < len(entries):
        return int(step)
    found = [place for place, entry in enumerate(entries) if getattr(entry, "id", None) == step]
    found += [
        place
        for place, entry in enumerate(entries)
        if isinstance(entry, Info) and entry.kind == step
    ]
    if len(found) != 1:
        raise LookupError(f"{len(found)} entries are called {step} on the way to {at}")
    return found[0]


def _name(entry: object, place: int) -> str:
    return str(getattr(entry, "id", place))


def _malformed(lines: Sequence[str], table: Sequence[Fact]) -> Iterator[str]:
    for fact in table:
        if not 1 <= fact.line <= len(lines) or not lines[fact.line - 1].strip():
            yield f"line {fact.line}: there is nothing on this line"
        elif bool(fact.nothing) == bool(fact.at) or bool(fact.at) != bool(fact.words):
            yield f"line {fact.line}: give a place and its words, or say why there is nothing"


def _untold(lines: Sequence[str], table: Sequence[Fact]) -> Iterator[str]:
    told = {fact.line for fact in table}
    for number, line in enumerate(lines, 1):
        if line.strip() and number not in told:
            yield f"line {number}: not in the table: {line}"


def _missing(lines: Sequence[str], kept: Sequence[Kept]) -> Iterator[str]:
    for fact, text in ((each.fact, _plain(each.text)) for each in kept):
        for word in fact.words:
            if _plain(word) not in text:
                yield f"line {fact.line}: {fact.at} does not say: {word}"
        for word in fact.has:
            if _plain(word) not in _plain(lines[fact.line - 1]):
                yield f"line {fact.line}: the line does not say: {word}"


def _numbers(lines: Sequence[str], table: Sequence[Fact], kept: Sequence[Kept]) -> Iterator[str]:
    """Durations and numbers of a line that are neither at one of its places nor explained."""
    for number, line in enumerate(lines, 1):
        explained = [fact.nothing for fact in table if fact.line == number]
        places = _plain(
            "\n".join([*(each.text for each in kept if each.fact.line == number), *explained])
        )
        if not any(fact.at for fact in table if fact.line == number):
            continue
        stated = _plain(_LIST_NUMBER.sub("", _LINK.sub("", line)))
        for duration in _DURATION.findall(stated):
            if not re.search(rf"(?<![0-9-]){re.escape(duration)}", places):
                yield f"line {number}: this time is not kept: {duration}"
        lost = set(_NUMBER.findall(stated)) - set(_NUMBER.findall(places))
        yield from (f"line {number}: this number is not kept: {each}" for each in sorted(lost))


def _links(plan: Roadmap, lines: Sequence[str], kept: Sequence[Kept]) -> Iterator[str]:
    written: set[str] = set()
    for number in sorted({each.fact.line for each in kept}):
        places = "\n".join(each.text for each in kept if each.fact.line == number).split("\n")
        for link in _LINK.findall(lines[number - 1]):
            written.add(link)
            if link not in places:
                yield f"line {number}: this link is not kept: {link}"
    for path, value in _leaves(plan, ()):
        if path[-1] == "link" and value not in written:
            yield f"{'.'.join(path)}: no line has this link: {value}"


def _claims(plan: Roadmap, kept: Sequence[Kept]) -> Iterator[str]:
    """What the plan states and no line vouches for: single facts by themselves, everything else by anything in it."""
    places = {each.path for each in kept}
    for path in _parts(plan, ()):
        if not any(place[: len(path)] == path for place in places):
            yield f"{'.'.join(path)}: no line of the source stands for this"
    for path, value in _leaves(plan, ()):
        if path in places and path[-1] not in EXACT:
            continue
        if not any(_covers(each, path, _plain(str(value))) for each in kept):
            yield f"{'.'.join(path)}: no line of the source states this: {value}"


def _covers(each: Kept, path: Steps, value: str) -> bool:
    return each.path == path[: len(each.path)] and any(
        value in _plain(word) for word in each.fact.words
    )


def _leaves(value: object, path: Steps) -> Iterator[tuple[Steps, object]]:
    """Single facts that a line has to state: links, times, costs, names, parts and the like."""
    field = next((step for step in reversed(path) if not step.isdigit()), "")
    match value:
        case RoadmapValue():
            for name in type(value).model_fields:
                yield from _leaves(getattr(value, name), (*path, name))
        case tuple() if field == "resources" and not any(
            isinstance(entry, RoadmapValue) for entry in value
        ):
            return
        case tuple() if field not in JOINTS:
            for place, entry in enumerate(value):
                yield from _leaves(entry, (*path, _name(entry, place)))
        case str() | int() | date() | TimeSpan() if (
            value is not True and field not in OURS | JOINTS
        ):
            yield path, value


def _parts(value: object, path: Steps) -> Iterator[Steps]:
    """Stages, items, resources, info blocks and whatever else the plan is made of, but the ways through a choice."""
    if isinstance(value, tuple):
        for place, entry in enumerate(value):
            yield from _parts(entry, (*path, _name(entry, place)))
    elif isinstance(value, RoadmapValue) and not isinstance(value, ChoiceOption):
        if path:
            yield path
        for name in type(value).model_fields:
            yield from _parts(getattr(value, name), (*path, name))
