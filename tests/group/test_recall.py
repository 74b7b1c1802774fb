"""Recall: questions in their rounds, never too often, whatever is ticked and answered when."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.group.calendar import DAY
from bot.group.recall import (
    ROUND_DAYS,
    RecallResult,
    TopicRecall,
    answer_question,
    ask_question,
    choose_practice,
    choose_question,
    merge_recalls,
    plan_rounds,
    stop_rounds,
)

FIRST = date(2026, 3, 2)
ITEMS = ("loops", "lists", "sets", "trees", "graphs", "maps")
RESULTS = st.sampled_from(["knew", "partly", "no"])
DAYS = 120


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def find_asked_day(topic: TopicRecall) -> date | None:
    return topic.asked_at.date() if topic.asked_at else None


@example(ticked={"loops": 0, "lists": 42, "sets": 44}, answers=[None, None, None, "no"], stops={64})
@settings(max_examples=300)
@given(
    ticked=st.dictionaries(st.sampled_from(ITEMS), st.integers(0, 60), min_size=1),
    answers=st.lists(st.one_of(st.none(), RESULTS), max_size=30),
    stops=st.sets(st.integers(0, DAYS), max_size=5),
)
def test_rounds_come_in_order_once_and_at_most_two_questions_a_week(
    ticked: dict[str, int], answers: list[RecallResult | None], stops: set[int]
) -> None:
    topics: dict[str, TopicRecall] = {}
    asked: list[tuple[date, str, str]] = []
    queue = list(answers)
    for number in range(DAYS):
        today = FIRST + DAY * number
        for item, ticked_on in ticked.items():
            if ticked_on == number:
                topics[item] = plan_rounds(TopicRecall("plan", item, today), today)
        if number in stops:
            # Stopped and started again on one day.
            topics = {
                item: plan_rounds(stop_rounds(topic), today, find_asked_day(topic))
                for item, topic in topics.items()
            }
        due = [topic for topic in topics.values() if topic.due_on and topic.due_on <= today]
        choice = choose_question(due, [day for day, _, _ in asked], today)
        for topic in choice.postponed:
            assert topic.due_on is not None
            assert topic.due_on > today
            topics[topic.item] = topic
        if choice.asked is None:
            continue
        topic = ask_question(choice.asked, today, noon(today))
        asked.append((today, topic.item, topic.asked))
        if queue and (result := queue.pop(0)):
            topic = answer_question(
                topic, topic.asked, result, today, noon(today) + timedelta(hours=1)
            )
        topics[topic.item] = topic
    _check_questions(asked, topics)


def _check_questions(asked: list[tuple[date, str, str]], topics: dict[str, TopicRecall]) -> None:
    days = [day for day, _, _ in asked]
    assert len(set(days)) == len(days)
    assert all(later - earlier >= 7 * DAY for earlier, later in zip(days, days[2:], strict=False))
    by_item: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for day, item, name in asked:
        by_item[item].append((day, name))
    for item, questions in by_item.items():
        names = [name for _, name in questions]
        assert names == sorted(set(names))
        for day, name in questions:
            assert day >= topics[item].since + DAY * ROUND_DAYS[int(name[0]) - 1]
        gaps = itertools.pairwise(questions)
        assert all(later[0] - earlier[0] >= 7 * DAY for earlier, later in gaps)


def test_a_round_whose_day_has_passed_is_left_out() -> None:
    topic = TopicRecall("plan", "loops", FIRST)
    assert plan_rounds(topic, FIRST).due_on == FIRST + 7 * DAY
    assert plan_rounds(topic, FIRST + 7 * DAY).due_on == FIRST + 21 * DAY
    assert plan_rounds(topic, FIRST + 49 * DAY).due_on is None


def test_only_the_first_no_of_a_round_asks_again() -> None:
    today = FIRST + 7 * DAY
    topic = ask_question(TopicRecall("plan", "loops", FIRST), today, noon(today))
    assert topic.is_open("1")
    assert not topic.is_open("2")
    assert not topic.is_open("")
    for result in ("knew", "partly"):
        going_on = answer_question(topic, "1", result, today, noon(today))
        assert (going_on.round, going_on.is_repeat, going_on.result) == (2, False, result)
    missed = answer_question(topic, "1", "no", today, noon(today))
    assert (missed.round, missed.is_repeat, missed.due_on) == (1, True, today + 7 * DAY)
    again = ask_question(missed, today + 7 * DAY, noon(today + 7 * DAY))
    assert (again.asked, again.round) == ("1.2", 2)
    assert answer_question(again, "1.2", "no", today, noon(today)).round == 2


def test_linked_accounts_have_one_value_for_a_topic() -> None:
    ahead = replace(
        TopicRecall("plan", "loops", FIRST, 2, due_on=FIRST + 21 * DAY),
        asked="1",
        asked_at=noon(FIRST + 7 * DAY),
    )
    fresh = TopicRecall("plan", "loops", FIRST + DAY, due_on=FIRST + 8 * DAY)
    known = replace(fresh, result="no", answered_at=noon(FIRST + 2 * DAY))
    key = ("plan", "loops")
    for pair in ([ahead, known], [known, ahead]):
        merged = merge_recalls(pair)[key]
        assert (merged.round, merged.due_on, merged.result) == (2, FIRST + 21 * DAY, "no")
    stopped = stop_rounds(ahead)
    assert merge_recalls([stopped, fresh])[key].due_on == FIRST + 8 * DAY
    over = replace(stopped, round=4)
    assert merge_recalls([over, fresh])[key].due_on is None


def test_practice_begins_with_what_is_weak_and_leaves_out_what_was_answered_today() -> None:
    now = noon(FIRST)
    results: dict[str, RecallResult] = {"loops": "knew", "lists": "partly", "sets": "no"}
    known = {
        item: TopicRecall("plan", item, FIRST, result=result, answered_at=now - 2 * DAY)
        for item, result in results.items()
    }
    left = ["loops", "lists", "sets", "trees"]
    order = []
    while (practice := choose_practice(left, known, now)).item is not None:
        order.append(practice.item)
        topic = known.get(practice.item, TopicRecall("plan", practice.item, FIRST))
        known[practice.item] = replace(topic, result="knew", answered_at=now)
    assert order == ["sets", "lists", "trees", "loops"]
    assert (practice.question_count, practice.known_count) == (4, 4)
