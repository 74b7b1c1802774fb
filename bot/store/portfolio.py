"""What people have built and earned on a roadmap, kept with the account it came through: portfolio projects, certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.progress import Viewer, visible
from bot.store.members import SEATED, Members
from bot.store.people import People
from bot.store.tables import accounts, certificates, members, projects


@dataclass(frozen=True, slots=True)
class Piece:
    """Something built or earned. `about` is the id the plan has for it, empty for an idea of one's own; `name` is what others
    see of whose it is. A project may have a level, a certificate has the local date it was `earned`."""

    title: str
    about: str = ""
    link: str = ""
    level: str = ""
    earned: date | None = None
    name: str = ""


class Portfolio:
    """Queries about portfolio projects and certificates."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @cached_property
    def projects(self) -> Pieces:
        return Pieces(self._connection, projects, "project", "level")

    @cached_property
    def certificates(self) -> Pieces:
        return Pieces(self._connection, certificates, "certificate", "earned")


class Pieces:
    """Queries about one of the two kinds. `about` is the table's column for the id of the plan, `own` the one that only
    this kind has."""

    def __init__(self, connection: AsyncConnection, table: Table, about: str, own: str) -> None:
        self._connection = connection
        self._table = table
        self._about = about
        self._own = own

    async def add(self, person: Person, roadmap: str, piece: Piece, now: datetime) -> bool:
        """Keep a piece of somebody's. Returns whether it is new: one of the same title is replaced."""
        await People(self._connection).hold(person.account_id)
        values = {"title": piece.title, "link": piece.link, self._about: piece.about, "at": now}
        values[self._own] = getattr(piece, self._own)
        before = await self._same(person, roadmap, piece.title)
        if before:
            changed = self._table.update().where(self._table.c.id == before[0])
            await self._connection.execute(changed.values(values))
        else:
            made = {**values, "account_id": person.account_id, "roadmap": roadmap}
            await self._connection.execute(self._table.insert().values(made))
        return not before

    async def remove(self, person: Person, roadmap: str, title: str) -> bool:
        """Take a piece out again. Returns whether there was one of that title."""
        found = await self._same(person, roadmap, title)
        await self._connection.execute(self._table.delete().where(self._table.c.id.in_(found)))
        return bool(found)

    async def titles(self, person: Person, roadmap: str) -> Sequence[str]:
        """What somebody has, by title, oldest first."""
        asked = (
            select(self._table.c.title)
            .where(*self._owned(person, roadmap))
            .order_by(self._table.c.id)
        )
        return list((await self._connection.execute(asked)).scalars())

    async def _same(self, person: Person, roadmap: str, title: str) -> list[int]:
        """The rows of that title, letter case forgiven, which SQLite does for ASCII alone."""
        asked = select(self._table.c.id, self._table.c.title).where(*self._owned(person, roadmap))
        rows = (await self._connection.execute(asked)).all()
        return [row.id for row in rows if row.title.casefold() == title.casefold()]

    def _owned(self, person: Person, roadmap: str) -> tuple[ColumnElement[bool], ...]:
        theirs = select(accounts.c.id).where(accounts.c.person_id == person.id)
        return self._table.c.account_id.in_(theirs), self._table.c.roadmap == roadmap

    async def shown(
        self, cohort: Cohort, viewer: Viewer, limit: int, skip: int = 0, of: Member | None = None
    ) -> tuple[Sequence[Piece], int]:
        """What the members of a cohort have, or one of them, newest first, as far as the viewer may see it; and how much
        that is altogether."""
        came, seated = accounts.alias("came"), accounts.alias("seated")
        here = and_(members.c.cohort_id == cohort.id, SEATED)
        path = self._table.join(came, came.c.id == self._table.c.account_id)
        path = path.join(seated, seated.c.person_id == came.c.person_id)
        path = path.join(members, and_(members.c.account_id == seated.c.id, here))
        seen = or_(members.c.shown, seated.c.person_id == viewer.person_id)
        wanted = and_(self._table.c.roadmap == cohort.roadmap, seen)
        if of is not None:
            wanted = and_(wanted, members.c.id == of.id)
        total = select(func.count()).select_from(path).where(wanted)
        asked = select(self._table, members.c.id.label("member_id")).select_from(path).where(wanted)
        asked = (
            asked.order_by(self._table.c.at.desc(), self._table.c.id.desc())
            .limit(limit)
            .offset(skip)
        )
        rows = (await self._connection.execute(asked)).all()
        known = await Members(self._connection).by_ids(
            sorted({row.member_id for row in rows}), cohort.id
        )
        pieces = [
            self._piece(row, visible(known[row.member_id], viewer, "card") or "") for row in rows
        ]
        return pieces, int((await self._connection.execute(total)).scalar_one())

    def _piece(self, row: Any, name: str) -> Piece:
        return Piece(
            row.title,
            getattr(row, self._about),
            row.link,
            **{self._own: getattr(row, self._own)},
            name=name,
        )
