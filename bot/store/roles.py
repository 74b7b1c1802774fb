"""Who has a role and who is to have it: the next few differences, and what became of them.

What the platform was last known to say is kept in `role_holders`. Whoever is to have a role
follows from today's members: visible ones alone, by every account of theirs on that platform.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, not_, or_, select

from bot.group.cohort import Cohort
from bot.group.notify import RolePurpose
from bot.group.zones import load_zone
from bot.store.connection import TxConnection
from bot.store.people import PeopleQueries
from bot.store.role_requests import CHECK_EVERY, Role
from bot.store.rows import DialectInsert
from bot.store.tables import absences, accounts, members, role_holders, roles

ABSENT_FOR = timedelta(days=1)  # before somebody who was not in the space is tried again
TRUSTED_FOR = timedelta(days=7)  # before a role is given again: somebody may have taken it by hand
DAY = timedelta(days=1)
MOST_AWAY = 500  # people whose days away are compared with the date in their zone

_HOLDER = role_holders.c
_IS_ROLE = role_holders.c.role_id == bindparam("role")
_own, _account = accounts.alias("own"), accounts.alias("account")
_BESIDE = members.join(_own, _own.c.id == members.c.account_id).join(
    _account, _account.c.person_id == _own.c.person_id
)
_IS_SEEN = and_(
    members.c.cohort_id == bindparam("cohort"),
    members.c.shown,
    _account.c.platform == bindparam("platform"),
    _account.c.tenant == bindparam("tenant"),
)
_SEEN = select(_account.c.native).select_from(_BESIDE).where(_IS_SEEN)
_WAS_ABSENT = _HOLDER.checked_at > bindparam("absent_since")


def _match_wanting(purpose: RolePurpose) -> ColumnElement[bool]:
    """Match holders who are to have the role."""
    is_seen = _HOLDER.native.in_(_SEEN)
    if purpose == "member":
        return is_seen
    is_away = _HOLDER.native.in_(bindparam("away", expanding=True))
    return and_(_HOLDER.chosen, is_seen, not_(is_away))


def _select_giving(purpose: RolePurpose) -> Select[Any]:
    if purpose == "news":
        is_free = or_(_HOLDER.checked_at.is_(None), not_(_WAS_ABSENT))
        return select(_HOLDER.native).where(
            _IS_ROLE, _match_wanting("news"), not_(_HOLDER.held), is_free
        )
    is_done = (
        select(_HOLDER.native)
        .where(_IS_ROLE, _HOLDER.native == _account.c.native, or_(_HOLDER.held, _WAS_ABSENT))
        .exists()
    )
    return _SEEN.distinct().where(~is_done)


def _select_holders(purpose: RolePurpose, *, is_wanting: bool) -> Select[Any]:
    wanting = _match_wanting(purpose)
    condition = not_(wanting)
    if is_wanting:
        condition = and_(wanting, _HOLDER.checked_at <= bindparam("stale_since"))
    return select(_HOLDER.native).where(_IS_ROLE, _HOLDER.held, condition)


def _limit(query: Select[Any]) -> Select[Any]:
    return query.order_by(query.selected_columns[0]).limit(bindparam("limit"))


_TAKE = {
    "news": _limit(_select_holders("news", is_wanting=False)),
    "member": _limit(_select_holders("member", is_wanting=False)),
}
_GIVE = {"news": _limit(_select_giving("news")), "member": _limit(_select_giving("member"))}
_GIVE_AGAIN = {
    "news": _limit(_select_holders("news", is_wanting=True)),
    "member": _limit(_select_holders("member", is_wanting=True)),
}
_SELECT_AWAY = (
    select(
        role_holders.c.native,
        accounts.c.person_id,
        accounts.c.id.label("account_id"),
        accounts.c.name,
        accounts.c.zone.label("account_zone"),
    )
    .distinct()
    .select_from(
        role_holders.join(accounts, accounts.c.native == role_holders.c.native)
        .join(_own, _own.c.person_id == accounts.c.person_id)
        .join(absences, absences.c.account_id == _own.c.id)
    )
    .where(
        _IS_ROLE,
        role_holders.c.chosen,
        accounts.c.platform == bindparam("platform"),
        accounts.c.tenant == bindparam("tenant"),
        absences.c.first <= bindparam("latest"),
        or_(absences.c.last.is_(None), absences.c.last >= bindparam("earliest")),
    )
    .order_by(role_holders.c.native)
    .limit(MOST_AWAY)
)
_RECORD = DialectInsert(
    role_holders,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[role_holders.c.role_id, role_holders.c.native],
        set_={"held": insert.excluded.held, "checked_at": insert.excluded.checked_at},
    ),
)
_RECORD_TAKEN = (
    role_holders.update()
    .where(_IS_ROLE, role_holders.c.native == bindparam("taken_from"))
    .values(held=False, checked_at=None)
)
# Nobody keeps somebody's id for nothing.
_FORGET = role_holders.delete().where(
    _IS_ROLE,
    not_(role_holders.c.chosen),
    not_(role_holders.c.held),
    or_(role_holders.c.checked_at.is_(None), not_(_WAS_ABSENT)),
)
_FORGET_ALL_HELD = role_holders.update().where(_IS_ROLE).values(held=False, checked_at=None)

_IS_MINE = and_(
    roles.c.id == bindparam("role"),
    roles.c.tries == bindparam("claimed_try"),
    roles.c.due_at == bindparam("claimed_until"),
)
_SAVE_NATIVE = roles.update().where(_IS_MINE).values(native=bindparam("new_native"))
_LAST_WORD = roles.c.changes == bindparam("known_changes")
_REST = (
    roles.update()
    .where(_IS_MINE, _LAST_WORD)
    .values(
        tries=0,
        changes=0,
        due_at=None,
        check_at=bindparam("next_check"),
        trouble="",
        state=bindparam("new_state"),
    )
)
_GO_ON = roles.update().where(_IS_MINE).values(tries=1, changes=0, due_at=bindparam("until"))
_POSTPONE = (
    roles.update()
    .where(_IS_MINE)
    .values(due_at=bindparam("until"), trouble=bindparam("new_trouble"))
)
_DELETE = roles.delete().where(_IS_MINE, _LAST_WORD)


@dataclass(frozen=True, slots=True)
class RoleChanges:
    """The next accounts to take a role from and to give it to, by their native ids.

    `again`: those who were given it long ago.
    """

    taken: Sequence[str] = ()
    given: Sequence[str] = ()
    again: Sequence[str] = ()

    @property
    def count(self) -> int:
        return len(self.taken) + len(self.given) + len(self.again)


class RoleQueries:
    """Queries about a claimed role."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def list_changes(
        self, role: Role, cohort: Cohort, now: datetime, limit: int
    ) -> RoleChanges:
        """Return at most `limit` differences; whoever is to lose the role comes first."""
        wanted: dict[str, Any] = {
            "role": role.id,
            "cohort": role.cohort_id,
            "platform": role.place.platform,
            "tenant": role.place.tenant,
        }
        if role.purpose == "news":
            wanted["away"] = await self._list_away(role, cohort, now) or [""]
        taken = self._read(_TAKE[role.purpose], wanted, limit)
        left = limit - len(taken)
        absence = {"absent_since": now - ABSENT_FOR}
        given = self._read(_GIVE[role.purpose], {**wanted, **absence}, left)
        left -= len(given)
        staleness = {"stale_since": now - TRUSTED_FOR}
        again = self._read(_GIVE_AGAIN[role.purpose], {**wanted, **staleness}, left)
        return RoleChanges(taken, given, again)

    def _read(self, query: Select[Any], wanted: dict[str, Any], limit: int) -> Sequence[str]:
        if limit <= 0:
            return ()
        return list(self._connection.execute(query, {**wanted, "limit": limit}).scalars())

    async def _list_away(self, role: Role, cohort: Cohort, now: datetime) -> Sequence[str]:
        """Return the native ids of those with a choice who are away today, in their own zones."""
        today = now.date()
        rows = self._connection.execute(
            _SELECT_AWAY,
            {
                "role": role.id,
                "platform": role.place.platform,
                "tenant": role.place.tenant,
                "earliest": today - DAY,
                "latest": today + DAY,
            },
        ).all()
        person_ids = sorted({row.person_id for row in rows})
        if not person_ids:
            return ()
        known = await PeopleQueries(self._connection).load_people_settings(
            person_ids, role.cohort_id
        )
        away = []
        for row in rows:
            person = known.build_person_from_row(row)
            if person.is_away_on(now.astimezone(load_zone(person.zone or cohort.zone)).date()):
                away.append(row.native)
        return away

    # — what became of it —

    async def record_holders(
        self, role: Role, natives: Collection[str], now: datetime, *, held: bool
    ) -> None:
        """Note who has a role now, or could not get it because they are not in the space."""
        rows = []
        for native in natives:
            rows.append({"role_id": role.id, "native": native, "held": held, "checked_at": now})
        if rows:
            self._connection.execute(_RECORD.for_engine(self._connection), rows)

    async def record_taken(self, role: Role, natives: Collection[str]) -> None:
        """Note from whom a role was taken."""
        rows = [{"role": role.id, "taken_from": native} for native in natives]
        if rows:
            self._connection.execute(_RECORD_TAKEN, rows)

    async def forget_others(self, role: Role, now: datetime) -> None:
        """Forget whoever neither has a role nor has asked for it."""
        self._connection.execute(_FORGET, {"role": role.id, "absent_since": now - ABSENT_FOR})

    async def save_native(self, role: Role, native: str) -> None:
        """Note the id of a role that was made."""
        self._connection.execute(_SAVE_NATIVE, {**_build_key(role), "new_native": native})

    async def mark_gone(self, role: Role, now: datetime) -> None:
        """Note that somebody has deleted a role: nobody has it, until it is asked for again."""
        self._connection.execute(_FORGET_ALL_HELD, {"role": role.id})
        await self._rest(role, "gone", now)

    async def rest_role(self, role: Role, now: datetime) -> None:
        """Put a role that is right to rest, or have it put right again if that was asked for."""
        await self._rest(role, role.state, now)

    async def _rest(self, role: Role, state: str, now: datetime) -> None:
        key = {**_build_key(role), "known_changes": role.changes}
        values = {"new_state": state, "next_check": now + CHECK_EVERY}
        self._connection.execute(_REST, {**key, **values})
        # A row that was asked for meanwhile is still there under this key.
        await self.continue_role(role, now)

    async def continue_role(self, role: Role, until: datetime) -> None:
        """Have a role put right further at an instant."""
        self._connection.execute(_GO_ON, {**_build_key(role), "until": until})

    async def postpone_role(self, role: Role, until: datetime, trouble: str) -> None:
        """Try a role again at an instant. `trouble`: prose for moderators, empty for none."""
        values = {"until": until, "new_trouble": trouble}
        self._connection.execute(_POSTPONE, {**_build_key(role), **values})

    async def delete_role(self, role: Role, now: datetime) -> None:
        """Forget a role that is deleted, unless somebody wants it again."""
        key = {**_build_key(role), "known_changes": role.changes}
        self._connection.execute(_DELETE, key)
        await self.save_native(role, "")
        await self.continue_role(role, now)


def _build_key(role: Role) -> dict[str, Any]:
    return {"role": role.id, "claimed_try": role.tries, "claimed_until": role.leased_until}
