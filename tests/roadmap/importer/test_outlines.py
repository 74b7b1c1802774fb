"""Six plans in other formats become the roadmaps a careful organiser would make of them.

Their content stands in outlines/expected.yaml; the comparison allows for matters of taste.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.roadmap import Item, Resource, Roadmap, Stage, Week
from bot.roadmap.importer import ImportReport, import_document
from tests.support.roadmap_facts import text_of

FOLDER = Path(__file__).parent / "outlines"
EXPECTED: list[dict[str, Any]] = yaml.safe_load(
    (FOLDER / "expected.yaml").read_text(encoding="utf-8")
)
DO = ("topic", "practice", "action")

_LABEL = re.compile(r"^(?:homework|project|quiz|optional): ")
_BRACKET = re.compile(r" \([^()]*\)$")
# Letters, digits and what may stand at either end of a title; emoji and other signs do not count.
_ENDS = re.compile(r"^[^\w\"'(¿]+|[^\w\"')!?…]+$")


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: expected["file"])
def test_a_plan_of_another_make_is_read_as_a_person_would_read_it(expected: dict[str, Any]) -> None:
    imported = import_document((FOLDER / expected["file"]).read_bytes(), expected["file"])
    assert [
        *_list_differences(imported.roadmap, expected),
        *_compare_report(imported.report, expected),
    ] == []


def test_every_plan_beside_the_expectations_is_expected() -> None:
    names = {path.name for path in FOLDER.iterdir()} - {"expected.yaml"}
    assert sorted(names) == sorted(expected["file"] for expected in EXPECTED)


def _list_differences(plan: Roadmap, expected: Mapping[str, Any]) -> Iterator[str]:
    if plan.slug != expected["file"].rsplit(".", 1)[0]:
        yield f"the slug is {plan.slug}"
    if _normalize_title(plan.title) != _normalize_title(expected["title"]):
        yield f"the title is {plan.title}"
    yield from _list_missing_words("the summary", plan.summary, expected["summary"])
    for name, value in expected.get("provenance", {}).items():
        kept = getattr(plan.provenance, name, None)
        if value != (list(kept) if isinstance(kept, tuple) else str(kept)):
            yield f"the {name} is {kept}"
    if "weeks" in expected:
        yield from _compare_steps(plan, plan.weeks, expected["weeks"])
    else:
        yield from _compare_steps(plan, plan.stages, expected["stages"])
    yield from _compare_resources(plan, expected.get("resources", []))
    kinds: list[str] = [block.kind for block in plan.info]
    for wanted in expected.get("info", []):
        if not _take_kind(kinds, wanted):
            yield f"no info block is a {wanted}"
    yield from _list_missing_words("the plan", text_of(plan), expected.get("holds", []))


def _compare_steps(
    plan: Roadmap, steps: Sequence[Week | Stage], expected: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    if len(steps) != len(expected):
        yield f"there are {len(steps)} of {len(expected)}: {[step.title for step in steps]}"
        return
    for number, (step, wanted) in enumerate(zip(steps, expected, strict=True), 1):
        name = f"{number} ({wanted['title']})"
        if _normalize_title(step.title) != _normalize_title(wanted["title"]):
            yield f"the title of {name} is {step.title}"
        if (step.kind == "break") != ("items" not in wanted):
            yield f"the kind of {name} is {step.kind}"
        yield from _list_missing_words(
            f"the summary of {name}", step.summary or "", wanted.get("summary", [])
        )
        yield from _list_missing_words(name, text_of(step), wanted.get("holds", []))
        items = step.items if isinstance(step, Week) else tuple(_walk_items(step))
        if len(items) != len(wanted.get("items", [])):
            yield f"{name} has other items: {[item.title for item in items]}"
            continue
        for item, entry in zip(items, wanted.get("items", []), strict=True):
            yield from (f"{name}: {difference}" for difference in _compare_item(plan, item, entry))


def _walk_items(stage: Stage) -> Iterator[Item]:
    yield from stage.items
    for inner in stage.stages:
        yield from _walk_items(inner)


def _compare_item(plan: Roadmap, item: Item, entry: Mapping[str, Any]) -> Iterator[str]:
    kind, title = next(iter(entry.items()))
    if _normalize_title(item.title) != _normalize_title(title):
        yield f"{title}: the title is {item.title}"
    if item.kind not in _split_kinds(kind):
        yield f"{title}: the kind is {item.kind}"
    if item.essential != entry.get("essential", True):
        yield f"{title}: essential is {item.essential}"
    if str(item.estimate or "") != entry.get("estimate", ""):
        yield f"{title}: the estimate is {item.estimate}"
    if "parts" in entry and list(item.parts) != entry["parts"]:
        yield f"{title}: the parts are {item.parts}"
    links = [plan.get_resource(name).link for name in item.resources]
    if links != entry.get("links", []):
        yield f"{title}: the links are {links}"
    yield from _list_missing_words(
        title, text_of(item), [entry["holds"]] if "holds" in entry else []
    )


def _compare_resources(plan: Roadmap, expected: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    left = list(plan.resources)
    for entry in expected:
        kind, title = next(iter(entry.items()))
        resource = next(
            (resource for resource in left if _is_resource(resource, title, entry.get("link"))),
            None,
        )
        if resource is None:
            yield f"this resource is missing: {title}"
            continue
        left.remove(resource)
        if kind != "any" and resource.kind not in _split_kinds(kind):
            yield f"{title}: the kind is {resource.kind}"
        if "author" in entry and resource.author != entry["author"]:
            yield f"{title}: the author is {resource.author}"
    yield from (f"nobody named this resource: {resource.title}" for resource in left)


def _is_resource(resource: Resource, title: str, link: str | None) -> bool:
    return resource.link == link and _normalize_title(title) in _normalize_title(resource.title)


def _compare_report(report: ImportReport, expected: Mapping[str, Any]) -> Iterator[str]:
    left = list(report.entries)
    for wanted in [*expected.get("report", []), *expected.get("may_say", [])]:
        matching = [
            entry
            for entry in left
            if entry.line in _list_lines(wanted["line"])
            and entry.kind in _split_kinds(wanted["kind"])
            and wanted.get("says", "").casefold() in entry.sentence.casefold()
        ]
        if not matching and wanted in expected.get("report", []):
            yield f"this is not reported: {wanted}"
        left = [entry for entry in left if entry not in matching]
    harmless = {"read", "kept"} | {"repaired"} & {
        wanted["kind"] for wanted in expected.get("report", [])
    }
    yield from (f"this is reported: {entry}" for entry in left if entry.kind not in harmless)


def _list_lines(line: int | list[int]) -> list[int]:
    return [line] if isinstance(line, int) else line


def _split_kinds(words: str) -> set[str]:
    return {kind for word in words.split("|") for kind in (DO if word == "do" else (word,))}


def _take_kind(kinds: list[str], wanted: str) -> bool:
    match = next((kind for kind in kinds if kind in wanted.split("|")), None)
    if match is not None:
        kinds.remove(match)
    return match is not None


def _normalize_title(text: str) -> str:
    plain = text.casefold().replace("’", "'").replace("–", "-").replace("“", '"').replace("”", '"')
    return _ENDS.sub("", _BRACKET.sub("", _LABEL.sub("", plain)))


def _list_missing_words(name: str, text: str, words: Sequence[str]) -> Iterator[str]:
    plain = " ".join(text.casefold().split())
    yield from (f"{name} does not hold: {word}" for word in words if word.casefold() not in plain)
