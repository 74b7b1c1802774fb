"""Cohorts, their homes and the immutable plans they go through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cohort import Cohort, Syllabus
from bot.people import Person, Place
from bot.roadmap import Roadmap
from bot.store.rows import cohort_of, cohort_values, insert
from bot.store.tables import accounts, cohorts, homes, members, plans, spaces


@dataclass(frozen=True, slots=True)
class Home:
    """A channel of a space where a cohort lives."""

    id: int
    cohort_id: int
    place: Place


@lru_cache(maxsize=64)
def _plan(source: str) -> Roadmap:
    return Roadmap.loads(source)


class Cohorts:
    """Queries about cohorts, homes and plans."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def by_id(self, cohort_id: int) -> Cohort | None:
        """A cohort by its number, wherever it lives."""
        return await self._one(select(cohorts).where(cohorts.c.id == cohort_id))

    async def by_name(self, space_id: int, name: str) -> Cohort | None:
        """A cohort by its name in the space it was made in."""
        return await self._one(select(cohorts).where(cohorts.c.space_id == space_id, cohorts.c.name == name))

    async def lock(self, cohort_id: int) -> Cohort | None:
        """A cohort whose row nobody else changes until this transaction ends: for whoever counts and then decides."""
        return await self._one(select(cohorts).where(cohorts.c.id == cohort_id).with_for_update())

    async def _one(self, asked: Select[Any]) -> Cohort | None:
        row = (await self._connection.execute(asked)).first()
        return cohort_of(row) if row else None

    async def in_space(self, place: Place, *, channel: bool = False) -> Sequence[Cohort]:
        """The cohorts with a home in a space, or with `channel` in exactly that channel; archived ones are left out."""
        asked = (
            select(cohorts)
            .join(homes, homes.c.cohort_id == cohorts.c.id)
            .join(spaces, spaces.c.id == homes.c.space_id)
            .where(spaces.c.platform == place.platform, spaces.c.native == place.space, cohorts.c.state != "archived")
            .order_by(cohorts.c.id)
        )
        if channel:
            asked = asked.where(homes.c.channel == place.channel)
        return list({row.id: cohort_of(row) for row in await self._connection.execute(asked)}.values())

    async def lives_in(self, cohort_id: int, place: Place) -> bool:
        """Whether a cohort has a home in the space of a place."""
        asked = (
            select(func.count())
            .select_from(homes.join(spaces, spaces.c.id == homes.c.space_id))
            .where(homes.c.cohort_id == cohort_id, spaces.c.platform == place.platform, spaces.c.native == place.space)
        )
        return bool((await self._connection.execute(asked)).scalar())

    async def of_person(self, person: Person) -> Sequence[Cohort]:
        """The cohorts somebody is a member of, in any space, archived ones left out."""
        asked = (
            select(cohorts)
            .join(members, members.c.cohort_id == cohorts.c.id)
            .join(accounts, accounts.c.id == members.c.account_id)
            .where(accounts.c.person_id == person.id, members.c.left_at.is_(None), cohorts.c.state != "archived")
            .order_by(cohorts.c.id)
        )
        return list({row.id: cohort_of(row) for row in await self._connection.execute(asked)}.values())

    async def add(self, draft: Draft, place: Place, by: Person, now: datetime) -> Cohort:
        """Make a draft cohort with its first home. Its name must be free in the space."""
        values = {
            "space_id": draft.space_id,
            "plan_id": draft.plan_id,
            "name": draft.name,
            "roadmap": draft.roadmap,
            "syllabus": [asdict(week) for week in draft.syllabus.weeks],
            "start": draft.start,
            "zone": draft.zone,
            "at": draft.at,
            "state": "draft",
            "seats": draft.seats,
            "breaks": [],
            "posts": {},
            "made_by": by.account_id or None,
            "made_at": now,
        }
        made = (await self._connection.execute(cohorts.insert().values(values).returning(cohorts))).one()
        home = {
            "cohort_id": made.id,
            "space_id": draft.space_id,
            "channel": place.channel,
            "added_by": by.account_id or None,
        }
        await self._connection.execute(homes.insert().values(home))
        return cohort_of(made)

    async def write(self, cohort: Cohort) -> None:
        """Store a cohort as it is; whoever changes its dates goes through `Schedule.change`."""
        await self._connection.execute(cohorts.update().where(cohorts.c.id == cohort.id).values(cohort_values(cohort)))

    async def homes(self, cohort_id: int) -> Sequence[Home]:
        """Where a cohort lives."""
        asked = (
            select(homes.c.id, homes.c.cohort_id, homes.c.channel, spaces.c.platform, spaces.c.native)
            .join(spaces, spaces.c.id == homes.c.space_id)
            .where(homes.c.cohort_id == cohort_id)
            .order_by(homes.c.id)
        )
        rows = await self._connection.execute(asked)
        return [Home(row.id, row.cohort_id, Place(row.platform, row.native, row.channel)) for row in rows]

    async def keep_plan(self, plan: Roadmap, now: datetime) -> int:
        """The id of a plan's version, stored on first use and never changed."""
        row = {"slug": plan.slug, "digest": plan.digest, "source": plan.dumps(), "at": now}
        await self._connection.execute(insert(self._connection, plans).values(row).on_conflict_do_nothing())
        asked = select(plans.c.id).where(plans.c.digest == plan.digest)
        return int((await self._connection.execute(asked)).scalar_one())

    async def plan(self, plan_id: int) -> Roadmap:
        """A plan's version."""
        source = (await self._connection.execute(select(plans.c.source).where(plans.c.id == plan_id))).scalar_one()
        return _plan(source)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a cohort is made from."""

    name: str
    space_id: int
    plan_id: int
    roadmap: str
    syllabus: Syllabus
    start: date
    zone: str
    at: time
    seats: int | None = None
