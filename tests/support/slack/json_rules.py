"""Words to describe JSON with: each makes a rule, and a rule says in sentences what is wrong with a
value.

An object has the fields that are described and no others, so that what nobody described is a
problem.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Rule = Callable[[Any], Iterator[str]]
Fields = dict[str, Rule]


def anything(value: Any) -> Iterator[str]:
    """The rule of what is judged elsewhere."""
    return iter(())


def string(least: int, most: int, pattern: str = "(?s).*", like: str = "as it should be") -> Rule:
    def rule(value: Any) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"is a string, not {value!r}"
        elif not least <= len(value) <= most:
            yield f"has {least} to {most} characters, not {len(value)}"
        elif not re.fullmatch(pattern, value):
            yield f"{value!r} is not {like}"

    return rule


def one_of(*known: Any) -> Rule:
    def rule(value: Any) -> Iterator[str]:
        if not any(value is key or (isinstance(key, str) and value == key) for key in known):
            yield f"is one of {known}, not {value!r}"

    return rule


def whole(least: int, most: int) -> Rule:
    def rule(value: Any) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield f"is a whole number from {least} to {most}, not {value!r}"

    return rule


def items(rule: Rule, least: int, most: int) -> Rule:
    def every(value: Any) -> Iterator[str]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            found = len(value) if isinstance(value, list) else repr(value)
            yield f"has {least} to {most} elements, not {found}"
        else:
            yield from (f"{n}: {problem}" for n, item in enumerate(value) for problem in rule(item))

    return every


def shape(needs: Fields, may: Fields) -> Rule:
    """An object of these fields and no others."""
    fields = {**may, **needs}

    def rule(value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"is an object, not {value!r}"
            return
        yield from (f"{name} is missing" for name in needs if name not in value)
        for name, inner in value.items():
            if name in fields:
                yield from (f"{name}: {problem}" for problem in fields[name](inner))
            else:
                yield f"has no field {name}"

    return rule


def typed(kinds: dict[str, Kind], among: Collection[str], where: str) -> Rule:
    """An object whose type says what it is, of those that may stand here."""

    def rule(value: Any) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in kinds:
            yield f"nobody knows the type {kind!r}"
        elif kind not in among:
            yield f"{kind} does not stand in {where}"
        else:
            found = list(kinds[kind].fields(value))
            yield from (f"{kind}: {problem}" for problem in found or kinds[kind].whole(value))

    return rule


@dataclass(frozen=True)
class Kind:
    """A type of block or element: its fields, and what must hold between them once each of them is
    right.
    """

    needs: Fields = field(default_factory=dict)
    may: Fields = field(default_factory=dict)
    whole: Callable[[Json], Iterator[str]] = anything

    @property
    def fields(self) -> Rule:
        return shape({"type": string(1, 255), **self.needs}, self.may)


def twice(what: str, names: Iterable[Any]) -> Iterator[str]:
    yield from (
        f"{what} {name} stands twice" for name, count in Counter(names).items() if count > 1
    )


def walk(value: Any) -> Iterator[Json]:
    """Every object in a value, the value itself included."""
    if isinstance(value, dict):
        yield value
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from walk(inner)
