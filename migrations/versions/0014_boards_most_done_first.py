"""Boards indexed in the order in which they are read: most done first, the earliest of equals"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _replace_indexes(points: str, done: str) -> None:
    members: Sequence[Any] = ("cohort_id", "shown", sa.text(points), "id")
    scores: Sequence[Any] = ("cohort_id", "week_id", "shown", sa.text(done), "member_id")
    for name, table, columns in (
        ("members_board", "members", members),
        ("scores_board", "scores", scores),
    ):
        op.drop_index(name, table)
        op.create_index(name, table, columns)


def upgrade() -> None:
    _replace_indexes("score DESC", "done DESC")


def downgrade() -> None:
    _replace_indexes("score", "done")
