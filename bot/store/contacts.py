"""Reaching members: their private places, and whether they are still in the space.

A platform is asked now and then whether a member is still there. What it says is kept with the
membership, and a member who has left is noted as away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, and_, bindparam, select

from bot.chat.address import Place
from bot.group.calendar import DAY
from bot.store.absences import MISSING
from bot.store.cohorts import Home
from bot.store.connection import TxConnection
from bot.store.tables import absences, accounts, members

ContactRows = Sequence[Row[Any]]
"""The accounts by which a member may be reached, the one that joined first."""

_OWN = accounts.alias("own")
# A membership once for each account its person has, the account that joined first.
_SELECT_REACHABLE_ACCOUNTS = (
    select(
        members,
        accounts.c.id.label("reached"),
        accounts.c.platform,
        accounts.c.tenant,
        accounts.c.native,
    )
    .join(_OWN, _OWN.c.id == members.c.account_id)
    .join(accounts, accounts.c.person_id == _OWN.c.person_id)
    .where(members.c.id.in_(bindparam("member_ids", expanding=True)))
    .order_by((accounts.c.id == members.c.account_id).desc(), accounts.c.id)
)

_UPDATE_SEEN = (
    members.update()
    .where(
        members.c.id == bindparam("member"),
        members.c.account_id == bindparam("account"),
        members.c.missing_since.is_(None),
    )
    .values(looked_for_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class MemberContact:
    """The account and the private places by which a member is reached.

    `places`: one for each space the account may share with the bot; none if it is out of reach.
    `looked_for_at`: the instant a platform was last asked whether they are still there.
    `missing_since`: the instant since which they are not.
    `is_only_account`: False if another account of theirs could be reached as well.
    """

    member_id: int
    account_id: int
    cohort_id: int
    places: tuple[Place, ...]
    looked_for_at: datetime | None
    missing_since: datetime | None
    is_only_account: bool = True


class ContactQueries:
    """Queries about reaching members."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def find_member_contact(
        self, member_id: int, homes: Sequence[Home]
    ) -> MemberContact | None:
        """Return the contact for a member in the spaces they share with these homes, or None.

        The account they joined with comes first, then their other accounts if that one is out of
        reach or has left. None only if there is no such member.
        """
        found = await self.load_contact_accounts([member_id])
        return choose_contact(found[member_id], homes) if member_id in found else None

    async def load_contact_accounts(self, member_ids: Collection[int]) -> Mapping[int, ContactRows]:
        """Return the accounts by which members may be reached, for `choose_contact`."""
        by_member: dict[int, list[Row[Any]]] = defaultdict(list)
        if member_ids:
            wanted = {"member_ids": list(member_ids)}
            for row in self._connection.execute(_SELECT_REACHABLE_ACCOUNTS, wanted):
                by_member[row.id].append(row)
        return by_member

    async def record_member_present(
        self, contact: MemberContact, today: date, now: datetime
    ) -> None:
        """Note that a member is in the space, and end the absence if they had left.

        `today`: the local date where they are.
        """
        await self._update_presence_check(contact, now, None)
        await self.end_missing_absence(contact, today)

    async def record_members_present(
        self, contacts: Collection[MemberContact], now: datetime
    ) -> None:
        """Note that members are in the space who were there all the time."""
        rows = []
        # In one order, so that two writers never wait for each other.
        for contact in sorted(contacts, key=attrgetter("member_id")):
            key = {"member": contact.member_id, "account": contact.account_id}
            rows.append({**key, "now": now})
        if rows:
            self._connection.execute(_UPDATE_SEEN, rows)

    async def end_missing_absence(self, contact: MemberContact, today: date) -> None:
        """End the absence noted when a member left, before `today` where they are."""
        if contact.missing_since is None:
            return
        # The instant tells this absence from one the member asked for.
        noted = and_(
            absences.c.account_id == contact.account_id,
            absences.c.cohort_id == contact.cohort_id,
            absences.c.at == contact.missing_since,
            absences.c.last.is_(None),
        )
        # One that began today would end before it began, so it goes first.
        self._connection.execute(absences.delete().where(noted, absences.c.first >= today))
        self._connection.execute(absences.update().where(noted).values(last=today - DAY))

    async def record_member_missing(
        self, contact: MemberContact, today: date, now: datetime
    ) -> None:
        """Note that a member has left the space, and that they are away from `today` on.

        Not away if that was known already, or if another account of theirs can be reached.
        """
        await self._update_presence_check(contact, now, contact.missing_since or now)
        if contact.missing_since is None and contact.is_only_account:
            await self._insert_missing_absence(contact, today, now)

    async def _insert_missing_absence(
        self, contact: MemberContact, today: date, now: datetime
    ) -> None:
        # `at` is the instant stored as `missing_since`, by which `end_missing_absence` finds it.
        row = {
            "account_id": contact.account_id,
            "cohort_id": contact.cohort_id,
            "first": today,
            "at": now,
            "origin": MISSING,
        }
        self._connection.execute(absences.insert().values(row))

    async def _update_presence_check(
        self, contact: MemberContact, now: datetime, missing_since: datetime | None
    ) -> None:
        # The columns speak of the account that joined. Another one that stood in for it matches
        # no row here, and nothing is kept about it.
        own = and_(members.c.id == contact.member_id, members.c.account_id == contact.account_id)
        change = members.update().where(own)
        self._connection.execute(change.values(looked_for_at=now, missing_since=missing_since))


def choose_contact(rows: ContactRows, homes: Sequence[Home]) -> MemberContact:
    """Return the contact in a member's accounts, in the spaces they share with these homes."""
    reachable = []
    for row in rows:
        if places := _list_shared_places(row, homes):
            reachable.append((row, places))
    is_only = len(reachable) < 2
    for row, places in reachable:
        if row.reached != row.account_id:
            # Nothing is known about the presence of an account that did not join.
            return MemberContact(row.id, row.reached, row.cohort_id, places, None, None, is_only)
        # The account that joined is passed over once it has left, unless it is all there is.
        if is_only or row.missing_since is None:
            return _build_joined_contact(row, places, is_only=is_only)
    return _build_joined_contact(rows[0], (), is_only=True)


def _build_joined_contact(
    row: Row[Any], places: tuple[Place, ...], *, is_only: bool
) -> MemberContact:
    return MemberContact(
        row.id,
        row.account_id,
        row.cohort_id,
        places,
        row.looked_for_at,
        row.missing_since,
        is_only,
    )


def _list_shared_places(row: Row[Any], homes: Sequence[Home]) -> tuple[Place, ...]:
    """Return an account's private places, one for each space it shares with these homes."""
    places: dict[str, Place] = {}
    for home in homes:
        is_shared = (home.place.platform, home.place.tenant) == (row.platform, row.tenant)
        if home.is_in_reach and is_shared:
            space = home.place.space
            places[space] = Place(row.platform, space, native=row.native, tenant=row.tenant)
    return tuple(places.values())
