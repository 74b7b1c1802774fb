"""Questions and answers fit every platform, and every phrase below them fits a button."""

from __future__ import annotations

from datetime import date, time

import pytest

from bot.group.calendar import Syllabus
from bot.group.cohort import Cohort
from bot.group.recall import RecallResult
from bot.views.recall import (
    build_project_hint,
    build_question,
    build_recall_answer,
    build_weak_topics,
)
from tests.adapters.test_every_post import refusals
from tests.posts.test_limits import ASKED, QUESTION, largest

COHORT = Cohort(
    999_999_999,
    "a" * 32,
    1,
    1,
    QUESTION.slug,
    Syllabus.from_roadmap(QUESTION),
    date(2026, 3, 2),
    "UTC",
    time(9),
    "running",
)


@pytest.mark.parametrize("result", ["knew", "partly", "no"])
def test_the_longest_question_and_its_answer_fit(result: RecallResult) -> None:
    item = QUESTION.items[ASKED]
    asked = build_question(COHORT, item, item.title.replace("*", ""), f"{ASKED}/1.2")
    assert refusals(asked) == []
    answer = build_recall_answer(COHORT, QUESTION, item, result, comes_again=True)
    assert refusals(answer) == []


def test_weak_topics_are_named_in_one_short_line() -> None:
    ticked = frozenset(QUESTION.items)
    for build in (build_weak_topics, build_project_hint):
        assert len(build(QUESTION, [ASKED, "gone"], ticked)) == 1
        assert build(QUESTION, [ASKED], frozenset()) == ()
        assert build(largest(), [ASKED], ticked) == ()
