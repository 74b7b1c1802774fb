"""SQLite with one visit to its thread for each statement.

The driver goes to the connection's thread four times for one statement (make a cursor, execute, fetch, close). A statement
here is executed and fetched whole in one go, which costs a third; results are small, and nothing is read while it is held.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite


class SqliteCursor:
    """What SQLAlchemy asks of a driver's cursor. Rows are there as soon as a statement has been executed."""

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
            (cursor.executemany if many else cursor.execute)(statement, parameters)
            self._rows = cursor.fetchall() if cursor.description else ()
            self.description, self.rowcount, self.lastrowid = (
                cursor.description,
                cursor.rowcount,
                cursor.lastrowid,
            )
        finally:
            cursor.close()

    async def fetchall(self) -> Sequence[Any]:
        return self._rows

    async def close(self) -> None:
        """Nothing is left open: the thread's own cursor was closed where it was used."""


class SqliteConnection(aiosqlite.Connection):
    """A connection that hands out such cursors, and rolls back only where there is something to roll back."""

    def cursor(self) -> Any:
        return SqliteCursor(self)

    async def run_on_thread(self, work: Callable[..., None], *details: Any, **more: Any) -> None:
        """Do something with the connection on its own thread."""
        await self._execute(partial(work, self._conn, *details, **more))  # type: ignore[no-untyped-call]

    async def rollback(self) -> None:
        if self.in_transaction:
            await super().rollback()


def connect_sqlite(database: str, **settings: Any) -> SqliteConnection:
    """A connection that opens when it is awaited."""
    connection = SqliteConnection(
        partial(sqlite3.connect, database, **settings), iter_chunk_size=64
    )
    connection._thread.daemon = True  # a start that fails must be able to end
    return connection
