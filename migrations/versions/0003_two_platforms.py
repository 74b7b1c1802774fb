"""Tenants of spaces, linked accounts, one-time codes, secrets of platforms, events heard"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "spaces", sa.Column("tenant", sa.String(length=64), server_default="", nullable=False)
    )
    op.add_column("members", sa.Column("voice_id", sa.Integer(), nullable=True))
    op.create_table(
        "codes",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("codes_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("codes_cohort_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("codes_pkey")),
    )
    op.create_index(op.f("codes_account_id"), "codes", ["account_id"])
    op.create_index(op.f("codes_at"), "codes", ["at"])
    op.create_table(
        "guesses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("guesses_account_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("guesses_pkey")),
    )
    op.create_index("guesses_account", "guesses", ["account_id", "at"])
    op.create_index(op.f("guesses_at"), "guesses", ["at"])
    op.create_table(
        "secrets",
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("platform", "name", name=op.f("secrets_pkey")),
    )
    op.create_index(op.f("secrets_until"), "secrets", ["until"])
    op.create_table(
        "heard",
        sa.Column("once", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("once", name=op.f("heard_pkey")),
    )
    op.create_index(op.f("heard_at"), "heard", ["at"])


def downgrade() -> None:
    for table in ("heard", "secrets", "guesses", "codes"):
        op.drop_table(table)
    op.drop_column("members", "voice_id")
    op.drop_column("spaces", "tenant")
