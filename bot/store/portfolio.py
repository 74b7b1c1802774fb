"""Portfolio projects and certificates on a roadmap, kept with the account they came through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    String,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from bot.group.cohort import Cohort, Member
from bot.group.journey import Portfolio
from bot.group.member import Person
from bot.group.progress import Viewer, get_visible_name
from bot.store.conditions import select_account_ids
from bot.store.connection import TxConnection
from bot.store.members import MemberQueries
from bot.store.people import PeopleQueries
from bot.store.seats import SEATED
from bot.store.tables import accounts, certificates, cohorts, members, projects

AboutColumn = Literal["project", "certificate"]
OwnColumn = Literal["level", "earned"]


@dataclass(frozen=True, slots=True)
class PortfolioPiece:
    """A project somebody built, or a certificate they earned.

    `about`: its id in the roadmap, empty for an idea of their own.
    `level`: for a project only. `earned`: for a certificate only, a local date.
    `name`: its owner's name, as others may see it.
    """

    title: str
    about: str = ""
    link: str = ""
    level: str = ""
    earned: date | None = None
    name: str = ""


_SEAT, _OWN, _OWNS = members.alias("seat"), accounts.alias("own"), accounts.alias("owns")


def _select_titles_of_members(table: Table, kind: str) -> Select[Any]:
    """Select the titles that members have added through any account, on their cohort's roadmap."""
    return (
        select(
            _SEAT.c.id.label("member_id"),
            literal_column(f"'{kind}'", String).label("kind"),
            table.c.title,
            table.c.at,
        )
        .join(_OWN, _OWN.c.id == _SEAT.c.account_id)
        .join(_OWNS, _OWNS.c.person_id == _OWN.c.person_id)
        .join(table, table.c.account_id == _OWNS.c.id)
        .join(
            cohorts,
            and_(cohorts.c.id == _SEAT.c.cohort_id, cohorts.c.roadmap == table.c.roadmap),
        )
        .where(_SEAT.c.id.in_(bindparam("member_ids", expanding=True)))
    )


_TITLES = union_all(
    _select_titles_of_members(projects, "project"),
    _select_titles_of_members(certificates, "certificate"),
).subquery()
_SELECT_TITLES = select(_TITLES).order_by(_TITLES.c.at.desc(), _TITLES.c.title)


