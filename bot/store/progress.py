"""Ticks, check-ins and the scores kept beside them in the same transaction.

A tick belongs to a person and an item of a roadmap, a check-in to a member and a week; each keeps the account it came
through. A score is what is done of the member's own route; it can always be counted again from the ticks and then agrees.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.progress import MemberSample, Standing, rank_members
from bot.group.route import Route, build_route
from bot.post import ActivityCounts
from bot.store.cohorts import CohortQueries
from bot.store.members import (
    MemberQueries,
    build_absence_condition,
    select_members,
    select_membership_ids,
)
from bot.store.people import PeopleQueries
from bot.store.rows import build_cohort, build_insert
from bot.store.tables import accounts, checkins, cohorts, members, scores, ticks

TOP = 10
NAMED = 6  # members that an honour names

# A check-in counts for the membership that speaks, whichever of the person's memberships keeps it.
_VOICE = members.alias("voice")
_SPEAKER = func.coalesce(members.c.voice_id, members.c.id)


@dataclass(frozen=True, slots=True)
class CheckinReport:
    """What a check-in says beside the items: hours, confidence 1 to 5, blockers and a note."""

    hours: float | None = None
    confidence: int | None = None
    blockers: str = ""
    note: str = ""
    late: bool = False


class ProgressQueries:
    """Queries about what has been done."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    # — ticks —

    async def load_ticked_items(self, person: Person, roadmap: str) -> frozenset[str]:
        """The items of a roadmap a person has ticked, through any of their accounts."""
        return (await self._load_ticks_by_person([person.id], roadmap)).get(person.id, frozenset())

    async def _load_ticks_by_person(
        self, person_ids: Collection[int], roadmap: str
    ) -> dict[int, frozenset[str]]:
        asked = (
            select(accounts.c.person_id, ticks.c.item)
            .join(accounts, accounts.c.id == ticks.c.account_id)
            .where(accounts.c.person_id.in_(sorted(set(person_ids))), ticks.c.roadmap == roadmap)
        )
        found: dict[int, set[str]] = {}
        for row in await self._connection.execute(asked):
            found.setdefault(row.person_id, set()).add(row.item)
        return {person_id: frozenset(items) for person_id, items in found.items()}

    async def tick_items(
        self, person: Person, roadmap: str, items: Iterable[str], now: datetime
    ) -> frozenset[str]:
        """Mark items done, in every cohort of the person on that roadmap. Returns everything ticked then."""
        person_id = await PeopleQueries(self._connection).lock_person(person.account_id)
        known = (await self._load_ticks_by_person([person_id], roadmap)).get(person_id, frozenset())
        rows = [
            {"account_id": person.account_id, "roadmap": roadmap, "item": item, "at": now}
            for item in sorted(
                set(items) - known
            )  # what came through another account of theirs stays that one's
        ]
        if rows:
            await self._connection.execute(
                build_insert(self._connection, ticks).values(rows).on_conflict_do_nothing()
            )
        return await self._update_roadmap_scores(person_id, roadmap)

    async def untick_items(
        self, person: Person, roadmap: str, items: Iterable[str]
    ) -> frozenset[str]:
        """Take marks back. Returns everything still ticked."""
        person_id = await PeopleQueries(self._connection).lock_person(person.account_id)
        theirs = select(accounts.c.id).where(accounts.c.person_id == person_id)
        gone = ticks.delete().where(
            ticks.c.account_id.in_(theirs),
            ticks.c.roadmap == roadmap,
            ticks.c.item.in_(sorted(set(items))),
        )
        await self._connection.execute(gone)
        return await self._update_roadmap_scores(person_id, roadmap)

    async def _update_roadmap_scores(self, person_id: int, roadmap: str) -> frozenset[str]:
        done = (await self._load_ticks_by_person([person_id], roadmap)).get(person_id, frozenset())
        asked = (
            select(cohorts, members.c.id.label("member_id"), members.c.shown)
            .join(members, members.c.cohort_id == cohorts.c.id)
            .join(accounts, accounts.c.id == members.c.account_id)
            .where(accounts.c.person_id == person_id, cohorts.c.roadmap == roadmap)
        )
        rows = (await self._connection.execute(asked)).all()
        of_rows = {row.id: build_cohort(row) for row in rows}
        routes = await self._load_routes(person_id, of_rows.values())
        for row in rows:
            await self._write_scores(of_rows[row.id], row, routes[row.id], done)
        return done

    async def update_member_scores(self, cohort: Cohort, member: Member) -> None:
        """Count a member's scores again from their ticks, for every account."""
        await self.update_locked_person_scores(
            cohort, await PeopleQueries(self._connection).lock_person(member.person.account_id)
        )

    async def update_locked_person_scores(self, cohort: Cohort, person_id: int) -> None:
        """Count the scores of a person who is held in a cohort again from their ticks, for every account."""
        done = (await self._load_ticks_by_person([person_id], cohort.roadmap)).get(
            person_id, frozenset()
        )
        route = (await self._load_routes(person_id, [cohort]))[cohort.id]
        asked = select(members.c.id.label("member_id"), members.c.shown)
        asked = asked.join(accounts, accounts.c.id == members.c.account_id)
        theirs = asked.where(members.c.cohort_id == cohort.id, accounts.c.person_id == person_id)
        for row in (await self._connection.execute(theirs)).all():
            await self._write_scores(cohort, row, route, done)

    async def _load_routes(self, person_id: int, among: Collection[Cohort]) -> dict[int, Route]:
        """The route of a person in each of these cohorts, by the cohort's id."""
        picks = await PeopleQueries(self._connection).load_picks_by_cohort(person_id)
        plans = {
            one: await CohortQueries(self._connection).load_roadmap_by_id(one)
            for one in {cohort.plan_id for cohort in among}
        }
        return {
            one.id: build_route(plans[one.plan_id], one.syllabus, picks.get(one.id, ()))
            for one in among
        }

    async def _write_scores(
        self, cohort: Cohort, row: Any, route: Route, done: frozenset[str]
    ) -> None:
        rows = [
            {
                "member_id": row.member_id,
                "week_id": week.id,
                "cohort_id": cohort.id,
                "shown": row.shown,
                "done": route.count_done_slots(done, week.id),
            }
            for week in cohort.syllabus.weeks
        ]
        changed = members.update().where(members.c.id == row.member_id)
        await self._connection.execute(changed.values(score=route.count_done_slots(done)))
        made = build_insert(self._connection, scores).values(rows)
        key = [scores.c.member_id, scores.c.week_id]
        new = {"done": made.excluded.done, "shown": made.excluded.shown}
        await self._connection.execute(
            made.on_conflict_do_update(
                index_elements=key, set_=new, where=scores.c.done != made.excluded.done
            )
        )

    # — check-ins —

    async def save_checkin(
        self, member: Member, week_id: str, report: CheckinReport, now: datetime
    ) -> bool:
        """Keep a member's report on a week, with the account it came through. Returns whether it is the first on that week,
        else it was an edit."""
        first = not await self.load_checkin(member, week_id)
        row = {
            "member_id": await self._find_checkin_member_id(member, week_id),
            "week_id": week_id,
            "account_id": member.person.account_id,
            "hours": report.hours,
            "confidence": report.confidence,
            "blockers": report.blockers,
            "note": report.note,
            "late": report.late,
            "first_at": now,
            "at": now,
        }
        made = build_insert(self._connection, checkins).values(row)
        key = [checkins.c.member_id, checkins.c.week_id, checkins.c.account_id]
        kept = {name: row[name] for name in ("hours", "confidence", "blockers", "note", "at")}
        await self._connection.execute(made.on_conflict_do_update(index_elements=key, set_=kept))
        return first

    async def _find_checkin_member_id(self, member: Member, week_id: str) -> int:
        """The membership that keeps what the speaking account reports on a week: the one that has its report already, else
        the account's own, else the member's. So an account has one report on a week, wherever it is linked and parted."""
        through = member.person.account_id
        has = select(checkins.c.member_id).where(
            checkins.c.member_id.in_(select_membership_ids(member))
        )
        has = has.where(checkins.c.week_id == week_id, checkins.c.account_id == through)
        own = select(members.c.id).where(
            members.c.cohort_id == member.cohort_id, members.c.account_id == through
        )
        kept = (await self._connection.execute(has)).scalar() or (
            await self._connection.execute(own)
        ).scalar()
        return kept or member.id

    async def load_checkin(self, member: Member, week_id: str) -> CheckinReport | None:
        """A member's report on a week, the newest of their accounts'; None where there is none."""
        asked = (
            select(checkins)
            .where(
                checkins.c.member_id.in_(select_membership_ids(member)),
                checkins.c.week_id == week_id,
            )
            .order_by(checkins.c.at.desc())
            .limit(1)
        )
        row = (await self._connection.execute(asked)).first()
        return (
            CheckinReport(row.hours, row.confidence, row.blockers, row.note, row.late)
            if row
            else None
        )

    async def list_checkin_week_ids(self, member: Member) -> frozenset[str]:
        """The ids of the weeks a member has checked in for."""
        asked = select(checkins.c.week_id).where(
            checkins.c.member_id.in_(select_membership_ids(member))
        )
        return frozenset((await self._connection.execute(asked)).scalars())

    async def load_last_checkins(
        self, member_ids: Collection[int]
    ) -> dict[int, tuple[datetime, str]]:
        """When each of these members last sent a check-in, or changed one, and what was in their way then; those who never
        did are left out."""
        asked = select(_SPEAKER.label("speaker"), checkins.c.at, checkins.c.blockers).order_by(
            checkins.c.at
        )
        asked = asked.join(members, members.c.id == checkins.c.member_id)
        ids = sorted(member_ids)
        theirs = select(_VOICE.c.cohort_id).where(_VOICE.c.id.in_(ids))
        asked = asked.where(members.c.cohort_id.in_(theirs), _SPEAKER.in_(ids))
        found = await self._connection.execute(asked)
        return {row.speaker: (row.at, row.blockers) for row in found}

    # — boards —

    async def list_board_standings(
        self, cohort: Cohort, week_id: str | None = None, limit: int = TOP, skip: int = 0
    ) -> tuple[Standing, ...]:
        """The visible members with most done, in one week or overall; those with nothing done are on no board."""
        done, on = _build_board_condition(cohort, week_id)
        asked = select_members().add_columns(done.label("points")).where(*on)
        if week_id is not None:
            asked = asked.join(scores, scores.c.member_id == members.c.id)
        ordered = asked.order_by(done.desc(), members.c.id).limit(limit).offset(skip)
        rows = (await self._connection.execute(ordered)).all()
        seen = await MemberQueries(self._connection).read_member_rows(rows, cohort.id)
        rank = (
            1 + await self.count_board_members(cohort, week_id, rows[0].points + 1)
            if skip and rows
            else 1
        )
        found = ((member, row.points) for row, member in zip(rows, seen, strict=True))
        return rank_members(found, offset=skip, first_rank=rank)

    async def count_board_members(
        self, cohort: Cohort, week_id: str | None = None, least: int = 1
    ) -> int:
        """How many visible members have at least so much done, in one week or overall."""
        done, on = _build_board_condition(cohort, week_id)
        table = members if week_id is None else scores
        asked = select(func.count()).select_from(table).where(*on, done >= least)
        return int((await self._connection.execute(asked)).scalar_one())

    async def load_member_standing(
        self, cohort: Cohort, member: Member, week_id: str | None = None
    ) -> Standing:
        """A member's own line: 1 + the visible members with more done."""
        done = member.score
        table, points = members, members.c.score
        where = [members.c.cohort_id == cohort.id, members.c.shown]
        if week_id is not None:
            own = select(scores.c.done).where(
                scores.c.member_id == member.id, scores.c.week_id == week_id
            )
            done = (await self._connection.execute(own)).scalar() or 0
            table, points = scores, scores.c.done
            where = [scores.c.cohort_id == cohort.id, scores.c.week_id == week_id, scores.c.shown]
        more = select(func.count()).select_from(table).where(*where, points > done)
        return Standing(
            1 + int((await self._connection.execute(more)).scalar_one()),
            member.name_in_cohort,
            done,
            member.id,
        )

    async def count_week_activity(
        self, cohort: Cohort, week: CalendarWeek | None, now: datetime
    ) -> ActivityCounts:
        """How many visible members there are, and how many have checked in for a week and have ticked something of it, of
        those for whom that was to do."""
        week_id = week.id if week else None
        reported = (
            select(_VOICE.c.id)
            .select_from(
                checkins.join(members, members.c.id == checkins.c.member_id).join(
                    _VOICE, _VOICE.c.id == _SPEAKER
                )
            )
            .where(members.c.cohort_id == cohort.id, _VOICE.c.shown, checkins.c.week_id == week_id)
        )
        active = select(scores.c.member_id).where(
            scores.c.cohort_id == cohort.id,
            scores.c.week_id == week_id,
            scores.c.shown,
            scores.c.done > 0,
        )
        everyone = select(members.c.id).where(members.c.cohort_id == cohort.id, members.c.shown)
        numbers = (
            select(func.count()).select_from(some.distinct().subquery())
            for some in (everyone, reported, active)
        )
        row = (
            await self._connection.execute(
                select(*(number.scalar_subquery() for number in numbers))
            )
        ).one()
        joined, checked_in, ticked = row
        excused = await MemberQueries(self._connection).list_excused_member_ids(cohort, week, now)
        if not excused:
            return ActivityCounts(joined, checked_in, joined, ticked, joined)
        absent = build_absence_condition(cohort, week, now)
        theirs = reported.join(accounts, accounts.c.id == _VOICE.c.account_id).where(absent)
        reports = excused & set((await self._connection.execute(theirs)).scalars())
        theirs = active.join(members, members.c.id == scores.c.member_id)
        theirs = theirs.join(accounts, accounts.c.id == members.c.account_id).where(absent)
        ticks = excused & set((await self._connection.execute(theirs)).scalars())
        there = joined - len(excused)
        return ActivityCounts(joined, checked_in, there + len(reports), ticked, there + len(ticks))

    async def list_streak_members(
        self, cohort: Cohort, week_ids: Sequence[str], limit: int = NAMED
    ) -> MemberSample:
        """Visible members who checked in for every one of these weeks."""
        if not week_ids:
            return MemberSample()
        full = (
            select(_VOICE.c.id)
            .select_from(
                checkins.join(members, members.c.id == checkins.c.member_id).join(
                    _VOICE, _VOICE.c.id == _SPEAKER
                )
            )
            .where(
                members.c.cohort_id == cohort.id, _VOICE.c.shown, checkins.c.week_id.in_(week_ids)
            )
            .group_by(_VOICE.c.id)
            .having(func.count(checkins.c.week_id.distinct()) == len(week_ids))
        )
        count = (
            await self._connection.execute(select(func.count()).select_from(full.subquery()))
        ).scalar_one()
        first = select_members().where(members.c.id.in_(full)).order_by(members.c.id).limit(limit)
        found = rank_members(
            (member, 0)
            for member in await MemberQueries(self._connection).fetch_members(first, cohort.id)
        )
        return MemberSample(tuple(row.name for row in found), count)


def _build_board_condition(
    cohort: Cohort, week_id: str | None
) -> tuple[ColumnElement[int], tuple[ColumnElement[bool], ...]]:
    """What a board counts, and who is on it."""
    if week_id is None:
        return members.c.score, (
            members.c.cohort_id == cohort.id,
            members.c.shown,
            members.c.score > 0,
        )
    on = (
        scores.c.cohort_id == cohort.id,
        scores.c.week_id == week_id,
        scores.c.shown,
        scores.c.done > 0,
    )
    return scores.c.done, on
