"""Catch-up plans: spread over the weeks there are, moved on, and over when everything is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.group.backlog import measure_backlog
from bot.group.calendar import DAY, WEEK, Break, Syllabus
from bot.group.catch_up import CatchUpPart, CatchUpWork, find_catch_up, read_catch_up
from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.progress import compute_pace, compute_streak, list_week_progress
from bot.group.route import build_route
from bot.group.shift import (
    find_largest_shift,
    get_week_number,
    is_ahead_of_own_week,
    move_clock,
    propose_shift,
)
from tests.support.timed_roadmap import TIMED, build_timed_roadmap

START = date(2026, 3, 2)
SYLLABUS = Syllabus.from_roadmap(TIMED)
ROUTE = build_route(TIMED, SYLLABUS)
SPRING = Cohort(1, "spring", 1, 1, "timed", SYLLABUS, START, "UTC", time(9), "running")
ADA = Member(1, 1, Person(1, "Ada"), datetime(2026, 2, 20, tzinfo=UTC))
ESSENTIAL = tuple(item for item in SYLLABUS.all_items if TIMED.items[item].essential)


def after(weeks: int) -> datetime:
    """A day into the week that comes after so many."""
    return datetime.combine(START + WEEK * weeks + DAY, time(12), UTC)


def work(*items: str, first: int = 5, ticked: frozenset[str] = frozenset()) -> CatchUpWork:
    return CatchUpWork(TIMED, ROUTE, SYLLABUS, ticked, items, first)


def test_the_hours_left_beside_each_weeks_own_work_go_to_the_plan() -> None:
    # Each week takes 2.5 h itself: of 5 h, as many are left for the plan.
    draft = work(*ESSENTIAL[:8]).draft_plan(5)
    assert draft.parts == tuple(
        CatchUpPart(number + 4, (f"long{number}", f"short{number}")) for number in range(1, 5)
    )
    assert draft.is_complete
    assert draft.encode_words(SYLLABUS)[:2] == ("hours=5", "week-05:long1")


def test_too_few_hours_are_found_out_and_the_fewest_that_suffice_are_told() -> None:
    plan = work(*ESSENTIAL[:12], first=7)
    assert not plan.draft_plan(5).is_complete
    least = plan.find_least_hours()
    assert least is not None
    assert plan.draft_plan(least).is_complete
    assert not plan.draft_plan(least - 1).is_complete
    assert plan.estimate_weekly_hours() == 2


def test_the_last_week_takes_everything_where_nothing_else_is_left() -> None:
    draft = work(*ESSENTIAL[:4], first=8).draft_plan(9)
    assert draft.parts == (CatchUpPart(8, ESSENTIAL[:4]),)


def test_work_that_was_not_done_moves_on_and_the_rest_moves_along() -> None:
    words = work(*ESSENTIAL[:4]).draft_plan(5).encode_words(SYLLABUS)
    ada = replace(ADA, catch_up=words)
    on_time = find_catch_up(ada, SPRING, ROUTE, frozenset(), after(4))
    assert on_time is not None
    assert (on_time.weeks_late, on_time.parts[0].week_number) == (0, 5)
    late = find_catch_up(ada, SPRING, ROUTE, frozenset({"long1"}), after(5))
    assert late is not None
    assert late.parts == (CatchUpPart(6, ("short1",)), CatchUpPart(7, ("long2", "short2")))
    assert late.is_kept
    too_late = find_catch_up(ada, SPRING, ROUTE, frozenset(), after(7))
    assert too_late is not None
    assert not too_late.is_kept
    # Nothing moves beyond the last week.
    assert too_late.parts == (CatchUpPart(8, ESSENTIAL[:4]),)


def test_whoever_keeps_to_a_plan_is_not_behind_and_whoever_does_not_is() -> None:
    words = work(*ESSENTIAL[:8]).draft_plan(5).encode_words(SYLLABUS)
    ada = replace(ADA, catch_up=words)
    assert measure_backlog(ADA, SPRING, TIMED, ROUTE, frozenset(), after(4)).is_behind
    kept = measure_backlog(ada, SPRING, TIMED, ROUTE, frozenset(), after(4))
    assert (kept.is_behind, kept.open_items) == (False, ())
    so_far = list_week_progress(ada, SPRING, ROUTE, frozenset(), frozenset(), after(4))
    assert compute_pace(ada, SPRING, ROUTE, so_far, frozenset()).pace_text == "on your plan"
    assert measure_backlog(ada, SPRING, TIMED, ROUTE, frozenset(), after(7)).is_behind


def test_a_plan_is_over_when_everything_is_done_or_the_plan_has_finished() -> None:
    words = work(*ESSENTIAL[:2]).draft_plan(5).encode_words(SYLLABUS)
    ada = replace(ADA, catch_up=words)
    assert find_catch_up(ada, SPRING, ROUTE, frozenset(ESSENTIAL[:2]), after(4)) is None
    finished = replace(SPRING, state="finished")
    assert find_catch_up(ada, finished, ROUTE, frozenset(), after(9)) is None


def test_items_and_weeks_that_are_gone_fall_out_of_a_plan() -> None:
    words = ("hours=x", "gone:long1", "week-06:never", "week-07:short2", "nonsense", "week-06:")
    plan = read_catch_up(words, SYLLABUS, ROUTE, frozenset(), 5)
    assert plan is not None
    assert plan.parts == (CatchUpPart(5, ("long1",)), CatchUpPart(7, ("short2",)))
    fewer = Syllabus(SYLLABUS.weeks[1:])
    left = read_catch_up(words, fewer, build_route(TIMED, fewer), frozenset(), 5)
    assert left is not None
    assert left.open_items == ("short2",)


@given(
    some.lists(some.text(max_size=40), max_size=10),
    some.sets(some.sampled_from(ESSENTIAL)),
    some.integers(0, 80),
)
def test_no_words_and_no_ticks_break_the_reading_of_a_plan(
    words: list[str], ticked: set[str], number: int
) -> None:
    plan = read_catch_up((*words, "week-03:long3"), SYLLABUS, ROUTE, ticked, number)
    assert ("long3" in ticked) == (plan is None or "long3" not in plan.open_items)
    if plan is not None:
        assert all(part.week_number >= min(number, 8) for part in plan.parts)


@pytest.mark.parametrize("week_count", [2, 60])
@given(data=some.data())
def test_every_open_item_is_in_the_plan_once_and_in_a_coming_week(
    week_count: int, data: some.DataObject
) -> None:
    roadmap = build_timed_roadmap(week_count)
    syllabus = Syllabus.from_roadmap(roadmap)
    route = build_route(roadmap, syllabus)
    open_items = data.draw(some.lists(some.sampled_from(syllabus.all_items), unique=True))
    first = data.draw(some.integers(1, week_count))
    hours = data.draw(some.integers(1, 60))
    drafted = CatchUpWork(roadmap, route, syllabus, frozenset(), tuple(open_items), first)
    parts = drafted.draft_plan(hours).parts
    assert [item for part in parts for item in part.items] == open_items
    assert all(first <= part.week_number <= week_count for part in parts)


# — the member's own clock —


def test_the_first_open_week_becomes_the_current_one() -> None:
    assert propose_shift(ADA, SPRING, 3, after(6)) == 4
    assert get_week_number(move_clock(ADA, 4), SPRING, after(6)) == 3
    assert find_largest_shift(ADA, SPRING, after(6)) == 6
    assert propose_shift(replace(ADA, shift=6), SPRING, 1, after(6)) == 6


def test_a_break_between_is_passed_over() -> None:
    broken = replace(SPRING, breaks=(Break(date(2026, 3, 16), date(2026, 3, 29)),))
    weeks = propose_shift(ADA, broken, 3, after(6))
    assert get_week_number(move_clock(ADA, weeks), broken, after(6)) == 3


def test_a_shared_button_is_ahead_only_where_the_group_is_and_the_member_is_not() -> None:
    shifted = move_clock(ADA, 3)
    weeks = range(1, 9)
    ahead = [week for week in weeks if is_ahead_of_own_week(shifted, SPRING, week, after(6))]
    assert ahead == [5, 6, 7]
    assert not any(is_ahead_of_own_week(ADA, SPRING, week, after(6)) for week in weeks)


def test_a_streak_keeps_the_weeks_reported_before_a_clock_was_moved() -> None:
    checked_in = frozenset({"week-01", "week-02", "week-03", "week-05", "week-06"})
    shifted = move_clock(ADA, 3)
    so_far = list_week_progress(shifted, SPRING, ROUTE, frozenset(), checked_in, after(6))
    assert compute_streak(shifted, SPRING, so_far).weeks == 5
    back = move_clock(shifted, 0)
    so_far = list_week_progress(back, SPRING, ROUTE, frozenset(), checked_in, after(6))
    assert compute_streak(back, SPRING, so_far).weeks == 2
