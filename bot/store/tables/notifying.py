"""Tables for whom posts notify, and for the roles that the bot makes on a platform."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from bot.store.columns import Instant, build_id_column, build_reference_column, metadata

# Whom a kind of post notifies in a home; no row means nobody. `native`, `name`: of a user group.
notify_choices = Table(
    "notify_choices",
    metadata,
    build_reference_column("home_id", "homes", primary_key=True, autoincrement=False),
    Column("kind", String(40), primary_key=True),
    Column("way", String(10), nullable=False),
    Column("native", String(64), nullable=False, server_default=""),
    Column("name", String(75), nullable=False, server_default=""),
)

# A cohort's roles in a space: `news`, for whoever wants to be notified, and `member`. The cohort
# has no foreign key, because the role on the platform has to be deleted after it.
# `native`: empty until it is made. `due_at`: the schedule, the back-off and the lease, and null
# for a role at rest. `check_at`: when a role at rest is looked at anyway. `changes` counts the
# requests, so that whoever holds the row knows of them. `trouble`: prose for moderators.
roles = Table(
    "roles",
    metadata,
    build_id_column(),
    Column("cohort_id", Integer, nullable=False),
    build_reference_column("space_id", "spaces", index=True),
    Column("purpose", String(10), nullable=False),
    Column("name", String(75), nullable=False),
    Column("native", String(64), nullable=False, server_default=""),
    Column("state", String(10), nullable=False),
    Column("trouble", Text, nullable=False, server_default=""),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, index=True),
    Column("check_at", Instant, nullable=False, index=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("changes", Integer, nullable=False, server_default="0"),
    UniqueConstraint("cohort_id", "space_id", "purpose", name="roles_key"),
    sqlite_autoincrement=True,
)

# Who has a role, or has asked for it, by their native id: whoever is erased loses it on the
# platform first. `held`: the platform has given it. `checked_at`: when it said so last, or that
# the account is not there.
role_holders = Table(
    "role_holders",
    metadata,
    build_reference_column("role_id", "roles", primary_key=True, autoincrement=False),
    Column("native", String(64), primary_key=True),
    Column("chosen", Boolean, nullable=False, server_default=false()),
    Column("held", Boolean, nullable=False, server_default=false()),
    Column("checked_at", Instant),
    Index("role_holders_native", "native"),
)
