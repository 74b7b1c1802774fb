"""Cohorts, their homes and the immutable plans they go through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.address import Place
from bot.chat.message import escape_text
from bot.group.calendar import Syllabus
from bot.group.cohort import Cohort
from bot.group.member import Person
from bot.roadmap import Roadmap
from bot.store.rows import build_cohort, build_cohort_values, build_insert
from bot.store.tables import accounts, cohorts, homes, members, plans, spaces


@dataclass(frozen=True, slots=True)
class Home:
    """A channel of a space where a cohort lives. `trouble` is what keeps its posts, or an extra from them, as prose;
    `in_reach` is false while the bot is not in the space."""

    id: int
    cohort_id: int
    place: Place
    trouble: str = ""
    is_in_reach: bool = True


WAITS = "Posts wait: "
"""What the trouble of a home begins with where nothing can be posted; any other trouble only costs an extra."""


KEPT = 20  # characters of a cohort's name that stay when it needs its number beside it
_SPACE = (spaces.c.platform, spaces.c.native, spaces.c.tenant, spaces.c.gone_at)


@lru_cache(maxsize=64)
def _parse_stored_roadmap(source: str) -> Roadmap:
    return Roadmap.from_json(source)


class CohortQueries:
    """Queries about cohorts, homes and plans."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def load_cohort(self, cohort_id: int) -> Cohort | None:
        """A cohort by its number, wherever it lives."""
        return await self._fetch_cohort(select(cohorts).where(cohorts.c.id == cohort_id))

    async def find_cohort_by_name(self, space_id: int, name: str) -> Cohort | None:
        """A cohort by its name in a space: one that belongs there, or has a home there."""
        there = select(homes.c.cohort_id).where(homes.c.space_id == space_id)
        here = or_(cohorts.c.space_id == space_id, cohorts.c.id.in_(there))
        return await self._fetch_cohort(
            select(cohorts).where(here, cohorts.c.name == name).limit(1)
        )

    async def find_namesake(self, cohort: Cohort, name: str) -> Cohort | None:
        """Another cohort of that name in any of the spaces where this one lives."""
        its = select(homes.c.space_id).where(homes.c.cohort_id == cohort.id)
        there = select(homes.c.cohort_id).where(homes.c.space_id.in_(its))
        near = or_(
            cohorts.c.space_id == cohort.space_id,
            cohorts.c.space_id.in_(its),
            cohorts.c.id.in_(there),
        )
        return await self._fetch_cohort(
            select(cohorts).where(near, cohorts.c.name == name, cohorts.c.id != cohort.id).limit(1)
        )

    async def lock_cohort(self, cohort_id: int) -> Cohort | None:
        """A cohort whose row nobody else changes until this transaction ends: for whoever counts and then decides."""
        return await self._fetch_cohort(
            select(cohorts).where(cohorts.c.id == cohort_id).with_for_update()
        )

    async def _fetch_cohort(self, asked: Select[Any]) -> Cohort | None:
        row = (await self._connection.execute(asked)).first()
        return build_cohort(row) if row else None

    async def list_cohorts_in_space(
        self, place: Place, *, is_channel_only: bool = False
    ) -> Sequence[Cohort]:
        """The cohorts with a home in a space, or with `channel` in exactly that channel; archived ones are left out."""
        asked = (
            select(cohorts)
            .join(homes, homes.c.cohort_id == cohorts.c.id)
            .join(spaces, spaces.c.id == homes.c.space_id)
            .where(
                spaces.c.platform == place.platform,
                spaces.c.native == place.space,
                cohorts.c.state != "archived",
            )
            .order_by(cohorts.c.id)
        )
        if is_channel_only:
            asked = asked.where(homes.c.channel == place.channel)
        return list(
            {row.id: build_cohort(row) for row in await self._connection.execute(asked)}.values()
        )

    async def is_cohort_in_space(self, cohort_id: int, place: Place) -> bool:
        """Whether a cohort has a home in the space of a place."""
        asked = (
            select(func.count())
            .select_from(homes.join(spaces, spaces.c.id == homes.c.space_id))
            .where(
                homes.c.cohort_id == cohort_id,
                spaces.c.platform == place.platform,
                spaces.c.native == place.space,
            )
        )
        return bool((await self._connection.execute(asked)).scalar())

    async def list_cohorts_of_person(self, person: Person) -> Sequence[Cohort]:
        """The cohorts somebody is a member of, in any space, archived ones left out."""
        asked = (
            select(cohorts)
            .join(members, members.c.cohort_id == cohorts.c.id)
            .join(accounts, accounts.c.id == members.c.account_id)
            .where(
                accounts.c.person_id == person.id,
                members.c.left_at.is_(None),
                cohorts.c.state != "archived",
            )
            .order_by(cohorts.c.id)
        )
        return list(
            {row.id: build_cohort(row) for row in await self._connection.execute(asked)}.values()
        )

    async def insert_cohort(
        self, draft: CohortDraft, place: Place, by: Person, now: datetime
    ) -> Cohort:
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
        made = (
            await self._connection.execute(cohorts.insert().values(values).returning(cohorts))
        ).one()
        await self.insert_home(made.id, draft.space_id, place, by)
        return build_cohort(made)

    async def insert_home(self, cohort_id: int, space_id: int, place: Place, by: Person) -> Home:
        """Give a cohort a home in a channel of that space. Nothing of what fell due before goes there."""
        values = {
            "cohort_id": cohort_id,
            "space_id": space_id,
            "channel": place.channel,
            "added_by": by.account_id or None,
        }
        latest = select(
            func.coalesce(func.max(members.c.id), 0)
        ).scalar_subquery()  # who is in already is not named there
        made = homes.insert().values(**values, named_to=latest).returning(homes.c.id)
        return Home((await self._connection.execute(made)).scalar_one(), cohort_id, place)

    async def delete_homes(self, cohort: Cohort, leaving: Sequence[Home]) -> None:
        """Take homes of a cohort away, though not its last one; made in their space, it belongs to another from now on."""
        gone = homes.delete().where(
            homes.c.cohort_id == cohort.id, homes.c.id.in_([home.id for home in leaving])
        )
        await self._connection.execute(gone)
        await self.assign_remaining_space(cohorts.c.id == cohort.id)

    async def assign_remaining_space(self, among: ColumnElement[bool]) -> None:
        """Cohorts that have a home, but none in the space they belong to, belong where they live, under a name that is
        free there."""
        its = homes.c.cohort_id == cohorts.c.id
        inside = (
            select(homes.c.id).where(and_(its, homes.c.space_id == cohorts.c.space_id)).exists()
        )
        to = select(func.min(homes.c.space_id)).where(its).scalar_subquery()
        asked = select(cohorts.c.id, cohorts.c.name, to.label("to")).where(
            among, to.is_not(None), ~inside
        )
        for row in (await self._connection.execute(asked)).all():
            taken = select(cohorts.c.id).where(
                cohorts.c.space_id == row.to, cohorts.c.name == row.name
            )
            clash = (await self._connection.execute(taken)).first() is not None
            name = f"{row.name[:KEPT]}-{row.id}" if clash else row.name
            moved = cohorts.update().where(cohorts.c.id == row.id)
            await self._connection.execute(moved.values(space_id=row.to, name=name))

    async def update_cohort(self, cohort: Cohort) -> None:
        """Store a cohort as it is; whoever changes its dates goes through `Schedule.change`."""
        await self._connection.execute(
            cohorts.update().where(cohorts.c.id == cohort.id).values(build_cohort_values(cohort))
        )

    async def list_homes(self, cohort_id: int) -> Sequence[Home]:
        """Where a cohort lives."""
        asked = (
            select(homes, *_SPACE)
            .join(spaces, spaces.c.id == homes.c.space_id)
            .where(homes.c.cohort_id == cohort_id)
            .order_by(homes.c.id)
        )
        return [_build_home(row) for row in await self._connection.execute(asked)]

    async def list_home_places(self) -> Sequence[Place]:
        """Every channel where a cohort lives that is not archived, in spaces the bot is in."""
        asked = (
            select(spaces.c.platform, spaces.c.native, spaces.c.tenant, homes.c.channel)
            .join(spaces, spaces.c.id == homes.c.space_id)
            .join(cohorts, cohorts.c.id == homes.c.cohort_id)
            .where(cohorts.c.state != "archived", spaces.c.gone_at.is_(None))
            .distinct()
        )
        return [_build_home_place(row) for row in await self._connection.execute(asked)]

    async def list_active_cohorts(self) -> Sequence[Cohort]:
        """Return every cohort that is open, running or paused."""
        asked = (
            select(cohorts)
            .where(cohorts.c.state.in_(("open", "running", "paused")))
            .order_by(cohorts.c.id)
        )
        return [build_cohort(row) for row in await self._connection.execute(asked)]

    async def move_home(self, home: Home, channel: str) -> None:
        """Have a cohort live in another channel of the same space; the trouble with the old one is over."""
        changed = homes.update().where(homes.c.id == home.id)
        await self._connection.execute(changed.values(channel=channel, trouble="", trouble_at=None))

    async def save_home_trouble(self, home: Home, trouble: str, now: datetime) -> None:
        """Keep what is wrong with a home, as prose; nothing written where it is known already."""
        if trouble != home.trouble:
            changed = homes.update().where(homes.c.id == home.id)
            await self._connection.execute(
                changed.values(trouble=trouble, trouble_at=now if trouble else None)
            )

    async def record_closed_channel(self, place: Place, reason: str, now: datetime) -> None:
        """Keep that nothing can be posted in a channel, for every cohort that lives there; `told` is a sentence."""
        there = select(spaces.c.id).where(
            spaces.c.platform == place.platform, spaces.c.native == place.space
        )
        changed = homes.update().where(
            homes.c.space_id.in_(there), homes.c.channel == place.channel
        )
        changed = changed.where(homes.c.trouble != f"{WAITS}{reason}")
        await self._connection.execute(changed.values(trouble=f"{WAITS}{reason}", trouble_at=now))

    async def list_home_troubles(self, place: Place) -> Sequence[str]:
        """What is wrong with the homes of a space, and with the other homes of the cohorts that live there: a line of
        prose for each, with what to do. Archived cohorts have no troubles any more."""
        here = select(homes.c.cohort_id).join(spaces, spaces.c.id == homes.c.space_id)
        here = here.where(spaces.c.platform == place.platform, spaces.c.native == place.space)
        asked = (
            select(homes, *_SPACE, cohorts.c.name)
            .join(spaces, spaces.c.id == homes.c.space_id)
            .join(cohorts, cohorts.c.id == homes.c.cohort_id)
            .where(homes.c.cohort_id.in_(here), cohorts.c.state != "archived")
            .where(or_(homes.c.trouble != "", spaces.c.gone_at.is_not(None)))
            .order_by(homes.c.id)
        )
        return [
            _format_home_trouble(_build_home(row), row.name, place)
            for row in await self._connection.execute(asked)
        ]

    async def save_roadmap(self, roadmap: Roadmap, now: datetime) -> int:
        """The id of a plan's version, stored on first use and never changed; its `at` says when it was last asked for."""
        row = {
            "slug": roadmap.slug,
            "digest": roadmap.digest,
            "source": roadmap.to_json(),
            "at": now,
        }
        made = build_insert(self._connection, plans).values(row).returning(plans.c.id)
        known = made.on_conflict_do_update(index_elements=[plans.c.digest], set_={"at": now})
        return int((await self._connection.execute(known)).scalar_one())

    async def load_roadmap_by_id(self, plan_id: int) -> Roadmap:
        """A plan's version."""
        source = (
            await self._connection.execute(select(plans.c.source).where(plans.c.id == plan_id))
        ).scalar_one()
        return _parse_stored_roadmap(source)


def _build_home(row: Row[Any]) -> Home:
    return Home(row.id, row.cohort_id, _build_home_place(row), row.trouble, row.gone_at is None)


def _build_home_place(row: Any) -> Place:
    return Place(row.platform, row.native, row.channel, tenant=row.tenant)


def _format_home_trouble(home: Home, name: str, place: Place) -> str:
    """A home's trouble as whoever is at `place` can mend it."""
    here = (home.place.platform, home.place.space) == (place.platform, place.space)
    posts = f"Posts of **{escape_text(name)}**" + ("" if here else " in its other channel")
    if not home.is_in_reach:
        return f"{posts} wait: I am not there any more, and I go on when somebody invites me again."
    if not home.trouble.startswith(WAITS):
        return f"{posts} come, but not as they should: {home.trouble}"
    move = f" Or say `cohort move {name}` in another channel." if here else ""
    return f"{posts} wait: {home.trouble.removeprefix(WAITS)}{move}"


@dataclass(frozen=True, slots=True)
class CohortDraft:
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
