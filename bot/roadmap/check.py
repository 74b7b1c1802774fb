"""What holds between the parts of a roadmap: ids are unique, names lead somewhere, nothing waits for itself.

It looks at plain data, as read, so that these findings can be told together with mistakes in single fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from bot.roadmap.problem import Loc, shorten_author_text

MOST_WEEKS = 60
MOST_ITEMS = 1500
MOST_ITEMS_IN_A_WEEK = 40
MOST_IN_A_CIRCLE = 6

_STEPS = ("stage", "week", "item")
_LISTS = {
    "stages": "stage",
    "weeks": "week",
    "items": "item",
    "choices": "choice",
    "options": "option",
    "resources": "resource",
    "portfolio": "project",
    "certificates": "certificate",
    "tracks": "track",
}
_REFERENCES = {
    "requires": _STEPS,
    "takes": _STEPS,
    "parallel_with": ("stage",),
    "equivalents": ("item",),
    "resources": ("resource",),
    "track": ("track",),
    "earns": ("certificate",),
    "builds": ("project",),
}


class Finding(NamedTuple):
    """Something wrong at `loc`. `{there}` in the sentence stands for the other place, if there is one."""

    loc: Loc
    sentence: str
    other_loc: Loc | None = None


class RoadmapPart(NamedTuple):
    """A stage, week, item, resource or the like, as plain data, and where it is written."""

    kind: str
    loc: Loc
    fields: Mapping[str, object]

    @property
    def id(self) -> str | None:
        found = self.fields.get("id")
        return found if isinstance(found, str) else None

    def get_list_field(self, name: str) -> Sequence[object]:
        found = self.fields.get(name)
        return found if isinstance(found, list) else []


def find_inconsistencies(data: object) -> Iterator[Finding]:
    """Everything wrong between the parts, in no particular order."""
    parts = tuple(_walk_roadmap_parts(data, (), "roadmap"))
    yield from _check_part_counts(parts)
    yield from _check_unique_ids(parts)
    yield from _check_empty_parts(parts)
    yield from _check_references(parts)
    yield from _check_choice_limits(parts)
    yield from _check_requirement_cycles(parts)


def _walk_roadmap_parts(fields: object, loc: Loc, kind: str) -> Iterator[RoadmapPart]:
    if not isinstance(fields, Mapping):
        return
    part = RoadmapPart(kind, loc, fields)
    yield part
    for name, inner in _LISTS.items():
        for place, entry in enumerate(part.get_list_field(name)):
            yield from _walk_roadmap_parts(entry, (*loc, name, place), inner)


def _check_part_counts(parts: Sequence[RoadmapPart]) -> Iterator[Finding]:
    for kind, most in (("week", MOST_WEEKS), ("item", MOST_ITEMS)):
        surplus = [part for part in parts if part.kind == kind][most:]
        if surplus:
            yield Finding(
                surplus[0].loc, f"Split this into two roadmaps: one holds at most {most} {kind}s."
            )
    for part in parts:
        if part.kind == "week" and len(part.get_list_field("items")) > MOST_ITEMS_IN_A_WEEK:
            loc = (*part.loc, "items", MOST_ITEMS_IN_A_WEEK)
            yield Finding(
                loc, f"Move items to another week: one week holds at most {MOST_ITEMS_IN_A_WEEK}."
            )


def _check_unique_ids(parts: Sequence[RoadmapPart]) -> Iterator[Finding]:
    first: dict[tuple[object, str], Loc] = {}
    for part in parts:
        if part.id is None:
            continue
        # Stages, weeks and items share their names, because `requires` may mean any of them.
        shelf = (
            "step" if part.kind in _STEPS else part.loc[:-1] if part.kind == "option" else part.kind
        )
        there = first.setdefault((shelf, part.id), part.loc)
        if there != part.loc:
            sentence = (
                f'Choose another id: "{shorten_author_text(part.id)}" is already used {{there}}.'
            )
            yield Finding((*part.loc, "id"), sentence, (*there, "id"))


def _check_empty_parts(parts: Sequence[RoadmapPart]) -> Iterator[Finding]:
    for part in parts:
        inside = [name for name in ("weeks", "items", "stages") if part.get_list_field(name)]
        is_break = part.fields.get("kind") == "break"
        if part.kind == "week" and not inside and not is_break:
            yield Finding(
                part.loc, "Write at least one item, or make this a week off with kind: break."
            )
        if part.kind == "stage" and not inside and not is_break:
            yield Finding(
                part.loc, "Give this stage weeks, items or stages of its own, or remove it."
            )
        if part.kind == "stage" and inside[:1] == ["weeks"] and len(inside) > 1:
            yield Finding(
                (*part.loc, inside[1]),
                f"Move these {inside[1]} into a week: a stage with weeks holds nothing else.",
            )
    if parts and not any(part.kind == "item" for part in parts):
        yield Finding((), "Write at least one item: there is nothing to tick in this roadmap.")


def _list_references(value: object, loc: Loc) -> Iterator[tuple[Loc, str]]:
    if isinstance(value, str):
        yield loc, value
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            yield from _list_references(entry, (*loc, place))


def _check_references(parts: Sequence[RoadmapPart]) -> Iterator[Finding]:
    known: dict[str, list[str]] = {}
    for part in parts:
        if part.id is not None:
            known.setdefault(part.kind, []).append(part.id)
    for part in parts:
        for field, kinds in _REFERENCES.items():
            if field not in part.fields:
                continue
            candidates = [each for kind in kinds for each in known.get(kind, [])]
            yield from _check_known_ids(part, field, " or ".join(kinds), candidates)


def _check_known_ids(
    part: RoadmapPart, field: str, kind: str, candidates: list[str]
) -> Iterator[Finding]:
    for loc, name in _list_references(part.fields.get(field), (*part.loc, field)):
        if name not in candidates:
            close = get_close_matches(name, candidates, n=1, cutoff=0.7)
            advice = (
                f'did you mean "{shorten_author_text(close[0])}"?'
                if close
                else "add it, or remove its id here."
            )
            yield Finding(
                loc, f'There is no {kind} with the id "{shorten_author_text(name)}": {advice}'
            )


def _check_choice_limits(parts: Sequence[RoadmapPart]) -> Iterator[Finding]:
    for part in parts:
        if part.kind != "choice":
            continue
        options = [
            str(option.get("id"))
            for option in part.get_list_field("options")
            if isinstance(option, Mapping)
        ]
        yield from _check_known_ids(part, "default", "option", options)
        pick = str(part.fields.get("pick", "one"))
        most = (
            1 if pick == "one" else int(pick) if pick.isascii() and pick.isdigit() else len(options)
        )
        if most > len(options) > 1:
            yield Finding(
                (*part.loc, "pick"), f"Pick at most {len(options)}: there are no more options."
            )
        if len(part.get_list_field("default")) > most:
            yield Finding(
                (*part.loc, "default"), f"Name at most {most} here, as many as may be picked."
            )


def _check_requirement_cycles(parts: Sequence[RoadmapPart]) -> Iterator[Finding]:
    steps = {part.loc: part for part in parts if part.kind in _STEPS and part.id is not None}
    places: dict[str, Loc] = {}
    for loc, part in steps.items():
        places.setdefault(str(part.id), loc)
    waits: dict[Loc, set[Loc]] = {loc: set() for loc in steps}
    written: dict[Loc, Loc] = {}
    for loc in steps:
        # A step waits for what it requires, for what the stages around it require, and for what it holds.
        around = [loc[:end] for end in range(2, len(loc) + 1, 2) if loc[:end] in steps]
        for outer in around:
            names = [name for _, name in _list_references(steps[outer].fields.get("requires"), ())]
            waits[loc].update(places[name] for name in names if name in places)
            if names:
                written[loc] = (*outer, "requires")
        if len(around) > 1:
            waits[around[-2]].add(loc)
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle: list[Loc] = list(reversed(error.args[1]))
        chain = [shorten_author_text(steps[loc].id) for loc in circle[:MOST_IN_A_CIRCLE]] + [
            "…"
        ] * (len(circle) > MOST_IN_A_CIRCLE)
        sentence = (
            f"Remove one of these requirements, they wait for each other: {' → '.join(chain)}."
        )
        yield Finding(next(written[loc] for loc in circle if loc in written), sentence)
