"""Checkboxes: each one becomes an item, or has its line in the report."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.imports import import_roadmap, import_text, list_remarks


def test_boxes_between_the_weeks_are_a_stage_of_their_own() -> None:
    text = (
        "# Drawing\n\n## Week 1\n- [ ] Draw a line\n\n"
        "## Light and shadow\n- [ ] Paint an apple\n\n## Week 2\n- [ ] Draw a cube\n"
    )
    roadmap = import_roadmap(text)
    assert [(stage.title, [week.title for week in stage.weeks]) for stage in roadmap.stages] == [
        ("Drawing", ["Week 1"]),
        ("Light and shadow", []),
        ("Drawing, continued", ["Week 2"]),
    ]
    assert [item.title for item in roadmap.items.values()] == [
        "Draw a line",
        "Paint an apple",
        "Draw a cube",
    ]
    assert list_remarks(text) == [
        "6 read: I read “Light and shadow” as a stage, because it has checkboxes."
    ]


def test_boxes_before_the_first_heading_are_to_be_ticked() -> None:
    roadmap = import_roadmap("# Drawing\n\n- [ ] Buy a pencil\n\n## Week 1\n- [ ] Draw a line\n")
    assert [item.title for item in roadmap.items.values()] == ["Buy a pencil", "Draw a line"]


@pytest.mark.parametrize(
    "heading", ["Resources", "Community", "Certificates", "Portfolio projects"]
)
def test_a_box_that_nobody_can_tick_has_its_line_in_the_report(heading: str) -> None:
    text = (
        f"# Drawing\n\n## Week 1\n- [ ] Draw a line\n\n## {heading}\n- [x] A book\n"
        f"  - [ ] Its second half\n"
    )
    assert [line for line in list_remarks(text) if "has a checkbox" in line] == [
        "7 odd: “A book” has a checkbox that nobody can tick: move it below a week.",
        "8 odd: “Its second half” has a checkbox that nobody can tick: move it below a week.",
    ]


LINES = [
    "## Week {n}",
    "## Light {n}",
    "### Part {n}",
    "Outcomes:",
    "## Tips",
    "- [ ] Do {n}",
    "  - [x] Sub {n}",
]


@given(st.lists(st.sampled_from(LINES), max_size=14))
@settings(deadline=None)
def test_every_box_is_an_item_or_has_its_line(parts: list[str]) -> None:
    lines = [
        "# Plan",
        "## Week 0",
        "- Begin",
        *(part.format(n=place) for place, part in enumerate(parts)),
    ]
    imported = import_text("\n\n".join(lines))
    titles = {item.title for item in imported.roadmap.items.values()}
    reported = {entry.line for entry in imported.report.list_entries_of_kind("odd")}
    for place, line in enumerate(lines):
        if "] " in line:
            assert line.partition("] ")[2] in titles or 2 * place + 1 in reported
