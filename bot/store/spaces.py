"""The spaces where cohorts live: whether the bot is in them, and letting go of all that was kept of one it left long ago."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.address import Place
from bot.store.cohorts import CohortQueries
from bot.store.greetings import GreetingQueries
from bot.store.ledger import LedgerQueries
from bot.store.tables import absences, accounts, cohorts, homes, members, persons, settings, spaces


@dataclass(frozen=True, slots=True)
class Space:
    """A space by the id its platform gives it; `gone_at` is when the bot left it, None while it is there."""

    id: int
    native: str
    gone_at: datetime | None


class SpaceQueries:
    """Queries about spaces."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list_platform_spaces(self, platform: str) -> Sequence[Space]:
        """The spaces of a platform that are kept, whether the bot is still there or not."""
        rows = await self._connection.execute(select(spaces).where(spaces.c.platform == platform))
        return [Space(row.id, row.native, row.gone_at) for row in rows]

    async def list_spaces_of_place(self, place: Place) -> Sequence[Space]:
        """The space of a place or, where it names none, every space of its tenant that is kept."""
        named = (
            spaces.c.native == place.space
            if place.space
            else spaces.c.tenant == (place.tenant or None)
        )
        rows = await self._connection.execute(
            select(spaces).where(spaces.c.platform == place.platform, named)
        )
        return [Space(row.id, row.native, row.gone_at) for row in rows]

    async def record_spaces_left(self, ids: Collection[int], now: datetime) -> None:
        """Note that the bot is in these spaces no more, since now unless that was known."""
        leaving = spaces.update().where(spaces.c.id.in_(ids), spaces.c.gone_at.is_(None))
        await self._connection.execute(leaving.values(gone_at=now))

    async def record_spaces_rejoined(self, ids: Collection[int], now: datetime) -> None:
        """Note that the bot is in these spaces again: what waits for the homes there is due at once."""
        await self._connection.execute(
            spaces.update().where(spaces.c.id.in_(ids)).values(gone_at=None)
        )
        there = (
            await self._connection.execute(select(homes.c.id).where(homes.c.space_id.in_(ids)))
        ).scalars()
        await LedgerQueries(self._connection).make_home_letters_due(list(there), now)

    async def erase_old_spaces(self, before: datetime) -> int:
        """Erase the spaces the bot left before an instant. Returns how many.

        A cohort that lives nowhere else goes with everything in it, and so do the accounts of its members who are in no
        other; one that also lives elsewhere only loses its home there. Of a tenant whose last space this was, everybody goes
        who is in no cohort.
        """
        asked = select(spaces.c.id, spaces.c.platform, spaces.c.tenant, spaces.c.native).where(
            spaces.c.gone_at <= before
        )
        rows = (await self._connection.execute(asked)).all()
        if not (gone := [row.id for row in rows]):
            return 0
        elsewhere = select(homes.c.id).where(
            homes.c.cohort_id == cohorts.c.id, homes.c.space_id.not_in(gone)
        )
        touched = select(homes.c.cohort_id).where(homes.c.space_id.in_(gone))
        there = or_(cohorts.c.space_id.in_(gone), cohorts.c.id.in_(touched))
        found = await self._connection.execute(
            select(cohorts.c.id).where(there, ~elsewhere.exists())
        )
        await self._delete_cohorts(list(found.scalars()))
        await self._connection.execute(homes.delete().where(homes.c.space_id.in_(gone)))
        await CohortQueries(self._connection).assign_remaining_space(cohorts.c.space_id.in_(gone))
        await self._connection.execute(spaces.delete().where(spaces.c.id.in_(gone)))
        for row in rows:
            await GreetingQueries(self._connection).delete_space_greetings(
                row.platform, [row.native]
            )
        for platform, tenant in {(row.platform, row.tenant) for row in rows if row.tenant}:
            await self._delete_tenant_accounts(platform, tenant)
        return len(gone)

    async def _delete_cohorts(self, doomed: list[int]) -> None:
        """Delete cohorts and, of their members, whoever is in no other cohort with any of their accounts."""
        theirs = accounts.c.id.in_(
            select(members.c.account_id).where(members.c.cohort_id.in_(doomed))
        )
        await self._delete_accounts(and_(theirs, ~_is_in_other_cohort(doomed)))
        for table in (
            settings,
            absences,
        ):  # what was said of one cohort names it without a key to it
            await self._connection.execute(table.delete().where(table.c.cohort_id.in_(doomed)))
        await self._connection.execute(cohorts.delete().where(cohorts.c.id.in_(doomed)))

    async def _delete_tenant_accounts(self, platform: str, tenant: str) -> None:
        """Delete the accounts of a tenant, if the bot is in none of its spaces, but of members of any cohort."""
        left = (
            select(spaces.c.id)
            .where(spaces.c.platform == platform, spaces.c.tenant == tenant)
            .exists()
        )
        await self._delete_accounts(
            and_(
                accounts.c.platform == platform,
                accounts.c.tenant == tenant,
                ~left,
                ~_is_in_other_cohort([]),
            )
        )

    async def _delete_accounts(self, these: ColumnElement[bool]) -> None:
        await self._connection.execute(accounts.delete().where(these))
        nobody = ~select(accounts.c.id).where(accounts.c.person_id == persons.c.id).exists()
        await self._connection.execute(persons.delete().where(nobody))


def _is_in_other_cohort(doomed: list[int]) -> ColumnElement[bool]:
    """The person of an account is in another cohort, with whichever of their accounts."""
    others, seats = accounts.alias("others"), members.alias("seats")
    path = others.join(seats, seats.c.account_id == others.c.id)
    same = and_(others.c.person_id == accounts.c.person_id, seats.c.cohort_id.not_in(doomed))
    return select(seats.c.id).select_from(path).where(same).correlate(accounts).exists()
