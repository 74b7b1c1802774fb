"""Cohorts, their homes, and the immutable roadmap versions they go through."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select

from bot.chat.address import Place
from bot.chat.message import escape_text
from bot.group.calendar import Syllabus
from bot.group.cohort import Cohort
from bot.group.member import Person
from bot.roadmap import Roadmap
from bot.store import cohort_statements as sql
from bot.store.conditions import match_space
from bot.store.connection import TxConnection
from bot.store.memberships import forget_memberships, load_memberships, load_roadmap
from bot.store.rows import build_cohort, build_cohort_values
from bot.store.tables import cohorts, homes, members, spaces

WAITS = "Posts wait: "
"""The beginning of a home's trouble if nothing can be posted; other troubles only cost an extra."""

KEPT = 20  # characters of a cohort's name that stay when its number is put behind it


@dataclass(frozen=True, slots=True)
class Home:
    """A channel of a space where a cohort lives.

    `trouble`: prose about an obstacle for its posts, or for an extra to them; empty if none.
    `is_in_reach`: False while the bot is not in the space.
    """

    id: int
    cohort_id: int
    place: Place
    trouble: str = ""
    is_in_reach: bool = True


@dataclass(frozen=True, slots=True)
class CohortDraft:
    """The values a new cohort is made from."""

    name: str
    space_id: int
    plan_id: int
    roadmap: str
    syllabus: Syllabus
    start: date
    zone: str
    at: time
    seats: int | None = None


