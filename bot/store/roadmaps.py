"""A space's own roadmaps: their versions, and imports that wait to be published.

Versions are only ever added.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, select

from bot.chat.errors import Refused
from bot.group.cohort import Cohort
from bot.group.gallery import RoadmapCard, RoadmapShelf
from bot.roadmap import Roadmap
from bot.roadmap.importer import ImportReport, ReportEntry
from bot.store.cohorts import CohortQueries
from bot.store.connection import TxConnection
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
MOST_WAITING = 5  # imports of one account: one more drops the oldest
MOST_ROADMAPS = 20  # a space's own: each is read whole to list them
MOST_VERSIONS = 500  # of one roadmap

_TICKS_BY_PERSON = ticks.join(accounts, accounts.c.id == ticks.c.account_id)


@dataclass(frozen=True, slots=True)
class AvailableRoadmap:
    """A roadmap a cohort can take, as it is today.

    `key`: the name cohorts and ticks know it by.
    `version`: counts the space's own versions from 1; 0 for one that came with the bot.
    """

    shelf: RoadmapShelf = field(repr=False)
    slug: str
    key: str
    version: int = 0

    @property
    def roadmap(self) -> Roadmap:
        """The whole roadmap, which may have to be loaded: a list needs its card only."""
        return self.shelf[self.slug]

    @property
    def card(self) -> RoadmapCard:
        """What a list shows of it."""
        return self.shelf.get_card(self.slug)

    @property
    def digest(self) -> str:
        return self.shelf.get_digest(self.slug)


@dataclass(frozen=True, slots=True)
class RoadmapVersion:
    """One version of a space's roadmap; `publisher_name` is empty if that account is gone."""

    number: int
    key: str
    plan_id: int
    publisher_name: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class PendingImport:
    """An import nobody has published yet, with the account and the space it came from."""

    id: int
    account_id: int
    space_id: int
    plan_id: int
    roadmap: Roadmap
    report: ImportReport


