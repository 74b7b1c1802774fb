"""Rights that the moderators of a space have given to people and roles beside themselves, asked anew with every call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.address import Account, Caller, Place
from bot.group.member import Person
from bot.store.rows import build_insert
from bot.store.tables import accounts, grants, homes, members, spaces


@dataclass(frozen=True, slots=True)
class Grant:
    """Somebody who was named: a `person` or a `role` by its native id, and what it was called then."""

    kind: str
    native: str
    name: str


class RightsQueries:
    """Queries about who may manage the cohorts of a space."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def has_grant(self, caller: Caller, place: Place) -> bool:
        """Whether the moderators of a place's space have named the caller, or a role they hold."""
        person = and_(grants.c.kind == "person", grants.c.native == caller.account.native)
        role = and_(grants.c.kind == "role", grants.c.native.in_(sorted(caller.roles)))
        asked = (
            select(grants.c.id)
            .join(spaces, spaces.c.id == grants.c.space_id)
            .where(spaces.c.platform == place.platform, spaces.c.native == place.space)
            .where(spaces.c.tenant == caller.account.tenant)
            .where(or_(person, role) if caller.roles else person)
            .limit(1)
        )
        return (await self._connection.execute(asked)).first() is not None

    async def list_grants(self, place: Place) -> Sequence[Grant]:
        """Whom the moderators of a place's space have named, the first one first."""
        asked = (
            select(grants.c.kind, grants.c.native, grants.c.name)
            .join(spaces, spaces.c.id == grants.c.space_id)
            .where(spaces.c.platform == place.platform, spaces.c.native == place.space)
            .order_by(grants.c.id)
        )
        return [
            Grant(row.kind, row.native, row.name) for row in await self._connection.execute(asked)
        ]

    async def save_grant(self, space_id: int, grant: Grant, by: Person, now: datetime) -> None:
        """Name somebody. Whoever was named before gets the name they have now."""
        row = {
            "space_id": space_id,
            "kind": grant.kind,
            "native": grant.native,
            "name": grant.name,
            "by": by.account_id or None,
            "at": now,
        }
        made = build_insert(self._connection, grants).values(row)
        key = [grants.c.space_id, grants.c.kind, grants.c.native]
        await self._connection.execute(
            made.on_conflict_do_update(index_elements=key, set_={"name": grant.name})
        )

    async def delete_grant(self, space_id: int, grant: Grant) -> None:
        """Take a right back."""
        theirs = (
            grants.c.space_id == space_id,
            grants.c.kind == grant.kind,
            grants.c.native == grant.native,
        )
        await self._connection.execute(grants.delete().where(*theirs))

    async def find_grant_candidates(
        self, account: Account, place: Place, name: str
    ) -> Sequence[Grant]:
        """Those who can be meant by a name at a place, letter case forgiven: members of the cohorts that live in its space,
        and every account of a tenant that is the space."""
        # SQLite folds the case of ASCII alone: of other letters the usual spellings are looked for as well.
        spelt = {name, name.lower(), name.upper(), name.title(), name.capitalize()}
        there = (
            select(members.c.account_id)
            .join(homes, homes.c.cohort_id == members.c.cohort_id)
            .join(spaces, spaces.c.id == homes.c.space_id)
            .where(spaces.c.platform == place.platform, spaces.c.native == place.space)
        )
        asked = (
            select(accounts.c.native, accounts.c.name)
            .where(accounts.c.platform == account.platform, accounts.c.tenant == account.tenant)
            .where(or_(func.lower(accounts.c.name) == name.lower(), accounts.c.name.in_(spelt)))
            .where(accounts.c.tenant == place.tenant)
            .where(or_(accounts.c.tenant != "", accounts.c.id.in_(there)))
            .order_by(accounts.c.id)
            .limit(10)
        )
        return [
            Grant("person", row.native, row.name) for row in await self._connection.execute(asked)
        ]
