"""The reader of the tables of facts notices what is lost, what is invented and what is written in the wrong place."""

from __future__ import annotations

import pytest

from bot.roadmap import parse_roadmap
from tests.support.roadmap_facts import Fact, complaints

PLAN = """
title: Juggling
summary: Three balls.
stages:
  - id: throwing
    title: Throwing balls
    time: 2-3 weeks
    items:
      - {id: cascade, kind: practice, title: Visualise the cascade, parts: [left, right]}
resources:
  - id: balls
    kind: site
    title: The ball shop
    link: https://example.org/?
"""
LINES = [
    "# Juggling",
    "Throw 12 balls (2-3 weeks)",
    "",
    "- Visualize: [shop](https://example.org/?)",
    "- left, right",
]
THROW = Fact(2, "stages.throwing", has=["throw"], says=["2-3 weeks"])
TWELVE = Fact(2, nothing="nobody throws 12")
CASCADE = Fact(4, "stages.throwing.items.cascade.title", has=["visualize"], says=["cascade"])
SHOP = Fact(4, "resources.0.link", has=["https://example.org/?"])
PARTS = Fact(5, "stages.throwing.items.cascade.parts", has=["left", "right"])
TABLE = [Fact(1, nothing="a heading"), THROW, TWELVE, CASCADE, SHOP, PARTS]


def told(plan: str = PLAN, lines: list[str] = LINES, table: list[Fact] = TABLE) -> list[str]:
    return complaints(parse_roadmap(plan, "juggling.yaml"), lines, table)


def test_a_complete_table_gives_no_complaint() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        (TABLE[1:], "line 1: not in the table: # Juggling"),
        ([*TABLE, Fact(3, nothing="a gap")], "line 3: there is nothing on this line"),
        (
            [*TABLE, Fact(5, "title")],
            "line 5: give a place and its words, or say why there is nothing",
        ),
        (
            [*TABLE, Fact(5, "info.tips", has=["left"])],
            "line 5: 0 entries are called tips on the way to info.tips",
        ),
        (
            [*TABLE, Fact(5, "stages.throwing.cost", has=["left"])],
            "line 5: there is no cost on the way to stages.throwing.cost",
        ),
        ([*TABLE, Fact(5, "title", says=["left"])], "line 5: title does not say: left"),
        ([*TABLE, Fact(5, "title", has=["Juggling"])], "line 5: the line does not say: Juggling"),
        ([each for each in TABLE if each != TWELVE], "line 2: this number is not kept: 12"),
        (
            [each for each in TABLE if each != SHOP],
            "line 4: this link is not kept: https://example.org/?",
        ),
        (
            [*TABLE[:-1], Fact(5, nothing="hands")],
            "cascade.parts.0: no line of the source states this: left",
        ),
    ],
    ids=range(10),
)
def test_a_table_with_a_fault_is_told_which(table: list[Fact], complaint: str) -> None:
    assert [each for each in told(table=table) if each.endswith(complaint)] != []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("2-3 weeks", "3 weeks", "line 2: this time is not kept: 2-3 weeks"),
        ("org/?", "org/", "line 4: this link is not kept: https://example.org/?"),
        ("org/?", "org/", "balls.link: no line has this link: https://example.org/"),
        (
            "kind: site",
            "kind: site\n    cost: 5 pounds",
            "balls.cost: no line of the source states this: 5 pounds",
        ),
        (
            "kind: practice",
            "kind: practice, essential: false",
            "cascade.essential: no line of the source states this: False",
        ),
        (
            "resources:",
            "      - {id: bow, kind: action, title: Bow}\nresources:",
            "bow: no line of the source stands for this",
        ),
    ],
    ids=range(6),
)
def test_a_plan_that_loses_or_invents_something_is_told_what(
    old: str, new: str, complaint: str
) -> None:
    assert [each for each in told(PLAN.replace(old, new)) if each.endswith(complaint)] != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("parts: [left, right]", "parts: [left, right], estimate: 9 hours, added: [estimate]"),
        ("kind: site", "kind: site\n    cost: 5 pounds\n    added: [cost]"),
        (
            "resources:",
            "      - {id: bow, kind: action, title: Bow, done_when: You bowed., added: true}\nresources:",
        ),
        ("kind: site", "kind: site\n    checked: 2026-11-29\n    seen: juggling/shop"),
    ],
    ids=["field", "resource", "entry", "lookup"],
)
def test_what_is_marked_as_added_needs_no_line(old: str, new: str) -> None:
    assert told(PLAN.replace(old, new)) == []


def test_what_is_added_beside_a_mark_for_something_else_is_still_told() -> None:
    plan = PLAN.replace("kind: site", "kind: site\n    cost: 5 pounds\n    added: [topics]")
    plan = plan.replace("cost: 5 pounds", "cost: 5 pounds\n    topics: [clubs]")
    assert [each for each in told(plan) if "5 pounds" in each] != []


def test_a_name_has_to_be_stated_whole() -> None:
    plan = PLAN.replace("kind: site", "kind: site\n    author: Left and Wrong")
    author = Fact(5, "resources.balls.author", has=["left"])
    assert told(plan, table=[*TABLE, author]) == [
        "resources.balls.author: no line of the source states this: Left and Wrong"
    ]
