"""Posts that count along, and boards that are kept"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("edits") as edits:
        edits.alter_column("due_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        edits.add_column(sa.Column("life", sa.String(8), server_default="", nullable=False))
        edits.add_column(sa.Column("free_at", sa.DateTime(timezone=True), nullable=True))
        edits.add_column(
            sa.Column("pinned", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    # Nobody asked for these: the older program would write their posts again at once.
    op.execute(sa.text("DELETE FROM edits WHERE life <> ''"))  # nothing typed
    with op.batch_alter_table("edits") as edits:
        edits.drop_column("pinned")
        edits.drop_column("free_at")
        edits.drop_column("life")
        edits.alter_column("due_at", existing_type=sa.DateTime(timezone=True), nullable=False)
