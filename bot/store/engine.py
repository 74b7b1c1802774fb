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
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from bot.chat.errors import DatabaseAway
from bot.host import private_files
from bot.store.filecheck import FOREIGN, Unusable, damaged, examine
from bot.store.outage import Reach, away_reason, can_be_doubtful, hide_details, is_damage, state_of
from bot.store.sqlite import connect
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
    """An open database."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, lock: FileLock | None) -> None:
        self._writer = writer
        self._reader = reader
        self._lock = lock
        # On SQLite one can be locked, or its disk full, while the other reads on.
        self._writing = Reach()
        self._reading = self._writing if reader is writer else Reach()

    @classmethod
    async def open(cls, url: str) -> Store:
        """Open the database at a SQLAlchemy URL, make or migrate its tables. Raises `StoreError`."""
        where = make_url(url)
        lock = _locked(where) if where.get_backend_name() == "sqlite" else None
        store = cls(*_engines(where), lock)
        async with store._starting(where):
            await store._migrate()
        return store

    @classmethod
    async def look(cls, url: str) -> Store | None:
        """The same for reading alone, beside whoever uses it: nothing is locked and nothing migrated. None where there is
        no database yet, but one can be made. Raises `StoreError`, also for a schema that is not this version's."""
        where = make_url(url)
        if where.get_backend_name() == "sqlite" and not _usable(where):
            return None
        _, reader = _engines(where)
        reader = reader.execution_options(postgresql_readonly=True)
        store = cls(reader, reader, None)
        async with store._starting(where):
            async with reader.connect() as connection:
                found = await _revision(connection)
            if found is not None and found < head():
                raise StoreError(
                    f"This database is of an older Syllabot (schema {found}, this one knows {head()}): start "
                    "`syllabot run`, which brings it up to date."
                )
            _refuse_newer(found)
        if found is None:
            await store.close()
        return store if found else None

    @property
    def alone(self) -> bool:
        """Whether no other process can be using this database."""
        return self._lock is not None

    @asynccontextmanager
    async def begin(self, *, write: bool = True) -> AsyncIterator[Tx]:
        """A transaction: committed at the end, rolled back on any error. One that only reads takes no write lock.

        Raises `DatabaseAway` where the database cannot be used at the moment.
        """
        engine, reach = (self._writer, self._writing) if write else (self._reader, self._reading)
        begun, is_ending = reach.begin(), False
        try:
            async with engine.begin() as connection:
                yield Tx(connection)
                is_ending = True
        except Exception as error:
            hide_details(error)
            if (reason := away_reason(error)) is None:
                raise
            reach.lose(reason, error)
            is_doubtful = write and is_ending and can_be_doubtful(error)
            raise DatabaseAway(reason, is_doubtful=is_doubtful) from error
        reach.find(begun)

    async def close(self) -> None:
        """Close every connection, the writing one last, and let go of the lock."""
        await self._reader.dispose()
        await self._writer.dispose()
        if self._lock is not None:
            self._lock.release()

    @asynccontextmanager
    async def _starting(self, where: URL) -> AsyncIterator[None]:
        """Around the first look: a start that fails closes what it opened, and says why in a sentence."""
        try:
            yield
        except BaseException as broken:
            await self.close()
            if isinstance(broken, (DBAPIError, OSError)) or away_reason(broken) is not None:
                raise StoreError(_sentence(broken, where)) from broken
            raise

    async def _migrate(self) -> None:
        is_sqlite = self._writer.dialect.name == "sqlite"
        # A migration may take as long as it takes.
        engine = self._writer if is_sqlite else _server(self._writer.url, poolclass=NullPool)
        async with engine.begin() as connection:
            found = await _revision(connection)
            _refuse_newer(found)
            await connection.run_sync(_refuse_foreign, found)
            if found == head():
                return
            try:
                await connection.run_sync(_upgrade)
            except Exception as error:
                if away_reason(error) is not None:
                    raise
                raise StoreError(_failed(error, self._writer.url, found)) from error


def head() -> str:
    """The newest schema revision: the number the last migration's file name begins with."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _refuse_newer(found: str | None) -> None:
    if found is not None and found > (known := head()):
        raise StoreError(
            f"This database was written by a newer Syllabot (schema {found}, this one knows {known}), and nothing was "
            "changed: update the bot."
        )


def _refuse_foreign(connection: Connection, found: str | None) -> None:
    """Refuse tables that are not ours, or not all of ours. On a server others may be beside them under other names."""
    there, ours = set(inspect(connection).get_table_names()), set(metadata.tables)
    shown = _shown(connection.engine.url)
    if found is None and there & ours:
        raise StoreError(f"{shown} {FOREIGN}")
    if found == head() and (missing := sorted(ours - there)):
        raise StoreError(f"{shown} {damaged(f'there is no table {missing[0]}')}")


def _failed(error: Exception, where: URL, found: str | None) -> str:
    """What is said of a migration that failed. Both engines make and change tables within the transaction."""
    said = (
        str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        or type(error).__name__
    )
    came = f"from schema {found} to {head()}" if found else f"to schema {head()}"
    return (
        f"{_shown(where)} could not be brought {came} ({said}), and nothing was changed: start the version of Syllabot "
        "that you had before, and tell its authors."
    )


def _shown(where: URL) -> str:
    """A database as it may be shown: a file's path, or an address without its password."""
    return (
        where.database or ""
        if where.get_backend_name() == "sqlite"
        else where.render_as_string(hide_password=True)
    )


