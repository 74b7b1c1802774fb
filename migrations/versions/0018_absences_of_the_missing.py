"""Absences that the bot noted, because a member was no longer in the space"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Of the absences that have ended nobody knows any more who noted them.
MARK_OPEN_ONES = sa.text(
    "UPDATE absences SET origin = 'missing' WHERE last IS NULL AND EXISTS ("
    "SELECT 1 FROM members WHERE members.account_id = absences.account_id "
    "AND members.cohort_id = absences.cohort_id AND members.missing_since = absences.at)"
)


def upgrade() -> None:
    origin = sa.Column("origin", sa.String(10), nullable=False, server_default="")
    op.add_column("absences", origin)
    op.execute(MARK_OPEN_ONES)


def downgrade() -> None:
    op.drop_column("absences", "origin")
