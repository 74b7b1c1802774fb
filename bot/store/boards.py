"""Boards and numbers: visible members ranked by score, and counts that may be said aloud.

Every query here counts visible members only (`shown`): neither hidden nor gone nor silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    bindparam,
    func,
    or_,
    select,
)

from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.progress import MemberSample, Standing, rank_members
from bot.post import ActivityCounts
from bot.store.checkins import CHECKINS_BY_SPEAKER, VOICE
from bot.store.connection import TxConnection
from bot.store.members import MemberQueries
from bot.store.seats import MAY_BE_ABSENT, build_absence_params, select_members
from bot.store.tables import accounts, checkins, members, scores

TOP = 10  # lines of a board
NAMED = 6  # members that an honour names

_COHORT_ID = bindparam("cohort_id", type_=Integer)
_WEEK_ID = bindparam("week_id", type_=scores.c.week_id.type)
_LIMIT = bindparam("limit", type_=Integer)
_SKIP = bindparam("skip", type_=Integer)

# — boards —

IS_ON_BOARD = (members.c.cohort_id == _COHORT_ID, members.c.shown, members.c.score > 0)
IS_ON_WEEK_BOARD = (
    scores.c.cohort_id == _COHORT_ID,
    scores.c.week_id == _WEEK_ID,
    scores.c.shown,
    scores.c.done > 0,
)


def _select_board(
    member_id: ColumnElement[int],
    points: ColumnElement[int],
    *conditions: ColumnElement[bool],
    is_later: bool = False,
) -> Select[Any]:
    """Select a page from a board, with the members' names."""
    page = select(member_id.label("member_id"), points.label("points")).where(*conditions)
    page = page.order_by(points.desc(), member_id).limit(_LIMIT)
    if is_later:
        # The rank is counted and not read off a page: a tie may begin on an earlier one. On the
        # first page it is 1, and the other rows are not looked at.
        rank = func.rank().over(order_by=points.desc()).label("rank")
        page = page.add_columns(rank).offset(_SKIP)
    # The page is cut from the index alone: only the members on it are looked up.
    rows = page.subquery("page")
    shown = rows.c.points, *([rows.c.rank] if is_later else [])
    query = select_members().join(rows, rows.c.member_id == members.c.id).add_columns(*shown)
    return query.order_by(rows.c.points.desc(), members.c.id)


