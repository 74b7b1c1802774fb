"""Who is where: shares per week, pace, streaks with their reasons, boards with ties, and the one privacy filter.

Pure functions over what the store has counted. Whatever shows a member to somebody asks `visible` first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.route import Route

Purpose = Literal["board", "card", "members", "honours", "greeting"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: a person (0 for everybody in a home) and whether they moderate the cohort."""

    person_id: int = 0
    is_moderator: bool = False


EVERYBODY = Viewer()


def get_visible_name(subject: Member, viewer: Viewer, purpose: Purpose) -> str | None:
    """The name under which `viewer` may see `subject` for a purpose; None where they may not.

    Hidden members are on no board and in no honours for anybody, moderators included, and their card is their own.
    `members` is for moderators, who see everybody by their own name.
    """
    if purpose == "members":
        return subject.person.name if viewer.is_moderator else None
    if purpose == "card" and viewer.person_id == subject.person.id != 0:
        return subject.name_in_cohort
    return None if subject.hidden else subject.name_in_cohort


@dataclass(frozen=True, slots=True)
class WeekProgress:
    """How much of a week a member has done. `ended`: the whole plan is over for them, and no week is open any more, though
    the last one may have been cut short."""

    week: CalendarWeek
    done: int
    total: int
    has_checked_in: bool
    is_closed: bool
    has_ended: bool = False

    @property
    def is_open(self) -> bool:
        return not self.is_closed and not self.has_ended


def list_week_progress(
    member: Member,
    cohort: Cohort,
    route: Route,
    ticked: Set[str],
    checked_in: Set[str],
    now: datetime,
) -> tuple[WeekProgress, ...]:
    """The weeks that have come for a member, with what of their route is done."""
    ended = member.has_finished_roadmap(cohort, now)
    return tuple(
        WeekProgress(
            week,
            route.count_done_slots(ticked, week.id),
            route.count_slots(week.id),
            week.id in checked_in,
            member.is_week_over(week, cohort, now),
            ended,
        )
        for week in member.list_started_weeks(cohort, now)
    )


@dataclass(frozen=True, slots=True)
class MemberPace:
    """Items of closed weeks still open (`behind`) and items of later weeks already done (`ahead`)."""

    behind: int
    ahead: int

    @property
    def pace_text(self) -> str:
        if self.behind:
            return f"{_format_item_count(self.behind)} from earlier weeks still to tick"
        return f"{_format_item_count(self.ahead)} ahead" if self.ahead else "on pace"


