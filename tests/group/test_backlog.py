"""The item to start with, the time a list takes, and what is open in closed weeks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from bot.group.backlog import Backlog, measure_backlog
from bot.group.calendar import DAY, WEEK, Syllabus
from bot.group.cohort import Cohort, Member
from bot.group.first_item import find_first_item, list_open_items, sum_estimates
from bot.group.member import Person
from bot.group.route import build_route
from bot.roadmap import parse_roadmap
from bot.views.durations import format_duration

START = date(2026, 3, 2)


def build_item(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "kind": "topic", "title": name, **fields}


def build_week(number: int) -> dict[str, Any]:
    items = [
        build_item(f"long{number}", estimate="2 hours"),
        build_item(f"short{number}", estimate="30 minutes"),
        build_item(f"extra{number}", estimate="5 minutes", essential=False),
        build_item(f"open{number}"),
    ]
    return {"id": f"week-{number}", "title": f"Week {number}", "items": items}


PLAN = parse_roadmap(
    json.dumps(
        {
            "title": "Plan",
            "summary": "A plan.",
            "equivalents": [["long2", "open1"]],
            "stages": [
                {"id": "all", "title": "All", "weeks": [build_week(number) for number in (1, 2, 3)]}
            ],
        }
    ),
    "plan.yaml",
)
SYLLABUS = Syllabus.from_roadmap(PLAN)
ROUTE = build_route(PLAN, SYLLABUS)
SPRING = Cohort(1, "spring", 1, 1, "plan", SYLLABUS, START, "UTC", time(9), "running")
ADA = Member(1, 1, Person(1, "Ada"), datetime(2026, 2, 20, tzinfo=UTC))
FIRST_WEEK = SYLLABUS.weeks[0].items


def after(weeks: int) -> datetime:
    """A day into the week that comes after so many."""
    return datetime.combine(START + WEEK * weeks + DAY, time(12), UTC)


def measure(now: datetime, *ticked: str, member: Member = ADA, cohort: Cohort = SPRING) -> Backlog:
    return measure_backlog(member, cohort, PLAN, ROUTE, set(ticked), now)


@pytest.mark.parametrize(
    ("ticked", "first"),
    [
        ((), "short1"),
        (("short1",), "long1"),
        (("short1", "long1"), "open1"),
        (("short1", "long1", "long2"), "extra1"),
        (("short1", "long1", "open1", "extra1"), None),
    ],
)
def test_the_shortest_open_essential_item_comes_first(
    ticked: tuple[str, ...], first: str | None
) -> None:
    item = find_first_item(PLAN, FIRST_WEEK, set(ticked), ROUTE)
    assert (item.id if item else None) == first


def test_an_item_waits_for_the_open_items_it_requires() -> None:
    items = [
        build_item("basics", estimate="1 hour"),
        build_item("proof", estimate="10 minutes", requires=["basics"]),
    ]
    week = {"id": "only", "title": "Only", "items": items}
    stage = {"id": "part", "title": "Part", "weeks": [week]}
    text = json.dumps({"title": "Order", "summary": "In order.", "stages": [stage]})
    plan = parse_roadmap(text, "order.yaml")
    names = ("proof", "basics")
    assert [find_first_item(plan, names, ticked) for ticked in (set(), {"basics"})] == [
        plan.items["basics"],
        plan.items["proof"],
    ]
    # Whoever has only the proof before them starts with it.
    assert find_first_item(plan, ("proof",)) == plan.items["proof"]


def test_an_item_the_roadmap_has_lost_is_passed_over() -> None:
    assert [item.id for item in list_open_items(PLAN, ("gone", "long1"))] == ["long1"]
    assert sum_estimates(PLAN, ("gone", "long1")).item_count == 1


def test_a_time_is_complete_only_if_each_item_has_one() -> None:
    week = sum_estimates(PLAN, FIRST_WEEK)
    assert (week.minutes, week.is_complete, week.is_mostly_known) == (155, False, True)
    assert sum_estimates(PLAN, FIRST_WEEK[:3]).is_complete
    assert not sum_estimates(PLAN, ()).is_complete


def test_somebody_is_behind_when_two_closed_weeks_have_open_essential_items() -> None:
    first = measure(after(1))
    assert (first.is_behind, first.essential_count) == (False, 3)
    second = measure(after(2), "long1", "short1")
    # As good as `long2`, the last item of week 1 counts there and not again in week 2.
    assert second.open_items == ("open1", "short2", "open2")
    assert (second.is_behind, second.essential_count) == (True, 5)
    assert (second.time.minutes, second.time.estimated_count) == (30, 1)
    assert not measure(after(2), "long1", "short1", "long2").is_behind


def test_a_late_joiner_is_not_behind() -> None:
    late = replace(ADA, joined_at=after(2))
    assert measure(after(2), member=late) == measure(after(0), member=late)
    assert [week.number for week in measure(after(3), member=late).open_weeks] == [3]


def test_a_shifted_member_is_behind_by_their_own_weeks() -> None:
    shifted = replace(ADA, shift=2)
    assert [week.id for week in measure(after(3), member=shifted).open_weeks] == ["week-1"]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "about 5 min"),
        (38, "about 40 min"),
        (50, "about 50 min"),
        (55, "about 1 h"),
        (95, "about 1.5 h"),
        (360, "about 6 h"),
        (610, "about 10 h"),
        (1234, "about 21 h"),
    ],
)
def test_lengths_are_rounded(minutes: int, words: str) -> None:
    assert format_duration(minutes) == words