class RoadmapQueries:
    """Queries about roadmaps and their versions."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    # — versions —

    async def load_space_roadmaps(self, space_id: int | None) -> Mapping[str, AvailableRoadmap]:
        """Return the newest version for each roadmap a space has, by slug."""
        newest = (
            select(versions.c.slug, func.max(versions.c.number).label("number"))
            .where(versions.c.space_id == space_id)
            .group_by(versions.c.slug)
            .subquery()
        )
        is_newest = (versions.c.slug == newest.c.slug) & (versions.c.number == newest.c.number)
        query = (
            select(versions.c.slug, versions.c.key, versions.c.number, versions.c.plan_id)
            .join(newest, is_newest)
            .where(versions.c.space_id == space_id)
            .order_by(versions.c.slug)
        )
        rows = self._connection.execute(query).all()
        roadmaps = {row.slug: await self.load_version_roadmap(row.plan_id) for row in rows}
        shelf = RoadmapShelf.from_roadmaps(roadmaps)
        return {row.slug: AvailableRoadmap(shelf, row.slug, row.key, row.number) for row in rows}

    async def load_version_roadmap(self, plan_id: int) -> Roadmap:
        """Return a version's roadmap."""
        return await CohortQueries(self._connection).load_roadmap_by_id(plan_id)

    async def list_roadmap_versions(
        self, space_id: int | None, slug: str
    ) -> Sequence[RoadmapVersion]:
        """Return a roadmap's versions in a space, newest first; empty if it has none."""
        query = (
            select(versions, accounts.c.name)
            .outerjoin(accounts, accounts.c.id == versions.c.by)
            .where(versions.c.space_id == space_id, versions.c.slug == slug)
            .order_by(versions.c.number.desc())
        )
        return [_build_roadmap_version(row) for row in self._connection.execute(query)]

    async def list_versions_for_cohort(
        self, cohort: Cohort, space_id: int | None
    ) -> Sequence[RoadmapVersion]:
        """Return the versions for a cohort's roadmap, newest first.

        A space's own roadmap: that space's versions, while the cohort lives there.
        A roadmap that came with the bot: the versions in `space_id`.
        """
        # The key of a space's own roadmap is `slug@space`, so its owner stands behind the @.
        slug, _, owner = cohort.roadmap.partition("@")
        if owner:
            space_id = await self._find_owner_home(cohort, int(owner))
        versions_there = await self.list_roadmap_versions(space_id, slug)
        return [version for version in versions_there if version.key == cohort.roadmap]

    async def _find_owner_home(self, cohort: Cohort, owner_id: int) -> int | None:
        """Return the owner's id if the cohort has a home in that space, else None."""
        query = select(homes.c.id).where(
            homes.c.cohort_id == cohort.id, homes.c.space_id == owner_id
        )
        if self._connection.execute(query).first() is None:
            return None
        return owner_id

    async def publish_import(
        self, pending: PendingImport, now: datetime, *, base_version: int, is_bundled: bool
    ) -> RoadmapVersion:
        """Publish an import as the newest version in its space, and return the version.

        `base_version`: the version it was compared with, 0 for none.
        `is_bundled`: the bot comes with a roadmap of that slug.
        Locks the space.
        Raises `Refused` if another version came in between, nothing differs, or there are too
        many.
        """
        slug, space_id = pending.roadmap.slug, pending.space_id
        # If two people publish at once, the second waits here, and then sees the first's version.
        lock = select(spaces.c.id).where(spaces.c.id == space_id).with_for_update()
        self._connection.execute(lock)
        latest = next(iter(await self.list_roadmap_versions(space_id, slug)), None)
        _refuse_outdated_import(pending, latest, base_version)
        await self._refuse_too_many_versions(space_id, base_version)
        row = {
            "space_id": space_id,
            "slug": slug,
            "key": _choose_roadmap_key(slug, space_id, latest, is_bundled=is_bundled),
            "number": base_version + 1,
            "plan_id": pending.plan_id,
            "by": pending.account_id,
            "at": now,
        }
        self._connection.execute(versions.insert().values(row))
        await self.delete_import(pending)
        return (await self.list_roadmap_versions(space_id, slug))[0]

    async def _refuse_too_many_versions(self, space_id: int, base_version: int) -> None:
        if base_version >= MOST_VERSIONS:
            raise Refused(
                f"This roadmap has {base_version} versions already: import it under another name.",
                "name",
            )
        if not base_version and await self._count_roadmaps(space_id) >= MOST_ROADMAPS:
            raise Refused(
                f"You have {MOST_ROADMAPS} roadmaps of your own already: "
                "import this one as a new version of one of them.",
                "name",
            )

    async def _count_roadmaps(self, space_id: int) -> int:
        query = select(func.count(versions.c.slug.distinct()))
        query = query.where(versions.c.space_id == space_id)
        return int(self._connection.execute(query).scalar_one())

    async def update_cohort_scores(self, cohort: Cohort) -> None:
        """Count all scores in a cohort again, after its syllabus was changed.

        The cohort must be locked. Locks every person in it.
        """
        query = (
            select(accounts.c.person_id, func.min(accounts.c.id).label("account_id"))
            .join(members, members.c.account_id == accounts.c.id)
            .where(members.c.cohort_id == cohort.id)
            .group_by(accounts.c.person_id)
            # Persons are locked by id, as everywhere, so that nobody waits in a circle.
            .order_by(accounts.c.person_id)
        )
        for row in self._connection.execute(query).all():
            person_id = await PeopleQueries(self._connection).lock_person(row.account_id)
            await ProgressQueries(self._connection).update_locked_person_scores(cohort, person_id)

    # — imports —

    async def insert_import(
        self, roadmap: Roadmap, report: ImportReport, account_id: int, space_id: int, now: datetime
    ) -> PendingImport:
        """Store an import for the account and the space it came from, and return it."""
        plan_id = await CohortQueries(self._connection).save_roadmap(roadmap, now)
        row = {
            "account_id": account_id,
            "space_id": space_id,
            "plan_id": plan_id,
            "report": [[entry.line, entry.kind, entry.sentence] for entry in report.entries],
            "at": now,
        }
        statement = imports.insert().values(row).returning(imports.c.id)
        number = int(self._connection.execute(statement).scalar_one())
        await self._delete_surplus_imports(account_id)
        return PendingImport(number, account_id, space_id, plan_id, roadmap, report)

    async def _delete_surplus_imports(self, account_id: int) -> None:
        is_own = imports.c.account_id == account_id
        newest = select(imports.c.id).where(is_own).order_by(imports.c.id.desc())
        kept_ids = list(self._connection.execute(newest.limit(MOST_WAITING)).scalars())
        self._connection.execute(imports.delete().where(is_own, imports.c.id.not_in(kept_ids)))

    async def load_pending_import(
        self, number: int, account_id: int, space_id: int | None, now: datetime
    ) -> PendingImport | None:
        """Lock and return an import by its number, or None after a day.

        Only for the account that brought it, and only in the space where it did.
        """
        query = select(imports).where(
            imports.c.id == number,
            imports.c.account_id == account_id,
            imports.c.space_id == space_id,
            imports.c.at > now - WAITS,
        )
        # The lock is for two clicks on the same button: the second finds no import.
        row = self._connection.execute(query.with_for_update()).first()
        if row is None:
            return None
        entries = tuple(ReportEntry(line, kind, sentence) for line, kind, sentence in row.report)
        roadmap = await self.load_version_roadmap(row.plan_id)
        return PendingImport(
            row.id, row.account_id, row.space_id, row.plan_id, roadmap, ImportReport(entries)
        )

    async def delete_import(self, pending: PendingImport) -> None:
        """Delete an import."""
        self._connection.execute(imports.delete().where(imports.c.id == pending.id))

    async def delete_expired_imports(self, now: datetime) -> None:
        """Delete imports older than a day, and stored roadmaps nothing refers to any more."""
        self._connection.execute(imports.delete().where(imports.c.at <= now - WAITS))
        await self.delete_unused_plans(plans.c.at <= now - WAITS)

    async def delete_unused_plans(self, is_meant: ColumnElement[bool]) -> None:
        """Delete the stored roadmaps that match and that nothing refers to."""
        unused = []
        for table in (cohorts, versions, imports):
            is_used = exists().where(table.c.plan_id == plans.c.id).correlate(plans)
            unused.append(~is_used)
        # A deleted roadmap takes its cohorts along, so we ask twice. After the first look somebody
        # may have begun to use one; once the row is locked nobody can, and the second look counts.
        query = select(plans.c.id).where(is_meant, *unused)
        query = query.with_for_update(skip_locked=True)
        candidate_ids = list(self._connection.execute(query).scalars())
        self._connection.execute(plans.delete().where(plans.c.id.in_(candidate_ids), *unused))

    # — ticks on changed items —

    async def count_tickers(
        self, key: str, items: Collection[str], among: Collection[Cohort]
    ) -> int:
        """Count people in these cohorts who have ticked any item listed."""
        query = select(func.count(accounts.c.person_id.distinct())).select_from(_TICKS_BY_PERSON)
        query = query.where(*_build_ticker_condition(key, items, among))
        return int(self._connection.execute(query).scalar_one())

    async def count_tickers_by_item(
        self, key: str, items: Collection[str], among: Collection[Cohort]
    ) -> Mapping[str, int]:
        """Count people in these cohorts who have ticked each item; items without any are absent."""
        people = func.count(accounts.c.person_id.distinct()).label("people")
        query = (
            select(ticks.c.item, people)
            .select_from(_TICKS_BY_PERSON)
            .where(*_build_ticker_condition(key, items, among))
            .group_by(ticks.c.item)
        )
        return {row.item: row.people for row in self._connection.execute(query)}


