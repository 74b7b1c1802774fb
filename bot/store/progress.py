"""Ticks and the scores kept beside them in the same transaction.

A tick belongs to a person and an item in a roadmap. A score counts the done slots on the member's
own route, in all and by week. It can always be counted again from the ticks, and then agrees.

Whoever changes ticks, picks or accounts locks the person first and counts last. Two transactions
that counted at the same time would each miss the other's tick, and both scores would be wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql

from bot.group.cohort import Cohort, Member
from bot.group.member import Person
from bot.group.milestones import list_public_milestones
from bot.group.route import Route, build_route
from bot.store.boards import NAMED, TOP, BoardQueries
from bot.store.checkins import CheckinQueries, CheckinReport
from bot.store.conditions import OWN_ACCOUNTS
from bot.store.count_edits import note_activity
from bot.store.memberships import Membership, load_memberships, load_roadmap
from bot.store.milestones import MilestoneQueries, ReachedMilestones
from bot.store.own_boards import (
    BoardPosition,
    OwnBoard,
    load_board_position,
    load_own_boards,
)
from bot.store.people import PeopleQueries
from bot.store.recalls import RecallQueries
from bot.store.rows import DialectInsert
from bot.store.tables import accounts, members, scores, ticks

__all__ = ["NAMED", "TOP", "CheckinReport", "ProgressQueries"]


_SELECT_TICKS = (
    select(ticks.c.item)
    .join(accounts, accounts.c.id == ticks.c.account_id)
    .where(accounts.c.person_id == bindparam("person"), ticks.c.roadmap == bindparam("roadmap"))
)
_SELECT_TICKS_OF_PEOPLE = (
    select(accounts.c.person_id, ticks.c.roadmap, ticks.c.item)
    .join(accounts, accounts.c.id == ticks.c.account_id)
    .where(
        accounts.c.person_id.in_(bindparam("persons", expanding=True)),
        ticks.c.roadmap.in_(bindparam("roadmaps", expanding=True)),
    )
)
_INSERT_TICKS = DialectInsert(ticks, lambda insert: insert.on_conflict_do_nothing())
_DELETE_TICKS = ticks.delete().where(
    ticks.c.account_id.in_(OWN_ACCOUNTS),
    ticks.c.roadmap == bindparam("roadmap"),
    ticks.c.item.in_(bindparam("items", expanding=True)),
)
_UPDATE_SCORE = (
    members.update().where(members.c.id == bindparam("member")).values(score=bindparam("total"))
)
_SAVE_SCORES = DialectInsert(
    scores,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[scores.c.member_id, scores.c.week_id],
        set_={"done": insert.excluded.done, "shown": insert.excluded.shown},
        where=scores.c.done != insert.excluded.done,
    ),
)


_SCORE_ROW = {
    column.name: bindparam(f"new_{column.name}", type_=column.type) for column in scores.c
}
_INSERT_SCORE = postgresql.insert(scores).values(_SCORE_ROW)
_SAVE_SCORE_AND_TOTAL = _INSERT_SCORE.on_conflict_do_update(
    index_elements=[scores.c.member_id, scores.c.week_id],
    set_={"done": _INSERT_SCORE.excluded.done, "shown": _INSERT_SCORE.excluded.shown},
    where=scores.c.done != _INSERT_SCORE.excluded.done,
).add_cte(_UPDATE_SCORE.cte("new_total"))
"""The score of one week and the total in one trip, on Postgres alone."""


class ProgressQueries(CheckinQueries, BoardQueries):
    """Queries about ticks, check-ins, scores and boards."""

    # — one's own boards —

    async def load_board_position(
        self, cohort: Cohort, member: Member, week_id: str | None
    ) -> BoardPosition:
        """Return a member's position on one board: a week's, or the whole plan's."""
        return await load_board_position(self._connection, cohort, member, week_id)

    async def load_own_boards(
        self, cohort: Cohort, member: Member, week_id: str | None
    ) -> tuple[OwnBoard, ...]:
        """Return a member's places: on the week's board, if one is given, and the whole plan's."""
        return await load_own_boards(self._connection, cohort, member, week_id)

    # — ticks —

    async def load_ticked_items(self, person: Person, roadmap: str) -> frozenset[str]:
        """Return the items a person has ticked on a roadmap, through any account."""
        return await self._load_ticks(person.id, roadmap)

    async def load_ticks_of_people(
        self, person_ids: Collection[int], roadmaps: Collection[str]
    ) -> Mapping[tuple[int, str], frozenset[str]]:
        """Return the items ticked on these roadmaps, by person id and roadmap, where any are."""
        if not person_ids:
            return {}
        wanted = {"persons": sorted(set(person_ids)), "roadmaps": sorted(set(roadmaps))}
        found: dict[tuple[int, str], set[str]] = defaultdict(set)
        for row in self._connection.execute(_SELECT_TICKS_OF_PEOPLE, wanted):
            found[row.person_id, row.roadmap].add(row.item)
        return {key: frozenset(items) for key, items in found.items()}

    async def _load_ticks(self, person_id: int, roadmap: str) -> frozenset[str]:
        values = {"person": person_id, "roadmap": roadmap}
        if self._connection.knows("fresh", person_id):
            # Met in this transaction, and nothing was ticked since.
            return frozenset()
        return self._connection.remember(
            "ticks",
            (person_id, roadmap),
            lambda: frozenset(self._connection.execute(_SELECT_TICKS, values).scalars()),
        )

    async def tick_items(
        self, person: Person, roadmap: str, items: Iterable[str], now: datetime
    ) -> frozenset[str]:
        """Mark items done in every cohort of the person on that roadmap; return all ticks.

        Locks the person, and updates their scores.
        """
        person_id = await PeopleQueries(self._connection).lock_person(person.account_id)
        before = await self._load_ticks(person_id, roadmap)
        # A tick through another account stays that account's: it goes along if they part.
        rows = []
        for item in sorted(set(items) - before):
            row = {"account_id": person.account_id, "roadmap": roadmap, "item": item, "at": now}
            rows.append(row)
        if not rows:
            return before
        self._connection.execute(_INSERT_TICKS.for_engine(self._connection), rows)
        ticked = before.union(str(row["item"]) for row in rows)
        self._connection.note("ticks", (person_id, roadmap), ticked)
        reached = await self._update_roadmap_scores(person_id, roadmap, before)
        await MilestoneQueries(self._connection).note_milestones(reached, now)
        if person.recall == "yes":
            recalls = RecallQueries(self._connection)
            await recalls.plan_ticked_topics(person, roadmap, ticked - before, now)
        return ticked

    async def untick_items(
        self, person: Person, roadmap: str, items: Iterable[str]
    ) -> frozenset[str]:
        """Take marks back, by whichever account; return the items still ticked.

        Locks the person, and updates their scores.
        """
        person_id = await PeopleQueries(self._connection).lock_person(person.account_id)
        before = await self._load_ticks(person_id, roadmap)
        removed = before.intersection(items)
        if not removed:
            return before
        values = {"person": person_id, "roadmap": roadmap, "items": sorted(removed)}
        self._connection.execute(_DELETE_TICKS, values)
        self._connection.note("ticks", (person_id, roadmap), before - removed)
        reached = await self._update_roadmap_scores(person_id, roadmap, before)
        await MilestoneQueries(self._connection).forget_untold_milestones(reached)
        if person.recall == "yes":
            await RecallQueries(self._connection).stop_topics(person, roadmap, removed)
        return before - removed

    # — scores —

    async def _update_roadmap_scores(
        self, person_id: int, roadmap: str, before: frozenset[str]
    ) -> Sequence[ReachedMilestones]:
        """Write the scores that a locked person's ticks have changed, in every cohort.

        Return what each membership has reached with them. `before`: their ticks until now.
        """
        reached = []
        ticked = await self._load_ticks(person_id, roadmap)
        for membership in load_memberships(self._connection, person_id):
            if membership.cohort.roadmap != roadmap:
                continue
            route = await self._load_route(person_id, membership.cohort)
            weeks = _list_changed_weeks(membership.cohort, route, before, ticked)
            if membership.shown:
                note_activity(self._connection, "ticks", membership.cohort, weeks)
            self._write_scores(membership, route, ticked, weeks)
            found = list_public_milestones(membership.cohort.syllabus, route, before, ticked)
            reached.append(ReachedMilestones(membership, found))
        return reached

    async def update_member_scores(self, cohort: Cohort, member: Member) -> None:
        """Lock a member's person and count their scores again, for every account."""
        person_id = await PeopleQueries(self._connection).lock_person(member.person.account_id)
        await self.update_locked_person_scores(cohort, person_id)

    async def update_locked_person_scores(self, cohort: Cohort, person_id: int) -> None:
        """Count a person's scores in a cohort again from their ticks, for every account.

        The person must be locked: this function locks nothing.
        """
        ticked = await self._load_ticks(person_id, cohort.roadmap)
        route = await self._load_route(person_id, cohort)
        weeks = [week.id for week in cohort.syllabus.weeks]
        for membership in load_memberships(self._connection, person_id):
            if membership.cohort_id == cohort.id:
                self._write_scores(membership, route, ticked, weeks)

    async def _load_route(self, person_id: int, cohort: Cohort) -> Route:
        """Return a person's route in a cohort."""
        picks = await PeopleQueries(self._connection).load_picks_by_cohort(person_id)
        roadmap = load_roadmap(self._connection, cohort.plan_id)
        return build_route(roadmap, cohort.syllabus, picks.get(cohort.id, ()))

    def _write_scores(
        self,
        membership: Membership,
        route: Route,
        ticked: frozenset[str],
        week_ids: Sequence[str],
    ) -> None:
        """Store a membership's score, and its score in these weeks."""
        # Slots are counted, not ticks: equivalent items fill one slot between them, and an item
        # off the member's route fills none. Two ticks may therefore raise a score by one or zero.
        total = route.count_done_slots(ticked)
        rows = []
        for week_id in week_ids:
            row = {
                "member_id": membership.id,
                "week_id": week_id,
                "cohort_id": membership.cohort_id,
                "shown": membership.shown,
                "done": route.count_done_slots(ticked, week_id),
            }
            rows.append(row)
        self._save_score_rows(membership, total, rows)

    def _save_score_rows(
        self, membership: Membership, total: int, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        changed_total = {"member": membership.id, "total": total}
        is_total_changed = total != membership.score
        is_on_postgres = self._connection.dialect.name == "postgresql"
        # A tick changes the score of one week, as a rule.
        if is_on_postgres and is_total_changed and len(rows) == 1:
            values = {f"new_{name}": value for name, value in rows[0].items()}
            # The update within is not seen by the connection: a seat holds the total.
            self._connection.forget("seats")
            self._connection.execute(_SAVE_SCORE_AND_TOTAL, {**values, **changed_total})
            return
        if is_total_changed:
            self._connection.execute(_UPDATE_SCORE, changed_total)
        if rows:
            self._connection.execute(_SAVE_SCORES.for_engine(self._connection), rows)


def _list_changed_weeks(
    cohort: Cohort, route: Route, before: frozenset[str], after: frozenset[str]
) -> list[str]:
    """Return the weeks whose score is another after a change of ticks."""
    return [
        week.id
        for week in cohort.syllabus.weeks
        if route.count_done_slots(before, week.id) != route.count_done_slots(after, week.id)
    ]
