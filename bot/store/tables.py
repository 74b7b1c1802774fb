"""Every table there is. Instants are UTC; dates, wall-clock times and zone names are stored as they were said.

What a person did is kept with the account it came through (ticks, check-ins, settings, absences), and persons are found
through their accounts; so joining two accounts, or parting them, rewrites no history.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
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

from bot.store.columns import Instant, build_id_column, build_reference_column
from bot.store.columns import (
    metadata as metadata,
)  # whoever asks for the tables asks for all of them

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

# Whom the moderators of a space have named as moderators beside themselves: people and roles, by their native ids.
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
    UniqueConstraint("platform", "tenant", "native"),
)

# What a person set: for all their cohorts (cohort_id 0) or for one. The newest of their accounts counts.
settings = Table(
    "settings",
    metadata,
    build_reference_column("account_id", "accounts", primary_key=True),
    Column("cohort_id", Integer, primary_key=True, server_default="0"),
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

absences = Table(
    "absences",
    metadata,
    build_id_column(),
    build_reference_column("account_id", "accounts", index=True),
    Column("cohort_id", Integer, nullable=False, server_default="0"),
    Column("first", Date, nullable=False),
    Column("last", Date),
    Column("at", Instant, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    build_id_column(),
    Column("slug", String(64), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

# The roadmaps that a space has of its own: each import is a version, which is one immutable plan. `key` is what ticks and
# cohorts know the roadmap by: its slug where it is an edit of one that comes with the bot, else with the space's number.
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

# Plans that somebody has imported and not published yet: they wait a day for them.
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

cohorts = Table(
    "cohorts",
    metadata,
    build_id_column(),
    build_reference_column("space_id", "spaces"),
    build_reference_column("plan_id", "plans"),
    Column("name", String(40), nullable=False),
    Column("roadmap", String(64), nullable=False),
    Column("syllabus", JSON, nullable=False),
    Column("start", Date, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("at", Time, nullable=False),
    Column("state", String(10), nullable=False),
    Column("edition", Integer, nullable=False, server_default="1"),
    Column("seats", Integer),
    Column("breaks", JSON, nullable=False),
    Column("posts", JSON, nullable=False),
    Column("threads", Boolean, nullable=False, server_default=false()),
    Column("call", JSON),
    Column("looked_at", Instant),
    Column("next_due_at", Instant, index=True),
    Column("made_by", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("space_id", "name"),
    sqlite_autoincrement=True,  # ids stand in phrases and keys: none is ever given twice
)

# `trouble` is what keeps posts from a home (or an extra from its posts), in the words moderators are told. `named_to`: the
# members up to this id have been named there as new ones, or are not to be.
homes = Table(
    "homes",
    metadata,
    build_id_column(),
    build_reference_column("cohort_id", "cohorts"),
    build_reference_column("space_id", "spaces"),
    Column("channel", String(64), nullable=False),
    Column("added_by", Integer, ForeignKey("accounts.id", ondelete="SET NULL")),
    Column("trouble", Text, nullable=False, server_default=""),
    Column("trouble_at", Instant),
    Column("named_to", Integer, nullable=False, server_default="0"),
    UniqueConstraint("cohort_id", "space_id", "channel"),
    Index("homes_place", "space_id", "channel"),
    sqlite_autoincrement=True,
)

# `shown`: neither hidden nor gone nor silent; kept here so that boards and ranks are one indexed query. `voice_id`: the
# membership of the same person, by another account of theirs, that speaks in this one's place; null where it speaks itself.
# `looked_for_at`: when their platform was last asked whether they are still in the space; `missing_since`: since when it
# says they are not. `newcomer`: it is the first membership of its person in the cohort, by any of their accounts.
members = Table(
    "members",
    metadata,
    build_id_column(),
    build_reference_column("cohort_id", "cohorts"),
    build_reference_column("account_id", "accounts", index=True),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("shift", Integer, nullable=False, server_default="0"),
    Column("catch_up", JSON, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("alias", String(40), nullable=False, server_default=""),
    Column("shown", Boolean, nullable=False),
    Column("voice_id", Integer),
    Column("newcomer", Boolean, nullable=False, server_default=false()),
    Column("score", Integer, nullable=False, server_default="0"),
    Column("looked_for_at", Instant),
    Column("missing_since", Instant),
    Column("looked_at", Instant),
    Column("next_due_at", Instant, index=True),
    UniqueConstraint("cohort_id", "account_id"),
    Index("members_board", "cohort_id", "shown", "score", "id"),
    sqlite_autoincrement=True,
)

ticks = Table(
    "ticks",
    metadata,
    build_reference_column("account_id", "accounts", primary_key=True),
    Column("roadmap", String(64), primary_key=True),
    Column("item", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
)

# What people have built and earned on a roadmap. `project` and `certificate` are ids of the plan, empty for their own ideas.
projects = Table(
    "projects",
    metadata,
    build_id_column(),
    build_reference_column("account_id", "accounts", index=True),
    Column("roadmap", String(64), nullable=False),
    Column("project", String(48), nullable=False, server_default=""),
    Column("title", String(120), nullable=False),
    Column("level", String(12), nullable=False, server_default=""),
    Column("link", String(500), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

certificates = Table(
    "certificates",
    metadata,
    build_id_column(),
    build_reference_column("account_id", "accounts", index=True),
    Column("roadmap", String(64), nullable=False),
    Column("certificate", String(48), nullable=False, server_default=""),
    Column("title", String(200), nullable=False),
    Column("link", String(500), nullable=False, server_default=""),
    Column("earned", Date, nullable=False),
    Column("at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

checkins = Table(
    "checkins",
    metadata,
    build_reference_column("member_id", "members", primary_key=True),
    Column("week_id", String(40), primary_key=True),
    build_reference_column("account_id", "accounts", primary_key=True),
    Column("hours", Float),
    Column("confidence", Integer),
    Column("blockers", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("late", Boolean, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Index("checkins_week", "week_id", "member_id"),
)

scores = Table(
    "scores",
    metadata,
    build_reference_column("member_id", "members", primary_key=True),
    Column("week_id", String(40), primary_key=True),
    Column("cohort_id", Integer, nullable=False),
    Column("shown", Boolean, nullable=False),
    Column("done", Integer, nullable=False),
    Index("scores_board", "cohort_id", "week_id", "shown", "done", "member_id"),
)

_OPEN = text("state IN ('due', 'claimed')")

# The ledger. `due_at` is the schedule, the back-off and the lease; `tries` the fencing token; `settled` the last try whose
# outcome is known to have been a failure: a try after it may have got through.
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
        "letters_place", "home_id", "member_id", "id", sqlite_where=_OPEN, postgresql_where=_OPEN
    ),
    Index("letters_member", "member_id", "ended_at"),
)

# The calls that letters have named to homes, as their readers were told last (`starts` to `off`; `starts` is null where that
# was before this table), and each one's event on the platform: its id there (`native`, empty where it is not known) and the
# `title` it bears there. `changes` counts what has happened to a call, so that a sender knows whether it had the last word.
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

answers = Table(
    "answers",
    metadata,
    Column("once", String(120), primary_key=True),
    build_reference_column("account_id", "accounts"),
    Column("answer", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

# Forms somebody has begun to fill in and could not send: what was typed waits a day for them.
drafts = Table(
    "drafts",
    metadata,
    build_id_column(),
    build_reference_column("account_id", "accounts", index=True),
    Column("form", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    sqlite_autoincrement=True,
)

# One-time codes that join a person's accounts, or give a cohort another home; only their hashes are kept, until used or old.
codes = Table(
    "codes",
    metadata,
    Column("hash", String(64), primary_key=True),
    build_reference_column("account_id", "accounts", index=True),
    Column("cohort_id", Integer, ForeignKey("cohorts.id", ondelete="CASCADE")),
    Column("at", Instant, nullable=False, index=True),
)

# Codes that somebody tried and that were none: guessing is limited by them.
guesses = Table(
    "guesses",
    metadata,
    build_id_column(),
    build_reference_column("account_id", "accounts"),
    Column("at", Instant, nullable=False, index=True),
    Index("guesses_account", "account_id", "at"),
)

# What platforms have to keep secret, encrypted; `until` is when it is of no use any more.
secrets = Table(
    "secrets",
    metadata,
    Column("platform", String(20), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("value", Text, nullable=False),
    Column("until", Instant, index=True),
)

# Events that platforms have told us of, by their ids, so that one told twice is heard once.
heard = Table(
    "heard",
    metadata,
    Column("once", String(120), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)

# Who was greeted, and where: a space, a channel (`channel C1`) or a person (`person U1`), by native ids. There may be no row
# of `spaces`, for nobody may have made a cohort there.
greetings = Table(
    "greetings",
    metadata,
    Column("platform", String(20), primary_key=True),
    Column("tenant", String(64), primary_key=True),
    Column("space", String(64), primary_key=True),
    Column("whom", String(80), primary_key=True),
    Column("at", Instant, nullable=False),
)

# What the caches were computed with: when it changes, they are computed again.
marks = Table(
    "marks",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
