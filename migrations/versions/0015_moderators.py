"""First moderators, what moderators did, and who wants the weekly digest"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_IS_ABOUT_DIGEST = sa.text("name = 'digest'")


def upgrade() -> None:
    # SQLite adds a column with its foreign key, but no key to a column that is there.
    op.execute(
        "ALTER TABLE cohorts ADD COLUMN first_moderator_id INTEGER "
        "CONSTRAINT cohorts_first_moderator_id_fkey REFERENCES accounts (id) ON DELETE SET NULL"
    )
    op.execute("UPDATE cohorts SET first_moderator_id = made_by")
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
    with op.batch_alter_table("cohorts") as batch:
        batch.drop_column("first_moderator_id")
