"""A transaction's connection, with a memory of what the transaction has read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Literal, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Executable, Table, UpdateBase

Value = TypeVar("Value")
Topic = Literal[
    "activity",
    "audience",
    "cohort",
    "digest",
    "fresh",
    "grants",
    "homes",
    "lock",
    "owner",
    "reports",
    "roadmap",
    "roles",
    "seats",
    "settings",
    "ticks",
]

TOPICS_READ_FROM: Mapping[str, Sequence[Topic]] = {
    "absences": ["settings"],
    "accounts": ["fresh", "lock", "owner", "seats", "settings", "ticks"],
    "checkins": ["reports"],
    "cohorts": ["cohort", "seats"],
    "grants": ["grants"],
    "homes": ["homes"],
    "members": ["seats"],
    "plans": ["digest", "roadmap"],
    "roles": ["roles"],
    "settings": ["settings"],
    "spaces": ["grants", "homes"],
    "ticks": ["fresh", "ticks"],
}
"""The tables that topics are read from: whoever writes one forgets them."""


class TxConnection:
    """The connection behind a `Tx`: runs statements, and remembers what was read.

    Only immutable values are remembered, and only until the transaction ends. A statement that
    writes a table makes this forget what was read from it. So does a lock on Postgres, where what
    was read before the lock may be stale.
    `changed_tables`: the names of the tables that statements have written.
    """

    def __init__(self, connection: Connection) -> None:
        self.raw = connection
        self.dialect = connection.dialect
        self._memory: dict[Topic, dict[Hashable, Any]] = {}
        self.changed_tables: set[str] = set()

    @property
    def is_locked(self) -> bool:
        """Return True on SQLite: nobody else writes while this transaction does."""
        return self.dialect.name == "sqlite"

    def execute(
        self, statement: Executable, parameters: Any = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement. Raises SQLAlchemy's errors."""
        if isinstance(statement, UpdateBase):
            name = cast(Table, statement.table).name
            self.changed_tables.add(name)
            self.forget(*TOPICS_READ_FROM.get(name, ()))
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

    def knows(self, topic: Topic, key: Hashable) -> bool:
        """Return True if a value is remembered."""
        return key in self._memory.get(topic, ())

    def list_noted(self, topic: Topic) -> Mapping[Hashable, Any]:
        """Return what is remembered of a topic, by its keys."""
        return dict(self._memory.get(topic, {}))

    def forget(self, *topics: Topic) -> None:
        """Have these topics read again."""
        for topic in topics:
            self._memory.pop(topic, None)

    def forget_matching(self, topic: Topic, is_stale: Callable[[Any], bool]) -> None:
        """Have the values of a topic read again for which `is_stale` is true."""
        known = self._memory.get(topic, {})
        self._memory[topic] = {key: value for key, value in known.items() if not is_stale(value)}
