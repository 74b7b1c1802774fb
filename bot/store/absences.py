"""Local dates on which people are away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_

from bot.group.calendar import DAY
from bot.group.member import Person
from bot.store import people_statements as sql
from bot.store.conditions import select_account_ids
from bot.store.connection import TxConnection
from bot.store.tables import absences

MISSING = "missing"
"""The origin of an absence that nobody asked for: the member was not in the space."""


class AbsenceQueries:
    """Queries about absences."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def insert_absence(
        self, person: Person, first: date, last: date | None, now: datetime, cohort_id: int = 0
    ) -> None:
        """Note that a person is away on these local dates, both included; None means no end."""
        row = {
            "account_id": person.account_id,
            "cohort_id": cohort_id,
            "first": first,
            "last": last,
            "at": now,
        }
        self._connection.execute(sql.INSERT_ABSENCE, row)

    async def end_one_absence(
        self, person: Person, first: date, last: date, cohort_id: int, day: date
    ) -> bool:
        """End an absence from a cohort, known by its dates, the day before `day`.

        Return False if there is no such absence.
        """
        wanted = {
            "person": person.id,
            "away_cohort": cohort_id,
            "away_first": first,
            "away_last": last,
        }
        if first >= day:
            return self._connection.execute(sql.DELETE_ABSENCE, wanted).rowcount > 0
        ended = {**wanted, "new_last": day - DAY}
        return self._connection.execute(sql.END_ABSENCE, ended).rowcount > 0

    async def end_absences(
        self, person: Person, day: date, cohorts: Collection[int] | None = None
    ) -> int:
        """End every absence that covers a local date the day before it; return their number.

        Later absences are dropped, and count too.
        `cohorts` limits that to absences from these cohorts; 0 stands for those from all at once.
        """
        matches: list[ColumnElement[bool]] = [
            absences.c.account_id.in_(select_account_ids(person.id)),
            or_(absences.c.last.is_(None), absences.c.last >= day),
        ]
        if cohorts is not None:
            matches.append(absences.c.cohort_id.in_(sorted(cohorts)))
        # Dropped first: the update would give an absence that begins later an end before it.
        later = absences.delete().where(*matches, absences.c.first >= day)
        dropped = self._connection.execute(later)
        current = absences.update().where(*matches).values(last=day - DAY)
        ended = self._connection.execute(current)
        return dropped.rowcount + ended.rowcount
