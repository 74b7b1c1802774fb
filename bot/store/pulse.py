"""What visible members have done in weeks so far, in few numbers, for the posts of one claim."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import bindparam, func, literal_column, select, tuple_, union_all

from bot.post import WeekPulse
from bot.store.connection import TxConnection
from bot.store.tables import members, scores

PulseKey = tuple[int, str]
"""A cohort's id and a week's."""

_COUNT_MEMBERS = (
    select(
        members.c.cohort_id,
        literal_column("''").label("week_id"),
        literal_column("0").label("done"),
        func.count().label("size"),
    )
    .where(members.c.cohort_id.in_(bindparam("cohort_ids", expanding=True)), members.c.shown)
    .group_by(members.c.cohort_id)
)
# Read from the index of boards alone. There are no more rows than a week has items.
_COUNT_SCORES = (
    select(scores.c.cohort_id, scores.c.week_id, scores.c.done, func.count().label("size"))
    .where(
        tuple_(scores.c.cohort_id, scores.c.week_id).in_(bindparam("weeks", expanding=True)),
        scores.c.shown,
        scores.c.done > 0,
    )
    .group_by(scores.c.cohort_id, scores.c.week_id, scores.c.done)
)
# No week has an empty id: such a row counts a cohort's members.
_SELECT_SCORES = union_all(_COUNT_MEMBERS, _COUNT_SCORES)


@dataclass(frozen=True, slots=True)
class WeekScores:
    """How many visible members have joined, and how many have done how many items of a week."""

    members: int = 0
    members_by_done: Mapping[int, int] = field(default_factory=dict)

    def build_pulse(self, total: int) -> WeekPulse:
        """Return the week's numbers; `total` counts the items on a route that all share."""
        items = finishers = 0
        for done, size in self.members_by_done.items():
            items += done * size
            # Nobody has finished a week without items.
            if total and done >= total:
                finishers += size
        return WeekPulse(self.members, items, finishers)


class PulseQueries:
    """Queries about the numbers of weeks."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def load_week_scores(self, weeks: Collection[PulseKey]) -> Mapping[PulseKey, WeekScores]:
        """Return the scores of cohorts' weeks, those of all weeks in one query."""
        if not weeks:
            return {}
        cohort_ids = sorted({cohort_id for cohort_id, _ in weeks})
        wanted = {"cohort_ids": cohort_ids, "weeks": sorted(set(weeks))}
        joined: Counter[int] = Counter()
        by_done: dict[PulseKey, dict[int, int]] = defaultdict(dict)
        for row in self._connection.execute(_SELECT_SCORES, wanted):
            if row.week_id:
                by_done[row.cohort_id, row.week_id][row.done] = row.size
            else:
                joined[row.cohort_id] = row.size
        return {key: WeekScores(joined[key[0]], by_done.get(key, {})) for key in weeks}
