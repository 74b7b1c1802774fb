"""Tables for cohorts, their homes and members, and everything members do.

Dates, wall-clock times and zone names are stored as somebody set them, never as offsets.
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
)

from bot.store.columns import Instant, build_id_column, build_reference_column, metadata

# `posts` and `breaks` change rarely and are read whole, so they are JSON. `looked_at` says up to
# when posts are in the ledger; `next_due_at` is a cache, so that a tick finds what is due by
# index.
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

# Who looks after a cohort: whoever made it, until it is handed over. A table of its own, because
# SQLite adds no foreign key to a table that is there.
first_moderators = Table(
    "first_moderators",
    metadata,
    build_reference_column("cohort_id", "cohorts", primary_key=True, autoincrement=False),
    build_reference_column("account_id", "accounts", index=True),
)

# `trouble` keeps posts from a home (or an extra from its posts), in the words moderators are
# told. `named_to`: members up to this id have been named there as new ones, or are not to be.
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

# `shown`: neither hidden nor gone nor silent; kept here so that boards and ranks are one indexed
# query. `voice_id`: the membership of the same person, by another account, that speaks in place
# of this one; null if it speaks itself. `looked_for_at`: when their platform was last asked if
# they are still in the space; `missing_since`: since when it says they are not. `newcomer`: it is
# the first membership of its person in the cohort, by any account. `space_id`: where they joined,
# null for those who joined before it was noted, where several spaces are possible. `moved_from`:
# the cohort they came from with "Next cohort", which they left at `joined_at`.
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
    Column("space_id", Integer),
    Column("moved_from", Integer),
    Column("score", Integer, nullable=False, server_default="0"),
    Column("looked_for_at", Instant),
    Column("missing_since", Instant),
    Column("looked_at", Instant),
    Column("next_due_at", Instant, index=True),
    UniqueConstraint("cohort_id", "account_id"),
    sqlite_autoincrement=True,
)
# A board is read in this order, from the top or from a member's own row up and down.
Index("members_board", members.c.cohort_id, members.c.shown, members.c.score.desc(), members.c.id)

# Who waits for a cohort on a roadmap in a space, the earliest first. `from_cohort_id`: the cohort
# they would move from. `told_at`: when they were last told of a free seat, in `told_cohort_id`.
waiting = Table(
    "waiting",
    metadata,
    build_id_column(),
    build_reference_column("account_id", "accounts"),
    build_reference_column("space_id", "spaces"),
    Column("roadmap", String(64), nullable=False),
    Column("from_cohort_id", Integer, ForeignKey("cohorts.id", ondelete="SET NULL")),
    Column("at", Instant, nullable=False),
    Column("told_at", Instant),
    Column("told_cohort_id", Integer),
    UniqueConstraint("account_id", "space_id", "roadmap"),
    Index("waiting_list", "space_id", "roadmap"),
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

# Topics whose question comes back. `round` and `is_repeat`: the next question; `due_on` is its
# local date, and `due_at` that in UTC; both null for none. `asked`: the last question.
recalls = Table(
    "recalls",
    metadata,
    build_reference_column("account_id", "accounts", primary_key=True),
    Column("roadmap", String(64), primary_key=True),
    Column("item", String(64), primary_key=True),
    Column("since", Date, nullable=False),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("is_repeat", Boolean, nullable=False, server_default=false()),
    Column("due_on", Date),
    Column("due_at", Instant, index=True),
    Column("asked", String(4), nullable=False, server_default=""),
    Column("asked_at", Instant),
    Column("result", String(10), nullable=False, server_default=""),
    Column("answered_at", Instant),
)

# Built and earned on a roadmap. `project` and `certificate` are ids in the roadmap, empty for an
# idea of somebody's own.
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

# The account is part of the key: parting two accounts gives each its own reports back. `shared`:
# the group may read the note.
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
    Column("shared", Boolean, nullable=False, server_default=false()),
    Column("first_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Index("checkins_week", "week_id", "member_id"),
)

# Items people are stuck on. A tick ends it: a row whose item is ticked counts no more.
stuck_items = Table(
    "stuck_items",
    metadata,
    build_reference_column("account_id", "accounts", primary_key=True),
    Column("roadmap", String(64), primary_key=True),
    Column("item", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Index("stuck_items_item", "roadmap", "item"),
)

# What members say at the end, one answer for each edition. `again` is empty where it was not
# answered; `helped` holds ids of `bot.group.survey`. Without `consent` nobody reads `change`.
# `summed`: it was counted in `survey_sums`.
surveys = Table(
    "surveys",
    metadata,
    build_id_column(),
    build_reference_column("member_id", "members"),
    build_reference_column("cohort_id", "cohorts"),
    Column("edition", Integer, nullable=False),
    Column("again", String(10), nullable=False, server_default=""),
    Column("helped", JSON, nullable=False),
    Column("change", Text, nullable=False, server_default=""),
    Column("consent", Boolean, nullable=False, server_default=false()),
    Column("at", Instant, nullable=False),
    Column("summed", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("member_id", "edition"),
    Index("surveys_cohort", "cohort_id", "edition"),
)

# What moderators see of the survey. `again` and `helped` hold numbers of answers by their words.
survey_sums = Table(
    "survey_sums",
    metadata,
    build_reference_column("cohort_id", "cohorts", primary_key=True),
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("answer_count", Integer, nullable=False),
    Column("again", JSON, nullable=False),
    Column("helped", JSON, nullable=False),
)

# `cohort_id` and `shown` are copies from the membership: a board reads this one index.
scores = Table(
    "scores",
    metadata,
    build_reference_column("member_id", "members", primary_key=True),
    Column("week_id", String(40), primary_key=True),
    Column("cohort_id", Integer, nullable=False),
    Column("shown", Boolean, nullable=False),
    Column("done", Integer, nullable=False),
)
Index(
    "scores_board",
    scores.c.cohort_id,
    scores.c.week_id,
    scores.c.shown,
    scores.c.done.desc(),
    scores.c.member_id,
)
