"""Opening the database: engines and connections; and `transaction`, the one way to a `Tx`.

A database that cannot be used (read-only, locked, in use by another bot, from a newer version) is
refused at the start with a sentence, and a start that fails closes everything it opened.

SQLite: one connection writes, four read. Postgres: one pool for both.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from filelock import FileLock
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from bot.chat.errors import DatabaseUnavailableError
from bot.post import PostRegistry, post_registry
from bot.store.errors import StoreError, format_start_failure
from bot.store.outage import (
    DatabaseAvailability,
    find_outage_reason,
    is_commit_doubtful,
    strip_error_details,
)
from bot.store.schema import (
    MIGRATIONS,
    fetch_schema_revision,
    find_newest_revision,
    migrate_connection,
    refuse_newer_schema,
    refuse_older_schema,
)
from bot.store.sqlite import connect_sqlite
from bot.store.sqlite_file import has_usable_file, lock_sqlite_file
from bot.store.tx import Tx

__all__ = ["BUSY", "MIGRATIONS", "Store", "StoreError", "find_newest_revision"]

BUSY = 5000  # ms that SQLite waits for another process, a backup for instance
REACHING = 10.0  # seconds that a server has to take a connection
ANSWERING = 60.0  # seconds that a server has to answer a statement

log = logging.getLogger(__name__)


class Store:
    """An open database, and the kinds of posts that fall due in it."""

    def __init__(
        self,
        writer: AsyncEngine,
        reader: AsyncEngine,
        lock: FileLock | None,
        post_kinds: PostRegistry = post_registry,
    ) -> None:
        self.post_kinds = post_kinds
        self._writer = writer
        self._reader = reader
        self._lock = lock
        # On SQLite the writer can be locked out, or its disk full, while the readers go on.
        self._writing = DatabaseAvailability()
        self._reading = self._writing if reader is writer else DatabaseAvailability()

    @classmethod
    async def open_database(cls, url: str, post_kinds: PostRegistry = post_registry) -> Store:
        """Open the database at a SQLAlchemy URL, and make or migrate its tables.

        Raises `StoreError`.
        """
        address = make_url(url)
        lock = None
        # Locked first: nothing is read from a file another bot may be migrating.
        if address.get_backend_name() == "sqlite":
            lock = lock_sqlite_file(address)
        store = cls(*_create_engines(address), lock, post_kinds)
        async with store._guard_start(address):
            await store._migrate_schema()
        return store

    @classmethod
    async def open_for_reading(cls, url: str) -> Store | None:
        """Open the database for reading, beside a bot that may be using it.

        Locks nothing and migrates nothing. None if there is no database yet but one can be made.
        Raises `StoreError`, also for a schema other than this version's.
        """
        address = make_url(url)
        # Opening would make the file, so it is looked for first.
        if address.get_backend_name() == "sqlite" and not has_usable_file(address):
            return None
        _, reader = _create_engines(address)
        reader = reader.execution_options(postgresql_readonly=True)
        store = cls(reader, reader, None)
        async with store._guard_start(address):
            async with reader.connect() as connection:
                revision = await fetch_schema_revision(connection)
            refuse_older_schema(revision)
            refuse_newer_schema(revision)
        if revision is None:
            await store.close()
            return None
        return store

    @property
    def is_exclusive(self) -> bool:
        """Return True if no other process can be using this database."""
        return self._lock is not None

    @asynccontextmanager
    async def transaction(self, *, write: bool = True, is_trial: bool = False) -> AsyncIterator[Tx]:
        """Run a transaction: committed at the end, rolled back on any error.

        Without `write` it takes no write lock, and on SQLite it cannot write.
        A trial is always rolled back: it shows a command's answer without its effects.
        Raises `DatabaseUnavailableError` if the database cannot be used at the moment.
        """
        engine, availability = self._reader, self._reading
        if write:
            engine, availability = self._writer, self._writing
        started_at, is_committing = availability.get_transaction_start(), False
        try:
            async with _open_connection(engine, is_trial=is_trial) as connection:
                yield Tx(connection, self.post_kinds)
                # From here on only the commit can fail, and its outcome may be unknown.
                is_committing = not is_trial
        # A door: everything that happens in the database passes here, and so do errors from the
        # block itself. Those are no outage, and go on unchanged.
        except Exception as error:
            strip_error_details(error)
            reason = find_outage_reason(error)
            if reason is None:
                raise
            availability.record_outage(reason, error)
            is_doubtful = write and is_committing and is_commit_doubtful(error)
            raise DatabaseUnavailableError(reason, is_doubtful=is_doubtful) from error
        availability.record_success(started_at)

    async def close(self) -> None:
        """Close every connection, and release the lock."""
        # The writer last: SQLite writes the log back into the file when its last connection
        # closes, and only the writer may do that. The lock after everything.
        await self._reader.dispose()
        await self._writer.dispose()
        if self._lock is not None:
            self._lock.release()

    @asynccontextmanager
    async def _guard_start(self, url: URL) -> AsyncIterator[None]:
        """Close the store if the block fails, and give the reason as a `StoreError`."""
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(self.close)
            try:
                yield
            # A door: asyncpg's errors come through untranslated while it connects.
            except Exception as error:
                is_database = isinstance(error, (DBAPIError, OSError))
                if is_database or find_outage_reason(error) is not None:
                    raise StoreError(format_start_failure(error, url)) from error
                raise
            on_failure.pop_all()

    async def _migrate_schema(self) -> None:
        engine = self._writer
        # A migration may take longer than a server's answer to a statement, so it gets a
        # connection without time limits. SQLite has none, and must keep its single writer.
        if engine.dialect.name != "sqlite":
            engine = _create_server_engine(engine.url, poolclass=NullPool)
        async with engine.begin() as connection:
            await migrate_connection(connection, self._writer.url)


def _open_connection(
    engine: AsyncEngine, *, is_trial: bool
) -> AbstractAsyncContextManager[AsyncConnection]:
    # A connection closed without a commit rolls back.
    return engine.connect() if is_trial else engine.begin()


def _create_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """Return the engine that writes and the engine that reads, on Postgres the same one."""
    if url.get_backend_name() == "sqlite":
        return _create_sqlite_engines(url)
    limits = {"timeout": REACHING, "command_timeout": ANSWERING}
    engine = _create_server_engine(
        # `pre_ping`: a connection that died while it was idle is replaced and not handed out.
        url,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args=limits,
    )
    return engine, engine


def _create_sqlite_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    log.info("SQLite %s at %s", sqlite3.sqlite_version, url.database)
    options: dict[str, Any] = {
        "poolclass": AsyncAdaptedQueuePool,
        "max_overflow": 0,
        "pool_timeout": 60,
        "connect_args": {"async_creator_fn": connect_sqlite},
        # Errors end in the log, and the parameters are people's words.
        "hide_parameters": True,
    }
    # One writer. SQLite lets only one connection write at a time anyway. A pool of one makes the
    # others wait in order here; several would be told "database is locked" at random.
    writer = create_async_engine(url, pool_size=1, **options)
    reader = create_async_engine(url, pool_size=4, **options)
    _prepare_connections(
        writer,
        # IMMEDIATE takes the write lock before anything is read. A plain BEGIN takes it at the
        # first write: if two transactions have read by then, one of them fails, however long it
        # waits, for what it has read is out of date.
        "BEGIN IMMEDIATE",
        # Readers go on reading the last commit while the writer writes.
        "PRAGMA journal_mode=WAL",
        # NORMAL may lose the last commits at a power cut: letters would be sent twice.
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
    )
    # Before SQLite 3.51.3 two connections that write the log back (checkpoint) at the same time
    # can damage the file, so only the writer ever does.
    _prepare_connections(reader, "BEGIN", "PRAGMA wal_autocheckpoint=0", "PRAGMA query_only=ON")
    return writer, reader


def _create_server_engine(url: URL, **options: Any) -> AsyncEngine:
    return create_async_engine(url, hide_parameters=True, **options)


def _prepare_connections(engine: AsyncEngine, begin: str, *pragmas: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def prepare_new_connection(connection: Any, _record: Any) -> None:
        # By itself the driver begins a transaction only at the first write, so what was read
        # before is not part of it: fifteen people once took two seats.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"PRAGMA busy_timeout={BUSY}", *pragmas):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
