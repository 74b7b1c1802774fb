"""Boards and numbers: visible members ranked by score, and counts that may be said aloud.

Every query here counts visible members only (`shown`): neither hidden nor gone nor silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.progress import MemberSample, Standing, rank_members
from bot.post import ActivityCounts
from bot.store.checkins import CHECKINS_BY_SPEAKER, VOICE
from bot.store.members import MemberQueries
from bot.store.seats import build_absence_condition, select_members
from bot.store.tables import accounts, checkins, members, scores

TOP = 10  # lines of a board
NAMED = 6  # members that an honour names


class BoardQueries:
    """Queries about ranks and activity."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def list_board_standings(
        self, cohort: Cohort, week_id: str | None = None, limit: int = TOP, skip: int = 0
    ) -> tuple[Standing, ...]:
        """Return a page from a board, most done first, for one week or overall.

        Members with nothing done are on no board.
        """
        done, conditions = _build_board_condition(cohort, week_id)
        query = select_members().add_columns(done.label("points")).where(*conditions)
        if week_id is not None:
            query = query.join(scores, scores.c.member_id == members.c.id)
        query = query.order_by(done.desc(), members.c.id).limit(limit).offset(skip)
        rows = self._connection.execute(query).all()
        seen = await MemberQueries(self._connection).read_member_rows(rows, cohort.id)
        first_rank = 1
        if skip and rows:
            first_rank = await self._count_rank(cohort, week_id, rows[0].points)
        points = [(member, row.points) for row, member in zip(rows, seen, strict=True)]
        return rank_members(points, offset=skip, first_rank=first_rank)

    async def count_board_members(
        self, cohort: Cohort, week_id: str | None = None, least: int = 1
    ) -> int:
        """Count visible members with at least `least` done, in one week or overall."""
        done, conditions = _build_board_condition(cohort, week_id)
        table = members if week_id is None else scores
        query = select(func.count()).select_from(table).where(*conditions, done >= least)
        return int(self._connection.execute(query).scalar_one())

    async def load_member_standing(
        self, cohort: Cohort, member: Member, week_id: str | None = None
    ) -> Standing:
        """Return a member's own line, for one week or overall.

        The rank is 1 + the visible members with more done.
        """
        done = member.score
        if week_id is not None:
            done = await self._load_week_score(member, week_id)
        rank = await self._count_rank(cohort, week_id, done)
        return Standing(rank, member.name_in_cohort, done, member.id)

    async def _count_rank(self, cohort: Cohort, week_id: str | None, done: int) -> int:
        # Counted and not read off a page: a tie may begin on an earlier one.
        return 1 + await self.count_board_members(cohort, week_id, done + 1)

    async def _load_week_score(self, member: Member, week_id: str) -> int:
        query = select(scores.c.done).where(
            scores.c.member_id == member.id, scores.c.week_id == week_id
        )
        return self._connection.execute(query).scalar() or 0

    async def count_week_activity(
        self, cohort: Cohort, week: CalendarWeek | None, now: datetime
    ) -> ActivityCounts:
        """Count members, check-ins and ticking members for a week, and those who had to.

        Members who are away count only where they did it all the same (see `ActivityCounts`).
        """
        week_id = week.id if week else None
        reported = _select_reporting_members(cohort, week_id)
        active = _select_ticking_members(cohort, week_id)
        joined, checked_in, ticked = await self._count_activity_rows(cohort, reported, active)
        excused = await MemberQueries(self._connection).list_excused_member_ids(cohort, week, now)
        if not excused:
            return ActivityCounts(joined, checked_in, joined, ticked, joined)
        # The same members again, but only those who may be absent: their ids are few.
        absent = build_absence_condition(cohort, week, now)
        reported = reported.join(accounts, accounts.c.id == VOICE.c.account_id)
        active = active.join(members, members.c.id == scores.c.member_id)
        active = active.join(accounts, accounts.c.id == members.c.account_id)
        present = joined - len(excused)
        check_in_total = present + await self._count_among(excused, reported.where(absent))
        tick_total = present + await self._count_among(excused, active.where(absent))
        return ActivityCounts(joined, checked_in, check_in_total, ticked, tick_total)

    async def _count_among(self, member_ids: frozenset[int], query: Select[Any]) -> int:
        return len(member_ids & set(self._connection.execute(query).scalars()))

    async def _count_activity_rows(
        self, cohort: Cohort, reported: Select[Any], active: Select[Any]
    ) -> tuple[int, int, int]:
        """Count everybody, those who reported and those who ticked, in one query."""
        everyone = select(members.c.id).where(members.c.cohort_id == cohort.id, members.c.shown)
        counts = []
        for chosen in (everyone, reported, active):
            count = select(func.count()).select_from(chosen.distinct().subquery())
            counts.append(count.scalar_subquery())
        joined, checked_in, ticked = self._connection.execute(select(*counts)).one()
        return joined, checked_in, ticked

    async def list_streak_members(
        self, cohort: Cohort, week_ids: Sequence[str], limit: int = NAMED
    ) -> MemberSample:
        """Return visible members who checked in for every one of these weeks.

        Up to `limit` names in the order they joined, and the number of all.
        """
        if not week_ids:
            return MemberSample()
        streak = _select_streak_members(cohort, week_ids)
        count_query = select(func.count()).select_from(streak.subquery())
        count = self._connection.execute(count_query).scalar_one()
        query = select_members().where(members.c.id.in_(streak))
        query = query.order_by(members.c.id).limit(limit)
        first = await MemberQueries(self._connection).fetch_members(query, cohort.id)
        # With equal points: only the privacy filter and the visible names are wanted here.
        standings = rank_members((member, 0) for member in first)
        return MemberSample(tuple(standing.name for standing in standings), count)


def _select_reporting_members(cohort: Cohort, week_id: str | None) -> Select[Any]:
    return (
        select(VOICE.c.id)
        .select_from(CHECKINS_BY_SPEAKER)
        .where(members.c.cohort_id == cohort.id, VOICE.c.shown, checkins.c.week_id == week_id)
    )


def _select_streak_members(cohort: Cohort, week_ids: Sequence[str]) -> Select[Any]:
    return (
        select(VOICE.c.id)
        .select_from(CHECKINS_BY_SPEAKER)
        .where(members.c.cohort_id == cohort.id, VOICE.c.shown, checkins.c.week_id.in_(week_ids))
        .group_by(VOICE.c.id)
        # Distinct: two accounts of one person may each have reported on the same week.
        .having(func.count(checkins.c.week_id.distinct()) == len(week_ids))
    )


def _select_ticking_members(cohort: Cohort, week_id: str | None) -> Select[Any]:
    return select(scores.c.member_id).where(
        scores.c.cohort_id == cohort.id,
        scores.c.week_id == week_id,
        scores.c.shown,
        scores.c.done > 0,
    )


def _build_board_condition(
    cohort: Cohort, week_id: str | None
) -> tuple[ColumnElement[int], tuple[ColumnElement[bool], ...]]:
    """Return the column a board counts, and the conditions for being on it."""
    if week_id is None:
        overall = (members.c.cohort_id == cohort.id, members.c.shown, members.c.score > 0)
        return members.c.score, overall
    weekly = (
        scores.c.cohort_id == cohort.id,
        scores.c.week_id == week_id,
        scores.c.shown,
        scores.c.done > 0,
    )
    return scores.c.done, weekly
