"""The roadmaps a space has of its own: their versions, and imports that wait to be published. Versions are only ever added."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.errors import Refused
from bot.group.cohort import Cohort
from bot.roadmap import Roadmap
from bot.roadmap.importer import ImportReport, ReportEntry
from bot.store.cohorts import CohortQueries
from bot.store.people import PeopleQueries
from bot.store.progress import ProgressQueries
from bot.store.tables import (
    accounts,
    cohorts,
    homes,
    imports,
    members,
    plans,
    spaces,
    ticks,
    versions,
)

WAITS = timedelta(days=1)  # how long an import waits for whoever brought it
MOST_WAITING = 5  # imports of one account: the oldest goes for one more
MOST_ROADMAPS = 20  # a space's own: each is read whole for the list of them
MOST_VERSIONS = 500  # of one roadmap


@dataclass(frozen=True, slots=True)
class AvailableRoadmap:
    """A roadmap that a cohort can take, as it is today. `key` is what cohorts and ticks know it by; `version` counts the
    space's own versions from 1, and is 0 for one as it came with the bot."""

    roadmap: Roadmap
    key: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class RoadmapVersion:
    """One version of a roadmap of a space. `by` is the name of who published it, empty where they are gone."""

    number: int
    key: str
    plan_id: int
    publisher_name: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class PendingImport:
    """An import that nobody has published yet, the account that brought it and the space where it did."""

    id: int
    account_id: int
    space_id: int
    plan_id: int
    roadmap: Roadmap
    report: ImportReport


