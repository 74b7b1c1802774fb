"""Notes shared with the group, items people are stuck on, and the space a member joined in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "checkins", sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "stuck_items",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("roadmap", sa.String(64), nullable=False),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("stuck_items_account_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "roadmap", "item", name=op.f("stuck_items_pkey")),
    )
    op.add_column("members", sa.Column("space_id", sa.Integer(), nullable=True))
    # Who joined where was not noted. It is certain where a cohort has one space on that platform.
    op.execute(
        """
        UPDATE members SET space_id = (
            SELECT MIN(homes.space_id)
            FROM homes
            JOIN spaces ON spaces.id = homes.space_id
            JOIN accounts ON accounts.id = members.account_id
            WHERE homes.cohort_id = members.cohort_id
              AND spaces.platform = accounts.platform
              AND spaces.tenant = accounts.tenant
            HAVING COUNT(DISTINCT homes.space_id) = 1
        )
        """
    )


def downgrade() -> None:
    op.drop_column("members", "space_id")
    op.drop_table("stuck_items")
    op.drop_column("checkins", "shared")
