"""Who needs somebody in a cohort: the members in question, and what is known about each.

A cohort of up to `MOST` members is judged whole. Of a larger one, those are judged who are found by
the index or one look at each seat: the least done, the silent, and those with trouble of late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Select, bindparam, or_, select

from bot.group.attention import (
    BACK_DAYS,
    RECENT,
    UNSURE,
    CohortNeeds,
    LastReport,
    MemberNeed,
    MemberRecord,
    can_be_behind,
    judge_need,
    sort_by_need,
)
from bot.group.calendar import DAY
from bot.group.cohort import Cohort, Member
from bot.group.route import build_route
from bot.group.silence import MemberActivity
from bot.roadmap import Roadmap
from bot.store.checkins import select_reports_of_members
from bot.store.conditions import match_seen_since
from bot.store.connection import TxConnection
from bot.store.ledger import LedgerQueries
from bot.store.members import BATCH, MemberQueries
from bot.store.progress import ProgressQueries
from bot.store.seats import SEATED, select_members
from bot.store.sightings import SightingQueries
from bot.store.stuck import StuckQueries
from bot.store.tables import absences, accounts, checkins, members, scores, stuck_items

MOST = BATCH  # members judged for one reason; a cohort of so many is judged whole
SILENT_FOR = timedelta(days=7)  # nobody is silent who was seen since

_COHORT_ID = bindparam("cohort_id", type_=Integer)
_LIMIT = bindparam("limit", type_=Integer)
_OWN, _OWNS = accounts.alias("own"), accounts.alias("owns")
_THEIRS = members.alias("theirs")

_SELECT_LEAST_DONE = (
    select(members.c.id)
    .where(members.c.cohort_id == _COHORT_ID, SEATED)
    .order_by(members.c.score, members.c.id)
    .limit(_LIMIT)
)


def _select_seats() -> Select[tuple[int]]:
    """Select the ids of a cohort's seats, with the accounts of their persons as `_OWNS`."""
    return (
        select(members.c.id)
        .join(_OWN, _OWN.c.id == members.c.account_id)
        .join(_OWNS, _OWNS.c.person_id == _OWN.c.person_id)
        .where(members.c.cohort_id == _COHORT_ID, SEATED)
        .distinct()
        .limit(_LIMIT)
    )


_SELECT_SILENT = (
    select(members.c.id)
    .join(_OWN, _OWN.c.id == members.c.account_id)
    .where(
        members.c.cohort_id == _COHORT_ID,
        SEATED,
        members.c.joined_at < bindparam("since"),
        ~match_seen_since(_OWN),
    )
    # Whoever fell silent last is brought back most easily.
    .order_by(_OWN.c.seen_at.desc(), members.c.id)
    .limit(_LIMIT)
)
_SELECT_TROUBLED = (
    _select_seats()
    .join(_THEIRS, _THEIRS.c.account_id == _OWNS.c.id)
    .join(checkins, checkins.c.member_id == _THEIRS.c.id)
    .where(
        _THEIRS.c.cohort_id == _COHORT_ID,
        checkins.c.at >= bindparam("since"),
        or_(checkins.c.confidence <= UNSURE, checkins.c.blockers != ""),
    )
)
_SELECT_STUCK_MEMBERS = (
    _select_seats()
    .join(stuck_items, stuck_items.c.account_id == _OWNS.c.id)
    .where(stuck_items.c.roadmap == bindparam("roadmap"))
)
_SELECT_BACK = (
    _select_seats()
    .join(absences, absences.c.account_id == _OWNS.c.id)
    .where(
        absences.c.last >= bindparam("since", type_=absences.c.last.type),
        absences.c.last <= bindparam("until", type_=absences.c.last.type),
        or_(absences.c.cohort_id == 0, absences.c.cohort_id == _COHORT_ID),
    )
)

_SELECT_SEAT = select_members().where(
    members.c.id == bindparam("member_id"), members.c.cohort_id == _COHORT_ID, SEATED
)
_SELECT_DONE_BY_WEEK = select(scores.c.member_id, scores.c.week_id, scores.c.done).where(
    scores.c.member_id.in_(bindparam("member_ids", expanding=True))
)
# Oldest first: a later report takes the place of an earlier one.
_SELECT_REPORTS = select_reports_of_members(
    checkins.c.at, checkins.c.confidence, checkins.c.blockers
).order_by(checkins.c.at)


