"""When each account was last seen using a command"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    # Who only read was noted nowhere until now. Nobody counts as silent for a time in which
    # nobody looked, so an update ends nobody's reminders.
    now = "now()"
    if op.get_bind().dialect.name == "sqlite":
        # As `bot.store.columns.Instant` writes it: in UTC, with six digits after the point.
        now = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
    op.execute(sa.text(f"UPDATE accounts SET seen_at = {now}"))  # nothing typed


def downgrade() -> None:
    op.drop_column("accounts", "seen_at")
