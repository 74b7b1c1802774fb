"""Recall: when a topic's question comes back, and what an answer changes. Pure.

A question comes three times: about one, three and seven weeks after the topic was ticked. Whoever
answers *no* is asked the same round once more, a week later. After that the next round counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from bot.group.calendar import DAY
from bot.group.cohort import Cohort, Member
from bot.roadmap import Roadmap

RecallResult = Literal["", "knew", "partly", "no"]
"""How a question went; empty before the first answer."""

ROUND_DAYS = (7, 21, 49)  # after the tick
LAST_ROUND = len(ROUND_DAYS)
LOOK_BACK = timedelta(days=ROUND_DAYS[-1])
"""Topics ticked longer ago have no round left."""
REPEAT_AFTER = 7 * DAY
MIN_GAP = 7 * DAY  # between two rounds of one topic, where the first of them came late
MAX_A_WEEK = 2  # questions to a person
AFTER_FINISH = 28 * DAY
WEAK: frozenset[str] = frozenset({"no", "partly"})
_ORDER = {"no": 0, "partly": 1, "": 2, "knew": 3}


@dataclass(frozen=True, slots=True)
class TopicRecall:
    """How well somebody remembers one topic.

    `since`: the local date on which they ticked it.
    `round`: the round of the next question; after the last one, one more than there are.
    `is_repeat`: the next question asks its round once more.
    `due_on`: the local date of the next question; None where none is to come.
    `due_at`: the instant of that in UTC.
    `asked`: the last question, as `format_round` writes it; empty before the first.
    """

    roadmap: str
    item: str
    since: date
    round: int = 1
    is_repeat: bool = False
    due_on: date | None = None
    due_at: datetime | None = None
    asked: str = ""
    asked_at: datetime | None = None
    result: RecallResult = ""
    answered_at: datetime | None = None

    @property
    def is_weak(self) -> bool:
        """True if they did not know it, or not all of it, when they were asked last."""
        return self.result in WEAK

    def is_open(self, asked: str) -> bool:
        """Return True if this was the last question, and nobody has answered it yet."""
        if not asked or asked != self.asked or self.asked_at is None:
            return False
        return self.answered_at is None or self.answered_at < self.asked_at


def format_round(number: int, *, is_repeat: bool) -> str:
    """Return a round as refs and phrases name it: `1`, and `1.2` for its repeat."""
    return f"{number}.2" if is_repeat else f"{number}"


def format_question_ref(recall: TopicRecall) -> str:
    """Return the ref of a topic's next question: `item/1`."""
    return f"{recall.item}/{format_round(recall.round, is_repeat=recall.is_repeat)}"


def parse_question_ref(ref: str) -> tuple[str, str]:
    """Return the item and the round in a ref; the round is empty where it names none."""
    item, _, asked = ref.partition("/")
    return item, asked


def list_questions(roadmap: Roadmap, item_ids: Iterable[str]) -> tuple[str, ...]:
    """Return those items that the roadmap has a question about, in their order."""
    known = roadmap.items
    return tuple(
        item_id for item_id in item_ids if item_id in known and known[item_id].recall is not None
    )


# — the rounds of one topic —


def plan_rounds(recall: TopicRecall, today: date, asked_on: date | None = None) -> TopicRecall:
    """Return a topic with its next question planned; rounds whose day has passed are left out.

    `asked_on`: the local date of its last question.
    """
    number = recall.round
    while number <= LAST_ROUND and _get_round_day(recall.since, number) <= today:
        number += 1
    if number > LAST_ROUND:
        return replace(recall, due_on=None, due_at=None)
    is_repeat = recall.is_repeat and number == recall.round
    due_on = _get_round_day(recall.since, number)
    if asked_on is not None:
        due_on = max(due_on, asked_on + MIN_GAP)
    return replace(recall, round=number, is_repeat=is_repeat, due_on=due_on)


def stop_rounds(recall: TopicRecall) -> TopicRecall:
    """Return a topic about which nobody is asked any more."""
    return replace(recall, due_on=None, due_at=None)


def ask_question(recall: TopicRecall, today: date, now: datetime) -> TopicRecall:
    """Return a topic whose question has been asked, with the next round planned."""
    asked = format_round(recall.round, is_repeat=recall.is_repeat)
    number = recall.round + 1
    due_on = None
    if number <= LAST_ROUND:
        due_on = max(_get_round_day(recall.since, number), today + MIN_GAP)
    return replace(
        recall,
        round=number,
        is_repeat=False,
        due_on=due_on,
        due_at=None,
        asked=asked,
        asked_at=now,
    )


def answer_question(
    recall: TopicRecall, asked: str, result: RecallResult, today: date, now: datetime
) -> TopicRecall:
    """Return a topic with a result.

    `asked`: the round that is to be repeated after a *no*; empty for none. A repeat has no other.
    """
    answered = replace(recall, result=result, answered_at=now)
    if result != "no" or not asked.isdecimal():
        return answered
    due_on = today + REPEAT_AFTER
    return replace(answered, round=int(asked), is_repeat=True, due_on=due_on, due_at=None)


def _get_round_day(since: date, number: int) -> date:
    return since + DAY * ROUND_DAYS[number - 1]


# — all topics of a person —


@dataclass(frozen=True, slots=True)
class QuestionChoice:
    """What becomes of the questions that are due: one is asked today, the others come later."""

    asked: TopicRecall | None
    postponed: tuple[TopicRecall, ...]


