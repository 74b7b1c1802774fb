"""Every seat of a cohort in one query, for a list that is searched, filtered and sorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Integer, Text, and_, bindparam, cast, func, select

from bot.group.cohort import Cohort
from bot.group.roster import RosterRow
from bot.store.checkins import CHECKINS_BY_SPEAKER, VOICE
from bot.store.connection import TxConnection
from bot.store.members import BATCH, MemberQueries
from bot.store.people import PICKS
from bot.store.seats import MAY_BE_ABSENT, SEATED, build_absence_params, select_members
from bot.store.tables import accounts, checkins, members, settings

_COHORT_ID = bindparam("cohort_id", type_=Integer)
_IS_SEAT = and_(members.c.cohort_id == _COHORT_ID, SEATED)
_ALIAS = settings.alias("alias_setting")
_IS_ALIAS = and_(
    _ALIAS.c.account_id == members.c.account_id,
    _ALIAS.c.cohort_id == 0,
    _ALIAS.c.name == "alias",
)
_SELECT_ROSTER = (
    select(
        members.c.id,
        accounts.c.person_id,
        accounts.c.name,
        members.c.alias,
        _ALIAS.c.value.label("general_alias"),
        members.c.joined_at,
        members.c.score,
        members.c.hidden,
        members.c.shift,
        (cast(members.c.catch_up, Text) != "[]").label("has_plan"),
    )
    .join(accounts, accounts.c.id == members.c.account_id)
    .outerjoin(_ALIAS, _IS_ALIAS)
    .where(_IS_SEAT)
    .order_by(members.c.id)
)
_SELECT_MAYBE_ABSENT = select_members().where(_IS_SEAT, MAY_BE_ABSENT)
_OWNS = accounts.alias("owns")
_SELECT_PICKS = (
    select(accounts.c.person_id, settings.c.value)
    .select_from(members)
    .join(accounts, accounts.c.id == members.c.account_id)
    .join(_OWNS, _OWNS.c.person_id == accounts.c.person_id)
    .join(settings, settings.c.account_id == _OWNS.c.id)
    .where(_IS_SEAT, settings.c.cohort_id == _COHORT_ID, settings.c.name == PICKS)
    # Of several accounts the newest counts: a later row takes the place of an earlier one.
    .order_by(settings.c.at)
)
_SELECT_LAST_CHECKINS = (
    select(VOICE.c.id, func.max(checkins.c.at).label("at"))
    .select_from(CHECKINS_BY_SPEAKER)
    .where(members.c.cohort_id == _COHORT_ID)
    .group_by(VOICE.c.id)
)


class RosterQueries:
    """Queries about all seats of a cohort."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def list_roster(self, cohort: Cohort) -> Sequence[RosterRow]:
        """Return every seat of a cohort, one for each person, hidden members too."""
        rows = self._connection.execute(_SELECT_ROSTER, {"cohort_id": cohort.id})
        return [
            RosterRow(
                row.id,
                row.person_id,
                row.name,
                row.alias or row.general_alias or "",
                row.joined_at,
                row.score,
                row.hidden,
                row.shift,
                row.has_plan,
            )
            for row in rows
        ]

    async def list_away_ids(self, cohort: Cohort, now: datetime) -> frozenset[int]:
        """Return the members who are away today, where they are."""
        wanted = build_absence_params(cohort, None, now)
        rows = self._connection.execute(_SELECT_MAYBE_ABSENT, wanted).all()
        away: set[int] = set()
        for start in range(0, len(rows), BATCH):
            queries = MemberQueries(self._connection)
            batch = await queries.read_member_rows(rows[start : start + BATCH], cohort.id)
            away.update(member.id for member in batch if member.is_away_today(cohort, now))
        return frozenset(away)

    async def load_tracks(self, cohort: Cohort) -> Mapping[int, str]:
        """Return the tracks that persons have chosen; empty for the usual route."""
        rows = self._connection.execute(_SELECT_PICKS, {"cohort_id": cohort.id})
        return {row.person_id: _find_track(row.value) for row in rows}

    async def load_checkin_moments(self, cohort: Cohort) -> Mapping[int, datetime]:
        """Return the instants of members' last check-ins, by member id."""
        rows = self._connection.execute(_SELECT_LAST_CHECKINS, {"cohort_id": cohort.id})
        return {row.id: row.at for row in rows}


def _find_track(words: str) -> str:
    # A word with a slash is an option of a choice, any other one the track.
    return next((word for word in words.split() if "/" not in word), "")
