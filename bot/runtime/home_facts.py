"""The facts about a cohort that its posts declare with `uses`, each read once for a claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from bot.clock import LONG_AGO
from bot.group.calendar import WEEK, CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.honours import Honour, list_final_honours, list_honours
from bot.group.progress import (
    EVERYBODY,
    MemberSample,
    Standing,
    get_visible_name,
)
from bot.group.route import build_route, has_route_choices
from bot.post import (
    ActivityCounts,
    GroupTotals,
    HelpFinding,
    HomeReadings,
    HomeUse,
    MemberUse,
    NewMembers,
    PostBoard,
    PostKind,
    SharedWords,
    ThanksList,
    WeekPulse,
)
from bot.roadmap import Roadmap
from bot.store import Tx
from bot.store.activity import ActivityKey, CohortWeek
from bot.store.ledger import Letter
from bot.store.members import BATCH
from bot.store.progress import NAMED, TOP
from bot.store.pulse import PulseKey, WeekScores

# Members whose own routes are looked at for a number that is written anew every few minutes.
MAX_ASKED = 500
LONGEST_THANKS = 4 * WEEK  # how far back a post goes for thanks
MAX_NEW_NAMES = 3  # new members named in a post; the others are counted

BoardKey = tuple[int, str | None]
"""A cohort's id and a week's, or None for the whole plan."""


@dataclass(frozen=True, slots=True)
class HomePost:
    """A post to a home that is to be written. `week`: the one it is about, if any."""

    kind: PostKind
    letter: Letter
    cohort: Cohort
    week: CalendarWeek | None


def find_last_week(cohort: Cohort, week: CalendarWeek | None) -> CalendarWeek | None:
    """Return the week before a post's week; None for the first, and without a week."""
    if week is None:
        return None
    for other in cohort.calendar.weeks:
        if other.number == week.number - 1:
            return other
    return None


