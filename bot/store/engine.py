"""Opening the database: engines, migrations, the lock file; and `begin`, the one way to a transaction.

A database that cannot be used (read-only, locked, in use by another bot, from a newer version) is refused at the start with
a sentence, and a start that fails closes whatever it opened.
"""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from bot.chat.errors import DatabaseUnavailableError
from bot.host import private_files
from bot.post import PostRegistry, post_registry
from bot.store.filecheck import (
    FOREIGN,
    DatabaseFileError,
    check_database_file,
    format_damage_advice,
)
from bot.store.outage import (
    DatabaseAvailability,
    find_outage_reason,
    get_sqlstate,
    is_commit_doubtful,
    is_damage_error,
    strip_error_details,
)
from bot.store.sqlite import connect_sqlite
from bot.store.tables import metadata
from bot.store.tx import Tx

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
BUSY = 5000  # ms that SQLite waits for another process, a backup for instance
REACHING, ANSWERING = (
    10.0,
    60.0,
)  # seconds that a server has to take a connection, and to answer a statement
MIGRATING = (
    7_051_305  # the Postgres advisory lock under which one of several starting bots migrates
)

log = logging.getLogger(__name__)


class StoreError(Exception):
    """The database cannot be used; the sentence tells the operator what to do."""


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
        # On SQLite one can be locked, or its disk full, while the other reads on.
        self._writing = DatabaseAvailability()
        self._reading = self._writing if reader is writer else DatabaseAvailability()

    @classmethod
    async def open_database(cls, url: str, post_kinds: PostRegistry = post_registry) -> Store:
        """Open the database at a SQLAlchemy URL, make or migrate its tables. Raises `StoreError`."""
        where = make_url(url)
        lock = _lock_sqlite_file(where) if where.get_backend_name() == "sqlite" else None
        store = cls(*_create_engines(where), lock, post_kinds)
        async with store._guard_start(where):
            await store._migrate_schema()
        return store

    @classmethod
    async def open_for_reading(cls, url: str) -> Store | None:
        """The same for reading alone, beside whoever uses it: nothing is locked and nothing migrated. None where there is
        no database yet, but one can be made. Raises `StoreError`, also for a schema that is not this version's."""
        where = make_url(url)
        if where.get_backend_name() == "sqlite" and not _has_usable_file(where):
            return None
        _, reader = _create_engines(where)
        reader = reader.execution_options(postgresql_readonly=True)
        store = cls(reader, reader, None)
        async with store._guard_start(where):
            async with reader.connect() as connection:
                found = await _fetch_schema_revision(connection)
            if found is not None and found < find_newest_revision():
                raise StoreError(
                    f"This database is of an older Syllabot (schema {found}, this one knows {find_newest_revision()}): start "
                    "`syllabot run`, which brings it up to date."
                )
            _refuse_newer_schema(found)
        if found is None:
            await store.close()
        return store if found else None

    @property
    def is_exclusive(self) -> bool:
        """Whether no other process can be using this database."""
        return self._lock is not None

    @asynccontextmanager
    async def transaction(self, *, write: bool = True, is_trial: bool = False) -> AsyncIterator[Tx]:
        """A transaction: committed at the end, rolled back on any error. One that only reads takes no write lock.

        A trial is rolled back in any case: it shows the answer to a command without its effects.
        Raises `DatabaseAway` where the database cannot be used at the moment.
        """
        engine, reach = (self._writer, self._writing) if write else (self._reader, self._reading)
        begun, is_ending = reach.get_transaction_start(), False
        try:
            async with _open_connection(engine, is_trial=is_trial) as connection:
                yield Tx(connection, self.post_kinds)
                is_ending = not is_trial
        except Exception as error:
            strip_error_details(error)
            if (reason := find_outage_reason(error)) is None:
                raise
            reach.record_outage(reason, error)
            is_doubtful = write and is_ending and is_commit_doubtful(error)
            raise DatabaseUnavailableError(reason, is_doubtful=is_doubtful) from error
        reach.record_success(begun)

    async def close(self) -> None:
        """Close every connection, the writing one last, and let go of the lock."""
        await self._reader.dispose()
        await self._writer.dispose()
        if self._lock is not None:
            self._lock.release()

    @asynccontextmanager
    async def _guard_start(self, where: URL) -> AsyncIterator[None]:
        """Around the first look: a start that fails closes what it opened, and says why in a sentence."""
        try:
            yield
        except BaseException as broken:
            await self.close()
            if isinstance(broken, (DBAPIError, OSError)) or find_outage_reason(broken) is not None:
                raise StoreError(_format_start_failure(broken, where)) from broken
            raise

    async def _migrate_schema(self) -> None:
        is_sqlite = self._writer.dialect.name == "sqlite"
        # A migration may take as long as it takes.
        engine = (
            self._writer
            if is_sqlite
            else _create_server_engine(self._writer.url, poolclass=NullPool)
        )
        async with engine.begin() as connection:
            found = await _fetch_schema_revision(connection)
            _refuse_newer_schema(found)
            await connection.run_sync(_refuse_foreign_tables, found)
            if found == find_newest_revision():
                return
            try:
                await connection.run_sync(_upgrade_schema)
            except Exception as error:
                if find_outage_reason(error) is not None:
                    raise
                raise StoreError(
                    _format_migration_failure(error, self._writer.url, found)
                ) from error