def _count_members(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select(func.count()).where(*conditions)


_SELECT_BOARD = _select_board(members.c.id, members.c.score, *IS_ON_BOARD)
_SELECT_BOARD_PAGE = _select_board(members.c.id, members.c.score, *IS_ON_BOARD, is_later=True)
_COUNT_BOARD = _count_members(*IS_ON_BOARD, members.c.score >= bindparam("least"))

_SELECT_WEEK_BOARD = _select_board(scores.c.member_id, scores.c.done, *IS_ON_WEEK_BOARD)
_SELECT_WEEK_BOARD_PAGE = _select_board(
    scores.c.member_id, scores.c.done, *IS_ON_WEEK_BOARD, is_later=True
)
_COUNT_WEEK_BOARD = _count_members(*IS_ON_WEEK_BOARD, scores.c.done >= bindparam("least"))

_OWN = scores.alias("own")
OWN_DONE = func.coalesce(
    select(_OWN.c.done)
    .where(_OWN.c.member_id == bindparam("member_id"), _OWN.c.week_id == _WEEK_ID)
    .scalar_subquery(),
    0,
)
_SELECT_WEEK_STANDING = select(
    OWN_DONE.label("done"),
    _count_members(*IS_ON_WEEK_BOARD, scores.c.done > OWN_DONE).scalar_subquery().label("ahead"),
)


# — activity —

_SELECT_REPORTING = (
    select(VOICE.c.id)
    .select_from(CHECKINS_BY_SPEAKER)
    .where(members.c.cohort_id == _COHORT_ID, VOICE.c.shown, checkins.c.week_id == _WEEK_ID)
)
_SELECT_TICKING = select(scores.c.member_id).where(*IS_ON_WEEK_BOARD)
_SELECT_EVERYONE = select(members.c.id).where(members.c.cohort_id == _COHORT_ID, members.c.shown)


def _count_distinct(query: Select[tuple[int]]) -> ScalarSelect[int]:
    return select(func.count()).select_from(query.distinct().subquery()).scalar_subquery()


_COUNT_ACTIVITY = select(
    _count_distinct(_SELECT_EVERYONE),
    _count_distinct(_SELECT_REPORTING),
    _count_distinct(_SELECT_TICKING),
)
# The same members again, but only those who may be absent or later: their ids are few.
_SELECT_ABSENT_REPORTING = _SELECT_REPORTING.join(
    accounts, accounts.c.id == VOICE.c.account_id
).where(or_(MAY_BE_ABSENT, VOICE.c.shift > 0))
_SELECT_ABSENT_TICKING = (
    _SELECT_TICKING.join(members, members.c.id == scores.c.member_id)
    .join(accounts, accounts.c.id == members.c.account_id)
    .where(or_(MAY_BE_ABSENT, members.c.shift > 0))
)

_STREAK_IDS = (
    select(VOICE.c.id)
    .select_from(CHECKINS_BY_SPEAKER)
    .where(
        members.c.cohort_id == _COHORT_ID,
        VOICE.c.shown,
        checkins.c.week_id.in_(bindparam("week_ids", expanding=True)),
    )
    .group_by(VOICE.c.id)
    # Distinct: two accounts of one person may each have reported on the same week.
    .having(func.count(checkins.c.week_id.distinct()) == bindparam("week_count", type_=Integer))
)
_SELECT_STREAK = (
    select_members()
    # Counted over all of them: the limit comes after.
    .add_columns(func.count().over().label("streak_count"))
    .where(members.c.id.in_(_STREAK_IDS))
    .order_by(members.c.id)
    .limit(_LIMIT)
)


class BoardQueries:
    """Queries about ranks and activity."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def list_board_standings(
        self, cohort: Cohort, week_id: str | None = None, limit: int = TOP, skip: int = 0
    ) -> tuple[Standing, ...]:
        """Return a page from a board, most done first, for one week or overall.

        Members with nothing done are on no board.
        """
        wanted: dict[str, Any] = {"cohort_id": cohort.id, "limit": limit}
        query = _SELECT_BOARD
        if week_id is not None:
            wanted["week_id"] = week_id
            query = _SELECT_WEEK_BOARD
        if skip:
            wanted["skip"] = skip
            query = _SELECT_BOARD_PAGE if week_id is None else _SELECT_WEEK_BOARD_PAGE
        rows = self._connection.execute(query, wanted).all()
        seen = await MemberQueries(self._connection).read_member_rows(rows, cohort.id)
        first_rank = rows[0].rank if skip and rows else 1
        points = [(member, row.points) for row, member in zip(rows, seen, strict=True)]
        return rank_members(points, offset=skip, first_rank=first_rank)

    async def count_board_members(
        self, cohort: Cohort, week_id: str | None = None, least: int = 1
    ) -> int:
        """Count visible members with at least `least` done, in one week or overall."""
        wanted: dict[str, Any] = {"cohort_id": cohort.id, "least": least}
        query = _COUNT_BOARD
        if week_id is not None:
            wanted["week_id"] = week_id
            query = _COUNT_WEEK_BOARD
        return int(self._connection.execute(query, wanted).scalar_one())

    async def load_member_standing(
        self, cohort: Cohort, member: Member, week_id: str | None = None
    ) -> Standing:
        """Return a member's own line, for one week or overall.

        The rank is 1 + the visible members with more done.
        """
        if week_id is None:
            ahead = await self.count_board_members(cohort, None, member.score + 1)
            return Standing(1 + ahead, member.name_in_cohort, member.score, member.id)
        wanted = {"cohort_id": cohort.id, "week_id": week_id, "member_id": member.id}
        row = self._connection.execute(_SELECT_WEEK_STANDING, wanted).one()
        return Standing(1 + row.ahead, member.name_in_cohort, row.done, member.id)

    async def count_week_activity(
        self, cohort: Cohort, week: CalendarWeek | None, now: datetime
    ) -> ActivityCounts:
        """Count members, check-ins and ticking members for a week, and those who had to.

        Members who are away count only where they did it all the same (see `ActivityCounts`).
        """
        wanted = {"cohort_id": cohort.id, "week_id": week.id if week else None}
        joined, checked_in, ticked = self._connection.execute(_COUNT_ACTIVITY, wanted).one()
        excused = await MemberQueries(self._connection).list_excused_member_ids(cohort, week, now)
        if not excused:
            return ActivityCounts(joined, checked_in, joined, ticked, joined)
        wanted.update(build_absence_params(cohort, week, now))
        reported = self._connection.execute(_SELECT_ABSENT_REPORTING, wanted).scalars()
        active = self._connection.execute(_SELECT_ABSENT_TICKING, wanted).scalars()
        present = joined - len(excused)
        check_in_total = present + len(excused.intersection(reported))
        tick_total = present + len(excused.intersection(active))
        return ActivityCounts(joined, checked_in, check_in_total, ticked, tick_total)

    async def list_streak_members(
        self, cohort: Cohort, week_ids: Sequence[str], limit: int = NAMED
    ) -> MemberSample:
        """Return visible members who checked in for every one of these weeks.

        Up to `limit` names in the order they joined, and the number of all.
        """
        if not week_ids:
            return MemberSample()
        wanted = {
            "cohort_id": cohort.id,
            "week_ids": list(week_ids),
            "week_count": len(week_ids),
            "limit": limit,
        }
        rows = self._connection.execute(_SELECT_STREAK, wanted).all()
        first = await MemberQueries(self._connection).read_member_rows(rows, cohort.id)
        # With equal points: only the privacy filter and the visible names are wanted here.
        standings = rank_members((member, 0) for member in first)
        count = rows[0].streak_count if rows else 0
        return MemberSample(tuple(standing.name for standing in standings), count)