class PortfolioQueries:
    """Queries about portfolio projects and certificates."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def load_portfolios(self, member_ids: Collection[int]) -> Mapping[int, Portfolio]:
        """Return what members have built and earned on their cohort's roadmap, by member id.

        Members without anything are left out.
        """
        if not member_ids:
            return {}
        titles: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in self._connection.execute(_SELECT_TITLES, {"member_ids": list(member_ids)}):
            titles[row.member_id][row.kind].append(row.title)
        portfolios = {}
        for member_id, by_kind in titles.items():
            built, earned = by_kind["project"], by_kind["certificate"]
            portfolios[member_id] = Portfolio(tuple(built), tuple(earned))
        return portfolios

    @cached_property
    def projects(self) -> PieceQueries:
        return PieceQueries(self._connection, projects, "project", "level")

    @cached_property
    def certificates(self) -> PieceQueries:
        return PieceQueries(self._connection, certificates, "certificate", "earned")


class PieceQueries:
    """Queries about one of the two kinds.

    `about`: the table's column for the id in the roadmap. `own`: the column only this kind has.
    """

    def __init__(
        self, connection: TxConnection, table: Table, about: AboutColumn, own: OwnColumn
    ) -> None:
        self._connection = connection
        self._table = table
        self._about = about
        self._own = own

    async def save_piece(
        self, person: Person, roadmap: str, piece: PortfolioPiece, now: datetime
    ) -> bool:
        """Store a person's piece; return False if it replaced one with the same title.

        Locks the person.
        """
        # The lock keeps two calls from both finding no such title. No constraint could: titles
        # are compared in any letter case, over all accounts.
        await PeopleQueries(self._connection).lock_person(person.account_id)
        values = {"title": piece.title, "link": piece.link, self._about: piece.about, "at": now}
        values[self._own] = getattr(piece, self._own)
        existing_ids = await self._find_pieces_by_title(person, roadmap, piece.title)
        if existing_ids:
            change = self._table.update().where(self._table.c.id == existing_ids[0])
            self._connection.execute(change.values(values))
        else:
            row = {**values, "account_id": person.account_id, "roadmap": roadmap}
            self._connection.execute(self._table.insert().values(row))
        return not existing_ids

    async def delete_piece(self, person: Person, roadmap: str, title: str) -> bool:
        """Delete a person's piece; return False if there was none with that title."""
        piece_ids = await self._find_pieces_by_title(person, roadmap, title)
        self._connection.execute(self._table.delete().where(self._table.c.id.in_(piece_ids)))
        return bool(piece_ids)

    async def list_piece_titles(self, person: Person, roadmap: str) -> Sequence[str]:
        """Return the titles a person has, oldest first."""
        query = (
            select(self._table.c.title)
            .where(*self._match_piece_owner(person, roadmap))
            .order_by(self._table.c.id)
        )
        return list(self._connection.execute(query).scalars())

    async def _find_pieces_by_title(self, person: Person, roadmap: str, title: str) -> list[int]:
        # Compared here and not in the query: SQLite folds the case of ASCII letters only.
        query = select(self._table.c.id, self._table.c.title)
        query = query.where(*self._match_piece_owner(person, roadmap))
        rows = self._connection.execute(query).all()
        return [row.id for row in rows if row.title.casefold() == title.casefold()]

    def _match_piece_owner(self, person: Person, roadmap: str) -> tuple[ColumnElement[bool], ...]:
        is_theirs = self._table.c.account_id.in_(select_account_ids(person.id))
        return is_theirs, self._table.c.roadmap == roadmap

    async def list_visible_pieces(
        self,
        cohort: Cohort,
        viewer: Viewer,
        limit: int,
        skip: int = 0,
        member: Member | None = None,
    ) -> tuple[Sequence[PortfolioPiece], int]:
        """Return a page from a cohort's pieces, newest first, and the number on all pages.

        Only pieces the viewer may see; with `member`, only theirs.
        """
        path, is_wanted = self._match_visible_pieces(cohort, viewer, member)
        query = (
            select(self._table, members.c.id.label("member_id"))
            .select_from(path)
            .where(is_wanted)
            .order_by(self._table.c.at.desc(), self._table.c.id.desc())
        )
        rows = self._connection.execute(query.limit(limit).offset(skip)).all()
        count_query = select(func.count()).select_from(path).where(is_wanted)
        count = int(self._connection.execute(count_query).scalar_one())
        return await self._build_visible_pieces(rows, cohort, viewer), count

    def _match_visible_pieces(
        self, cohort: Cohort, viewer: Viewer, member: Member | None
    ) -> tuple[FromClause, ColumnElement[bool]]:
        """Return the joined tables and the condition for the pieces a viewer may see."""
        # From the account a piece came through to its person, and on to their seat in the cohort,
        # which may be another account's. One seat is SEATED, so no piece comes twice.
        source, seated = accounts.alias("source"), accounts.alias("seated")
        path = self._table.join(source, source.c.id == self._table.c.account_id)
        path = path.join(seated, seated.c.person_id == source.c.person_id)
        has_seat = and_(
            members.c.account_id == seated.c.id, members.c.cohort_id == cohort.id, SEATED
        )
        # The filter is part of the query and not applied to its rows: the count and the pages
        # must not tell how many pieces are hidden.
        is_visible = or_(members.c.shown, seated.c.person_id == viewer.person_id)
        is_wanted = and_(self._table.c.roadmap == cohort.roadmap, is_visible)
        if member is not None:
            is_wanted = and_(is_wanted, members.c.id == member.id)
        return path.join(members, has_seat), is_wanted

    async def _build_visible_pieces(
        self, rows: Sequence[Row[Any]], cohort: Cohort, viewer: Viewer
    ) -> Sequence[PortfolioPiece]:
        member_ids = sorted({row.member_id for row in rows})
        owners = await MemberQueries(self._connection).load_members_by_id(member_ids, cohort.id)
        pieces = []
        for row in rows:
            name = get_visible_name(owners[row.member_id], viewer, "card") or ""
            pieces.append(self._build_piece(row, name))
        return pieces

    def _build_piece(self, row: Row[Any], name: str) -> PortfolioPiece:
        return PortfolioPiece(
            row.title,
            getattr(row, self._about),
            row.link,
            **{self._own: getattr(row, self._own)},
            name=name,
        )