async def _revision(connection: AsyncConnection) -> str | None:
    def look(sync: Connection) -> str | None:
        if not sync.dialect.has_table(sync, "alembic_version"):
            return None
        return sync.execute(text("SELECT version_num FROM alembic_version")).scalar()

    return await connection.run_sync(look)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # a start on a current schema never needs it
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _locked(where: URL) -> FileLock:
    path = Path(where.database or "")
    try:
        private_files.make_folder(path.parent)
        lock = FileLock(f"{path}.lock", mode=private_files.FILE)
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreError(
            f"Another Syllabot is using {path}: stop it first, or set DATABASE_URL to another file."
        ) from None
    except OSError as broken:
        raise _closed_folder(path, broken.strerror) from None
    try:
        if not path.exists():
            private_files.make_database(path)
        _check(path)
        private_files.tighten_database(path)
    except OSError as broken:
        lock.release()
        raise _closed_folder(path, broken.strerror) from None
    except BaseException:
        lock.release()
        raise
    return lock


def _check(path: Path) -> None:
    """Raises `StoreError` where a file cannot be used."""
    if not os.access(path, os.W_OK):
        raise _read_only(path)
    try:
        examine(path)
    except Unusable as unusable:
        raise StoreError(f"{path} {unusable}") from None


def _usable(where: URL) -> bool:
    """Whether there is such a file; raises `StoreError` where it could not be written, or made."""
    path = Path(where.database or "")
    around = next(folder for folder in path.parents if folder.exists())
    if not around.is_dir():
        raise _closed_folder(path, os.strerror(errno.ENOTDIR))
    if not os.access(around, os.W_OK):
        raise _closed_folder(path, os.strerror(errno.EACCES))
    if not path.exists():
        return False
    _check(path)
    return True


def _closed_folder(path: Path, why: str | None) -> StoreError:
    return StoreError(
        f"I cannot write beside {path} ({why}): give this user the right to, or move DATA_DIR."
    )


def _read_only(path: object) -> StoreError:
    return StoreError(f"{path} is read-only: give this user the right to write it.")


def _engines(where: URL) -> tuple[AsyncEngine, AsyncEngine]:
    if where.get_backend_name() != "sqlite":
        patience = {"connect_args": {"timeout": REACHING, "command_timeout": ANSWERING}}
        engine = _server(where, pool_size=10, max_overflow=10, pool_pre_ping=True, **patience)
        return engine, engine
    log.info("SQLite %s at %s", sqlite3.sqlite_version, where.database)
    shared: dict[str, Any] = {
        "max_overflow": 0,
        "pool_timeout": 60,
        "connect_args": {"async_creator_fn": connect},
        "hide_parameters": True,  # in errors, which the log quotes: they are what people wrote
    }
    writer = create_async_engine(where, poolclass=AsyncAdaptedQueuePool, pool_size=1, **shared)
    reader = create_async_engine(where, poolclass=AsyncAdaptedQueuePool, pool_size=4, **shared)
    _tune(
        writer,
        "BEGIN IMMEDIATE",
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
    )
    # Before SQLite 3.51.3 two connections that checkpoint at once can damage the file: only the writer ever does.
    _tune(reader, "BEGIN", "PRAGMA wal_autocheckpoint=0", "PRAGMA query_only=ON")
    return writer, reader


def _server(where: URL, **settings: Any) -> AsyncEngine:
    return create_async_engine(where, hide_parameters=True, **settings)


def _tune(engine: AsyncEngine, begin: str, *pragmas: str) -> None:
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


def _sentence(broken: BaseException, where: URL) -> str:
    shown = _shown(where)
    said = str(getattr(broken, "orig", broken)).strip().partition("\n")[0]
    if "readonly" in said or "read-only" in said:
        return f"{shown} is read-only: give this user the right to write it."
    if "locked" in said:
        return f"{shown} is locked by another program: close it (a database browser, a backup) and start again."
    if is_damage(broken):
        return f"{shown} {damaged(said)}"
    if advice := _ADVICE.get(state_of(broken)):
        return advice.format(shown=shown, said=said.rpartition(">: ")[2])
    if isinstance(broken, (OperationalError, InterfaceError, OSError)):
        return f"I cannot open {shown} ({said}): check DATABASE_URL."
    return f"{shown} is no database I can use ({said}): check DATABASE_URL."
