"""Tables for roadmaps: immutable texts, a space's own versions, and imports that wait."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.columns import Instant, build_id_column, build_reference_column, metadata

# One row for each text, found by its digest; `at` is when it was last asked for. Without
# autoincrement SQLite gives an id again after its row was deleted: never cache by id.
plans = Table(
    "plans",
    metadata,
    build_id_column(),
    Column("slug", String(64), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

# A space's own roadmaps: each import is a version, and refers to one immutable text. `key` is the
# name ticks and cohorts know the roadmap by: its slug if it is an edit of a bundled one, else the
# slug with the space's number.
versions = Table(
    "versions",
    metadata,
    build_id_column(),
    build_reference_column("space_id", "spaces"),
    Column("slug", String(48), nullable=False),
    Column("key", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    build_reference_column("plan_id", "plans"),
    Column("by", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("at", Instant, nullable=False),
    UniqueConstraint("space_id", "slug", "number"),
)

# Imports nobody has published yet: they wait a day for whoever brought them.
imports = Table(
    "imports",
    metadata,
    build_id_column(),
    build_reference_column("account_id", "accounts", index=True),
    build_reference_column("space_id", "spaces"),
    build_reference_column("plan_id", "plans"),
    Column("report", JSON, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    sqlite_autoincrement=True,
)
