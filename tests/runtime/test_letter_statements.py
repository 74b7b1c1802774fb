"""What sending asks of the database: a look alone when nothing is due, and little for a letter."""

from __future__ import annotations

import pytest

from bot.chat.address import Place
from tests.support.database import execute_sql
from tests.support.room import Room
from tests.support.statements import StatementLog, log_statements

# From the look that finds the letter to the one that finds nothing more.
MOST_TO_HOME, MOST_TO_MEMBER = 10, 16


async def enter_next(room: Room, kind: str) -> None:
    """Let time pass until a post of this kind, and no other, has fallen due and is entered."""
    await switch_off_others(room, kind)
    for _ in range(50):
        due = await room.pulse()
        assert due is not None
        room.clock.at = max(due, room.clock.at)
        await room.clockwork.schedule_due_posts()
        waiting = "SELECT kind FROM letters WHERE state = 'due'"
        rows = await execute_sql(room.store, waiting, write=False)
        if rows:
            assert {row.kind for row in rows} == {kind}
            return
    raise AssertionError(f"no {kind} fell due")


async def switch_off_others(room: Room, kind: str) -> None:
    for name in room.store.post_kinds.kinds:
        if name != kind:
            await room.says("mona", f"posts settings post={name} on=no")


async def log_sending(room: Room, kind: str, count: int = 1) -> StatementLog:
    """Log the statements by which so many letters of this kind, all that are due, are sent."""
    await room.spring("ada")
    await enter_next(room, kind)
    before = len(room.chat.sent)
    with log_statements(room.store) as log:
        await room.outbox.drain_outbox()
    assert [sent.kind for sent in room.chat.sent[before:]] == [kind] * count
    return log


@pytest.mark.parametrize(("kind", "most"), [("topics", MOST_TO_HOME), ("reminder", MOST_TO_MEMBER)])
async def test_a_letter_asks_little(room: Room, kind: str, most: int) -> None:
    log = await log_sending(room, kind)
    assert len(log) <= most


async def test_letters_of_several_cohorts_ask_as_little_as_one(room: Room) -> None:
    elsewhere = Place("test", "space", "another")
    await room.says("mona", "cohort create name=summer start=2026-03-02", place=elsewhere)
    await room.says("mona", "cohort open summer sure=yes", place=elsewhere)
    for name in room.store.post_kinds.kinds:
        if name != "topics":
            await room.says("mona", f"posts settings post={name} on=no", place=elsewhere)
    log = await log_sending(room, "topics", count=2)
    # Two more: each letter may end by itself, and is followed by a look.
    assert len(log) <= MOST_TO_HOME + 2


async def test_an_idle_pulse_is_one_look(room: Room) -> None:
    await room.spring("ada")
    with log_statements(room.store) as log:
        due = await room.pulse()
    assert due is not None
    assert due > room.clock.now()
    assert len(log) == 1
