"""The past lines of a timeline: what became of each letter, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.chat.message import Message, escape_text
from bot.chat.text import shorten
from bot.group.bulletins import BULLETIN
from bot.group.cohort import Cohort
from bot.post import PostRegistry
from bot.views.bulletin import format_posted_title
from bot.views.timeline import format_letter_title
from bot.views.timeline_lines import (
    CohortHomes,
    LineState,
    TimelineLine,
    format_moment_in_zone,
    join_line,
)

REMARK = 110  # characters of a line beside its date
WHERE = 40  # characters of it, where a post is not the same in all homes
LATE = 300  # seconds; less than that is on time
FOLDED = "folded into "  # in the ledger: a newer letter stood for this one
MISSED = (FOLDED, "too late")  # in the ledger: the reasons that an outage gives


class LedgerLine(Protocol):
    """What a line tells of a letter."""

    @property
    def id(self) -> int: ...
    @property
    def edition(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def ref(self) -> str: ...
    @property
    def home_id(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def moment(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def message(self) -> Message | None: ...


def build_past_line(
    alike: Sequence[LedgerLine], cohort: Cohort, homes: CohortHomes, post_kinds: PostRegistry
) -> TimelineLine:
    """Return one line for the letters of a post that ended alike."""
    letter = alike[0]
    ids = {other.home_id for other in alike}
    title = format_past_title(letter, cohort, post_kinds)
    remark = shorten(f"{title} · {describe_letter_outcome(letter, cohort)}", REMARK)
    where = shorten(homes.describe_home_subset(ids), WHERE)
    moment = format_moment_in_zone(letter.moment, cohort)
    week = 0
    # In another edition the same week was another one. What an outage took has a line of its own.
    is_foldable = letter.edition == cohort.edition and not letter.reason.startswith(MISSED)
    if is_foldable and letter.kind in post_kinds.kinds:
        week = cohort.syllabus.get_week_number(letter.ref.partition(".")[0])
    text = join_line(moment, escape_text(remark), where)
    state = find_line_state(letter)
    return TimelineLine(letter.moment, text, state, week, title, f"letter/{letter.id}")


def format_past_title(letter: LedgerLine, cohort: Cohort, post_kinds: PostRegistry) -> str:
    """Return a letter's title in plain text."""
    if letter.kind == "announcement":
        title = f"Announcement, {letter.ref.partition('/')[0]}"
    elif letter.kind == BULLETIN and letter.message is not None:
        title = format_posted_title(letter.message)
    else:
        title = format_letter_title(letter.kind, letter.ref, cohort, post_kinds)
    return title if letter.edition == cohort.edition else f"earlier round: {title}"


def find_line_state(letter: LedgerLine) -> LineState:
    """Return what a line's sign says of a letter."""
    if letter.state in {"due", "claimed"}:
        return "waiting"
    if _is_sent_late(letter):
        return "late"
    for state in ("sent", "skipped", "unsure"):
        if letter.state == state:
            return state
    return "failed"


def describe_letter_outcome(letter: LedgerLine, cohort: Cohort) -> str:
    """Return what became of a letter, and why: `sent late`, `skipped, everybody is away`."""
    reason = _format_letter_reason(letter.reason, cohort)
    if letter.state in {"due", "claimed"}:
        return f"waiting, {reason}" if reason else "on its way"
    outcome = f"{letter.state} late" if _is_sent_late(letter) else letter.state
    return f"{outcome}, {reason}" if reason else outcome


def _is_sent_late(letter: LedgerLine) -> bool:
    # A letter that was found had been sent earlier, perhaps in time: nobody knows.
    if letter.state != "sent" or letter.ended_at is None or letter.reason.startswith("found"):
        return False
    return (letter.ended_at - letter.moment).total_seconds() > LATE


def _format_letter_reason(reason: str, cohort: Cohort) -> str:
    """Return a reason of the ledger with the number of a week in place of its id."""
    if not reason.startswith(FOLDED):
        return reason
    week_id = reason.removeprefix(FOLDED).partition(".")[0]
    number = cohort.syllabus.get_week_number(week_id)
    return f"{FOLDED}week {number}" if number else reason
