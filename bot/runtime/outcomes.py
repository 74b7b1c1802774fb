"""The outcomes of letters, written to the ledger: sent, skipped, unsure, failed, or due again.

Three columns carry the promise "once and only once":

- `tries` is the fencing token. Claiming adds one, and every later change names the try it is about.
  A sender that slept through its lease names an old try and changes no row.
- `due_at` of a claimed letter is the end of its lease. Nobody else claims it before that.
- `settled` is the last try known not to have got through. While `tries` is ahead of it, the outcome
  is unknown: the next sender looks for the letter before sending it again.

`is_unsent` below says that the letter has certainly not got through, which settles the try.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from bot.chat.errors import DatabaseUnavailableError, NotConnected
from bot.chat.message import escape_text
from bot.clock import Clock
from bot.store import Store, Tx, TxWork, retry_while_unavailable
from bot.store.cohorts import WAITS, Home
from bot.store.ledger import Letter

FinalState = Literal["sent", "skipped", "unsure", "failed"]
Result = TypeVar("Result")

log = logging.getLogger(__name__)

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200))
MAX_TRIES = 100  # more than a week, by which time every kind of post is too late
HOME_CHECK_INTERVAL = timedelta(minutes=15)  # for a letter whose home takes no posts
MAX_ANNOUNCEMENT_WAIT = timedelta(days=7)  # an announcement has no kind with a rule for lateness


class LetterOutcomes:
    """Writes outcomes, however long the database is away."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._unwritten = 0

    @property
    def has_unwritten(self) -> bool:
        """Tell if outcomes wait for the database. Nothing is claimed before they are written.

        Else letters would go out in a time when nobody can note that they did.
        """
        return self._unwritten > 0

    async def record_outcome(
        self,
        letter: Letter,
        state: FinalState,
        reason: str,
        sent_ref: str | None = None,
        *,
        is_private_closed: bool = False,
        has_call: bool = False,
    ) -> None:
        """End a letter. With `has_call` it may have named a call, whose event is due now."""

        async def write_end(tx: Tx) -> bool:
            if has_call:
                # Before the letter's own row: everybody who changes a call locks in this order.
                await tx.cohorts.lock_cohort(letter.cohort_id)
            now = self._clock.now()
            is_ours = await tx.ledger.finish_letter(letter, state, now, reason, sent_ref)
            if not is_ours:
                # The lease was lost: the next sender has found what we sent, and tells the rest.
                return False
            if has_call:
                await tx.events.release_event(letter, now)
            if letter.member_id and (is_private_closed or state == "sent"):
                await tx.people.record_private_delivery(
                    letter.member_id, not is_private_closed, now
                )
            return True

        is_ours = await self.write_outcome(write_end)
        _log_outcome(letter, state, reason, is_ours=is_ours)

    async def retry_letter(
        self, letter: Letter, reason: str, *, is_unsent: bool, after: timedelta | None = None
    ) -> None:
        """Make a letter due again after a back-off, or give up. `after` is the platform's wish."""
        if letter.tries >= MAX_TRIES:
            state: FinalState = "failed" if is_unsent else "unsure"
            return await self.record_outcome(letter, state, f"given up: {reason}")
        wait = after or BACK_OFF[min(letter.tries, len(BACK_OFF)) - 1]
        await self.postpone_delivery(letter, self._clock.now() + wait, reason, is_unsent=is_unsent)

    async def retry_untried_letter(
        self, letter: Letter, reason: str, after: timedelta | None = None
    ) -> None:
        """Make a letter due again before it was handed over in this try.

        An earlier try with an unknown outcome stays unknown: this one has learned nothing new.
        """
        await self.retry_letter(
            letter, reason, is_unsent=not letter.is_outcome_unknown, after=after
        )

    async def postpone_delivery(
        self, letter: Letter, until: datetime, reason: str, *, is_unsent: bool
    ) -> None:
        """Make a letter due again at an instant. The try counts."""
        await self.write_outcome(
            lambda tx: tx.ledger.postpone_letter(letter, until, reason, is_unsent=is_unsent)
        )
        log.info("letter %s waits until %s: %s", letter.natural_key, until, reason)

    async def hold_for_platform(
        self, letter: Letter, away: NotConnected, *, is_unsent: bool
    ) -> None:
        """Have a letter wait for its platform. Nothing was tried, so the try is given back."""
        until = self._clock.now() + (away.after or BACK_OFF[0])
        await self.write_outcome(
            lambda tx: tx.ledger.hold_letter(letter, until, away.reason, is_unsent=is_unsent)
        )
        log.info("letter %s waits until %s: %s", letter.natural_key, until, away.reason)

    async def hold_for_home(
        self, letter: Letter, home: Home | None, reason: str, trouble: str
    ) -> None:
        """Have a letter wait for its home to take posts. The try is given back.

        A kind of post grows too late by its own rule. An announcement has none, so it ends here.
        """
        now = self._clock.now()
        if letter.message is not None and now - letter.moment > MAX_ANNOUNCEMENT_WAIT:
            return await self.record_outcome(letter, "skipped", "its place could not be posted to")

        async def write_hold(tx: Tx) -> None:
            await tx.ledger.hold_letter(letter, now + HOME_CHECK_INTERVAL, reason)
            if home is not None:
                await tx.cohorts.save_home_trouble(home, trouble, now)

        await self.write_outcome(write_hold)
        log.info("letter %s is held: %s", letter.natural_key, reason)

    async def handle_home_refusal(self, home: Home, letter: Letter, reason: str) -> None:
        """Retry a letter refused by a home that seemed open, and tell its moderators.

        The try counts, so it ends some day: the fault may be the letter's and not the home's.
        """
        trouble = f"{WAITS}the channel refuses them ({escape_text(reason)})."
        await self.update_home_trouble(home, trouble)
        await self.retry_letter(letter, reason, is_unsent=True, after=HOME_CHECK_INTERVAL)

    async def update_home_trouble(self, home: Home | None, trouble: str) -> None:
        """Save a home's trouble where it has changed. An empty text is a home in order."""
        if home is not None and home.trouble != trouble:
            await self.write_outcome(
                lambda tx: tx.cohorts.save_home_trouble(home, trouble, self._clock.now())
            )

    async def write_outcome(self, write: TxWork[Result]) -> Result:
        """Run a write, and repeat it while the database is away.

        Only this process knows the outcome.
        A second run changes nothing: each names its try, and the first run has ended that one.
        """

        try:
            return await self._store.run(write)
        except DatabaseUnavailableError:
            self._unwritten += 1
        try:
            return await retry_while_unavailable(lambda: self._store.run(write))
        finally:
            self._unwritten -= 1


def _log_outcome(letter: Letter, state: FinalState, reason: str, *, is_ours: bool) -> None:
    note = f", {reason}" if reason else ""
    if not is_ours:
        note += " (lease lost)"
    log.info("letter %s: %s%s", letter.natural_key, state, note)
