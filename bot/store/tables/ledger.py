"""Tables for the ledger: letters, their edits, and the events that stand for named calls."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    false,
    text,
)

from bot.store.columns import Instant, build_id_column, build_reference_column, metadata

# Literals, because the condition of an index takes no parameters.
_OPEN = text("state IN ('due', 'claimed')")

# `due_at` is the schedule, the back-off and the lease; `tries` the fencing token; `settled` the
# last try known to have failed: a try after it may have got through. 0 in `home_id` or
# `member_id` means none; null would not do, for nulls never collide in a unique key. A letter to
# somebody who need not be a member names their account: `account_id`, which begins its `ref` too,
# so that the key tells such letters apart.
letters = Table(
    "letters",
    metadata,
    build_id_column(),
    build_reference_column("cohort_id", "cohorts"),
    Column("edition", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("ref", String(80), nullable=False),
    Column("home_id", Integer, nullable=False, server_default="0"),
    Column("member_id", Integer, nullable=False, server_default="0"),
    Column("account_id", Integer, nullable=False, server_default="0"),
    Column("message", Text),
    Column("moment", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("settled", Integer, nullable=False, server_default="0"),
    Column("state", String(10), nullable=False),
    Column("reason", String(200), nullable=False, server_default=""),
    Column("sent_ref", String(80)),
    Column("began_at", Instant),
    Column("ended_at", Instant),
    UniqueConstraint(
        "cohort_id", "edition", "kind", "ref", "home_id", "member_id", name="letters_key"
    ),
    Index("letters_due", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index(
        "letters_place",
        "home_id",
        "member_id",
        "account_id",
        "id",
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index("letters_member", "member_id", "ended_at"),
)

# Sent posts that are to be written again. `due_at` is the schedule, the back-off and the lease, and
# null for a row at rest; `changes` counts the requests, so that a sender knows if its text was the
# last word. `life` says how long the row stays (`bot.store.edits`); `free_at` is the earliest next
# edit that only counts along; `pinned` says that the platform shows the post on top.
edits = Table(
    "edits",
    metadata,
    Column(
        "letter_id",
        Integer,
        ForeignKey("letters.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("due_at", Instant, index=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("changes", Integer, nullable=False, server_default="0"),
    Column("life", String(8), nullable=False, server_default=""),
    Column("free_at", Instant),
    Column("pinned", Boolean, nullable=False, server_default=false()),
)

# The calls letters have named to homes, as their readers were told last (`starts` to `off`;
# `starts` is null if that was before this table), and each call's event on the platform: its id
# there (`native`, empty if it is not known) and its `title` there. `changes` counts the changes
# to a call, so that a sender knows if it had the last word.
events = Table(
    "events",
    metadata,
    Column(
        "letter_id",
        Integer,
        ForeignKey("letters.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    build_reference_column("space_id", "spaces", index=True),
    Column("title", String(100), nullable=False, server_default=""),
    Column("starts", Instant),
    Column("ends", Instant),
    Column("place", String(100), nullable=False, server_default=""),
    Column("off", Boolean, nullable=False, server_default=false()),
    Column("native", String(80), nullable=False, server_default=""),
    Column("state", String(10), nullable=False, server_default="idle"),
    Column("due_at", Instant),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("changes", Integer, nullable=False, server_default="0"),
    Index("events_due", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

# What moderators say to a cohort through the bot (see `bot.group.bulletins`). `day` and `at` are
# local ones in `zone`, null to post it at once; no instant is kept, so newer zone data counts.
# `replaces`: the bulletin it takes the place of, 0 for none.
bulletins = Table(
    "bulletins",
    metadata,
    build_id_column(),
    build_reference_column("cohort_id", "cohorts"),
    Column("made_by", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("made_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Column("day", Date),
    Column("at", Time),
    Column("zone", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("replaces", Integer, nullable=False, server_default="0"),
    Index("bulletins_cohort", "cohort_id", "state"),
    sqlite_autoincrement=True,  # ids stand in phrases and keys: none is ever given twice
)
