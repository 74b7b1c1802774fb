"""Tables beside the cohorts: answers, forms, codes, secrets, greetings and marks."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from bot.store.columns import Instant, build_id_column, build_reference_column, metadata

# The interaction's own id is the key: one that is delivered twice changes nothing.
answers = Table(
    "answers",
    metadata,
    Column("once", String(120), primary_key=True),
    build_reference_column("account_id", "accounts"),
    Column("answer", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

# Forms somebody has begun and could not send: what was typed waits a day for them.
drafts = Table(
    "drafts",
    metadata,
    build_id_column(),
    build_reference_column("account_id", "accounts", index=True),
    Column("form", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    sqlite_autoincrement=True,
)

# One-time codes that link accounts, or give a cohort another home. Only their hashes are kept,
# until they are used or old.
codes = Table(
    "codes",
    metadata,
    Column("hash", String(64), primary_key=True),
    build_reference_column("account_id", "accounts", index=True),
    Column("cohort_id", Integer, ForeignKey("cohorts.id", ondelete="CASCADE")),
    Column("at", Instant, nullable=False, index=True),
)

# Wrong codes that somebody tried: guessing is limited by them.
guesses = Table(
    "guesses",
    metadata,
    build_id_column(),
    build_reference_column("account_id", "accounts"),
    Column("at", Instant, nullable=False, index=True),
    Index("guesses_account", "account_id", "at"),
)

# Platforms' secrets, encrypted. After `until` they are of no use any more.
secrets = Table(
    "secrets",
    metadata,
    Column("platform", String(20), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("value", Text, nullable=False),
    Column("until", Instant, index=True),
)

# Events from platforms, by their ids, so that one delivered twice is handled once.
heard = Table(
    "heard",
    metadata,
    Column("once", String(120), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)

# Greetings, for a space, a channel (`channel C1`) or a person (`person U1`), by native ids. There
# may be no row in `spaces`, because nobody may have made a cohort there.
greetings = Table(
    "greetings",
    metadata,
    Column("platform", String(20), primary_key=True),
    Column("tenant", String(64), primary_key=True),
    Column("space", String(64), primary_key=True),
    Column("whom", String(80), primary_key=True),
    Column("at", Instant, nullable=False),
)

# The values the caches were computed with: when one changes, they are computed again.
marks = Table(
    "marks",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
