"""Counts behind the hardest items: who is stuck on them, and who did them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, Integer, bindparam, func, select

from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort
from bot.group.hard_items import ItemCounts, list_recent_weeks
from bot.store.connection import TxConnection
from bot.store.seats import SEATED
from bot.store.stuck import IS_TICKED_SINCE, STUCK_OWNER
from bot.store.tables import accounts, members, scores, stuck_items, ticks

# People of each week whose ticks are counted, the most done first: of more, the share is the same.
SAMPLE = 500

_COHORT_ID = bindparam("cohort_id", type_=Integer)
_WEEK_IDS: BindParameter[str] = bindparam("week_ids", expanding=True)
_SEATED_ACCOUNT = accounts.alias("seated_account")
_OWNS = accounts.alias("owns")

_COUNT_STUCK = (
    select(stuck_items.c.item, func.count(STUCK_OWNER.c.person_id.distinct()).label("size"))
    .join(STUCK_OWNER, STUCK_OWNER.c.id == stuck_items.c.account_id)
    .join(_SEATED_ACCOUNT, _SEATED_ACCOUNT.c.person_id == STUCK_OWNER.c.person_id)
    .join(members, members.c.account_id == _SEATED_ACCOUNT.c.id)
    .where(
        members.c.cohort_id == _COHORT_ID,
        SEATED,
        stuck_items.c.roadmap == bindparam("roadmap"),
        ~IS_TICKED_SINCE,
    )
    .group_by(stuck_items.c.item)
)
_PLACE = func.row_number().over(
    partition_by=scores.c.week_id, order_by=(scores.c.done.desc(), scores.c.member_id)
)
_AT_WORK = (
    select(scores.c.member_id, scores.c.week_id, _PLACE.label("place"))
    .where(scores.c.cohort_id == _COHORT_ID, scores.c.week_id.in_(_WEEK_IDS), scores.c.done > 0)
    .cte("at_work")
)
_COUNT_AT_WORK = (
    select(_AT_WORK.c.week_id, func.count().label("size"))
    .where(_AT_WORK.c.place <= SAMPLE)
    .group_by(_AT_WORK.c.week_id)
)
_COUNT_DONE = (
    select(ticks.c.item, func.count(_OWNS.c.person_id.distinct()).label("size"))
    .select_from(_AT_WORK)
    .join(members, members.c.id == _AT_WORK.c.member_id)
    .join(_SEATED_ACCOUNT, _SEATED_ACCOUNT.c.id == members.c.account_id)
    .join(_OWNS, _OWNS.c.person_id == _SEATED_ACCOUNT.c.person_id)
    .join(ticks, ticks.c.account_id == _OWNS.c.id)
    .where(
        _AT_WORK.c.place <= SAMPLE,
        _AT_WORK.c.week_id == bindparam("week_id"),
        ticks.c.roadmap == bindparam("roadmap"),
        ticks.c.item.in_(bindparam("items", expanding=True)),
    )
    .group_by(ticks.c.item)
)


class HardItemQueries:
    """Queries about hard items."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def count_recent_items(self, cohort: Cohort, now: datetime) -> ItemCounts:
        """Count who is stuck on the items of the last weeks, who did them, and who was at work."""
        weeks = list_recent_weeks(cohort, now)
        stuck = {"cohort_id": cohort.id, "roadmap": cohort.roadmap}
        recent = {"cohort_id": cohort.id, "week_ids": sorted(week.id for week in weeks)}
        return ItemCounts(
            {row.item: row.size for row in self._connection.execute(_COUNT_STUCK, stuck)},
            {row.week_id: row.size for row in self._connection.execute(_COUNT_AT_WORK, recent)},
            self._count_done(cohort, weeks),
        )

    def _count_done(self, cohort: Cohort, weeks: Sequence[CalendarWeek]) -> Mapping[str, int]:
        """Count, of those at work in a week, the ones who have done each of its items."""
        done: dict[str, int] = {}
        for week in weeks:
            wanted = {
                "cohort_id": cohort.id,
                "week_ids": [week.id],
                "week_id": week.id,
                "roadmap": cohort.roadmap,
                "items": sorted(week.week.items),
            }
            for row in self._connection.execute(_COUNT_DONE, wanted):
                done[row.item] = row.size
        return done