def _refuse_outdated_import(
    pending: PendingImport, latest: RoadmapVersion | None, base_version: int
) -> None:
    latest_number = latest.number if latest else 0
    if latest_number != base_version:
        raise Refused(
            "Somebody published another version meanwhile: "
            "send the file again to see its changes now."
        )
    if latest is not None and latest.plan_id == pending.plan_id:
        raise Refused(f"Version {latest.number} is the same already: there is nothing to publish.")


def _choose_roadmap_key(
    slug: str, space_id: int, latest: RoadmapVersion | None, *, is_bundled: bool
) -> str:
    """Return the key cohorts and ticks will know a roadmap by."""
    # It never changes, or the ticks on earlier versions would be lost.
    if latest is not None:
        return latest.key
    # An edit of a bundled roadmap keeps the bundled one's ticks. Any other gets the space's
    # number, so that two spaces with the same slug do not share ticks.
    return slug if is_bundled else f"{slug}@{space_id}"


def _build_ticker_condition(
    key: str, items: Collection[str], among: Collection[Cohort]
) -> Sequence[ColumnElement[bool]]:
    others, seats = accounts.alias("others"), members.alias("seats")
    cohort_ids = [cohort.id for cohort in among]
    people: Select[Any] = (
        select(others.c.person_id)
        .join(seats, seats.c.account_id == others.c.id)
        .where(seats.c.cohort_id.in_(cohort_ids), seats.c.left_at.is_(None))
    )
    return ticks.c.roadmap == key, ticks.c.item.in_(sorted(items)), accounts.c.person_id.in_(people)


def _build_roadmap_version(row: Row[Any]) -> RoadmapVersion:
    return RoadmapVersion(row.number, row.key, row.plan_id, row.name or "", row.at)
