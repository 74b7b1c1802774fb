"""The item to start with is short, essential, and does not wait for another one."""

from __future__ import annotations

from bot.group.first_item import find_first_item
from bot.roadmap import parse_roadmap

PLAN = parse_roadmap(
    """
title: Bread
summary: A loaf.
stages:
  - id: loaf
    title: A loaf
    items:
      - {id: bake, kind: practice, title: Bake, estimate: 3 hours}
      - {id: slice, kind: practice, title: Slice, estimate: 1 hour, requires: [bake]}
      - {id: taste, kind: practice, title: Taste, estimate: 10 minutes, essential: false}
""",
    "bread.yaml",
)
ALL = tuple(PLAN.items)


def find_first_id(item_ids: tuple[str, ...], *ticked: str) -> str | None:
    item = find_first_item(PLAN, item_ids, frozenset(ticked))
    return item.id if item else None


def test_a_short_item_waits_for_the_one_that_it_requires() -> None:
    assert find_first_id(ALL) == "bake"
    assert find_first_id(ALL, "bake") == "slice"
    assert find_first_id(ALL, "bake", "slice") == "taste"
    assert find_first_id(ALL, *ALL) is None


def test_an_item_does_not_wait_for_one_outside_of_the_list() -> None:
    assert find_first_id(("slice", "taste")) == "slice"
