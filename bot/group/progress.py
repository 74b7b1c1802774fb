"""Shares per week, pace, streaks with their reasons, boards with ties, and the one privacy filter.

Pure functions over what the store has counted. Every text about a member asks `get_visible_name`
first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.group.calendar import CalendarWeek
from bot.group.catch_up import read_catch_up
from bot.group.cohort import Cohort, Member
from bot.group.route import Route

Purpose = Literal["board", "card", "members", "honours", "greeting"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """A reader: a person (0 for everybody in a home), moderator of the cohort or not."""

    person_id: int = 0
    is_moderator: bool = False


EVERYBODY = Viewer()


def get_visible_name(subject: Member, viewer: Viewer, purpose: Purpose) -> str | None:
    """Return the name under which `viewer` may see `subject` for a purpose; None for no right.

    Hidden members are on no board and in no honours, for moderators too. Their card is their own.
    `members` is for moderators, who see everybody by their own name.
    """
    if purpose == "members":
        if viewer.is_moderator:
            return subject.person.name
        return None
    # Id 0 is everybody: two people the bot has not met are not the same person.
    is_own_card = purpose == "card" and viewer.person_id == subject.person.id != 0
    if is_own_card or not subject.hidden:
        return subject.name_in_cohort
    return None


def get_public_name(
    subject: Member, cohort: Cohort, now: datetime, purpose: Purpose = "honours"
) -> str | None:
    """Return the name for everybody in a post; None for somebody hidden, away or gone."""
    if subject.left_at is not None or subject.is_away_today(cohort, now):
        return None
    return get_visible_name(subject, EVERYBODY, purpose)


@dataclass(frozen=True, slots=True)
class WeekProgress:
    """A member's progress in one week.

    `has_ended`: the whole plan is over for them and no week is open, though the last one may
    have been cut short.
    `is_early`: it has not come by their own clock, which was moved after they checked in for it.
    """

    week: CalendarWeek
    done: int
    total: int
    has_checked_in: bool
    is_closed: bool
    has_ended: bool = False
    is_early: bool = False

    @property
    def is_open(self) -> bool:
        return not self.is_closed and not self.has_ended and not self.is_early


def list_week_progress(
    member: Member,
    cohort: Cohort,
    route: Route,
    ticked: Set[str],
    checked_in: Set[str],
    now: datetime,
) -> tuple[WeekProgress, ...]:
    """Return the weeks that have come for a member, with their progress.

    Weeks they checked in for before their clock was moved are there too: a streak keeps them.
    `ticked` are item ids, `checked_in` week ids.
    """
    has_ended = member.has_finished_roadmap(cohort, now)
    started = member.list_started_weeks(cohort, now)
    progress = []
    for week in (*started, *_list_early_weeks(member, cohort, started, checked_in)):
        week_progress = WeekProgress(
            week,
            route.count_done_slots(ticked, week.id),
            route.count_slots(week.id),
            week.id in checked_in,
            member.is_week_over(week, cohort, now),
            has_ended,
            week not in started,
        )
        progress.append(week_progress)
    return tuple(progress)


def _list_early_weeks(
    member: Member, cohort: Cohort, started: Sequence[CalendarWeek], checked_in: Set[str]
) -> list[CalendarWeek]:
    if not member.shift:
        return []
    started_ids = {week.id for week in started}
    weeks = member.build_member_calendar(cohort).weeks
    return [week for week in weeks if week.id in checked_in and week.id not in started_ids]


@dataclass(frozen=True, slots=True)
class MemberPace:
    """Open items from closed weeks (`behind`) and items done from later weeks (`ahead`).

    `is_on_plan`: they keep to a catch-up plan, which takes care of everything that is open.
    """

    behind: int
    ahead: int
    is_on_plan: bool = False

    @property
    def pace_text(self) -> str:
        if self.is_on_plan:
            return "on your plan"
        if self.behind:
            return f"{_format_item_count(self.behind)} from earlier weeks still to tick"
        if self.ahead:
            return f"{_format_item_count(self.ahead)} ahead"
        return "on pace"


def _format_item_count(count: int) -> str:
    if count == 1:
        return "1 item"
    return f"{count} items"


def compute_pace(
    member: Member, cohort: Cohort, route: Route, so_far: Sequence[WeekProgress], ticked: Set[str]
) -> MemberPace:
    """Compute a member's pace.

    `so_far` are the weeks that have come.
    """
    behind = 0
    for progress in so_far:
        # Weeks that were over when they joined are no debt: a late joiner starts today.
        was_over = member.is_week_over(progress.week, cohort, member.joined_at)
        if progress.is_closed and not was_over:
            behind += progress.total - progress.done
    ahead = 0
    started = {progress.week.id for progress in so_far if not progress.is_early}
    for week in cohort.syllabus.weeks:
        if week.id not in started:
            ahead += route.count_done_slots(ticked, week.id)
    if _is_on_plan(member, cohort, route, so_far, ticked):
        return MemberPace(0, ahead, is_on_plan=True)
    return MemberPace(behind, ahead)


def _is_on_plan(
    member: Member, cohort: Cohort, route: Route, so_far: Sequence[WeekProgress], ticked: Set[str]
) -> bool:
    """Return True while a member keeps to a catch-up plan that is not done yet."""
    started = [progress for progress in so_far if not progress.is_early]
    if not member.catch_up or not started or started[-1].has_ended:
        return False
    number = started[-1].week.number
    plan = read_catch_up(member.catch_up, cohort.syllabus, route, ticked, number)
    return plan is not None and plan.is_kept


def describe_final_progress(done: int, total: int, so_far: Sequence[WeekProgress]) -> str:
    """Describe a member's result in a plan that is over, as prose."""
    # A week off asks for no check-in, but one that came all the same counts.
    asked = [
        progress
        for progress in so_far
        if progress.has_checked_in or progress.week.week.kind != "break"
    ]
    reported = sum(progress.has_checked_in for progress in asked)
    items = f"{done} of {_format_item_count(total)}"
    if done >= total > 1:
        items = f"all {_format_item_count(total)}"
    weeks = f"{len(asked)} weeks"
    if len(asked) == 1:
        weeks = "1 week"
    if reported == len(asked) > 1:
        return f"{items}, checked in for all {weeks}"
    return f"{items}, checked in for {reported} of {weeks}"