def _open_connection(
    engine: AsyncEngine, *, is_trial: bool
) -> AbstractAsyncContextManager[AsyncConnection]:
    """Begin a transaction. A connection that is closed without a commit rolls back."""
    return engine.connect() if is_trial else engine.begin()


def find_newest_revision() -> str:
    """The newest schema revision: the number the last migration's file name begins with."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _refuse_newer_schema(found: str | None) -> None:
    if found is not None and found > (known := find_newest_revision()):
        raise StoreError(
            f"This database was written by a newer Syllabot (schema {found}, this one knows {known}), and nothing was "
            "changed: update the bot."
        )


def _refuse_foreign_tables(connection: Connection, found: str | None) -> None:
    """Refuse tables that are not ours, or not all of ours. On a server others may be beside them under other names."""
    there, ours = set(inspect(connection).get_table_names()), set(metadata.tables)
    shown = _format_database_address(connection.engine.url)
    if found is None and there & ours:
        raise StoreError(f"{shown} {FOREIGN}")
    if found == find_newest_revision() and (missing := sorted(ours - there)):
        raise StoreError(f"{shown} {format_damage_advice(f'there is no table {missing[0]}')}")


def _format_migration_failure(error: Exception, where: URL, found: str | None) -> str:
    """What is said of a migration that failed. Both engines make and change tables within the transaction."""
    said = (
        str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        or type(error).__name__
    )
    came = (
        f"from schema {found} to {find_newest_revision()}"
        if found
        else f"to schema {find_newest_revision()}"
    )
    return (
        f"{_format_database_address(where)} could not be brought {came} ({said}), and nothing was changed: start the version of Syllabot "
        "that you had before, and tell its authors."
    )


def _format_database_address(where: URL) -> str:
    """A database as it may be shown: a file's path, or an address without its password."""
    return (
        where.database or ""
        if where.get_backend_name() == "sqlite"
        else where.render_as_string(hide_password=True)
    )


async def _fetch_schema_revision(connection: AsyncConnection) -> str | None:
    def look(sync: Connection) -> str | None:
        if not sync.dialect.has_table(sync, "alembic_version"):
            return None
        return sync.execute(text("SELECT version_num FROM alembic_version")).scalar()

    return await connection.run_sync(look)


def _upgrade_schema(connection: Connection) -> None:
    from alembic import command  # a start on a current schema never needs it
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _lock_sqlite_file(where: URL) -> FileLock:
    path = Path(where.database or "")
    try:
        private_files.make_private_folder(path.parent)
        lock = FileLock(f"{path}.lock", mode=private_files.FILE)
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreError(
            f"Another Syllabot is using {path}: stop it first, or set DATABASE_URL to another file."
        ) from None
    except OSError as broken:
        raise _build_folder_error(path, broken.strerror) from None
    try:
        if not path.exists():
            private_files.make_private_database(path)
        _check_sqlite_file(path)
        private_files.restrict_database(path)
    except OSError as broken:
        lock.release()
        raise _build_folder_error(path, broken.strerror) from None
    except BaseException:
        lock.release()
        raise
    return lock


