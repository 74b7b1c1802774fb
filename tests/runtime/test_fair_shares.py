"""A cohort with many letters delays no other, and is delayed by nobody when it is alone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from bot.chat.address import Place
from bot.chat.message import Message, encode_answer, text_message
from bot.runtime.outbox import Outbox
from bot.runtime.sending_slots import FAIR_SHARE, FIRST_CLAIMS, MAX_IN_FLIGHT, SendingSlots
from bot.store import Tx
from bot.store.tables import accounts, letters, members, persons
from tests.support.database import record_statements
from tests.support.room import FRIDAY, Chat, Clock, Room

MANY = 500


class Busy(Chat):
    """A chat that, once its speed is known, waits for more private messages than one share."""

    on_their_way = 0
    most = 0
    release: asyncio.Event

    async def send(self, place: Place, message: Message, key: str) -> str:
        if not place.is_private:
            return await super().send(place, message, key)
        self.on_their_way += 1
        self.most = max(self.most, self.on_their_way)
        if self.most > FAIR_SHARE:
            self.release.set()
        if len(self.sent) > 2 * MAX_IN_FLIGHT:
            # An outbox that never goes beyond the share is stopped here.
            async with asyncio.timeout(20):
                await self.release.wait()
        await asyncio.sleep(0.002)
        self.on_their_way -= 1
        return await super().send(place, message, key)


async def enter_private_letters(room: Room, cohort_id: int, count: int) -> None:
    """Make so many members of a cohort, with a letter to each."""
    ids = range(1000, 1000 + count)
    known: dict[str, Any] = {"platform": "test", "tenant": "", "met_at": FRIDAY}
    seat: dict[str, Any] = {"cohort_id": cohort_id, "joined_at": FRIDAY, "catch_up": []}
    seat |= {"hidden": False, "shown": True, "newcomer": False, "looked_for_at": FRIDAY}
    letter = build_row(cohort_id)

    async def insert(tx: Tx) -> None:
        run = tx.connection.execute
        run(persons.insert(), [{"id": n, "met_at": FRIDAY} for n in ids])
        rows = [
            {**known, "id": n, "person_id": n, "native": f"p{n}", "name": f"P {n}"} for n in ids
        ]
        run(accounts.insert(), rows)
        run(members.insert(), [{**seat, "id": n, "account_id": n} for n in ids])
        run(letters.insert(), [{**letter, "member_id": n, "home_id": 0} for n in ids])

    await room.store.run(insert)


def build_row(cohort_id: int) -> dict[str, Any]:
    return {
        "cohort_id": cohort_id,
        "edition": 1,
        "kind": "announcement",
        "ref": "news/1",
        "moment": FRIDAY,
        "due_at": FRIDAY,
        "state": "due",
        "message": encode_answer(text_message("News")),
    }


async def test_a_cohort_with_many_letters_does_not_delay_another(room: Room) -> None:
    await room.spring()
    elsewhere = Place("test", "space", "another")
    await room.says("mona", "cohort create name=summer start=2026-03-02", place=elsewhere)
    await room.says("mona", "cohort open summer sure=yes", place=elsewhere)
    await enter_private_letters(room, 1, MANY)
    late = {**build_row(2), "home_id": 2, "member_id": 0}
    late["due_at"] = late["moment"] = FRIDAY + timedelta(seconds=1)

    async def insert(tx: Tx) -> None:
        tx.connection.execute(letters.insert(), [late])

    await room.store.run(insert)
    room.clock.at = FRIDAY + timedelta(seconds=2)
    chat = Busy(room.clock)
    chat.release = asyncio.Event()
    await Outbox(room.store, room.clock, {"test": chat}).drain_outbox()
    keys = [sent.key for sent in chat.sent]
    assert len(keys) == len(set(keys)) == MANY + 1
    (place,) = [number for number, sent in enumerate(chat.sent) if sent.place == elsewhere]
    assert place < 2 * MAX_IN_FLIGHT
    # With nobody else waiting, it gets more than its share.
    assert FAIR_SHARE < chat.most <= MAX_IN_FLIGHT


async def test_an_idle_bot_takes_no_write_lock(quick_room: Room) -> None:
    await quick_room.spring("ada")
    writer = quick_room.store.engines[0]
    begun: list[object] = []
    event.listen(writer, "begin", begun.append)
    running = asyncio.create_task(quick_room.outbox.run_outbox())
    with record_statements(quick_room.store) as statements:
        await asyncio.sleep(2.5)
    running.cancel()
    await asyncio.wait([running])
    assert begun == []
    # One for each look, once a second, and the first look. The heartbeat asks one as well.
    assert 1 <= len(statements) <= 3


def build_slots() -> tuple[SendingSlots, Clock]:
    clock = Clock(FRIDAY)
    return SendingSlots(lambda: clock.at.timestamp()), clock


def test_no_more_is_claimed_than_leaves_in_half_a_lease() -> None:
    slots, clock = build_slots()
    assert slots.count_claimable() == FIRST_CLAIMS
    for _ in range(FIRST_CLAIMS):
        slots.occupy_slot(1)
    assert slots.count_claimable() == 0
    for _ in range(FIRST_CLAIMS):
        clock.at += timedelta(seconds=4)
        slots.free_slot(1)
    # Twenty in 76 seconds are fifteen in a minute.
    assert slots.count_claimable() == 15


def test_idle_hours_are_no_slow_sending() -> None:
    slots, clock = build_slots()
    for _ in range(FIRST_CLAIMS):
        slots.occupy_slot(1)
        clock.at += timedelta(seconds=0.1)
        slots.free_slot(1)
        clock.at += timedelta(hours=1)
    assert slots.count_claimable() == MAX_IN_FLIGHT


def test_a_cohort_that_fills_its_share_is_left_out_while_others_wait() -> None:
    slots, _ = build_slots()
    assert slots.count_fairly_claimable() == FAIR_SHARE
    for _ in range(FAIR_SHARE - 5):
        slots.occupy_slot(1)
    assert (slots.list_crowded_cohorts(), slots.count_fairly_claimable()) == ([], 5)
    for _ in range(5):
        slots.occupy_slot(1)
    slots.occupy_slot(2)
    assert (slots.list_crowded_cohorts(), slots.count_fairly_claimable()) == ([1], FAIR_SHARE - 1)
    slots.free_slot(1)
    assert slots.list_crowded_cohorts() == []