@dataclass(frozen=True, slots=True)
class Streak:
    """Consecutive weeks checked in, and the reasons for the number."""

    weeks: int
    reasons: tuple[str, ...] = ()


def compute_streak(member: Member, cohort: Cohort, so_far: Sequence[WeekProgress]) -> Streak:
    """Compute the streak up to now.

    A late check-in counts. An open week, a week off and one spent away neither count nor end it.
    """
    count, end_reason = 0, ""
    # The reasons are told in this order.
    passed: dict[str, list[int]] = {"still open": [], "a week off": [], "frozen, you were away": []}
    for progress in reversed(so_far):
        if progress.has_checked_in:
            count += 1
            continue
        reason = _find_reason_to_pass(member, progress)
        if reason is None:
            end_reason = _describe_streak_end(member, cohort, progress.week)
            break
        if reason:
            passed[reason].append(progress.week.number)
    reasons = []
    for reason, numbers in passed.items():
        if numbers:
            reasons.append(_format_week_numbers(numbers, reason))
    if end_reason:
        reasons.append(end_reason)
    return Streak(count, tuple(reasons))


def compute_longest_streak(member: Member, so_far: Sequence[WeekProgress]) -> int:
    """Compute the longest streak there has been, by the rules for the present one."""
    longest = count = 0
    for progress in so_far:
        if progress.has_checked_in:
            count += 1
            longest = max(longest, count)
        elif _find_reason_to_pass(member, progress) is None:
            count = 0
    return longest


