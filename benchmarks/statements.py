"""The statements of a piece of work, with their values, and its commits."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from bot.store import Store

# What begins and ends a transaction, or a part of it, asks for nothing.
_UNCOUNTED = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK")


class StatementLog:
    """Statements in order, each with its values."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str]] = []

    def record(
        self, _connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any
    ) -> None:
        """Note a statement: a listener of the engine's."""
        if not statement.lstrip().startswith(_UNCOUNTED):
            self.entries.append((statement, repr(values)))

    @property
    def repeat_count(self) -> int:
        """How many statements ran again with the same values."""
        return sum(count - 1 for count in Counter(self.entries).values())


@contextmanager
def record_statement_log(store: Store) -> Iterator[StatementLog]:
    """Note every statement of a store while the block lasts."""
    log = StatementLog()
    for engine in store.engines:
        event.listen(engine, "before_cursor_execute", log.record)
    try:
        yield log
    finally:
        for engine in store.engines:
            event.remove(engine, "before_cursor_execute", log.record)


class CommitCounter:
    """The number of commits so far."""

    count = 0

    def add_commit(self, _connection: Any) -> None:
        """Count one more: a listener of the engine's."""
        self.count += 1


@contextmanager
def slow_commits(store: Store, seconds: float) -> Iterator[None]:
    """Make every commit of those that write take so much longer while the block lasts."""
    writer: Engine = store.engines[0]

    def wait_for_disk(_connection: Any) -> None:
        time.sleep(seconds)

    event.listen(writer, "commit", wait_for_disk)
    try:
        yield
    finally:
        event.remove(writer, "commit", wait_for_disk)


@contextmanager
def count_commits(store: Store) -> Iterator[CommitCounter]:
    """Count the commits of those that write while the block lasts."""
    counter = CommitCounter()
    # The first engine is the writer's; those that only read commit nothing.
    writer: Engine = store.engines[0]
    event.listen(writer, "commit", counter.add_commit)
    try:
        yield counter
    finally:
        event.remove(writer, "commit", counter.add_commit)
