"""Rights that a space's moderators have given to people and roles, asked anew with every call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from bot.chat.address import Account, Caller, Place
from bot.group.member import Person
from bot.store.conditions import match_space
from bot.store.rows import build_insert
from bot.store.seats import match_spelling
from bot.store.tables import accounts, grants, homes, members, spaces

GrantKind = Literal["person", "role"]
_CANDIDATE_LIMIT = 10  # more namesakes than anybody picks from


@dataclass(frozen=True, slots=True)
class Grant:
    """A person or a role with a moderator's rights: its native id, and its name at the time."""

    kind: GrantKind
    native: str
    name: str


class RightsQueries:
    """Queries about rights to manage a space's cohorts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def has_grant(self, caller: Caller, place: Place) -> bool:
        """Return True if a space's moderators have named the caller, or a role they hold."""
        query = (
            select(grants.c.id)
            .join(spaces, spaces.c.id == grants.c.space_id)
            .where(*match_space(place))
            # A native id means somebody else in another tenant.
            .where(spaces.c.tenant == caller.account.tenant)
            .where(_match_caller(caller))
            .limit(1)
        )
        return self._connection.execute(query).first() is not None

    async def list_grants(self, place: Place) -> Sequence[Grant]:
        """Return the people and roles a space's moderators have named, the first one first."""
        query = (
            select(grants.c.kind, grants.c.native, grants.c.name)
            .join(spaces, spaces.c.id == grants.c.space_id)
            .where(*match_space(place))
            .order_by(grants.c.id)
        )
        rows = self._connection.execute(query)
        return [Grant(row.kind, row.native, row.name) for row in rows]

    async def save_grant(self, space_id: int, grant: Grant, by: Person, now: datetime) -> None:
        """Store a grant; one that is there already gets the name its holder has now."""
        row = {
            "space_id": space_id,
            "kind": grant.kind,
            "native": grant.native,
            "name": grant.name,
            "by": by.account_id or None,
            "at": now,
        }
        statement = build_insert(self._connection, grants).values(row)
        key = [grants.c.space_id, grants.c.kind, grants.c.native]
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=key, set_={"name": grant.name})
        )

    async def delete_grant(self, space_id: int, grant: Grant) -> None:
        """Take a right back."""
        removal = grants.delete().where(
            grants.c.space_id == space_id,
            grants.c.kind == grant.kind,
            grants.c.native == grant.native,
        )
        self._connection.execute(removal)

    async def find_grant_candidates(
        self, account: Account, place: Place, name: str
    ) -> Sequence[Grant]:
        """Return people a name can mean at a place, in any letter case.

        Members in the cohorts that live in its space and, if the tenant is the space, every
        account in the tenant.
        """
        members_there = (
            select(members.c.account_id)
            .join(homes, homes.c.cohort_id == members.c.cohort_id)
            .join(spaces, spaces.c.id == homes.c.space_id)
            .where(*match_space(place))
        )
        query = (
            select(accounts.c.native, accounts.c.name)
            .where(accounts.c.platform == account.platform, accounts.c.tenant == account.tenant)
            .where(match_spelling(accounts.c.name, name))
            .where(accounts.c.tenant == place.tenant)
            # Discord has no tenants: its accounts are all over the world, so only members count.
            .where(or_(accounts.c.tenant != "", accounts.c.id.in_(members_there)))
            .order_by(accounts.c.id)
            .limit(_CANDIDATE_LIMIT)
        )
        rows = self._connection.execute(query)
        return [Grant("person", row.native, row.name) for row in rows]


def _match_caller(caller: Caller) -> ColumnElement[bool]:
    is_person = and_(grants.c.kind == "person", grants.c.native == caller.account.native)
    if not caller.roles:
        return is_person
    is_role = and_(grants.c.kind == "role", grants.c.native.in_(sorted(caller.roles)))
    return or_(is_person, is_role)
