"""A member's own end, their longest streak, and the sums of what members said."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.group.calendar import DAY, WEEK, Break
from bot.group.cohort import Member
from bot.group.journey import has_own_end_come
from bot.group.member import Away
from bot.group.progress import compute_longest_streak, compute_streak, list_week_progress
from bot.group.survey import (
    AGAIN,
    MIN_ANSWERS,
    MIN_NEW_ANSWERS,
    SurveyAnswer,
    SurveySums,
    are_sums_due,
    list_readable_texts,
    sum_answers,
)
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


WRITTEN = st.builds(
    SurveyAnswer, change=st.text(max_size=3), consent=st.booleans(), is_summed=st.booleans()
)


@given(st.lists(WRITTEN))
def test_no_text_without_consent_is_ever_in_the_sums(answers: list[SurveyAnswer]) -> None:
    numbered = [replace(answer, id=number) for number, answer in enumerate(answers, 1)]
    texts = list_readable_texts(numbered)
    allowed = [
        answer.change
        for answer in numbered
        if answer.consent and answer.change and answer.is_summed
    ]
    assert sorted(texts) == sorted(allowed)
    assert texts == list_readable_texts(numbered[::-1])
    assert are_sums_due(None, numbered) is (len(answers) >= MIN_ANSWERS)


@dataclass
class Survey:
    """Answers by person, and the sums that moderators have seen with those who were in them."""

    answers: dict[int, SurveyAnswer] = field(default_factory=dict)
    erasures: int = 0
    sums: SurveySums | None = None
    seen: list[tuple[SurveySums, frozenset[int]]] = field(default_factory=list)

    def answer(self, person: int, again: str) -> None:
        # Whoever comes back after an erasure is somebody new.
        number = 100 * self.erasures + person
        before = self.answers.get(number, SurveyAnswer(id=number))
        self.answers[number] = replace(before, again=again)

    def erase(self, person: int, _: str) -> None:
        self.answers.pop(100 * self.erasures + person, None)
        self.erasures += 1

    def look(self, *_: object) -> None:
        known = list(self.answers.values())
        if are_sums_due(self.sums, known):
            self.sums = sum_answers(known)
            self.seen.append((self.sums, frozenset(self.answers)))
            self.answers = {
                person: replace(answer, is_summed=True) for person, answer in self.answers.items()
            }


ACTS = st.tuples(
    st.sampled_from(["answer", "answer", "look", "erase"]),
    st.integers(1, 12),
    st.sampled_from(AGAIN),
)


@settings(max_examples=300)
@given(st.lists(ACTS, min_size=20, max_size=60))
def test_no_two_looks_at_the_sums_tell_a_single_answer(acts: list[tuple[str, int, str]]) -> None:
    survey = Survey()
    for act, person, word in acts:
        getattr(survey, act)(person, word)
        survey.look()
    assert all(sums.count >= MIN_ANSWERS for sums, _ in survey.seen)
    for (_, earlier), (_, later) in itertools.pairwise(survey.seen):
        assert len(later - earlier) >= MIN_NEW_ANSWERS
