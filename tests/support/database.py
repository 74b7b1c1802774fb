"""The database under a test: SQL the bot has no query for, and transactions held open."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Row, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.util import LRUCache, await_only

from bot.group.cohort import Cohort
from bot.post import PostRegistry, post_registry
from bot.store import Store, Tx
from bot.store.ledger import Letter

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]

LONGEST_HOLD = 60.0  # seconds after which a held transaction goes on by itself


_COMPILED: LRUCache[Any, Any] = LRUCache(1000)
_dialects: dict[str, Dialect] = {}


async def open_store(url: str, post_kinds: PostRegistry = post_registry) -> Store:
    """Open a store that uses what was compiled in earlier tests, and waits for no disk.

    To compile the statements of a dialogue takes longer than most dialogues.
    """
    store = await Store.open_database(url, post_kinds)
    for engine in store.engines:
        # Compiled statements belong to a dialect. On SQLite there is one for the process.
        if engine.dialect.name == "postgresql":
            engine.dialect = _dialects.setdefault("postgresql", engine.dialect)
            engine.update_execution_options(compiled_cache=_COMPILED)
    if make_url(url).get_backend_name() == "sqlite":
        await store.run(_wait_for_no_disk)
    return store


async def _wait_for_no_disk(tx: Tx) -> None:
    # Another process still finds every commit: only a power cut could lose one.
    # SQLite takes this between transactions alone, and only a transaction gets to its connection.
    for statement in ("COMMIT", "PRAGMA synchronous=OFF", "BEGIN IMMEDIATE"):
        execute_statement(tx, statement)


def execute_statement(
    tx: Tx, statement: Executable | str, parameters: Parameters | None = None
) -> Sequence[Row[Any]]:
    """Run a statement inside a transaction, and return its rows.

    Returns [] for a statement without rows.
    """
    executable = text(statement) if isinstance(statement, str) else statement
    result = tx.connection.execute(executable, parameters)
    return result.all() if result.returns_rows else []


async def execute_sql(
    store: Store,
    statement: Executable | str,
    parameters: Parameters | None = None,
    *,
    write: bool = True,
) -> Sequence[Row[Any]]:
    """Run a statement in a transaction of its own, and return its rows.

    Returns [] for a statement without rows.
    """

    async def execute(tx: Tx) -> Sequence[Row[Any]]:
        return execute_statement(tx, statement, parameters)

    return await store.run(execute, write=write)


async def load_first_cohort(tx: Tx) -> Cohort:
    """Return the cohort with number 1, which has to exist."""
    cohort = await tx.cohorts.load_cohort(1)
    assert cohort is not None
    return cohort


async def list_first_cohort_letters(store: Store) -> list[Letter]:
    """Return the letters to the home of the first cohort, oldest first, at most 1000."""

    async def list_letters(tx: Tx) -> Sequence[Letter]:
        return await tx.ledger.list_home_letters(await load_first_cohort(tx), 1000)

    letters = await store.run(list_letters, write=False)
    return sorted(letters, key=lambda letter: letter.id)


class Gate:
    """A point inside a transaction at which it stands still until it may go on.

    `reached`: set once a transaction stands there.
    """

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._opened = asyncio.Event()
        self._opened_for_thread = threading.Event()

    def stand_still(self, tx: Tx) -> None:
        """Wait inside a transaction until the gate is open."""
        execute_statement(tx, "SELECT 1")  # Postgres begins at the first statement
        self._loop.call_soon_threadsafe(self.reached.set)
        if tx.connection.dialect.name == "sqlite":
            self._opened_for_thread.wait(LONGEST_HOLD)
        else:
            await_only(self._opened.wait())

    def open(self) -> None:
        """Let the transaction go on, and every later one pass."""
        self._opened.set()
        self._opened_for_thread.set()


@asynccontextmanager
async def hold_transaction(store: Store, *, write: bool = True) -> AsyncIterator[None]:
    """Keep a transaction open during the block, and commit it at the end.

    On SQLite whoever wants to write waits meanwhile. On Postgres nobody has to.
    """
    gate = Gate()

    async def stand_still(tx: Tx) -> None:
        gate.stand_still(tx)

    holding = asyncio.create_task(store.run(stand_still, write=write))
    # It may fail before it begins: that is raised at the end.
    holding.add_done_callback(lambda _: gate.reached.set())
    try:
        await gate.reached.wait()
        yield
    finally:
        gate.open()
        await holding


@contextmanager
def listen_to_engines(store: Store, name: str, listener: Callable[..., None]) -> Iterator[None]:
    """Call a listener at one of SQLAlchemy's events, on every connection of a store."""
    for engine in store.engines:
        event.listen(engine, name, listener)
    try:
        yield
    finally:
        for engine in store.engines:
            event.remove(engine, name, listener)


@contextmanager
def record_statements(store: Store) -> Iterator[list[str]]:
    """Note the statements that ask or change something, in order, on every connection."""
    statements: list[str] = []

    def record(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    with listen_to_engines(store, "before_cursor_execute", record):
        yield statements


@contextmanager
def record_commits(store: Store) -> Iterator[list[Connection]]:
    """Note the connection of every commit."""
    commits: list[Connection] = []

    def record(connection: Connection) -> None:
        commits.append(connection)

    with listen_to_engines(store, "commit", record):
        yield commits
