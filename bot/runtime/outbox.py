"""The way out: due letters are claimed, and each is delivered in a task of its own.

A letter is sent exactly once wherever the platform lets us look. Letters to one place leave one
after the other, in their order, because the ledger claims only the first. A slow place delays no
other, and neither does a cohort with many letters.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.chat.errors import DatabaseUnavailableError
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.host.failures import FailureLog
from bot.runtime.call_events import CallEventSync
from bot.runtime.delivery import LetterDelivery
from bot.runtime.outcomes import LetterOutcomes
from bot.runtime.post_edits import PostEditor
from bot.runtime.role_keeper import RoleKeeper
from bot.runtime.sending_slots import SendingSlots, list_greedy_cohorts
from bot.store import Store, Tx, compute_outage_delay
from bot.store.edits import EditEntry
from bot.store.events import EventEntry
from bot.store.ledger import Letter
from bot.store.role_requests import Role
from bot.store.schedule import DueWork

log = logging.getLogger(__name__)

CohortWork = tuple[int, Coroutine[Any, Any, None]]
"""A cohort's id, and something to do for it."""

# On Postgres several processes share the work, and each takes a few at a time.
MAX_SHARED_CLAIM = 20
MAX_EDITS = 5  # posts written again at once: platforms slow down whoever changes many old ones
MAX_ROLES = 2  # roles put right at once
POLL_INTERVAL = 1.0  # seconds
# Seconds between two claims while letters leave one by one: those that leave in between are made
# up for together. A home's next letter waits no longer than that.
CLAIM_GAP = 0.02
STOP_GRACE = 5.0  # seconds that letters on their way have when the bot stops


@dataclass(slots=True)
class ClaimedWork:
    """What one claim has got."""

    letters: Sequence[Letter] = ()
    events: Sequence[EventEntry] = ()
    edits: Sequence[EditEntry] = ()
    roles: Sequence[Role] = ()


