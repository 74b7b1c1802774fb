"""The accounts of a person: joined into one, and parted again by what came through each.

Joining rewrites no history: accounts point at one person from then on, and everything is read through them. Parting moves
check-ins home to the account they came through; nothing is lost and nothing is kept twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.address import Account
from bot.group.cohort import Cohort
from bot.group.member import Person
from bot.post import PostRegistry, post_registry
from bot.store.cohorts import CohortQueries
from bot.store.members import MemberQueries, copy_inherited_values
from bot.store.people import PeopleQueries
from bot.store.progress import ProgressQueries
from bot.store.rows import build_cohort, build_insert
from bot.store.tables import (
    accounts,
    checkins,
    cohorts,
    homes,
    members,
    persons,
    settings,
    spaces,
    ticks,
)

PRIVATE = (
    "alias",
    "hidden",
)  # settings that nobody loses by parting: who was not seen is not seen afterwards


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An account of a person, with its number here and what its platform calls them."""

    id: int
    account: Account
    name: str


class AccountQueries:
    """Queries about the accounts of a person."""

    def __init__(
        self, connection: AsyncConnection, post_kinds: PostRegistry = post_registry
    ) -> None:
        self._connection = connection
        self._post_kinds = post_kinds

    async def list_person_accounts(self, person: Person) -> Sequence[LinkedAccount]:
        """Every account of the person who speaks, the first one met first."""
        return await self.list_linked_accounts(person.account_id)

    async def list_linked_accounts(self, account_id: int) -> Sequence[LinkedAccount]:
        """An account and those it is linked with, the first one met first."""
        theirs = (
            select(accounts)
            .where(accounts.c.person_id == _select_person_id(account_id))
            .order_by(accounts.c.id)
        )
        return [
            LinkedAccount(row.id, Account(row.platform, row.tenant, row.native), row.name)
            for row in await self._connection.execute(theirs)
        ]

    async def link_accounts(self, account_id: int, other_account_id: int, now: datetime) -> None:
        """Have two accounts, and those linked with either, be one person's. Both must be held, as a redeemed code does."""
        both = [
            await self._load_person_id(account_id),
            await self._load_person_id(other_account_id),
        ]
        stays, goes = sorted(both)
        shared = await self._lock_cohorts_and_persons(both)
        await self._connection.execute(
            accounts.update().where(accounts.c.person_id == goes).values(person_id=stays)
        )
        await self._connection.execute(persons.delete().where(persons.c.id == goes))
        for cohort in shared:
            await self._merge_privacy(cohort, stays)
            await self._update_memberships(cohort, [stays], now)
            await self._restore_reachable_members(cohort, stays, now)

    async def unlink_account(self, person: Person, now: datetime) -> None:
        """Have an account stand alone again. What came through it is its own, and the other accounts keep the rest."""
        theirs = (
            select(accounts.c.id).where(accounts.c.person_id == person.id).order_by(accounts.c.id)
        )
        await self._connection.execute(theirs.with_for_update(key_share=True))
        if len(await self.list_person_accounts(person)) < 2:
            return  # said twice at once, or with both accounts: it stands alone already
        shared = await self._lock_cohorts_and_persons([person.id])
        private = {
            name: await PeopleQueries(self._connection).load_setting(person, name)
            for name in PRIVATE
        }
        made = persons.insert().values(met_at=now).returning(persons.c.id)
        alone = int((await self._connection.execute(made)).scalar_one())
        await self._connection.execute(
            accounts.update().where(accounts.c.id == person.account_id).values(person_id=alone)
        )
        both = [person.id, alone]
        for name, value in private.items():
            for one in both:
                await self._copy_privacy_setting(one, name, value, now)
        for cohort in shared:
            await self._split_memberships(cohort, both)
            await self._update_memberships(cohort, both, now)

    # — what both do —

    async def _load_person_id(self, account_id: int) -> int:
        return int(
            (await self._connection.execute(select(_select_person_id(account_id)))).scalar_one()
        )

    async def _lock_cohorts_and_persons(self, person_ids: Sequence[int]) -> list[Cohort]:
        """Lock the cohorts of these persons, then the persons themselves, in one order. Returns the cohorts."""
        theirs = select(members.c.cohort_id).join(accounts, accounts.c.id == members.c.account_id)
        asked = select(cohorts).where(
            cohorts.c.id.in_(theirs.where(accounts.c.person_id.in_(person_ids)))
        )
        rows = (
            await self._connection.execute(asked.order_by(cohorts.c.id).with_for_update())
        ).all()
        held = select(persons.c.id).where(persons.c.id.in_(person_ids)).order_by(persons.c.id)
        await self._connection.execute(held.with_for_update())
        return [build_cohort(row) for row in rows]

    async def _update_memberships(
        self, cohort: Cohort, person_ids: Iterable[int], now: datetime
    ) -> None:
        """Have one membership of each person speak, and count its scores again."""
        for person_id in person_ids:
            seats = MemberQueries(self._connection, self._post_kinds)
            await seats.choose_speaking_membership(cohort, person_id, now)
            await ProgressQueries(self._connection).update_locked_person_scores(cohort, person_id)

    async def _load_memberships(self, cohort: Cohort, person_id: int) -> Sequence[Row[Any]]:
        asked = select(members).join(accounts, accounts.c.id == members.c.account_id)
        here = asked.where(members.c.cohort_id == cohort.id, accounts.c.person_id == person_id)
        return (
            await self._connection.execute(here.order_by(members.c.joined_at, members.c.id))
        ).all()

    # — joining —

    async def _merge_privacy(self, cohort: Cohort, person_id: int) -> None:
        """One privacy for all memberships of a person in a cohort: where they differ on who is hidden, what was said last
        counts and, if nothing was said, nobody is shown who was not."""
        seats = await self._load_memberships(cohort, person_id)
        if len(seats) < 2:
            return
        said = {row.id: await self._find_privacy_set_at(row) for row in seats}
        latest = max((at for at in said.values() if at is not None), default=None)
        hidden = any(row.hidden for row in seats if said[row.id] == latest)
        alias = next((row.alias for row in seats if row.alias), "")
        here = members.c.id.in_([row.id for row in seats])
        await self._connection.execute(
            members.update().where(here).values(hidden=hidden, alias=alias)
        )

    async def _find_privacy_set_at(self, seat: Row[Any]) -> datetime | None:
        asked = select(settings.c.at).where(
            settings.c.account_id == seat.account_id, settings.c.name == "hidden"
        )
        asked = asked.where(settings.c.cohort_id.in_([0, seat.cohort_id])).order_by(
            settings.c.at.desc()
        )
        found: datetime | None = (await self._connection.execute(asked.limit(1))).scalar()
        return found

    async def _restore_reachable_members(
        self, cohort: Cohort, person_id: int, now: datetime
    ) -> None:
        """Whoever has left the space with one account, and can be reached with another, is not away for that."""
        keeper = MemberQueries(self._connection)
        gone = [
            row.id
            for row in await self._load_memberships(cohort, person_id)
            if row.missing_since is not None
        ]
        for member_id, member in (await keeper.load_members_by_id(gone, cohort.id)).items():
            own = await keeper.find_member_contact(member_id, ())
            reached = await keeper.find_member_contact(
                member_id, await CohortQueries(self._connection).list_homes(cohort.id)
            )
            if own and reached and reached.account_id != own.account_id:
                await keeper.end_missing_absence(own, member.get_member_date(cohort, now))

    # — parting —

    async def _copy_privacy_setting(
        self, person_id: int, name: str, value: str | None, now: datetime
    ) -> None:
        """What held for the person's privacy goes on to hold for one who has said nothing of it through their accounts."""
        theirs = (
            select(accounts.c.id).where(accounts.c.person_id == person_id).order_by(accounts.c.id)
        )
        said = and_(
            settings.c.account_id.in_(theirs), settings.c.cohort_id == 0, settings.c.name == name
        )
        if value is None or (await self._connection.execute(select(exists().where(said)))).scalar():
            return
        account_id = (await self._connection.execute(theirs.limit(1))).scalar_one()
        row = {"account_id": account_id, "cohort_id": 0, "name": name, "value": value, "at": now}
        await self._connection.execute(settings.insert().values(row))

    async def _split_memberships(self, cohort: Cohort, person_ids: Sequence[int]) -> None:
        """Give each of two persons what came through their accounts in a cohort, and a seat to keep it in."""
        seats = {one: list(await self._load_memberships(cohort, one)) for one in person_ids}
        for one, other in permutations(person_ids):
            if not seats[one]:
                alive = (seat for seat in seats[other] if seat.left_at is None)
                seats[one] = list(
                    await self._insert_membership(cohort, one, next(alive, seats[other][0]))
                )
        for one, other in permutations(person_ids):
            for row in await self._list_stray_checkins(cohort, one, other):
                own = next(
                    (seat for seat in seats[one] if seat.account_id == row.account_id),
                    seats[one][0],
                )
                stray = and_(
                    checkins.c.member_id == row.member_id, checkins.c.account_id == row.account_id
                )
                await self._connection.execute(
                    checkins.update().where(stray).values(member_id=own.id)
                )

    async def _list_stray_checkins(
        self, cohort: Cohort, one: int, other: int
    ) -> Sequence[Row[Any]]:
        """Where memberships of `other` keep check-ins that came through accounts of `one`."""
        through, seated = accounts.alias("through"), accounts.alias("seated")
        asked = (
            select(checkins.c.member_id, checkins.c.account_id)
            .join(members, members.c.id == checkins.c.member_id)
            .join(seated, seated.c.id == members.c.account_id)
            .join(through, through.c.id == checkins.c.account_id)
            .where(
                members.c.cohort_id == cohort.id,
                seated.c.person_id == other,
                through.c.person_id == one,
            )
        )
        return list(await self._connection.execute(asked.distinct()))

    async def _insert_membership(
        self, cohort: Cohort, person_id: int, like: Row[Any]
    ) -> Sequence[Row[Any]]:
        """A seat for somebody who did things in a cohort as another's, from their first deed on; none for who did nothing."""
        reports = select(checkins.c.account_id, func.min(checkins.c.first_at).label("at"))
        reports = reports.join(members, members.c.id == checkins.c.member_id).where(
            members.c.cohort_id == cohort.id
        )
        found = list(
            (
                await self._connection.execute(
                    _group_deeds_by_account(reports, checkins, person_id)
                )
            ).all()
        )
        if like.left_at is None:
            done = select(ticks.c.account_id, func.min(ticks.c.at).label("at")).where(
                ticks.c.roadmap == cohort.roadmap,
                ticks.c.item.in_(sorted(cohort.syllabus.all_items)),
            )
            done = done.where(ticks.c.at >= like.joined_at, _has_home_beside(cohort))
            found += (
                await self._connection.execute(_group_deeds_by_account(done, ticks, person_id))
            ).all()
        if not found:
            return ()
        first = min(found, key=lambda deed: (deed.at, deed.account_id))
        row = {
            "cohort_id": cohort.id,
            "account_id": first.account_id,
            "joined_at": first.at,
            "left_at": like.left_at,
        }
        made = (
            build_insert(self._connection, members)
            .values({**row, **copy_inherited_values(like)})
            .returning(members)
        )
        return list(await self._connection.execute(made))


def _select_person_id(account_id: int) -> Any:
    return select(accounts.c.person_id).where(accounts.c.id == account_id).scalar_subquery()


def _group_deeds_by_account(deeds: Select[Any], table: Any, person_id: int) -> Select[Any]:
    """What was done through the accounts of a person, by account."""
    theirs = select(accounts.c.id).where(accounts.c.person_id == person_id)
    return deeds.where(table.c.account_id.in_(theirs)).group_by(table.c.account_id)


def _has_home_beside(cohort: Cohort) -> Any:
    """The cohort has a home where the account of a tick is: it may have been ticked for it."""
    path = homes.join(spaces, spaces.c.id == homes.c.space_id)
    path = path.join(
        accounts,
        and_(accounts.c.platform == spaces.c.platform, accounts.c.tenant == spaces.c.tenant),
    )
    here = and_(homes.c.cohort_id == cohort.id, accounts.c.id == ticks.c.account_id)
    return select(homes.c.id).select_from(path).where(here).correlate(ticks).exists()