def _check_sqlite_file(path: Path) -> None:
    """Raises `StoreError` where a file cannot be used."""
    if not os.access(path, os.W_OK):
        raise _build_read_only_error(path)
    try:
        check_database_file(path)
    except DatabaseFileError as unusable:
        raise StoreError(f"{path} {unusable}") from None


def _has_usable_file(where: URL) -> bool:
    """Whether there is such a file; raises `StoreError` where it could not be written, or made."""
    path = Path(where.database or "")
    around = next(folder for folder in path.parents if folder.exists())
    if not around.is_dir():
        raise _build_folder_error(path, os.strerror(errno.ENOTDIR))
    if not os.access(around, os.W_OK):
        raise _build_folder_error(path, os.strerror(errno.EACCES))
    if not path.exists():
        return False
    _check_sqlite_file(path)
    return True


def _build_folder_error(path: Path, why: str | None) -> StoreError:
    return StoreError(
        f"I cannot write beside {path} ({why}): give this user the right to, or move DATA_DIR."
    )


def _build_read_only_error(path: object) -> StoreError:
    return StoreError(f"{path} is read-only: give this user the right to write it.")


def _create_engines(where: URL) -> tuple[AsyncEngine, AsyncEngine]:
    if where.get_backend_name() != "sqlite":
        patience = {"connect_args": {"timeout": REACHING, "command_timeout": ANSWERING}}
        engine = _create_server_engine(
            where, pool_size=10, max_overflow=10, pool_pre_ping=True, **patience
        )
        return engine, engine
    log.info("SQLite %s at %s", sqlite3.sqlite_version, where.database)
    shared: dict[str, Any] = {
        "max_overflow": 0,
        "pool_timeout": 60,
        "connect_args": {"async_creator_fn": connect_sqlite},
        "hide_parameters": True,  # in errors, which the log quotes: they are what people wrote
    }
    writer = create_async_engine(where, poolclass=AsyncAdaptedQueuePool, pool_size=1, **shared)
    reader = create_async_engine(where, poolclass=AsyncAdaptedQueuePool, pool_size=4, **shared)
    _prepare_connections(
        writer,
        "BEGIN IMMEDIATE",
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
    )
    # Before SQLite 3.51.3 two connections that checkpoint at once can damage the file: only the writer ever does.
    _prepare_connections(reader, "BEGIN", "PRAGMA wal_autocheckpoint=0", "PRAGMA query_only=ON")
    return writer, reader


def _create_server_engine(where: URL, **settings: Any) -> AsyncEngine:
    return create_async_engine(where, hide_parameters=True, **settings)


def _prepare_connections(engine: AsyncEngine, begin: str, *pragmas: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; `begin` below does
        cursor = connection.cursor()
        for pragma in (f"PRAGMA busy_timeout={BUSY}", *pragmas):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


# What PostgreSQL says (SQLSTATE), as what to do about it.
_ADVICE = {
    "28P01": "The server of {shown} does not let me in ({said}): check the user and the password in DATABASE_URL.",
    "28000": "The server of {shown} does not let me in ({said}): check the user and the password in DATABASE_URL.",
    "3D000": "There is no database for {shown} yet: create it on the server, or check DATABASE_URL.",
    "42501": "I may not use {shown} ({said}): give its user the right to create tables there.",
    "57P03": "The server of {shown} is not ready ({said}): start again in a moment.",
}


def _format_start_failure(broken: BaseException, where: URL) -> str:
    shown = _format_database_address(where)
    said = str(getattr(broken, "orig", broken)).strip().partition("\n")[0]
    if "readonly" in said or "read-only" in said:
        return f"{shown} is read-only: give this user the right to write it."
    if "locked" in said:
        return f"{shown} is locked by another program: close it (a database browser, a backup) and start again."
    if is_damage_error(broken):
        return f"{shown} {format_damage_advice(said)}"
    if advice := _ADVICE.get(get_sqlstate(broken)):
        return advice.format(shown=shown, said=said.rpartition(">: ")[2])
    if isinstance(broken, (OperationalError, InterfaceError, OSError)):
        return f"I cannot open {shown} ({said}): check DATABASE_URL."
    return f"{shown} is no database I can use ({said}): check DATABASE_URL."
