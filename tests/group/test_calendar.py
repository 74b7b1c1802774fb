"""The rules of the calendar: the local dates of each week, and their instants in any zone."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.chat.errors import Refused
from bot.group.calendar import (
    DAY,
    WEEK,
    Break,
    Syllabus,
    SyllabusWeek,
    build_calendar,
    convert_to_utc,
    move_to_weekday,
)
from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.zones import list_zones, load_zone

MONDAY = date(2026, 3, 2)


def syllabus(weeks: int = 4) -> Syllabus:
    return Syllabus(
        tuple(SyllabusWeek(f"w{n}", f"Subject {n}", (f"item-{n}",)) for n in range(1, weeks + 1))
    )


def cohort(**changes: object) -> Cohort:
    plain = Cohort(1, "spring", 1, 1, "short", syllabus(), MONDAY, "UTC", time(9), "running")
    return replace(plain, **changes)  # type: ignore[arg-type]


def starts(*breaks: Break, start: date = MONDAY, weeks: int = 4) -> list[str]:
    return [f"{week.first:%m-%d}" for week in build_calendar(syllabus(weeks), start, breaks).weeks]


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


BREAKS = some.lists(
    some.builds(
        lambda gap, days: Break(MONDAY + DAY * gap, MONDAY + DAY * (gap + days)),
        some.integers(-30, 120),
        some.integers(0, 60),
    ),
    max_size=5,
)


@given(some.dates(date(1990, 1, 1), date(2100, 1, 1)), BREAKS, some.integers(1, 30))
def test_weeks_start_on_the_posting_weekday_in_order_and_never_in_a_break(
    start: date, breaks: list[Break], weeks: int
) -> None:
    dated = build_calendar(syllabus(weeks), start, breaks)
    firsts = [week.first for week in dated.weeks]
    assert [week.id for week in dated.weeks] == [f"w{n}" for n in range(1, weeks + 1)]
    assert {first.weekday() for first in firsts} == {start.weekday()}
    assert all(later - earlier >= WEEK for earlier, later in itertools.pairwise(firsts))
    assert not any(pause.has_date(first) for pause in breaks for first in firsts)
    ends = [*firsts[1:], dated.finish]
    assert all(week.last == end - DAY for week, end in zip(dated.weeks, ends, strict=True) if end)


@given(some.dates(date(1990, 1, 1), date(2100, 1, 1)), BREAKS)
def test_a_week_starts_at_the_first_posting_weekday_a_break_leaves_free(
    start: date, breaks: list[Break]
) -> None:
    dated = build_calendar(syllabus(), start, breaks)
    expected = start
    for week in dated.weeks:
        while any(pause.has_date(expected) for pause in breaks):
            expected += WEEK
        assert week.first == expected
        expected += WEEK


@given(some.dates(date(1990, 1, 1), date(2100, 1, 1)), BREAKS)
def test_active_days_are_the_days_of_a_week_outside_breaks(
    start: date, breaks: list[Break]
) -> None:
    for week in build_calendar(syllabus(), start, breaks).weeks:
        assert week.last is not None
        days = [week.first + DAY * n for n in range((week.last - week.first).days + 1)]
        assert list(week.active) == [
            day for day in days if not any(pause.has_date(day) for pause in breaks)
        ]
        assert week.active[0] == week.first


@pytest.mark.parametrize(
    ("breaks", "expected"),
    [
        ((), ["03-02", "03-09", "03-16", "03-23"]),
        ((Break(date(2026, 3, 9), date(2026, 3, 9)),), ["03-02", "03-16", "03-23", "03-30"]),
        ((Break(date(2026, 3, 10), date(2026, 3, 15)),), ["03-02", "03-09", "03-16", "03-23"]),
        ((Break(date(2026, 3, 5), date(2026, 3, 10)),), ["03-02", "03-16", "03-23", "03-30"]),
        ((Break(date(2026, 3, 9), date(2026, 3, 15)), Break(date(2026, 3, 16), date(2026, 3, 16))),
         ["03-02", "03-23", "03-30", "04-06"]),
        ((Break(date(2026, 2, 1), date(2026, 3, 3)),), ["03-09", "03-16", "03-23", "03-30"]),
        ((Break(date(2026, 3, 16)),), ["03-02", "03-09"]),
    ],
    ids=[
        "none",
        "one-day",
        "within-a-week",
        "over-a-boundary",
        "two-in-a-row",
        "at-the-start",
        "a-pause",
    ],
)  # fmt: skip
def test_breaks_move_weeks_by_whole_weeks(breaks: tuple[Break, ...], expected: list[str]) -> None:
    assert starts(*breaks) == expected


def test_the_week_before_a_break_lasts_until_the_plan_goes_on() -> None:
    weeks = build_calendar(syllabus(), MONDAY, [Break(date(2026, 3, 7), date(2026, 3, 11))]).weeks
    assert (weeks[0].first, weeks[0].last) == (MONDAY, date(2026, 3, 15))
    assert [day.day for day in weeks[0].active] == [2, 3, 4, 5, 6, 12, 13, 14, 15]


def test_a_pause_keeps_its_week_open_and_hides_the_finish() -> None:
    dated = build_calendar(syllabus(), MONDAY, [Break(date(2026, 3, 12))])
    assert (dated.weeks[-1].id, dated.weeks[-1].last, dated.finish) == ("w2", None, None)
    assert [day.day for day in dated.weeks[-1].active] == [9, 10, 11]
    assert not dated.weeks[-1].is_closed_on(date(2030, 1, 1))


def test_a_plan_that_starts_on_the_29th_of_february_goes_on_by_dates() -> None:
    assert starts(start=date(2028, 2, 29)) == ["02-29", "03-07", "03-14", "03-21"]
    assert starts(start=date(2028, 2, 22)) == ["02-22", "02-29", "03-07", "03-14"]


@given(some.dates(date(1990, 1, 1), date(2100, 1, 1)), some.integers(0, 6))
def test_another_weekday_moves_the_start_to_the_next_such_day(start: date, weekday: int) -> None:
    moved = move_to_weekday(start, weekday)
    assert moved.weekday() == weekday
    assert timedelta() <= moved - start < WEEK
    assert move_to_weekday(start, None) == start


# — local time —


@pytest.mark.parametrize(
    ("day", "wall", "name", "expected"),
    [
        # skipped: 03:30 summer time
        (date(2026, 3, 29), time(2, 30), "Europe/Berlin", "2026-03-29 01:30"),
        (date(2026, 10, 25), time(2, 30), "Europe/Berlin", "2026-10-25 00:30"),  # twice: the first
        (date(2026, 3, 28), time(9), "Europe/Berlin", "2026-03-28 08:00"),
        (date(2026, 3, 29), time(9), "Europe/Berlin", "2026-03-29 07:00"),
        (date(2026, 3, 2), time(9), "Asia/Kathmandu", "2026-03-02 03:15"),
        (date(2026, 3, 2), time(9), "Asia/Kolkata", "2026-03-02 03:30"),
        # a gap of half an hour
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", "2026-10-03 15:45"),
        # a fold of half an hour
        (date(2026, 4, 5), time(1, 45), "Australia/Lord_Howe", "2026-04-04 14:45"),
        # a day that never was: the next day
        (date(2011, 12, 30), time(9), "Pacific/Apia", "2011-12-30 19:00"),
        (date(2011, 12, 31), time(9), "Pacific/Apia", "2011-12-30 19:00"),
        (date(2026, 3, 2), time(9), "Pacific/Kiritimati", "2026-03-01 19:00"),
        (date(2026, 3, 2), time(9), "Pacific/Pago_Pago", "2026-03-02 20:00"),
    ],
)  # fmt: skip
def test_a_wall_clock_time_is_the_instant_people_there_would_name(
    day: date, wall: time, name: str, expected: str
) -> None:
    assert f"{convert_to_utc(day, wall, name):%Y-%m-%d %H:%M}" == expected


@given(
    some.dates(date(2000, 1, 1), date(2037, 12, 31)),
    some.times().map(lambda wall: wall.replace(second=0, microsecond=0)),
    some.sampled_from(list_zones()),
)
def test_a_wall_clock_time_stays_itself_or_moves_forward_over_a_gap(
    day: date, wall: time, name: str
) -> None:
    found = convert_to_utc(day, wall, name)
    local = found.astimezone(load_zone(name)).replace(tzinfo=None)
    wanted = datetime.combine(day, wall)
    exists = (
        wanted.replace(tzinfo=load_zone(name))
        .astimezone(UTC)
        .astimezone(load_zone(name))
        .replace(tzinfo=None)
        == wanted
    )
    assert local == wanted if exists else wanted < local <= wanted + DAY
    before = [found - timedelta(minutes=minutes) for minutes in (30, 60)]
    assert all(
        earlier.astimezone(load_zone(name)).replace(tzinfo=None) != wanted for earlier in before
    )


def test_posts_keep_their_hour_over_both_clock_changes() -> None:
    berlin = cohort(zone="Europe/Berlin", start=date(2026, 3, 23), syllabus=syllabus(33))
    hours = [f"{berlin.get_week_opening(week):%m-%d %H}" for week in berlin.calendar.weeks]
    assert hours[:2] == ["03-23 08", "03-30 07"]
    assert hours[30:32] == ["10-19 07", "10-26 08"]


# — where a cohort is —


def test_time_alone_takes_a_cohort_from_open_to_running_to_finished() -> None:
    open_one = cohort(state="open")
    begins, finishes = open_one.begins_at, open_one.finishes_at
    assert begins is not None
    assert finishes is not None
    second = timedelta(seconds=1)
    states = [
        open_one.advance_state(now).state
        for now in (begins - second, begins, finishes - second, finishes)
    ]
    assert states == ["open", "running", "running", "finished"]


@pytest.mark.parametrize("state", ["draft", "paused", "archived"])
def test_time_alone_changes_no_other_state(state: str) -> None:
    assert cohort(state=state).advance_state(at(date(2030, 1, 1))).state == state


def test_a_week_has_come_for_the_cohort_when_it_is_posted() -> None:
    here = cohort()
    assert [getattr(here.week_at(at(MONDAY, hour)), "id", None) for hour in (8, 9)] == [None, "w1"]
    assert [getattr(here.week_at(at(MONDAY + WEEK, hour)), "id", None) for hour in (8, 9)] == [
        "w1",
        "w2",
    ]
    assert here.week_at(at(MONDAY + 4 * WEEK, 9)) is None


def member(name: str | None = None, shift: int = 0) -> Member:
    return Member(1, 1, Person(1, "Ada", zone=name), at(MONDAY), shift=shift)


@pytest.mark.parametrize(
    ("name", "last_open", "first_closed"),
    [
        (None, "2026-03-08 23:59", "2026-03-09 00:00"),
        ("Pacific/Kiritimati", "2026-03-08 09:59", "2026-03-08 10:00"),
        ("Pacific/Pago_Pago", "2026-03-09 10:59", "2026-03-09 11:00"),
    ],
)
def test_a_week_closes_for_a_member_when_its_last_date_ends_where_they_are(
    name: str | None, last_open: str, first_closed: str
) -> None:
    here, somebody = cohort(), member(name)
    week = here.calendar.weeks[0]
    closed = [
        somebody.is_week_over(week, here, datetime.fromisoformat(f"{when}Z"))
        for when in (last_open, first_closed)
    ]
    assert closed == [False, True]


def test_a_week_has_come_for_a_member_by_their_own_date_or_by_the_post_in_the_home() -> None:
    here = cohort()
    east, west = member("Pacific/Kiritimati"), member("Pacific/Pago_Pago")
    sunday_noon = at(MONDAY - DAY, 12)
    assert [week.id for week in east.list_started_weeks(here, sunday_noon)] == ["w1"]
    assert west.list_started_weeks(here, at(MONDAY, 8)) == ()
    assert [week.id for week in west.list_started_weeks(here, at(MONDAY, 9))] == ["w1"]
    assert west.get_member_date(here, at(MONDAY, 9)) == MONDAY - DAY


def test_a_shift_moves_a_members_weeks_and_not_the_cohorts() -> None:
    here, later = cohort(), member(shift=2)
    now = at(MONDAY + 2 * WEEK)
    assert getattr(here.week_at(now), "id", None) == "w3"
    assert getattr(later.get_current_week(here, now), "id", None) == "w1"
    assert [week.first for week in later.build_member_calendar(here).weeks] == [
        week.first + 2 * WEEK for week in here.calendar.weeks
    ]
    assert not later.is_week_over(later.build_member_calendar(here).weeks[0], here, now)


# — changing the dates —


def test_a_pause_begins_today_or_tomorrow_when_todays_week_has_been_posted() -> None:
    assert cohort().pause_weeks(at(MONDAY + WEEK, 8)).breaks == (Break(MONDAY + WEEK),)
    assert cohort().pause_weeks(at(MONDAY + WEEK, 10)).breaks == (Break(MONDAY + WEEK + DAY),)


def test_a_pause_that_is_over_is_a_break_until_yesterday() -> None:
    paused = cohort().pause_weeks(at(date(2026, 3, 12)))
    resumed = paused.resume_weeks(at(date(2026, 3, 18)))
    assert (paused.state, resumed.state) == ("paused", "running")
    assert resumed.breaks == (Break(date(2026, 3, 12), date(2026, 3, 17)),)
    assert [f"{week.first:%m-%d}" for week in resumed.calendar.weeks] == [
        "03-02",
        "03-09",
        "03-23",
        "03-30",
    ]


def test_a_pause_taken_back_on_the_same_day_leaves_no_trace() -> None:
    here = cohort()
    assert here.pause_weeks(at(date(2026, 3, 12))).resume_weeks(at(date(2026, 3, 12), 13)) == here


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (
            "2026-03-20",
            "2026-03-19",
            "The break ends on 2026-03-19, before it starts on 2026-03-20: swap the two dates.",
        ),
        (
            "2026-03-01",
            "2026-03-19",
            "It is too late for a break on 2026-03-01: choose 2026-03-03 or a later day.",
        ),
        (
            "2026-03-20",
            "2027-03-19",
            "A break can last 180 days: use `cohort pause` for a longer one.",
        ),
    ],
)
def test_a_break_that_cannot_be_is_refused_with_what_to_do(
    first: str, last: str, sentence: str
) -> None:
    with pytest.raises(Refused) as refused:
        cohort().add_break(date.fromisoformat(first), date.fromisoformat(last), at(MONDAY))
    assert refused.value.sentence == sentence


def test_a_break_can_be_taken_out_before_it_begins() -> None:
    here = cohort().add_break(date(2026, 3, 9), date(2026, 3, 10), at(MONDAY))
    assert here.remove_break(date(2026, 3, 9), at(date(2026, 3, 8))) == cohort()
    with pytest.raises(Refused, match="starts on 2026-03-11: choose one of 2026-03-09"):
        here.remove_break(date(2026, 3, 11), at(date(2026, 3, 8)))
    with pytest.raises(Refused, match="That break has already started"):
        here.remove_break(date(2026, 3, 9), at(date(2026, 3, 10)))
