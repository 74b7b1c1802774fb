"""A member's own end, their longest streak, and the sums of what members said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.group.calendar import DAY, WEEK, Break
from bot.group.cohort import Member
from bot.group.journey import has_own_end_come
from bot.group.member import Away
from bot.group.progress import compute_longest_streak, compute_streak, list_week_progress
from bot.group.survey import MIN_ANSWERS, SurveyAnswer, sum_answers
from tests.group.test_progress import ADA, ROUTE, SPRING, START, after

FINISH = datetime(2026, 4, 27, tzinfo=UTC)  # eight weeks after the start
OVER = replace(SPRING, state="finished")


def longest_of(*checked_in: str, member: Member = ADA) -> int:
    so_far = list_week_progress(member, OVER, ROUTE, frozenset(), frozenset(checked_in), after(9))
    return compute_longest_streak(member, so_far)


def test_the_longest_streak_outlives_a_missed_week_and_passes_a_week_off() -> None:
    assert longest_of() == 0
    assert longest_of("w1", "w2", "w3", "w5", "w7") == 4
    assert longest_of("w1", "w3", "w6", "w7", "w8") == 3
    away = Away(START + WEEK * 5, START + WEEK * 6 - DAY)
    on_leave = replace(ADA, person=replace(ADA.person, away=(away,)))
    assert longest_of("w5", "w7", "w8", member=on_leave) == 3


@given(st.sets(st.sampled_from([week.id for week in SPRING.syllabus.weeks])))
def test_the_longest_streak_is_never_shorter_than_the_present_one(checked_in: set[str]) -> None:
    so_far = list_week_progress(ADA, OVER, ROUTE, frozenset(), checked_in, after(9))
    longest = compute_longest_streak(ADA, so_far)
    assert compute_streak(ADA, OVER, so_far).weeks <= longest <= len(checked_in)


def test_the_end_comes_by_the_members_own_date() -> None:
    just_before = FINISH - timedelta(minutes=1)
    assert [has_own_end_come(ADA, SPRING, now) for now in (just_before, FINISH)] == [False, True]
    east = replace(ADA, person=replace(ADA.person, zone="Pacific/Kiritimati"))
    assert has_own_end_come(east, SPRING, FINISH - timedelta(hours=14))
    shifted = replace(ADA, shift=2)
    assert not has_own_end_come(shifted, OVER, FINISH + WEEK)
    assert has_own_end_come(shifted, OVER, FINISH + 2 * WEEK)


def test_a_pause_hides_the_end_and_an_early_end_is_everybodys() -> None:
    standing_still = replace(SPRING, breaks=(Break(date(2026, 3, 10)),))
    assert not has_own_end_come(ADA, replace(standing_still, state="paused"), FINISH + WEEK)
    assert has_own_end_come(
        replace(ADA, shift=3), replace(standing_still, state="finished"), after(2)
    )
    assert not has_own_end_come(ADA, replace(SPRING, state="draft"), FINISH + WEEK)


@given(st.lists(st.builds(SurveyAnswer, change=st.text(max_size=3), consent=st.booleans())))
def test_no_text_without_consent_is_ever_in_the_sums(answers: list[SurveyAnswer]) -> None:
    numbered = [replace(answer, id=number) for number, answer in enumerate(answers, 1)]
    sums = sum_answers(numbered)
    allowed = [answer.change for answer in numbered if answer.consent and answer.change]
    assert sorted(sums.texts) == sorted(allowed)
    assert sums.texts == sum_answers(reversed(numbered)).texts
    assert sums.may_be_shown is (len(answers) >= MIN_ANSWERS)
