"""Sums of the survey as moderators see them, renewed in steps"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_sums",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("answer_count", sa.Integer(), nullable=False),
        sa.Column("again", sa.JSON(), nullable=False),
        sa.Column("helped", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
            name=op.f("survey_sums_cohort_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cohort_id", "edition", name=op.f("survey_sums_pkey")),
    )
    summed = sa.Column("summed", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("surveys", summed)


def downgrade() -> None:
    op.drop_column("surveys", "summed")
    op.drop_table("survey_sums")
