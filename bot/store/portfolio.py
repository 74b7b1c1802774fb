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
from bot.group.progress import Viewer, get_visible_name
from bot.store.members import SEATED, MemberQueries
from bot.store.people import PeopleQueries
from bot.store.tables import accounts, certificates, members, projects


@dataclass(frozen=True, slots=True)
class PortfolioPiece:
    """Something built or earned. `about` is the id the plan has for it, empty for an idea of one's own; `name` is what others
    see of whose it is. A project may have a level, a certificate has the local date it was `earned`."""

    title: str
    about: str = ""
    link: str = ""
    level: str = ""
    earned: date | None = None
    name: str = ""


class PortfolioQueries:
    """Queries about portfolio projects and certificates."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @cached_property
    def projects(self) -> PieceQueries:
        return PieceQueries(self._connection, projects, "project", "level")

    @cached_property
    def certificates(self) -> PieceQueries:
        return PieceQueries(self._connection, certificates, "certificate", "earned")


class PieceQueries:
    """Queries about one of the two kinds. `about` is the table's column for the id of the plan, `own` the one that only
    this kind has."""

    def __init__(self, connection: AsyncConnection, table: Table, about: str, own: str) -> None:
        self._connection = connection
        self._table = table
        self._about = about
        self._own = own

    async def save_piece(
        self, person: Person, roadmap: str, piece: PortfolioPiece, now: datetime
    ) -> bool:
        """Keep a piece of somebody's. Returns whether it is new: one of the same title is replaced."""
        await PeopleQueries(self._connection).lock_person(person.account_id)
        values = {"title": piece.title, "link": piece.link, self._about: piece.about, "at": now}
        values[self._own] = getattr(piece, self._own)
        before = await self._find_pieces_by_title(person, roadmap, piece.title)
        if before:
            changed = self._table.update().where(self._table.c.id == before[0])
            await self._connection.execute(changed.values(values))
        else:
            made = {**values, "account_id": person.account_id, "roadmap": roadmap}
            await self._connection.execute(self._table.insert().values(made))
        return not before

    async def delete_piece(self, person: Person, roadmap: str, title: str) -> bool:
        """Take a piece out again. Returns whether there was one of that title."""
        found = await self._find_pieces_by_title(person, roadmap, title)
        await self._connection.execute(self._table.delete().where(self._table.c.id.in_(found)))
        return bool(found)

    async def list_piece_titles(self, person: Person, roadmap: str) -> Sequence[str]:
        """What somebody has, by title, oldest first."""
        asked = (
            select(self._table.c.title)
            .where(*self._match_piece_owner(person, roadmap))
            .order_by(self._table.c.id)
        )
        return list((await self._connection.execute(asked)).scalars())

    async def _find_pieces_by_title(self, person: Person, roadmap: str, title: str) -> list[int]:
        """The rows of that title, letter case forgiven, which SQLite does for ASCII alone."""
        asked = select(self._table.c.id, self._table.c.title).where(
            *self._match_piece_owner(person, roadmap)
        )
        rows = (await self._connection.execute(asked)).all()
        return [row.id for row in rows if row.title.casefold() == title.casefold()]

    def _match_piece_owner(self, person: Person, roadmap: str) -> tuple[ColumnElement[bool], ...]:
        theirs = select(accounts.c.id).where(accounts.c.person_id == person.id)
        return self._table.c.account_id.in_(theirs), self._table.c.roadmap == roadmap

    async def list_visible_pieces(
        self,
        cohort: Cohort,
        viewer: Viewer,
        limit: int,
        skip: int = 0,
        member: Member | None = None,
    ) -> tuple[Sequence[PortfolioPiece], int]:
        """What the members of a cohort have, or one of them, newest first, as far as the viewer may see it; and how much
        that is altogether."""
        came, seated = accounts.alias("came"), accounts.alias("seated")
        here = and_(members.c.cohort_id == cohort.id, SEATED)
        path = self._table.join(came, came.c.id == self._table.c.account_id)
        path = path.join(seated, seated.c.person_id == came.c.person_id)
        path = path.join(members, and_(members.c.account_id == seated.c.id, here))
        seen = or_(members.c.shown, seated.c.person_id == viewer.person_id)
        wanted = and_(self._table.c.roadmap == cohort.roadmap, seen)
        if member is not None:
            wanted = and_(wanted, members.c.id == member.id)
        total = select(func.count()).select_from(path).where(wanted)
        asked = select(self._table, members.c.id.label("member_id")).select_from(path).where(wanted)
        asked = (
            asked.order_by(self._table.c.at.desc(), self._table.c.id.desc())
            .limit(limit)
            .offset(skip)
        )
        rows = (await self._connection.execute(asked)).all()
        known = await MemberQueries(self._connection).load_members_by_id(
            sorted({row.member_id for row in rows}), cohort.id
        )
        pieces = [
            self._build_piece(row, get_visible_name(known[row.member_id], viewer, "card") or "")
            for row in rows
        ]
        return pieces, int((await self._connection.execute(total)).scalar_one())

    def _build_piece(self, row: Any, name: str) -> PortfolioPiece:
        return PortfolioPiece(
            row.title,
            getattr(row, self._about),
            row.link,
            **{self._own: getattr(row, self._own)},
            name=name,
        )
