"""Due questions: which one a person is asked today, in one batch for all their topics."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.group.calendar import DAY, convert_to_utc
from bot.group.cohort import Cohort, Member
from bot.group.recall import (
    TopicRecall,
    ask_question,
    can_be_asked_in,
    choose_question,
    choose_question_seat,
    format_question_ref,
    list_questions,
    stop_rounds,
)
from bot.group.zones import load_zone
from bot.post import RECALL, PostSlot
from bot.store.connection import TxConnection
from bot.store.ledger import LedgerQueries
from bot.store.members import MemberQueries
from bot.store.memberships import Membership, load_memberships, load_roadmap
from bot.store.people import PeopleQueries
from bot.store.progress import ProgressQueries
from bot.store.recalls import RecallQueries, TopicKey, set_question_moment

Seat = tuple[Cohort, Member]


class RecallScheduleQueries:
    """Enters the questions that fell due in the ledger."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection
        self._recalls = RecallQueries(connection)

    async def enter_due_questions(self, account_id: int, now: datetime) -> None:
        """Enter the question due to the person behind an account; the others come later.

        Locks the person. Afterwards nothing is due to them.
        """
        person_id = await PeopleQueries(self._connection).lock_person(account_id)
        known = await self._recalls.load_all_topics(person_id, now)
        seats = await self._load_seats(person_id, now)
        batch = QuestionBatch(seats, _list_asked_times(known.topics.values()), now)
        ticked = await self._load_ticks(person_id, known.due_keys)
        for key in known.due_keys:
            topic = known.topics[key]
            fitting = self._list_fitting_seats(topic, seats) if key in ticked else ()
            batch.add_topic(topic, fitting)
        await self._enter_question(batch)
        await self._recalls.save_topics(person_id, batch.changed)

    async def _enter_question(self, batch: QuestionBatch) -> None:
        question = batch.choose_question()
        if question is None:
            return
        topic, (cohort, member) = question
        assert topic.due_at is not None
        slot = PostSlot(RECALL, format_question_ref(topic), topic.due_at)
        ledger = LedgerQueries(self._connection)
        await ledger.enter_due_posts(cohort, [slot], member_id=member.id)

    async def _load_seats(self, person_id: int, now: datetime) -> Sequence[Seat]:
        """Return the seats by which a person may be asked, one for each cohort."""
        first_by_cohort: dict[int, Membership] = {}
        for membership in load_memberships(self._connection, person_id):
            # The earliest that has not ended speaks for all accounts.
            if membership.left_at is None:
                first_by_cohort.setdefault(membership.cohort_id, membership)
        ids = [membership.id for membership in first_by_cohort.values()]
        loaded = await MemberQueries(self._connection).load_members_in_cohorts(ids)
        seats = []
        for membership in first_by_cohort.values():
            cohort = membership.cohort.advance_state(now)
            member = loaded[membership.id]
            if member.person.recall == "yes" and can_be_asked_in(cohort, member, now):
                seats.append((cohort, member))
        return seats

    async def _load_ticks(self, person_id: int, keys: Collection[TopicKey]) -> set[TopicKey]:
        roadmaps = {roadmap for roadmap, _ in keys}
        queries = ProgressQueries(self._connection)
        found = await queries.load_ticks_of_people([person_id], roadmaps)
        return {(roadmap, item) for (_, roadmap), items in found.items() for item in items}

    def _list_fitting_seats(self, topic: TopicRecall, seats: Sequence[Seat]) -> Sequence[Seat]:
        """Return the seats whose version of the roadmap has a question about a topic."""
        fitting = []
        for cohort, member in seats:
            if cohort.roadmap != topic.roadmap:
                continue
            roadmap = load_roadmap(self._connection, cohort.plan_id)
            if list_questions(roadmap, [topic.item]):
                fitting.append((cohort, member))
        return fitting


class QuestionBatch:
    """A person's due topics, on their way to one question. Pure.

    `changed`: the topics as they are to be stored.
    """

    def __init__(
        self, seats: Sequence[Seat], asked_times: Sequence[datetime], now: datetime
    ) -> None:
        self._now = now
        self._asked_times = asked_times
        self._ready: dict[TopicKey, tuple[TopicRecall, Seat]] = {}
        self.changed: list[TopicRecall] = []
        if seats:
            cohort, member = seats[0]
            self._person = member.person
            self._zone_name = member.get_zone_name(cohort)

    @property
    def _today(self) -> date:
        return self._get_date(self._now)

    def _get_date(self, at: datetime) -> date:
        return at.astimezone(load_zone(self._zone_name)).date()

    def add_topic(self, topic: TopicRecall, seats: Sequence[Seat]) -> None:
        """Take a due topic in, with the seats by which it may be asked."""
        if not seats or topic.due_on is None:
            self.changed.append(stop_rounds(topic))
            return
        moment = convert_to_utc(topic.due_on, self._person.reminder_at, self._zone_name)
        if moment > self._now:
            # The zone or the hour has changed, or a linked account has asked before.
            self.changed.append(replace(topic, due_at=moment))
            return
        present = [seat for seat in seats if not seat[1].is_away_today(seat[0], self._now)]
        seat = choose_question_seat(present)
        if seat is None:
            self._postpone(replace(topic, due_on=self._today + DAY))
        else:
            self._ready[topic.roadmap, topic.item] = (replace(topic, due_at=moment), seat)

    def choose_question(self) -> tuple[TopicRecall, Seat] | None:
        """Return the topic to ask about today, with its seat, and note what becomes of all."""
        if not self._ready:
            return None
        asked_days = [self._get_date(at) for at in self._asked_times]
        topics = [topic for topic, _ in self._ready.values()]
        choice = choose_question(topics, asked_days, self._today)
        for topic in choice.postponed:
            self._postpone(topic)
        if choice.asked is None:
            return None
        self._postpone(ask_question(choice.asked, self._today, self._now))
        return self._ready[choice.asked.roadmap, choice.asked.item]

    def _postpone(self, topic: TopicRecall) -> None:
        self.changed.append(set_question_moment(topic, self._person, self._zone_name))


def _list_asked_times(topics: Collection[TopicRecall]) -> Sequence[datetime]:
    return [topic.asked_at for topic in topics if topic.asked_at is not None]
