"""Postgres: a pool of connections to write and one to read, with a transaction in one greenlet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.store.transaction import Transaction

REACHING = 10.0  # seconds that a server has to take a connection
ANSWERING = 60.0  # seconds that a server has to answer a statement

Result = TypeVar("Result")


class PostgresDatabase:
    """The connections to one database.

    A transaction that only reads is no transaction to the server: each statement of READ COMMITTED
    sees what is committed by then, with a BEGIN or without one, and two trips are saved. The
    readers' sessions are read-only, so the server refuses whatever would write.
    """

    def __init__(self, url: URL) -> None:
        self._writers = _create_pool(url, pool_size=10, max_overflow=5)
        self._readers = _create_pool(
            url,
            pool_size=5,
            max_overflow=5,
            session={"default_transaction_read_only": "on"},
            execution_options={"isolation_level": "AUTOCOMMIT"},
        )

    @property
    def engines(self) -> Sequence[Engine]:
        """The writers' engine, then the readers'."""
        return [self._writers.sync_engine, self._readers.sync_engine]

    async def write(self, transaction: Transaction[Result]) -> Result:
        """Run a transaction that may write."""
        return await _run_on_engine(self._writers, transaction)

    async def read(self, transaction: Transaction[Result]) -> Result:
        """Run a transaction that only reads."""
        return await _run_on_engine(self._readers, transaction)

    async def write_schema(self, function: Callable[[Connection], None]) -> None:
        """Run a function in a transaction without a time limit."""
        # A migration may take longer than a server's answer to a statement.
        engine = _create_server_engine(self._writers.url, poolclass=NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(function)
        # The first connection of a pool asks what the server can do. An outage in the middle of
        # that would look like a bug, so it is made here, where any error ends the start.
        for pool in (self._writers, self._readers):
            async with pool.connect():
                pass

    async def close(self) -> None:
        """Close every connection."""
        await self._writers.dispose()
        await self._readers.dispose()


async def _run_on_engine(engine: AsyncEngine, transaction: Transaction[Result]) -> Result:
    try:
        return await _try_on_engine(engine, transaction)
    except DBAPIError as error:
        # The connection died while it was idle, and all idle ones are replaced by now. To ask the
        # server before each transaction would cost a trip. From the commit on nothing is repeated.
        if not error.connection_invalidated or transaction.is_committing:
            raise
    return await _try_on_engine(engine, transaction)


async def _try_on_engine(engine: AsyncEngine, transaction: Transaction[Result]) -> Result:
    async with engine.connect() as connection, connection.begin() as begun:
        await connection.run_sync(transaction.run)
        if transaction.is_trial:
            await begun.rollback()
        else:
            transaction.is_committing = True
    return transaction.get_result()


def _create_pool(
    url: URL, *, session: Mapping[str, str] | None = None, **options: Any
) -> AsyncEngine:
    """Return an engine that keeps connections, each with these settings of the server's."""
    return _create_server_engine(
        url,
        # The connection used last: it has prepared the statements that are asked again.
        pool_use_lifo=True,
        connect_args={
            "timeout": REACHING,
            "command_timeout": ANSWERING,
            "server_settings": dict(session or {}),
        },
        **options,
    )


def _create_server_engine(url: URL, **options: Any) -> AsyncEngine:
    return create_async_engine(url, hide_parameters=True, **options)
