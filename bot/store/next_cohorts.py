"""The cohorts a member may join next: in a space they share, not begun, with a seat left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import and_, bindparam, func, or_, select

from bot.group.journey import NextCohort
from bot.store.connection import TxConnection
from bot.store.tables import accounts, cohorts, homes, members, spaces

_SEAT, _OWN, _OWNS = members.alias("seat"), accounts.alias("own"), accounts.alias("owns")
_HERE, _THERE = homes.alias("here"), homes.alias("there")
_SEATS, _HOLDERS = members.alias("seats"), accounts.alias("holders")

_SEATS_TAKEN = (
    select(func.count())
    .where(_SEATS.c.cohort_id == cohorts.c.id, _SEATS.c.left_at.is_(None))
    .where(_SEATS.c.voice_id.is_(None))
    .scalar_subquery()
)
_IS_MEMBER = (
    select(_SEATS.c.id)
    .join(_HOLDERS, _HOLDERS.c.id == _SEATS.c.account_id)
    .where(_SEATS.c.cohort_id == cohorts.c.id, _SEATS.c.left_at.is_(None))
    .where(_HOLDERS.c.person_id == _OWN.c.person_id)
    .exists()
)
# A cohort with homes on two platforms is there only for accounts on the platform they share.
_IS_THEIR_SPACE = and_(
    spaces.c.id == _HERE.c.space_id,
    spaces.c.platform == _OWNS.c.platform,
    spaces.c.tenant == _OWNS.c.tenant,
    spaces.c.gone_at.is_(None),
)
_SELECT_NEXT = (
    select(
        _SEAT.c.id.label("member_id"),
        cohorts.c.id,
        cohorts.c.name,
        cohorts.c.start,
        cohorts.c.roadmap,
    )
    .distinct()
    .select_from(_SEAT)
    .join(_OWN, _OWN.c.id == _SEAT.c.account_id)
    .join(_OWNS, _OWNS.c.person_id == _OWN.c.person_id)
    .join(_HERE, _HERE.c.cohort_id == _SEAT.c.cohort_id)
    .join(spaces, _IS_THEIR_SPACE)
    .join(_THERE, _THERE.c.space_id == spaces.c.id)
    .join(cohorts, and_(cohorts.c.id == _THERE.c.cohort_id, cohorts.c.state == "open"))
    .where(
        _SEAT.c.id.in_(bindparam("member_ids", expanding=True)),
        or_(cohorts.c.seats.is_(None), cohorts.c.seats > _SEATS_TAKEN),
        ~_IS_MEMBER,
    )
    .order_by(cohorts.c.start, cohorts.c.id)
)


_FIND_SHARED_SPACE = (
    select(_SEAT.c.id)
    .join(_OWNS, _OWNS.c.id == _SEAT.c.account_id)
    .join(_HERE, _HERE.c.cohort_id == _SEAT.c.cohort_id)
    .join(spaces, _IS_THEIR_SPACE)
    .join(_THERE, _THERE.c.space_id == spaces.c.id)
    .where(
        _OWNS.c.person_id == bindparam("person"),
        _THERE.c.cohort_id == bindparam("cohort"),
        _SEAT.c.left_at.is_(None),
        _SEAT.c.missing_since.is_(None),
    )
    .limit(1)
)


class NextCohortQueries:
    """Queries about what comes after a cohort."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def find_next_cohorts(
        self, member_ids: Collection[int]
    ) -> Mapping[int, Sequence[NextCohort]]:
        """Return the cohorts members may join, by member id, the first to start first."""
        found: dict[int, list[NextCohort]] = defaultdict(list)
        if not member_ids:
            return found
        for row in self._connection.execute(_SELECT_NEXT, {"member_ids": list(member_ids)}):
            next_cohort = NextCohort(f"#{row.id}", row.name, row.start, row.roadmap)
            found[row.member_id].append(next_cohort)
        return found

    async def is_in_reach(self, cohort_id: int, person_id: int) -> bool:
        """Return True for a cohort in a space where the person is a member of another one."""
        values = {"cohort": cohort_id, "person": person_id}
        return self._connection.execute(_FIND_SHARED_SPACE, values).first() is not None
