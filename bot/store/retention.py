"""What is kept no longer than the operator wants: finished cohorts, and people nobody needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select

from bot.group.cohort import Cohort
from bot.group.member import Person
from bot.store.connection import TxConnection
from bot.store.personal_tables import PERSONAL_TABLES
from bot.store.rows import COHORT_COLUMNS, build_cohort
from bot.store.tables import (
    absences,
    accounts,
    cohorts,
    first_moderators,
    grants,
    members,
    persons,
    settings,
    spaces,
    waiting,
)

BATCH = 50  # rows in one look: the next one comes within the hour

_SELECT_OLD_COHORTS = (
    select(*COHORT_COLUMNS)
    .where(cohorts.c.start < bindparam("before"), cohorts.c.state != "draft")
    .order_by(cohorts.c.id)
)
# These name a cohort without a foreign key (0 stands for all), so nothing cascades.
_DELETE_COHORT = (
    settings.delete().where(settings.c.cohort_id == bindparam("cohort")),
    absences.delete().where(absences.c.cohort_id == bindparam("cohort")),
    cohorts.delete().where(cohorts.c.id == bindparam("cohort")),
)

_OWN = accounts.alias("own")
_IS_OWN = _OWN.c.person_id == persons.c.id


def _is_in(path: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    query = select(_OWN.c.id).select_from(path).where(_IS_OWN, *conditions)
    return query.correlate(persons).exists()


def _list_needs() -> Iterator[ColumnElement[bool]]:
    """Yield what makes somebody needed, or seen since `before`."""
    seats = _OWN.join(members, members.c.account_id == _OWN.c.id)
    yield _is_in(seats, members.c.left_at.is_(None))
    yield _is_in(seats, members.c.left_at >= bindparam("before"))
    yield _is_in(_OWN.join(waiting, waiting.c.account_id == _OWN.c.id))
    rights = _OWN.join(
        spaces,
        and_(spaces.c.platform == _OWN.c.platform, spaces.c.tenant == _OWN.c.tenant),
    ).join(grants, and_(grants.c.space_id == spaces.c.id, grants.c.native == _OWN.c.native))
    yield _is_in(rights, grants.c.kind == "person")
    looked_after = _OWN.join(first_moderators, first_moderators.c.account_id == _OWN.c.id).join(
        cohorts, cohorts.c.id == first_moderators.c.cohort_id
    )
    yield _is_in(looked_after, cohorts.c.state.not_in(("finished", "archived")))
    yield _is_in(_OWN, _OWN.c.met_at >= bindparam("before"))
    for declared in PERSONAL_TABLES:
        table = declared.table
        if "account_id" in table.c and "at" in table.c:
            path = _OWN.join(table, table.c.account_id == _OWN.c.id)
            yield _is_in(path, table.c.at >= bindparam("before"))


_SELECT_UNNEEDED = (
    select(persons.c.id, accounts.c.id.label("account_id"), accounts.c.name)
    .join(accounts, accounts.c.person_id == persons.c.id)
    .where(*(~need for need in _list_needs()))
    .order_by(persons.c.id, accounts.c.id)
    .limit(BATCH)
)


class RetentionQueries:
    """Queries about what is kept no longer."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def delete_finished_cohorts(self, now: datetime, before: date) -> int:
        """Delete the cohorts that ended before a date, with everything in them; return how many."""
        old = []
        for row in self._connection.execute(_SELECT_OLD_COHORTS, {"before": before}):
            cohort = build_cohort(row).advance_state(now)
            if cohort.state in {"finished", "archived"} and _find_last_day(cohort) < before:
                old.append(cohort.id)
        for cohort_id in old:
            for statement in _DELETE_COHORT:
                self._connection.execute(statement, {"cohort": cohort_id})
        return len(old)

    async def list_unneeded_people(self, before: datetime) -> Sequence[Person]:
        """Return people without a seat or a right, of whom nothing is newer than an instant."""
        found: dict[int, Person] = {}
        for row in self._connection.execute(_SELECT_UNNEEDED, {"before": before}):
            found.setdefault(row.id, Person(row.id, row.name, row.account_id))
        return list(found.values())


def _find_last_day(cohort: Cohort) -> date:
    """Return the last day of a cohort's weeks. One that ended early counts by its plan."""
    days = [cohort.start]
    for week in cohort.calendar.weeks:
        days.append(week.last or week.first)
    return max(days)
