"""What people and moderators want of roles, and whose turn it is to be put right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, func, or_, select

from bot.chat.address import Place
from bot.group.notify import RolePurpose, RoleState
from bot.store.cohorts import Home
from bot.store.connection import TxConnection
from bot.store.letter import LEASE
from bot.store.rows import DialectInsert
from bot.store.tables import homes, role_holders, roles, spaces

CHECK_EVERY = timedelta(hours=1)  # a role at rest is looked at so often


@dataclass(frozen=True, slots=True)
class Role:
    """A cohort's role in a space.

    `native`: the platform's id, empty until it is made. `trouble`: prose for moderators.
    `tries`: those since it was last right. `changes`: the requests since then.
    `leased_until`: a claimed role is ours until then.
    """

    id: int
    cohort_id: int
    place: Place
    purpose: RolePurpose
    name: str
    native: str
    state: RoleState
    trouble: str
    made_at: datetime
    tries: int
    changes: int
    leased_until: datetime | None


_HOME_SPACE = select(homes.c.space_id).where(homes.c.id == bindparam("home")).scalar_subquery()
_KEEP_AGAIN = {
    "state": "wanted",
    "changes": roles.c.changes + 1,
    "trouble": "",
    # Made again after somebody has deleted it.
    "native": case((roles.c.state == "gone", ""), else_=roles.c.native),
}


def _match_at_rest_or_waiting(now: Any) -> Any:
    # Whoever holds it sees the change when it is done.
    return case((roles.c.tries > 0, roles.c.due_at), else_=now)


_KEEP = DialectInsert(
    roles,
    lambda insert: insert.from_select(
        ["cohort_id", "space_id", "purpose", "name", "state", "made_at", "due_at", "check_at"],
        select(
            bindparam("cohort", type_=roles.c.cohort_id.type),
            homes.c.space_id,
            bindparam("new_purpose", type_=roles.c.purpose.type),
            bindparam("new_name", type_=roles.c.name.type),
            bindparam("new_state", type_=roles.c.state.type),
            bindparam("now", type_=roles.c.made_at.type),
            bindparam("now", type_=roles.c.due_at.type),
            bindparam("now", type_=roles.c.check_at.type),
        ).where(homes.c.id == bindparam("home")),
    ).on_conflict_do_update(
        index_elements=[roles.c.cohort_id, roles.c.space_id, roles.c.purpose],
        set_={
            **_KEEP_AGAIN,
            "due_at": case((roles.c.tries > 0, roles.c.due_at), else_=insert.excluded.due_at),
        },
    ),
)
_DROP = (
    roles.update()
    .where(
        roles.c.cohort_id == bindparam("cohort"),
        roles.c.space_id == _HOME_SPACE,
        roles.c.purpose == bindparam("dropped_purpose"),
    )
    .values(
        state="dropped",
        changes=roles.c.changes + 1,
        due_at=_match_at_rest_or_waiting(bindparam("now", type_=roles.c.due_at.type)),
    )
)
_REQUEST = (
    roles.update()
    .where(roles.c.cohort_id.in_(bindparam("cohort_ids", expanding=True)))
    .values(
        changes=roles.c.changes + 1,
        due_at=_match_at_rest_or_waiting(bindparam("now", type_=roles.c.due_at.type)),
    )
)
SELECT_ROLES = select(
    roles, spaces.c.platform, spaces.c.native.label("space"), spaces.c.tenant
).join(spaces, spaces.c.id == roles.c.space_id)
_SELECT_ROLE_THERE = SELECT_ROLES.where(
    roles.c.cohort_id == bindparam("cohort"),
    spaces.c.platform == bindparam("platform"),
    spaces.c.native == bindparam("space"),
    roles.c.purpose == bindparam("wanted_purpose"),
)
_SELECT_COHORT_ROLES = SELECT_ROLES.where(
    roles.c.cohort_id == bindparam("cohort"),
    spaces.c.platform == bindparam("platform"),
    roles.c.purpose == bindparam("wanted_purpose"),
).order_by(roles.c.id)
_CHOOSE = DialectInsert(
    role_holders,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[role_holders.c.role_id, role_holders.c.native],
        set_={"chosen": insert.excluded.chosen, "held": insert.excluded.held},
    ),
)
_SELECT_HOLDER = select(role_holders.c.chosen, role_holders.c.held).where(
    role_holders.c.role_id == bindparam("role"), role_holders.c.native == bindparam("account")
)

# — claims —

_IS_AT_REST = roles.c.due_at.is_(None)
_IS_ON_TURN = or_(
    roles.c.due_at <= bindparam("now"), and_(_IS_AT_REST, roles.c.check_at <= bindparam("now"))
)
IS_ROLE_DUE = select(roles.c.id).where(_IS_ON_TURN).exists()
SELECT_NEXT_ROLE_DUE = select(func.min(roles.c.due_at))
# A look at a role at rest is nothing that anybody waits for: it counts once its time has come.
SELECT_DUE_ROLE_CHECK = select(func.min(roles.c.check_at)).where(
    _IS_AT_REST, roles.c.check_at <= bindparam("now")
)
_READY = (
    select(roles.c.id)
    .where(_IS_ON_TURN)
    .order_by(roles.c.due_at, roles.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=roles, skip_locked=True)
)
_CLAIM = (
    roles.update()
    .where(roles.c.id.in_(_READY))
    .values(tries=roles.c.tries + 1, due_at=bindparam("leased_until"))
    .returning(roles.c.id)
)
_SELECT_CLAIMED = SELECT_ROLES.where(
    roles.c.id.in_(bindparam("role_ids", expanding=True))
).order_by(roles.c.id)
_RESET = (
    roles.update()
    .where(roles.c.tries > 0, roles.c.due_at > bindparam("now"))
    .values(due_at=bindparam("now"))
)


class RoleRequestQueries:
    """Queries about what is wanted of roles, and about whose turn it is."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    # — moderators —

    async def keep_role(self, home: Home, purpose: RolePurpose, name: str, now: datetime) -> None:
        """Have a role in the home's space, made anew if somebody has deleted it."""
        row = {
            "cohort": home.cohort_id,
            "home": home.id,
            "new_purpose": purpose,
            "new_name": name,
            "new_state": "wanted",
            "now": now,
        }
        self._connection.execute(_KEEP.for_engine(self._connection), row)

    async def drop_role(self, home: Home, purpose: RolePurpose, now: datetime) -> None:
        """Have a role deleted on the platform, and forget who had it."""
        values = {"cohort": home.cohort_id, "home": home.id, "dropped_purpose": purpose}
        self._connection.execute(_DROP, {**values, "now": now})

    async def find_role(self, cohort_id: int, place: Place, purpose: RolePurpose) -> Role | None:
        """Return a cohort's role in a place's space; None if nobody ever wanted one."""
        if not self._may_have_roles(cohort_id):
            return None
        wanted = {"cohort": cohort_id, "platform": place.platform, "space": place.space}
        row = self._connection.execute(
            _SELECT_ROLE_THERE, {**wanted, "wanted_purpose": purpose}
        ).first()
        return build_role(row) if row else None

    async def list_roles(
        self, cohort_id: int, platform: str, purpose: RolePurpose
    ) -> Sequence[Role]:
        """Return a cohort's roles for a purpose on a platform, one for each space."""
        wanted = {"cohort": cohort_id, "platform": platform, "wanted_purpose": purpose}
        rows = self._connection.execute(_SELECT_COHORT_ROLES, wanted)
        return [build_role(row) for row in rows]

    # — members —

    async def choose_role(
        self, role: Role, native: str, *, chosen: bool, held: bool, now: datetime
    ) -> None:
        """Note that somebody wants a role, or does not any more.

        `held`: they have it already, as far as is known.
        """
        row = {"role_id": role.id, "native": native, "chosen": chosen, "held": held}
        self._connection.execute(_CHOOSE.for_engine(self._connection), row)
        await self.request_check([role.cohort_id], now)

    async def load_holder(self, role: Role, native: str) -> tuple[bool, bool]:
        """Return whether an account has asked for a role, and whether it was given."""
        row = self._connection.execute(_SELECT_HOLDER, {"role": role.id, "account": native}).first()
        return (row.chosen, row.held) if row else (False, False)

    async def request_check(self, cohort_ids: Collection[int], now: datetime) -> None:
        """Have the roles of these cohorts put right now."""
        if cohort_ids:
            self._connection.execute(_REQUEST, {"cohort_ids": sorted(cohort_ids), "now": now})

    async def request_noted_checks(self, now: datetime) -> None:
        """Have the roles put right of cohorts whose visible members this transaction changed."""
        noted = self._connection.list_noted("audience").values()
        # A role made while this transaction waited for its cohort is put right an hour later.
        cohort_ids = [cohort_id for cohort_id, _ in noted if self._may_have_roles(cohort_id)]
        await self.request_check(cohort_ids, now)

    def _may_have_roles(self, cohort_id: int) -> bool:
        """Return False if this transaction has read of a cohort that it has no roles."""
        return bool(self._connection.list_noted("roles").get(cohort_id, True))

    # — claims —

    async def claim_roles(self, now: datetime, limit: int) -> Sequence[Role]:
        """Claim up to `limit` roles that are to be put right, or looked at."""
        values = {"now": now, "limit": limit, "leased_until": now + LEASE}
        role_ids = list(self._connection.execute(_CLAIM, values).scalars())
        if not role_ids:
            return ()
        rows = self._connection.execute(_SELECT_CLAIMED, {"role_ids": role_ids})
        return [build_role(row) for row in rows]

    async def reset_role_claims(self, now: datetime) -> None:
        """Make every claimed role due now.

        Only for a start that knows no other process is alive.
        """
        self._connection.execute(_RESET, {"now": now})


def build_role(row: Row[Any]) -> Role:
    """Return the role in a row of `SELECT_ROLES`."""
    return Role(
        id=row.id,
        cohort_id=row.cohort_id,
        place=Place(row.platform, row.space, tenant=row.tenant),
        purpose=row.purpose,
        name=row.name,
        native=row.native,
        state=row.state,
        trouble=row.trouble,
        made_at=row.made_at,
        tries=row.tries,
        changes=row.changes,
        leased_until=row.due_at,
    )
