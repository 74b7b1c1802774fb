"""Persons, found through their accounts: settings, absences; and the spaces they speak in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from bot.chat.address import Account, Caller, Place
from bot.group.calendar import DAY
from bot.group.member import Away, Person
from bot.store.conditions import match_space, select_account_ids
from bot.store.rows import build_insert, build_person
from bot.store.tables import absences, accounts, members, persons, settings, spaces

PICKS = "track"
"""The setting that holds a person's picks in a cohort, words with blanks between them."""

_CLOSED = "closed"  # the setting that notes an account with closed private messages
_UNTOLD, _TOLD = "untold", "told"  # its values: has the person been told of it?


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """Settings and absences by person id: for all cohorts, with those for one cohort over them."""

    settings: dict[int, dict[str, str]]
    away: dict[int, list[Away]]

    def build_person_from_row(self, row: Any) -> Person:
        """Return the person in a row with person_id, account_id, name and account_zone."""
        return build_person(
            row.person_id,
            row.account_id,
            row.name,
            row.account_zone,
            self.settings.get(row.person_id, {}),
            self.away.get(row.person_id, ()),
        )

    def get_cohort_picks(self, person_id: int) -> tuple[str, ...]:
        """Return a person's picks in the cohort these settings were loaded for."""
        return tuple(self.settings.get(person_id, {}).get(PICKS, "").split())


