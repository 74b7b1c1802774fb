"""A cohort and its members: who may join, which week it is for whom, and what changes of its dates are allowed.

All values are frozen and every function is pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

from bot.chat.errors import Refused
from bot.group.calendar import (
    DAY,
    WEEK,
    Break,
    Calendar,
    CalendarWeek,
    Syllabus,
    build_calendar,
    convert_to_utc,
)
from bot.group.member import Person
from bot.group.zones import load_zone

State = Literal["draft", "open", "running", "paused", "finished", "archived"]

LONGEST_BREAK = 180  # days
BREAKS = 20


@dataclass(frozen=True, slots=True)
class PostSetting:
    """What a moderator changed about one kind of post. None keeps the kind's own day or the cohort's posting time."""

    on: bool = True
    day: int | None = None
    at: time | None = None


@dataclass(frozen=True, slots=True)
class WeeklyCall:
    """A call the group holds every week: on which day of it (0 is the posting day), when, how long and where (plain text)."""

    day: int
    at: time
    minutes: int
    where: str


@dataclass(frozen=True)
class Cohort:
    """A group going through one syllabus from a start date, in a time zone.

    `looked_at` is the instant up to which its posts are in the ledger, `next_due_at` (a cache) the next one after that;
    `threads`: each weekly topics post opens one where the platform has them.
    """

    id: int
    name: str
    space_id: int
    plan_id: int
    roadmap: str
    syllabus: Syllabus
    start: date
    zone: str
    at: time
    state: State = "draft"
    edition: int = 1
    seats: int | None = None
    breaks: tuple[Break, ...] = ()
    posts: Mapping[str, PostSetting] = field(default_factory=dict)
    threads: bool = False
    call: WeeklyCall | None = None
    looked_at: datetime | None = None
    next_due_at: datetime | None = None

    @property
    def ref(self) -> str:
        """The short id that generated phrases name it by."""
        return f"#{self.id}"

    @cached_property
    def calendar(self) -> Calendar:
        return build_calendar(self.syllabus, self.start, self.breaks)

    @property
    def begins_at(self) -> datetime | None:
        """The instant of the first weekly post; None while a pause hides it."""
        weeks = self.calendar.weeks
        return convert_to_utc(weeks[0].first, self.at, self.zone) if weeks else None

    @property
    def finishes_at(self) -> datetime | None:
        """The instant the last week is over and the finale due; None while a pause hides it."""
        finish = self.calendar.finish
        return convert_to_utc(finish, self.at, self.zone) if finish else None

    @property
    def has_run_out(self) -> bool:
        """Whether time alone finished it: its posts were looked at to the end. One that was ended early has not."""
        if self.state != "finished" or self.looked_at is None or self.finishes_at is None:
            return False
        return self.looked_at >= self.finishes_at

    def get_cohort_date(self, now: datetime) -> date:
        """The local date where the cohort is."""
        return now.astimezone(load_zone(self.zone)).date()

    def get_week_opening(self, week: CalendarWeek) -> datetime:
        """The instant a week is posted."""
        return convert_to_utc(week.first, self.at, self.zone)

    def compute_call_times(self, week: CalendarWeek) -> tuple[datetime, datetime] | None:
        """The instants, in UTC, at which the call of a week begins and ends; None where there is none, as in a break."""
        if self.call is None or (on := week.first + DAY * self.call.day) not in week.active:
            return None
        begins = convert_to_utc(on, self.call.at, self.zone)
        return begins, begins + timedelta(minutes=self.call.minutes)

    def week_at(self, now: datetime) -> CalendarWeek | None:
        """The week that has been posted last by that instant; None before the first and after the finish."""
        if (finishes := self.finishes_at) and now >= finishes:
            return None
        return next(
            (week for week in reversed(self.calendar.weeks) if self.get_week_opening(week) <= now),
            None,
        )

    def advance_state(self, now: datetime) -> Cohort:
        """The cohort with the state that time alone has brought it to: open → running → finished."""
        state = self.state
        if state == "open" and (begins := self.begins_at) and now >= begins:
            state = "running"
        if state == "running" and (finishes := self.finishes_at) and now >= finishes:
            state = "finished"
        return self if state == self.state else replace(self, state=state)

    def check_admission(self, seats_taken: int, now: datetime) -> None:
        """Raises `Refused` unless one more person may join. `taken` counts the seats taken so far."""
        if self.state == "draft":
            raise Refused(f"{self.name} is not open yet: ask its moderators to say `cohort open`.")
        if self.state in {"finished", "archived"}:
            raise Refused(
                f"{self.name} has finished: say `join` to see which cohorts are open, or ask a moderator for a new one."
            )
        if self.seats is not None and seats_taken >= self.seats:
            raise Refused(
                f"{'The only seat' if self.seats == 1 else f'All {self.seats} seats'} of {self.name} "
                f"{'is' if self.seats == 1 else 'are'} taken: ask a moderator for one more, or join the next cohort."
            )

    def pause_weeks(self, now: datetime) -> Cohort:
        """The plan stands still from today on, or from tomorrow when today's week has been posted."""
        self._require_state("running", "pause")
        return replace(
            self, state="paused", breaks=(*self.breaks, Break(self._find_first_free_date(now)))
        )

    def resume_weeks(self, now: datetime) -> Cohort:
        """The plan goes on today: the pause becomes a break that ended yesterday."""
        self._require_state("paused", "resume")
        today = self.get_cohort_date(now)
        ended = (replace(one, last=today - DAY) if one.last is None else one for one in self.breaks)
        return replace(
            self,
            state="running",
            breaks=tuple(one for one in ended if one.last and one.first <= one.last),
        )

    def move_start(self, first: date, now: datetime) -> Cohort:
        """The plan from another first day; one that has yet to begin waits for it. Raises `Refused` if it would be over."""
        moved = replace(self, start=first)
        if (finishes := moved.finishes_at) is not None and finishes <= now:
            raise Refused(
                f"{self.name} would have ended on {moved.calendar.finish} already: choose a later start.",
                "start",
            )
        ahead = moved.begins_at is None or moved.begins_at > now
        return (
            replace(moved, state="open")
            if self.state == "draft" or (self.state == "running" and ahead)
            else moved
        )

    def start_new_edition(self, first: date, now: datetime) -> Cohort:
        """The whole plan once more from `first`: a new edition, whose posts are all sent again. Past breaks are dropped."""
        kept = tuple(one for one in self.breaks if one.last is not None and one.last >= first)
        return replace(self, state="open", edition=self.edition + 1, breaks=kept).move_start(
            first, now
        )

    def finish_early(self, now: datetime) -> Cohort:
        """Finished before its time: the plan stands still for good, and no week that has not come will."""
        if self.state not in {"open", "running", "paused"}:
            raise Refused(
                f"{self.name} is {self.state}, there is nothing to finish: `posts timeline` shows what was."
            )
        still = any(one.last is None for one in self.breaks)
        breaks = self.breaks if still else (*self.breaks, Break(self._find_first_free_date(now)))
        return replace(self, state="finished", breaks=breaks)

    def add_break(self, first: date, last: date, now: datetime) -> Cohort:
        """The plan stands still on these dates as well. Raises `Refused` for dates past, upside down or too many."""
        if any(one.first == first for one in self.breaks):
            raise Refused(
                f"A break begins on {first} already: take it out with `remove=yes` to change it.",
                "first",
            )
        if last < first:
            raise Refused(
                f"The break ends on {last}, before it begins on {first}: swap the two dates.",
                "last",
            )
        if first < self._find_first_free_date(now):
            raise Refused(
                f"A break can begin on {self._find_first_free_date(now)} at the earliest: what has been posted stays.",
                "first",
            )
        if (last - first).days >= LONGEST_BREAK:
            raise Refused(
                f"A break can last {LONGEST_BREAK} days: use `cohort pause` when the end is open.",
                "last",
            )
        if len(self.breaks) >= BREAKS:
            raise Refused(
                f"{self.name} has {BREAKS} breaks already: `cohort break` with `remove=yes` takes one out."
            )
        return replace(
            self,
            breaks=tuple(sorted((*self.breaks, Break(first, last)), key=lambda one: one.first)),
        )

    def remove_break(self, first: date, now: datetime) -> Cohort:
        """Without the break that begins on `first`. Raises `Refused` where there is none, or where it has begun."""
        kept = tuple(one for one in self.breaks if one.first != first)
        if len(kept) == len(self.breaks):
            known = ", ".join(str(one.first) for one in self.breaks) or "none at all"
            raise Refused(
                f"{self.name} has no break that begins on {first}: it has {known}.", "first"
            )
        if first < self._find_first_free_date(now):
            raise Refused(
                "That break has begun already: what it moved has been announced and stays.", "first"
            )
        return replace(self, breaks=kept)

    def _find_first_free_date(self, now: datetime) -> date:
        today = self.get_cohort_date(now)
        posted = any(
            week.first == today and self.get_week_opening(week) <= now
            for week in self.calendar.weeks
        )
        return today + DAY if posted else today

    def _require_state(self, state: State, to: str) -> None:
        if self.state != state:
            raise Refused(
                f"{self.name} is {self.state}, and only a {state} cohort can {to}: `posts timeline` shows what comes."
            )


