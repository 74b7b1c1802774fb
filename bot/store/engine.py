"""Opening the database, and `Store.run`, the one way to a `Tx`.

A database that cannot be used (read-only, locked, in use by another bot, from a newer version) is
refused at the start with a sentence, and a start that fails closes everything it opened.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from filelock import FileLock
from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

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
from bot.store.sqlite import SqliteDatabase
from bot.store.sqlite_file import has_usable_file, lock_sqlite_file
from bot.store.transaction import Transaction, TxWork, refuse_nested_transaction
from bot.store.tx import Tx

__all__ = ["MIGRATIONS", "Store", "StoreError", "find_newest_revision"]

if TYPE_CHECKING:
    from bot.store.postgres import PostgresDatabase

Result = TypeVar("Result")

log = logging.getLogger(__name__)


class Store:
    """An open database, and the kinds of posts that fall due in it."""

    def __init__(
        self,
        database: SqliteDatabase | PostgresDatabase,
        lock: FileLock | None,
        post_kinds: PostRegistry = post_registry,
    ) -> None:
        self.post_kinds = post_kinds
        self._database = database
        self._lock = lock
        self._is_for_reading = False
        self._writing = DatabaseAvailability()
        # On SQLite the writer can be locked out, or its disk full, while the readers go on.
        is_file = isinstance(database, SqliteDatabase)
        self._reading = DatabaseAvailability() if is_file else self._writing

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
        store = cls(_create_database(address), lock, post_kinds)
        async with store._guard_start(address):
            await store._database.write_schema(lambda sync: migrate_connection(sync, address))
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
        store = cls(_create_database(address), None)
        store._is_for_reading = True
        async with store._guard_start(address):
            revision = await store.run(_fetch_revision, write=False)
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

    @property
    def engines(self) -> Sequence[Engine]:
        """The engine of every connection, for those who measure or count statements."""
        return self._database.engines

    async def run(
        self, work: TxWork[Result], *, write: bool = True, is_trial: bool = False
    ) -> Result:
        """Run a function in a transaction: committed at its end, rolled back on any error.

        `work` takes the `Tx` and awaits nothing else. It may run again, where a commit shared with
        others failed: it changes nothing outside before this returns.
        Without `write`, or opened for reading, it takes no write lock, and cannot write.
        A trial is always rolled back: it shows a command's answer without its effects.
        Raises what `work` raises, `TransactionError` where it waits for anything else, and
        `DatabaseUnavailableError` if the database cannot be used at the moment.
        """
        refuse_nested_transaction()
        availability = self._writing if write else self._reading
        started_at = availability.get_transaction_start()
        transaction = Transaction(work, self.post_kinds, is_trial=is_trial)
        try:
            if write and not self._is_for_reading:
                result = await self._database.write(transaction)
            else:
                result = await self._database.read(transaction)
        # A door: everything that happens in the database passes here, and so do errors from the
        # function itself. Those are no outage, and go on unchanged.
        except Exception as error:
            strip_error_details(error)
            reason = find_outage_reason(error)
            if reason is None:
                raise
            availability.record_outage(reason, error)
            is_doubtful = write and transaction.is_committing and is_commit_doubtful(error)
            raise DatabaseUnavailableError(reason, is_doubtful=is_doubtful) from error
        availability.record_success(started_at)
        return result

    async def close(self) -> None:
        """Close every connection, and release the lock."""
        await self._database.close()
        # The lock after everything.
        if self._lock is not None:
            self._lock.release()

    @asynccontextmanager
    async def _guard_start(self, url: URL) -> AsyncIterator[None]:
        """Close the store if the block fails, and give the reason as a `StoreError`."""
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(self.close)
            try:
                yield
            except DatabaseUnavailableError as error:
                raise StoreError(format_start_failure(error.__cause__ or error, url)) from error
            # A door: asyncpg's errors come through untranslated while it connects.
            except Exception as error:
                is_database = isinstance(error, (DBAPIError, OSError))
                if is_database or find_outage_reason(error) is not None:
                    raise StoreError(format_start_failure(error, url)) from error
                raise
            on_failure.pop_all()


async def _fetch_revision(tx: Tx) -> str | None:
    return fetch_schema_revision(tx.connection.raw)


def _create_database(url: URL) -> SqliteDatabase | PostgresDatabase:
    if url.get_backend_name() == "sqlite":
        log.info("SQLite %s at %s", sqlite3.sqlite_version, url.database)
        return SqliteDatabase(url)
    # Imported here: it brings SQLAlchemy's whole asyncio layer, which SQLite does without.
    from bot.store.postgres import PostgresDatabase

    return PostgresDatabase(url)
