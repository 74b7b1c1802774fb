"""What moderators say to their groups through the bot"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulletins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("at", sa.Time()),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("replaces", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
            name=op.f("bulletins_cohort_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["accounts.id"],
            name=op.f("bulletins_made_by_fkey"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("bulletins_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("bulletins_cohort"), "bulletins", ["cohort_id", "state"])


def downgrade() -> None:
    op.drop_index(op.f("bulletins_cohort"), table_name="bulletins")
    op.drop_table("bulletins")
