"""Shares, pace, streaks and their reasons, boards with ties, and the one privacy filter."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.address import Place
from bot.group.calendar import DAY, WEEK, Break, Syllabus, SyllabusWeek
from bot.group.cohort import Cohort, Member
from bot.group.honours import Honour, list_honours
from bot.group.member import Away, Person
from bot.group.progress import (
    EVERYBODY,
    MemberSample,
    Purpose,
    Standing,
    Viewer,
    compute_pace,
    compute_streak,
    get_visible_name,
    list_top_rows,
    list_week_progress,
    rank_members,
)
from bot.group.route import build_full_route, build_route
from bot.store import Tx
from tests.support.room import Room

START = date(2026, 3, 2)
WEEKS = tuple(
    SyllabusWeek(
        f"w{n}",
        f"Week {n}",
        (f"a{n}", f"b{n}") if n != 4 else (),
        kind="break" if n == 4 else "normal",
    )
    for n in range(1, 9)
)
SPRING = Cohort(1, "spring", 1, 1, "plan", Syllabus(WEEKS), START, "UTC", time(9), "running")
ROUTE = build_full_route(SPRING.syllabus)
ADA = Member(1, 1, Person(1, "Ada"), datetime(2026, 2, 20, tzinfo=UTC))


def after(weeks: int, days: int = 1) -> datetime:
    """Some days into the week that comes after so many."""
    return datetime.combine(START + WEEK * weeks + DAY * days, time(12), UTC)


def streak_of(
    member: Member, now: datetime, *checked_in: str, cohort: Cohort = SPRING
) -> tuple[int, tuple[str, ...]]:
    found = compute_streak(
        member,
        cohort,
        list_week_progress(member, cohort, ROUTE, frozenset(), frozenset(checked_in), now),
    )
    return found.weeks, found.reasons


def test_an_open_week_neither_counts_nor_ends_a_streak() -> None:
    assert streak_of(ADA, after(2), "w1", "w2") == (2, ("week 3 is still open",))
    assert streak_of(ADA, after(2), "w1", "w2", "w3") == (3, ())
    assert streak_of(ADA, after(0)) == (0, ("week 1 is still open",))


def test_a_missed_week_ends_a_streak_until_a_late_check_in_mends_it() -> None:
    missed = "week 2 has no check-in; a late one still counts"
    assert streak_of(ADA, after(3), "w1", "w3") == (1, ("week 4 is still open", missed))
    assert streak_of(ADA, after(3), "w1", "w2", "w3") == (3, ("week 4 is still open",))


def test_a_week_off_asks_for_nothing() -> None:
    assert streak_of(ADA, after(5), "w1", "w2", "w3", "w5", "w6") == (5, ("week 4 is a week off",))


def test_a_week_spent_away_freezes_the_streak() -> None:
    away = replace(
        ADA, person=replace(ADA.person, away=(Away(START + WEEK, START + WEEK * 3 - DAY),))
    )
    assert streak_of(away, after(3), "w1") == (
        1,
        ("week 4 is still open", "weeks 2 and 3 are frozen, you were away"),
    )
    for_ever = replace(ADA, person=replace(ADA.person, away=(Away(START),)))
    assert streak_of(for_ever, after(20)) == (
        0,
        ("week 4 is a week off", "7 weeks are frozen, you were away"),
    )


@pytest.mark.parametrize(
    ("first", "last", "frozen"),
    [(0, 2, False), (0, 3, True), (4, 5, False), (6, 6, True), (5, 8, True)],
)
def test_being_away_for_half_of_a_week_or_on_its_last_day_freezes_it(
    first: int, last: int, frozen: bool
) -> None:
    away = Away(START + DAY * first, START + DAY * last)
    member = replace(ADA, person=replace(ADA.person, away=(away,)))
    reasons = streak_of(member, after(1))[1]
    assert ("week 1 is frozen, you were away" in reasons) is frozen


def test_weeks_before_joining_are_no_debt_and_no_fault() -> None:
    late = replace(ADA, joined_at=after(3))
    so_far = list_week_progress(late, SPRING, ROUTE, frozenset(), frozenset({"w5"}), after(5))
    assert compute_streak(late, SPRING, so_far).reasons == (
        "week 6 is still open",
        "week 4 is a week off",
        "week 3 was over when you joined",
    )
    assert (
        compute_pace(late, SPRING, ROUTE, so_far, frozenset()).pace_text
        == "2 items from earlier weeks still to tick"
    )


def test_breaks_count_neither_for_a_streak_nor_against_it() -> None:
    paused = replace(SPRING, breaks=(Break(START + WEEK, START + WEEK * 2 - DAY),))
    assert streak_of(ADA, after(1), "w1", cohort=paused) == (1, ())
    assert streak_of(ADA, after(3), "w1", "w2", cohort=paused) == (2, ("week 3 is still open",))


def test_a_week_closes_when_its_last_day_ends_where_the_member_is() -> None:
    midnight = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)
    west = replace(ADA, person=replace(ADA.person, zone="America/Los_Angeles"))
    east = replace(ADA, person=replace(ADA.person, zone="Pacific/Kiritimati"))
    eve = datetime(2026, 3, 8, 12, tzinfo=UTC)
    assert [
        progress.is_closed
        for progress in list_week_progress(west, SPRING, ROUTE, frozenset(), frozenset(), midnight)
    ] == [False]
    assert [
        progress.is_closed
        for progress in list_week_progress(ADA, SPRING, ROUTE, frozenset(), frozenset(), midnight)
    ] == [True, False]
    assert [
        progress.is_closed
        for progress in list_week_progress(east, SPRING, ROUTE, frozenset(), frozenset(), eve)
    ] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("ticked", "sentence"),
    [
        ({"a1", "b1", "a2", "b2"}, "on pace"),
        ({"a1", "b1", "a2", "b2", "a3"}, "on pace"),
        ({"a1", "b1", "a2"}, "1 item from earlier weeks still to tick"),
        ({"a1", "b1", "a2", "a5"}, "1 item from earlier weeks still to tick"),
        ({"a1", "b1", "a2", "b2", "a5", "b5"}, "2 items ahead"),
    ],
)
def test_pace_counts_what_is_open_in_closed_weeks_and_what_was_done_ahead(
    ticked: set[str], sentence: str
) -> None:
    so_far = list_week_progress(ADA, SPRING, ROUTE, frozenset(ticked), frozenset(), after(2))
    assert compute_pace(ADA, SPRING, ROUTE, so_far, frozenset(ticked)).pace_text == sentence


# — the privacy filter —

BOB = Member(2, 1, Person(2, "Bob", alias="Kestrel"), ADA.joined_at)
EVE = Member(3, 1, Person(3, "Eve"), ADA.joined_at, hidden=True, alias="Owl")
MODERATOR = Viewer(9, True)


@pytest.mark.parametrize(
    ("subject", "viewer", "purpose", "name"),
    [
        (ADA, EVERYBODY, "board", "Ada"),
        (BOB, EVERYBODY, "board", "Kestrel"),
        (BOB, MODERATOR, "card", "Kestrel"),
        (BOB, MODERATOR, "members", "Bob"),
        (BOB, Viewer(1), "members", None),
        (EVE, EVERYBODY, "board", None),
        (EVE, MODERATOR, "board", None),
        (EVE, MODERATOR, "honours", None),
        (EVE, MODERATOR, "card", None),
        (EVE, MODERATOR, "members", "Eve"),
        (EVE, Viewer(3), "card", "Owl"),
        (EVE, Viewer(3), "board", None),
        (Member(4, 1, Person(0, "Nobody"), ADA.joined_at, hidden=True), EVERYBODY, "card", None),
    ],
)
def test_one_filter_says_who_sees_whom_under_which_name(
    subject: Member, viewer: Viewer, purpose: Purpose, name: str | None
) -> None:
    assert get_visible_name(subject, viewer, purpose) == name


def test_ties_share_a_rank_and_hidden_members_take_none() -> None:
    rows = [
        (ADA, 3),
        (BOB, 5),
        (EVE, 9),
        (Member(5, 1, Person(5, "Cem"), ADA.joined_at), 3),
        (Member(6, 1, Person(6, "Dua"), ADA.joined_at), 1),
    ]
    assert rank_members(rows) == (
        Standing(1, "Kestrel", 5, 2),
        Standing(2, "Ada", 3, 1),
        Standing(2, "Cem", 3, 5),
        Standing(4, "Dua", 1, 6),
    )


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=30))
def test_a_rank_is_one_more_than_the_visible_members_with_more_done(
    rows: list[tuple[int, bool]],
) -> None:
    people = [
        (Member(n, 1, Person(n, f"P{n}"), ADA.joined_at, hidden=hidden), done)
        for n, (done, hidden) in enumerate(rows, 1)
    ]
    board = rank_members(people)
    assert [row.member_id for row in board] == [
        m.id for m, done in sorted(people, key=lambda p: (-p[1], p[0].id)) if not m.hidden
    ]
    for row in board:
        assert row.rank == 1 + sum(done > row.done for member, done in people if not member.hidden)


def test_honours_go_to_everybody_who_did_everything_and_to_streaks_of_four() -> None:
    finished, lasting = MemberSample(("Ada", "Bob"), 9), MemberSample(("Cem",), 1)
    everything = Honour(finished, "finished every item")
    assert finished.more_count == 7
    assert list_honours(finished, lasting, 4) == (
        everything,
        Honour(lasting, "checked in 4 weeks in a row"),
    )
    assert list_honours(finished, lasting, 5) == (everything,)
    assert list_honours(MemberSample(), lasting, 8) == (
        Honour(lasting, "checked in 8 weeks in a row"),
    )
    assert list_honours(MemberSample(), MemberSample(), 4) == ()


@pytest.mark.parametrize(
    ("done", "shown"),
    [
        ((5, 4, 3), 3),
        ((5, 4, 3, 2), 3),
        ((5, 4, 3, 3), 2),
        ((5, 3, 3, 3), 1),
        ((3, 3, 3, 3), 3),
    ],
)
def test_the_first_rows_of_a_board_leave_out_no_equal_but_for_want_of_room(
    done: tuple[int, ...], shown: int
) -> None:
    rows = rank_members((replace(ADA, id=number), count) for number, count in enumerate(done, 1))
    assert list(list_top_rows(rows, 3)) == list(rows[:shown])


def test_a_later_page_of_a_board_goes_on_with_its_ranks() -> None:
    rows = [(replace(ADA, id=number), count) for number, count in enumerate((5, 4, 4, 4, 2), 1)]
    assert [row.rank for row in rank_members(rows[3:], offset=3, first_rank=2)] == [2, 5]
    assert rank_members(rows)[3:] == rank_members(rows[3:], offset=3, first_rank=2)


# — scores —

ACTS = st.tuples(
    st.sampled_from(["ada", "bob"]),
    st.booleans(),
    st.lists(st.integers(0, 56), min_size=1, max_size=4),
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, min_size=1, max_size=4))
async def test_a_score_equals_a_recount_however_items_were_ticked(
    two_cohorts: Room, acts: list[tuple[str, bool, list[int]]]
) -> None:
    room = two_cohorts
    items = list(room.roadmaps["ai-ml-engineer-12-weeks"].items)
    for name, undo, numbers in acts:
        cohort = "spring" if undo else "autumn"
        chosen = ",".join(items[number] for number in numbers)
        assert "items in the whole plan" in await room.says(
            name, f"tick item={chosen} undo={'yes' if undo else 'no'} cohort={cohort}"
        )
    for name in ("ada", "bob"):
        await agrees(room, name)


@pytest.fixture
async def two_cohorts(quick_room: Room) -> Room:
    await quick_room.spring("ada", "bob")
    await quick_room.says("mona", "cohort create name=autumn start=2026-03-09")
    await quick_room.says("mona", "cohort open autumn sure=yes")
    for name in ("ada", "bob"):
        await quick_room.says(name, "join autumn")
    return quick_room


async def agrees(room: Room, name: str, place: Place | None = None) -> None:
    """Every score kept of somebody is what counting their ticks again gives."""

    async def compare_scores(tx: Tx) -> None:
        person = await tx.people.find_person(room.caller(name, place))
        for cohort in await tx.cohorts.list_cohorts_of_person(person):
            member = await tx.members.find_member(cohort, person)
            assert member is not None
            done = await tx.progress.load_ticked_items(person, cohort.roadmap)
            route = build_route(
                await tx.cohorts.load_roadmap_by_id(cohort.plan_id), cohort.syllabus, member.picks
            )
            assert member.score == route.count_done_slots(done)
            for week in cohort.syllabus.weeks:
                row = await tx.progress.load_member_standing(cohort, member, week.id)
                assert row.done == route.count_done_slots(done, week.id)

    await room.store.run(compare_scores, write=False)


async def test_ticks_at_the_same_time_are_all_counted(room: Room) -> None:
    await room.spring("ada")
    items = list(room.roadmaps["ai-ml-engineer-12-weeks"].items)[:12]
    await asyncio.gather(*(room.answer("ada", f"tick {item}") for item in items))
    await agrees(room, "ada")
    assert "12 of 57" in await room.says("ada", "progress")
