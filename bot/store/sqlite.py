"""SQLite: one connection that writes, a few that read, each in a thread of its own.

A transaction is queued to its connection's thread and runs there from its first query to its
commit. Transactions that wait to write are committed together: making a commit durable costs more
than a whole command, and one is enough for all of them.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import LRUCache

from bot.store.transaction import Transaction, TransactionError

BUSY = 5000  # ms that SQLite waits for another process, a backup for instance
MAX_READERS = 4
READER_TIMEOUT = 60.0  # seconds that a transaction waits for a free reader
MAX_COMMITTED_TOGETHER = 64
COMPILED_KEPT = 1000  # statements; the bot has about half as many

Result = TypeVar("Result")

_COMPILED: LRUCache[Any, Any] = LRUCache(COMPILED_KEPT)


class SqliteThread:
    """One SQLite connection, and the thread in which alone it is used.

    aiosqlite owns both; everything this program needs of its inside is in this class.
    """

    def __init__(self, url: URL, begin: str, *pragmas: str) -> None:
        self._driver: aiosqlite.Connection | None = None
        self._opening = asyncio.Lock()
        self._connection: Connection | None = None
        self._database = url.database or ":memory:"
        self.engine = _create_engine(url, self._get_driver_connection, begin, pragmas)

    async def run(self, function: Callable[[Connection], Result]) -> Result:
        """Run a function with the connection on its thread; it has to end its transaction."""
        async with self._opening:
            if self._driver is None:
                self._driver = await self._open_driver()
        driver: Any = self._driver
        result: Result = await driver._execute(self._run_here, function)
        return result

    async def close(self) -> None:
        """Close the connection, once everything queued before has run."""
        driver, self._driver = self._driver, None
        if driver is not None:
            await driver._execute(self._close_here)  # type: ignore[no-untyped-call]
            await driver.close()

    async def _open_driver(self) -> aiosqlite.Connection:
        connector = partial(sqlite3.connect, self._database, isolation_level=None)
        driver = aiosqlite.Connection(connector, iter_chunk_size=64)
        # A start that fails must be able to end, and threads of the usual kind would keep it
        # waiting.
        driver._thread.daemon = True
        return await driver

    def _get_driver_connection(self) -> sqlite3.Connection:
        assert self._driver is not None
        return self._driver._conn

    def _run_here(self, function: Callable[[Connection], Result]) -> Result:
        if self._connection is None:
            self._connection = self.engine.connect()
        return function(self._connection)

    def _close_here(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        # SQLAlchemy lets go of the driver's connection and does not close it: aiosqlite does.
        self.engine.dispose(close=False)


class SqliteDatabase:
    """The threads for one file."""

    def __init__(self, url: URL) -> None:
        self._writer = SqliteThread(
            url,
            # IMMEDIATE takes the write lock before anything is read. A plain BEGIN takes it at the
            # first write: if two transactions have read by then, one of them fails, however long it
            # waits, for what it has read is out of date.
            "BEGIN IMMEDIATE",
            # Readers go on reading the last commit while the writer writes.
            "PRAGMA journal_mode=WAL",
            # NORMAL may lose the last commits at a power cut: letters would be sent twice.
            "PRAGMA synchronous=FULL",
            "PRAGMA foreign_keys=ON",
            # What is deleted is gone from the file too: people may have asked for it.
            "PRAGMA secure_delete=ON",
        )
        # Before SQLite 3.51.3 two connections that write the log back (checkpoint) at the same time
        # can damage the file, so only the writer ever does.
        self._readers = [
            SqliteThread(url, "BEGIN", "PRAGMA wal_autocheckpoint=0", "PRAGMA query_only=ON")
            for _ in range(MAX_READERS)
        ]
        self._idle_readers = list(self._readers)
        self._reader_slots = asyncio.Semaphore(MAX_READERS)
        self._waiting: deque[Transaction[Any]] = deque()

    @property
    def engines(self) -> Sequence[Engine]:
        """The writer's engine, then the readers'."""
        return [thread.engine for thread in (self._writer, *self._readers)]

    async def write(self, transaction: Transaction[Result]) -> Result:
        """Run a transaction that may write, together with those that wait."""
        self._waiting.append(transaction)
        try:
            # The first of these calls that gets to the thread runs all that wait by then. The calls
            # of the others find nothing left to do: they only bring the outcome back.
            await self._writer.run(self._run_waiting)
        except asyncio.CancelledError:
            transaction.is_cancelled = True
            raise
        return transaction.get_result()

    async def read(self, transaction: Transaction[Result]) -> Result:
        """Run a transaction that only reads, on a reader of its own."""
        async with self._borrow_reader() as reader:
            await reader.run(partial(_run_alone, transaction))
        return transaction.get_result()

    async def write_schema(self, function: Callable[[Connection], None]) -> None:
        """Run a function in a transaction without a time limit."""

        def run_in_transaction(connection: Connection) -> None:
            with connection.begin():
                function(connection)

        await self._writer.run(run_in_transaction)

    async def close(self) -> None:
        """Close every connection, once what was queued has run."""
        # The writer last: SQLite writes the log back into the file when its last connection
        # closes, and only the writer may do that.
        for thread in (*self._readers, self._writer):
            await thread.close()

    @asynccontextmanager
    async def _borrow_reader(self) -> AsyncIterator[SqliteThread]:
        try:
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes just then.
            async with asyncio.timeout(READER_TIMEOUT):
                await self._reader_slots.acquire()
        except TimeoutError:
            raise PoolTimeout("no reader was free in time") from None
        # The one used last: its pages are in its cache, and an idle bot needs only one thread.
        reader = self._idle_readers.pop()
        try:
            yield reader
        finally:
            self._idle_readers.append(reader)
            self._reader_slots.release()

    def _run_waiting(self, connection: Connection) -> None:
        transactions: list[Transaction[Any]] = []
        while self._waiting and len(transactions) < MAX_COMMITTED_TOGETHER:
            transactions.append(self._waiting.popleft())
        if len(transactions) == 1:
            _run_alone(transactions[0], connection)
        elif transactions:
            _run_together(transactions, connection)


def _run_alone(transaction: Transaction[Any], connection: Connection) -> None:
    """Run one transaction, and leave its outcome in it."""
    try:
        with connection.begin() as begun:
            transaction.run(connection)
            _refuse_ended_transaction(connection)
            if transaction.is_trial:
                begun.rollback()
            else:
                transaction.is_committing = True
    # A door: an error belongs to the caller of its transaction, and this thread serves others.
    except BaseException as error:
        transaction.error = error
        _roll_back_rest(connection)


def _run_together(transactions: Sequence[Transaction[Any]], connection: Connection) -> None:
    """Run transactions with one commit, and leave its outcome in each."""
    left = list(transactions)
    while left:
        failed = _try_together(left, connection)
        if failed is None:
            return
        # SQLite rolled everything back by itself, a full disk for instance. The others are
        # repeated without the one that failed: none of their callers has heard of an outcome.
        left.remove(failed)


def _try_together(
    transactions: Sequence[Transaction[Any]], connection: Connection
) -> Transaction[Any] | None:
    """Run transactions with one commit; return the one that took all the others down with it."""
    try:
        with connection.begin() as begun:
            for transaction in transactions:
                _run_in_savepoint(transaction, connection)
                if not _is_in_transaction(connection):
                    begun.rollback()
                    return transaction
            for transaction in transactions:
                transaction.is_committing = transaction.error is None and not transaction.is_trial
    # A door, as above. Nothing began, or the commit failed: this is everybody's outcome who has
    # none of their own.
    except BaseException as error:
        for transaction in transactions:
            transaction.error = transaction.error or error
        _roll_back_rest(connection)
    return None


def _run_in_savepoint(transaction: Transaction[Any], connection: Connection) -> None:
    transaction.error = None
    connection.exec_driver_sql("SAVEPOINT one")
    try:
        transaction.run(connection)
        _refuse_ended_transaction(connection)
    # A door, as above.
    except BaseException as error:
        transaction.error = error
    if not _is_in_transaction(connection):
        return
    if transaction.error is not None or transaction.is_trial:
        connection.exec_driver_sql("ROLLBACK TO one")
    connection.exec_driver_sql("RELEASE one")


def _refuse_ended_transaction(connection: Connection) -> None:
    """Raise `TransactionError` if nothing is left to commit: its caller would be told of success."""
    if not _is_in_transaction(connection):
        raise TransactionError("the transaction ended before its commit")


def _roll_back_rest(connection: Connection) -> None:
    # After a commit that failed, SQLAlchemy is done with the transaction, and SQLite is not.
    _get_driver_connection(connection).rollback()


def _is_in_transaction(connection: Connection) -> bool:
    return _get_driver_connection(connection).in_transaction


def _get_driver_connection(connection: Connection) -> sqlite3.Connection:
    driver_connection = connection.connection.driver_connection
    assert isinstance(driver_connection, sqlite3.Connection)
    return driver_connection


def _create_engine(
    url: URL, connect: Callable[[], Any], begin: str, pragmas: Sequence[str]
) -> Engine:
    dialect = _get_dialect()
    engine = Engine(
        StaticPool(connect, dialect=dialect),
        dialect,
        url.set(drivername="sqlite"),
        execution_options={"compiled_cache": _COMPILED},
        # Errors end in the log, and the parameters are people's words.
        hide_parameters=True,
    )

    # By itself the driver begins a transaction only at the first write, so what was read before
    # is not part of it: fifteen people once took two seats.
    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    @event.listens_for(engine, "connect")
    def prepare_new_connection(connection: Any, _record: Any) -> None:
        for pragma in (f"PRAGMA busy_timeout={BUSY}", *pragmas):
            connection.execute(pragma).close()

    return engine


@cache
def _get_dialect() -> Dialect:
    """Return the dialect of every connection: compiled statements are kept by it."""
    # `create_engine` would make one for each connection, and the first use of a statement would be
    # slow on each of them. A dialect learns SQLite's version from its first connection.
    engine = create_engine("sqlite://")
    with engine.connect():
        pass
    engine.dispose()
    return engine.dialect
