"""What is due now, for the scheduler and for the outbox, and what is due next.

Each is one statement over indexes, because an idle bot asks it every second.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, Table, bindparam, func, literal_column, select, union_all

from bot.store.claims import IS_LETTER_DUE, SELECT_NEXT_LETTER_DUE
from bot.store.edits import IS_EDIT_DUE, SELECT_NEXT_EDIT_DUE
from bot.store.events import IS_EVENT_DUE, SELECT_NEXT_EVENT_DUE
from bot.store.recalls import SELECT_NEXT_QUESTION_DUE
from bot.store.role_requests import IS_ROLE_DUE, SELECT_DUE_ROLE_CHECK, SELECT_NEXT_ROLE_DUE
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

SELECT_DUE_WORK = select(
    IS_LETTER_DUE.label("has_letters"),
    IS_EVENT_DUE.label("has_events"),
    IS_EDIT_DUE.label("has_edits"),
    IS_ROLE_DUE.label("has_roles"),
)
"""One row: which kinds of work the outbox can claim."""

_NEXT_MOMENTS = (
    select(func.min(cohorts.c.next_due_at)),
    select(func.min(members.c.next_due_at)),
    SELECT_NEXT_QUESTION_DUE,
    select(func.min(milestones.c.due_at)),
    select(func.min(help_requests.c.due_at)),
    SELECT_NEXT_LETTER_DUE,
    SELECT_NEXT_EVENT_DUE,
    SELECT_NEXT_EDIT_DUE,
    SELECT_NEXT_ROLE_DUE,
    SELECT_DUE_ROLE_CHECK,
)
SELECT_NEXT_MOMENTS = select(*(moment.scalar_subquery() for moment in _NEXT_MOMENTS))
"""One row: the next instant of each kind of thing that falls due, or null."""
