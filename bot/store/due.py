"""What is due now: cohorts, members, questions and news, in one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, Table, bindparam, literal_column, select, union_all

from bot.store.tables import cohorts, help_requests, members, milestones, recalls

BATCH = 200  # rows in one transaction: longer ones would keep the others waiting

_DUE_COHORTS = (
    select(literal_column("'cohort'", String).label("scope"), cohorts.c.id)
    .where(cohorts.c.next_due_at <= bindparam("now"))
    .order_by(cohorts.c.next_due_at)
    .limit(BATCH)
    .subquery()
)
_DUE_MEMBERS = (
    select(literal_column("'members'", String).label("scope"), members.c.cohort_id.label("id"))
    .where(members.c.next_due_at <= bindparam("now"))
    .distinct()
    .limit(BATCH)
    .subquery()
)
_DUE_RECALLS = (
    select(literal_column("'recalls'", String).label("scope"), recalls.c.account_id.label("id"))
    .where(recalls.c.due_at <= bindparam("now"))
    .distinct()
    .limit(BATCH)
    .subquery()
)


def _select_due_news(table: Table) -> Any:
    """Select the cohorts in which something has happened that a post may be about."""
    return (
        select(literal_column("'news'", String).label("scope"), table.c.cohort_id.label("id"))
        .where(table.c.due_at <= bindparam("now"))
        .distinct()
        .limit(BATCH)
        .subquery()
    )


SELECT_DUE = union_all(
    select(_DUE_COHORTS),
    select(_DUE_MEMBERS),
    select(_DUE_RECALLS),
    select(_select_due_news(milestones)),
    select(_select_due_news(help_requests)),
)
