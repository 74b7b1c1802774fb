"""Transactions: functions that run in the database, on SQLite committed together when they wait."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.chat.errors import DatabaseUnavailableError
from bot.store import Store, TransactionError, Tx, TxWork, sqlite
from tests.support.database import (
    Gate,
    execute_sql,
    execute_statement,
    hold_transaction,
    record_commits,
)

speaker: ContextVar[str] = ContextVar("speaker", default="nobody")


@pytest.fixture
async def file_store(empty_file: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store on SQLite, where transactions are committed together."""
    url = f"sqlite+aiosqlite:///{shutil.copy(empty_file, tmp_path)}"
    opened = await Store.open_database(url)
    yield opened
    await opened.close()


def save(name: str) -> TxWork[str]:
    """Return a function that saves a mark and returns the mark's name."""

    async def save_mark(tx: Tx) -> str:
        await tx.answers.save_mark(name, "saved")
        return name

    return save_mark


def save_and_fail(name: str) -> TxWork[str]:
    """Return a function that saves a mark, then fails with a `ValueError` of the mark's name."""

    async def save_mark(tx: Tx) -> str:
        await tx.answers.save_mark(name, "saved")
        raise ValueError(name)

    return save_mark


async def list_saved(store: Store) -> list[str]:
    """Return the names of the marks that tests have saved, sorted."""
    query = "SELECT name FROM marks WHERE value = 'saved' ORDER BY name"
    return [row.name for row in await execute_sql(store, query, write=False)]


async def run_while_busy(store: Store, *works: TxWork[str]) -> Sequence[str | BaseException]:
    """Start transactions while another one is open, and return the result or error of each."""
    async with hold_transaction(store):
        tasks = [asyncio.create_task(store.run(work)) for work in works]
        await asyncio.sleep(0)  # each of them waits by now
    return await asyncio.gather(*tasks, return_exceptions=True)


def end_transaction(tx: Tx) -> None:
    """Roll everything back behind SQLAlchemy's back, as SQLite does on some errors."""
    driver = cast(Any, tx.connection.raw.connection.driver_connection)
    driver.execute("ROLLBACK")


# — what a function may do —


async def test_a_function_that_waits_for_something_else_is_refused_and_changes_nothing(
    store: Store,
) -> None:
    async def save_and_wait(tx: Tx) -> None:
        await tx.answers.save_mark("early", "saved")
        await asyncio.sleep(0)
        await tx.answers.save_mark("late", "saved")

    with pytest.raises(TransactionError, match="waits for something outside the database") as error:
        await store.run(save_and_wait)
    lines = [str(entry.statement).strip() for entry in error.traceback]
    assert "await asyncio.sleep(0)" in lines, "the traceback shows where it waits"
    assert await list_saved(store) == []
    assert await store.run(save("next")) == "next"


async def test_a_function_that_waits_is_refused_although_it_swallows_the_error(
    store: Store,
) -> None:
    async def save_and_wait(tx: Tx) -> None:
        await tx.answers.save_mark("early", "saved")
        with suppress(Exception):
            await asyncio.sleep(0)
        await tx.answers.save_mark("late", "saved")

    async def wait_again_and_again(tx: Tx) -> None:
        for _ in range(3):
            with suppress(Exception):
                await asyncio.sleep(0)

    for work, write in (
        (save_and_wait, True),
        (wait_again_and_again, True),
        (wait_again_and_again, False),
    ):
        with pytest.raises(TransactionError, match="waits for something outside the database"):
            await store.run(work, write=write)
    assert await list_saved(store) == []


@pytest.mark.parametrize("outer", [True, False])
@pytest.mark.parametrize("inner", [True, False])
async def test_a_transaction_inside_a_transaction_is_refused(
    store: Store, outer: bool, inner: bool
) -> None:
    async def save_and_nest(tx: Tx) -> None:
        if outer:
            await tx.answers.save_mark("outer", "saved")
        await store.run(save("inner"), write=inner)

    with pytest.raises(TransactionError, match="a transaction inside a transaction"):
        await store.run(save_and_nest, write=outer)
    assert await list_saved(store) == []


async def test_a_transaction_beside_one_that_is_open_is_not_inside_it(store: Store) -> None:
    async with hold_transaction(store):
        assert await list_saved(store) == []
    async with hold_transaction(store, write=False):
        assert await store.run(save("beside")) == "beside"
        assert await list_saved(store) == ["beside"]


async def test_a_transaction_that_reads_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await store.run(save("read"), write=False)
    assert await store.run(save("written")) == "written"
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await store.run(save("read"), write=False)
    assert await list_saved(store) == ["written"]


async def test_more_may_want_to_read_at_once_than_there_are_connections(store: Store) -> None:
    await store.run(save("shared"))
    found = await asyncio.gather(*(list_saved(store) for _ in range(30)))
    assert found == [["shared"]] * 30


