"""Attention: who needs somebody, why, since when, and what the bot has done about it.

A pure value for each member. Nothing is stored about it: it follows from what members did and
said, and from the letters that went to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from bot.group.backlog import BEHIND_WEEKS, Backlog, measure_backlog
from bot.group.calendar import DAY
from bot.group.cohort import Cohort, Member
from bot.group.route import Route, build_route
from bot.group.silence import (
    SILENT_WEEKS,
    MemberActivity,
    PastLetter,
    Silence,
    judge_silence,
    list_ended_absences,
)
from bot.group.zones import load_zone
from bot.roadmap import Roadmap

Need = Literal["blocked", "unsure", "silent", "behind", "back"]
"""Why a member needs somebody. Stored in phrases: never renamed.

Whoever asked for help comes first, and whoever only needs a welcome comes last.
"""
NEEDS: tuple[Need, ...] = get_args(Need)
FROM_WORDS: frozenset[Need] = frozenset({"blocked", "unsure"})
"""The reasons that follow from what a member wrote to moderators."""

KIND_WORD, WAYS_BY_HAND = "kind_word", "ways_by_hand"
"""The kinds of private letters that moderators have the bot send, as the ledger keeps them."""
BY_HAND = frozenset({KIND_WORD, WAYS_BY_HAND})
WAYS_KINDS = frozenset({"ways", "last_reminder", WAYS_BY_HAND})
"""The kinds of letters that offer the ways back: one of them in an edition is enough."""

UNSURE = 2  # of 5: a confidence up to this
RECENT = timedelta(days=21)  # a check-in older than this says nothing about today
BACK_DAYS = 7  # after an absence


@dataclass(frozen=True, slots=True)
class LastReport:
    """A member's newest check-in, as far as it concerns moderators."""

    at: datetime
    confidence: int | None = None
    blockers: str = ""


@dataclass(frozen=True, slots=True)
class StuckItem:
    """An item that a member said they are stuck on, and has not ticked since."""

    item: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """What is known about a member: what they did and said, and the letters they got.

    `ticked`: None for a member who cannot be behind.
    `letters`: all private ones that may have been read, in whatever cohort.
    """

    member: Member
    activity: MemberActivity
    ticked: frozenset[str] | None = None
    report: LastReport | None = None
    stuck: tuple[StuckItem, ...] = ()
    letters: Sequence[PastLetter] = ()


@dataclass(frozen=True, slots=True)
class NeedReason:
    """A reason, and the local date since when it holds."""

    need: Need
    since: date


@dataclass(frozen=True, slots=True)
class BotActs:
    """What the bot has done: reminders since the member's last act, and the dates of letters.

    `stopped_on`: when they were told that reminders stop; None for who is active again.
    """

    reminder_count: int = 0
    stopped_on: date | None = None
    note_on: date | None = None
    ways_on: date | None = None
    word_on: date | None = None


