"""SQLite with one visit to its thread for each statement.

The driver goes to the connection's thread four times for one statement (make a cursor, execute,
fetch, close). Here a statement is executed and fetched whole in one visit, which costs a third.
Results are small, and nothing is read while it is held.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite


class SqliteCursor:
    """The part of a driver's cursor SQLAlchemy uses; rows are there once a statement has run."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        await self._connection.run_on_thread(
            self._execute_and_fetch, statement, parameters, many=False
        )
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        await self._connection.run_on_thread(
            self._execute_and_fetch, statement, parameters, many=True
        )
        return self

    def _execute_and_fetch(
        self, connection: sqlite3.Connection, statement: str, parameters: Any, many: bool
    ) -> None:
        cursor = connection.cursor()
        try:
            if many:
                cursor.executemany(statement, parameters)
            else:
                cursor.execute(statement, parameters)
            # Fetched before the other values are read: with RETURNING the count of rows is only
            # right once all of them have been fetched.
            self._rows = cursor.fetchall() if cursor.description else ()
            self.description = cursor.description
            self.rowcount = cursor.rowcount
            self.lastrowid = cursor.lastrowid
        finally:
            cursor.close()

    async def fetchall(self) -> Sequence[Any]:
        return self._rows

    async def close(self) -> None:
        """Do nothing: the thread's own cursor was closed right after it was used."""


class SqliteConnection(aiosqlite.Connection):
    """A connection with such cursors, that rolls back only if there is anything to roll back."""

    def cursor(self) -> Any:
        return SqliteCursor(self)

    async def run_on_thread(self, work: Callable[..., None], *details: Any, **options: Any) -> None:
        """Run a function with the driver's connection on its own thread."""
        on_thread = partial(work, self._conn, *details, **options)
        await self._execute(on_thread)  # type: ignore[no-untyped-call]  # aiosqlite's own

    async def rollback(self) -> None:
        # SQLAlchemy rolls back each time a connection returns to the pool, nearly always for
        # nothing. That visit to the thread is saved.
        if self.in_transaction:
            await super().rollback()


def connect_sqlite(database: str, **settings: Any) -> SqliteConnection:
    """Return a connection that opens once it is awaited."""
    connector = partial(sqlite3.connect, database, **settings)
    connection = SqliteConnection(connector, iter_chunk_size=64)
    # A start that fails must be able to end, and threads of the usual kind would keep it waiting.
    connection._thread.daemon = True
    return connection
