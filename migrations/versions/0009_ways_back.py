"""Waiting lists, where members came from, and letters to an account"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('due', 'claimed')")


def upgrade() -> None:
    op.add_column("members", sa.Column("moved_from", sa.Integer(), nullable=True))
    op.create_table(
        "waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("roadmap", sa.String(length=64), nullable=False),
        sa.Column("from_cohort_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_cohort_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("waiting_account_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("waiting_space_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["from_cohort_id"],
            ["cohorts.id"],
            name=op.f("waiting_from_cohort_id_fkey"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("waiting_pkey")),
        sa.UniqueConstraint(
            "account_id",
            "space_id",
            "roadmap",
            name=op.f("waiting_account_id_space_id_roadmap_key"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("waiting_list", "waiting", ["space_id", "roadmap"])
    op.add_column(
        "letters", sa.Column("account_id", sa.Integer(), server_default="0", nullable=False)
    )
    _create_place_index("home_id", "member_id", "account_id", "id")


def downgrade() -> None:
    _create_place_index("home_id", "member_id", "id")
    # Letters to accounts have no place in older tables.
    op.execute("DELETE FROM letters WHERE account_id <> 0")
    op.drop_column("letters", "account_id")
    op.drop_table("waiting")
    op.drop_column("members", "moved_from")


def _create_place_index(*columns: str) -> None:
    op.drop_index("letters_place", "letters")
    op.create_index(
        "letters_place", "letters", list(columns), sqlite_where=_OPEN, postgresql_where=_OPEN
    )
