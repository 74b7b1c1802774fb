"""The advice to authors names the weeks without a time, a link or an end."""

from __future__ import annotations

from bot.roadmap import Roadmap, parse_roadmap
from bot.roadmap.gaps import count_gaps, list_gap_lines

TITLE = "A stage with a title that is too long to be named whole"


def build_item(name: str, *, estimate: bool, link: bool, end: bool) -> str:
    fields = [f"id: {name}", "kind: topic", "title: An item"]
    if estimate:
        fields.append("estimate: 1 hour")
    if link:
        fields.append("resources: [site]")
    if end:
        fields.append("done_when: You can explain it.")
    return f"{{{', '.join(fields)}}}"


def build_plan(items: list[str], *, has_weeks: bool = True) -> Roadmap:
    lines = ["title: Chance", "summary: Dice.", "stages:"]
    if has_weeks:
        lines += ["  - id: all", f"    title: {TITLE}", "    weeks:"]
        for number, item in enumerate(items):
            lines.append(f"      - {{id: part-{number}, title: Part, items: [{item}]}}")
        lines.append("      - {id: off, title: Off, kind: break}")
    else:
        for number, item in enumerate(items):
            lines.append(f"  - {{id: stage-{number}, title: {TITLE}, items: [{item}]}}")
    lines.append("resources:")
    lines.append("  - {id: site, kind: site, title: A site, link: 'https://a.org'}")
    return parse_roadmap("\n".join(lines), "chance.yaml")


def test_a_plan_with_everything_gets_no_advice() -> None:
    plan = build_plan([build_item("a", estimate=True, link=True, end=True)])
    assert list_gap_lines(plan) == ()
    assert count_gaps(plan) == ""


def test_the_weeks_that_lack_something_are_named_in_one_line_for_each_kind() -> None:
    has_estimate = (False, False, True, False, True, True, False)
    items = [
        build_item(f"item-{'abcdefg'[place]}", estimate=estimate, link=place != 1, end=True)
        for place, estimate in enumerate(has_estimate)
    ]
    plan = build_plan(items)
    assert list_gap_lines(plan) == (
        "Add an estimate to 4 items in weeks 1–2, 4 and 7: "
        "the weekly post then says how long it takes.",
        "Add a resource with a link to 1 item in week 2: people then know what to click first.",
    )
    assert count_gaps(plan) == "Of 7 items: 4 without estimate, 1 without link."


def test_a_plan_without_weeks_has_its_stages_named() -> None:
    items = [
        build_item(f"item-{'abcdef'[place]}", estimate=True, link=True, end=False)
        for place in range(6)
    ]
    name = "“A stage with a title that is too long t…”"
    assert list_gap_lines(build_plan(items, has_weeks=False)) == (
        f"Add done_when to 6 items in stages {name}, {name}, {name}, {name} and 2 more: "
        "people then know when they are done.",
    )
