"""The facts about a cohort that its posts declare with `uses`, each read once for a claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count

from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.progress import (
    EVERYBODY,
    Honour,
    MemberSample,
    Standing,
    get_visible_name,
    list_honours,
)
from bot.group.route import build_route, has_route_choices
from bot.post import ActivityCounts, HomeReadings, HomeUse, MemberUse, NewMembers, PostBoard
from bot.roadmap import Roadmap
from bot.store import Tx
from bot.store.activity import ActivityKey, CohortWeek
from bot.store.ledger import Letter
from bot.store.members import BATCH
from bot.store.progress import NAMED, TOP

MAX_NEW_NAMES = 3  # new members named in a post; the others are counted

BoardKey = tuple[int, str | None]
"""A cohort's id and a week's, or None for the whole plan."""


class HomeFactReader:
    """Reads what posts to homes use, once for each cohort and week."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._tx = tx
        self._now = now
        self._activity: Mapping[ActivityKey, ActivityCounts] = {}
        self._boards: dict[BoardKey, PostBoard] = {}
        self._honours: dict[BoardKey, tuple[Honour, ...]] = {}

    async def count_activity(self, weeks: Sequence[CohortWeek]) -> None:
        """Count the activity in all cohorts' weeks that will be asked for."""
        self._activity = await self._tx.activity.count_activity(weeks, self._now)

    async def read_facts(
        self,
        uses: frozenset[HomeUse | MemberUse],
        letter: Letter,
        cohort: Cohort,
        roadmap: Roadmap,
        week: CalendarWeek | None,
    ) -> HomeReadings:
        """Return what a letter's kind uses, and None for the rest."""
        week_id = week.id if week else None
        counts = board = week_board = honours = new_members = None
        if "counts" in uses:
            counts = self._activity[cohort.id, week_id]
        if "board" in uses:
            board = await self._read_board(cohort, None)
        if "week_board" in uses:
            week_board = await self._read_board(cohort, week_id) if week_id else PostBoard()
        if "honours" in uses:
            honours = await self._read_honours(cohort, roadmap, week) if week else ()
        if "new_members" in uses:
            new_members = await self._read_new_members(cohort, letter)
        return HomeReadings(counts, board, week_board, honours, new_members)

    async def _read_board(self, cohort: Cohort, week_id: str | None) -> PostBoard:
        key = (cohort.id, week_id)
        if key not in self._boards:
            # One more than is shown, so that the post knows of a tie at the end.
            rows = await self._tx.progress.list_board_standings(cohort, week_id, TOP + 1)
            size = len(rows)
            if size > TOP:
                size = await self._tx.progress.count_board_members(cohort, week_id)
            self._boards[key] = PostBoard(rows, size)
        return self._boards[key]

    async def _read_new_members(self, cohort: Cohort, letter: Letter) -> NewMembers:
        """Return the new members by their visible names. Away members are left in peace."""
        members, further = await self._tx.newcomers.load_newcomers_of_letter(cohort, letter)
        present = [member for member in members if not member.is_away_today(cohort, self._now)]
        names = _list_greeted_names(present)
        return NewMembers(tuple(names[:MAX_NEW_NAMES]), len(names) + further)

    # — honours —

    async def _read_honours(
        self, cohort: Cohort, roadmap: Roadmap, week: CalendarWeek
    ) -> tuple[Honour, ...]:
        key = (cohort.id, week.id)
        if key not in self._honours:
            week_ids = [other.id for other in cohort.calendar.weeks if other.number <= week.number]
            self._honours[key] = list_honours(
                await self._find_week_finishers(cohort, roadmap, week),
                await self._tx.progress.list_streak_members(cohort, week_ids),
                len(week_ids),
            )
        return self._honours[key]

    async def _find_week_finishers(
        self, cohort: Cohort, roadmap: Roadmap, week: CalendarWeek
    ) -> MemberSample:
        """Return the members with every item in a week done, by each member's own route."""
        if has_route_choices(roadmap):
            return await self._find_finishers_by_route(cohort, roadmap, week)
        # One route for everybody: the board alone can tell, however many members there are.
        total = build_route(roadmap, cohort.syllabus).count_slots(week.id)
        if not total:
            return MemberSample((), 0)
        board = await self._read_board(cohort, week.id)
        names = tuple(_list_finishers(board.rows[:NAMED], total))
        if len(names) < NAMED:
            return MemberSample(names, len(names))
        finishers = await self._tx.progress.count_board_members(cohort, week.id, total)
        return MemberSample(names, finishers)

    async def _find_finishers_by_route(
        self, cohort: Cohort, roadmap: Roadmap, week: CalendarWeek
    ) -> MemberSample:
        names = list[str]()
        for start in count(0, BATCH):
            rows = await self._tx.progress.list_board_standings(cohort, week.id, BATCH, start)
            member_ids = [row.member_id for row in rows]
            members = await self._tx.members.load_members_by_id(member_ids, cohort.id)
            for row in rows:
                total = _count_week_slots(cohort, roadmap, members[row.member_id], week)
                if 0 < total <= row.done:
                    names.append(row.name)
            if len(rows) < BATCH:
                break
        return MemberSample(tuple(names[:NAMED]), len(names))


def _list_finishers(rows: Iterable[Standing], total: int) -> list[str]:
    return [row.name for row in rows if row.done >= total]


def _count_week_slots(cohort: Cohort, roadmap: Roadmap, member: Member, week: CalendarWeek) -> int:
    return build_route(roadmap, cohort.syllabus, member.picks).count_slots(week.id)


def _list_greeted_names(members: Iterable[Member]) -> list[str]:
    names = []
    for member in members:
        name = get_visible_name(member, EVERYBODY, "greeting")
        if name is not None:
            names.append(name)
    return names
