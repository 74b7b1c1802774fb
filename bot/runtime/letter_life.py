"""The life of a letter: how a try ended, and what becomes of the letter.

The whole of it is the table `_LIFE`. It is asked with what was known about the tries before this
one: in doubt is a letter of which an earlier try may have got through.

A letter that waits is due again. Two things keep the promise "once and only once":

- A try is settled once it has certainly not got through. While the last try is not, the letter is
  looked for before it is sent again.
- A try that is given back does not count: a letter that waits for its home or its platform is
  never given up for waiting too long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from bot.runtime.back_off import compute_back_off
from bot.store.letter import Letter, LetterChange, LetterState

TryOutcome = Literal[
    "sent",
    "found",
    "needless",
    "unreadable",
    "failed",
    "lost",
    "untried",
    "away_at_search",
    "away_at_sending",
    "home_closed",
    "home_refused",
    "private_refused",
    "quiet_hours",
]
"""How a try ended.

`found`: an earlier try had got through. `unreadable`: the platform cannot be searched.
`failed`: certainly not sent. `lost`: handed over, without an answer. `untried`: not handed over,
and not looked for either. `home_refused`: by a home that seemed open. `private_refused`: private
messages are closed.
"""
OUTCOMES: tuple[TryOutcome, ...] = get_args(TryOutcome)

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200))
MAX_TRIES = 100  # more than a week, by which time every kind of post is too late
HOME_CHECK_INTERVAL = timedelta(minutes=15)  # for a letter whose home takes no posts
MAX_ANNOUNCEMENT_WAIT = timedelta(days=7)  # an announcement has no kind with a rule for lateness


WaitLength = Literal["back-off", "short", "home check"]


@dataclass(frozen=True, slots=True)
class TryResult:
    """The end of a try. `after` is the platform's wish, `until` an instant that is certain."""

    outcome: TryOutcome
    reason: str = ""
    after: timedelta | None = None
    until: datetime | None = None
    sent_ref: str | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The letter ends in a state."""

    state: LetterState


@dataclass(frozen=True, slots=True)
class Wait:
    """The letter is due again later.

    `is_settled`: no try so far has got through.
    """

    is_settled: bool
    is_try_returned: bool = False
    length: WaitLength = "back-off"
    can_give_up: bool = False


SEND: Literal["send"] = "send"
"""The letter is sent now, in this same try."""

Step = End | Wait | Literal["send"]
_RETRY = Wait(is_settled=True, can_give_up=True)
_RETRY_IN_DOUBT = Wait(is_settled=False, can_give_up=True)
_HOLD = Wait(is_settled=True, is_try_returned=True, length="short")
_HOLD_IN_DOUBT = Wait(is_settled=False, is_try_returned=True, length="short")
_HOLD_FOR_HOME = Wait(is_settled=True, is_try_returned=True, length="home check")
# The try counts, so it ends some day: the fault may be the letter's and not the home's.
_RETRY_AT_HOME = Wait(is_settled=True, length="home check", can_give_up=True)
_SLEEP = Wait(is_settled=True, length="short")

# By outcome: the step for a letter without doubt, and for one in doubt. Everything after the
# search is without doubt: it has shown that no earlier try got through.
_LIFE: Mapping[TryOutcome, tuple[Step, Step]] = {
    "sent": (End("sent"), End("sent")),
    "found": (End("sent"), End("sent")),
    "needless": (End("skipped"), End("skipped")),
    # Nobody knows of a try that may have got through: one merely older than a lost copy is sent.
    "unreadable": (SEND, End("unsure")),
    "failed": (_RETRY, _RETRY),
    "lost": (_RETRY_IN_DOUBT, _RETRY_IN_DOUBT),
    "untried": (_RETRY, _RETRY_IN_DOUBT),
    "away_at_search": (_HOLD, _HOLD_IN_DOUBT),
    "away_at_sending": (_HOLD, _HOLD),
    "home_closed": (_HOLD_FOR_HOME, _HOLD_FOR_HOME),
    "home_refused": (_RETRY_AT_HOME, _RETRY_AT_HOME),
    # Closed private messages are never made public: the letter ends here.
    "private_refused": (End("skipped"), End("skipped")),
    "quiet_hours": (_SLEEP, _SLEEP),
}


def find_step(outcome: TryOutcome, *, is_in_doubt: bool) -> Step:
    """Return the step of the table for an outcome."""
    return _LIFE[outcome][is_in_doubt]


def build_letter_change(letter: Letter, result: TryResult, now: datetime) -> LetterChange | None:
    """Return what becomes of a claimed letter after a try, or None if it is sent now."""
    step = find_step(result.outcome, is_in_doubt=letter.is_outcome_unknown)
    match step:
        case End(state):
            return LetterChange(letter, state, result.reason, now, result.sent_ref)
        case Wait():
            return _build_waiting(letter, step, result, now)
        case _:
            return None


def _build_waiting(letter: Letter, step: Wait, result: TryResult, now: datetime) -> LetterChange:
    if step.can_give_up and letter.tries >= MAX_TRIES:
        state: LetterState = "failed" if step.is_settled else "unsure"
        return LetterChange(letter, state, f"given up: {result.reason}", now)
    # A kind of post grows too late by its own rule. An announcement has none, so it ends here.
    is_old = letter.message is not None and now - letter.moment > MAX_ANNOUNCEMENT_WAIT
    if result.outcome == "home_closed" and is_old:
        return LetterChange(letter, "skipped", "its place could not be posted to", now)
    wait = result.after or _compute_wait(step.length, letter.tries)
    return LetterChange(
        letter,
        "due",
        result.reason,
        result.until or now + wait,
        is_settled=step.is_settled,
        is_try_returned=step.is_try_returned,
    )


def _compute_wait(length: WaitLength, tries: int) -> timedelta:
    match length:
        case "back-off":
            return compute_back_off(tries, BACK_OFF)
        case "short":
            return BACK_OFF[0]
        case "home check":
            return HOME_CHECK_INTERVAL
