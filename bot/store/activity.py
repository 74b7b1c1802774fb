"""The activity of several cohorts at once, for the posts of one claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, func, or_, select

from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort
from bot.post import ActivityCounts
from bot.store.boards import BoardQueries
from bot.store.checkins import CHECKINS_BY_SPEAKER, VOICE
from bot.store.connection import TxConnection
from bot.store.seats import MAY_BE_ABSENT_ANYWHERE, build_absence_params
from bot.store.tables import accounts, checkins, members, scores

CohortWeek = tuple[Cohort, CalendarWeek | None]
ActivityKey = tuple[int, str | None]
"""A cohort's id and a week's."""

_COHORT_IDS: BindParameter[int] = bindparam("cohort_ids", expanding=True)
_WEEK_IDS: BindParameter[str] = bindparam("week_ids", expanding=True)
_COUNT_MEMBERS = (
    select(members.c.cohort_id, func.count().label("size"))
    .where(members.c.cohort_id.in_(_COHORT_IDS), members.c.shown)
    .group_by(members.c.cohort_id)
)
_COUNT_REPORTING = (
    select(members.c.cohort_id, checkins.c.week_id, func.count(VOICE.c.id.distinct()).label("size"))
    .select_from(CHECKINS_BY_SPEAKER)
    .where(members.c.cohort_id.in_(_COHORT_IDS), VOICE.c.shown, checkins.c.week_id.in_(_WEEK_IDS))
    .group_by(members.c.cohort_id, checkins.c.week_id)
)
_COUNT_TICKING = (
    select(scores.c.cohort_id, scores.c.week_id, func.count(scores.c.member_id).label("size"))
    .where(
        scores.c.cohort_id.in_(_COHORT_IDS),
        scores.c.week_id.in_(_WEEK_IDS),
        scores.c.shown,
        scores.c.done > 0,
    )
    .group_by(scores.c.cohort_id, scores.c.week_id)
)
_SELECT_WITH_ABSENCES = (
    select(members.c.cohort_id)
    .distinct()
    .join(accounts, accounts.c.id == members.c.account_id)
    .where(
        members.c.cohort_id.in_(_COHORT_IDS),
        members.c.shown,
        or_(MAY_BE_ABSENT_ANYWHERE, members.c.shift > 0),
    )
)


class ActivityQueries:
    """Queries about the activity of several cohorts."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def count_activity(
        self, wanted: Sequence[CohortWeek], now: datetime
    ) -> Mapping[ActivityKey, ActivityCounts]:
        """Count for each cohort's week what `count_week_activity` counts for one."""
        if not wanted:
            return {}
        with_absences = self._find_cohorts_with_absences(wanted, now)
        counts = self._count_present(wanted)
        for cohort, week in wanted:
            # Who is excused is judged by each member's own days: that is for one cohort alone.
            if cohort.id in with_absences:
                key = (cohort.id, week.id if week else None)
                exact = await BoardQueries(self._connection).count_week_activity(cohort, week, now)
                counts[key] = exact
        return counts

    def _find_cohorts_with_absences(
        self, wanted: Sequence[CohortWeek], now: datetime
    ) -> frozenset[int]:
        since = min(
            build_absence_params(cohort, week, now)["absent_since"] for cohort, week in wanted
        )
        values = {"cohort_ids": [cohort.id for cohort, _ in wanted], "absent_since": since}
        return frozenset(self._connection.execute(_SELECT_WITH_ABSENCES, values).scalars())

    def _count_present(self, wanted: Sequence[CohortWeek]) -> dict[ActivityKey, ActivityCounts]:
        values = {
            "cohort_ids": sorted({cohort.id for cohort, _ in wanted}),
            "week_ids": sorted({week.id for _, week in wanted if week}),
        }
        joined = {
            row.cohort_id: row.size for row in self._connection.execute(_COUNT_MEMBERS, values)
        }
        reporting, ticking = {}, {}
        if values["week_ids"]:
            for row in self._connection.execute(_COUNT_REPORTING, values):
                reporting[row.cohort_id, row.week_id] = row.size
            for row in self._connection.execute(_COUNT_TICKING, values):
                ticking[row.cohort_id, row.week_id] = row.size
        counts: dict[ActivityKey, ActivityCounts] = {}
        for cohort, week in wanted:
            key, total = (cohort.id, week.id if week else None), joined.get(cohort.id, 0)
            counts[key] = ActivityCounts(
                total, reporting.get(key, 0), total, ticking.get(key, 0), total
            )
        return counts