def choose_question(
    due: Sequence[TopicRecall], asked_days: Collection[date], today: date
) -> QuestionChoice:
    """Return the question to ask today, the weakest topic's first, and when the others come.

    `asked_days`: the local dates of the questions in the last week. At most one comes on a day.
    """
    chosen = None
    left = sorted(due, key=_get_urgency)
    days = list(asked_days)
    if left and find_free_day(days, today) == today:
        chosen = left.pop(0)
        days.append(today)
    free_day = find_free_day(days, today + DAY)
    postponed = tuple(replace(recall, due_on=free_day, due_at=None) for recall in left)
    return QuestionChoice(chosen, postponed)


def find_free_day(asked_days: Collection[date], first: date) -> date:
    """Return the first date from `first` on that has room for a question."""
    day = first
    while not _has_room(asked_days, day):
        day += DAY
    return day


def _has_room(asked_days: Collection[date], day: date) -> bool:
    if day in asked_days:
        return False
    in_week = [asked for asked in asked_days if day - 6 * DAY <= asked <= day]
    return len(in_week) < MAX_A_WEEK


def _get_urgency(recall: TopicRecall) -> tuple[int, date, str]:
    return _ORDER[recall.result], recall.due_on or recall.since, recall.item


def merge_recalls(recalls: Iterable[TopicRecall]) -> dict[tuple[str, str], TopicRecall]:
    """Return one value for each topic, by roadmap and item, where linked accounts have several.

    The one that has come furthest counts, with the last answer of all. If that one was stopped,
    it goes on when the other would.
    """
    merged: dict[tuple[str, str], TopicRecall] = {}
    for recall in recalls:
        key = recall.roadmap, recall.item
        known = merged.get(key)
        merged[key] = recall if known is None else _merge_two(known, recall)
    return merged


def _merge_two(first: TopicRecall, second: TopicRecall) -> TopicRecall:
    ahead = max(first, second, key=_get_advance)
    last = max(first, second, key=_get_answer_time)
    merged = replace(ahead, result=last.result, answered_at=last.answered_at)
    if merged.due_on is not None or merged.round > LAST_ROUND:
        return merged
    behind = second if ahead is first else first
    return replace(merged, due_on=behind.due_on, due_at=behind.due_at)


def _get_advance(recall: TopicRecall) -> tuple[int, float]:
    asked_at = recall.asked_at.timestamp() if recall.asked_at else 0.0
    return recall.round, asked_at


def _get_answer_time(recall: TopicRecall) -> float:
    return recall.answered_at.timestamp() if recall.answered_at else 0.0


# — practice —


@dataclass(frozen=True, slots=True)
class Practice:
    """What there is to practise.

    `item`: the next question's; None when all have been answered today.
    `question_count`: all questions. `known_count`: those known at the last answer.
    """

    item: str | None
    question_count: int
    known_count: int


def choose_practice(
    questions: Sequence[str], recalls: Mapping[str, TopicRecall], since: datetime
) -> Practice:
    """Return the topic to practise next: the weakest, and of those the one asked longest ago.

    `questions`: the ticked topics with a question. `since`: the beginning of today.
    """
    known = [item for item in questions if item in recalls and recalls[item].result == "knew"]
    left = [item for item in questions if not _is_answered(recalls.get(item), since)]
    best = min(left, key=lambda item: _get_practice_order(recalls.get(item)), default=None)
    return Practice(best, len(questions), len(known))


def _is_answered(recall: TopicRecall | None, since: datetime) -> bool:
    return recall is not None and recall.answered_at is not None and recall.answered_at >= since


def _get_practice_order(recall: TopicRecall | None) -> tuple[int, float]:
    if recall is None:
        return _ORDER[""], 0.0
    return _ORDER[recall.result], _get_answer_time(recall)


# — the cohort by which somebody is asked —


def choose_question_seat(
    seats: Iterable[tuple[Cohort, Member]],
) -> tuple[Cohort, Member] | None:
    """Return the seat by which a member is asked, or None: one under way first, then the newest."""
    return max(seats, key=lambda seat: _get_seat_order(*seat), default=None)


def _get_seat_order(cohort: Cohort, member: Member) -> tuple[bool, datetime, int]:
    return cohort.state != "finished", member.joined_at, member.id


def can_be_asked_in(cohort: Cohort, member: Member, now: datetime) -> bool:
    """Return True unless the member has left, or their plan ended more than four weeks ago."""
    if member.left_at is not None or cohort.state in {"draft", "archived"}:
        return False
    if not member.has_finished_roadmap(cohort, now):
        return True
    finish = find_finish_date(cohort, member)
    return finish is None or member.get_member_date(cohort, now) < finish + AFTER_FINISH


def find_finish_date(cohort: Cohort, member: Member) -> date | None:
    """Return the first local date after the member's plan; None while nobody can know it."""
    finish = member.build_member_calendar(cohort).finish
    if finish is not None or cohort.state != "finished":
        return finish
    # A cohort that was ended early stands still from that day on for good.
    return max((pause.first for pause in cohort.breaks if pause.last is None), default=None)


def list_weak_topics(
    roadmap: Roadmap, weak_items: Iterable[str], ticked: Set[str]
) -> tuple[str, ...]:
    """Return the titles of weak topics that are ticked and still in the roadmap."""
    item_ids = list_questions(roadmap, (item for item in weak_items if item in ticked))
    return tuple(roadmap.items[item_id].title for item_id in item_ids)
