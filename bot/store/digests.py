"""What a cohort's weekly digest says: the figures of two weeks, and letters that need somebody.

For moderators alone: hidden members count here, as they see them by name in the members' list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, Float, Integer, and_, bindparam, cast, func, or_, select

from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort
from bot.group.progress import is_excused
from bot.post import (
    QUIET_TOLD,
    DigestReadings,
    LetterTrouble,
    PostRegistry,
    WeekFigures,
    list_coming_slots,
    post_registry,
)
from bot.store.attention import AttentionQueries
from bot.store.checkins import CHECKINS_BY_SPEAKER, VOICE
from bot.store.cohorts import CohortQueries
from bot.store.connection import TxConnection
from bot.store.letter import build_account_ref
from bot.store.letter_states import match_states
from bot.store.members import BATCH, MemberQueries
from bot.store.seats import (
    MAY_BE_ABSENT,
    SEATED,
    build_absence_params,
    select_members,
)
from bot.store.tables import accounts, checkins, letters, members, scores

LOOK_BACK = 4  # weeks up to the digest's that are read: enough to see that a group is quiet
TROUBLE_AGE = timedelta(days=8)  # since the digest of the week before
MOST_TROUBLES = 5
COMING = timedelta(days=7)

_COHORT_ID = bindparam("cohort_id", type_=Integer)
_WEEK_IDS: BindParameter[str] = bindparam("week_ids", expanding=True)
_IS_SEATED_VOICE = and_(VOICE.c.left_at.is_(None), VOICE.c.voice_id.is_(None))

# Two accounts of one person may each have reported on a week: the newest report counts.
_PLACE = func.row_number().over(
    partition_by=(VOICE.c.id, checkins.c.week_id),
    order_by=(checkins.c.at.desc(), checkins.c.account_id),
)
_REPORTS = (
    select(checkins.c.week_id, checkins.c.hours, checkins.c.confidence, _PLACE.label("place"))
    .select_from(CHECKINS_BY_SPEAKER)
    .where(members.c.cohort_id == _COHORT_ID, _IS_SEATED_VOICE, checkins.c.week_id.in_(_WEEK_IDS))
    .subquery("reports")
)
_COUNT_REPORTS = (
    select(
        _REPORTS.c.week_id,
        func.count().label("size"),
        cast(func.coalesce(func.sum(_REPORTS.c.hours), 0), Float).label("hours"),
        cast(func.avg(cast(_REPORTS.c.confidence, Float)), Float).label("confidence"),
    )
    .where(_REPORTS.c.place == 1)
    .group_by(_REPORTS.c.week_id)
)
_COUNT_ITEMS = (
    select(scores.c.week_id, func.sum(scores.c.done).label("size"))
    .join(members, members.c.id == scores.c.member_id)
    .where(scores.c.cohort_id == _COHORT_ID, scores.c.week_id.in_(_WEEK_IDS), SEATED)
    .group_by(scores.c.week_id)
)
_COUNT_SEATS = select(func.count()).where(members.c.cohort_id == _COHORT_ID, SEATED)
# Whoever may be away, with the weeks they checked in for all the same.
_SELECT_MAYBE_ABSENT = select_members().where(
    members.c.cohort_id == _COHORT_ID, SEATED, or_(MAY_BE_ABSENT, members.c.shift > 0)
)
_SELECT_REPORTING = (
    select(VOICE.c.id, checkins.c.week_id)
    .distinct()
    .select_from(CHECKINS_BY_SPEAKER)
    .join(accounts, accounts.c.id == VOICE.c.account_id)
    .where(
        members.c.cohort_id == _COHORT_ID,
        checkins.c.week_id.in_(_WEEK_IDS),
        or_(MAY_BE_ABSENT, VOICE.c.shift > 0),
    )
)
_SELECT_TROUBLES = (
    select(letters.c.id, letters.c.kind, letters.c.ref, letters.c.state, letters.c.reason)
    .where(
        letters.c.cohort_id == _COHORT_ID,
        letters.c.edition == bindparam("edition"),
        letters.c.home_id != 0,
        match_states(letters, ("failed", "unsure")),
        letters.c.ended_at >= bindparam("since"),
    )
    .order_by(letters.c.id.desc())
    .limit(MOST_TROUBLES)
)
_SELECT_OWN_DIGESTS = select(letters.c.ref, letters.c.state, letters.c.reason).where(
    letters.c.cohort_id == _COHORT_ID,
    letters.c.edition == bindparam("edition"),
    letters.c.kind == bindparam("kind"),
    letters.c.ref.in_(bindparam("refs", expanding=True)),
)


class DigestQueries:
    """Queries for a cohort's weekly digest."""

    def __init__(self, connection: TxConnection, post_kinds: PostRegistry = post_registry) -> None:
        self._connection = connection
        self._post_kinds = post_kinds

    async def read_digest(
        self, cohort: Cohort, week: CalendarWeek, now: datetime
    ) -> DigestReadings:
        """Read what the digest of a week says to all moderators of a cohort."""
        weeks = list_weeks_back(cohort, week)
        figures = await self.load_week_figures(cohort, weeks, now)
        roadmap = await CohortQueries(self._connection).load_roadmap_by_id(cohort.plan_id)
        homes = await CohortQueries(self._connection).list_homes(cohort.id)
        coming = list_coming_slots(cohort, now, self._post_kinds)
        return DigestReadings(
            figures[0],
            await AttentionQueries(self._connection).list_member_needs(cohort, roadmap, now),
            figures[1] if len(figures) > 1 else None,
            self._list_troubles(cohort, now - TROUBLE_AGE),
            _count_quiet_weeks(figures),
            len({(home.place.platform, home.place.space) for home in homes}) > 1,
            tuple(slot for slot in coming if slot.at <= now + COMING),
        )

    async def load_week_figures(
        self, cohort: Cohort, weeks: Sequence[CalendarWeek], now: datetime
    ) -> list[WeekFigures]:
        """Count for each of these weeks, in their order."""
        wanted = {"cohort_id": cohort.id, "week_ids": [week.id for week in weeks]}
        reports = {row.week_id: row for row in self._connection.execute(_COUNT_REPORTS, wanted)}
        items = {row.week_id: row.size for row in self._connection.execute(_COUNT_ITEMS, wanted)}
        seats = self._connection.execute(_COUNT_SEATS, {"cohort_id": cohort.id}).scalar_one()
        missing = await self._count_excused(cohort, weeks, now)
        figures = []
        for week in weeks:
            report = reports.get(week.id)
            figures.append(
                WeekFigures(
                    week,
                    0 if report is None else report.size,
                    seats - missing[week.id],
                    int(items.get(week.id, 0)),
                    0 if report is None else report.hours,
                    None if report is None else report.confidence,
                )
            )
        return figures

    async def _count_excused(
        self, cohort: Cohort, weeks: Sequence[CalendarWeek], now: datetime
    ) -> Mapping[str, int]:
        """Count by week those nobody waits for, without those who checked in all the same."""
        values = build_absence_params(cohort, weeks[-1], now)
        rows = self._connection.execute(_SELECT_MAYBE_ABSENT, values).all()
        counts = dict.fromkeys((week.id for week in weeks), 0)
        if not rows:
            return counts
        values = {**values, "week_ids": list(counts)}
        reported = {tuple(row) for row in self._connection.execute(_SELECT_REPORTING, values)}
        queries = MemberQueries(self._connection)
        for start in range(0, len(rows), BATCH):
            for member in await queries.read_member_rows(rows[start : start + BATCH], cohort.id):
                for week in weeks:
                    has_reported = (member.id, week.id) in reported
                    if not has_reported and is_excused(member, week, cohort, now):
                        counts[week.id] += 1
        return counts

    def _list_troubles(self, cohort: Cohort, since: datetime) -> tuple[LetterTrouble, ...]:
        wanted = {"cohort_id": cohort.id, "edition": cohort.edition, "since": since}
        rows = self._connection.execute(_SELECT_TROUBLES, wanted)
        return tuple(
            LetterTrouble(row.id, row.kind, row.ref, row.state, row.reason) for row in rows
        )

    async def find_told_quiet(
        self, cohort: Cohort, kind: str, readings: DigestReadings, account_ids: Collection[int]
    ) -> frozenset[int]:
        """Return the accounts that an earlier digest told of this quiet time."""
        # The first quiet week had a digest like any other.
        weeks = list_weeks_back(cohort, readings.this_week.week)[1 : readings.quiet_weeks - 1]
        if not weeks or not account_ids:
            return frozenset()
        owners = {}
        for account_id in account_ids:
            for week in weeks:
                owners[build_account_ref(account_id, week.id)] = account_id
        wanted = {"cohort_id": cohort.id, "edition": cohort.edition, "kind": kind}
        rows = self._connection.execute(_SELECT_OWN_DIGESTS, {**wanted, "refs": sorted(owners)})
        told = set()
        for row in rows:
            if row.state in {"sent", "unsure"} or row.reason == QUIET_TOLD:
                told.add(owners[row.ref])
        return frozenset(told)


def list_weeks_back(cohort: Cohort, week: CalendarWeek) -> list[CalendarWeek]:
    """Return a week and those before it in which somebody could check in, the newest first."""
    weeks = [week]
    for other in reversed(cohort.calendar.weeks):
        if other.number < week.number and other.week.kind != "break":
            weeks.append(other)
    return weeks[:LOOK_BACK]


def _count_quiet_weeks(figures: Sequence[WeekFigures]) -> int:
    """Count the weeks in a row without a check-in; none while there is nobody to check in."""
    if figures[0].week.week.kind == "break":
        return 0
    count = 0
    for week in figures:
        if week.checked_in or not week.expected:
            break
        count += 1
    return count
