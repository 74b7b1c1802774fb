"""A person's accounts: linked into one person, and parted again by the account each thing came by.

Linking rewrites no history: the accounts point at one person from then on, and everything is read
through them. Parting moves check-ins home to the account they came through. Nothing is lost, and
nothing is kept twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select

from bot.chat.address import Account
from bot.group.cohort import Cohort
from bot.group.member import Person
from bot.post import PostRegistry, post_registry
from bot.store.cohorts import CohortQueries
from bot.store.conditions import select_account_ids
from bot.store.connection import TxConnection
from bot.store.members import MemberQueries
from bot.store.people import PeopleQueries
from bot.store.progress import ProgressQueries
from bot.store.rows import COHORT_COLUMNS, build_cohort, build_insert
from bot.store.seats import copy_inherited_values, select_memberships
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

# Settings nobody loses by parting: whoever was not seen before is not seen afterwards.
PRIVATE = ("alias", "hidden")


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An account of a person, with its number here and its name on the platform."""

    id: int
    account: Account
    name: str


class AccountQueries:
    """Queries about a person's accounts."""

    def __init__(self, connection: TxConnection, post_kinds: PostRegistry = post_registry) -> None:
        self._connection = connection
        self._post_kinds = post_kinds

    async def list_person_accounts(self, person: Person) -> Sequence[LinkedAccount]:
        """Return every account linked with the caller's, the first one met first."""
        return await self.list_linked_accounts(person.account_id)

    async def list_linked_accounts(self, account_id: int) -> Sequence[LinkedAccount]:
        """Return an account and those linked with it, the first one met first."""
        query = (
            select(accounts)
            .where(accounts.c.person_id == _select_person_id(account_id))
            .order_by(accounts.c.id)
        )
        linked = []
        for row in self._connection.execute(query):
            account = Account(row.platform, row.tenant, row.native)
            linked.append(LinkedAccount(row.id, account, row.name))
        return linked

    # — linking and parting —

    async def link_accounts(self, account_id: int, other_account_id: int, now: datetime) -> None:
        """Make two accounts, and those linked with either, belong to one person.

        The accounts must be locked, as `redeem_code` leaves them.
        Locks the cohorts of both persons, then the persons.
        """
        first_id = await self._load_person_id(account_id)
        second_id = await self._load_person_id(other_account_id)
        # The older person stays, so the same two accounts give the same result either way round.
        kept_id, dropped_id = sorted([first_id, second_id])
        shared_cohorts = await self._lock_cohorts_and_persons([kept_id, dropped_id])
        # Accounts move before their person is deleted: the deletion would take them along.
        self._connection.execute(
            accounts.update().where(accounts.c.person_id == dropped_id).values(person_id=kept_id)
        )
        self._connection.execute(persons.delete().where(persons.c.id == dropped_id))
        for cohort in shared_cohorts:
            # Privacy comes first: choosing who speaks decides from it who is shown.
            await self._merge_privacy(cohort, kept_id)
            await self._update_memberships(cohort, [kept_id], now)
            await self._restore_reachable_members(cohort, kept_id, now)

    async def unlink_account(self, person: Person, now: datetime) -> None:
        """Make the account in `person` stand alone again; do nothing if it does already.

        It takes along everything that came through it, and the other accounts keep the rest.
        Locks the person's accounts, then their cohorts, then the person.
        """
        account_ids = select_account_ids(person.id).order_by(accounts.c.id)
        self._connection.execute(account_ids.with_for_update(key_share=True))
        # Asked after the lock: the command may run twice at once, or by both accounts.
        if len(await self.list_person_accounts(person)) < 2:
            return
        shared_cohorts = await self._lock_cohorts_and_persons([person.id])
        # Read while the accounts are still one: afterwards each sees only its own settings.
        private_settings = {}
        for name in PRIVATE:
            private_settings[name] = await PeopleQueries(self._connection).load_setting(
                person, name
            )
        alone_id = await self._insert_person(now)
        self._connection.execute(
            accounts.update().where(accounts.c.id == person.account_id).values(person_id=alone_id)
        )
        person_ids = [person.id, alone_id]
        for name, value in private_settings.items():
            for person_id in person_ids:
                await self._copy_privacy_setting(person_id, name, value, now)
        for cohort in shared_cohorts:
            await self._split_memberships(cohort, person_ids)
            await self._update_memberships(cohort, person_ids, now)

    async def lock_cohorts_and_person(self, person_id: int) -> None:
        """Lock a person's cohorts, then the person, until this transaction ends."""
        await self._lock_cohorts_and_persons([person_id])

    # — common steps —

    async def _load_person_id(self, account_id: int) -> int:
        query = select(_select_person_id(account_id))
        return int(self._connection.execute(query).scalar_one())

    async def _insert_person(self, now: datetime) -> int:
        statement = persons.insert().values(met_at=now).returning(persons.c.id)
        return int(self._connection.execute(statement).scalar_one())

    async def _lock_cohorts_and_persons(self, person_ids: Sequence[int]) -> list[Cohort]:
        """Lock these persons' cohorts, then the persons, each by id; return the cohorts."""
        # The same order everywhere (see `PeopleQueries.lock_person`): two links that share a
        # cohort or a person wait one after the other, and never for each other.
        cohort_ids = (
            select(members.c.cohort_id)
            .join(accounts, accounts.c.id == members.c.account_id)
            .where(accounts.c.person_id.in_(person_ids))
        )
        query = select(*COHORT_COLUMNS).where(cohorts.c.id.in_(cohort_ids)).order_by(cohorts.c.id)
        rows = self._connection.execute(query.with_for_update(of=cohorts)).all()
        # What was read before the locks, or of accounts that will be others', may be stale.
        self._connection.forget("cohort", "homes", "owner", "seats", "settings", "ticks")
        lock = select(persons.c.id).where(persons.c.id.in_(person_ids)).order_by(persons.c.id)
        self._connection.execute(lock.with_for_update())
        return [build_cohort(row) for row in rows]

    async def _update_memberships(
        self, cohort: Cohort, person_ids: Iterable[int], now: datetime
    ) -> None:
        """Choose each person's speaking membership, and count its scores again."""
        for person_id in person_ids:
            seats = MemberQueries(self._connection, self._post_kinds)
            await seats.choose_speaking_membership(cohort, person_id, now)
            # After the choice, because a score row copies `shown` from its membership.
            await ProgressQueries(self._connection).update_locked_person_scores(cohort, person_id)

    async def _load_memberships(self, cohort: Cohort, person_id: int) -> Sequence[Row[Any]]:
        query = select_memberships(cohort.id, person_id)
        return list(self._connection.execute(query))

    # — steps of linking —

    async def _merge_privacy(self, cohort: Cohort, person_id: int) -> None:
        """Give all memberships a person has in a cohort one privacy.

        If they differ, the newest setting counts. Without any setting the person stays hidden if
        any membership was.
        """
        seats = await self._load_memberships(cohort, person_id)
        if len(seats) < 2:
            return
        set_at = {seat.id: await self._find_privacy_set_at(seat) for seat in seats}
        latest = max((at for at in set_at.values() if at is not None), default=None)
        # Without settings `latest` is None, as is each instant: then every seat has a say.
        hidden = any(seat.hidden for seat in seats if set_at[seat.id] == latest)
        alias = next((seat.alias for seat in seats if seat.alias), "")
        is_theirs = members.c.id.in_([seat.id for seat in seats])
        self._connection.execute(
            members.update().where(is_theirs).values(hidden=hidden, alias=alias)
        )

    async def _find_privacy_set_at(self, seat: Row[Any]) -> datetime | None:
        query = (
            select(settings.c.at)
            .where(settings.c.account_id == seat.account_id, settings.c.name == "hidden")
            .where(settings.c.cohort_id.in_([0, seat.cohort_id]))
            .order_by(settings.c.at.desc())
            .limit(1)
        )
        set_at: datetime | None = self._connection.execute(query).scalar()
        return set_at

    async def _restore_reachable_members(
        self, cohort: Cohort, person_id: int, now: datetime
    ) -> None:
        """End the absence for members who left with one account but are reached by another."""
        queries = MemberQueries(self._connection, self._post_kinds)
        seats = await self._load_memberships(cohort, person_id)
        missing_ids = [seat.id for seat in seats if seat.missing_since is not None]
        missing_members = await queries.load_members_by_id(missing_ids, cohort.id)
        for member_id, member in missing_members.items():
            # Without homes the contact is the account that joined, which bears the absence.
            own = await queries.find_member_contact(member_id, ())
            reached = await queries.find_member_contact(
                member_id, await CohortQueries(self._connection).list_homes(cohort.id)
            )
            if own and reached and reached.account_id != own.account_id:
                await queries.end_missing_absence(own, member.get_member_date(cohort, now))

    # — steps of parting —

    async def _copy_privacy_setting(
        self, person_id: int, name: str, value: str | None, now: datetime
    ) -> None:
        """Copy a privacy setting to a person who has none through their own accounts."""
        if value is None or await self._has_setting(person_id, name):
            return
        first = select_account_ids(person_id).order_by(accounts.c.id).limit(1)
        account_id = self._connection.execute(first).scalar_one()
        row = {"account_id": account_id, "cohort_id": 0, "name": name, "value": value, "at": now}
        self._connection.execute(settings.insert().values(row))

    async def _has_setting(self, person_id: int, name: str) -> bool:
        is_set = exists().where(
            settings.c.account_id.in_(select_account_ids(person_id)),
            settings.c.cohort_id == 0,
            settings.c.name == name,
        )
        return bool(self._connection.execute(select(is_set)).scalar())

    async def _split_memberships(self, cohort: Cohort, person_ids: Sequence[int]) -> None:
        """Give each of two persons a seat for their own deeds in a cohort, and their check-ins."""
        seats = {}
        for person_id in person_ids:
            seats[person_id] = list(await self._load_memberships(cohort, person_id))
        # Both seats must be there before check-ins move into them.
        for person_id, other_id in permutations(person_ids):
            if not seats[person_id]:
                model = _choose_model_seat(seats[other_id])
                seats[person_id] = list(await self._insert_membership(cohort, person_id, model))
        for person_id, other_id in permutations(person_ids):
            for stray in await self._list_stray_checkins(cohort, person_id, other_id):
                await self._move_checkins(stray, seats[person_id])

    async def _move_checkins(self, stray: Row[Any], seats: Sequence[Row[Any]]) -> None:
        """Move an account's check-ins to its own seat, else to its person's first one."""
        matching = (seat for seat in seats if seat.account_id == stray.account_id)
        target = next(matching, seats[0])
        is_stray = and_(
            checkins.c.member_id == stray.member_id, checkins.c.account_id == stray.account_id
        )
        self._connection.execute(checkins.update().where(is_stray).values(member_id=target.id))

    async def _list_stray_checkins(
        self, cohort: Cohort, person_id: int, other_id: int
    ) -> Sequence[Row[Any]]:
        """Return the other person's memberships that keep check-ins by this person's accounts."""
        reporter, keeper = accounts.alias("reporter"), accounts.alias("keeper")
        query = (
            select(checkins.c.member_id, checkins.c.account_id)
            .join(members, members.c.id == checkins.c.member_id)
            .join(keeper, keeper.c.id == members.c.account_id)
            .join(reporter, reporter.c.id == checkins.c.account_id)
            .where(
                members.c.cohort_id == cohort.id,
                keeper.c.person_id == other_id,
                reporter.c.person_id == person_id,
            )
        )
        return list(self._connection.execute(query.distinct()))

    async def _insert_membership(
        self, cohort: Cohort, person_id: int, model: Row[Any]
    ) -> Sequence[Row[Any]]:
        """Insert a seat for a person who did something in a cohort by another's seat.

        It begins with their first deed. A person without deeds gets none.
        """
        deeds = await self._list_first_deeds(cohort, person_id, model)
        if not deeds:
            return ()
        first = min(deeds, key=_get_deed_order)
        row = {
            "cohort_id": cohort.id,
            "account_id": first.account_id,
            "joined_at": first.at,
            "left_at": model.left_at,
        }
        statement = build_insert(self._connection, members)
        statement = statement.values({**row, **copy_inherited_values(model)}).returning(members)
        return list(self._connection.execute(statement))

    async def _list_first_deeds(
        self, cohort: Cohort, person_id: int, model: Row[Any]
    ) -> list[Row[Any]]:
        """Return the first check-in and the first tick by each account, for one cohort."""
        reports = _group_deeds_by_account(_select_first_checkins(cohort), checkins, person_id)
        deeds = list(self._connection.execute(reports).all())
        # Ticks belong to a roadmap, not to a cohort. After a membership has ended, nobody can
        # tell if a tick was meant for this cohort, so only a live one counts them.
        if model.left_at is None:
            done = _select_first_ticks(cohort, model.joined_at)
            done = _group_deeds_by_account(done, ticks, person_id)
            deeds += self._connection.execute(done).all()
        return deeds


