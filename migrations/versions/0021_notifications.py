"""Whom posts notify, and the roles for it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notify_choices",
        sa.Column("home_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("native", sa.String(64), server_default="", nullable=False),
        sa.Column("name", sa.String(75), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["home_id"],
            ["homes.id"],
            name=op.f("notify_choices_home_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("home_id", "kind", name=op.f("notify_choices_pkey")),
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("name", sa.String(75), nullable=False),
        sa.Column("native", sa.String(64), server_default="", nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changes", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces.id"], name=op.f("roles_space_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("roles_pkey")),
        sa.UniqueConstraint("cohort_id", "space_id", "purpose", name=op.f("roles_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("roles_space_id"), "roles", ["space_id"])
    op.create_index(op.f("roles_due_at"), "roles", ["due_at"])
    op.create_index(op.f("roles_check_at"), "roles", ["check_at"])
    op.create_table(
        "role_holders",
        sa.Column("role_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("native", sa.String(64), nullable=False),
        sa.Column("chosen", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["role_id"], ["roles.id"], name=op.f("role_holders_role_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("role_id", "native", name=op.f("role_holders_pkey")),
    )
    op.create_index(op.f("role_holders_native"), "role_holders", ["native"])


def downgrade() -> None:
    op.drop_table("role_holders")
    op.drop_table("roles")
    op.drop_table("notify_choices")