class PeopleQueries:
    """Queries about persons, accounts and spaces."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # — persons and accounts —

    async def find_person(self, caller: Caller) -> Person:
        """Return the caller's person, with id 0 if the bot has not met them."""
        row = await self._fetch_account_row(caller.account)
        if row is None:
            return Person(0, caller.name, zone=caller.zone)
        return await self._load_person(row)

    async def load_or_create_person(self, caller: Caller, now: datetime) -> Person:
        """Return the caller's person, stored now if the bot had not met them.

        Their name and zone become the ones the platform gives today.
        """
        row = await self._fetch_account_row(caller.account)
        if row is None:
            await self._insert_account(caller, now)
            row = await self._fetch_account_row(caller.account)
        else:
            row = await self._refresh_account(row, caller)
        assert row is not None
        return await self._load_person(row)

    async def _refresh_account(self, row: Any, caller: Caller) -> Any:
        """Store the name and zone a platform gives today; return the account's row."""
        # A platform may not know the zone: the one it gave before stays.
        zone = caller.zone or row.account_zone
        if (row.name, row.account_zone) == (caller.name, zone):
            return row
        change = accounts.update().where(accounts.c.id == row.account_id)
        self._connection.execute(change.values(name=caller.name, zone=zone))
        return await self._fetch_account_row(caller.account)

    async def _load_person(self, row: Any) -> Person:
        known = await self.load_people_settings([row.person_id])
        return known.build_person_from_row(row)

    async def _fetch_account_row(self, account: Account) -> Any:
        query = select(
            accounts.c.person_id,
            accounts.c.id.label("account_id"),
            accounts.c.name,
            accounts.c.zone.label("account_zone"),
        ).where(
            accounts.c.platform == account.platform,
            accounts.c.tenant == account.tenant,
            accounts.c.native == account.native,
        )
        return self._connection.execute(query).first()

    async def lock_person(self, account_id: int) -> int:
        """Lock the person behind an account until this transaction ends; return their id.

        Meanwhile nobody else links or parts their accounts, or counts their scores.
        """
        # Locking order, everywhere: cohorts by id, then persons by id. A transaction that needs
        # both must lock the cohort before it calls this, or two of them can wait for each other.
        owner = select(accounts.c.person_id).where(accounts.c.id == account_id)
        # While we wait for one person, their account may be linked to another. Then the lock is
        # on the wrong row, and we go after the new person. Each turn needs one more such change.
        while True:
            person_id = int(self._connection.execute(owner).scalar_one())
            lock = select(persons.c.id).where(persons.c.id == person_id).with_for_update()
            self._connection.execute(lock)
            if self._connection.execute(owner).scalar_one() == person_id:
                return person_id

    async def _insert_account(self, caller: Caller, now: datetime) -> None:
        # The person comes first, because the account's row refers to it.
        new_person = persons.insert().values(met_at=now).returning(persons.c.id)
        person_id = self._connection.execute(new_person).scalar_one()
        account = caller.account
        statement = build_insert(self._connection, accounts).values(
            person_id=person_id,
            platform=account.platform,
            tenant=account.tenant,
            native=account.native,
            name=caller.name,
            zone=caller.zone,
            met_at=now,
        )
        statement = statement.on_conflict_do_nothing().returning(accounts.c.id)
        if self._connection.execute(statement).first() is None:
            # Another call met them first: leave no person without an account.
            self._connection.execute(persons.delete().where(persons.c.id == person_id))

    # — settings —

    async def load_people_settings(
        self, person_ids: Collection[int], cohort_id: int = 0
    ) -> PeopleSettings:
        """Return these persons' settings and absences: for all cohorts, and for this one."""
        wanted_ids = sorted(set(person_ids))
        if not wanted_ids:
            return PeopleSettings({}, {})
        # The order decides: a cohort's setting lies over the general one, and from several
        # accounts the newest counts.
        query = (
            select(accounts.c.person_id, settings.c.name, settings.c.value)
            .join(accounts, accounts.c.id == settings.c.account_id)
            .where(accounts.c.person_id.in_(wanted_ids), settings.c.cohort_id.in_([0, cohort_id]))
            .order_by(settings.c.cohort_id, settings.c.at)
        )
        values: dict[int, dict[str, str]] = defaultdict(dict)
        for row in self._connection.execute(query):
            values[row.person_id][row.name] = row.value
        return PeopleSettings(values, await self._load_absences(wanted_ids, cohort_id))

    async def _load_absences(self, wanted_ids: list[int], cohort_id: int) -> dict[int, list[Away]]:
        away: dict[int, list[Away]] = defaultdict(list)
        query = (
            select(accounts.c.person_id, absences.c.first, absences.c.last)
            .join(accounts, accounts.c.id == absences.c.account_id)
            .where(
                accounts.c.person_id.in_(wanted_ids),
                or_(absences.c.cohort_id == 0, absences.c.cohort_id == cohort_id),
            )
            .order_by(absences.c.id)
        )
        for row in self._connection.execute(query):
            away[row.person_id].append(Away(row.first, row.last))
        return away

    async def load_setting(self, person: Person, name: str) -> str | None:
        """Return one setting a person has for all their cohorts, or None."""
        known = await self.load_people_settings([person.id])
        return known.settings.get(person.id, {}).get(name)

    async def save_setting(
        self, person: Person, name: str, value: str, now: datetime, cohort_id: int = 0
    ) -> None:
        """Store a setting with the account it came through; cohort 0 stands for all cohorts."""
        row = {
            "account_id": person.account_id,
            "cohort_id": cohort_id,
            "name": name,
            "value": value,
            "at": now,
        }
        statement = build_insert(self._connection, settings).values(row)
        key = [settings.c.account_id, settings.c.cohort_id, settings.c.name]
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=key, set_={"value": value, "at": now})
        )

    async def delete_setting(self, person: Person, name: str) -> None:
        """Delete a person's setting, by whichever account it came and for every cohort."""
        removal = settings.delete().where(
            settings.c.account_id.in_(select_account_ids(person.id)), settings.c.name == name
        )
        self._connection.execute(removal)

    async def save_picks(
        self, person: Person, cohort_id: int, words: Sequence[str], now: datetime
    ) -> None:
        """Store a person's picks in a cohort.

        The caller counts their scores afterwards (`update_member_scores`).
        """
        await self.save_setting(person, PICKS, " ".join(words), now, cohort_id)

    async def load_picks_by_cohort(self, person_id: int) -> dict[int, tuple[str, ...]]:
        """Return a person's picks by cohort id; from several accounts the newest count."""
        query = (
            select(settings.c.cohort_id, settings.c.value)
            .join(accounts, accounts.c.id == settings.c.account_id)
            .where(accounts.c.person_id == person_id, settings.c.name == PICKS)
            .order_by(settings.c.at)
        )
        rows = self._connection.execute(query)
        return {row.cohort_id: tuple(row.value.split()) for row in rows}

    # — closed private messages —

    async def record_private_delivery(
        self, member_id: int, is_reached: bool, now: datetime
    ) -> None:
        """Note if private messages reach a member's account.

        A member with closed messages is told once, so the first note stays (`claim_closed_notice`).
        """
        account_id = select(members.c.account_id).where(members.c.id == member_id).scalar_subquery()
        if is_reached:
            removal = settings.delete().where(
                settings.c.account_id == account_id,
                settings.c.cohort_id == 0,
                settings.c.name == _CLOSED,
            )
            self._connection.execute(removal)
            return
        row = {
            "account_id": account_id,
            "cohort_id": 0,
            "name": _CLOSED,
            "value": _UNTOLD,
            "at": now,
        }
        statement = build_insert(self._connection, settings).values(row)
        self._connection.execute(statement.on_conflict_do_nothing())

    async def claim_closed_notice(self, person: Person) -> bool:
        """Return True once: the caller then tells them their private messages are closed."""
        # The update decides, so of two calls at the same time one gets True.
        untold = (
            settings.c.account_id.in_(select_account_ids(person.id)),
            settings.c.name == _CLOSED,
            settings.c.value == _UNTOLD,
        )
        claim = settings.update().where(*untold).values(value=_TOLD)
        return self._connection.execute(claim).rowcount > 0

    # — absences —

    async def insert_absence(
        self, person: Person, first: date, last: date | None, now: datetime, cohort_id: int = 0
    ) -> None:
        """Note that a person is away on these local dates, both included; None means no end."""
        row = {
            "account_id": person.account_id,
            "cohort_id": cohort_id,
            "first": first,
            "last": last,
            "at": now,
        }
        self._connection.execute(absences.insert().values(row))

    async def end_absences(
        self, person: Person, day: date, cohorts: Collection[int] | None = None
    ) -> int:
        """End every absence that covers a local date the day before it; return their number.

        Later absences are dropped, and count too.
        `cohorts` limits that to absences from these cohorts; 0 stands for those from all at once.
        """
        matches: list[ColumnElement[bool]] = [
            absences.c.account_id.in_(select_account_ids(person.id)),
            or_(absences.c.last.is_(None), absences.c.last >= day),
        ]
        if cohorts is not None:
            matches.append(absences.c.cohort_id.in_(sorted(cohorts)))
        # Dropped first: the update would give an absence that begins later an end before it.
        later = absences.delete().where(*matches, absences.c.first >= day)
        dropped = self._connection.execute(later)
        current = absences.update().where(*matches).values(last=day - DAY)
        ended = self._connection.execute(current)
        return dropped.rowcount + ended.rowcount

    # — spaces —

    async def find_space_id(self, place: Place) -> int | None:
        """Return the id for a place's space, or None if no cohort has ever lived there."""
        query = select(spaces.c.id).where(*match_space(place))
        return self._connection.execute(query).scalar()

    async def ensure_space_id(self, place: Place) -> int:
        """Return the id for a place's space, stored now if it was not there."""
        statement = build_insert(self._connection, spaces).values(
            platform=place.platform, native=place.space, tenant=place.tenant
        )
        # A space can move to another tenant; otherwise nothing is written.
        upsert = statement.on_conflict_do_update(
            index_elements=[spaces.c.platform, spaces.c.native],
            set_={"tenant": place.tenant},
            where=spaces.c.tenant != place.tenant,
        )
        self._connection.execute(upsert)
        # RETURNING gives no row where the conflict wrote nothing, so the id is asked for.
        space_id = await self.find_space_id(place)
        assert space_id is not None
        return space_id
