"""Topics whose question comes back: planned with a tick, changed by an answer.

A row belongs to the account through which its topic was ticked, and goes along with it. While
accounts are linked, the rows of one topic are read as one and written alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from bot.group.calendar import convert_to_utc
from bot.group.cohort import Cohort
from bot.group.member import Person
from bot.group.recall import (
    LOOK_BACK,
    TopicRecall,
    list_questions,
    merge_recalls,
    plan_rounds,
)
from bot.group.zones import load_zone
from bot.store.conditions import OWN_ACCOUNTS
from bot.store.connection import TxConnection
from bot.store.memberships import load_memberships, load_roadmap
from bot.store.rows import DialectInsert
from bot.store.tables import accounts, recalls, ticks

TopicKey = tuple[str, str]
"""A roadmap's key and an item's id."""

_OF_PERSON = recalls.c.account_id.in_(OWN_ACCOUNTS)
_IS_ROADMAP = recalls.c.roadmap == bindparam("roadmap_key")
_SELECT_ALL = select(recalls).where(_OF_PERSON)
_SELECT_ON_ROADMAP = _SELECT_ALL.where(_IS_ROADMAP)
_SELECT_OF_PEOPLE = (
    select(recalls, accounts.c.person_id)
    .join(accounts, accounts.c.id == recalls.c.account_id)
    .where(
        accounts.c.person_id.in_(bindparam("persons", expanding=True)),
        recalls.c.item.in_(bindparam("items", expanding=True)),
    )
)
_SELECT_RECENT_TICKS = (
    select(ticks.c.account_id, ticks.c.roadmap, ticks.c.item, ticks.c.at)
    .where(ticks.c.account_id.in_(OWN_ACCOUNTS), ticks.c.at >= bindparam("ticked_since"))
    .order_by(ticks.c.at)
)
_CHANGED = (
    "since",
    "round",
    "is_repeat",
    "due_on",
    "due_at",
    "asked",
    "asked_at",
    "result",
    "answered_at",
)
_INSERT = DialectInsert(recalls, lambda insert: insert.on_conflict_do_nothing())
_UPDATE = (
    recalls.update()
    .where(_OF_PERSON, _IS_ROADMAP, recalls.c.item == bindparam("item_id"))
    .values({name: bindparam(name) for name in _CHANGED})
)
_STOP_ALL = (
    recalls.update()
    .where(_OF_PERSON, recalls.c.due_on.is_not(None))
    .values(due_on=None, due_at=None)
)
_STOP_TOPICS = _STOP_ALL.where(_IS_ROADMAP, recalls.c.item.in_(bindparam("items", expanding=True)))
SELECT_NEXT_QUESTION_DUE = select(func.min(recalls.c.due_at))


@dataclass(frozen=True, slots=True)
class PersonTopics:
    """What a person remembers, by roadmap and item.

    `due_keys`: the topics with a row that is due, by any account.
    """

    topics: Mapping[TopicKey, TopicRecall]
    due_keys: Sequence[TopicKey]


class RecallQueries:
    """Queries about what people remember. Only they themselves are ever shown it."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    # — reading —

    async def load_topics(self, person: Person, roadmap: str) -> Mapping[str, TopicRecall]:
        """Return what a person remembers of a roadmap, by item."""
        if not person.id:
            return {}
        values = {"person": person.id, "roadmap_key": roadmap}
        rows = self._connection.execute(_SELECT_ON_ROADMAP, values)
        merged = merge_recalls(map(_build_topic, rows))
        return {item: topic for (_, item), topic in merged.items()}

    async def list_weak_items(self, person: Person, roadmap: str) -> Sequence[str]:
        """Return the items a person did not know well when asked last, the oldest answer first."""
        known = await self.load_topics(person, roadmap)
        weak = [(topic.answered_at, topic.item) for topic in known.values() if topic.is_weak]
        return [item for _, item in sorted(weak, key=str)]

    async def load_topics_of_people(
        self, person_ids: Collection[int], items: Collection[str]
    ) -> Mapping[tuple[int, str, str], TopicRecall]:
        """Return what persons remember of these items, by person id, roadmap and item."""
        if not person_ids or not items:
            return {}
        wanted = {"persons": sorted(set(person_ids)), "items": sorted(set(items))}
        by_person: dict[int, list[TopicRecall]] = defaultdict(list)
        for row in self._connection.execute(_SELECT_OF_PEOPLE, wanted):
            by_person[row.person_id].append(_build_topic(row))
        found = {}
        for person_id, topics in by_person.items():
            for (roadmap, item), topic in merge_recalls(topics).items():
                found[person_id, roadmap, item] = topic
        return found

    async def load_all_topics(self, person_id: int, now: datetime) -> PersonTopics:
        """Return everything a person remembers, and what is due."""
        topics, due_keys = [], []
        for row in self._connection.execute(_SELECT_ALL, {"person": person_id}):
            topic = _build_topic(row)
            topics.append(topic)
            if topic.due_at is not None and topic.due_at <= now:
                due_keys.append((topic.roadmap, topic.item))
        return PersonTopics(merge_recalls(topics), list(dict.fromkeys(due_keys)))

    # — planning —

    async def start_questions(self, person: Person, now: datetime) -> date | None:
        """Plan the questions about topics ticked in the last seven weeks.

        Returns the local date of the first one, None without any. The person must be locked.
        """
        cohort_by_roadmap, questions = self._list_questions_of_person(person)
        known = (await self.load_all_topics(person.id, now)).topics
        planned, new_rows = [], []
        wanted = {"person": person.id, "ticked_since": now - LOOK_BACK}
        for row in self._connection.execute(_SELECT_RECENT_TICKS, wanted).all():
            if row.item not in questions[row.roadmap]:
                continue
            cohort = cohort_by_roadmap[row.roadmap]
            ticked_on = _get_local_date(row.at, person, cohort)
            topic = known.get((row.roadmap, row.item))
            fresh = _plan_topic(topic, (row.roadmap, row.item), ticked_on, person, cohort, now)
            planned.append(fresh)
            if topic is None:
                new_rows.append(_build_row(row.account_id, fresh))
        self._insert_rows(new_rows)
        await self.save_topics(person.id, [topic for topic in planned if _get_key(topic) in known])
        return min((topic.due_on for topic in planned if topic.due_on), default=None)

    async def plan_ticked_topics(
        self, person: Person, roadmap: str, items: Collection[str], now: datetime
    ) -> None:
        """Plan the questions about items ticked just now. The person must be locked."""
        cohort_by_roadmap, questions = self._list_questions_of_person(person, roadmap)
        cohort = cohort_by_roadmap.get(roadmap)
        asked_items = questions[roadmap].intersection(items)
        if cohort is None or not asked_items:
            return
        known = await self.load_topics(person, roadmap)
        today = _get_local_date(now, person, cohort)
        new_rows, planned = [], []
        for item in sorted(asked_items):
            topic = known.get(item)
            fresh = _plan_topic(topic, (roadmap, item), today, person, cohort, now)
            if topic is None:
                new_rows.append(_build_row(person.account_id, fresh))
            else:
                planned.append(fresh)
        self._insert_rows(new_rows)
        await self.save_topics(person.id, planned)

    async def move_questions(self, person: Person, now: datetime) -> None:
        """Compute the instants of a person's questions anew, after they changed zone or hour."""
        cohort_by_roadmap, _ = self._list_questions_of_person(person)
        moved = []
        for topic in (await self.load_all_topics(person.id, now)).topics.values():
            cohort = cohort_by_roadmap.get(topic.roadmap)
            if topic.due_on is not None and cohort is not None:
                moved.append(set_question_moment(topic, person, person.zone or cohort.zone))
        await self.save_topics(person.id, moved)

    async def stop_questions(self, person: Person) -> None:
        """Plan no more questions to a person. Their answers stay."""
        self._connection.execute(_STOP_ALL, {"person": person.id})

    async def stop_topics(self, person: Person, roadmap: str, items: Collection[str]) -> None:
        """Plan no more questions about items that are not ticked any more."""
        if items:
            values = {"person": person.id, "roadmap_key": roadmap, "items": sorted(items)}
            self._connection.execute(_STOP_TOPICS, values)

    # — writing —

    async def save_answer(self, person: Person, topic: TopicRecall, *, is_new: bool) -> None:
        """Store an answered topic. The person must be locked."""
        if is_new:
            self._insert_rows([_build_row(person.account_id, topic)])
        else:
            await self.save_topics(person.id, [topic])

    async def save_topics(self, person_id: int, topics: Iterable[TopicRecall]) -> None:
        """Store topics that are known already, for every account of a person."""
        rows = []
        for topic in topics:
            key = {"person": person_id, "roadmap_key": topic.roadmap, "item_id": topic.item}
            rows.append({**key, **_build_values(topic)})
        if rows:
            self._connection.execute(_UPDATE, rows)

    def _insert_rows(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(_INSERT.for_engine(self._connection), rows)

    def _list_questions_of_person(
        self, person: Person, roadmap_key: str | None = None
    ) -> tuple[dict[str, Cohort], Mapping[str, set[str]]]:
        """Return a live cohort and the items with a question, by roadmap: by all, or by one."""
        cohort_by_roadmap: dict[str, Cohort] = {}
        questions: dict[str, set[str]] = defaultdict(set)
        for seat in load_memberships(self._connection, person.id):
            cohort = seat.cohort
            if seat.left_at is not None or roadmap_key not in {None, cohort.roadmap}:
                continue
            cohort_by_roadmap.setdefault(cohort.roadmap, cohort)
            roadmap = load_roadmap(self._connection, cohort.plan_id)
            questions[cohort.roadmap].update(list_questions(roadmap, roadmap.items))
        return cohort_by_roadmap, questions


def set_question_moment(topic: TopicRecall, person: Person, zone_name: str) -> TopicRecall:
    """Return a topic whose next question falls due at the person's hour in a zone."""
    if topic.due_on is None:
        return replace(topic, due_at=None)
    return replace(topic, due_at=convert_to_utc(topic.due_on, person.reminder_at, zone_name))


def _plan_topic(
    topic: TopicRecall | None,
    key: TopicKey,
    ticked_on: date,
    person: Person,
    cohort: Cohort,
    now: datetime,
) -> TopicRecall:
    known = topic or TopicRecall(*key, since=ticked_on)
    today = _get_local_date(now, person, cohort)
    asked_on = _get_local_date(known.asked_at, person, cohort) if known.asked_at else None
    planned = plan_rounds(replace(known, since=ticked_on), today, asked_on)
    return set_question_moment(planned, person, person.zone or cohort.zone)


def _get_local_date(at: datetime, person: Person, cohort: Cohort) -> date:
    return at.astimezone(load_zone(person.zone or cohort.zone)).date()


def _get_key(topic: TopicRecall) -> TopicKey:
    return topic.roadmap, topic.item


def _build_topic(row: Row[Any]) -> TopicRecall:
    return TopicRecall(
        roadmap=row.roadmap,
        item=row.item,
        since=row.since,
        round=row.round,
        is_repeat=row.is_repeat,
        due_on=row.due_on,
        due_at=row.due_at,
        asked=row.asked,
        asked_at=row.asked_at,
        result=row.result,
        answered_at=row.answered_at,
    )


def _build_row(account_id: int, topic: TopicRecall) -> dict[str, Any]:
    key = {"account_id": account_id, "roadmap": topic.roadmap, "item": topic.item}
    return {**key, **_build_values(topic)}


def _build_values(topic: TopicRecall) -> dict[str, Any]:
    return {name: getattr(topic, name) for name in _CHANGED}
