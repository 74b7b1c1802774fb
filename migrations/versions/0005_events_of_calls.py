"""The calls that letters have named, and their events on the platform"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_open = sa.text("state IN ('due', 'claimed')")
    op.create_table(
        "events",
        sa.Column("letter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), server_default="", nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(length=100), server_default="", nullable=False),
        sa.Column("off", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("native", sa.String(length=80), server_default="", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="idle", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changes", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("events_letter_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("events_space_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("events_pkey")),
    )
    op.create_index(op.f("events_space_id"), "events", ["space_id"])
    op.create_index(
        "events_due", "events", ["due_at"], sqlite_where=is_open, postgresql_where=is_open
    )
    _remember_calls_named_before()


def _remember_calls_named_before() -> None:
    """Enter the weekly posts that may have named a call. Of which one is not known, so it is worked out when it changes."""
    letters = sa.table(
        "letters", *map(sa.column, ("id", "cohort_id", "edition", "kind", "home_id", "state"))
    )
    cohorts = sa.table("cohorts", *map(sa.column, ("id", "edition", "call", "state")))
    homes = sa.table("homes", *map(sa.column, ("id", "space_id")))
    events = sa.table("events", *map(sa.column, ("letter_id", "space_id")))
    named = (
        sa.select(letters.c.id, homes.c.space_id)
        .join(cohorts, cohorts.c.id == letters.c.cohort_id)
        .join(homes, homes.c.id == letters.c.home_id)
        .where(
            letters.c.kind == "topics",
            letters.c.state.in_(("sent", "unsure")),
            letters.c.edition == cohorts.c.edition,
            cohorts.c.state.in_(("open", "running", "paused")),
            sa.func.coalesce(sa.cast(cohorts.c.call, sa.Text()), "null") != "null",
        )
    )
    op.execute(events.insert().from_select(["letter_id", "space_id"], named))


def downgrade() -> None:
    op.drop_table("events")
