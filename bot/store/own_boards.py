"""A member's place on the boards: their rank, the group together, and the rows around them.

Both boards come with the same statements. A row's neighbours are read from the index in both
directions, so nobody's rank makes their page slower.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Executable,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from bot.group.cohort import Cohort, Member
from bot.group.progress import Standing, rank_members
from bot.store.boards import IS_ON_BOARD, IS_ON_WEEK_BOARD, OWN_DONE
from bot.store.connection import TxConnection
from bot.store.members import MemberQueries
from bot.store.seats import select_members
from bot.store.tables import members, scores

WEEK, OVERALL = "week", "overall"  # the boards, as the statements name them
TOP_OF_BOARD = 2**31 - 1  # more than anybody has done
ROWS = 5  # around a member on a large board
SMALL_BOARD = 10  # members; up to so many, everybody is a neighbour

# Written into the statement: PostgreSQL would plan for thousands of rows if it did not know them.
_ABOVE: ColumnElement[int] = literal_column(str(ROWS - 1), Integer)
_BELOW: ColumnElement[int] = literal_column(str(SMALL_BOARD), Integer)


@dataclass(frozen=True, slots=True)
class BoardPosition:
    """A member's own line, how many members are on the board, and what they have done together."""

    own: Standing
    size: int
    done: int


