"""Silence: no tick, no check-in and no command in a week. What it means for private letters.

Everything follows from facts: when somebody was last active, and which letters went to them since.
Nothing is stored about it, so nothing has to be undone when they come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort, Member
from bot.group.member import Away

REMINDER, LAST_REMINDER, NOTE = "reminder", "last_reminder", "silence_note"
"""The kinds of letters to somebody who is silent, as the ledger keeps them."""
NOT_COUNTED = frozenset({"recall"})  # kinds of letters that people asked for
DAYS_OF_SILENCE = 4  # of a week, on which somebody could have been seen
SILENT_WEEKS = 2  # in a row: then reminders stop
MOST_REMINDERS = 2  # without an answer, before the letter that says they stop
MOST_LETTERS = 5  # to somebody who is silent, in twelve weeks
# Four weeks, less the hours that a clock change or a slow minute can shift a letter by.
NOTE_AFTER = timedelta(days=27, hours=12)


@dataclass(frozen=True, slots=True)
class MemberActivity:
    """A person's last act: a tick, a check-in, a command or joining, through any account.

    `cohort_count`: the cohorts they are in that have not finished.
    """

    last_at: datetime
    cohort_count: int = 1


@dataclass(frozen=True, slots=True)
class PastLetter:
    """A private letter that a person may have read. `at`: the instant of its end, in UTC.

    `cohort_id`, `edition`: the cohort it came from; 0 where that does not matter.
    """

    kind: str
    at: datetime
    cohort_id: int = 0
    edition: int = 0


@dataclass(frozen=True, slots=True)
class Silence:
    """What somebody's silence means for their letters.

    `weeks`: silent weeks in a row, the current one included; 0 for who was active in it.
    `letter_count`: private letters since their last act.
    `stopped_at`: when they were told that reminders stop; None while reminders come.
    `has_note`: the short note after that has come too.
    `is_back`: reminders had stopped, and none has come since they are active again.
    `reminder_count`, `stop_count`: all reminders there ever were, and all letters that ended them;
    no two in a row read alike.
    """

    weeks: int
    letter_count: int = 0
    stopped_at: datetime | None = None
    has_note: bool = False
    is_back: bool = False
    reminder_count: int = 0
    stop_count: int = 0
    cohort_count: int = 1

    @property
    def is_long(self) -> bool:
        """True once reminders stop."""
        return self.weeks >= SILENT_WEEKS

    @property
    def has_had_enough(self) -> bool:
        """True once so many letters went without an answer that no other one may follow."""
        return self.letter_count >= MOST_LETTERS

    @property
    def has_room_for_note(self) -> bool:
        """True if the note leaves room for the farewell of each cohort."""
        return self.letter_count + 1 + self.cohort_count <= MOST_LETTERS

    def is_note_due(self, now: datetime) -> bool:
        """Return True four weeks after reminders stopped."""
        return self.stopped_at is not None and now - self.stopped_at >= NOTE_AFTER


def judge_silence(
    member: Member,
    cohort: Cohort,
    activity: MemberActivity,
    letters: Sequence[PastLetter],
    now: datetime,
) -> Silence:
    """Judge a member's silence. `letters`: all private ones to the person, in any order."""
    counted = sorted(
        (letter for letter in letters if letter.kind not in NOT_COUNTED),
        key=lambda letter: letter.at,
    )
    unanswered = [letter for letter in counted if letter.at > activity.last_at]
    stops = [letter.at for letter in unanswered if letter.kind == LAST_REMINDER]
    reminders = [letter for letter in counted if letter.kind in (REMINDER, LAST_REMINDER, NOTE)]
    is_stopped = bool(reminders) and reminders[-1].kind != REMINDER
    return Silence(
        count_silent_weeks(member, cohort, activity.last_at, now),
        len(unanswered),
        min(stops, default=None),
        any(letter.kind == NOTE for letter in unanswered),
        is_stopped and not stops,
        sum(letter.kind == REMINDER for letter in reminders),
        sum(letter.kind == LAST_REMINDER for letter in reminders),
        activity.cohort_count,
    )


def count_silent_weeks(
    member: Member, cohort: Cohort, last_active_at: datetime, now: datetime
) -> int:
    """Count the weeks in a row, up to the current one, in which a member was silent.

    By their own calendar. A week counts neither way if breaks, pauses and days away take more than
    half of it.
    """
    last_day = member.get_member_date(cohort, last_active_at)
    today = member.get_member_date(cohort, now)
    count = 0
    for week in reversed(member.build_member_calendar(cohort).weeks):
        if week.first > today:
            continue
        if week.first <= last_day:
            break
        count += _can_be_silent(member, week)
    return count


def _can_be_silent(member: Member, week: CalendarWeek) -> bool:
    # A pause may leave a week one day before it, and one after: that is no week to be seen in.
    days = sum(not member.person.is_away_on(day) for day in week.active)
    return days >= DAYS_OF_SILENCE


def list_ended_absences(member: Member, since: date, until: date) -> Sequence[Away]:
    """Return the absences that ended between two dates, the last excluded."""
    return [
        away
        for away in member.person.away
        if away.last is not None and since <= away.last < until and away.first <= away.last
    ]
