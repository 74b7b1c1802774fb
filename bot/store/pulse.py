"""What visible members have done in a week so far, in few numbers."""

from __future__ import annotations

from sqlalchemy import Integer, bindparam, func, select

from bot.group.cohort import Cohort
from bot.post import WeekPulse
from bot.store.connection import TxConnection
from bot.store.tables import members, scores

_COUNT_MEMBERS = (
    select(func.count())
    .select_from(members)
    .where(members.c.cohort_id == bindparam("cohort_id"), members.c.shown)
    .scalar_subquery()
)
# Read from the week's index alone. Nobody has finished a week without items.
_SELECT_PULSE = select(
    _COUNT_MEMBERS.label("members"),
    func.coalesce(func.sum(scores.c.done), 0).label("items"),
    func.count().filter(scores.c.done >= bindparam("total", type_=Integer)).label("finishers"),
).where(
    scores.c.cohort_id == bindparam("cohort_id"),
    scores.c.week_id == bindparam("week_id"),
    scores.c.shown,
    scores.c.done > 0,
)


class PulseQueries:
    """Queries about a week's numbers."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def load_week_pulse(self, cohort: Cohort, week_id: str, total: int) -> WeekPulse:
        """Return a week's numbers; `total` counts the items on a route that all members share."""
        wanted = {"cohort_id": cohort.id, "week_id": week_id, "total": total}
        row = self._connection.execute(_SELECT_PULSE, wanted).one()
        return WeekPulse(row.members, int(row.items), row.finishers if total else 0)
