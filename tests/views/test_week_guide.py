"""A week's sentence and time, in the plan's own weeks and in fitted ones."""

from __future__ import annotations

import pytest

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.first_item import TimeSum
from bot.group.route import build_route
from bot.roadmap import Roadmap, parse_roadmap
from bot.views.durations import format_time_sum
from bot.views.week_guide import find_week_sentence, list_counted_items

PLAN = parse_roadmap(
    """
title: Plan
summary: A plan.
stages:
  - id: first
    title: First
    summary: The first stage.
    weeks:
      - id: one
        title: One
        summary: |-
          All about *one*.

          And more.
        items: [{id: a, kind: topic, title: A}, {id: b, kind: topic, title: B}]
      - {id: two, title: Two, summary: All about two., items: [{id: c, kind: topic, title: C}]}
      - {id: off, title: Off, summary: Go outside., kind: break}
  - id: second
    title: Second
    summary: The second stage.
    weeks:
      - {id: three, title: Three, items: [{id: d, kind: topic, title: D}]}
      - {id: four, title: Four, items: [{id: e, kind: topic, title: E}]}
equivalents: [[d, e]]
""",
    "plan.yaml",
)


def list_sentences(roadmap: Roadmap, *weeks: tuple[str, str]) -> list[str]:
    syllabus = Syllabus(
        tuple(SyllabusWeek(week_id, week_id, tuple(items.split())) for week_id, items in weeks)
    )
    return [find_week_sentence(roadmap, syllabus, week) for week in syllabus.weeks]


def test_a_week_says_what_the_plan_says_and_a_stage_speaks_once_where_its_weeks_are_silent() -> (
    None
):
    weeks = (("one", "a b"), ("two", "c"), ("off", ""), ("three", "d"), ("four", "e"))
    assert list_sentences(PLAN, *weeks) == [
        "All about \\*one\\*. And more.",
        "All about two.",
        "Go outside.",
        "The second stage.",
        "",
    ]


def test_a_week_in_two_parts_speaks_in_its_first_and_joined_weeks_speak_together() -> None:
    assert list_sentences(PLAN, ("one", "a"), ("more", "b c")) == [
        "All about \\*one\\*. And more.",
        "All about two.",
    ]
    assert list_sentences(PLAN, ("all", "a b c d e")) == [
        "All about \\*one\\*. And more. All about two."
    ]
    assert list_sentences(PLAN, ("moved", "c"), ("late", "a")) == [
        "All about two.",
        "All about \\*one\\*. And more.",
    ]


def test_items_as_good_as_each_other_count_once() -> None:
    week = SyllabusWeek("three", "Three", ("d", "e"))
    route = build_route(PLAN, Syllabus((week,)))
    assert list_counted_items(week, route) == ("d",)


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (TimeSum(360, 4, 4), "about 6 h"),
        (TimeSum(240, 3, 5), "about 4 h or more"),
        (TimeSum(240, 2, 4), ""),
        (TimeSum(0, 0, 3), ""),
        (TimeSum(), ""),
    ],
)
def test_a_time_is_said_only_where_most_of_it_is_known(times: TimeSum, words: str) -> None:
    assert format_time_sum(times) == words