class AttentionQueries:
    """Queries about who needs somebody."""

    def __init__(self, connection: TxConnection) -> None:
        self._connection = connection

    async def find_seated_member(self, cohort: Cohort, member_id: int) -> Member | None:
        """Return the member with an id if they have a seat in this cohort, or None."""
        wanted = {"member_id": member_id, "cohort_id": cohort.id}
        rows = self._connection.execute(_SELECT_SEAT, wanted).all()
        seated = await MemberQueries(self._connection).read_member_rows(rows, cohort.id)
        return seated[0] if seated else None

    async def list_member_needs(
        self, cohort: Cohort, roadmap: Roadmap, now: datetime
    ) -> CohortNeeds:
        """Return the members of a cohort who need somebody, sorted by need."""
        ids, is_complete = self._find_candidates(cohort, now)
        judged: list[MemberNeed] = []
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            loaded = await MemberQueries(self._connection).load_members_by_id(batch, cohort.id)
            judged += await self.judge_members(list(loaded.values()), cohort, roadmap, now)
        return CohortNeeds(sort_by_need(judged), is_complete)

    def _find_candidates(self, cohort: Cohort, now: datetime) -> tuple[list[int], bool]:
        """Return the ids of members to judge, and whether nobody else can need somebody."""
        wanted: dict[str, Any] = {"cohort_id": cohort.id, "limit": MOST + 1}
        least = self._select_ids(_SELECT_LEAST_DONE, wanted)
        if len(least) <= MOST:
            return sorted(least), True
        today = now.date()
        found = set(least)
        found |= self._select_ids(_SELECT_SILENT, {**wanted, "since": now - SILENT_FOR})
        found |= self._select_ids(_SELECT_TROUBLED, {**wanted, "since": now - RECENT})
        found |= self._select_ids(_SELECT_STUCK_MEMBERS, {**wanted, "roadmap": cohort.roadmap})
        # Dates are local, so a day on each side.
        back = {"since": today - DAY * (BACK_DAYS + 1), "until": today + DAY}
        found |= self._select_ids(_SELECT_BACK, {**wanted, **back})
        return sorted(found), False

    def _select_ids(self, statement: Select[tuple[int]], wanted: dict[str, Any]) -> set[int]:
        return set(self._connection.execute(statement, wanted).scalars())

    async def judge_members(
        self, seated: Sequence[Member], cohort: Cohort, roadmap: Roadmap, now: datetime
    ) -> list[MemberNeed]:
        """Judge members, also those who need nobody. The same few queries for up to `BATCH`."""
        if not seated:
            return []
        person_ids = {member.person.id for member in seated}
        activity = await SightingQueries(self._connection).load_activity(person_ids)
        letters = await LedgerQueries(self._connection).list_past_letters(person_ids)
        stuck = await StuckQueries(self._connection).list_stuck_items(person_ids, cohort.roadmap)
        reports = self._load_last_reports(member.id for member in seated)
        ticks = await self._load_ticks_of_laggards(seated, cohort, roadmap, now)
        judged = []
        for member in seated:
            person_id = member.person.id
            record = MemberRecord(
                member,
                activity.get(person_id, MemberActivity(member.joined_at)),
                ticks.get(member.id),
                reports.get(member.id),
                stuck.get(person_id, ()),
                letters.get(person_id, ()),
            )
            judged.append(judge_need(record, cohort, roadmap, now))
        return judged

    def _load_last_reports(self, member_ids: Iterable[int]) -> Mapping[int, LastReport]:
        wanted = {"member_ids": sorted(member_ids)}
        rows = self._connection.execute(_SELECT_REPORTS, wanted)
        return {row.id: LastReport(row.at, row.confidence, row.blockers) for row in rows}

    async def _load_ticks_of_laggards(
        self, seated: Sequence[Member], cohort: Cohort, roadmap: Roadmap, now: datetime
    ) -> Mapping[int, frozenset[str]]:
        """Return the ticks of members who can be behind, by member id.

        Ticks are many, and the scores tell of most members that theirs are not needed.
        """
        done = self._count_done_by_week(member.id for member in seated)
        laggards = []
        for member in seated:
            route = build_route(roadmap, cohort.syllabus, member.picks)
            if can_be_behind(member, cohort, route, done[member.id], now):
                laggards.append(member)
        ticks = await self._load_ticks(laggards, cohort)
        return {member.id: ticks.get(member.person.id, frozenset()) for member in laggards}

    async def _load_ticks(
        self, laggards: Collection[Member], cohort: Cohort
    ) -> Mapping[int, frozenset[str]]:
        person_ids = {member.person.id for member in laggards}
        queries = ProgressQueries(self._connection)
        ticks = await queries.load_ticks_of_people(person_ids, [cohort.roadmap])
        return {person_id: items for (person_id, _), items in ticks.items()}

    def _count_done_by_week(self, member_ids: Iterable[int]) -> defaultdict[int, dict[str, int]]:
        done: defaultdict[int, dict[str, int]] = defaultdict(dict)
        wanted = {"member_ids": sorted(member_ids)}
        for row in self._connection.execute(_SELECT_DONE_BY_WEEK, wanted):
            done[row.member_id][row.week_id] = row.done
        return done

    async def judge_member(
        self, member: Member, cohort: Cohort, roadmap: Roadmap, now: datetime
    ) -> MemberNeed:
        """Judge one member."""
        (need,) = await self.judge_members([member], cohort, roadmap, now)
        return need
