"""Thanks, milestones, and help for items that several members are stuck on"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _build_reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"{table}_{column}_fkey")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="CASCADE")


def _create_thanks() -> None:
    op.create_table(
        "thanks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _build_reference("thanks", "cohort_id", "cohorts"),
        _build_reference("thanks", "account_id", "accounts"),
        _build_reference("thanks", "member_id", "members"),
        sa.PrimaryKeyConstraint("id", name=op.f("thanks_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("thanks_account_id"), "thanks", ["account_id"])
    op.create_index(op.f("thanks_member_id"), "thanks", ["member_id"])
    op.create_index("thanks_cohort", "thanks", ["cohort_id", "at"])


def _create_milestones() -> None:
    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(40), server_default="", nullable=False),
        sa.Column("member_id", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        _build_reference("milestones", "cohort_id", "cohorts"),
        sa.PrimaryKeyConstraint("id", name=op.f("milestones_pkey")),
        sa.UniqueConstraint(
            "cohort_id", "edition", "kind", "subject", "member_id", name="milestones_key"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("milestones_member_id"), "milestones", ["member_id"])
    op.create_index(op.f("milestones_due_at"), "milestones", ["due_at"])


def _create_help() -> None:
    op.create_table(
        "help_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        _build_reference("help_requests", "cohort_id", "cohorts"),
        sa.PrimaryKeyConstraint("id", name=op.f("help_requests_pkey")),
        sa.UniqueConstraint("cohort_id", "edition", "item", name="help_requests_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("help_requests_due_at"), "help_requests", ["due_at"])
    op.create_table(
        "help_members",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _build_reference("help_members", "request_id", "help_requests"),
        _build_reference("help_members", "member_id", "members"),
        sa.PrimaryKeyConstraint("request_id", "member_id", "part", name=op.f("help_members_pkey")),
    )
    op.create_index("help_members_member", "help_members", ["member_id", "at"])


def upgrade() -> None:
    _create_thanks()
    _create_milestones()
    _create_help()
    # Who is stuck on one item is asked whenever somebody gets stuck.
    op.create_index("stuck_items_item", "stuck_items", ["roadmap", "item"])


def downgrade() -> None:
    op.drop_index("stuck_items_item", "stuck_items")
    for table in ("help_members", "help_requests", "milestones", "thanks"):
        op.drop_table(table)
