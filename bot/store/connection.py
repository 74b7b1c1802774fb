"""A transaction's connection, with a memory of what the transaction has read."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, CursorResult, Executable

Value = TypeVar("Value")
Topic = Literal[
    "cohort", "digest", "grants", "homes", "owner", "roadmap", "seats", "settings", "ticks"
]


class TxConnection:
    """The connection behind a `Tx`: runs statements, and remembers what was read.

    Only immutable values are remembered, and only until the transaction ends. Whoever writes a
    topic forgets it, and so does a lock that guards it: what was read before the lock may be stale.
    """

    def __init__(self, connection: Connection) -> None:
        self.raw = connection
        self.dialect = connection.dialect
        self._memory: dict[Topic, dict[Hashable, Any]] = {}

    @property
    def is_locked(self) -> bool:
        """Return True on SQLite: nobody else writes while this transaction does."""
        return self.dialect.name == "sqlite"

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement. Raises SQLAlchemy's errors."""
        return self.raw.execute(statement, parameters)

    def remember(self, topic: Topic, key: Hashable, load: Callable[[], Value]) -> Value:
        """Return a value of this transaction, read by `load` where it is not known yet."""
        known = self._memory.setdefault(topic, {})
        if key not in known:
            known[key] = load()
        value: Value = known[key]
        return value

    def note(self, topic: Topic, key: Hashable, value: object) -> None:
        """Remember a value that came with another query, or was written."""
        self._memory.setdefault(topic, {})[key] = value

    def forget(self, *topics: Topic) -> None:
        """Have these topics read again."""
        for topic in topics:
            self._memory.pop(topic, None)
