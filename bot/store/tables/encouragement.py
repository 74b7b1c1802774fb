"""Tables for what members do for each other: thanks, milestones that are told, and help."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from bot.store.columns import Instant, build_id_column, build_reference_column, metadata

# A word of thanks, from an account to a member. No rank counts them.
thanks = Table(
    "thanks",
    metadata,
    build_id_column(),
    build_reference_column("cohort_id", "cohorts"),
    Column("edition", Integer, nullable=False),
    build_reference_column("account_id", "accounts", index=True),
    build_reference_column("member_id", "members", index=True),
    Column("reason", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Index("thanks_cohort", "cohort_id", "at"),
    sqlite_autoincrement=True,
)

# What is worth a word to everybody. `subject`: a week's id, for a stage its first week's.
# `member_id`: 0 for what the group has done. `due_at`: when it is looked at next; null once it was
# told, or while a week waits for its next check-in. `told_on`: the day of the post that tells it.
milestones = Table(
    "milestones",
    metadata,
    build_id_column(),
    build_reference_column("cohort_id", "cohorts"),
    Column("edition", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("subject", String(40), nullable=False, server_default=""),
    Column("member_id", Integer, nullable=False, server_default="0", index=True),
    Column("at", Instant, nullable=False),
    Column("due_at", Instant, index=True),
    Column("told_on", Date),
    UniqueConstraint("cohort_id", "edition", "kind", "subject", "member_id", name="milestones_key"),
    sqlite_autoincrement=True,
)

# An item that a group may ask help for. `due_at`: when it is looked at, if so many are stuck on
# it. `asked_at`: when the group was asked. `solved_at`: when somebody said that it is solved.
help_requests = Table(
    "help_requests",
    metadata,
    build_id_column(),
    build_reference_column("cohort_id", "cohorts"),
    Column("edition", Integer, nullable=False),
    Column("item", String(64), nullable=False),
    Column("due_at", Instant, index=True),
    Column("asked_at", Instant),
    Column("solved_at", Instant),
    UniqueConstraint("cohort_id", "edition", "item", name="help_requests_key"),
    sqlite_autoincrement=True,
)

# Who has to do with a request. `part`: `stuck` on the item, `asked` in private, or `helps`.
help_members = Table(
    "help_members",
    metadata,
    build_reference_column("request_id", "help_requests", primary_key=True),
    build_reference_column("member_id", "members", primary_key=True),
    Column("part", String(10), primary_key=True),
    Column("at", Instant, nullable=False),
    Index("help_members_member", "member_id", "at"),
)
