"""The next due moment for cohorts and members, and the ledger fed from it, exactly once.

`looked_at` says up to which instant the posts are in the ledger. A change to the dates first
enters everything the old dates made due, and counts from now on. So it makes no moment due that
was past before, and loses none that was still to come.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    bindparam,
    or_,
    select,
)

from bot.group.cohort import Cohort
from bot.post import (
    PostRegistry,
    PostSlot,
    find_next_post_moment,
    list_join_kinds,
    list_overdue_slots,
    list_slots_between,
    post_registry,
)
from bot.store.bulletins import BulletinQueries
from bot.store.cohorts import CohortQueries
from bot.store.connection import TxConnection
from bot.store.count_edits import note_audience
from bot.store.due import BATCH, SELECT_DUE, SELECT_DUE_WORK, SELECT_NEXT_MOMENTS
from bot.store.events import EventQueries
from bot.store.help_requests import HelpQueries
from bot.store.ledger import LedgerQueries
from bot.store.members import MemberQueries
from bot.store.milestones import MilestoneQueries
from bot.store.moderation import ModerationQueries
from bot.store.newcomers import NewcomerQueries
from bot.store.seats import SEATED, select_members
from bot.store.tables import cohorts, members
from bot.store.waiting import WaitingQueries

_ACTIVE = ("open", "running", "paused")
_SET_MEMBER_CLOCK = (
    members.update()
    .where(members.c.id == bindparam("member"))
    .values(looked_at=bindparam("now"), next_due_at=bindparam("due_at"))
)
_ADVANCE_COHORT = (
    cohorts.update()
    .where(cohorts.c.id == bindparam("cohort"))
    .values(
        state=bindparam("advanced_state"),
        looked_at=bindparam("now"),
        next_due_at=bindparam("due_at"),
    )
)
_MAKE_DUE_SOONER = (
    cohorts.update()
    .where(
        cohorts.c.id == bindparam("cohort"),
        or_(cohorts.c.next_due_at.is_(None), cohorts.c.next_due_at > bindparam("due_at")),
    )
    .values(next_due_at=bindparam("due_at"))
)


@dataclass(frozen=True, slots=True)
class DueIds:
    """What is due: cohorts, cohorts with such a member, and accounts with a question to answer.

    `news`: cohorts in which something has happened that a post may be about.
    """

    cohorts: Sequence[int]
    members: Sequence[int]
    recalls: Sequence[int]
    news: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class DueWork:
    """Which kinds of work the outbox can claim."""

    has_letters: bool
    has_events: bool
    has_edits: bool
    has_roles: bool

    @property
    def is_empty(self) -> bool:
        """True if nothing can be claimed."""
        return not (self.has_letters or self.has_events or self.has_edits or self.has_roles)


def find_earliest(*moments: datetime | None) -> datetime | None:
    """Return the first among these instants, or None if there is none."""
    return min((moment for moment in moments if moment is not None), default=None)


class ScheduleQueries:
    """Queries about due posts."""

    def __init__(self, connection: TxConnection, post_kinds: PostRegistry = post_registry) -> None:
        self._connection = connection
        self._post_kinds = post_kinds
        self._newcomers = NewcomerQueries(connection, post_kinds)
        self._waiting = WaitingQueries(connection)
        self._bulletins = BulletinQueries(connection)
        self._ledger = LedgerQueries(connection)

    # — entering posts that fell due —

    async def list_due_ids(self, now: datetime) -> DueIds:
        """Return the ids of everything with something due.

        One statement over three indexes, so a tick costs what is due and not what exists.
        """
        ids: dict[str, list[int]] = {"cohort": [], "members": [], "recalls": [], "news": []}
        for row in self._connection.execute(SELECT_DUE, {"now": now}):
            ids[row.scope].append(row.id)
        return DueIds(ids["cohort"], ids["members"], ids["recalls"], ids["news"])

    async def enter_news_posts(self, cohort_id: int, now: datetime) -> None:
        """Enter the posts about what has happened in a cohort: milestones, and calls for help.

        Locks the cohort.
        """
        cohort = await CohortQueries(self._connection).lock_cohort(cohort_id)
        if cohort is None:
            return
        advanced = cohort.advance_state(now)
        await MilestoneQueries(self._connection).enter_milestone_posts(advanced, now)
        await HelpQueries(self._connection).enter_help_posts(advanced, now)

    async def enter_cohort_posts(self, cohort_id: int, now: datetime) -> None:
        """Enter a cohort's posts up to now, and advance its state.

        Locks the cohort.
        """
        cohort = await CohortQueries(self._connection).lock_cohort(cohort_id)
        if cohort is None:
            return
        # Posts first, by the state in which they fell due; then time advances the state.
        await self._enter_posts_of_homes(cohort, now)
        advanced = cohort.advance_state(now)
        due_at = find_earliest(
            find_next_post_moment(advanced, now, post_kinds=self._post_kinds),
            await self._newcomers.enter_newcomer_posts(advanced, now),
            await self._waiting.tell_waiting_people(advanced, now),
            await self._bulletins.enter_due_bulletins(advanced, now),
        )
        # Time changes nothing else, and to write a whole syllabus costs more than all the rest.
        change = {"cohort": cohort.id, "advanced_state": advanced.state}
        self._connection.execute(_ADVANCE_COHORT, {**change, "now": now, "due_at": due_at})

    async def enter_member_posts(self, cohort_id: int, now: datetime) -> bool:
        """Enter the private posts for up to 200 members; return True if there may be more.

        Locks these members' rows, and skips any that another process holds.
        """
        cohort = await CohortQueries(self._connection).load_cohort(cohort_id)
        query = (
            select_members()
            .add_columns(members.c.looked_at, members.c.next_due_at)
            .where(members.c.cohort_id == cohort_id, members.c.next_due_at <= now)
            .limit(BATCH)
        )
        # `of`: the join also reads accounts, which others may go on changing.
        lock = query.with_for_update(of=members, skip_locked=True)
        rows = self._connection.execute(lock).all()
        if cohort is None or not rows:
            return False
        member_ids = [row.id for row in rows]
        loaded = await MemberQueries(self._connection).load_members_by_id(member_ids, cohort_id)
        clocks = []
        for row in rows:
            member, since = loaded[row.id], row.looked_at or now
            slots = list_slots_between(cohort, since, now, member, self._post_kinds)
            await self._ledger.enter_due_posts(cohort, slots, member_id=member.id)
            due_at = find_next_post_moment(cohort, now, member, self._post_kinds)
            clocks.append({"member": member.id, "now": now, "due_at": due_at})
        self._connection.execute(_SET_MEMBER_CLOCK, clocks)
        return len(rows) == BATCH

    async def _enter_posts_of_homes(self, cohort: Cohort, now: datetime) -> None:
        # A draft has not been looked at: nothing has fallen due in it.
        if cohort.looked_at is not None:
            homes = await CohortQueries(self._connection).list_homes(cohort.id)
            slots = list_slots_between(cohort, cohort.looked_at, now, post_kinds=self._post_kinds)
            await self._ledger.enter_due_posts(cohort, slots, homes)
            await self._enter_moderator_posts(cohort, cohort.looked_at, now)

    async def _enter_moderator_posts(self, cohort: Cohort, since: datetime, now: datetime) -> None:
        slots = list_slots_between(
            cohort, since, now, post_kinds=self._post_kinds, scope="moderator"
        )
        if not slots:
            return
        readers = await ModerationQueries(self._connection).list_digest_readers(cohort)
        await self._ledger.enter_moderator_posts(cohort, slots, readers)

    # — changes —

    async def save_changed_cohort(
        self, before: Cohort, after: Cohort, now: datetime, since: datetime | None = None
    ) -> Cohort:
        """Store a cohort with changed dates, state or posts, and return it with its next moment.

        Its coming posts count from `since`, or from now.
        A post that was still to come and is past by the new dates is late, as after an outage.
        Homes that know a changed call are told, and its event changes.
        Locks the cohort.
        """
        await self._enter_old_posts(before, now)
        if since is None and before.looked_at is not None:
            await self._enter_overdue_posts(before, after, now)
        # With `since`, posts from then until now are still to be entered, by the state `after`
        # has. The next look enters them, and advances the state.
        advanced = after if since else after.advance_state(now)
        due_at = find_earliest(
            find_next_post_moment(advanced, since or now, post_kinds=self._post_kinds),
            await self._newcomers.enter_newcomer_posts(advanced, now),
            await self._waiting.tell_waiting_people(advanced, now),
            # A bulletin is due by its own time, whatever becomes of the dates.
            await self._bulletins.find_next_moment(advanced),
        )
        saved = replace(advanced, looked_at=since or now, next_due_at=due_at)
        await CohortQueries(self._connection).update_cohort(saved)
        if after.edition != before.edition:
            await MemberQueries(self._connection).reset_own_weeks(saved)
        await self._reset_member_clocks(saved, now)
        await EventQueries(self._connection).announce_call_changes(saved, now, before)
        # A board says where the cohort stands.
        note_audience(self._connection, saved.id, saved)
        return saved

    async def _enter_old_posts(self, before: Cohort, now: datetime) -> None:
        """Lock a cohort, and enter every post its old dates have made due."""
        # The lock comes before the look: a tick in another process may be entering the same
        # posts, and its `looked_at` counts, not the one read when the command began.
        current = await CohortQueries(self._connection).lock_cohort(before.id) or before
        await self._enter_posts_of_homes(current, now)
        while await self.enter_member_posts(before.id, now):
            pass

    async def _enter_overdue_posts(self, before: Cohort, after: Cohort, now: datetime) -> None:
        homes = await CohortQueries(self._connection).list_homes(after.id)
        overdue = list_overdue_slots(before, after, now)
        await self._ledger.enter_due_posts(after, overdue, homes)

    async def _reset_member_clocks(self, cohort: Cohort, now: datetime) -> None:
        # Due at once: the next tick computes every member's moment by the new dates, in batches.
        # `looked_at` moves too, so that look enters nothing from before the change.
        is_seated = and_(members.c.cohort_id == cohort.id, SEATED)
        change = members.update().where(is_seated)
        self._connection.execute(change.values(looked_at=now, next_due_at=now))

    async def schedule_look(self, cohort: Cohort, moment: datetime) -> None:
        """Have a cohort looked at no later than at an instant.

        The cohort must be locked.
        """
        self._connection.execute(_MAKE_DUE_SOONER, {"cohort": cohort.id, "due_at": moment})

    async def list_newcomer_posts(
        self, cohort: Cohort, now: datetime
    ) -> Sequence[tuple[PostSlot, int]]:
        """Return the posts about new members that wait for an hour to end, with their home ids."""
        groups = await self._newcomers.list_newcomer_groups(cohort, now)
        kinds = list_join_kinds(cohort, self._post_kinds)
        posts = []
        for group in groups:
            # Nobody to see, nothing to say.
            if not group.is_shown:
                continue
            for kind in kinds:
                slot = PostSlot(kind.name, group.letter_ref, group.due_at)
                posts.append((slot, group.home_id))
        return posts

    # — the cache of due moments —

    async def list_ticking_cohort_ids(self, after: int, limit: int) -> Sequence[int]:
        """Return ids above `after` for cohorts with clocks that go on, the lowest first."""
        # In a finished cohort the clocks of members may go on: some are shifted by weeks.
        has_clocks = cohorts.c.state.in_((*_ACTIVE, "finished"))
        query = select(cohorts.c.id).where(cohorts.c.id > after, has_clocks)
        return list(self._connection.execute(query.order_by(cohorts.c.id).limit(limit)).scalars())

    async def reset_due_times(
        self, cohort_ids: Collection[int], now: datetime, *, new_kinds: bool = False
    ) -> None:
        """Have every `next_due_at` in these cohorts computed again at the next look.

        For a start after the kinds of posts, or the time zone data, have changed.
        With `new_kinds`, moments before the old `next_due_at` are past: nothing was due then, and
        nothing becomes so.
        """
        is_active = and_(cohorts.c.id.in_(cohort_ids), cohorts.c.state.in_(_ACTIVE))
        is_ticking = and_(members.c.cohort_id.in_(cohort_ids), SEATED)
        # Before the update, which overwrites the moments that this step compares.
        if new_kinds:
            await self._skip_past_moments(cohorts, is_active, now)
            await self._skip_past_moments(members, is_ticking, now)
        self._connection.execute(cohorts.update().where(is_active).values(next_due_at=now))
        self._connection.execute(members.update().where(is_ticking).values(next_due_at=now))

    async def _skip_past_moments(
        self, table: Table, condition: ColumnElement[bool], now: datetime
    ) -> None:
        # A new kind of post may have moments between `looked_at` and now. The old program would
        # have sent nothing then, and a group that updates gets no weeks-old posts.
        looked, due = table.c.looked_at, table.c.next_due_at
        is_coming = or_(due.is_(None), due > now)
        self._connection.execute(
            table.update().where(condition, looked < now, is_coming).values(looked_at=now)
        )
        # A post of an old kind that is overdue stays so: its own moment is still in the window.
        overdue = select(table.c.id, due).where(condition, looked < due, due <= now)
        for row in self._connection.execute(overdue).all():
            just_before = row.next_due_at - timedelta(microseconds=1)
            change = table.update().where(table.c.id == row.id)
            self._connection.execute(change.values(looked_at=just_before))

    async def find_due_work(self, now: datetime) -> DueWork:
        """Return which kinds of work can be claimed: letters, events, edits, roles."""
        row = self._connection.execute(SELECT_DUE_WORK, {"now": now}).one()
        return DueWork(row.has_letters, row.has_events, row.has_edits, row.has_roles)

    async def find_next_due(self, now: datetime) -> datetime | None:
        """Return the next instant anything falls due, or None; not after `now` if anything is due.

        A cohort's or a member's post, a question, a letter that waits, an event, an edit, or a role.
        """
        moments = self._connection.execute(SELECT_NEXT_MOMENTS, {"now": now}).one()
        return find_earliest(*moments)