class Outbox:
    """Sends due letters, updates due events and roles, and edits posts that were sent."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        platforms: Mapping[str, Platform],
        repeats: FailureLog | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._failures = repeats or FailureLog(log)
        self._outcomes = LetterOutcomes(store, clock)
        self._delivery = LetterDelivery(store, clock, platforms, self._failures, self._outcomes)
        self._call_events = CallEventSync(store, clock, platforms, self._failures)
        self._post_editor = PostEditor(store, clock, platforms, self._failures)
        self._role_keeper = RoleKeeper(store, clock, platforms, self._failures)
        self._in_flight: set[asyncio.Task[None]] = set()
        self._slots = SendingSlots()
        self._woken = asyncio.Event()
        self._is_stopping = False

    async def reset_former_claims(self) -> None:
        """Make letters claimed by a former process due again, at the start.

        Only where no other process can be holding them: else their lease has to end.
        """
        if self._store.is_exclusive:
            await self._store.run(self._reset_claims)

    async def _reset_claims(self, tx: Tx) -> None:
        now = self._clock.now()
        await tx.ledger.reset_letter_claims(now)
        await tx.events.reset_event_claims(now)
        await tx.edits.reset_edit_claims(now)
        await tx.role_requests.reset_role_claims(now)

    async def run_outbox(self) -> None:
        """Send due letters until cancelled. A failed claim does not end it.

        Letters on their way then have `STOP_GRACE` seconds. `wake_outbox` saves a second's wait.
        """
        self._is_stopping = False
        sending = asyncio.create_task(self._send_due_letters())
        try:
            # Shielded, because a cancelled send has an unknown outcome.
            await asyncio.shield(sending)
        except asyncio.CancelledError:
            self._is_stopping = True
            self.wake_outbox()
            await asyncio.wait([sending], timeout=STOP_GRACE)
            raise
        finally:
            sending.cancel()
            await asyncio.wait([sending])

    async def _send_due_letters(self) -> None:
        failures = 0
        async with asyncio.TaskGroup() as group:
            while not self._is_stopping:
                # Before the look, so that nothing that falls due during it is missed.
                self._woken.clear()
                try:
                    await self._start_due_deliveries(group)
                except Exception as error:
                    # A door: this loop is the only way out, and must outlive any failed claim.
                    self._log_failed_claim(error)
                    wait = compute_outage_delay(failures)
                    failures += 1
                else:
                    wait, failures = POLL_INTERVAL, 0
                await self._wait_until_woken(wait)

    def _log_failed_claim(self, error: Exception) -> None:
        # The store logs an outage itself, once for everybody.
        if not isinstance(error, DatabaseUnavailableError):
            sentence = "the letters that are due could not be claimed"
            self._failures.log_failure("claim", sentence, error=error)

    async def _wait_until_woken(self, seconds: float) -> None:
        if self._in_flight:
            await asyncio.sleep(CLAIM_GAP)
        with suppress(TimeoutError):
            async with asyncio.timeout(0 if self._is_stopping else seconds):
                await self._woken.wait()

    def wake_outbox(self) -> None:
        """Look for due letters now."""
        self._woken.set()

    async def drain_outbox(self) -> None:
        """Send everything due now, and return when it is sent."""
        async with asyncio.TaskGroup() as group:
            is_busy = True
            while is_busy:
                had_flights = bool(self._in_flight)
                # Before the look: a letter that lands during it has freed a slot for others.
                self._woken.clear()
                try:
                    started = await self._start_deliveries(group)
                except DatabaseUnavailableError:
                    # An error inside the group would cut short the letters on their way.
                    await asyncio.gather(*self._in_flight)
                    raise
                # A letter that landed while we looked may have freed the way for the next one to
                # its place: look once more.
                is_busy = had_flights or started > 0 or bool(self._in_flight)
                # After so many, more may be due.
                if self._in_flight and started < MAX_SHARED_CLAIM:
                    await self._woken.wait()

    async def follow_clock(self, step: timedelta) -> None:
        """Follow a wall clock that was set by `step`: no back-off waits longer for that.

        A clock set forward needs nothing: waiting letters are due the sooner.
        """
        if step < timedelta():
            await self._outcomes.shift_waiting_letters(-step)
        self.wake_outbox()

    # — claiming —

    async def _start_due_deliveries(self, group: asyncio.TaskGroup) -> None:
        """Start deliveries until nothing is due, or no slot is free."""
        while not self._is_stopping and await self._start_deliveries(group):
            pass

    async def _start_deliveries(self, group: asyncio.TaskGroup) -> int:
        """Look for what is due, claim it, start a task for each, and return how many."""
        limit = self._slots.count_claimable()
        if limit <= 0 or self._outcomes.has_unwritten:
            return 0
        if not self._store.is_exclusive:
            limit = min(limit, MAX_SHARED_CLAIM)
        due = await self._find_due_work()
        if due.is_empty:
            return 0
        letters, others = await self._claim_due(due, limit)
        gathered = await self._delivery.gather_batch(letters) if letters else {}
        for letter in letters:
            delivery = self._delivery.deliver_letter(letter, gathered.get(letter.id))
            self._start_delivery(group, delivery, letter.cohort_id)
            # Each begins in a turn of its own, so that the loop is never away for all of them.
            await asyncio.sleep(0)
        for cohort_id, work in others:
            self._start_delivery(group, work, cohort_id)
        return len(letters) + len(others)

    async def _find_due_work(self) -> DueWork:
        # A claim takes the write lock, and on Postgres three trips at least; a look takes one.
        now = self._clock.now()
        return await self._store.run(lambda tx: tx.schedule.find_due_work(now), write=False)

    async def _claim_due(
        self, due: DueWork, limit: int
    ) -> tuple[Sequence[Letter], Sequence[CohortWork]]:
        """Claim letters, and beside them the work on events, posts sent before and roles.

        `due`: the kinds that a look has found due. What falls due after it waits for the next.
        """
        claimed = ClaimedWork()

        async def claim(tx: Tx) -> None:
            # Kept for a commit with an unknown outcome; a second run claims the same again.
            claimed.letters = await self._claim_letters(tx, limit) if due.has_letters else ()
            now, left = self._clock.now(), max(1, limit - len(claimed.letters))
            if due.has_events:
                claimed.events = await tx.events.claim_events(now, left)
            if due.has_edits:
                claimed.edits = await tx.edits.claim_edits(now, min(left, MAX_EDITS))
            if due.has_roles:
                claimed.roles = await tx.role_requests.claim_roles(now, min(left, MAX_ROLES))

        try:
            await self._store.run(claim)
        except DatabaseUnavailableError as unavailable:
            if unavailable.is_doubtful:
                # The commit may have come through, and these letters may be ours. Only we know
                # that nobody has tried to send them, so their claim is taken back. All else
                # can wait for their lease to end: making one twice changes nothing.
                for letter in claimed.letters:
                    await self._outcomes.retry_untried_letter(letter, "the database was away")
            raise
        return claimed.letters, self._list_other_work(claimed)

    def _list_other_work(self, claimed: ClaimedWork) -> Sequence[CohortWork]:
        work: list[CohortWork] = []
        for event in claimed.events:
            work.append((event.cohort_id, self._call_events.update_call_event(event)))
        for edit in claimed.edits:
            work.append((edit.letter.cohort_id, self._post_editor.edit_post(edit)))
        for role in claimed.roles:
            work.append((role.cohort_id, self._role_keeper.keep_role(role)))
        return work

    async def _claim_letters(self, tx: Tx, limit: int) -> Sequence[Letter]:
        """Claim letters so that no cohort takes more than half while others wait."""
        now, claimed = self._clock.now(), list[Letter]()
        left_out = set(self._slots.list_crowded_cohorts())
        # The first half is for anybody in order, the rest leaves out whoever got most of that.
        first_half = max(1, min(limit // 2, self._slots.count_fairly_claimable()))
        for most in (first_half, limit):
            wanted = most - len(claimed)
            found = await tx.ledger.claim_letters(now, wanted, left_out) if wanted else ()
            claimed.extend(found)
            if len(found) < wanted:
                # Now only those left out in this very claim can have letters that are due.
                break
            left_out |= list_greedy_cohorts(letter.cohort_id for letter in claimed)
        if left_out and len(claimed) < limit:
            # Nobody else waits, so nobody is delayed.
            claimed.extend(await tx.ledger.claim_letters(now, limit - len(claimed)))
        return claimed

    def _start_delivery(
        self, group: asyncio.TaskGroup, work: Coroutine[Any, Any, None], cohort_id: int
    ) -> None:
        self._slots.occupy_slot(cohort_id)
        task = group.create_task(work)
        self._in_flight.add(task)
        task.add_done_callback(lambda ended: self._handle_delivery_end(ended, cohort_id))

    def _handle_delivery_end(self, task: asyncio.Task[None], cohort_id: int) -> None:
        self._in_flight.discard(task)
        self._slots.free_slot(cohort_id)
        # The next letter to the same place can go.
        self._woken.set()