async def test_context_variables_of_the_caller_are_seen_inside_and_not_changed_outside(
    store: Store,
) -> None:
    async def ask_and_set(tx: Tx) -> str:
        former = speaker.get()
        speaker.set("somebody inside")
        return former

    async def ask_as(name: str) -> tuple[str, str, str]:
        speaker.set(name)
        read = await store.run(ask_and_set, write=False)
        return name, read, await store.run(ask_and_set)

    names = [f"person {number}" for number in range(8)]
    async with hold_transaction(store):
        asking = asyncio.gather(*(ask_as(name) for name in names))
        await asyncio.sleep(0)
    assert await asking == [(name, name, name) for name in names]
    assert await store.run(ask_and_set) == "nobody"
    assert speaker.get() == "nobody"


# — what is kept —


async def test_an_error_rolls_everything_back_and_goes_on_unchanged(store: Store) -> None:
    with pytest.raises(ValueError, match="half"):
        await store.run(save_and_fail("half"))
    assert await list_saved(store) == []


async def test_a_trial_returns_its_result_and_leaves_nothing(store: Store) -> None:
    async def save_and_look(tx: Tx) -> str | None:
        await tx.answers.save_mark("tried", "saved")
        return await tx.answers.load_mark("tried")

    assert await store.run(save_and_look, is_trial=True) == "saved"
    assert await list_saved(store) == []


async def test_a_caller_cancelled_in_the_middle_leaves_nothing(store: Store) -> None:
    gate = Gate()

    async def save_and_stand_still(tx: Tx) -> None:
        await tx.answers.save_mark("half", "saved")
        gate.stand_still(tx)

    running = asyncio.create_task(store.run(save_and_stand_still))
    await gate.reached.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    gate.open()
    assert await store.run(save("next")) == "next"
    assert await list_saved(store) == ["next"]


# — several at once —


async def test_of_several_at_once_each_keeps_its_own_result_and_its_own_error(
    store: Store,
) -> None:
    async def wait(tx: Tx) -> str:
        await tx.answers.save_mark("waited", "saved")
        await asyncio.sleep(0)
        return "waited"

    async with hold_transaction(store):
        trial = asyncio.create_task(store.run(save("trial"), is_trial=True))
        works = (save("a"), save_and_fail("b"), save("c"), wait, save("d"))
        tasks = [asyncio.create_task(store.run(work)) for work in works]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(trial, *tasks, return_exceptions=True)
    assert [repr(outcome) for outcome in outcomes] == [
        "'trial'",
        "'a'",
        "ValueError('b')",
        "'c'",
        "TransactionError('a transaction waits for something outside the database')",
        "'d'",
    ]
    assert await list_saved(store) == ["a", "c", "d"]


async def test_each_of_several_sees_what_those_before_it_have_saved(file_store: Store) -> None:
    async def count_marks(tx: Tx) -> str:
        ((count,),) = execute_statement(tx, "SELECT count(*) FROM marks WHERE value = 'saved'")
        return str(count)

    works = (count_marks, save("a"), count_marks, save_and_fail("b"), save("c"), count_marks)
    outcomes = await run_while_busy(file_store, *works)
    assert [str(outcome) for outcome in outcomes] == ["0", "a", "1", "b", "c", "2"]


async def test_those_that_wait_for_the_writer_are_committed_together(file_store: Store) -> None:
    names = [f"mark-{number}" for number in range(8)]
    with record_commits(file_store) as commits:
        outcomes = await run_while_busy(file_store, *map(save, names))
    assert outcomes == names
    assert len(commits) == 2, "the one that kept the writer busy, and one for all the others"
    assert await list_saved(file_store) == names


async def test_no_more_than_a_certain_number_are_committed_together(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "MAX_COMMITTED_TOGETHER", 3)
    names = [f"mark-{number}" for number in range(7)]
    with record_commits(file_store) as commits:
        outcomes = await run_while_busy(file_store, *map(save, names))
    assert outcomes == names
    assert len(commits) == 1 + 3
    assert await list_saved(file_store) == names


async def test_a_caller_cancelled_before_the_start_leaves_nothing_and_harms_nobody(
    file_store: Store,
) -> None:
    for others in ([], ["a", "b"]):
        async with hold_transaction(file_store):
            cancelled = asyncio.create_task(file_store.run(save("cancelled")))
            tasks = [asyncio.create_task(file_store.run(save(name))) for name in others]
            await asyncio.sleep(0)
            cancelled.cancel()
            with pytest.raises(asyncio.CancelledError):
                await cancelled
        assert await asyncio.gather(*tasks) == others
        assert await file_store.run(save("next")) == "next"
        assert await list_saved(file_store) == sorted([*others, "next"])


