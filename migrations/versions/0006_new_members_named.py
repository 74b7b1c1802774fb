"""Who is new in a cohort, and up to which member those who joined have been named in a home"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "members", sa.Column("newcomer", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("homes", sa.Column("named_to", sa.Integer(), server_default="0", nullable=False))
    # Whoever is a member by now has been announced by a post of their own, or was not to be.
    op.execute("UPDATE homes SET named_to = (SELECT COALESCE(MAX(members.id), 0) FROM members)")


def downgrade() -> None:
    op.drop_column("homes", "named_to")
    op.drop_column("members", "newcomer")
