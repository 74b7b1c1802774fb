"""A cohort and its members: admission, the weeks by each clock, and changes to the dates.

All values are frozen and every function is pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

from bot.chat.errors import Refused
from bot.group.breaks import check_new_break, end_open_pause
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

CohortState = Literal["draft", "open", "running", "paused", "finished", "archived"]
PauseAction = Literal["pause", "resume"]
JOINABLE_STATES: frozenset[CohortState] = frozenset({"open", "running", "paused"})


class CohortFullError(Refused):
    """Every seat is taken."""


@dataclass(frozen=True, slots=True)
class PostSetting:
    """A moderator's changes to one kind of post.

    None keeps the kind's own day or the cohort's posting time.
    """

    on: bool = True
    day: int | None = None
    at: time | None = None


@dataclass(frozen=True, slots=True)
class WeeklyCall:
    """A call the group holds every week.

    `day` counts from the posting day, 0. `at` is local time where the cohort is.
    `where` is plain text: an address or the name of a place.
    """

    day: int
    at: time
    minutes: int
    where: str


@dataclass(frozen=True)
class Cohort:
    """A group going through one syllabus from a start date, in a time zone.

    `looked_at`: up to this instant its posts are in the ledger.
    `next_due_at`: the next post after that; a cache.
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
    state: CohortState = "draft"
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
        """The short id for generated phrases."""
        return f"#{self.id}"

    @cached_property
    def calendar(self) -> Calendar:
        return build_calendar(self.syllabus, self.start, self.breaks)

    @property
    def begins_at(self) -> datetime | None:
        """The instant of the first weekly post; None while a pause hides it."""
        weeks = self.calendar.weeks
        if not weeks:
            return None
        return convert_to_utc(weeks[0].first, self.at, self.zone)

    @property
    def finishes_at(self) -> datetime | None:
        """The instant at the end of the last week, when the finale is due.

        None while a pause hides it.
        """
        finish = self.calendar.finish
        if finish is None:
            return None
        return convert_to_utc(finish, self.at, self.zone)

    @property
    def has_run_out(self) -> bool:
        """True if time alone finished it: its posts were entered to the end.

        A cohort that was ended early has not run out.
        """
        if self.state != "finished" or self.looked_at is None or self.finishes_at is None:
            return False
        return self.looked_at >= self.finishes_at

    def get_post_setting(self, kind_name: str) -> PostSetting:
        """Return the setting for a kind of post; the default one if nobody changed it."""
        return self.posts.get(kind_name, PostSetting())

    def get_cohort_date(self, now: datetime) -> date:
        """Return the local date in the cohort's zone."""
        return now.astimezone(load_zone(self.zone)).date()

    def get_week_opening(self, week: CalendarWeek) -> datetime:
        """Return the instant, in UTC, at which a week is posted."""
        return convert_to_utc(week.first, self.at, self.zone)

    def compute_call_times(self, week: CalendarWeek) -> tuple[datetime, datetime] | None:
        """Return the begin and the end, in UTC, for a week's call.

        None without a call, and where its day falls into a break.
        """
        if self.call is None:
            return None
        day = week.first + DAY * self.call.day
        # In a week shortened by a break the day may be in the break, or in the next week.
        if day not in week.active:
            return None
        begins = convert_to_utc(day, self.call.at, self.zone)
        return begins, begins + timedelta(minutes=self.call.minutes)

    def week_at(self, now: datetime) -> CalendarWeek | None:
        """Return the week posted last by an instant.

        None before the first week and after the finish.
        """
        if (finishes := self.finishes_at) and now >= finishes:
            return None
        for week in reversed(self.calendar.weeks):
            if self.get_week_opening(week) <= now:
                return week
        return None

    def advance_state(self, now: datetime) -> Cohort:
        """Return the cohort in the state for an instant: open → running → finished.

        Only time moves it here. All other states are changed by people.
        """
        state = self.state
        if state == "open" and (begins := self.begins_at) and now >= begins:
            state = "running"
        # Two steps at once, for a bot that was down from before the start until after the finish.
        if state == "running" and (finishes := self.finishes_at) and now >= finishes:
            state = "finished"
        if state == self.state:
            return self
        return replace(self, state=state)

    def check_admission(self, seats_taken: int, now: datetime) -> None:
        """Raise `Refused` unless one more person may join."""
        if self.state == "draft":
            raise Refused(f"{self.name} is not open yet: ask a moderator to use `cohort open`.")
        if self.state in {"finished", "archived"}:
            raise Refused(
                f"{self.name} has finished: use `join` to see the open cohorts, "
                "or ask a moderator for a new one."
            )
        if self.seats is not None and seats_taken >= self.seats:
            taken = f"All {self.seats} seats of {self.name} are"
            if self.seats == 1:
                taken = f"The only seat of {self.name} is"
            raise CohortFullError(
                f"{taken} taken: wait for a free one with `waitlist`, or join the next cohort."
            )

    def pause_weeks(self, now: datetime) -> Cohort:
        """Pause from today on, or from tomorrow if today's week has been posted."""
        self._require_state("running", "pause")
        # A break without an end: nobody has to know yet when the group goes on.
        pause = Break(self._find_first_free_date(now))
        return replace(self, state="paused", breaks=(*self.breaks, pause))

    def resume_weeks(self, now: datetime) -> Cohort:
        """Go on today: the pause becomes a break that ended yesterday."""
        self._require_state("paused", "resume")
        breaks = end_open_pause(self.breaks, self.get_cohort_date(now) - DAY)
        return replace(self, state="running", breaks=breaks)

    def move_start(self, first: date, now: datetime) -> Cohort:
        """Return the plan from another first day; if it has yet to begin, the cohort is open.

        Raises `Refused` for a day from which the plan would be over already.
        """
        moved = replace(self, start=first)
        finish, finishes_at = moved.calendar.finish, moved.finishes_at
        if finish is not None and finishes_at is not None and finishes_at <= now:
            raise Refused(
                f"From that day, {self.name} would already have ended on "
                f"{finish - DAY}: choose a later start.",
                "start",
            )
        is_ahead = moved.begins_at is None or moved.begins_at > now
        if self.state == "draft" or (self.state == "running" and is_ahead):
            return replace(moved, state="open")
        return moved

    def start_new_edition(self, first: date, now: datetime) -> Cohort:
        """Return the whole plan once more from `first`, as a new edition.

        Its posts are all sent again. Past breaks are dropped.
        """
        breaks = [pause for pause in self.breaks if pause.last is not None and pause.last >= first]
        again = replace(self, state="open", edition=self.edition + 1, breaks=tuple(breaks))
        return again.move_start(first, now)

    def finish_early(self, now: datetime) -> Cohort:
        """Finish before the last week: no week that has not come will come.

        Raises `Refused` in states that cannot finish.
        """
        if self.state not in {"open", "running", "paused"}:
            raise Refused(
                f"{self.name} is {self.state}, and only an open, running or paused cohort can "
                "finish: see what was posted with `posts timeline`."
            )
        return replace(self, state="finished", breaks=self._hide_coming_weeks(now))

    def _hide_coming_weeks(self, now: datetime) -> tuple[Break, ...]:
        """Return the breaks with a pause that has no end; a paused cohort has one already."""
        if any(pause.last is None for pause in self.breaks):
            return self.breaks
        return (*self.breaks, Break(self._find_first_free_date(now)))

    def add_break(self, first: date, last: date, now: datetime) -> Cohort:
        """Return the cohort with one more break, both dates included.

        Raises `Refused` for dates past, upside down or too many.
        """
        first_free = self._find_first_free_date(now)
        check_new_break(self.name, self.breaks, Break(first, last), first_free)
        breaks = sorted((*self.breaks, Break(first, last)), key=lambda pause: pause.first)
        return replace(self, breaks=tuple(breaks))

    def remove_break(self, first: date, now: datetime) -> Cohort:
        """Return the cohort without the break that begins on `first`.

        Raises `Refused` if there is none, or if it has begun.
        """
        kept = tuple(pause for pause in self.breaks if pause.first != first)
        if not self.breaks:
            raise Refused(
                f"{self.name} has no breaks: add one with `cohort break` if you need it.", "first"
            )
        if len(kept) == len(self.breaks):
            dates = ", ".join(str(pause.first) for pause in self.breaks)
            raise Refused(
                f"No break of {self.name} starts on {first}: choose one of {dates}.", "first"
            )
        # Its posts have moved already, and people have made plans by them.
        if first < self._find_first_free_date(now):
            raise Refused(
                "That break has already started: change the later dates with `cohort reschedule`.",
                "first",
            )
        return replace(self, breaks=kept)

    def _find_first_free_date(self, now: datetime) -> date:
        """Return the first date that can still become a break: what has been posted stays."""
        today = self.get_cohort_date(now)
        for week in self.calendar.weeks:
            if week.first == today and self.get_week_opening(week) <= now:
                return today + DAY
        return today

    def _require_state(self, state: CohortState, action: PauseAction) -> None:
        if self.state != state:
            raise Refused(
                f"{self.name} is {self.state}, and only a {state} cohort can {action}: "
                "see what comes next with `posts timeline`."
            )


