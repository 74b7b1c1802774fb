"""The statements that reach the driver, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine.interfaces import CacheStats

from bot.store import Store
from tests.support.database import listen_to_engines


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the driver got it. `values`: its parameters as text."""

    sql: str
    values: str
    is_compiled_anew: bool


@dataclass(slots=True)
class StatementLog:
    """Statements that ask or change something, in order."""

    statements: list[Statement] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)

    def list_repeated(self) -> list[str]:
        """Return the statements that came before with the same values."""
        repeated, seen = [], set()
        for statement in self.statements:
            if (statement.sql, statement.values) in seen:
                repeated.append(statement.sql)
            seen.add((statement.sql, statement.values))
        return repeated

    def list_compiled_anew(self) -> list[str]:
        """Return the statements that had never been compiled before."""
        return [statement.sql for statement in self.statements if statement.is_compiled_anew]


@contextmanager
def log_statements(store: Store) -> Iterator[StatementLog]:
    """Note every statement on every connection of a store."""
    log = StatementLog()

    def note(
        _connection: Any, _cursor: Any, sql: str, values: Any, context: Any, _many: Any
    ) -> None:
        if sql.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            return
        is_new = context is not None and context.cache_hit is not CacheStats.CACHE_HIT
        log.statements.append(Statement(sql, repr(values), is_new))

    with listen_to_engines(store, "before_cursor_execute", note):
        yield log
