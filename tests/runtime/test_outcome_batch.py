"""Outcomes are written together, and each delivery learns what became of its own letter."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.runtime.outcome_batch import MAX_WRITTEN_TOGETHER, LetterEnding, OutcomeBatch
from bot.store import Tx
from bot.store.ledger import Letter, LetterChange
from bot.store.tables import letters
from tests.support.database import execute_sql, load_first_cohort, record_commits
from tests.support.room import FRIDAY, Room

COUNT = 40


async def claim_many(room: Room) -> Sequence[Letter]:
    """Enter and claim a letter for each of forty homes."""
    await room.spring()
    cohort = await room.store.run(load_first_cohort, write=False)
    row: dict[str, Any] = {"cohort_id": cohort.id, "edition": 1, "kind": "topics", "ref": "week-1"}
    row |= {"moment": FRIDAY, "due_at": FRIDAY, "state": "due"}

    async def insert(tx: Tx) -> None:
        rows = [{**row, "home_id": home} for home in range(1000, 1000 + COUNT)]
        tx.connection.execute(letters.insert(), rows)

    await room.store.run(insert)
    return await room.store.run(lambda tx: tx.ledger.claim_letters(FRIDAY, COUNT))


def build_ending(letter: Letter, sent_ref: Any = "1") -> LetterEnding:
    return LetterEnding(LetterChange(letter, "sent", "", FRIDAY, sent_ref), FRIDAY)


async def list_states(room: Room) -> list[str]:
    rows = await execute_sql(
        room.store, "SELECT state FROM letters WHERE home_id >= 1000 ORDER BY id", write=False
    )
    return [row.state for row in rows]


async def test_letters_that_end_together_share_a_commit(room: Room) -> None:
    claimed = await claim_many(room)
    batch = OutcomeBatch(room.store)
    with record_commits(room.store) as commits:
        ours = await asyncio.gather(
            *(batch.write_ending(build_ending(letter)) for letter in claimed)
        )
    assert ours == [True] * COUNT
    assert len(commits) <= 1 + COUNT // MAX_WRITTEN_TOGETHER
    assert await list_states(room) == ["sent"] * COUNT


async def test_each_delivery_learns_if_its_own_lease_was_lost(room: Room) -> None:
    slept = await claim_many(room)
    later = FRIDAY + timedelta(minutes=3)
    # Only the first ten were claimed by somebody else in the meantime.
    taken = await room.store.run(lambda tx: tx.ledger.claim_letters(later, 10))
    assert [letter.id for letter in taken] == [letter.id for letter in slept[:10]]
    batch = OutcomeBatch(room.store)
    ours = await asyncio.gather(
        *(batch.write_ending(build_ending(letter)) for letter in (*slept, *taken))
    )
    assert ours == [False] * 10 + [True] * (COUNT - 10) + [True] * 10
    assert await list_states(room) == ["sent"] * COUNT


async def test_an_outcome_that_cannot_be_written_takes_no_other_with_it(room: Room) -> None:
    claimed = await claim_many(room)
    batch = OutcomeBatch(room.store)
    results = await asyncio.gather(
        batch.write_ending(build_ending(claimed[0], object())),
        *(batch.write_ending(build_ending(letter)) for letter in claimed[1:]),
        return_exceptions=True,
    )
    assert isinstance(results[0], Exception)
    assert results[1:] == [True] * (COUNT - 1)
    assert await list_states(room) == ["claimed"] + ["sent"] * (COUNT - 1)


async def test_a_cancelled_delivery_leaves_the_others_to_be_written(room: Room) -> None:
    claimed = await claim_many(room)
    batch = OutcomeBatch(room.store)
    tasks = [asyncio.create_task(batch.write_ending(build_ending(each))) for each in claimed]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    tasks[0].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert False not in results[1:] or await list_states(room) == ["sent"] * COUNT
    assert (await list_states(room))[1:] == ["sent"] * (COUNT - 1)


async def test_a_change_does_the_same_alone_and_with_others(room: Room) -> None:
    later = FRIDAY + timedelta(minutes=1)
    changes: list[dict[str, Any]] = [
        {"state": "sent", "sent_ref": "7"},
        {"state": "failed", "reason": "given up", "is_settled": True},
        {"state": "due", "reason": "no answer in time"},
        {"state": "due", "is_settled": True},
        {"state": "due", "is_settled": True, "is_try_returned": True},
    ]
    claimed = await claim_many(room)
    pairs = []
    for values, alone, together in zip(changes, claimed, claimed[len(changes) :], strict=False):
        filled = {"reason": "", "at": later, **values}
        pairs.append((LetterChange(alone, **filled), LetterChange(together, **filled)))

    async def write(tx: Tx) -> None:
        for alone, _ in pairs:
            assert await tx.ledger.write_letter_changes([alone]) == {alone.fence}
        others = [together for _, together in pairs]
        held = await tx.ledger.write_letter_changes(others)
        assert held == {together.fence for together in others}

    await room.store.run(write)
    columns = "state, reason, sent_ref, ended_at, due_at, tries, settled"
    rows = await execute_sql(
        room.store, f"SELECT {columns} FROM letters WHERE home_id >= 1000 ORDER BY id", write=False
    )
    written = [tuple(row) for row in rows]
    assert written[: len(changes)] == written[len(changes) : 2 * len(changes)]
    assert [(row.state, row.sent_ref, row.tries, row.settled) for row in rows[: len(changes)]] == [
        ("sent", "7", 1, 0),
        ("failed", None, 1, 1),
        ("due", None, 1, 0),
        ("due", None, 1, 1),
        ("due", None, 0, 0),
    ]
