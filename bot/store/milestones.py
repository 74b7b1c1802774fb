"""Milestones that everybody may hear of: one short post at most a day in each cohort.

A row is noted with the tick or the check-in that may have reached it, without any lock on the
cohort. The scheduler looks at what is due, and enters the post of the day. Its text is written
from these rows, so whoever is hidden, away or gone by then is not named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from bot.group.calendar import DAY, CalendarWeek, convert_to_utc
from bot.group.cohort import Cohort
from bot.group.milestones import Milestone
from bot.group.progress import get_public_name
from bot.post import MILESTONE, MilestoneNews, PostSlot
from bot.store.boards import BoardQueries
from bot.store.cohorts import CohortQueries
from bot.store.connection import TxConnection
from bot.store.ledger import LedgerQueries
from bot.store.members import MemberQueries
from bot.store.memberships import Membership
from bot.store.rows import DialectInsert
from bot.store.tables import letters, members, milestones

SETTLING = timedelta(minutes=10)
"""A slip is taken back within minutes, and what comes together is told together."""

LATE_DAYS = 7  # days after a week in which its last check-in is still news
SMALL_GROUP = 3  # of fewer, "everybody" points at the one who is last
READ = 500  # rows that are read for a post
NAMES = 3  # names for each milestone; the others are counted
WEEK = "week"  # everybody has checked in for it

_TELLING_STATES = frozenset({"running", "paused"})

_NOTE = DialectInsert(milestones, lambda insert: insert.on_conflict_do_nothing())
# A week that was looked at in vain is looked at again after the next check-in.
_NOTE_WEEK = DialectInsert(
    milestones,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["cohort_id", "edition", "kind", "subject", "member_id"],
        set_={"due_at": insert.excluded.due_at},
        where=and_(milestones.c.due_at.is_(None), milestones.c.told_on.is_(None)),
    ),
)
_FORGET_UNTOLD = milestones.delete().where(
    milestones.c.member_id.in_(bindparam("members", expanding=True)),
    milestones.c.told_on.is_(None),
)
_SELECT_DUE = (
    select(milestones)
    .where(milestones.c.cohort_id == bindparam("cohort"), milestones.c.due_at <= bindparam("now"))
    .order_by(milestones.c.id)
)
_IS_LISTED = milestones.c.id.in_(bindparam("rows", expanding=True))
_TELL = milestones.update().where(_IS_LISTED).values(told_on=bindparam("today"), due_at=None)
_REST = milestones.update().where(_IS_LISTED).values(due_at=bindparam("until"))
_SELECT_POST_OF_DAY = (
    select(letters.c.id)
    .where(
        letters.c.cohort_id == bindparam("cohort"),
        letters.c.edition == bindparam("edition"),
        letters.c.kind == MILESTONE,
        letters.c.ref == bindparam("ref"),
    )
    .limit(1)
)
_SEAT = members.alias("seat")
_SELECT_TOLD = (
    select(milestones.c.kind, milestones.c.subject, milestones.c.member_id)
    .outerjoin(_SEAT, _SEAT.c.id == milestones.c.member_id)
    .where(
        milestones.c.cohort_id == bindparam("cohort"),
        milestones.c.edition == bindparam("edition"),
        milestones.c.told_on == bindparam("today"),
        or_(milestones.c.member_id == 0, _SEAT.c.shown),
    )
    .order_by(milestones.c.id)
    .limit(READ)
)


@dataclass(frozen=True, slots=True)
class ReachedMilestones:
    """What a membership has reached with new ticks."""

    membership: Membership
    milestones: tuple[Milestone, ...] = ()


class MilestoneQueries:
    """Queries about milestones."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    # — noting —

    async def note_milestones(self, reached: Sequence[ReachedMilestones], now: datetime) -> None:
        """Note what visible members have reached; what was noted before stays as it is."""
        rows = []
        for seat, milestone in _list_public(reached):
            row = _build_row(seat.cohort, milestone.kind, milestone.subject, seat.id)
            rows.append({**row, "at": now, "due_at": now + SETTLING})
        if rows:
            self._connection.execute(_NOTE.for_engine(self._connection), rows)

    async def note_checkin(self, cohort: Cohort, week_id: str, now: datetime) -> None:
        """Have somebody look soon if everybody has checked in for a week."""
        row = _build_row(cohort, WEEK, week_id, 0)
        row.update(at=now, due_at=now + SETTLING)
        self._connection.execute(_NOTE_WEEK.for_engine(self._connection), row)

    async def forget_untold_milestones(self, seats: Sequence[ReachedMilestones]) -> None:
        """Forget what nobody was told yet about these memberships: a tick was taken back."""
        member_ids = [seat.membership.id for seat in seats]
        if member_ids:
            self._connection.execute(_FORGET_UNTOLD, {"members": member_ids})

    # — telling —

    async def enter_milestone_posts(self, cohort: Cohort, now: datetime) -> None:
        """Enter the post of the day, if anything is to be told. The cohort must be locked."""
        wanted = {"cohort": cohort.id, "now": now}
        due = self._connection.execute(_SELECT_DUE, wanted).all()
        rows = await self._drop_unfinished_weeks(cohort, due, now)
        today = cohort.get_cohort_date(now)
        untold = [row for row in rows if not _is_to_be_told(cohort, row)]
        # Nobody wants to hear of them later either.
        self._mark_told(untold, today)
        rows = [row for row in rows if row not in untold]
        if not rows:
            return
        if self._has_post_of_day(cohort, today):
            tomorrow = convert_to_utc(today + DAY, cohort.at, cohort.zone)
            self._connection.execute(_REST, {"rows": _list_ids(rows), "until": tomorrow})
            return
        homes = await CohortQueries(self._connection).list_homes(cohort.id)
        slot = PostSlot(MILESTONE, today.isoformat(), now)
        await LedgerQueries(self._connection).enter_due_posts(cohort, [slot], homes)
        self._mark_told(rows, today)

    def _mark_told(self, rows: Sequence[Any], today: date) -> None:
        if rows:
            self._connection.execute(_TELL, {"rows": _list_ids(rows), "today": today})

    async def _drop_unfinished_weeks(
        self, cohort: Cohort, due: Sequence[Any], now: datetime
    ) -> list[Any]:
        """Return the due rows, without weeks for which not everybody has checked in."""
        rows, unfinished = [], []
        for row in due:
            if row.kind != WEEK or await self._has_everybody(cohort, row.subject, now):
                rows.append(row)
            else:
                unfinished.append(row)
        if unfinished:
            self._connection.execute(_REST, {"rows": _list_ids(unfinished), "until": None})
        return rows

    async def _has_everybody(self, cohort: Cohort, week_id: str, now: datetime) -> bool:
        week = cohort.calendar.find_week(week_id)
        if week is None or _is_long_over(cohort, week, now):
            return False
        counts = await BoardQueries(self._connection).count_week_activity(cohort, week, now)
        return SMALL_GROUP <= counts.check_in_total <= counts.checked_in_count

    def _has_post_of_day(self, cohort: Cohort, today: date) -> bool:
        wanted = {"cohort": cohort.id, "edition": cohort.edition, "ref": today.isoformat()}
        return self._connection.execute(_SELECT_POST_OF_DAY, wanted).first() is not None

    async def load_milestone_news(
        self, cohort: Cohort, day: str, now: datetime
    ) -> tuple[MilestoneNews, ...]:
        """Return what the post of a day tells, without anybody hidden, away or gone."""
        wanted = {
            "cohort": cohort.id,
            "edition": cohort.edition,
            "today": date.fromisoformat(day),
        }
        rows = self._connection.execute(_SELECT_TOLD, wanted).all()
        ids = sorted({row.member_id for row in rows if row.member_id})
        known = await MemberQueries(self._connection).load_members_by_id(ids, cohort.id)
        names: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in rows:
            key = (row.kind, row.subject)
            if not row.member_id:
                # The group's own: it names nobody.
                names[key] += []
                continue
            name = get_public_name(known[row.member_id], cohort, now)
            if name is not None:
                names[key].append(name)
        news = []
        for (kind, subject), reached in names.items():
            news.append(MilestoneNews(kind, subject, tuple(reached[:NAMES]), len(reached)))
        return tuple(news)


def _is_long_over(cohort: Cohort, week: CalendarWeek, now: datetime) -> bool:
    return week.last is not None and cohort.get_cohort_date(now) > week.last + LATE_DAYS * DAY


def _is_to_be_told(cohort: Cohort, row: Any) -> bool:
    if not cohort.get_post_setting(MILESTONE).on or row.edition != cohort.edition:
        return False
    # After the end, only the last item of somebody who went on is worth a word.
    return cohort.state in _TELLING_STATES or (cohort.state == "finished" and row.kind == "plan")


def _list_public(
    reached: Iterable[ReachedMilestones],
) -> Iterator[tuple[Membership, Milestone]]:
    for found in reached:
        if found.membership.shown:
            for milestone in found.milestones:
                yield found.membership, milestone


def _build_row(cohort: Cohort, kind: str, subject: str, member_id: int) -> dict[str, Any]:
    return {
        "cohort_id": cohort.id,
        "edition": cohort.edition,
        "kind": kind,
        "subject": subject,
        "member_id": member_id,
    }


def _list_ids(rows: Sequence[Any]) -> list[int]:
    return [row.id for row in rows]
