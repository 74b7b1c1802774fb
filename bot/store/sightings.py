"""When people were last active: commands by account, ticks, check-ins, and the day they joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import String, bindparam, func, literal_column, or_, select, union_all

from bot.group.silence import MemberActivity
from bot.store.conditions import match_seen_since
from bot.store.connection import TxConnection
from bot.store.tables import accounts, checkins, cohorts, members, scores, ticks

_SAVE_SIGHTING = (
    accounts.update()
    .where(
        accounts.c.id == bindparam("account"),
        # Several processes write: the latest wins, in whatever order they come.
        or_(accounts.c.seen_at.is_(None), accounts.c.seen_at < bindparam("at")),
    )
    .values(seen_at=bindparam("at"))
)
_NO_STATE = literal_column("''", String).label("state")
_IS_ASKED_FOR = accounts.c.person_id.in_(bindparam("person_ids", expanding=True))
_SEEN = select(accounts.c.person_id, accounts.c.seen_at.label("at"), _NO_STATE).where(
    _IS_ASKED_FOR, accounts.c.seen_at.is_not(None)
)
# A tick and a check-in are commands too. They are asked all the same, because they are there even
# where the minute that knew of the command was lost.
_TICKED = (
    select(accounts.c.person_id, func.max(ticks.c.at), _NO_STATE)
    .join(ticks, ticks.c.account_id == accounts.c.id)
    .where(_IS_ASKED_FOR)
    .group_by(accounts.c.person_id)
)
_CHECKED_IN = (
    select(accounts.c.person_id, func.max(checkins.c.at), _NO_STATE)
    .join(members, members.c.account_id == accounts.c.id)
    .join(checkins, checkins.c.member_id == members.c.id)
    .where(_IS_ASKED_FOR)
    .group_by(accounts.c.person_id)
)
_JOINED = (
    select(accounts.c.person_id, members.c.joined_at, cohorts.c.state)
    .join(members, members.c.account_id == accounts.c.id)
    .join(cohorts, cohorts.c.id == members.c.cohort_id)
    # One row for each cohort: the membership that speaks.
    .where(_IS_ASKED_FOR, members.c.left_at.is_(None), members.c.voice_id.is_(None))
)
_SELECT_ACTIVITY = union_all(_SEEN, _TICKED, _CHECKED_IN, _JOINED)
_SEATS = accounts.alias("seats")
_HAS_BEGUN = (
    select(scores.c.member_id)
    .where(
        scores.c.member_id == members.c.id,
        scores.c.week_id == bindparam("week_id"),
        scores.c.done > 0,
    )
    .exists()
)
_SELECT_STARTERS = (
    select(members.c.id)
    .join(_SEATS, _SEATS.c.id == members.c.account_id)
    .where(
        members.c.cohort_id == bindparam("cohort_id"),
        members.c.shown,
        # Who moved their clock has weeks of their own.
        members.c.shift == 0,
        or_(members.c.joined_at >= bindparam("since"), match_seen_since(_SEATS)),
        ~_HAS_BEGUN,
    )
    .order_by(members.c.id)
    .limit(bindparam("limit"))
)
_LIVE_STATES = frozenset({"open", "running", "paused"})


class SightingQueries:
    """Queries about people's last activity."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def save_sightings(self, sightings: Mapping[int, datetime]) -> None:
        """Store when these accounts last used a command, unless something later is stored."""
        # In the order of their ids, so that two processes never wait for each other.
        rows = [{"account": account, "at": at} for account, at in sorted(sightings.items())]
        if rows:
            self._connection.execute(_SAVE_SIGHTING, rows)

    async def load_activity(self, person_ids: Collection[int]) -> Mapping[int, MemberActivity]:
        """Return these persons' last activity, through any account, in whatever cohort."""
        if not person_ids:
            return {}
        moments: dict[int, list[datetime]] = defaultdict(list)
        cohort_counts: dict[int, int] = defaultdict(int)
        wanted = {"person_ids": sorted(set(person_ids))}
        for row in self._connection.execute(_SELECT_ACTIVITY, wanted):
            moments[row.person_id].append(row.at)
            cohort_counts[row.person_id] += row.state in _LIVE_STATES
        activity = {}
        for person_id, instants in moments.items():
            activity[person_id] = MemberActivity(max(instants), cohort_counts[person_id])
        return activity

    async def list_starter_ids(
        self, cohort_id: int, week_id: str, since: datetime, limit: int
    ) -> Sequence[int]:
        """Return visible members who have ticked nothing in a week, but were seen since an instant.

        Away members are among them.
        """
        values = {"cohort_id": cohort_id, "week_id": week_id, "since": since, "limit": limit}
        return list(self._connection.execute(_SELECT_STARTERS, values).scalars())
