"""The outcomes of letters, written to the ledger: sent, skipped, unsure, failed, or due again.

Three columns carry the promise "once and only once":

- `tries` is the fencing token. Claiming adds one, and every later change names the try it is about.
  A sender that slept through its lease names an old try and changes no row.
- `due_at` of a claimed letter is the end of its lease. Nobody else claims it before that.
- `settled` is the last try known not to have got through. While `tries` is ahead of it, the outcome
  is unknown: the next sender looks for the letter before sending it again.

What becomes of a letter is decided in `bot.runtime.letter_life`.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from bot.chat.message import escape_text
from bot.clock import Clock
from bot.runtime.letter_life import TryResult, build_letter_change
from bot.runtime.outcome_batch import LetterEnding, OutcomeBatch, write_endings
from bot.store import Store, Tx
from bot.store.cohorts import WAITS, Home
from bot.store.ledger import Letter, LetterChange
from bot.store.members import MemberContact

log = logging.getLogger(__name__)


class LetterOutcomes:
    """Records how tries ended."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._clock = clock
        self._batch = OutcomeBatch(store)

    @property
    def has_unwritten(self) -> bool:
        """Tell if outcomes wait for the database. Nothing is claimed before they are written.

        Else letters would go out in a time when nobody can note that they did.
        """
        return self._batch.has_unwritten

    async def record_result(
        self,
        letter: Letter,
        result: TryResult,
        *,
        has_call: bool = False,
        seen: MemberContact | None = None,
    ) -> bool:
        """Record how a try ended. Return False where the letter is to be sent in this same try.

        With `has_call` it may have named a call, whose event is due once it has ended.
        `seen`: the member, if the platform has just said that they are there.
        """
        ending = self._build_ending(letter, result, seen)
        if ending is None:
            return False
        if has_call and ending.change.state != "due":
            is_ours = await self._end_with_call(ending)
        else:
            is_ours = await self._batch.write_ending(ending)
        _log_change(ending.change, is_ours=is_ours)
        return True

    def _build_ending(
        self, letter: Letter, result: TryResult, seen: MemberContact | None
    ) -> LetterEnding | None:
        now = self._clock.now()
        change = build_letter_change(letter, result, now)
        if change is None:
            return None
        is_reached = None
        is_private = bool(letter.member_id or letter.account_id)
        if is_private and change.state == "sent":
            is_reached = True
        if is_private and result.outcome == "private_refused":
            is_reached = False
        return LetterEnding(change, now, is_reached, seen)

    async def _end_with_call(self, ending: LetterEnding) -> bool:
        letter = ending.change.letter

        async def write_end(tx: Tx) -> bool:
            # Before the letter's own row: everybody who changes a call locks in this order.
            await tx.cohorts.lock_cohort(letter.cohort_id)
            is_ours = ending.change.fence in await write_endings(tx, [ending])
            if is_ours:
                await tx.events.release_event(letter, ending.now)
            return is_ours

        return await self._batch.write(write_end)

    async def retry_untried_letter(
        self, letter: Letter, reason: str, after: timedelta | None = None
    ) -> None:
        """Make a letter due again before it was handed over in this try."""
        await self.record_result(letter, TryResult("untried", reason, after))

    async def hold_for_home(
        self, letter: Letter, home: Home | None, reason: str, trouble: str
    ) -> None:
        """Have a letter wait for its home to take posts, and tell moderators why."""
        await self.record_result(letter, TryResult("home_closed", reason))
        await self.update_home_trouble(home, trouble)

    async def handle_home_refusal(self, home: Home, letter: Letter, reason: str) -> None:
        """Retry a letter refused by a home that seemed open, and tell its moderators."""
        trouble = f"{WAITS}the channel refuses them ({escape_text(reason)})."
        await self.update_home_trouble(home, trouble)
        await self.record_result(letter, TryResult("home_refused", reason))

    async def update_home_trouble(self, home: Home | None, trouble: str) -> None:
        """Save a home's trouble where it has changed. An empty text is a home in order."""
        if home is not None and home.trouble != trouble:
            await self._batch.write(
                lambda tx: tx.cohorts.save_home_trouble(home, trouble, self._clock.now())
            )

    async def shift_waiting_letters(self, step: timedelta) -> None:
        """Make every waiting letter due sooner by `step`, after a clock was set back."""
        await self._batch.write(lambda tx: tx.ledger.shift_waiting_letters(step, self._clock.now()))


def _log_change(change: LetterChange, *, is_ours: bool) -> None:
    note = f", {change.reason}" if change.reason else ""
    if not is_ours:
        note += " (lease lost)"
    if change.state == "due":
        log.info("letter %s waits until %s%s", change.letter.natural_key, change.at, note)
    else:
        log.info("letter %s: %s%s", change.letter.natural_key, change.state, note)
