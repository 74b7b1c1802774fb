"""Tables for spaces and persons.

Everything a person did is kept with the account it came through (ticks, check-ins, settings,
absences), and persons are found through their accounts. So linking two accounts, or parting them,
rewrites no history.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.columns import Instant, build_id_column, build_reference_column, metadata

spaces = Table(
    "spaces",
    metadata,
    build_id_column(),
    Column("platform", String(20), nullable=False),
    Column("native", String(64), nullable=False),
    Column("tenant", String(64), nullable=False, server_default=""),
    Column("gone_at", Instant),
    UniqueConstraint("platform", "native"),
)

# People and roles the moderators of a space have named as moderators beside themselves, by their
# native ids.
grants = Table(
    "grants",
    metadata,
    build_id_column(),
    build_reference_column("space_id", "spaces"),
    Column("kind", String(10), nullable=False),
    Column("native", String(64), nullable=False),
    Column("name", String(80), nullable=False),
    Column("by", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("at", Instant, nullable=False),
    UniqueConstraint("space_id", "kind", "native"),
)

persons = Table("persons", metadata, build_id_column(), Column("met_at", Instant, nullable=False))

# `seen_at`: the last command that came through it, written up to a minute late.
accounts = Table(
    "accounts",
    metadata,
    build_id_column(),
    build_reference_column("person_id", "persons", index=True),
    Column("platform", String(20), nullable=False),
    Column("tenant", String(64), nullable=False),
    Column("native", String(64), nullable=False),
    Column("name", String(80), nullable=False),
    Column("zone", String(64)),
    Column("met_at", Instant, nullable=False),
    Column("seen_at", Instant),
    UniqueConstraint("platform", "tenant", "native"),
)

# What moderators did: rows are added and never changed. `cohort_id` is null for what concerns a
# whole space. `command` is a name in the registry, `detail` the options that may be read by all
# moderators. An erased account leaves the act, of "a former moderator".
acts = Table(
    "acts",
    metadata,
    build_id_column(),
    Column("cohort_id", Integer, ForeignKey("cohorts.id", ondelete="CASCADE")),
    Column("space_id", Integer, ForeignKey("spaces.id", ondelete="CASCADE")),
    Column("account_id", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("command", String(65), nullable=False),
    Column("detail", String(300), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
    Index("acts_cohort", "cohort_id", "id"),
    Index("acts_space", "space_id", "id"),
)

# Settings of a person: for all their cohorts (cohort_id 0) or for one. The newest among their
# accounts counts. There is no foreign key on cohort_id, because 0 is no cohort.
settings = Table(
    "settings",
    metadata,
    build_reference_column("account_id", "accounts", primary_key=True),
    Column("cohort_id", Integer, primary_key=True, server_default="0"),
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
# Who wants a cohort's weekly digest, or does not.
_IS_ABOUT_DIGEST = text("name = 'digest'")
Index(
    "settings_digest",
    settings.c.cohort_id,
    sqlite_where=_IS_ABOUT_DIGEST,
    postgresql_where=_IS_ABOUT_DIGEST,
)

# Local dates, both included. The same holds for cohort_id as in `settings`.
# `origin`: empty for what the person asked for; `missing` if they were not in the space.
absences = Table(
    "absences",
    metadata,
    build_id_column(),
    build_reference_column("account_id", "accounts", index=True),
    Column("cohort_id", Integer, nullable=False, server_default="0"),
    Column("first", Date, nullable=False),
    Column("last", Date),
    Column("at", Instant, nullable=False),
    Column("origin", String(10), nullable=False, server_default=""),
)
