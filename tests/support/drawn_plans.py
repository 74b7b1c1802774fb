"""Plans of all shapes, drawn by hypothesis."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from bot.roadmap import Roadmap
from bot.roadmap.check import find_inconsistencies

KINDS = st.sampled_from(["topic", "practice", "project", "reading", "certificate", "action"])
TIMES = [None, None, "4 weeks", "2-3 months", "1+ weeks", "10 hours", "3 days"]
ESTIMATES = [None, None, None, "30 minutes", "12 hours", "3 weeks"]


@st.composite
def draw_plans(draw: st.DrawFn, *, plain: bool = False) -> Roadmap:
    """Draw a plan with one to three levels of stages, with and without weeks and times.

    Unless `plain`, it has requirements, choices and stages side by side.
    """
    count = iter(range(1000))

    def item() -> dict[str, Any]:
        title = draw(st.sampled_from(["Read", "Write it down " * 5]))
        essential = str(draw(st.booleans())).lower()
        more = _maybe("estimate", draw(st.sampled_from(ESTIMATES)))
        return {
            "id": f"item-{next(count)}",
            "title": title,
            "kind": draw(KINDS),
            "essential": essential,
            **more,
        }

    def items(most: int) -> list[dict[str, Any]]:
        return [item() for _ in range(draw(st.integers(1, most)))]

    def week() -> dict[str, Any]:
        number = next(count)
        kind = draw(st.sampled_from(["normal", "normal", "break", "capstone"]))
        # Authors may give two weeks one title; a plain plan does not.
        title = f"Week {number}" if plain else "A week"
        held = [] if kind == "break" and draw(st.booleans()) else items(4)
        return {"id": f"week-{number}", "title": title, "kind": kind, "items": held}

    def stage(floors: int) -> dict[str, Any]:
        found: dict[str, Any] = {"id": f"stage-{next(count)}", "title": "A stage of the plan"}
        made = draw(
            st.sampled_from(["weeks", "items", "stages", "break"][: 4 if floors > 1 else 2])
        )
        if made == "break":
            return {**found, "kind": "break"}
        found |= _maybe("time", draw(st.sampled_from(TIMES)))
        if made == "weeks":
            return {**found, "weeks": [week() for _ in range(draw(st.integers(1, 4)))]}
        inner = (
            [stage(floors - 1) for _ in range(draw(st.integers(1, 3)))] if made == "stages" else []
        )
        return {**found, "items": items(6) if made == "items" else [], "stages": inner}

    stages = [stage(3) for _ in range(draw(st.integers(1, 4)))]
    data: dict[str, Any] = {
        "slug": "plan",
        "title": "A plan",
        "summary": "A plan.",
        "stages": stages,
    }
    assume(
        any(True for part in walk_parts(stages) if "kind" in part and part["id"].startswith("item"))
    )
    if not plain:
        _tangled(draw, data)
    return Roadmap.from_json(json.dumps(data))


def _maybe(name: str, value: str | None) -> dict[str, str]:
    return {name: value} if value else {}


def walk_parts(stages: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield every stage, week and item of some stages."""
    for part in stages:
        yield part
        for inner in ("weeks", "items", "stages"):
            yield from walk_parts(part.get(inner, []))


def _tangled(draw: st.DrawFn, data: dict[str, Any]) -> None:
    """Add requirements of all kinds without cycles, stages side by side, and a choice."""
    parts = list(walk_parts(data["stages"]))
    names = [part["id"] for part in parts]
    may = [part for part in parts if not part["id"].startswith("week")]
    for _ in range(draw(st.integers(0, 5))):
        part, name = draw(st.sampled_from(may)), draw(st.sampled_from(names))
        part["requires"] = [*part.get("requires", []), name]
        if any(find_inconsistencies(data)):
            part["requires"].pop()
    if len(data["stages"]) > 1 and draw(st.booleans()):
        data["stages"][1]["parallel_with"] = [data["stages"][0]["id"]]
    if len(names) > 1 and draw(st.booleans()):
        first, second = draw(st.permutations(names))[:2]
        options = [{"id": "this", "takes": [first]}, {"id": "that", "takes": [second]}]
        data["choices"] = [{"id": "choice", "title": "This or that", "options": options}]
