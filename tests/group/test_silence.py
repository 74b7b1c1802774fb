"""Silence is counted in weeks of the member's own calendar, and judged from letters and acts."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.group.calendar import Break, Syllabus, SyllabusWeek
from bot.group.cohort import Cohort, Member
from bot.group.member import Away, Person
from bot.group.silence import (
    MemberActivity,
    PastLetter,
    count_silent_weeks,
    judge_silence,
)

WEEKS = tuple(SyllabusWeek(f"week-{n}", f"Week {n}", (f"item-{n}",)) for n in range(1, 13))
SPRING = Cohort(
    1, "spring", 1, 1, "plan", Syllabus(WEEKS), date(2026, 3, 2), "UTC", time(9), "running"
)


def on(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


JOINED = on(2, 20)
ADA = Member(1, 1, Person(1, "Ada", zone="UTC"), JOINED)


def away(*dates: tuple[date, date | None]) -> Member:
    return replace(ADA, person=replace(ADA.person, away=tuple(Away(*pair) for pair in dates)))


def count(
    now: datetime, last_at: datetime = JOINED, member: Member = ADA, cohort: Cohort = SPRING
) -> int:
    return count_silent_weeks(member, cohort, last_at, now)


def test_weeks_are_counted_from_the_last_act_to_the_current_one() -> None:
    assert count(on(3, 1)) == 0
    assert [count(on(3, day)) for day in (2, 8, 9, 14)] == [1, 1, 2, 2]
    assert count(on(3, 14), last_at=on(3, 3)) == 1
    assert count(on(3, 14), last_at=on(3, 9)) == 0


def test_an_act_counts_on_its_day_in_the_members_own_zone() -> None:
    kiritimati = replace(ADA, person=replace(ADA.person, zone="Pacific/Kiritimati"))
    # Sunday noon in UTC is Monday there, where the second week has begun.
    assert count(on(3, 14), last_at=on(3, 8), member=kiritimati) == 0
    assert count(on(3, 14), last_at=on(3, 8)) == 1


def test_a_break_and_a_pause_make_nobody_silent() -> None:
    with_break = replace(SPRING, breaks=(Break(date(2026, 3, 9), date(2026, 3, 22)),))
    assert count(on(3, 28), last_at=on(3, 4), cohort=with_break) == 1
    # One day before a break, and the rest of the week in it: that is no silent week.
    later = replace(SPRING, breaks=(Break(date(2026, 3, 10), date(2026, 4, 5)),))
    assert count(on(4, 11), last_at=on(3, 4), cohort=later) == 1
    paused = replace(SPRING, state="paused", breaks=(Break(date(2026, 3, 9), None),))
    assert count(on(4, 20), last_at=on(3, 4), cohort=paused) == 0


def test_a_week_away_counts_neither_way() -> None:
    member = away((date(2026, 3, 9), date(2026, 3, 14)))
    assert count(on(3, 14), member=member) == 1
    assert count(on(3, 21), member=member) == 2
    # Two days of seven are no week away.
    assert count(on(3, 14), member=away((date(2026, 3, 9), date(2026, 3, 10)))) == 2


def test_a_shifted_member_is_silent_by_their_own_weeks() -> None:
    assert count(on(3, 21), member=replace(ADA, shift=2)) == 1
    assert count(on(3, 12), member=replace(ADA, shift=2)) == 0


def test_clock_changes_move_no_week() -> None:
    berlin = replace(ADA, person=replace(ADA.person, zone="Europe/Berlin"))
    # Clocks go forward on Sunday 29 March: half an hour before and after local midnight.
    before, after = on(3, 29, 21), on(3, 29, 22)
    assert count(before, last_at=on(3, 23), member=berlin) == 0
    assert count(after + timedelta(minutes=1), last_at=on(3, 22, 12), member=berlin) == 2
    assert count(before, last_at=on(3, 22, 12), member=berlin) == 1


LETTERS = (
    PastLetter("reminder", on(3, 7)),
    PastLetter("last_reminder", on(3, 14)),
)


def test_reminders_have_stopped_until_an_act_and_the_first_after_it_knows() -> None:
    silent = judge_silence(ADA, SPRING, MemberActivity(JOINED), LETTERS, on(3, 21))
    assert (silent.stopped_at, silent.letter_count, silent.is_back) == (on(3, 14), 2, False)
    back = judge_silence(ADA, SPRING, MemberActivity(on(3, 20)), LETTERS, on(3, 21))
    assert (back.stopped_at, back.letter_count, back.is_back) == (None, 0, True)
    reminded = (*LETTERS, PastLetter("reminder", on(3, 21)))
    later = judge_silence(ADA, SPRING, MemberActivity(on(3, 20)), reminded, on(3, 28))
    assert (later.is_back, later.reminder_count, later.stop_count) == (False, 2, 1)


def test_the_note_is_due_four_weeks_later_even_when_clocks_change_and_never_twice() -> None:
    activity = MemberActivity(JOINED)
    for now, is_due in ((on(4, 11, 11), True), (on(4, 10), False)):
        silence = judge_silence(ADA, SPRING, activity, LETTERS, now)
        assert silence.is_note_due(now) == is_due
    with_note = (*LETTERS, PastLetter("silence_note", on(4, 11)))
    assert judge_silence(ADA, SPRING, activity, with_note, on(4, 18)).has_note


@pytest.mark.parametrize(("cohort_count", "has_room"), [(1, True), (2, True), (3, False)])
def test_the_note_leaves_room_for_the_farewell_of_each_cohort(
    cohort_count: int, has_room: bool
) -> None:
    activity = MemberActivity(JOINED, cohort_count)
    silence = judge_silence(ADA, SPRING, activity, LETTERS, on(4, 11))
    assert silence.has_room_for_note == has_room


def test_what_people_asked_for_is_not_counted() -> None:
    letters = (*LETTERS, PastLetter("recall", on(3, 15)))
    assert judge_silence(ADA, SPRING, MemberActivity(JOINED), letters, on(3, 21)).letter_count == 2


@given(
    last_day=st.integers(0, 90),
    days=st.integers(0, 90),
    pause=st.tuples(st.integers(0, 60), st.integers(0, 20)),
    shift=st.integers(0, 3),
)
def test_an_act_ends_silence_and_time_alone_makes_it_longer(
    last_day: int, days: int, pause: tuple[int, int], shift: int
) -> None:
    first = date(2026, 3, 2) + timedelta(days=pause[0])
    cohort = replace(SPRING, breaks=(Break(first, first + timedelta(days=pause[1])),))
    member = replace(ADA, shift=shift)
    last_at = JOINED + timedelta(days=last_day)
    moments = [last_at + timedelta(days=day) for day in range(days)]
    counts = [count(moment, last_at, member, cohort) for moment in moments]
    assert counts == sorted(counts)
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(counts))
    assert counts[:1] in ([], [0])
