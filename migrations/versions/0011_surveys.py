"""What members say about their cohort at the end"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("again", sa.String(length=10), server_default="", nullable=False),
        sa.Column("helped", sa.JSON(), nullable=False),
        sa.Column("change", sa.Text(), server_default="", nullable=False),
        sa.Column("consent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("surveys_member_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("surveys_cohort_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("surveys_pkey")),
        sa.UniqueConstraint("member_id", "edition", name=op.f("surveys_member_id_edition_key")),
    )
    op.create_index("surveys_cohort", "surveys", ["cohort_id", "edition"])


def downgrade() -> None:
    op.drop_table("surveys")