class RoadmapQueries:
    """Queries about roadmaps and their versions."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    # — the shelf —

    async def load_space_roadmaps(self, space_id: int | None) -> Mapping[str, AvailableRoadmap]:
        """The newest version of each roadmap of a space, by its slug."""
        newest = select(versions.c.slug, func.max(versions.c.number).label("number"))
        newest_ones = (
            newest.where(versions.c.space_id == space_id).group_by(versions.c.slug).subquery()
        )
        asked = (
            select(versions.c.slug, versions.c.key, versions.c.number, versions.c.plan_id)
            .join(
                newest_ones,
                (versions.c.slug == newest_ones.c.slug)
                & (versions.c.number == newest_ones.c.number),
            )
            .where(versions.c.space_id == space_id)
            .order_by(versions.c.slug)
        )
        rows = (await self._connection.execute(asked)).all()
        return {
            row.slug: AvailableRoadmap(
                await self.load_version_roadmap(row.plan_id), row.key, row.number
            )
            for row in rows
        }

    async def load_version_roadmap(self, plan_id: int) -> Roadmap:
        """The plan of a version."""
        return await CohortQueries(self._connection).load_roadmap_by_id(plan_id)

    # — versions —

    async def list_roadmap_versions(
        self, space_id: int | None, slug: str
    ) -> Sequence[RoadmapVersion]:
        """The versions of a space's roadmap, newest first; none where it has none of that name."""
        asked = (
            select(versions, accounts.c.name)
            .outerjoin(accounts, accounts.c.id == versions.c.by)
            .where(versions.c.space_id == space_id, versions.c.slug == slug)
            .order_by(versions.c.number.desc())
        )
        return [_build_roadmap_version(row) for row in await self._connection.execute(asked)]

    async def list_versions_for_cohort(
        self, cohort: Cohort, space_id: int | None
    ) -> Sequence[RoadmapVersion]:
        """The versions of a cohort's roadmap, newest first: those of the space whose own it is, as long as the cohort lives
        there; of one that comes with the bot, those of the space that asks."""
        slug, _, owner = cohort.roadmap.partition("@")
        if owner:
            at_home = select(homes.c.id).where(
                homes.c.cohort_id == cohort.id, homes.c.space_id == int(owner)
            )
            space_id = int(owner) if (await self._connection.execute(at_home)).first() else None
        return [
            one
            for one in await self.list_roadmap_versions(space_id, slug)
            if one.key == cohort.roadmap
        ]

    async def publish_import(
        self, pending: PendingImport, now: datetime, *, base_version: int, is_bundled: bool
    ) -> RoadmapVersion:
        """Make an import the newest version of a roadmap of its space. `over` is the version it was compared with, and
        `comes_along` whether the bot brings a roadmap of that slug. Raises `Refused` where another came in between."""
        slug, space_id = pending.roadmap.slug, pending.space_id
        held = select(spaces.c.id).where(spaces.c.id == space_id).with_for_update()
        await self._connection.execute(
            held
        )  # of two that publish at once, one comes after the other
        latest = next(iter(await self.list_roadmap_versions(space_id, slug)), None)
        if (latest.number if latest else 0) != base_version:
            raise Refused(
                "Another version was published in between: bring the file again to see what it changes now."
            )
        if latest is not None and latest.plan_id == pending.plan_id:
            raise Refused(
                f"Version {latest.number} is exactly that already: there is nothing to publish."
            )
        await self._refuse_too_many_versions(space_id, base_version)
        row = {
            "space_id": space_id,
            "slug": slug,
            "key": latest.key if latest else slug if is_bundled else f"{slug}@{space_id}",
            "number": base_version + 1,
            "plan_id": pending.plan_id,
            "by": pending.account_id,
            "at": now,
        }
        await self._connection.execute(versions.insert().values(row))
        await self.delete_import(pending)
        return (await self.list_roadmap_versions(space_id, slug))[0]

    async def _refuse_too_many_versions(self, space_id: int, over: int) -> None:
        if over >= MOST_VERSIONS:
            raise Refused(
                f"This roadmap has {over} versions already: import it under another name.", "name"
            )
        asked = select(func.count(versions.c.slug.distinct())).where(
            versions.c.space_id == space_id
        )
        if not over and int((await self._connection.execute(asked)).scalar_one()) >= MOST_ROADMAPS:
            raise Refused(
                f"{MOST_ROADMAPS} roadmaps of your own are here already: import this as a version of one.",
                "name",
            )

    async def update_cohort_scores(self, cohort: Cohort) -> None:
        """Count everybody's scores again for a cohort whose syllabus was changed. The cohort must be locked."""
        asked = (
            select(accounts.c.person_id, func.min(accounts.c.id).label("account_id"))
            .join(members, members.c.account_id == accounts.c.id)
            .where(members.c.cohort_id == cohort.id)
            .group_by(accounts.c.person_id)
            .order_by(accounts.c.person_id)
        )
        for row in (await self._connection.execute(asked)).all():
            person_id = await PeopleQueries(self._connection).lock_person(row.account_id)
            await ProgressQueries(self._connection).update_locked_person_scores(cohort, person_id)

    # — imports —

    async def insert_import(
        self, roadmap: Roadmap, report: ImportReport, account_id: int, space_id: int, now: datetime
    ) -> PendingImport:
        """Have an import wait for the account that brought it, in the space where it did."""
        plan_id = await CohortQueries(self._connection).save_roadmap(roadmap, now)
        told = [[entry.line, entry.kind, entry.sentence] for entry in report.entries]
        row = {
            "account_id": account_id,
            "space_id": space_id,
            "plan_id": plan_id,
            "report": told,
            "at": now,
        }
        made = imports.insert().values(row).returning(imports.c.id)
        number = int((await self._connection.execute(made)).scalar_one())
        own = (
            select(imports.c.id)
            .where(imports.c.account_id == account_id)
            .order_by(imports.c.id.desc())
        )
        kept = list((await self._connection.execute(own.limit(MOST_WAITING))).scalars())
        old = imports.delete().where(imports.c.account_id == account_id, imports.c.id.not_in(kept))
        await self._connection.execute(old)
        return PendingImport(number, account_id, space_id, plan_id, roadmap, report)

    async def load_pending_import(
        self, number: int, account_id: int, space_id: int | None, now: datetime
    ) -> PendingImport | None:
        """An import by its number, for the account that brought it and in that space alone, for a day; else None."""
        asked = select(imports).where(imports.c.id == number, imports.c.account_id == account_id)
        mine = asked.where(imports.c.space_id == space_id, imports.c.at > now - WAITS)
        row = (await self._connection.execute(mine.with_for_update())).first()
        if row is None:
            return None
        report = ImportReport(
            tuple(ReportEntry(line, kind, sentence) for line, kind, sentence in row.report)
        )
        plan = await self.load_version_roadmap(row.plan_id)
        return PendingImport(row.id, row.account_id, row.space_id, row.plan_id, plan, report)

    async def delete_import(self, pending: PendingImport) -> None:
        """Let go of an import."""
        await self._connection.execute(imports.delete().where(imports.c.id == pending.id))

    async def delete_expired_imports(self, now: datetime) -> None:
        """Let go of imports that have waited for a day, and of plans that nothing refers to any more."""
        await self._connection.execute(imports.delete().where(imports.c.at <= now - WAITS))
        tables = (cohorts, versions, imports)
        unused = [
            ~exists().where(table.c.plan_id == plans.c.id).correlate(plans) for table in tables
        ]
        # Asked for twice: only once a row is locked can nobody begin to refer to it, and a plan takes its cohorts along.
        asked = (
            select(plans.c.id)
            .where(plans.c.at <= now - WAITS, *unused)
            .with_for_update(skip_locked=True)
        )
        free = list((await self._connection.execute(asked)).scalars())
        await self._connection.execute(plans.delete().where(plans.c.id.in_(free), *unused))

    # — who has ticked what —

    async def count_tickers(
        self, key: str, items: Collection[str], among: Collection[Cohort]
    ) -> int:
        """How many people of these cohorts have ticked any of these items of a roadmap."""
        asked = select(func.count(accounts.c.person_id.distinct())).select_from(_TICKED)
        found = await self._connection.execute(
            asked.where(*_build_ticker_condition(key, items, among))
        )
        return int(found.scalar_one())

    async def count_tickers_by_item(
        self, key: str, items: Collection[str], among: Collection[Cohort]
    ) -> Mapping[str, int]:
        """How many people of these cohorts have ticked each of these items; those nobody has are left out."""
        asked = select(
            ticks.c.item, func.count(accounts.c.person_id.distinct()).label("people")
        ).select_from(_TICKED)
        found = await self._connection.execute(
            asked.where(*_build_ticker_condition(key, items, among)).group_by(ticks.c.item)
        )
        return {row.item: row.people for row in found}


_TICKED = ticks.join(accounts, accounts.c.id == ticks.c.account_id)


def _build_ticker_condition(
    key: str, items: Collection[str], among: Collection[Cohort]
) -> Sequence[ColumnElement[bool]]:
    theirs, seats = accounts.alias("theirs"), members.alias("seats")
    people: Select[Any] = select(theirs.c.person_id).join(seats, seats.c.account_id == theirs.c.id)
    people = people.where(
        seats.c.cohort_id.in_([one.id for one in among]), seats.c.left_at.is_(None)
    )
    return ticks.c.roadmap == key, ticks.c.item.in_(sorted(items)), accounts.c.person_id.in_(people)


def _build_roadmap_version(row: Row[Any]) -> RoadmapVersion:
    return RoadmapVersion(row.number, row.key, row.plan_id, row.name or "", row.at)
