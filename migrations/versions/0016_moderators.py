"""First moderators, what moderators did, and who wants the weekly digest"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_IS_ABOUT_DIGEST = sa.text("name = 'digest'")


def upgrade() -> None:
    op.create_table(
        "first_moderators",
        sa.Column("cohort_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohorts.id"],
            name=op.f("first_moderators_cohort_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("first_moderators_account_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("first_moderators_pkey")),
    )
    op.create_index(op.f("first_moderators_account_id"), "first_moderators", ["account_id"])
    op.execute(
        "INSERT INTO first_moderators (cohort_id, account_id) "
        "SELECT id, made_by FROM cohorts WHERE made_by IS NOT NULL"
    )
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("command", sa.String(length=65), nullable=False),
        sa.Column("detail", sa.String(length=300), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("acts_cohort_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("acts_space_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("acts_account_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("acts_pkey")),
    )
    op.create_index("acts_cohort", "acts", ["cohort_id", "id"])
    op.create_index("acts_space", "acts", ["space_id", "id"])
    op.create_index(
        "settings_digest",
        "settings",
        ["cohort_id"],
        sqlite_where=_IS_ABOUT_DIGEST,
        postgresql_where=_IS_ABOUT_DIGEST,
    )


def downgrade() -> None:
    op.drop_index("settings_digest", table_name="settings")
    op.drop_table("acts")
    op.drop_table("first_moderators")
