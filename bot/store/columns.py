"""Parts every table is made from: instants, constraint names, and the columns they share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, ForeignKey, Integer, MetaData, TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An instant in UTC; SQLite keeps it without its zone and gets it back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        in_utc = value.astimezone(UTC)
        # SQLite compares instants as text: one form for all, or `<` would be wrong.
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        stored: datetime = value
        if stored.tzinfo is None:
            return stored.replace(tzinfo=UTC)
        return stored.astimezone(UTC)


# Names must be the same on both engines and for ever: migrations drop constraints by name.
metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)


def build_id_column() -> Column[int]:
    """Return the column for a row's number."""
    return Column("id", Integer, primary_key=True)


def build_reference_column(name: str, table: str, **options: Any) -> Column[int]:
    """Return a column that refers to another table, whose row takes this one along."""
    key = ForeignKey(f"{table}.id", ondelete="CASCADE")
    return Column(name, Integer, key, nullable=False, **options)