@dataclass(frozen=True, slots=True)
class OwnBoard:
    """A member's position on a board, and the rows around it."""

    is_overall: bool
    position: BoardPosition
    rows: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class _Board:
    """The columns of a board, its conditions and the names of its parameters."""

    name: str
    member_id: ColumnElement[int]
    points: ColumnElement[int]
    conditions: Sequence[ColumnElement[bool]]

    def select_points(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        query: Select[Any] = select(self.member_id.label("member_id"))
        query = query.add_columns(self.points.label("points"))
        return query.where(*self.conditions, *conditions)

    def count_members(self, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return select(func.count()).where(*self.conditions, *conditions).scalar_subquery()


_WEEK_BOARD = _Board(WEEK, scores.c.member_id, scores.c.done, IS_ON_WEEK_BOARD)
_OVERALL_BOARD = _Board(OVERALL, members.c.id, members.c.score, IS_ON_BOARD)


def _select_position(board: _Board, own: ColumnElement[int]) -> Select[Any]:
    """Select own points, the members with more, all members and their points: one look."""
    ahead = func.count().filter(board.points > own)
    query: Select[Any] = select(own.label("own")).where(*board.conditions)
    return query.add_columns(
        literal_column(f"'{board.name}'").label("board"),
        ahead.label("ahead"),
        func.count().label("size"),
        func.coalesce(func.sum(board.points), 0).label("together"),
    )


def _select_around(board: _Board) -> Select[Any]:
    """Select rows above and below a place, and what comes before the first of them."""
    place = bindparam(f"{board.name}_points", type_=Integer)
    member_id = bindparam(f"{board.name}_member_id", type_=Integer)
    is_above = or_(board.points > place, board.member_id < member_id)
    is_below = or_(board.points < place, board.member_id >= member_id)
    above = board.select_points(board.points >= place, is_above).order_by(
        board.points, board.member_id.desc()
    )
    below = board.select_points(board.points <= place, is_below).order_by(
        board.points.desc(), board.member_id
    )
    ends = above.limit(_ABOVE).subquery(), below.limit(_BELOW).subquery()
    page = union_all(*(select(end) for end in ends)).cte(f"{board.name}_page")
    first = (
        select(page.c.points, page.c.member_id)
        .order_by(page.c.points.desc(), page.c.member_id)
        .limit(1)
        .cte(f"{board.name}_first")
    )
    first_points = select(first.c.points).scalar_subquery()
    first_id = select(first.c.member_id).scalar_subquery()
    is_equal = and_(board.points == first_points, board.member_id < first_id)
    return select(
        literal_column(f"'{board.name}'").label("board"),
        page.c.member_id,
        page.c.points,
        board.count_members(board.points > first_points).label("ahead"),
        board.count_members(is_equal).label("equals_before"),
    )


def _select_rows(around: CompoundSelect[Any] | Select[Any]) -> Select[Any]:
    rows = around.subquery("rows")
    query = select_members().join(rows, rows.c.member_id == members.c.id)
    return query.add_columns(rows.c.board, rows.c.points, rows.c.ahead, rows.c.equals_before)


_WEEK_POSITION = _select_position(_WEEK_BOARD, OWN_DONE)
_OVERALL_POSITION = _select_position(_OVERALL_BOARD, bindparam("own", type_=Integer))
_BOTH_POSITIONS = union_all(_WEEK_POSITION, _OVERALL_POSITION)
_OVERALL_ROWS = _select_rows(_select_around(_OVERALL_BOARD))
_BOTH_ROWS = _select_rows(
    union_all(
        select(_select_around(_WEEK_BOARD).subquery()),
        select(_select_around(_OVERALL_BOARD).subquery()),
    )
)


async def load_board_position(
    connection: TxConnection, cohort: Cohort, member: Member, week_id: str | None
) -> BoardPosition:
    """Return a member's position on one board: a week's, or the whole plan's."""
    wanted: dict[str, Any] = {"cohort_id": cohort.id, "own": member.score}
    query = _OVERALL_POSITION
    if week_id is not None:
        wanted = {"cohort_id": cohort.id, "week_id": week_id, "member_id": member.id}
        query = _WEEK_POSITION
    return _build_position(connection.execute(query, wanted).one(), member)


async def load_own_boards(
    connection: TxConnection, cohort: Cohort, member: Member, week_id: str | None
) -> tuple[OwnBoard, ...]:
    """Return a member's place on the boards: the week's, if one is given, and the whole plan's."""
    wanted: dict[str, Any] = {"cohort_id": cohort.id}
    positions_query: Executable = _OVERALL_POSITION
    rows_query = _OVERALL_ROWS
    if week_id is not None:
        wanted |= {"week_id": week_id, "member_id": member.id}
        positions_query, rows_query = _BOTH_POSITIONS, _BOTH_ROWS
    positions = connection.execute(positions_query, {**wanted, "own": member.score}).all()
    for position in positions:
        wanted |= _choose_place(position, member)
    found = connection.execute(rows_query, wanted).all()
    cuts = [_cut_around(found, position, member) for position in positions]
    rows = [row for cut in cuts for row in cut.rows]
    named = iter(await MemberQueries(connection).read_member_rows(rows, cohort.id))
    boards = [
        OwnBoard(
            position.board == OVERALL,
            _build_position(position, member),
            cut.rank_rows([next(named) for _ in cut.rows]),
        )
        for position, cut in zip(positions, cuts, strict=True)
    ]
    # A union promises no order.
    return tuple(sorted(boards, key=lambda board: board.is_overall))


def _choose_place(position: Any, member: Member) -> dict[str, int]:
    """Return the place to read around.

    A small board is read from the top, and so is one on which the member does not stand yet.
    """
    is_from_top = position.size <= SMALL_BOARD or not position.own
    return {
        f"{position.board}_points": TOP_OF_BOARD if is_from_top else position.own,
        f"{position.board}_member_id": member.id,
    }


def _build_position(row: Any, member: Member) -> BoardPosition:
    own = Standing(1 + row.ahead, member.name_in_cohort, row.own, member.id)
    return BoardPosition(own, row.size, int(row.together))


@dataclass(frozen=True, slots=True)
class _Cut:
    """The rows of a board to show, how many come before them, and the first one's rank."""

    rows: Sequence[Any]
    offset: int = 0
    first_rank: int = 1

    def rank_rows(self, named: Sequence[Member]) -> tuple[Standing, ...]:
        points = [(member, row.points) for row, member in zip(self.rows, named, strict=True)]
        return rank_members(points, offset=self.offset, first_rank=self.first_rank)


def _cut_around(found: Iterable[Any], position: Any, member: Member) -> _Cut:
    """Cut a board's rows: up to `ROWS` of a large one, with the member in their middle."""
    rows = [row for row in found if row.board == position.board]
    rows.sort(key=_get_place)
    if position.size <= SMALL_BOARD:
        return _Cut(rows)
    own_place = (-position.own, member.id)
    above = sum(_get_place(row) < own_place for row in rows) if position.own else 0
    first = max(0, min(above - ROWS // 2, len(rows) - ROWS))
    equal = next(place for place, row in enumerate(rows) if row.points == rows[first].points)
    before = rows[0].ahead + rows[0].equals_before
    # Equals of the first row found may stand before it: they have its rank too.
    first_rank = 1 + (before + equal if equal else rows[0].ahead)
    return _Cut(rows[first : first + ROWS], before + first, first_rank)


def _get_place(row: Any) -> tuple[int, int]:
    return -row.points, row.id