class HomeFactReader:
    """Reads what posts to homes use, once for each cohort and week."""

    def __init__(self, tx: Tx, now: datetime) -> None:
        self._tx = tx
        self._now = now
        self._activity: Mapping[ActivityKey, ActivityCounts] = {}
        self._boards: dict[BoardKey, PostBoard] = {}
        self._honours: dict[BoardKey, tuple[Honour, ...]] = {}
        self._totals: dict[int, GroupTotals] = {}
        self._starters: dict[BoardKey, bool] = {}
        self._former_posts: Mapping[int, int] = {}
        self._scores: Mapping[PulseKey, WeekScores] = {}
        self._pulses: dict[PulseKey, WeekPulse] = {}
        self._last_moments: Mapping[int, datetime] = {}

    async def read_for_posts(self, posts: Sequence[HomePost]) -> None:
        """Read what the posts' kinds use, where one query does for all of them."""
        following = _list_letter_ids(posts, "former_posts")
        self._former_posts = await self._tx.ledger.count_former_posts(following)
        thanking = _list_letter_ids(posts, "thanks")
        self._last_moments = await self._tx.ledger.find_last_moments(thanking)
        pulses = {
            (post.cohort.id, post.week.id)
            for post in posts
            if "pulse" in post.kind.uses and post.week is not None
        }
        self._scores = await self._tx.pulse.load_week_scores(pulses)
        weeks = _list_counted_weeks(posts)
        self._activity = await self._tx.activity.count_activity(weeks, self._now)

    async def read_facts(self, post: HomePost, roadmap: Roadmap) -> HomeReadings:
        """Return what a post's kind uses, and None for the rest.

        The post must be one of those that `read_for_posts` has read for.
        """
        uses, letter, cohort, week = post.kind.uses, post.letter, post.cohort, post.week
        week_id = week.id if week else None
        counts = board = week_board = honours = new_members = None
        if "counts" in uses:
            counts = self._activity[cohort.id, week_id]
        if "board" in uses:
            board = await self._read_board(cohort, None)
        if "week_board" in uses:
            week_board = await self._read_board(cohort, week_id) if week_id else PostBoard()
        if "honours" in uses:
            honours = await self._read_honours(cohort, roadmap, week)
        if "new_members" in uses:
            new_members = await self._read_new_members(cohort, letter)
        readings = HomeReadings(counts, board, week_board, honours, new_members)
        if "pulse" in uses:
            readings = replace(readings, pulse=await self._read_pulse(cohort, roadmap, week))
        if "totals" in uses:
            readings = replace(readings, totals=await self._read_totals(cohort))
        readings = await self._add_news(readings, uses, letter, cohort, week)
        return await self._add_variant_facts(readings, uses, letter, cohort, week)

    async def _read_pulse(
        self, cohort: Cohort, roadmap: Roadmap, week: CalendarWeek | None
    ) -> WeekPulse:
        if week is None:
            return WeekPulse()
        key = (cohort.id, week.id)
        if key not in self._pulses:
            total = build_route(roadmap, cohort.syllabus).count_slots(week.id)
            pulse = self._scores[key].build_pulse(total)
            if has_route_choices(roadmap):
                finishers = await self._count_finishers_by_route(cohort, roadmap, week.id)
                pulse = replace(pulse, finishers=finishers)
            self._pulses[key] = pulse
        return self._pulses[key]

    async def _count_finishers_by_route(
        self, cohort: Cohort, roadmap: Roadmap, week_id: str
    ) -> int | None:
        """Count the members with their own route's week done; None for more than `MAX_ASKED`."""
        if await self._tx.progress.count_board_members(cohort, week_id) > MAX_ASKED:
            return None
        return (await self._find_finishers_by_route(cohort, roadmap, week_id)).count

    async def _add_news(
        self,
        readings: HomeReadings,
        uses: frozenset[HomeUse | MemberUse],
        letter: Letter,
        cohort: Cohort,
        week: CalendarWeek | None,
    ) -> HomeReadings:
        """Return the readings with what members have reached, said, and done for each other."""
        if "milestones" in uses:
            news = await self._tx.milestones.load_milestone_news(cohort, letter.ref, self._now)
            readings = replace(readings, milestones=news)
        if "help" in uses:
            need = (await self._tx.help.load_needs([letter.ref])).get(letter.ref)
            readings = replace(readings, help=HelpFinding(need))
        if "thanks" in uses:
            readings = replace(readings, thanks=await self._read_thanks(cohort, letter, week))
        if "shared_notes" in uses:
            notes = await self._read_shared_notes(cohort, week)
            readings = replace(readings, shared_notes=notes)
        return readings

    async def _read_thanks(
        self, cohort: Cohort, letter: Letter, week: CalendarWeek | None
    ) -> ThanksList:
        """Return the thanks since the home's last post of this kind."""
        until = letter.moment
        # Thanks before the first week are told with it. A home that came later begins with a week.
        is_first = week is not None and week.number == 1
        begins = until - (LONGEST_THANKS if is_first else WEEK)
        since = self._last_moments.get(letter.id, begins)
        # After months without a recap, nobody wants to read them all.
        since = max(since, until - LONGEST_THANKS)
        return await self._tx.thanks.list_thanks_between(cohort, since, until, self._now)

    async def _read_shared_notes(
        self, cohort: Cohort, week: CalendarWeek | None
    ) -> tuple[SharedWords, ...]:
        if week is None:
            return ()
        return await self._tx.shared_notes.list_shared_notes(cohort, week.id, self._now)

    async def _read_totals(self, cohort: Cohort) -> GroupTotals:
        if cohort.id not in self._totals:
            self._totals[cohort.id] = await self._tx.totals.count_totals(cohort)
        return self._totals[cohort.id]

    async def _add_variant_facts(
        self,
        readings: HomeReadings,
        uses: frozenset[HomeUse | MemberUse],
        letter: Letter,
        cohort: Cohort,
        week: CalendarWeek | None,
    ) -> HomeReadings:
        """Return the readings with what decides how a post differs from the one before it."""
        if "last_counts" in uses:
            readings = replace(readings, last_counts=self._get_last_counts(cohort, week))
        if "starters" in uses:
            has_starters = week is not None and await self._find_starters(cohort, week)
            readings = replace(readings, has_starters=has_starters)
        if "former_posts" in uses:
            readings = replace(readings, former_posts=self._former_posts.get(letter.id, 0))
        return readings

    def _get_last_counts(self, cohort: Cohort, week: CalendarWeek | None) -> ActivityCounts:
        last_week = find_last_week(cohort, week)
        if last_week is None:
            return ActivityCounts()
        return self._activity[cohort.id, last_week.id]

    async def _find_starters(self, cohort: Cohort, week: CalendarWeek) -> bool:
        """Return True if somebody who has not begun may be won: not away, and seen of late."""
        key = (cohort.id, week.id)
        if key not in self._starters:
            # Seen since the second week before began, by the plan: breaks and pauses make nobody
            # silent.
            early_week = find_last_week(cohort, find_last_week(cohort, week))
            since = cohort.get_week_opening(early_week) if early_week else LONG_AGO
            starter_ids = await self._tx.sightings.list_starter_ids(
                cohort.id, week.id, since, BATCH
            )
            members = await self._tx.members.load_members_by_id(starter_ids, cohort.id)
            self._starters[key] = any(
                not member.is_away_today(cohort, self._now) for member in members.values()
            )
        return self._starters[key]

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
        self, cohort: Cohort, roadmap: Roadmap, week: CalendarWeek | None
    ) -> tuple[Honour, ...]:
        """Return the honours of a week, or of the whole plan without one."""
        key = (cohort.id, week.id if week else None)
        if key not in self._honours:
            finished = await self._find_finishers(cohort, roadmap, week)
            if week is None:
                lasting = await self._find_lasting_members(cohort)
                self._honours[key] = list_final_honours(finished, lasting)
            else:
                weeks = [other for other in cohort.calendar.weeks if other.number <= week.number]
                lasting = await self._find_streak_members(cohort, weeks)
                self._honours[key] = list_honours(finished, lasting, len(weeks))
        return self._honours[key]

    async def _find_lasting_members(self, cohort: Cohort) -> MemberSample:
        """Return the members who checked in for every week that asked for it."""
        asking = [
            week
            for week in cohort.calendar.weeks
            if week.week.kind != "break" and week.last is not None
        ]
        # One week is no feat worth a name.
        if len(asking) < 2:
            return MemberSample()
        return await self._find_streak_members(cohort, asking)

    async def _find_streak_members(
        self, cohort: Cohort, weeks: Sequence[CalendarWeek]
    ) -> MemberSample:
        return await self._tx.progress.list_streak_members(cohort, [week.id for week in weeks])

    async def _find_finishers(
        self, cohort: Cohort, roadmap: Roadmap, week: CalendarWeek | None
    ) -> MemberSample:
        """Return the members with every item done, of a week or of all, by each one's own route."""
        week_id = week.id if week else None
        if has_route_choices(roadmap):
            return await self._find_finishers_by_route(cohort, roadmap, week_id)
        # One route for everybody: the board alone can tell, however many members there are.
        total = build_route(roadmap, cohort.syllabus).count_slots(week_id)
        if not total:
            return MemberSample((), 0)
        board = await self._read_board(cohort, week_id)
        names = tuple(_list_finishers(board.rows[:NAMED], total))
        if len(names) < NAMED:
            return MemberSample(names, len(names))
        finishers = await self._tx.progress.count_board_members(cohort, week_id, total)
        return MemberSample(names, finishers)

    async def _find_finishers_by_route(
        self, cohort: Cohort, roadmap: Roadmap, week_id: str | None
    ) -> MemberSample:
        names = list[str]()
        for start in count(0, BATCH):
            rows = await self._tx.progress.list_board_standings(cohort, week_id, BATCH, start)
            member_ids = [row.member_id for row in rows]
            members = await self._tx.members.load_members_by_id(member_ids, cohort.id)
            for row in rows:
                total = _count_slots(cohort, roadmap, members[row.member_id], week_id)
                if 0 < total <= row.done:
                    names.append(row.name)
            if len(rows) < BATCH:
                break
        return MemberSample(tuple(names[:NAMED]), len(names))


