"""What a cohort has done together: sums over its visible members."""

from __future__ import annotations

from sqlalchemy import Float, Integer, ScalarSelect, Table, and_, bindparam, cast, func, select

from bot.group.cohort import Cohort
from bot.post import GroupTotals
from bot.store.checkins import CHECKINS_BY_SPEAKER, VOICE
from bot.store.connection import TxConnection
from bot.store.seats import SEATED
from bot.store.tables import accounts, certificates, checkins, members, projects

_COHORT_ID = bindparam("cohort_id", type_=Integer)
_ROADMAP = bindparam("roadmap", type_=projects.c.roadmap.type)
_IS_SHOWN = and_(members.c.cohort_id == _COHORT_ID, members.c.shown)

# Two accounts of one person may each have reported on a week: the newest report counts.
_PLACE = func.row_number().over(
    partition_by=(VOICE.c.id, checkins.c.week_id),
    order_by=(checkins.c.at.desc(), checkins.c.account_id),
)
_REPORTS = (
    select(VOICE.c.id.label("speaker"), checkins.c.hours, _PLACE.label("place"))
    .select_from(CHECKINS_BY_SPEAKER)
    .where(members.c.cohort_id == _COHORT_ID, VOICE.c.shown)
    .cte("reports")
)
_IS_NEWEST = _REPORTS.c.place == 1
_REPORTER = func.distinct(_REPORTS.c.speaker)


def _count_pieces(table: Table) -> ScalarSelect[int]:
    """Count what visible members have added on the roadmap, through any account of theirs."""
    source, seated = accounts.alias("source"), accounts.alias("seated")
    path = (
        table.join(source, source.c.id == table.c.account_id)
        .join(seated, seated.c.person_id == source.c.person_id)
        .join(members, members.c.account_id == seated.c.id)
    )
    query = select(func.count()).select_from(path).where(_IS_SHOWN, SEATED)
    return query.where(table.c.roadmap == _ROADMAP).scalar_subquery()


_SELECT_TOTALS = select(
    select(func.coalesce(func.sum(members.c.score), 0))
    .where(_IS_SHOWN)
    .scalar_subquery()
    .label("items"),
    select(func.count())
    .select_from(_REPORTS)
    .where(_IS_NEWEST)
    .scalar_subquery()
    .label("checkins"),
    select(cast(func.coalesce(func.sum(_REPORTS.c.hours), 0), Float))
    .where(_IS_NEWEST)
    .scalar_subquery()
    .label("hours"),
    select(func.count(_REPORTER))
    .where(_IS_NEWEST, _REPORTS.c.hours > 0)
    .scalar_subquery()
    .label("hour_reporters"),
    _count_pieces(projects).label("projects"),
    _count_pieces(certificates).label("certificates"),
)


class TotalQueries:
    """Queries about what a cohort has done together."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def count_totals(self, cohort: Cohort) -> GroupTotals:
        """Count what visible members have done; away members count, hidden ones do not."""
        wanted = {"cohort_id": cohort.id, "roadmap": cohort.roadmap}
        row = self._connection.execute(_SELECT_TOTALS, wanted).one()
        return GroupTotals(
            int(row.items),
            row.checkins,
            row.hours,
            row.hour_reporters,
            row.projects,
            row.certificates,
        )
