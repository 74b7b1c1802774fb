"""Ticks and the scores kept beside them in the same transaction.

A tick belongs to a person and an item in a roadmap. A score counts the done slots on the member's
own route, in all and by week. It can always be counted again from the ticks, and then agrees.

Whoever changes ticks, picks or accounts locks the person first and counts last. Two transactions
that counted at the same time would each miss the other's tick, and both scores would be wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.route import Route, build_route
from bot.store.boards import NAMED, TOP, BoardQueries
from bot.store.checkins import CheckinQueries, CheckinReport
from bot.store.cohorts import CohortQueries
from bot.store.conditions import select_account_ids
from bot.store.people import PeopleQueries
from bot.store.rows import build_cohort, build_insert
from bot.store.seats import select_memberships
from bot.store.tables import accounts, cohorts, members, scores, ticks

__all__ = ["NAMED", "TOP", "CheckinReport", "ProgressQueries"]


class ProgressQueries(CheckinQueries, BoardQueries):
    """Queries about ticks, check-ins, scores and boards."""

    # — ticks —

    async def load_ticked_items(self, person: Person, roadmap: str) -> frozenset[str]:
        """Return the items a person has ticked on a roadmap, through any account."""
        return await self._load_ticks(person.id, roadmap)

    async def _load_ticks(self, person_id: int, roadmap: str) -> frozenset[str]:
        query = (
            select(ticks.c.item)
            .join(accounts, accounts.c.id == ticks.c.account_id)
            .where(accounts.c.person_id == person_id, ticks.c.roadmap == roadmap)
        )
        return frozenset(self._connection.execute(query).scalars())

    async def tick_items(
        self, person: Person, roadmap: str, items: Iterable[str], now: datetime
    ) -> frozenset[str]:
        """Mark items done in every cohort of the person on that roadmap; return all ticks.

        Locks the person, and updates their scores.
        """
        person_id = await PeopleQueries(self._connection).lock_person(person.account_id)
        # A tick through another account stays that account's: it goes along if they part.
        new_items = set(items) - await self._load_ticks(person_id, roadmap)
        rows = []
        for item in sorted(new_items):
            row = {"account_id": person.account_id, "roadmap": roadmap, "item": item, "at": now}
            rows.append(row)
        if rows:
            statement = build_insert(self._connection, ticks).values(rows)
            self._connection.execute(statement.on_conflict_do_nothing())
        return await self._update_roadmap_scores(person_id, roadmap)

    async def untick_items(
        self, person: Person, roadmap: str, items: Iterable[str]
    ) -> frozenset[str]:
        """Take marks back, by whichever account; return the items still ticked.

        Locks the person, and updates their scores.
        """
        person_id = await PeopleQueries(self._connection).lock_person(person.account_id)
        removal = ticks.delete().where(
            ticks.c.account_id.in_(select_account_ids(person_id)),
            ticks.c.roadmap == roadmap,
            ticks.c.item.in_(sorted(set(items))),
        )
        self._connection.execute(removal)
        return await self._update_roadmap_scores(person_id, roadmap)

    # — scores —

    async def _update_roadmap_scores(self, person_id: int, roadmap: str) -> frozenset[str]:
        """Count a locked person's scores in every cohort on a roadmap; return their ticks."""
        ticked = await self._load_ticks(person_id, roadmap)
        query = (
            select(cohorts, members.c.id.label("member_id"), members.c.shown)
            .join(members, members.c.cohort_id == cohorts.c.id)
            .join(accounts, accounts.c.id == members.c.account_id)
            .where(accounts.c.person_id == person_id, cohorts.c.roadmap == roadmap)
        )
        rows = self._connection.execute(query).all()
        # A person may have several memberships in a cohort: one row each, one cohort for all.
        cohorts_by_id = {row.id: build_cohort(row) for row in rows}
        routes = await self._load_routes(person_id, cohorts_by_id.values())
        for row in rows:
            await self._write_scores(cohorts_by_id[row.id], row, routes[row.id], ticked)
        return ticked

    async def update_member_scores(self, cohort: Cohort, member: Member) -> None:
        """Lock a member's person and count their scores again, for every account."""
        person_id = await PeopleQueries(self._connection).lock_person(member.person.account_id)
        await self.update_locked_person_scores(cohort, person_id)

    async def update_locked_person_scores(self, cohort: Cohort, person_id: int) -> None:
        """Count a person's scores in a cohort again from their ticks, for every account.

        The person must be locked: this function locks nothing.
        """
        ticked = await self._load_ticks(person_id, cohort.roadmap)
        route = (await self._load_routes(person_id, [cohort]))[cohort.id]
        columns = (members.c.id.label("member_id"), members.c.shown)
        query = select_memberships(cohort.id, person_id, *columns)
        for row in self._connection.execute(query).all():
            await self._write_scores(cohort, row, route, ticked)

    async def _load_routes(
        self, person_id: int, person_cohorts: Collection[Cohort]
    ) -> dict[int, Route]:
        """Return a person's route in each cohort, by cohort id."""
        picks = await PeopleQueries(self._connection).load_picks_by_cohort(person_id)
        roadmaps = {}
        # A set: several cohorts may go through the same version, which is then read once.
        for plan_id in {cohort.plan_id for cohort in person_cohorts}:
            roadmaps[plan_id] = await CohortQueries(self._connection).load_roadmap_by_id(plan_id)
        routes = {}
        for cohort in person_cohorts:
            roadmap, words = roadmaps[cohort.plan_id], picks.get(cohort.id, ())
            routes[cohort.id] = build_route(roadmap, cohort.syllabus, words)
        return routes

    async def _write_scores(
        self, cohort: Cohort, row: Row[Any], route: Route, ticked: frozenset[str]
    ) -> None:
        """Store a membership's score and its score in each week.

        `row` has `member_id` and `shown`.
        """
        # Slots are counted, not ticks: equivalent items fill one slot between them, and an item
        # off the member's route fills none. Two ticks may therefore raise a score by one or zero.
        total = route.count_done_slots(ticked)
        change = members.update().where(members.c.id == row.member_id)
        self._connection.execute(change.values(score=total))
        statement = build_insert(self._connection, scores).values(
            _build_score_rows(cohort, row, route, ticked)
        )
        key = [scores.c.member_id, scores.c.week_id]
        excluded = statement.excluded
        # A tick changes one week; the others are left unwritten.
        upsert = statement.on_conflict_do_update(
            index_elements=key,
            set_={"done": excluded.done, "shown": excluded.shown},
            where=scores.c.done != excluded.done,
        )
        self._connection.execute(upsert)


def _build_score_rows(
    cohort: Cohort, row: Row[Any], route: Route, ticked: frozenset[str]
) -> list[dict[str, Any]]:
    score_rows = []
    for week in cohort.syllabus.weeks:
        score_row = {
            "member_id": row.member_id,
            "week_id": week.id,
            "cohort_id": cohort.id,
            "shown": row.shown,
            "done": route.count_done_slots(ticked, week.id),
        }
        score_rows.append(score_row)
    return score_rows
