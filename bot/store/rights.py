"""Rights that a space's moderators have given to people and roles, asked anew with every call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from bot.chat.address import Account, Caller, Place
from bot.group.member import Person
from bot.store.conditions import IS_SPACE, build_space_params
from bot.store.connection import TxConnection
from bot.store.people import build_grant_key
from bot.store.rows import DialectInsert
from bot.store.seats import build_spelling_params, match_bound_spelling
from bot.store.tables import accounts, grants, homes, members, spaces

GrantKind = Literal["person", "role"]
_CANDIDATE_LIMIT = 10  # more namesakes than anybody picks from


def _search_grant(is_named: ColumnElement[bool]) -> Select[tuple[int]]:
    return (
        select(grants.c.id)
        .join(spaces, spaces.c.id == grants.c.space_id)
        # A native id means somebody else in another tenant.
        .where(*IS_SPACE, spaces.c.tenant == bindparam("tenant"), is_named)
        .limit(1)
    )


_IS_PERSON = and_(grants.c.kind == "person", grants.c.native == bindparam("native"))
_IS_ROLE = and_(grants.c.kind == "role", grants.c.native.in_(bindparam("roles", expanding=True)))
# Without roles there is no list to write into the statement, so that case has one of its own.
_SEARCH_PERSON_GRANT = _search_grant(_IS_PERSON)
_SEARCH_PERSON_OR_ROLE_GRANT = _search_grant(or_(_IS_PERSON, _IS_ROLE))

_SELECT_GRANTS = (
    select(grants.c.kind, grants.c.native, grants.c.name)
    .join(spaces, spaces.c.id == grants.c.space_id)
    .where(*IS_SPACE)
    .order_by(grants.c.id)
)
_UPSERT_GRANT = DialectInsert(
    grants,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[grants.c.space_id, grants.c.kind, grants.c.native],
        set_={"name": insert.excluded.name},
    ),
)
_DELETE_GRANT = grants.delete().where(
    grants.c.space_id == bindparam("space_id"),
    grants.c.kind == bindparam("kind"),
    grants.c.native == bindparam("native"),
)
_MEMBERS_THERE = (
    select(members.c.account_id)
    .join(homes, homes.c.cohort_id == members.c.cohort_id)
    .join(spaces, spaces.c.id == homes.c.space_id)
    .where(*IS_SPACE)
)
_SELECT_CANDIDATES = (
    select(accounts.c.native, accounts.c.name)
    .where(accounts.c.platform == bindparam("platform"))
    .where(accounts.c.tenant == bindparam("tenant"))
    .where(match_bound_spelling(accounts.c.name))
    .where(accounts.c.tenant == bindparam("place_tenant"))
    # Discord has no tenants: its accounts are all over the world, so only members count.
    .where(or_(accounts.c.tenant != "", accounts.c.id.in_(_MEMBERS_THERE)))
    .order_by(accounts.c.id)
    .limit(_CANDIDATE_LIMIT)
)


@dataclass(frozen=True, slots=True)
class Grant:
    """A person or a role with a moderator's rights: its native id, and its name at the time."""

    kind: GrantKind
    native: str
    name: str


class RightsQueries:
    """Queries about rights to manage a space's cohorts."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def has_grant(self, caller: Caller, place: Place) -> bool:
        """Return True if a space's moderators have named the caller, or a role they hold."""
        # Mostly it has come with the caller's person.
        return self._connection.remember(
            "grants", build_grant_key(caller, place), lambda: self._fetch_grant(caller, place)
        )

    def _fetch_grant(self, caller: Caller, place: Place) -> bool:
        query = _SEARCH_PERSON_GRANT
        wanted: dict[str, Any] = {
            **build_space_params(place),
            "tenant": caller.account.tenant,
            "native": caller.account.native,
        }
        if caller.roles:
            query = _SEARCH_PERSON_OR_ROLE_GRANT
            wanted["roles"] = sorted(caller.roles)
        return self._connection.execute(query, wanted).first() is not None

    async def list_grants(self, place: Place) -> Sequence[Grant]:
        """Return the people and roles a space's moderators have named, the first one first."""
        rows = self._connection.execute(_SELECT_GRANTS, build_space_params(place))
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
        self._connection.execute(_UPSERT_GRANT.for_engine(self._connection), row)

    async def delete_grant(self, space_id: int, grant: Grant) -> None:
        """Take a right back."""
        key = {"space_id": space_id, "kind": grant.kind, "native": grant.native}
        self._connection.execute(_DELETE_GRANT, key)

    async def find_grant_candidates(
        self, account: Account, place: Place, name: str
    ) -> Sequence[Grant]:
        """Return people a name can mean at a place, in any letter case.

        Members in the cohorts that live in its space and, if the tenant is the space, every
        account in the tenant.
        """
        wanted = {
            **build_space_params(place),
            **build_spelling_params(name),
            "platform": account.platform,
            "tenant": account.tenant,
            "place_tenant": place.tenant,
        }
        rows = self._connection.execute(_SELECT_CANDIDATES, wanted)
        return [Grant("person", row.native, row.name) for row in rows]