async def test_a_commit_that_fails_fails_all_that_it_was_for(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialect, numbers = file_store.engines[0].dialect, itertools.count(1)
    commit = dialect.do_commit

    def commit_once(connection: Any) -> None:
        if next(numbers) > 1:  # the first is of the one that keeps the writer busy
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error
        commit(connection)

    monkeypatch.setattr(dialect, "do_commit", commit_once)
    works = (save("a"), save_and_fail("b"), save("c"))
    first, second, third = await run_while_busy(file_store, *works)
    monkeypatch.undo()
    for outcome in (first, third):
        assert isinstance(outcome, DatabaseUnavailableError)
        assert (outcome.reason, outcome.is_doubtful) == ("disk I/O error", True)
    assert repr(second) == "ValueError('b')"
    assert await list_saved(file_store) == []
    assert await file_store.run(save("next")) == "next"
    assert await list_saved(file_store) == ["next"]


async def test_after_a_commit_that_fails_the_writer_goes_on(file_store: Store) -> None:
    async def break_promise(tx: Tx) -> str:
        # SQLite looks at these keys at the commit, and keeps a transaction open that it refuses.
        execute_statement(tx, "PRAGMA defer_foreign_keys = ON")
        row = {"cohort": 404, "space": 404}
        home = (
            "INSERT INTO homes (cohort_id, space_id, channel) VALUES (:cohort, :space, 'nowhere')"
        )
        execute_statement(tx, home, row)
        return "promised"

    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await file_store.run(break_promise)
    outcomes = await run_while_busy(file_store, save("a"), break_promise)
    assert [type(outcome) for outcome in outcomes] == [IntegrityError, IntegrityError]
    assert await file_store.run(save("next")) == "next"
    assert await list_saved(file_store) == ["next"]


async def test_one_that_ends_the_transaction_of_all_fails_alone_and_the_others_are_repeated(
    file_store: Store,
) -> None:
    runs: list[str] = []

    async def save_twice(tx: Tx) -> str:
        runs.append("before")
        await tx.answers.save_mark("before", "saved")
        return f"run {len(runs)}"

    async def save_and_end(tx: Tx) -> str:
        await tx.answers.save_mark("ended", "saved")
        end_transaction(tx)
        raise sqlite3.OperationalError("database or disk is full")

    with record_commits(file_store) as commits:
        outcomes = await run_while_busy(file_store, save_twice, save_and_end, save("after"))
    assert [str(outcome) for outcome in outcomes] == [
        "run 2",
        "database or disk is full",
        "after",
    ]
    assert len(commits) == 2
    assert await list_saved(file_store) == ["after", "before"]


async def test_nobody_is_told_of_success_whose_transaction_has_ended_before_its_commit(
    file_store: Store,
) -> None:
    async def save_and_end(tx: Tx) -> str:
        await tx.answers.save_mark("ended", "saved")
        end_transaction(tx)
        return "saved"

    before, ended, after = await run_while_busy(
        file_store, save("before"), save_and_end, save("after")
    )
    assert (before, after) == ("before", "after")
    assert isinstance(ended, TransactionError)
    with pytest.raises(TransactionError):
        await file_store.run(save_and_end)
    assert await list_saved(file_store) == ["after", "before"]


async def test_a_full_disk_fails_the_one_that_needs_more_room_and_nobody_else(
    file_store: Store,
) -> None:
    await file_store.run(save("first"))
    ((pages,),) = await execute_sql(file_store, "PRAGMA page_count")
    await execute_sql(file_store, f"PRAGMA max_page_count = {pages + 2}")

    async def save_much(tx: Tx) -> str:
        await tx.answers.save_mark("much", "x" * 1_000_000)
        return "much"

    before, much, after = await run_while_busy(file_store, save("a"), save_much, save("b"))
    assert isinstance(much, DatabaseUnavailableError)
    assert (before, after) == ("a", "b")
    assert (much.reason, much.is_doubtful) == ("database or disk is full", False)
    assert await list_saved(file_store) == ["a", "b", "first"]


# — a reader that is not to be had —


async def test_those_that_find_no_free_reader_in_time_hear_that_the_database_is_slow(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "READER_TIMEOUT", 0.05)
    async with AsyncExitStack() as busy:
        for _ in range(sqlite.MAX_READERS):
            await busy.enter_async_context(hold_transaction(file_store, write=False))
        with pytest.raises(DatabaseUnavailableError, match="it answers too slowly"):
            await list_saved(file_store)
        assert await file_store.run(save("written")) == "written"
    assert await list_saved(file_store) == ["written"]


async def test_transactions_one_after_the_other_share_a_thread(file_store: Store) -> None:
    before = set(threading.enumerate())
    await asyncio.gather(*(file_store.run(save(f"mark-{number}")) for number in range(20)))
    assert set(threading.enumerate()) - before == set()
    for _ in range(20):
        await list_saved(file_store)
    assert len(set(threading.enumerate()) - before) == 1
