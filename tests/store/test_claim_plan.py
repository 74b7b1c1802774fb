"""What a claim costs: it reads the index of due letters in order, and never the whole table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, String, cast, event

from bot.store import Tx
from bot.store.claims import SELECT_NEXT_LETTER_DUE
from bot.store.tables import letters
from tests.support.database import execute_sql, load_first_cohort
from tests.support.room import FRIDAY, Room

HOMES, LETTERS_EACH = 200, 10
NOW = FRIDAY + timedelta(days=1)


async def enter_letters(room: Room) -> None:
    """Enter ten due letters for each of two hundred homes, and as many that have been sent."""
    await room.spring()
    cohort = await room.store.run(load_first_cohort, write=False)
    rows: list[dict[str, Any]] = [
        {
            "cohort_id": cohort.id,
            "edition": 1,
            "kind": "topics",
            "ref": f"{state}{number}",
            "home_id": home,
            "moment": FRIDAY + timedelta(minutes=number),
            "due_at": FRIDAY + timedelta(minutes=number),
            "state": state,
        }
        for number in range(LETTERS_EACH)
        for home in range(1000, 1000 + HOMES)
        for state in ("sent", "due")
    ]

    async def insert(tx: Tx) -> None:
        tx.connection.execute(letters.insert(), rows)

    await room.store.run(insert)


@contextmanager
def noted_statements(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Note each statement and its parameters as the database gets them."""
    noted: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        noted.append((sql, parameters))

    event.listen(connection, "before_cursor_execute", note)
    yield noted
    event.remove(connection, "before_cursor_execute", note)


def explain(connection: Connection, sql: str, parameters: Any) -> list[str]:
    """Return the steps SQLite takes for a statement."""
    steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
    return [step.detail for step in steps]


async def claim(tx: Tx) -> None:
    await tx.ledger.claim_letters(NOW, 50)


async def find_next(tx: Tx) -> None:
    tx.connection.execute(SELECT_NEXT_LETTER_DUE)


async def mend_homes(tx: Tx) -> None:
    await tx.ledger.make_home_letters_due([1000, 1001], FRIDAY)


@pytest.mark.parametrize("ask", [claim, find_next, mend_homes])
@pytest.mark.parametrize("is_analyzed", [False, True])
async def test_no_question_about_open_letters_scans_the_table(
    quick_room: Room, ask: Any, is_analyzed: bool
) -> None:
    await enter_letters(quick_room)

    async def list_steps(tx: Tx) -> list[str]:
        if is_analyzed:
            tx.connection.raw.exec_driver_sql("ANALYZE")
        with noted_statements(tx.connection.raw) as noted:
            await ask(tx)
        [(sql, parameters)] = noted
        return explain(tx.connection.raw, sql, parameters)

    steps = await quick_room.store.run(list_steps, is_trial=True)
    reading = [step for step in steps if step.startswith(("SCAN", "SEARCH"))]
    assert len(reading) > 0
    # The index of due letters holds only open ones, so it may be read from its beginning.
    assert [
        step
        for step in reading
        if step.startswith("SCAN")
        and step not in ("SCAN ready", "SCAN here USING INDEX letters_due")
    ] == []
    own = [step for step in reading if step.split()[1] in ("here", "other")]
    assert all("USING INDEX letters_" in step for step in own)


async def count_steps(room: Room, ask: Any) -> int:
    """Return how many hundreds of SQLite's own instructions a question takes."""

    async def ask_and_count(tx: Tx) -> int:
        driver = tx.connection.raw.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        # Once before: the first time it also reads the schema.
        tx.connection.execute(SELECT_NEXT_LETTER_DUE)
        ticks: list[None] = []
        driver.set_progress_handler(lambda: ticks.append(None), 100)
        await ask(tx)
        driver.set_progress_handler(None, 0)
        return len(ticks)

    return await room.store.run(ask_and_count, is_trial=True)


async def test_a_claim_looks_at_no_more_letters_than_it_takes(quick_room: Room) -> None:
    await enter_letters(quick_room)
    # Fifty letters of two thousand, some hundred instructions for each: its own turn, its row and
    # three indexes. To ask for earlier letters one by one took over a million.
    assert await count_steps(quick_room, claim) < 150


async def test_the_next_letter_is_the_first_in_the_index(quick_room: Room) -> None:
    await enter_letters(quick_room)
    assert await count_steps(quick_room, find_next) < 5


async def test_letters_that_wait_for_one_home_cost_a_step_each(quick_room: Room) -> None:
    await enter_letters(quick_room)

    async def gather_in_one_home(tx: Tx) -> None:
        ref = letters.c.ref + "." + cast(letters.c.home_id, String)
        tx.connection.execute(letters.update().values(home_id=1, ref=ref))

    await quick_room.store.run(gather_in_one_home)
    assert await count_steps(quick_room, claim) < 2000


# — the same on PostgreSQL —


@pytest.mark.parametrize("ask", [claim, find_next])
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_postgres_reads_no_whole_table_either(room: Room, ask: Any) -> None:
    await enter_letters(room)
    await execute_sql(room.store, "ANALYZE letters")

    async def list_plan(tx: Tx) -> list[str]:
        with noted_statements(tx.connection.raw) as noted:
            await ask(tx)
        [(sql, parameters)] = noted
        driver = tx.connection.raw
        # As the server plans it: its own numbered parameters, and their values.
        rows = driver.exec_driver_sql(f"EXPLAIN {sql}", parameters)
        return [row[0] for row in rows]

    plan = await room.store.run(list_plan, is_trial=True)
    assert any("letters_due" in line for line in plan)
    assert [line for line in plan if "Seq Scan on letters" in line] == []
