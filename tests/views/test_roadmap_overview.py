"""A roadmap at a glance: tips come in turn, and nothing told of a plan is longer than a message takes."""

from __future__ import annotations

from collections import Counter

from bot.roadmap import Info, Pair, Roadmap
from bot.views import roadmap_overview
from tests.commands.test_portfolio import PLAN


def with_info(*info: Info) -> Roadmap:
    return PLAN.model_copy(update={"info": info})


def test_a_tip_comes_every_other_week_each_once_before_any_comes_again() -> None:
    plan = with_info(
        Info(kind="tips", points=("one", "two")),
        Info(kind="note", text="never a tip"),
        Info(kind="pitfalls", title="Beware", points=("three",)),
        Info(kind="myths", pairs=(Pair(about="too long for a tip", says="x" * 301),)),
    )
    told = [roadmap_overview.choose_tip(plan, number) for number in range(1, 9)]
    assert told == [
        "",
        "**Tips:** one",
        "",
        "**Beware:** three",
        "",
        "**Tips:** two",
        "",
        "**Tips:** one",
    ]
    assert {roadmap_overview.choose_tip(with_info(), number) for number in range(1, 9)} == {""}


def test_every_note_is_told_once_under_its_heading_and_fits_a_line() -> None:
    plan = with_info(
        Info(kind="ladder", points=("junior", "senior")),
        Info(kind="myths", pairs=(Pair(about="a*b", says="y" * 2000),)),
        Info(kind="role", text="first\n\nsecond"),
    )
    lines = list(roadmap_overview.list_info_lines(plan))
    assert lines[0] == "**Career steps**\n1. junior"
    assert lines[3:] == ["**The work**\nfirst", "second"]
    assert Counter(line.count("**") for line in lines) == {2: 3, 0: 2}
    assert all(len(line) <= 2 * roadmap_overview.LINE for line in lines)
