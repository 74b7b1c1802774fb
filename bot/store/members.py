"""Members: joining, leaving, privacy; and the lists moderators read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.calendar import DAY
from bot.cohort import Cohort, Member
from bot.people import Person, Place
from bot.post import next_moment
from bot.store.cohorts import Home
from bot.store.people import People
from bot.store.rows import insert, member_of
from bot.store.tables import absences, accounts, members, scores, settings


@dataclass(frozen=True, slots=True)
class Seat:
    """How a member is reached: `places` are private ones, one for each space that they may share with the bot.

    `looked_for_at` is when a platform was last asked whether they are still there, `missing_since` since when they are not.
    """

    member_id: int
    account_id: int
    cohort_id: int
    places: tuple[Place, ...]
    looked_for_at: datetime | None
    missing_since: datetime | None


class Members:
    """Queries about members."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, cohort: Cohort, person: Person) -> Member | None:
        """A person's membership of a cohort, the earliest of their accounts'; None for those who left or never joined."""
        asked = (
            select(members)
            .join(accounts, accounts.c.id == members.c.account_id)
            .where(members.c.cohort_id == cohort.id, accounts.c.person_id == person.id, members.c.left_at.is_(None))
            .order_by(members.c.joined_at)
            .limit(1)
        )
        row = (await self._connection.execute(asked)).first()
        if row is None:
            return None
        away = (await People(self._connection).said([person.id], cohort.id)).away.get(person.id, [])
        return member_of(row, replace(person, away=tuple(away)))

    async def taken(self, cohort: Cohort) -> int:
        """How many seats are taken."""
        asked = select(func.count()).where(members.c.cohort_id == cohort.id, members.c.left_at.is_(None))
        return int((await self._connection.execute(asked)).scalar_one())

    async def enrol(self, cohort: Cohort, person: Person, now: datetime) -> Member:
        """Make a person a member, or a member again; their scores follow by `Progress.recount`."""
        row = {
            "cohort_id": cohort.id,
            "account_id": person.account_id,
            "joined_at": now,
            "catch_up": [],
            "hidden": False,
            "shown": True,
        }
        made = insert(self._connection, members).values(row)
        again = {"left_at": None, "shown": ~members.c.hidden, "joined_at": now}
        key = [members.c.cohort_id, members.c.account_id]
        enrolled = await self._connection.execute(
            made.on_conflict_do_update(index_elements=key, set_=again).returning(members)
        )
        member = member_of(enrolled.one(), person)
        await self._plan_next(cohort, member, now)
        await self._show(member.id, not member.hidden)
        return member

    async def _plan_next(self, cohort: Cohort, member: Member, now: datetime) -> None:
        due = next_moment(cohort, now, member)
        # What is due already is entered at the next look, and its next moment computed there.
        settled = or_(members.c.next_due_at.is_(None), members.c.next_due_at > now)
        changed = members.update().where(members.c.id == member.id, settled)
        await self._connection.execute(changed.values(looked_at=now, next_due_at=due))

    async def leave(self, member: Member, now: datetime) -> None:
        """End a membership; its ticks and check-ins stay for whoever comes back."""
        changed = members.update().where(members.c.id == member.id)
        await self._connection.execute(changed.values(left_at=now, shown=False, next_due_at=None))
        await self._show(member.id, False)

    async def show(self, member: Member, *, hidden: bool, alias: str) -> None:
        """Change a member's privacy."""
        changed = members.update().where(members.c.id == member.id)
        await self._connection.execute(changed.values(hidden=hidden, alias=alias, shown=not hidden))
        await self._show(member.id, not hidden)

    async def _show(self, member_id: int, shown: bool) -> None:
        await self._connection.execute(scores.update().where(scores.c.member_id == member_id).values(shown=shown))

    async def shift(self, member: Member, weeks: int, cohort: Cohort, now: datetime) -> Member:
        """Move a member's own clock to `weeks` later than the cohort's."""
        moved = replace(member, shift=weeks)
        await self._connection.execute(members.update().where(members.c.id == member.id).values(shift=weeks))
        await self._plan_next(cohort, moved, now)
        return moved

    async def replan(self, person: Person, cohort: Cohort, now: datetime) -> None:
        """Compute a person's coming reminders in a cohort again, after a setting of theirs changed."""
        if (member := await self.of(cohort, person)) is not None:
            await self._plan_next(cohort, member, now)

    async def every(self, cohort: Cohort, limit: int, skip: int = 0) -> Sequence[Member]:
        """The members of a cohort in the order in which they joined."""
        return await self.listed(
            with_account()
            .where(members.c.cohort_id == cohort.id, members.c.left_at.is_(None))
            .order_by(members.c.id)
            .limit(limit)
            .offset(skip),
            cohort.id,
        )

    async def named(self, cohort: Cohort, name: str) -> Sequence[Member]:
        """The members somebody means by a name: by what others see of them, letter case forgiven."""
        said = name.strip().removeprefix("@")
        # SQLite folds the case of ASCII alone: of other letters the usual spellings are looked for as well.
        spelt = {said, said.lower(), said.upper(), said.title(), said.capitalize()}
        texts = (members.c.alias, accounts.c.name, settings.c.value)
        alias = and_(settings.c.account_id == accounts.c.id, settings.c.cohort_id == 0, settings.c.name == "alias")
        asked = with_account().outerjoin(settings, alias).where(members.c.cohort_id == cohort.id)
        meant = or_(*(func.lower(one) == said.lower() for one in texts), *(one.in_(spelt) for one in texts))
        found = await self.listed(asked.where(members.c.left_at.is_(None), meant).limit(100), cohort.id)
        return [member for member in found if member.name.casefold() == said.casefold()]

    async def by_ids(self, ids: Sequence[int], cohort_id: int) -> dict[int, Member]:
        """Members by their ids, whether they have left or not."""
        if not ids:
            return {}
        found = await self.listed(with_account().where(members.c.id.in_(ids)), cohort_id)
        return {member.id: member for member in found}

    async def listed(self, asked: Select[Any], cohort_id: int) -> list[Member]:
        """Members of a query made by `with_account`, with what they have set."""
        rows = (await self._connection.execute(asked)).all()
        return [member_of(row, person) for row, person in zip(rows, await self.people(rows, cohort_id), strict=True)]

    async def people(self, rows: Sequence[Row[Any]], cohort_id: int) -> list[Person]:
        """The persons of rows made by `with_account`, with what they have set."""
        said = await People(self._connection).said([row.person_id for row in rows], cohort_id)
        return [said.person(row) for row in rows]

    async def seat(self, member_id: int, homes: Sequence[Home]) -> Seat | None:
        """How to reach a member: through the account they joined with, in the spaces it shares with these homes."""
        asked = (
            select(members, accounts.c.platform, accounts.c.tenant, accounts.c.native)
            .join(accounts, accounts.c.id == members.c.account_id)
            .where(members.c.id == member_id)
        )
        row = (await self._connection.execute(asked)).first()
        if row is None:
            return None
        theirs = (row.platform, row.tenant)
        shared = [home.place for home in homes if home.in_reach and (home.place.platform, home.place.tenant) == theirs]
        spaces = dict.fromkeys(place.space for place in shared)
        places = tuple(Place(row.platform, space, native=row.native, tenant=row.tenant) for space in spaces)
        return Seat(row.id, row.account_id, row.cohort_id, places, row.looked_for_at, row.missing_since)

    async def found(self, seat: Seat, today: date, now: datetime) -> None:
        """Note that a member is in the space. One who had left is back: the absence noted then ends before `today`, the
        date where they are."""
        changed = members.update().where(members.c.id == seat.member_id)
        await self._connection.execute(changed.values(looked_for_at=now, missing_since=None))
        if seat.missing_since is not None:
            noted = and_(absences.c.account_id == seat.account_id, absences.c.cohort_id == seat.cohort_id)
            theirs = and_(noted, absences.c.at == seat.missing_since, absences.c.last.is_(None))
            await self._connection.execute(absences.delete().where(theirs, absences.c.first >= today))
            await self._connection.execute(absences.update().where(theirs).values(last=today - DAY))

    async def missed(self, seat: Seat, today: date, now: datetime) -> None:
        """Note that a member has left the space; unless that was known they are away from the cohort from `today` on."""
        changed = members.update().where(members.c.id == seat.member_id)
        await self._connection.execute(changed.values(looked_for_at=now, missing_since=seat.missing_since or now))
        if seat.missing_since is None:
            away = {"account_id": seat.account_id, "cohort_id": seat.cohort_id, "first": today, "at": now}
            await self._connection.execute(absences.insert().values(away))


def with_account() -> Select[Any]:
    return select(members, accounts.c.person_id, accounts.c.name, accounts.c.zone.label("account_zone")).join(
        accounts, accounts.c.id == members.c.account_id
    )