def _format_item_count(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def compute_pace(
    member: Member, cohort: Cohort, route: Route, so_far: Sequence[WeekProgress], ticked: Set[str]
) -> MemberPace:
    """A member's pace, from the weeks that have come; those that were over when they joined are no debt of theirs."""
    come = {share.week.id for share in so_far}
    ahead = sum(
        route.count_done_slots(ticked, week.id)
        for week in cohort.syllabus.weeks
        if week.id not in come
    )
    owed = (
        one
        for one in so_far
        if one.is_closed and not member.is_week_over(one.week, cohort, member.joined_at)
    )
    return MemberPace(sum(share.total - share.done for share in owed), ahead)


def describe_final_progress(done: int, total: int, so_far: Sequence[WeekProgress]) -> str:
    """What a member has done of a plan that is over, as prose."""
    asked = [share for share in so_far if share.has_checked_in or share.week.week.kind != "break"]
    reported = sum(share.has_checked_in for share in asked)
    items = (
        f"all {_format_item_count(total)}"
        if done >= total > 1
        else f"{done} of {_format_item_count(total)}"
    )
    weeks = "1 week" if len(asked) == 1 else f"{len(asked)} weeks"
    return f"{items}, checked in for {f'all {weeks}' if reported == len(asked) > 1 else f'{reported} of {weeks}'}"


@dataclass(frozen=True, slots=True)
class Streak:
    """Consecutive weeks checked in, and why it is that many."""

    weeks: int
    reasons: tuple[str, ...] = ()


def compute_streak(member: Member, cohort: Cohort, so_far: Sequence[WeekProgress]) -> Streak:
    """The streak up to now: a late check-in counts; an open week, a week off and one spent away neither count nor end it."""
    count, end = 0, ""
    passed: dict[str, list[int]] = {"still open": [], "a week off": [], "frozen, you were away": []}
    for share in reversed(so_far):
        number = share.week.number
        if share.has_checked_in:
            count += 1
        elif share.is_open:
            passed["still open"].append(number)
        elif (
            not share.is_closed
        ):  # the group stopped in the middle of it: that is nobody's missed week
            continue
        elif share.week.week.kind == "break":
            passed["a week off"].append(number)
        elif _is_week_spent_away(member, share.week):
            passed["frozen, you were away"].append(number)
        else:
            over = member.is_week_over(share.week, cohort, member.joined_at)
            end = f"week {number} " + (
                "was over when you joined" if over else "has no check-in; a late one still counts"
            )
            break
    reasons = [_format_week_numbers(numbers, why) for why, numbers in passed.items() if numbers]
    return Streak(count, (*reasons, *([end] if end else [])))


def _format_week_numbers(numbers: Sequence[int], why: str) -> str:
    """`week 3 is still open`, `weeks 3 and 5 are …`, `weeks 3 to 7 are …`; longer lists are counted."""
    ordered = sorted(numbers)
    if len(ordered) == 1:
        return f"week {ordered[0]} is {why}"
    if ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"weeks {ordered[0]} {'and' if len(ordered) == 2 else 'to'} {ordered[-1]} are {why}"
    if len(ordered) > 6:
        return f"{len(ordered)} weeks are {why}"
    return f"weeks {', '.join(map(str, ordered[:-1]))} and {ordered[-1]} are {why}"


def _is_week_spent_away(member: Member, week: CalendarWeek) -> bool:
    away = [day for day in week.active if any(one.is_active_on(day) for one in member.person.away)]
    return bool(away) and (2 * len(away) >= len(week.active) or week.active[-1] in away)


def is_excused(member: Member, week: CalendarWeek | None, cohort: Cohort, now: datetime) -> bool:
    """Whether nobody waits for a member: they are away today, or have spent the week away.

    The week is read by the member's own clock, as their streak reads it: whose streak is frozen has missed nothing.
    Without a week, today alone decides.
    """
    own = member.build_member_calendar(cohort).find_week(week.id) if week else None
    return member.is_away_today(cohort, now) or (
        own is not None and _is_week_spent_away(member, own)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of a board. Ties share a rank: 1 + the visible members with more done."""

    rank: int
    name: str
    done: int
    member_id: int = 0


def rank_members(
    rows: Iterable[tuple[Member, int]],
    viewer: Viewer = EVERYBODY,
    *,
    offset: int = 0,
    first_rank: int = 1,
) -> tuple[Standing, ...]:
    """A board from members and what they have done, most first; only those a viewer may see on one. Of a later page,
    `skipped` rows come before and `rank` is that of its first."""
    seen = sorted(
        ((get_visible_name(member, viewer, "board"), member.id, done) for member, done in rows),
        key=lambda row: (-row[2], row[1]),
    )
    board: list[Standing] = []
    for place, (name, member_id, done) in enumerate(
        (row for row in seen if row[0] is not None), offset + 1
    ):
        first = place if board else first_rank
        shared = board[-1].rank if board and board[-1].done == done else first
        board.append(Standing(shared, name or "", done, member_id))
    return tuple(board)


def list_top_rows(rows: Sequence[Standing], limit: int) -> Sequence[Standing]:
    """The first rows of a board, at most so many, that leave out nobody who shares a rank with one of them.

    Where more share the first rank than there is room for, they are as many as there is room for.
    """
    if len(rows) <= limit:
        return rows
    return [row for row in rows[:limit] if row.rank != rows[limit].rank] or rows[:limit]


@dataclass(frozen=True, slots=True)
class MemberSample:
    """So many members who have done the same, the first of them by the names others see."""

    names: tuple[str, ...] = ()
    count: int = 0

    @property
    def more_count(self) -> int:
        """How many of them are not named."""
        return self.count - len(self.names)


@dataclass(frozen=True, slots=True)
class Honour:
    """Something good to say in a recap of everybody who has done it."""

    members: MemberSample
    text: str


def list_honours(finished: MemberSample, lasting: MemberSample, weeks: int) -> tuple[Honour, ...]:
    """Who finished every item of their route of a week, and whose streak of so many weeks is a multiple of four."""
    found = [Honour(finished, "finished every item")]
    if weeks % 4 == 0:
        found.append(Honour(lasting, f"checked in {weeks} weeks in a row"))
    return tuple(honour for honour in found if honour.members.count)