@dataclass(frozen=True, slots=True)
class MemberNeed:
    """A member with the reasons why they need somebody, the strongest first; none for most.

    `report` and `stuck` are their own words, for moderators of their own space alone: see
    `can_read_words`. `backlog`: None for a member who cannot be behind.
    """

    member: Member
    reasons: tuple[NeedReason, ...]
    report: LastReport | None
    stuck: tuple[StuckItem, ...]
    backlog: Backlog | None
    silence: Silence
    acts: BotActs

    @property
    def needs(self) -> tuple[Need, ...]:
        return tuple(reason.need for reason in self.reasons)

    @property
    def without_words(self) -> MemberNeed:
        """The same without their own words, and without the reasons that follow from them."""
        reasons = tuple(reason for reason in self.reasons if reason.need not in FROM_WORDS)
        return replace(self, reasons=reasons, report=None, stuck=())

    @property
    def is_answered(self) -> bool:
        """True if a moderator has written to them since the last reason began."""
        if not self.reasons or self.acts.word_on is None:
            return False
        return self.acts.word_on >= max(reason.since for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class CohortNeeds:
    """The members of a cohort who need somebody, sorted by need.

    `is_complete`: False for a cohort so large that some members were not judged.
    """

    members: tuple[MemberNeed, ...] = ()
    is_complete: bool = True

    def hide_foreign_words(self, reader_space_id: int | None) -> CohortNeeds:
        """Return what a moderator of a space may know. None: the cohort is in one space alone.

        What a member wrote to the moderators of another space is no reason here.
        """
        readable = []
        for entry in self.members:
            can_read = can_read_words(entry.member, reader_space_id)
            readable.append(entry if can_read else entry.without_words)
        return CohortNeeds(sort_by_need(readable), self.is_complete)

    def list_with_need(self, need: Need | None) -> tuple[MemberNeed, ...]:
        """Return the members with a need, or all of them for None."""
        return tuple(entry for entry in self.members if need is None or need in entry.needs)

    def count_needs(self) -> Mapping[Need, int]:
        """Count the members with each need; needs that nobody has are left out."""
        counts = {need: len(self.list_with_need(need)) for need in NEEDS}
        return {need: count for need, count in counts.items() if count}


def sort_by_need(judged: Iterable[MemberNeed]) -> tuple[MemberNeed, ...]:
    """Return the members with a need, those who need somebody most first.

    Whoever was written to since comes after all others. Then the strongest reason decides, the
    number of reasons, and the newest one: there a word helps most.
    """
    return tuple(sorted((entry for entry in judged if entry.reasons), key=_get_rank))


def _get_rank(entry: MemberNeed) -> tuple[bool, int, int, int, int]:
    first = entry.reasons[0]
    newest_first = -first.since.toordinal()
    strength = NEEDS.index(first.need)
    return entry.is_answered, strength, -len(entry.reasons), newest_first, entry.member.id


def can_read_words(member: Member, reader_space_id: int | None) -> bool:
    """Return True if a moderator of this space may read what the member wrote to moderators.

    None: the cohort lives in one space alone, and all its moderators may.
    """
    return reader_space_id is None or reader_space_id == member.space_id


def judge_need(record: MemberRecord, cohort: Cohort, roadmap: Roadmap, now: datetime) -> MemberNeed:
    """Judge why a member needs somebody. Nobody does who is away, or whose plan is over."""
    member = record.member
    silence = judge_silence(member, cohort, record.activity, record.letters, now)
    backlog = None
    if record.ticked is not None:
        route = build_route(roadmap, cohort.syllabus, member.picks)
        backlog = measure_backlog(member, cohort, roadmap, route, record.ticked, now)
    reasons: tuple[NeedReason, ...] = ()
    if not _is_left_alone(member, cohort, now):
        reasons = _list_reasons(record, cohort, backlog, silence, now)
    return MemberNeed(
        member,
        reasons,
        record.report,
        record.stuck,
        backlog,
        silence,
        _list_bot_acts(record, cohort, silence),
    )


def _is_left_alone(member: Member, cohort: Cohort, now: datetime) -> bool:
    is_over = member.has_finished_roadmap(cohort, now) or cohort.state in {"draft", "archived"}
    return is_over or member.is_away_today(cohort, now)


def can_be_behind(
    member: Member, cohort: Cohort, route: Route, done: Mapping[str, int], now: datetime
) -> bool:
    """Return False for a member who has done all of every closed week, but at most one.

    It needs no ticks. `done`: the number of slots done, by week id.
    """
    open_count = 0
    for week in member.list_started_weeks(cohort, now):
        is_closed = member.is_week_over(week, cohort, now)
        if is_closed and done.get(week.id, 0) < route.count_slots(week.id):
            open_count += 1
    return open_count >= BEHIND_WEEKS


def _list_reasons(
    record: MemberRecord, cohort: Cohort, backlog: Backlog | None, silence: Silence, now: datetime
) -> tuple[NeedReason, ...]:
    found = {
        "blocked": _find_block(record, cohort, now),
        "unsure": _find_doubt(record, cohort, now),
        "silent": _find_silence_start(record, cohort, silence),
        "behind": _find_lag(backlog),
        "back": _find_return(record.member, cohort, now),
    }
    reasons = []
    for need in NEEDS:
        since = found[need]
        if since is not None:
            reasons.append(NeedReason(need, since))
    return tuple(reasons)


def _find_block(record: MemberRecord, cohort: Cohort, now: datetime) -> date | None:
    """Return the date of the oldest trouble that still holds."""
    moments = [item.at for item in record.stuck]
    report = record.report
    if report is not None and report.blockers.strip() and now - report.at <= RECENT:
        moments.append(report.at)
    return _get_local_date(min(moments), record.member, cohort) if moments else None


def _find_doubt(record: MemberRecord, cohort: Cohort, now: datetime) -> date | None:
    report = record.report
    if report is None or report.confidence is None or report.confidence > UNSURE:
        return None
    if now - report.at > RECENT:
        return None
    return _get_local_date(report.at, record.member, cohort)


def _find_silence_start(record: MemberRecord, cohort: Cohort, silence: Silence) -> date | None:
    # The current week counts as silent until they are seen in it, so one more makes it a week.
    if silence.weeks < SILENT_WEEKS:
        return None
    return _get_local_date(record.activity.last_at, record.member, cohort)


def _find_lag(backlog: Backlog | None) -> date | None:
    """Return the day after the week that was one too many."""
    if backlog is None or not backlog.is_behind:
        return None
    last = backlog.open_weeks[BEHIND_WEEKS - 1].last
    return last + DAY if last is not None else None


def _find_return(member: Member, cohort: Cohort, now: datetime) -> date | None:
    today = member.get_member_date(cohort, now)
    ended = list_ended_absences(member, today - DAY * BACK_DAYS, today)
    # Whoever was only missing took no time off.
    taken = [away for away in ended if not away.was_missing]
    returns = [away.last + DAY for away in taken if away.last is not None]
    return max(returns, default=None)


def _list_bot_acts(record: MemberRecord, cohort: Cohort, silence: Silence) -> BotActs:
    dates: dict[str, date] = {}
    for letter in sorted(record.letters, key=lambda letter: letter.at):
        dates[letter.kind] = _get_local_date(letter.at, record.member, cohort)
    offered = [day for kind, day in dates.items() if kind in WAYS_KINDS]
    stopped_at = silence.stopped_at
    return BotActs(
        sum(
            letter.kind == "reminder" and letter.at > record.activity.last_at
            for letter in record.letters
        ),
        None if stopped_at is None else _get_local_date(stopped_at, record.member, cohort),
        dates.get("silence_note") if silence.has_note else None,
        max(offered, default=None),
        dates.get(KIND_WORD),
    )


def _get_local_date(at: datetime, member: Member, cohort: Cohort) -> date:
    return at.astimezone(load_zone(member.get_zone_name(cohort))).date()
