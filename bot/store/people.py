"""Persons, found through their accounts, with what they set and when they are away; and the spaces they speak in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.address import Account, Caller, Place
from bot.group.member import Away, Person
from bot.store.rows import build_insert, build_person
from bot.store.tables import absences, accounts, members, persons, settings, spaces

PICKS = "track"
"""The setting that holds somebody's picks in a cohort, as words with blanks between them."""


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """What persons have set and when they are away, by person: for all cohorts, with what holds for one laid over it."""

    settings: dict[int, dict[str, str]]
    away: dict[int, list[Away]]

    def build_person_from_row(self, row: Any) -> Person:
        """The person of a row that has person_id, account_id, name and account_zone."""
        known = self.settings.get(row.person_id, {})
        return build_person(
            row.person_id,
            row.account_id,
            row.name,
            row.account_zone,
            known,
            self.away.get(row.person_id, ()),
        )

    def get_cohort_picks(self, person_id: int) -> tuple[str, ...]:
        """What a person has picked of the plan, in the cohort that was asked for."""
        return tuple(self.settings.get(person_id, {}).get(PICKS, "").split())


class PeopleQueries:
    """Queries about persons, accounts and spaces."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find_person(self, caller: Caller) -> Person:
        """The person of an account as they are known; with id 0 where the bot has not met them."""
        row = await self._fetch_account_row(caller.account)
        if row is None:
            return Person(0, caller.name, zone=caller.zone)
        return (await self.load_people_settings([row.person_id])).build_person_from_row(row)

    async def load_or_create_person(self, caller: Caller, now: datetime) -> Person:
        """The person of an account, met for the first time if need be; their name and zone as the platform says today."""
        row = await self._fetch_account_row(caller.account)
        if row is None:
            await self._insert_account(caller, now)
            row = await self._fetch_account_row(caller.account)
            assert row is not None
        elif (row.name, row.account_zone) != (caller.name, caller.zone or row.account_zone):
            changed = accounts.update().where(accounts.c.id == row.account_id)
            await self._connection.execute(
                changed.values(name=caller.name, zone=caller.zone or row.account_zone)
            )
            row = await self._fetch_account_row(caller.account)
            assert row is not None
        return (await self.load_people_settings([row.person_id])).build_person_from_row(row)

    async def _fetch_account_row(self, account: Account) -> Any:
        asked = select(
            accounts.c.person_id,
            accounts.c.id.label("account_id"),
            accounts.c.name,
            accounts.c.zone.label("account_zone"),
        ).where(
            accounts.c.platform == account.platform,
            accounts.c.tenant == account.tenant,
            accounts.c.native == account.native,
        )
        return (await self._connection.execute(asked)).first()

    async def lock_person(self, account_id: int) -> int:
        """The person of an account. Until this transaction ends nobody joins or parts their accounts, nor counts for them:
        two counts at once would both be wrong."""
        whose = select(accounts.c.person_id).where(accounts.c.id == account_id)
        while True:  # while we wait for one person, the account may become another's
            person_id = int((await self._connection.execute(whose)).scalar_one())
            await self._connection.execute(
                select(persons.c.id).where(persons.c.id == person_id).with_for_update()
            )
            if (await self._connection.execute(whose)).scalar_one() == person_id:
                return person_id

    async def _insert_account(self, caller: Caller, now: datetime) -> None:
        person_id = (
            await self._connection.execute(
                persons.insert().values(met_at=now).returning(persons.c.id)
            )
        ).scalar_one()
        account = caller.account
        made = build_insert(self._connection, accounts).values(
            person_id=person_id,
            platform=account.platform,
            tenant=account.tenant,
            native=account.native,
            name=caller.name,
            zone=caller.zone,
            met_at=now,
        )
        added = (
            await self._connection.execute(made.on_conflict_do_nothing().returning(accounts.c.id))
        ).first()
        if added is None:  # another call met them first: leave no person without an account
            await self._connection.execute(persons.delete().where(persons.c.id == person_id))

    async def load_people_settings(
        self, person_ids: Collection[int], cohort_id: int = 0
    ) -> PeopleSettings:
        """What these persons have set: for all their cohorts and, where one is named, for that one."""
        wanted = sorted(set(person_ids))
        said: dict[int, dict[str, str]] = defaultdict(dict)
        if not wanted:
            return PeopleSettings({}, {})
        asked = (
            select(accounts.c.person_id, settings.c.name, settings.c.value)
            .join(accounts, accounts.c.id == settings.c.account_id)
            .where(accounts.c.person_id.in_(wanted), settings.c.cohort_id.in_([0, cohort_id]))
            .order_by(settings.c.cohort_id, settings.c.at)
        )
        for row in await self._connection.execute(asked):
            said[row.person_id][row.name] = row.value
        return PeopleSettings(said, await self._load_absences(wanted, cohort_id))

    async def _load_absences(self, wanted: list[int], cohort_id: int) -> dict[int, list[Away]]:
        away: dict[int, list[Away]] = defaultdict(list)
        asked = (
            select(accounts.c.person_id, absences.c.first, absences.c.last)
            .join(accounts, accounts.c.id == absences.c.account_id)
            .where(
                accounts.c.person_id.in_(wanted),
                or_(absences.c.cohort_id == 0, absences.c.cohort_id == cohort_id),
            )
            .order_by(absences.c.id)
        )
        for row in await self._connection.execute(asked):
            away[row.person_id].append(Away(row.first, row.last))
        return away

    async def save_setting(
        self, person: Person, name: str, value: str, now: datetime, cohort_id: int = 0
    ) -> None:
        """Keep a setting, with the account it came through."""
        row = {
            "account_id": person.account_id,
            "cohort_id": cohort_id,
            "name": name,
            "value": value,
            "at": now,
        }
        made = build_insert(self._connection, settings).values(row)
        key = [settings.c.account_id, settings.c.cohort_id, settings.c.name]
        await self._connection.execute(
            made.on_conflict_do_update(index_elements=key, set_={"value": value, "at": now})
        )

    async def delete_setting(self, person: Person, name: str) -> None:
        """Forget a setting of a person, whichever of their accounts it came through."""
        theirs = select(accounts.c.id).where(accounts.c.person_id == person.id)
        gone = settings.delete().where(settings.c.account_id.in_(theirs), settings.c.name == name)
        await self._connection.execute(gone)

    async def save_picks(
        self, person: Person, cohort_id: int, words: Sequence[str], now: datetime
    ) -> None:
        """Keep what a person picked of a cohort's plan. Their scores follow by `Progress.recount`."""
        await self.save_setting(person, PICKS, " ".join(words), now, cohort_id)

    async def load_picks_by_cohort(self, person_id: int) -> dict[int, tuple[str, ...]]:
        """What a person has picked, by cohort; of several accounts the newest word counts."""
        asked = select(settings.c.cohort_id, settings.c.value).join(
            accounts, accounts.c.id == settings.c.account_id
        )
        theirs = asked.where(accounts.c.person_id == person_id, settings.c.name == PICKS).order_by(
            settings.c.at
        )
        return {
            row.cohort_id: tuple(row.value.split())
            for row in await self._connection.execute(theirs)
        }

    async def load_setting(self, person: Person, name: str) -> str | None:
        """One setting of a person."""
        return (await self.load_people_settings([person.id])).settings.get(person.id, {}).get(name)

    async def record_private_delivery(
        self, member_id: int, is_reached: bool, now: datetime
    ) -> None:
        """Note whether private messages reach the account of a member; of closed ones they are told once."""
        theirs = select(members.c.account_id).where(members.c.id == member_id).scalar_subquery()
        if is_reached:
            noted = (
                settings.c.account_id == theirs,
                settings.c.cohort_id == 0,
                settings.c.name == "closed",
            )
            await self._connection.execute(settings.delete().where(*noted))
            return
        row = {"account_id": theirs, "cohort_id": 0, "name": "closed", "value": "untold", "at": now}
        await self._connection.execute(
            build_insert(self._connection, settings).values(row).on_conflict_do_nothing()
        )

    async def claim_closed_notice(self, person: Person) -> bool:
        """Note that a person is told now that their private messages are closed; whether nobody had told them before."""
        theirs = select(accounts.c.id).where(accounts.c.person_id == person.id)
        untold = (
            settings.c.account_id.in_(theirs),
            settings.c.name == "closed",
            settings.c.value == "untold",
        )
        changed = await self._connection.execute(
            settings.update().where(*untold).values(value="told")
        )
        return changed.rowcount > 0

    async def insert_absence(
        self, person: Person, first: date, last: date | None, now: datetime, cohort_id: int = 0
    ) -> None:
        """Note that a person is away on these local dates."""
        row = {
            "account_id": person.account_id,
            "cohort_id": cohort_id,
            "first": first,
            "last": last,
            "at": now,
        }
        await self._connection.execute(absences.insert().values(row))

    async def end_absences(
        self, person: Person, day: date, cohorts: Collection[int] | None = None
    ) -> int:
        """End every absence that covers a local date on the day before it, and drop later ones. Returns how many.

        `cohorts` limits that to the absences from these cohorts; 0 stands for those from all of them at once.
        """
        theirs = select(accounts.c.id).where(accounts.c.person_id == person.id)
        open_ones = [
            absences.c.account_id.in_(theirs),
            or_(absences.c.last.is_(None), absences.c.last >= day),
        ]
        if cohorts is not None:
            open_ones.append(absences.c.cohort_id.in_(sorted(cohorts)))
        dropped = await self._connection.execute(
            absences.delete().where(*open_ones, absences.c.first >= day)
        )
        ended = await self._connection.execute(
            absences.update().where(*open_ones).values(last=date.fromordinal(day.toordinal() - 1))
        )
        return dropped.rowcount + ended.rowcount

    async def find_space_id(self, place: Place) -> int | None:
        """The id of the space a place belongs to, or None where no cohort has ever lived."""
        asked = select(spaces.c.id).where(
            spaces.c.platform == place.platform, spaces.c.native == place.space
        )
        return (await self._connection.execute(asked)).scalar()

    async def ensure_space_id(self, place: Place) -> int:
        """The id of the space a place belongs to, made if need be."""
        made = build_insert(self._connection, spaces).values(
            platform=place.platform, native=place.space, tenant=place.tenant
        )
        key, same = [spaces.c.platform, spaces.c.native], spaces.c.tenant == place.tenant
        settled = made.on_conflict_do_update(
            index_elements=key, set_={"tenant": place.tenant}, where=~same
        )
        await self._connection.execute(settled)
        found = await self.find_space_id(place)
        assert found is not None
        return found