def _list_finishers(rows: Iterable[Standing], total: int) -> list[str]:
    return [row.name for row in rows if row.done >= total]


def _count_slots(cohort: Cohort, roadmap: Roadmap, member: Member, week_id: str | None) -> int:
    return build_route(roadmap, cohort.syllabus, member.picks).count_slots(week_id)


def _list_greeted_names(members: Iterable[Member]) -> list[str]:
    names = []
    for member in members:
        name = get_visible_name(member, EVERYBODY, "greeting")
        if name is not None:
            names.append(name)
    return names


def _list_letter_ids(posts: Sequence[HomePost], use: HomeUse) -> list[int]:
    return [post.letter.id for post in posts if use in post.kind.uses]


def _list_counted_weeks(posts: Sequence[HomePost]) -> Sequence[CohortWeek]:
    """Return the weeks whose activity these posts tell, each once."""
    weeks: dict[BoardKey, CohortWeek] = {}
    for post in posts:
        if "counts" not in post.kind.uses:
            continue
        cohort, week = post.cohort, post.week
        weeks[cohort.id, week.id if week else None] = (cohort, week)
        last_week = find_last_week(cohort, week)
        if "last_counts" in post.kind.uses and last_week is not None:
            weeks[cohort.id, last_week.id] = (cohort, last_week)
    return list(weeks.values())
