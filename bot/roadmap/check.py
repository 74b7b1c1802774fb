"""Checks between the parts: unique ids, existing references, no circle in the requirements.

They look at plain data, so that the author reads them together with mistakes in single fields.
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
    """A mistake at `loc`. `{there}` in the sentence stands for the other place, if any."""

    loc: Loc
    sentence: str
    other_loc: Loc | None = None


class RoadmapPart(NamedTuple):
    """A stage, week, item, resource and so on in plain data, with its place."""

    kind: str
    loc: Loc
    fields: Mapping[str, object]

    @property
    def id(self) -> str | None:
        value = self.fields.get("id")
        return value if isinstance(value, str) else None

    def get_list_field(self, name: str) -> Sequence[object]:
        value = self.fields.get(name)
        return value if isinstance(value, list) else []


def find_inconsistencies(data: object) -> Iterator[Finding]:
    """Yield every mistake between the parts, in no particular order."""
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
            sentence = f"Split this into two roadmaps: one holds at most {most} {kind}s."
            yield Finding(surplus[0].loc, sentence)
    for part in parts:
        if part.kind == "week" and len(part.get_list_field("items")) > MOST_ITEMS_IN_A_WEEK:
            loc = (*part.loc, "items", MOST_ITEMS_IN_A_WEEK)
            limit = MOST_ITEMS_IN_A_WEEK
            yield Finding(loc, f"Move items to another week: one week holds at most {limit}.")


def _check_unique_ids(parts: Sequence[RoadmapPart]) -> Iterator[Finding]:
    first_locs: dict[tuple[object, str], Loc] = {}
    for part in parts:
        if part.id is None:
            continue
        scope: object = part.kind
        if part.kind in _STEPS:
            # Stages, weeks and items share one scope: `requires` may name any of them.
            scope = "step"
        elif part.kind == "option":
            # An option is only named inside its own choice.
            scope = part.loc[:-1]
        first_loc = first_locs.setdefault((scope, part.id), part.loc)
        if first_loc != part.loc:
            name = shorten_author_text(part.id)
            sentence = f'Choose another id: "{name}" is already used {{there}}.'
            yield Finding((*part.loc, "id"), sentence, (*first_loc, "id"))


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
            candidates: list[str] = []
            for kind in kinds:
                candidates += known.get(kind, [])
            yield from _check_known_ids(part, field, " or ".join(kinds), candidates)


def _check_known_ids(
    part: RoadmapPart, field: str, kind: str, candidates: list[str]
) -> Iterator[Finding]:
    for loc, name in _list_references(part.fields.get(field), (*part.loc, field)):
        if name in candidates:
            continue
        advice = "add it, or remove its id here."
        close = get_close_matches(name, candidates, n=1, cutoff=0.7)
        if close:
            advice = f'did you mean "{shorten_author_text(close[0])}"?'
        sentence = f'There is no {kind} with the id "{shorten_author_text(name)}": {advice}'
        yield Finding(loc, sentence)


def _check_choice_limits(parts: Sequence[RoadmapPart]) -> Iterator[Finding]:
    for part in parts:
        if part.kind != "choice":
            continue
        options = []
        for option in part.get_list_field("options"):
            if isinstance(option, Mapping):
                options.append(str(option.get("id")))
        yield from _check_known_ids(part, "default", "option", options)
        most = _read_pick_limit(part, len(options))
        if most > len(options) > 1:
            sentence = f"Pick at most {len(options)}: there are no more options."
            yield Finding((*part.loc, "pick"), sentence)
        if len(part.get_list_field("default")) > most:
            sentence = f"Name at most {most} here, as many as may be picked."
            yield Finding((*part.loc, "default"), sentence)


def _read_pick_limit(choice: RoadmapPart, option_count: int) -> int:
    pick = str(choice.fields.get("pick", "one"))
    if pick == "one":
        return 1
    # Anything else that is wrong here is the model's own problem.
    return int(pick) if pick.isascii() and pick.isdigit() else option_count


def _check_requirement_cycles(parts: Sequence[RoadmapPart]) -> Iterator[Finding]:
    steps = {part.loc: part for part in parts if part.kind in _STEPS and part.id is not None}
    waits, written_at = _map_requirements(steps)
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle: list[Loc] = list(reversed(error.args[1]))
        names = [shorten_author_text(steps[loc].id) for loc in circle[:MOST_IN_A_CIRCLE]]
        if len(circle) > MOST_IN_A_CIRCLE:
            names.append("…")
        chain = " → ".join(names)
        sentence = f"Remove one of these requirements, they wait for each other: {chain}."
        yield Finding(next(written_at[loc] for loc in circle if loc in written_at), sentence)


def _map_requirements(
    steps: Mapping[Loc, RoadmapPart],
) -> tuple[dict[Loc, set[Loc]], dict[Loc, Loc]]:
    """Return the steps that each step waits for, and the field that says so."""
    places: dict[str, Loc] = {}
    for loc, part in steps.items():
        places.setdefault(str(part.id), loc)
    waits: dict[Loc, set[Loc]] = {loc: set() for loc in steps}
    written_at: dict[Loc, Loc] = {}
    for loc in steps:
        # A step waits for its own requirements and for those of the stages around it. A stage
        # waits for the steps inside it, so a circle through an outer stage is found, too.
        around = [loc[:end] for end in range(2, len(loc) + 1, 2) if loc[:end] in steps]
        for outer in around:
            names = [name for _, name in _list_references(steps[outer].fields.get("requires"), ())]
            waits[loc].update(places[name] for name in names if name in places)
            if names:
                written_at[loc] = (*outer, "requires")
        if len(around) > 1:
            waits[around[-2]].add(loc)
    return waits, written_at