def _find_reason_to_pass(member: Member, progress: WeekProgress) -> str | None:
    """Return why a week without check-in does not end a streak; empty for no reason to tell.

    None: it ends the streak.
    """
    if progress.is_open:
        return "still open"
    # The group stopped in the middle of this week: it is nobody's missed week.
    if not progress.is_closed:
        return ""
    if progress.week.week.kind == "break":
        return "a week off"
    if _is_week_spent_away(member, progress.week):
        return "frozen, you were away"
    return None


def _describe_streak_end(member: Member, cohort: Cohort, week: CalendarWeek) -> str:
    if member.is_week_over(week, cohort, member.joined_at):
        return f"week {week.number} was over when you joined"
    return f"week {week.number} has no check-in; a late one still counts"


def _format_week_numbers(numbers: Sequence[int], reason: str) -> str:
    """`week 3 is still open`, `weeks 3 and 5 are …`, `weeks 3 to 7 are …`.

    Longer lists are counted.
    """
    ordered = sorted(numbers)
    first, last = ordered[0], ordered[-1]
    if first == last:
        return f"week {first} is {reason}"
    if len(ordered) == 2:
        return f"weeks {first} and {last} are {reason}"
    if last - first == len(ordered) - 1:
        return f"weeks {first} to {last} are {reason}"
    if len(ordered) > 6:
        return f"{len(ordered)} weeks are {reason}"
    return f"weeks {', '.join(map(str, ordered[:-1]))} and {last} are {reason}"


def _is_week_spent_away(member: Member, week: CalendarWeek) -> bool:
    """Return True if they were away for half the active days, or on the last one.

    The last day is the one on which most people check in.
    """
    days_away = [day for day in week.active if member.person.is_away_on(day)]
    if not days_away:
        return False
    return 2 * len(days_away) >= len(week.active) or week.active[-1] in days_away


def is_excused(member: Member, week: CalendarWeek | None, cohort: Cohort, now: datetime) -> bool:
    """Return True if nobody waits for a member: they are away today, or were in that week.

    Nor does anybody wait where their own clock is later. Without a week, today alone decides.
    """
    if member.is_away_today(cohort, now):
        return True
    if week is None:
        return False
    # By the member's own clock, as their streak counts it: a frozen streak has missed nothing.
    own_week = member.build_member_calendar(cohort).find_week(week.id)
    if own_week is None:
        return False
    # Their own week comes later, or is not over: nobody waits for it with the group's.
    if member.shift and not member.is_week_over(own_week, cohort, now):
        return True
    return _is_week_spent_away(member, own_week)


@dataclass(frozen=True, slots=True)
class Standing:
    """A line on a board.

    Ties share a rank: 1 + the visible members with more done.
    """

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
    """Build a board from members and their number of items done, most first.

    It has only members a viewer may see there.
    On a later page, `offset` rows come before, and `first_rank` belongs to its first row.
    """
    ordered = sorted(rows, key=lambda row: (-row[1], row[0].id))
    board: list[Standing] = []
    for member, done in ordered:
        name = get_visible_name(member, viewer, "board")
        if name is None:
            continue
        rank = offset + len(board) + 1
        if not board:
            # The first of a page may share its rank with rows of the page before.
            rank = first_rank
        elif board[-1].done == done:
            rank = board[-1].rank
        board.append(Standing(rank, name, done, member.id))
    return tuple(board)


def list_top_rows(rows: Sequence[Standing], limit: int) -> Sequence[Standing]:
    """Return the first rows on a board, up to a limit, without tearing a shared rank apart.

    If more people share the first rank than there is room for, return as many as there is room.
    """
    if len(rows) <= limit:
        return rows
    # Whoever shares a rank with the first row that is cut is left out as well.
    top_rows = [row for row in rows[:limit] if row.rank != rows[limit].rank]
    return top_rows or rows[:limit]


@dataclass(frozen=True, slots=True)
class MemberSample:
    """Members who have done the same: their count, and the first names as others see them."""

    names: tuple[str, ...] = ()
    count: int = 0

    @property
    def more_count(self) -> int:
        """The number not named."""
        return self.count - len(self.names)