def _select_person_id(account_id: int) -> Any:
    return select(accounts.c.person_id).where(accounts.c.id == account_id).scalar_subquery()


def _choose_model_seat(seats: Sequence[Row[Any]]) -> Row[Any]:
    """Return the earliest seat that has not ended, else the earliest."""
    return next((seat for seat in seats if seat.left_at is None), seats[0])


def _get_deed_order(deed: Row[Any]) -> tuple[datetime, int]:
    # With the account's number behind, the choice between equal instants is the same every time.
    return deed.at, deed.account_id


def _select_first_checkins(cohort: Cohort) -> Select[Any]:
    query = select(checkins.c.account_id, func.min(checkins.c.first_at).label("at"))
    query = query.join(members, members.c.id == checkins.c.member_id)
    return query.where(members.c.cohort_id == cohort.id)


def _select_first_ticks(cohort: Cohort, since: datetime) -> Select[Any]:
    return select(ticks.c.account_id, func.min(ticks.c.at).label("at")).where(
        ticks.c.roadmap == cohort.roadmap,
        ticks.c.item.in_(sorted(cohort.syllabus.all_items)),
        ticks.c.at >= since,
        _has_home_beside(cohort),
    )


def _group_deeds_by_account(deeds: Select[Any], table: Any, person_id: int) -> Select[Any]:
    is_theirs = table.c.account_id.in_(select_account_ids(person_id))
    return deeds.where(is_theirs).group_by(table.c.account_id)


def _has_home_beside(cohort: Cohort) -> ColumnElement[bool]:
    """Match ticks by accounts in a tenant where the cohort has a home.

    Such a tick may have been meant for the cohort.
    """
    path = homes.join(spaces, spaces.c.id == homes.c.space_id)
    is_beside = and_(accounts.c.platform == spaces.c.platform, accounts.c.tenant == spaces.c.tenant)
    path = path.join(accounts, is_beside)
    is_meant = and_(homes.c.cohort_id == cohort.id, accounts.c.id == ticks.c.account_id)
    return select(homes.c.id).select_from(path).where(is_meant).correlate(ticks).exists()