class CohortQueries:
    """Queries about cohorts, homes and roadmap versions."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    # — one cohort —

    async def load_cohort(self, cohort_id: int) -> Cohort | None:
        """Return a cohort by its number, wherever it lives."""
        return self._connection.remember(
            "cohort", cohort_id, lambda: self._find_cohort(sql.SELECT_COHORT, cohort=cohort_id)
        )

    async def load_cohorts(self, cohort_ids: Collection[int]) -> Mapping[int, Cohort]:
        """Return cohorts by their numbers. They and their homes are read for good."""
        wanted = {"cohorts": sorted(set(cohort_ids))}
        found = {}
        for row in self._connection.execute(sql.SELECT_COHORTS, wanted):
            found[row.id] = self._read_cohort(row)
        homes_by_cohort: dict[int, list[Home]] = {cohort_id: [] for cohort_id in cohort_ids}
        for row in self._connection.execute(sql.SELECT_HOMES_OF_COHORTS, wanted):
            homes_by_cohort[row.cohort_id].append(_build_home(row))
        for cohort_id, its_homes in homes_by_cohort.items():
            self._connection.note("homes", cohort_id, tuple(its_homes))
        return found

    async def find_cohort_by_name(self, space_id: int, name: str) -> Cohort | None:
        """Return a cohort by name: one that belongs to the space or has a home there."""
        return self._find_cohort(sql.SELECT_BY_NAME, space=space_id, name=name)

    async def find_namesake(self, cohort: Cohort, name: str) -> Cohort | None:
        """Return another cohort with that name in any space where this one lives."""
        return self._find_cohort(
            sql.SELECT_NAMESAKE, cohort=cohort.id, space=cohort.space_id, name=name
        )

    async def lock_cohort(self, cohort_id: int) -> Cohort | None:
        """Lock a cohort's row until this transaction ends, and return the cohort.

        For callers that count and then decide: seats, newcomers, numbered announcements, dates.
        """
        # Before any person (see `PeopleQueries.lock_person`). On SQLite the clause is left out:
        # BEGIN IMMEDIATE has locked everything already.
        if self._connection.is_locked:
            return await self.load_cohort(cohort_id)
        # What was read before the lock may be stale.
        self._connection.forget("homes")
        forget_memberships(self._connection, cohort_id)
        return self._find_cohort(sql.LOCK_COHORT, cohort=cohort_id)

    def _find_cohort(self, statement: Select[Any], **values: object) -> Cohort | None:
        row = self._connection.execute(statement, values).first()
        return self._read_cohort(row) if row else None

    def _read_cohort(self, row: Row[Any]) -> Cohort:
        cohort = build_cohort(row)
        self._connection.note("digest", cohort.plan_id, row.digest)
        self._connection.note("roles", cohort.id, bool(row.has_roles))
        self._connection.note("cohort", cohort.id, cohort)
        return cohort

    async def insert_cohort(
        self, draft: CohortDraft, place: Place, by: Person, now: datetime
    ) -> Cohort:
        """Store a draft cohort with its first home; its name must be free in the space."""
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
        row = self._connection.execute(sql.INSERT_COHORT, values).one()
        await self.insert_home(row.id, draft.space_id, place, by)
        return build_cohort(row)

    async def update_cohort(self, cohort: Cohort) -> None:
        """Store a cohort's values; changed dates go through `ScheduleQueries` instead."""
        values = build_cohort_values(cohort)
        self._connection.execute(sql.UPDATE_COHORT, {"cohort": cohort.id, **values})

    # — lists of cohorts —

    async def list_cohorts_in_space(
        self, place: Place, *, is_channel_only: bool = False
    ) -> Sequence[Cohort]:
        """Return the cohorts with a home in a place's space, or in exactly its channel.

        Archived cohorts are left out.
        """
        values = {"platform": place.platform, "native": place.space}
        if is_channel_only:
            return self._list_cohorts(sql.SELECT_IN_CHANNEL, **values, channel=place.channel)
        return self._list_cohorts(sql.SELECT_IN_SPACE, **values)

    async def list_cohorts_of_person(self, person: Person) -> Sequence[Cohort]:
        """Return the cohorts a person is a member in, in any space; archived ones are left out."""
        own_cohorts = {}
        for membership in load_memberships(self._connection, person.id):
            if membership.left_at is None and membership.cohort.state != "archived":
                own_cohorts[membership.cohort_id] = membership.cohort
        return [own_cohorts[cohort_id] for cohort_id in sorted(own_cohorts)]

    async def list_active_cohorts(self) -> Sequence[Cohort]:
        """Return every cohort that is open, running or paused."""
        return self._list_cohorts(sql.SELECT_ACTIVE)

    def _list_cohorts(self, statement: Select[Any], **values: object) -> Sequence[Cohort]:
        # A cohort comes once for each home that matches. JSON columns cannot be compared on
        # Postgres, so the database could not drop the doubles.
        rows = self._connection.execute(statement, values)
        return list({row.id: self._read_cohort(row) for row in rows}.values())

    async def is_cohort_in_space(self, cohort_id: int, place: Place) -> bool:
        """Return True if a cohort has a home in a place's space."""
        values = {"cohort": cohort_id, "platform": place.platform, "native": place.space}
        return bool(self._connection.execute(sql.COUNT_HOMES_IN_SPACE, values).scalar())

    # — homes —

    async def insert_home(self, cohort_id: int, space_id: int, place: Place, by: Person) -> Home:
        """Give a cohort a home in a channel; posts that fell due before do not go there."""
        # Members who are in already are not named there as new ones.
        latest_member = select(func.coalesce(func.max(members.c.id), 0)).scalar_subquery()
        values = {
            "cohort_id": cohort_id,
            "space_id": space_id,
            "channel": place.channel,
            "added_by": by.account_id or None,
            "named_to": latest_member,
        }
        statement = homes.insert().values(values).returning(homes.c.id)
        return Home(self._connection.execute(statement).scalar_one(), cohort_id, place)

    async def delete_homes(self, cohort: Cohort, leaving: Sequence[Home]) -> None:
        """Take homes away from a cohort, never its last one.

        A cohort without a home in its own space belongs to another space from now on.
        """
        home_ids = [home.id for home in leaving]
        self._connection.execute(
            homes.delete().where(homes.c.cohort_id == cohort.id, homes.c.id.in_(home_ids))
        )
        await self.assign_remaining_space(cohorts.c.id == cohort.id)

    async def assign_remaining_space(self, among: ColumnElement[bool]) -> None:
        """Move cohorts without a home in their own space to a space where they live.

        They keep their name if it is free there, else their number is put behind it.
        """
        is_own_home = homes.c.cohort_id == cohorts.c.id
        lives_inside = (
            select(homes.c.id)
            .where(and_(is_own_home, homes.c.space_id == cohorts.c.space_id))
            .exists()
        )
        target = select(func.min(homes.c.space_id)).where(is_own_home).scalar_subquery()
        query = select(cohorts.c.id, cohorts.c.name, target.label("target")).where(
            among, target.is_not(None), ~lives_inside
        )
        for row in self._connection.execute(query).all():
            # One by one: a cohort that has just moved there may have taken the name.
            name = await self._choose_free_name(row.target, row.name, row.id)
            change = cohorts.update().where(cohorts.c.id == row.id)
            self._connection.execute(change.values(space_id=row.target, name=name))

    async def _choose_free_name(self, space_id: int, name: str, cohort_id: int) -> str:
        taken = select(cohorts.c.id).where(cohorts.c.space_id == space_id, cohorts.c.name == name)
        if self._connection.execute(taken).first() is None:
            return name
        return f"{name[:KEPT]}-{cohort_id}"

    async def list_homes(self, cohort_id: int) -> Sequence[Home]:
        """Return a cohort's homes, the oldest first."""
        return self._connection.remember("homes", cohort_id, lambda: self._fetch_homes(cohort_id))

    def _fetch_homes(self, cohort_id: int) -> tuple[Home, ...]:
        rows = self._connection.execute(sql.SELECT_HOMES, {"cohort": cohort_id})
        return tuple(_build_home(row) for row in rows)

    async def list_home_places(self) -> Sequence[Place]:
        """Return every channel where a cohort lives, in spaces the bot is in.

        Archived cohorts are left out.
        """
        query = (
            select(spaces.c.platform, spaces.c.native, spaces.c.tenant, homes.c.channel)
            .join(spaces, spaces.c.id == homes.c.space_id)
            .join(cohorts, cohorts.c.id == homes.c.cohort_id)
            .where(sql.IS_ALIVE, spaces.c.gone_at.is_(None))
            .distinct()
        )
        return [_build_home_place(row) for row in self._connection.execute(query)]

    async def move_home(self, home: Home, channel: str) -> None:
        """Move a home to another channel in its space; the old channel's trouble is over."""
        change = homes.update().where(homes.c.id == home.id)
        self._connection.execute(change.values(channel=channel, trouble="", trouble_at=None))

    # — trouble with homes —

    async def save_home_trouble(self, home: Home, trouble: str, now: datetime) -> None:
        """Store a home's trouble as prose, empty if it is over."""
        # Checked at every send: a trouble that is known already costs no write.
        if trouble != home.trouble:
            values = {"trouble": trouble, "trouble_at": now if trouble else None}
            self._connection.execute(sql.UPDATE_TROUBLE, {"home": home.id, **values})

    async def record_closed_channel(self, place: Place, reason: str, now: datetime) -> None:
        """Note for every cohort in a channel that nothing can be posted there.

        `reason`: a sentence of prose.
        """
        trouble = f"{WAITS}{reason}"
        space_ids = select(spaces.c.id).where(*match_space(place))
        change = homes.update().where(
            homes.c.space_id.in_(space_ids),
            homes.c.channel == place.channel,
            homes.c.trouble != trouble,
        )
        self._connection.execute(change.values(trouble=trouble, trouble_at=now))

    async def list_home_troubles(self, place: Place) -> Sequence[str]:
        """Return a line of prose for each troubled home near a place, with the remedy.

        Near are the homes in its space, and the other homes of the cohorts that live there.
        Archived cohorts have no troubles any more.
        """
        values = {"platform": place.platform, "native": place.space}
        rows = self._connection.execute(sql.SELECT_TROUBLED_HOMES, values)
        return [_format_home_trouble(_build_home(row), row.name, place) for row in rows]

    # — roadmap versions —

    async def save_roadmap(self, roadmap: Roadmap, now: datetime) -> int:
        """Store a roadmap version on first use, and return its id.

        A stored version never changes, except `at`: the instant it was last asked for.
        """
        row = {
            "slug": roadmap.slug,
            "digest": roadmap.digest,
            "source": roadmap.to_json(),
            "at": now,
        }
        # Updating `at` also locks the row: a version about to be used again cannot be tidied away
        # (`delete_expired_imports`). And RETURNING gives the id only for a row that was written.
        statement = sql.SAVE_ROADMAP.for_engine(self._connection)
        return int(self._connection.execute(statement, row).scalar_one())

    async def load_roadmap_by_id(self, plan_id: int) -> Roadmap:
        """Return a stored roadmap version."""
        return load_roadmap(self._connection, plan_id)


def _build_home(row: Row[Any]) -> Home:
    return Home(row.id, row.cohort_id, _build_home_place(row), row.trouble, row.gone_at is None)


def _build_home_place(row: Any) -> Place:
    return Place(row.platform, row.native, row.channel, tenant=row.tenant)


def _format_home_trouble(home: Home, name: str, place: Place) -> str:
    """Return a home's trouble, with a remedy that works at `place`."""
    is_here = (home.place.platform, home.place.space) == (place.platform, place.space)
    posts = f"Posts of **{escape_text(name)}**"
    if not is_here:
        posts += " in its other channel"
    if not home.is_in_reach:
        return f"{posts} wait: I am not there any more, and I go on when somebody invites me again."
    if not home.trouble.startswith(WAITS):
        return f"{posts} come, but not as they should: {home.trouble}"
    # `cohort move` brings a home to the channel where it is typed, within one space only.
    move = f" Or say `cohort move {name}` in another channel." if is_here else ""
    return f"{posts} wait: {home.trouble.removeprefix(WAITS)}{move}"
