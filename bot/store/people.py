"""Persons, found through their accounts: settings, absences; and the spaces they speak in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.chat.address import Account, Caller, Place
from bot.group.member import Away, Person
from bot.store import people_statements as sql
from bot.store.absences import MISSING
from bot.store.connection import TxConnection
from bot.store.rows import build_person

PICKS = "track"
"""The setting that holds a person's picks in a cohort, words with blanks between them."""


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


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account, with the name and zone its platform gives."""

    person_id: int
    account_id: int
    name: str
    account_zone: str | None


@dataclass(frozen=True, slots=True)
class PersonRows:
    """Settings and absences of one person or several, in the order that decides."""

    settings: tuple[Row[Any], ...]
    absences: tuple[Row[Any], ...]


NOWHERE = Place("", "")


def build_grant_key(caller: Caller, place: Place) -> tuple[Account, frozenset[str], str, str]:
    """Return the key for the caller's right at a place, in a transaction's memory."""
    return caller.account, frozenset(caller.roles), place.platform, place.space


class PeopleQueries:
    """Queries about persons, accounts and spaces."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    # — persons and accounts —

    async def find_person(self, caller: Caller, place: Place = NOWHERE) -> Person:
        """Return the caller's person, with id 0 if the bot has not met them.

        `place`: the right granted to the caller there is read with them, in the same query.
        """
        row = self._load_caller(caller, place)
        if row is None:
            return Person(0, caller.name, zone=caller.zone)
        return self._build_caller(row)

    async def load_or_create_person(
        self, caller: Caller, now: datetime, place: Place = NOWHERE
    ) -> Person:
        """Return the caller's person, stored now if the bot had not met them.

        Their name and zone become the ones the platform gives today.
        `place`: the right granted to the caller there is read with them, in the same query.
        """
        row = self._load_caller(caller, place) or self._insert_account(caller, now)
        if row is None:
            # Another call has met them in between.
            row = self._load_caller(caller, place)
            assert row is not None
        return self._build_caller(self._refresh_account(row, caller))

    def _load_caller(self, caller: Caller, place: Place) -> AccountRow | None:
        """Return the caller's account; what is known of its person comes with it."""
        account = caller.account
        values = {
            "platform": account.platform,
            "tenant": account.tenant,
            "native": account.native,
            "roles": sorted(caller.roles),
            "space_platform": place.platform,
            "space": place.space,
        }
        rows: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in self._connection.execute(sql.SELECT_CALLER, values):
            rows[row.kind].append(row)
        self._connection.note("grants", build_grant_key(caller, place), bool(rows["grant"]))
        for row in rows["account"]:
            known = PersonRows(tuple(rows["setting"]), tuple(rows["absence"]))
            self._connection.note("settings", row.person_id, known)
            self._connection.note("owner", row.account_id, row.person_id)
            return AccountRow(row.person_id, row.account_id, row.name, row.value)
        return None

    def _refresh_account(self, row: AccountRow, caller: Caller) -> AccountRow:
        """Store the name and zone a platform gives today; return the account's row."""
        # A platform may not know the zone: the one it gave before stays.
        today = replace(row, name=caller.name, account_zone=caller.zone or row.account_zone)
        if today != row:
            values = {"name": today.name, "zone": today.account_zone}
            self._connection.execute(sql.UPDATE_ACCOUNT, {"account": row.account_id, **values})
        return today

    def _build_caller(self, row: AccountRow) -> Person:
        known = self._load_person_settings(row.person_id, 0)
        return known.build_person_from_row(row)

    async def lock_person(self, account_id: int) -> int:
        """Lock the person behind an account until this transaction ends; return their id.

        Meanwhile nobody else links or parts their accounts, or counts their scores.
        What was read of them before is read again, so a command calls this before it reads.
        """
        # Locking order, everywhere: cohorts by id, then persons by id. A transaction that needs
        # both must lock the cohort before it calls this, or two of them can wait for each other.
        if self._connection.is_locked:
            return self._connection.remember(
                "owner", account_id, lambda: self._fetch_owner(account_id)
            )
        return self._connection.remember("lock", account_id, lambda: self._lock_owner(account_id))

    def _lock_owner(self, account_id: int) -> int:
        # While we wait for one person, their account may be linked to another. Then the lock is
        # on the wrong row, and we go after the new person. Each turn needs one more such change.
        while True:
            locked = self._connection.execute(sql.LOCK_OWNER, {"account": account_id}).scalar_one()
            # What was read before the lock may be stale.
            self._connection.forget("owner", "seats", "settings", "ticks")
            if self._fetch_account_rows(account_id) == locked:
                return int(locked)

    def _fetch_account_rows(self, account_id: int) -> int:
        """Return the person behind an account; their settings and absences come with it."""
        rows = self._connection.execute(sql.SELECT_ACCOUNT_ROWS, {"account": account_id}).all()
        owner = next(row.person_id for row in rows if row.kind == "account")
        self._connection.note("settings", owner, _group_person_rows(rows))
        self._connection.note("owner", account_id, owner)
        return int(owner)

    def _fetch_owner(self, account_id: int) -> int:
        owner = self._connection.execute(sql.SELECT_OWNER, {"account": account_id})
        return int(owner.scalar_one())

    def _insert_account(self, caller: Caller, now: datetime) -> AccountRow | None:
        """Store an account with a person of its own; None if it was there already."""
        account = caller.account
        row = {
            "platform": account.platform,
            "tenant": account.tenant,
            "native": account.native,
            "name": caller.name,
            "zone": caller.zone,
            "met_at": now,
            "seen_at": now,
        }
        person_id, account_id = self._insert_person_and_account(row)
        if account_id is None:
            # Another call met them first: leave no person without an account.
            self._connection.execute(sql.DELETE_PERSON, {"person": person_id})
            return None
        # Nobody else has seen this person yet, so there is nothing to read.
        self._connection.note("settings", person_id, PersonRows((), ()))
        self._connection.note("seats", person_id, ())
        self._connection.note("fresh", person_id, True)
        self._connection.note("owner", account_id, person_id)
        self._connection.note("lock", account_id, person_id)
        return AccountRow(person_id, account_id, caller.name, caller.zone)

    def _insert_person_and_account(self, row: Mapping[str, Any]) -> tuple[int, int | None]:
        """Store an account and its person; return their ids, None for an account there was."""
        if self._connection.dialect.name == "postgresql":
            # One trip for both. Nothing has been read of either, so nothing is forgotten.
            created = self._connection.execute(sql.INSERT_PERSON_AND_ACCOUNT, row).one()
            return created.person_id, created.account_id
        # The person comes first, because the account's row refers to it.
        met = {"met_at": row["met_at"]}
        person_id = self._connection.execute(sql.INSERT_PERSON, met).scalar_one()
        statement = sql.INSERT_ACCOUNT.for_engine(self._connection)
        account = self._connection.execute(statement, {**row, "person_id": person_id})
        return person_id, account.scalar()

    # — settings —

    async def load_people_settings(
        self, person_ids: Collection[int], cohort_id: int = 0
    ) -> PeopleSettings:
        """Return these persons' settings and absences: for all cohorts, and for this one."""
        wanted_ids = sorted(set(person_ids))
        if not wanted_ids:
            return PeopleSettings({}, {})
        if len(wanted_ids) == 1:
            return self._load_person_settings(wanted_ids[0], cohort_id)
        wanted = {"persons": wanted_ids, "cohorts": [0, cohort_id]}
        known = self._fetch_people_rows(wanted)
        return _group_settings(known.settings, known.absences)

    async def load_settings_in_cohorts(
        self, person_ids: Collection[int], cohort_ids: Collection[int]
    ) -> Mapping[int, PeopleSettings]:
        """Return these persons' settings and absences by cohort, each as for that cohort alone."""
        wanted = {"persons": sorted(set(person_ids)), "cohorts": sorted({0, *cohort_ids})}
        known = self._fetch_people_rows(wanted)
        by_cohort = {}
        for cohort_id in cohort_ids:
            valid = (0, cohort_id)
            by_cohort[cohort_id] = _group_settings(
                [row for row in known.settings if row.cohort_id in valid],
                [row for row in known.absences if row.cohort_id in valid],
            )
        return by_cohort

    def _fetch_people_rows(self, wanted: Mapping[str, Collection[int]]) -> PersonRows:
        return _group_person_rows(self._connection.execute(sql.SELECT_PEOPLE_ROWS, wanted).all())

    def _load_person_settings(self, person_id: int, cohort_id: int) -> PeopleSettings:
        """Return one person's settings and absences: for all cohorts, and for this one."""
        known = self._load_person_rows(person_id)
        wanted = (0, cohort_id)
        return _group_settings(
            [row for row in known.settings if row.cohort_id in wanted],
            [row for row in known.absences if row.cohort_id in wanted],
        )

    def _load_person_rows(self, person_id: int) -> PersonRows:
        return self._connection.remember(
            "settings", person_id, lambda: self._fetch_person_rows(person_id)
        )

    def _fetch_person_rows(self, person_id: int) -> PersonRows:
        rows = self._connection.execute(sql.SELECT_PERSON_ROWS, {"person": person_id})
        return _group_person_rows(rows.all())

    async def load_setting(self, person: Person, name: str) -> str | None:
        """Return one setting a person has for all their cohorts, or None."""
        known = self._load_person_settings(person.id, 0)
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
        self._connection.execute(sql.SAVE_SETTING.for_engine(self._connection), row)

    async def delete_setting(self, person: Person, name: str) -> None:
        """Delete a person's setting, by whichever account it came and for every cohort."""
        self._connection.execute(sql.DELETE_SETTING, {"person": person.id, "setting": name})

    async def save_picks(
        self, person: Person, cohort_id: int, words: Sequence[str], now: datetime
    ) -> None:
        """Store a person's picks in a cohort.

        The caller counts their scores afterwards (`update_member_scores`).
        """
        await self.save_setting(person, PICKS, " ".join(words), now, cohort_id)

    async def load_picks_by_cohort(self, person_id: int) -> dict[int, tuple[str, ...]]:
        """Return a person's picks by cohort id; from several accounts the newest count."""
        picks = {}
        for row in self._load_person_rows(person_id).settings:
            if row.name == PICKS:
                picks[row.cohort_id] = tuple(row.value.split())
        return picks

    # — spaces —

    async def find_space_id(self, place: Place) -> int | None:
        """Return the id for a place's space, or None if no cohort has ever lived there."""
        return self._connection.execute(
            sql.SELECT_SPACE, {"platform": place.platform, "native": place.space}
        ).scalar()

    async def ensure_space_id(self, place: Place) -> int:
        """Return the id for a place's space, stored now if it was not there."""
        row = {"platform": place.platform, "native": place.space, "tenant": place.tenant}
        # A space can move to another tenant; otherwise nothing is written.
        self._connection.execute(sql.SAVE_SPACE.for_engine(self._connection), row)
        # RETURNING gives no row where the conflict wrote nothing, so the id is asked for.
        space_id = await self.find_space_id(place)
        assert space_id is not None
        return space_id


def _group_person_rows(rows: Sequence[Row[Any]]) -> PersonRows:
    return PersonRows(
        tuple(row for row in rows if row.kind == "setting"),
        tuple(row for row in rows if row.kind == "absence"),
    )


def _group_settings(
    settings_rows: Iterable[Row[Any]], absence_rows: Iterable[Row[Any]]
) -> PeopleSettings:
    # The order of the rows decides: a cohort's setting lies over the general one, and from
    # several accounts the newest counts.
    values: dict[int, dict[str, str]] = defaultdict(dict)
    for row in settings_rows:
        values[row.person_id][row.name] = row.value
    away: dict[int, list[Away]] = defaultdict(list)
    for row in absence_rows:
        away[row.person_id].append(Away(row.first, row.last, row.value == MISSING))
    return PeopleSettings(values, away)
