"""Private letters that a moderator has the bot send: a kind word, and the offer of the ways back.

The same rules are asked when a moderator presses the button and when the letter leaves. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.group.attention import KIND_WORD, WAYS_KINDS, MemberNeed
from bot.group.cohort import Cohort, Member
from bot.group.silence import MOST_LETTERS

BETWEEN_WORDS = timedelta(days=7)  # at least, for one member

Objection = Literal[
    "over",
    "away",
    "closed",
    "declined",
    "letters",
    "recent",
    "offered",
    "chosen",
    "stands_still",
    "on_time",
]
"""Why a letter is not sent. The view says it in words, the ledger by `SKIP_REASONS`."""

SKIP_REASONS: dict[Objection, str] = {
    "over": "the plan is over",
    "away": "away",
    "closed": "private messages are closed",
    "declined": "wants no private letters",
    "letters": "has had letters enough",
    "recent": "was written to this week",
    "offered": "was offered before",
    "chosen": "has chosen a way",
    "stands_still": "the plan stands still",
    "on_time": "is not behind",
}


@dataclass(frozen=True, slots=True)
class HandLetter:
    """A letter that a moderator had the bot send. `is_open`: it is still on its way."""

    kind: str
    ref: str
    at: datetime
    is_open: bool = False
    may_be_read: bool = False

    @property
    def counts(self) -> bool:
        """False for a letter that was skipped or failed: it told nobody anything."""
        return self.is_open or self.may_be_read


def find_word_objection(
    entry: MemberNeed, cohort: Cohort, earlier: Sequence[HandLetter], now: datetime
) -> Objection | None:
    """Return why no kind word is sent to a member, or None."""
    person = entry.member.person
    if person.closed:
        return "closed"
    # Who wants no reminders may want a word from a person; who wants no letters wants none.
    if person.delivery == "none":
        return "declined"
    return _find_common_objection(entry, cohort, now) or _find_word_limit(entry, earlier, now)


def _find_word_limit(
    entry: MemberNeed, earlier: Sequence[HandLetter], now: datetime
) -> Objection | None:
    last = find_last_letter(earlier, KIND_WORD)
    if last is not None and now - last.at < BETWEEN_WORDS:
        return "recent"
    return None if has_room_for_letter(entry) else "letters"


def find_last_letter(earlier: Sequence[HandLetter], kind: str) -> HandLetter | None:
    """Return the newest letter of a kind that was sent, or is on its way."""
    counted = [letter for letter in earlier if letter.kind == kind and letter.counts]
    return max(counted, key=lambda letter: letter.at, default=None)


def build_hand_ref(kind: str, cohort: Cohort, earlier: Sequence[HandLetter], now: datetime) -> str:
    """Return the ref of a new letter: `2026-03-19.0`.

    The date, so that a restored copy cannot send today's letter twice; and a number, for a letter
    that was skipped an hour ago.
    """
    day = cohort.get_cohort_date(now).isoformat()
    count = sum(letter.kind == kind and letter.ref.startswith(day) for letter in earlier)
    return f"{day}.{count}"


def has_room_for_letter(entry: MemberNeed) -> bool:
    """Return False if a letter would be one too many for somebody who does not answer.

    A letter by hand counts among the five of a silent member. It takes the place of the note, but
    never that of the letter which ends reminders, or of the farewells.
    """
    silence = entry.silence
    to_come = silence.cohort_count + (silence.stopped_at is None)
    return silence.letter_count + 1 + to_come <= MOST_LETTERS


def find_offer_objection(
    entry: MemberNeed,
    cohort: Cohort,
    earlier: Sequence[HandLetter],
    now: datetime,
    *,
    is_waiting: bool,
) -> Objection | None:
    """Return why the ways back are not offered to a member, or None.

    `is_waiting`: they wait for the next cohort.
    """
    person = entry.member.person
    if person.closed:
        return "closed"
    if person.delivery == "none" or person.reminders_a_week == 0:
        return "declined"
    return (
        _find_common_objection(entry, cohort, now)
        or _find_earlier_offer(entry.member, earlier, is_waiting=is_waiting)
        or _find_no_use(entry, cohort, now)
    )


def _find_earlier_offer(
    member: Member, earlier: Sequence[HandLetter], *, is_waiting: bool
) -> Objection | None:
    if member.shift or member.catch_up or member.moved_from or is_waiting:
        return "chosen"
    if any(letter.kind in WAYS_KINDS and letter.counts for letter in earlier):
        return "offered"
    return None


def _find_no_use(entry: MemberNeed, cohort: Cohort, now: datetime) -> Objection | None:
    today = entry.member.get_member_date(cohort, now)
    if any(pause.has_date(today) for pause in cohort.breaks):
        return "stands_still"
    if entry.backlog is None or not entry.backlog.is_behind:
        return "on_time"
    return None if has_room_for_letter(entry) else "letters"


def _find_common_objection(entry: MemberNeed, cohort: Cohort, now: datetime) -> Objection | None:
    if cohort.state in {"draft", "archived"} or entry.member.has_finished_roadmap(cohort, now):
        return "over"
    return "away" if entry.member.is_away_today(cohort, now) else None