@dataclass(frozen=True)
class Member:
    """A person in a cohort, with a clock of their own.

    `shift`: weeks by which their clock is later than the cohort's.
    `catch_up`: the words of their catch-up plan (see `bot.group.catch_up`).
    `moved_from`: the id of the cohort they came from with "Next cohort".
    `score`: items done on their route, which follows from their `picks` (see `bot.group.route`).
    `space_id`: the space they joined in; None where nobody noted it.
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
    space_id: int | None = None
    moved_from: int | None = None

    @property
    def name_in_cohort(self) -> str:
        """The name others see in this cohort."""
        return self.alias or self.person.display_name

    def get_zone_name(self, cohort: Cohort) -> str:
        """Return the name for the member's own zone, else the cohort's."""
        return self.person.zone or cohort.zone

    def get_member_date(self, cohort: Cohort, now: datetime) -> date:
        """Return the local date in the member's zone."""
        return now.astimezone(load_zone(self.get_zone_name(cohort))).date()

    def build_member_calendar(self, cohort: Cohort) -> Calendar:
        """Build the weeks by the member's own clock."""
        # The cohort keeps its calendar; only a shifted one has to be computed.
        if not self.shift:
            return cohort.calendar
        return build_calendar(cohort.syllabus, cohort.start + WEEK * self.shift, cohort.breaks)

    def list_started_weeks(self, cohort: Cohort, now: datetime) -> tuple[CalendarWeek, ...]:
        """Return the weeks that have come for the member.

        A week has come by the date in their zone, or by the post in the home, the earlier one.
        """
        if cohort.state == "draft":
            return ()
        weeks = self.build_member_calendar(cohort).weeks
        return tuple(week for week in weeks if self._has_week_started(week, cohort, now))

    def _has_week_started(self, week: CalendarWeek, cohort: Cohort, now: datetime) -> bool:
        today = self.get_member_date(cohort, now)
        return week.first <= today or cohort.get_week_opening(week) <= now

    def get_current_week(self, cohort: Cohort, now: datetime) -> CalendarWeek | None:
        """Return the member's current week; None before the first.

        After the last week it stays the last.
        """
        started = self.list_started_weeks(cohort, now)
        if not started:
            return None
        return started[-1]

    def is_week_over(self, week: CalendarWeek, cohort: Cohort, now: datetime) -> bool:
        """Return True once the week's last date has ended in the member's zone."""
        return week.is_closed_on(self.get_member_date(cohort, now))

    def list_missed_weeks(self, cohort: Cohort, now: datetime) -> tuple[CalendarWeek, ...]:
        """Return the weeks that were over when they joined. Nobody expects them to be done."""
        weeks = self.list_started_weeks(cohort, now)
        return tuple(week for week in weeks if self.is_week_over(week, cohort, self.joined_at))

    def is_away_today(self, cohort: Cohort, now: datetime) -> bool:
        return self.person.is_away_on(self.get_member_date(cohort, now))

    def has_finished_roadmap(self, cohort: Cohort, now: datetime) -> bool:
        """Return True once the cohort has finished and no week by their own clock goes on.

        A cohort that was ended early is over for everybody.
        """
        if cohort.state not in {"finished", "archived"}:
            return False
        # A calendar without a finish: the plan was stopped early and stands still for good.
        if not self.shift or cohort.calendar.finish is None:
            return True
        weeks = self.build_member_calendar(cohort).weeks
        return all(self.is_week_over(week, cohort, now) for week in weeks)
