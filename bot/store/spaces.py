"""Spaces where cohorts live: the bot's coming and going, and erasing those it left long ago."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from bot.chat.address import Place
from bot.store.cohorts import CohortQueries
from bot.store.connection import TxConnection
from bot.store.greetings import GreetingQueries
from bot.store.ledger import LedgerQueries
from bot.store.tables import absences, accounts, cohorts, homes, members, persons, settings, spaces


@dataclass(frozen=True, slots=True)
class Space:
    """A space by its id on the platform.

    `gone_at`: the instant the bot left it, None while it is there.
    """

    id: int
    native: str
    gone_at: datetime | None


class SpaceQueries:
    """Queries about spaces."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def list_platform_spaces(self, platform: str) -> Sequence[Space]:
        """Return a platform's stored spaces, also those the bot has left."""
        return await self._fetch_spaces(select(spaces).where(spaces.c.platform == platform))

    async def list_spaces_of_place(self, place: Place) -> Sequence[Space]:
        """Return a place's space or, if it names none, every stored space in its tenant."""
        is_meant = spaces.c.native == place.space
        if not place.space:
            # Discord's spaces all have the empty tenant: a place without space or tenant means
            # none of them, so it is compared with NULL.
            is_meant = spaces.c.tenant == (place.tenant or None)
        query = select(spaces).where(spaces.c.platform == place.platform, is_meant)
        return await self._fetch_spaces(query)

    async def _fetch_spaces(self, query: Select[Any]) -> Sequence[Space]:
        rows = self._connection.execute(query)
        return [Space(row.id, row.native, row.gone_at) for row in rows]

    async def record_spaces_left(self, ids: Collection[int], now: datetime) -> None:
        """Note that the bot has left these spaces; an earlier instant stays."""
        change = spaces.update().where(spaces.c.id.in_(ids), spaces.c.gone_at.is_(None))
        self._connection.execute(change.values(gone_at=now))

    async def record_spaces_rejoined(self, ids: Collection[int], now: datetime) -> None:
        """Note that the bot is back in these spaces; letters that wait there are due now."""
        change = spaces.update().where(spaces.c.id.in_(ids))
        self._connection.execute(change.values(gone_at=None))
        query = select(homes.c.id).where(homes.c.space_id.in_(ids))
        home_ids = list(self._connection.execute(query).scalars())
        await LedgerQueries(self._connection).make_home_letters_due(home_ids, now)

    async def erase_old_spaces(self, before: datetime) -> int:
        """Erase the spaces the bot left before an instant; return their number.

        A cohort that lives nowhere else goes with everything in it, and so do its members'
        accounts if their person is in no other cohort. A cohort that also lives elsewhere only
        loses its home there.
        If it was the last space in its tenant, everybody there who is in no cohort goes.
        """
        query = select(spaces.c.id, spaces.c.platform, spaces.c.tenant, spaces.c.native)
        rows = self._connection.execute(query.where(spaces.c.gone_at <= before)).all()
        if not rows:
            return 0
        gone_ids = [row.id for row in rows]
        # The order matters. Cohorts first, while their homes still tell where they live; then
        # homes, so that the cohorts that stay find a new space; spaces last, for a space takes
        # along every cohort that still belongs to it.
        await self._delete_cohorts(await self._list_homeless_cohorts(gone_ids))
        self._connection.execute(homes.delete().where(homes.c.space_id.in_(gone_ids)))
        await CohortQueries(self._connection).assign_remaining_space(
            cohorts.c.space_id.in_(gone_ids)
        )
        # SQLite gives a space's id again: nobody else may read what was written to its moderators.
        joined_there = members.c.space_id.in_(gone_ids)
        self._connection.execute(members.update().where(joined_there).values(space_id=None))
        self._connection.execute(spaces.delete().where(spaces.c.id.in_(gone_ids)))
        await self._delete_traces(rows)
        return len(gone_ids)

    async def _list_homeless_cohorts(self, gone_ids: list[int]) -> list[int]:
        """Return the cohorts that live in these spaces and nowhere else."""
        lives_elsewhere = (
            select(homes.c.id)
            .where(homes.c.cohort_id == cohorts.c.id, homes.c.space_id.not_in(gone_ids))
            .exists()
        )
        living_there = select(homes.c.cohort_id).where(homes.c.space_id.in_(gone_ids))
        is_there = or_(cohorts.c.space_id.in_(gone_ids), cohorts.c.id.in_(living_there))
        query = select(cohorts.c.id).where(is_there, ~lives_elsewhere)
        return list(self._connection.execute(query).scalars())

    async def _delete_traces(self, rows: Sequence[Any]) -> None:
        """Delete greetings and accounts left behind by spaces that were erased."""
        for row in rows:
            await GreetingQueries(self._connection).delete_space_greetings(
                row.platform, [row.native]
            )
        # On Discord the tenant is empty: its accounts belong to no server.
        tenants = {(row.platform, row.tenant) for row in rows if row.tenant}
        for platform, tenant in tenants:
            await self._delete_tenant_accounts(platform, tenant)

    async def _delete_cohorts(self, doomed_ids: list[int]) -> None:
        """Delete cohorts, and their members' accounts if the person is in no other cohort."""
        seated = select(members.c.account_id).where(members.c.cohort_id.in_(doomed_ids))
        # Accounts first: their memberships tell which ones, and would go with the cohorts.
        await self._delete_accounts(
            and_(accounts.c.id.in_(seated), ~_is_in_other_cohort(doomed_ids))
        )
        # These name a cohort without a foreign key (0 stands for all), so nothing cascades.
        for table in (settings, absences):
            self._connection.execute(table.delete().where(table.c.cohort_id.in_(doomed_ids)))
        self._connection.execute(cohorts.delete().where(cohorts.c.id.in_(doomed_ids)))

    async def _delete_tenant_accounts(self, platform: str, tenant: str) -> None:
        """Delete a tenant's accounts that are in no cohort, if the bot is in none of its spaces."""
        has_space = (
            select(spaces.c.id)
            .where(spaces.c.platform == platform, spaces.c.tenant == tenant)
            .exists()
        )
        is_idle = and_(
            accounts.c.platform == platform,
            accounts.c.tenant == tenant,
            ~has_space,
            ~_is_in_other_cohort([]),
        )
        await self._delete_accounts(is_idle)

    async def _delete_accounts(self, is_doomed: ColumnElement[bool]) -> None:
        self._connection.execute(accounts.delete().where(is_doomed))
        await self._delete_persons_without_accounts()

    async def _delete_persons_without_accounts(self) -> None:
        # A person is found only through accounts: without any, nobody could delete the row later.
        has_account = select(accounts.c.id).where(accounts.c.person_id == persons.c.id).exists()
        self._connection.execute(persons.delete().where(~has_account))


def _is_in_other_cohort(doomed_ids: list[int]) -> ColumnElement[bool]:
    """Match accounts with a person in another cohort, by any account."""
    others, seats = accounts.alias("others"), members.alias("seats")
    path = others.join(seats, seats.c.account_id == others.c.id)
    is_same = and_(others.c.person_id == accounts.c.person_id, seats.c.cohort_id.not_in(doomed_ids))
    return select(seats.c.id).select_from(path).where(is_same).correlate(accounts).exists()
