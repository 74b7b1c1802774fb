"""Rights, drafts, troubles of homes, spaces that are gone, weekly calls"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("native", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"], ["accounts.id"], name=op.f("grants_by_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("grants_space_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("grants_pkey")),
        sa.UniqueConstraint(
            "space_id", "kind", "native", name=op.f("grants_space_id_kind_native_key")
        ),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("drafts_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("drafts_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("drafts_account_id"), "drafts", ["account_id"])
    op.create_index(op.f("drafts_at"), "drafts", ["at"])
    op.add_column("spaces", sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "cohorts", sa.Column("threads", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("cohorts", sa.Column("call", sa.JSON(), nullable=True))
    op.add_column("homes", sa.Column("trouble", sa.Text(), server_default="", nullable=False))
    op.add_column("homes", sa.Column("trouble_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("members", sa.Column("looked_for_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("members", sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table, column in (
        ("members", "missing_since"),
        ("members", "looked_for_at"),
        ("homes", "trouble_at"),
        ("homes", "trouble"),
        ("cohorts", "call"),
        ("cohorts", "threads"),
        ("spaces", "gone_at"),
    ):
        op.drop_column(table, column)
    op.drop_table("drafts")
    op.drop_table("grants")