@dataclass(frozen=True)
class Member:
    """A person in a cohort, with a clock of their own: `shift` weeks later than the cohort's.

    `catch_up` names weeks of a catch-up plan; both are empty by default. `score` counts what is done of their route, which
    follows from their `picks` (see `bot.group.route`).
    """

    id: int
    cohort_id: int
    person: Person
    joined_at: datetime
    shift: int = 0
    catch_up: tuple[str, ...] = ()
    hidden: bool = False
    alias: str = ""
    score: int = 0
    left_at: datetime | None = None
    picks: tuple[str, ...] = ()

    @property
    def name_in_cohort(self) -> str:
        """The name others see in this cohort."""
        return self.alias or self.person.display_name

    def get_zone_name(self, cohort: Cohort) -> str:
        return self.person.zone or cohort.zone

    def get_member_date(self, cohort: Cohort, now: datetime) -> date:
        """The date where the member is."""
        return now.astimezone(load_zone(self.get_zone_name(cohort))).date()

    def build_member_calendar(self, cohort: Cohort) -> Calendar:
        """The weeks by the member's own clock."""
        return (
            build_calendar(cohort.syllabus, cohort.start + WEEK * self.shift, cohort.breaks)
            if self.shift
            else cohort.calendar
        )

    def list_started_weeks(self, cohort: Cohort, now: datetime) -> tuple[CalendarWeek, ...]:
        """The weeks that have come for the member: by the date where they are, or by the post in the home."""
        if cohort.state == "draft":
            return ()
        today = self.get_member_date(cohort, now)
        weeks = self.build_member_calendar(cohort).weeks
        return tuple(
            week for week in weeks if week.first <= today or cohort.get_week_opening(week) <= now
        )

    def get_current_week(self, cohort: Cohort, now: datetime) -> CalendarWeek | None:
        """The member's current week; None before the first. After the last week it stays the last."""
        come = self.list_started_weeks(cohort, now)
        return come[-1] if come else None

    def is_week_over(self, week: CalendarWeek, cohort: Cohort, now: datetime) -> bool:
        """Whether the week's last date has ended where the member is."""
        return week.is_closed_on(self.get_member_date(cohort, now))

    def is_away_today(self, cohort: Cohort, now: datetime) -> bool:
        today = self.get_member_date(cohort, now)
        return any(away.is_active_on(today) for away in self.person.away)

    def has_finished_roadmap(self, cohort: Cohort, now: datetime) -> bool:
        """Whether the plan is over for the member: the cohort has finished and no week of their own clock goes on.

        One that was ended before its time is over for everybody.
        """
        if cohort.state not in {"finished", "archived"}:
            return False
        if not self.shift or cohort.calendar.finish is None:
            return True
        return all(
            self.is_week_over(week, cohort, now)
            for week in self.build_member_calendar(cohort).weeks
        )
