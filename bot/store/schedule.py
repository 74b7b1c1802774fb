"""When the next post of a cohort or a member falls due, kept beside it; and the ledger fed from it, exactly once.

`looked_at` says up to which instant the posts are in the ledger. A change of dates enters first what the old dates made due
and counts from now on: it makes no moment due that was past before, and loses none that was still to come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.group.cohort import Cohort, Member
from bot.post import (
    PostRegistry,
    PostSlot,
    find_next_post_moment,
    list_join_kinds,
    list_overdue_slots,
    list_slots_between,
    post_registry,
)
from bot.store.cohorts import CohortQueries
from bot.store.events import EventQueries
from bot.store.ledger import LedgerQueries
from bot.store.members import SEATED, MemberQueries, select_members
from bot.store.newcomers import NewcomerQueries
from bot.store.tables import cohorts, members

BATCH = 200


def find_earliest(*moments: datetime | None) -> datetime | None:
    """Return the first of these instants; None where there is none."""
    return min((moment for moment in moments if moment is not None), default=None)


class ScheduleQueries:
    """Queries about what falls due."""

    def __init__(
        self, connection: AsyncConnection, post_kinds: PostRegistry = post_registry
    ) -> None:
        self._connection = connection
        self._post_kinds = post_kinds
        self._newcomers = NewcomerQueries(connection, post_kinds)
        self._ledger = LedgerQueries(connection)

    async def list_due_cohort_ids(self, now: datetime) -> tuple[list[int], list[int]]:
        """The ids of cohorts with something due, and of cohorts with a member who has; two indexed queries."""
        asked = (
            select(cohorts.c.id)
            .where(cohorts.c.next_due_at <= now)
            .order_by(cohorts.c.next_due_at)
            .limit(BATCH)
        )
        of_cohorts = list((await self._connection.execute(asked)).scalars())
        asked = (
            select(members.c.cohort_id).where(members.c.next_due_at <= now).distinct().limit(BATCH)
        )
        return of_cohorts, list((await self._connection.execute(asked)).scalars())

    async def enter_cohort_posts(self, cohort_id: int, now: datetime) -> None:
        """Enter a cohort's posts up to now, and let time bring it to its next state."""
        cohort = await CohortQueries(self._connection).lock_cohort(cohort_id)
        if cohort is None:
            return
        await self._enter_posts_of_homes(cohort, now)
        moved = cohort.advance_state(now)
        due = find_earliest(
            find_next_post_moment(moved, now, post_kinds=self._post_kinds),
            await self._newcomers.enter_newcomer_posts(moved, now),
        )
        await self._store_cohort(replace(moved, looked_at=now, next_due_at=due))

    async def enter_member_posts(self, cohort_id: int, now: datetime) -> bool:
        """Enter the private posts of up to `BATCH` members of a cohort up to now. Returns whether there may be more."""
        cohort = await CohortQueries(self._connection).load_cohort(cohort_id)
        asked = select_members().add_columns(members.c.looked_at, members.c.next_due_at)
        asked = asked.where(members.c.cohort_id == cohort_id, members.c.next_due_at <= now).limit(
            BATCH
        )
        rows = (
            await self._connection.execute(asked.with_for_update(of=members, skip_locked=True))
        ).all()
        if cohort is None or not rows:
            return False
        seen = await MemberQueries(self._connection).load_members_by_id(
            [row.id for row in rows], cohort_id
        )
        for row in rows:
            await self._enter_posts_of_member(cohort, seen[row.id], row.looked_at or now, now)
        return len(rows) == BATCH

    async def _enter_posts_of_member(
        self, cohort: Cohort, member: Member, since: datetime, now: datetime
    ) -> None:
        slots = list_slots_between(cohort, since, now, member, self._post_kinds)
        await self._ledger.enter_due_posts(cohort, slots, member_id=member.id)
        due = find_next_post_moment(cohort, now, member, self._post_kinds)
        changed = members.update().where(members.c.id == member.id)
        await self._connection.execute(changed.values(looked_at=now, next_due_at=due))

    async def save_changed_cohort(
        self, before: Cohort, after: Cohort, now: datetime, since: datetime | None = None
    ) -> Cohort:
        """Store a cohort whose dates, state or posts were changed. Its coming posts count from `since`, or from now.

        A post that was still to come and is past by the new dates is late, as after an outage. Homes that know of a call
        which has changed are told so, and its event is changed.
        """
        await self._enter_posts_of_homes(
            await CohortQueries(self._connection).lock_cohort(before.id) or before, now
        )
        while await self.enter_member_posts(before.id, now):
            pass
        if since is None and before.looked_at is not None:
            homes = await CohortQueries(self._connection).list_homes(after.id)
            overdue = list_overdue_slots(before, after, now, self._post_kinds)
            await self._ledger.enter_due_posts(after, overdue, homes)
        moved = after if since else after.advance_state(now)
        due = find_earliest(
            find_next_post_moment(moved, since or now, post_kinds=self._post_kinds),
            await self._newcomers.enter_newcomer_posts(moved, now),
        )
        saved = replace(moved, looked_at=since or now, next_due_at=due)
        await self._store_cohort(saved)
        stay = members.update().where(members.c.cohort_id == after.id, SEATED)
        await self._connection.execute(stay.values(looked_at=now, next_due_at=now))
        await EventQueries(self._connection).announce_call_changes(saved, now, before)
        return saved

    async def schedule_newcomer_posts(self, cohort: Cohort, now: datetime) -> None:
        """Have somebody who has just joined named, now or when the hour of a home is over. The cohort must be locked."""
        due = await self._newcomers.enter_newcomer_posts(cohort, now)
        if due is not None:
            sooner = or_(cohorts.c.next_due_at.is_(None), cohorts.c.next_due_at > due)
            changed = cohorts.update().where(cohorts.c.id == cohort.id, sooner)
            await self._connection.execute(changed.values(next_due_at=due))

    async def list_newcomer_posts(
        self, cohort: Cohort, now: datetime
    ) -> Sequence[tuple[PostSlot, int]]:
        """The posts about new members that wait for an hour to be over, each with the home it goes to."""
        groups = await self._newcomers.list_newcomer_groups(cohort, now)
        return [
            (PostSlot(kind.name, group.letter_ref, group.due_at), group.home_id)
            for group in groups
            if group.is_shown
            for kind in list_join_kinds(cohort, self._post_kinds)
        ]

    async def _enter_posts_of_homes(self, cohort: Cohort, now: datetime) -> None:
        if cohort.looked_at is not None:
            homes = await CohortQueries(self._connection).list_homes(cohort.id)
            slots = list_slots_between(cohort, cohort.looked_at, now, post_kinds=self._post_kinds)
            await self._ledger.enter_due_posts(cohort, slots, homes)

    async def _store_cohort(self, cohort: Cohort) -> None:
        await CohortQueries(self._connection).update_cohort(cohort)

    async def reset_due_times(self, now: datetime, *, new_kinds: bool = False) -> None:
        """Have every `next_due_at` computed again at the next look: the kinds of posts or the zone data have changed.

        With `new_kinds`, moments before the old `next_due_at` are past: nothing was due then, and nothing becomes so.
        """
        alive = cohorts.c.state.in_(("open", "running", "paused"))
        theirs = select(cohorts.c.id).where(
            or_(alive, cohorts.c.state == "finished")
        )  # clocks of members may go on
        here = and_(members.c.cohort_id.in_(theirs), SEATED)
        if new_kinds:
            await self._skip_past_moments(cohorts, alive, now)
            await self._skip_past_moments(members, here, now)
        await self._connection.execute(cohorts.update().where(alive).values(next_due_at=now))
        await self._connection.execute(members.update().where(here).values(next_due_at=now))

    async def _skip_past_moments(
        self, table: Table, where: ColumnElement[bool], now: datetime
    ) -> None:
        looked, due = table.c.looked_at, table.c.next_due_at
        coming = table.update().where(where, looked.is_not(None), or_(due.is_(None), due > now))
        await self._connection.execute(coming.values(looked_at=now))
        overdue = await self._connection.execute(
            select(table.c.id, due).where(where, looked < due, due <= now)
        )
        for row in overdue.all():
            before = row.next_due_at - timedelta(microseconds=1)
            await self._connection.execute(
                table.update().where(table.c.id == row.id).values(looked_at=before)
            )

    async def find_next_due(self) -> datetime | None:
        """The next instant at which anything falls due: a post of a cohort, of a member, or a letter or an event that waits."""
        asked = [
            select(func.min(cohorts.c.next_due_at)),
            select(func.min(members.c.next_due_at)),
        ]
        found = [(await self._connection.execute(one)).scalar() for one in asked]
        found += [
            await self._ledger.find_next_letter_due(),
            await EventQueries(self._connection).find_next_event_due(),
        ]
        return min((at for at in found if at is not None), default=None)
