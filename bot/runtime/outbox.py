"""The way out: letters that are due are claimed, written from fresh facts, sent, and their outcome kept.

A letter is sent exactly once wherever the platform lets us look: one whose outcome is unknown is looked for before it is
sent again, and where looking is impossible it ends `unsure` and is never sent again by itself. Letters to one place leave
one after the other, in their order; one slow place delays nobody else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.chat.errors import CannotReadHistory, DatabaseUnavailableError, NotConnected, SendError
from bot.chat.message import Message, escape_text
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.host.failures import FailureLog
from bot.runtime.call_events import CallEventSync
from bot.runtime.compose import Delay, Skip, write_letter
from bot.runtime.destination import (
    Destination,
    build_left_skip,
    find_destination,
    format_ledger_reason,
    list_wanted_extras,
)
from bot.runtime.spaces import is_member_present, list_setup_problems
from bot.store import Store, Tx, compute_outage_delay, retry_while_unavailable
from bot.store.cohorts import WAITS, Home
from bot.store.events import EventEntry
from bot.store.ledger import Letter

Result = TypeVar("Result")

log = logging.getLogger(__name__)

LOOK_LIMIT = 50.0  # seconds
SEND_LIMIT = 60.0  # seconds; both together are shorter than the lease: whoever claims next finds the outcome settled
BESIDE_LIMIT = 20.0  # seconds for the thread under a post
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200))
TRIES = 100  # more than a week, by when every kind of post is too late
AT_ONCE = 50
LOOK_AGAIN = timedelta(
    minutes=15
)  # how long a letter waits for its home to open before that is looked at again
GRACE = 5.0  # seconds that letters on their way have when the bot stops
HELD = timedelta(
    days=7
)  # how long an announcement, which no rule of a kind makes late, is worth waiting with


@dataclass(frozen=True, slots=True)
class ClosedHome:
    """A letter whose home takes no posts now: the reason for the ledger, and what moderators are told."""

    reason: str
    trouble: str


@dataclass(frozen=True, slots=True)
class ReadyLetter:
    """A letter to send now, and what its home lacks all the same."""

    message: Message
    trouble: str = ""


class Outbox:
    """Sends what is due."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        platforms: Mapping[str, Platform],
        repeats: FailureLog | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._repeats = repeats or FailureLog(log)
        self._agenda = CallEventSync(store, clock, platforms, self._repeats)
        self._flying: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._is_stopping = False
        self._owed = (
            0  # outcomes that wait for the database: nothing is claimed before they are kept
        )

    async def reset_former_claims(self) -> None:
        """After a start: letters a former process had claimed are due again, if no other process can be holding them."""
        if self._store.is_exclusive:
            async with self._store.transaction() as tx:
                await tx.ledger.reset_letter_claims(self._clock.now())
                await tx.events.reset_event_claims(self._clock.now())

    async def run_outbox(self) -> None:
        """Send what falls due until cancelled; `wake` saves the wait of a second.

        Letters on their way have `GRACE` seconds then. No failed claim ends it.
        """
        self._is_stopping = False
        sending = asyncio.create_task(self._send_due_letters())
        try:
            await asyncio.shield(sending)
        except asyncio.CancelledError:
            self._is_stopping = True
            self.wake_outbox()
            await asyncio.wait([sending], timeout=GRACE)
            raise
        finally:
            sending.cancel()
            await asyncio.wait([sending])

    async def _send_due_letters(self) -> None:
        tries = 0
        async with asyncio.TaskGroup() as group:
            while not self._is_stopping:
                try:
                    await self._start_deliveries(group)
                except Exception as error:
                    if not isinstance(error, DatabaseUnavailableError):  # which the store has told
                        self._repeats.log_failure(
                            "claim", "the letters that are due could not be claimed", error=error
                        )
                    wait, tries = compute_outage_delay(tries), tries + 1
                else:
                    wait, tries = 1.0, 0
                self._woken.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(0 if self._is_stopping else wait):
                        await self._woken.wait()

    def wake_outbox(self) -> None:
        """Look for due letters now."""
        self._woken.set()

    async def drain_outbox(self) -> None:
        """Send everything that is due now, and return when it has been."""
        async with asyncio.TaskGroup() as group:
            busy = True
            while busy:
                flew = bool(self._flying)
                try:
                    launched = await self._start_deliveries(group)
                except Exception:
                    # Raised inside the group, it would cut short what is on its way.
                    await asyncio.gather(*self._flying)
                    raise
                # One that landed while we looked may have freed the place of the next: then look once more.
                busy = flew or launched > 0 or bool(self._flying)
                if self._flying:
                    await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)

    async def _start_deliveries(self, group: asyncio.TaskGroup) -> int:
        room = AT_ONCE - len(self._flying)
        if room <= 0 or self._owed:
            return 0
        letters, events = await self._claim_due(min(room, 20))
        for letter in letters:
            self._start_delivery(group, self._deliver_letter(letter))
        for event in events:
            self._start_delivery(group, self._agenda.update_call_event(event))
        return len(letters) + len(events)

    async def _claim_due(self, limit: int) -> tuple[Sequence[Letter], Sequence[EventEntry]]:
        letters: Sequence[Letter] = ()
        try:
            async with self._store.transaction() as tx:
                letters = await tx.ledger.claim_letters(self._clock.now(), limit)
                events = await self._agenda.claim_due_events(tx, limit)
        except DatabaseUnavailableError as away:
            if away.is_doubtful:
                # They may be ours now. Nobody has tried to send them, which only we know. Events wait for their lease to end.
                for letter in letters:
                    await self._retry_letter_later(
                        letter, "the database was away", is_unsent=not letter.is_outcome_unknown
                    )
            raise
        return letters, events

    def _start_delivery(self, group: asyncio.TaskGroup, work: Coroutine[Any, Any, None]) -> None:
        task = group.create_task(work)
        self._flying.add(task)
        task.add_done_callback(self._handle_delivery_end)

    def _handle_delivery_end(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._woken.set()

    async def _deliver_letter(self, letter: Letter) -> None:
        try:
            await self._send_letter(letter)
        except (
            DatabaseUnavailableError
        ):  # never after it was handed over: what became of it is kept however long that takes
            await self._retry_letter_later(
                letter, "the database was away", is_unsent=not letter.is_outcome_unknown
            )
        except Exception as bug:
            await self._report_letter_bug(letter, "could not be sent", bug, is_unsent=False)

    async def _report_letter_bug(
        self, letter: Letter, failure: str, bug: Exception, *, is_unsent: bool
    ) -> None:
        """Log a bug under a ticket, and try the letter again later."""
        ticket = self._repeats.log_failure(
            failure, f"letter {letter.natural_key} {failure}", error=bug, has_ticket=True
        )
        await self._retry_letter_later(letter, f"a bug, ticket {ticket}", is_unsent=is_unsent)

    async def _send_letter(self, letter: Letter) -> None:
        async with self._store.transaction(write=False) as tx:
            to = await find_destination(tx, letter)
        if isinstance(to, Skip):
            return await self._record_outcome(letter, "skipped", to.reason)
        platform = self._platforms.get(to.place.platform)
        if platform is None:
            return await self._retry_letter_later(
                letter,
                f"{to.place.platform} is not connected",
                is_unsent=not letter.is_outcome_unknown,
            )
        if letter.is_search_required and await self._resolve_unknown_outcome(platform, to, letter):
            return None
        try:
            ready = await self._prepare_letter(platform, to, letter)
        except DatabaseUnavailableError:
            raise
        except Exception as bug:
            return await self._report_letter_bug(
                letter, "could not be written", bug, is_unsent=True
            )
        await self._handle_prepared_letter(platform, to, letter, ready)

    async def _handle_prepared_letter(
        self,
        platform: Platform,
        to: Destination,
        letter: Letter,
        ready: ReadyLetter | ClosedHome | Skip | Delay,
    ) -> None:
        match ready:
            case Skip(reason):
                await self._record_outcome(letter, "skipped", reason)
            case Delay(until):
                await self._postpone_delivery(letter, until, "quiet hours", is_unsent=True)
            case ClosedHome():
                await self._hold_for_home(to, letter, ready)
            case ReadyLetter():
                await self._send_to_platform(platform, to, ready, letter)

    async def _prepare_letter(
        self, platform: Platform, to: Destination, letter: Letter
    ) -> ReadyLetter | ClosedHome | Skip | Delay:
        """A letter written from fresh facts, if somebody is there to get it and its place is open."""
        missing = to.seat is not None and to.seat.missing_since is not None
        if missing and not await self._is_recipient_present(
            platform, to
        ):  # first of all: who has come back is not away any more
            return build_left_skip(platform)
        async with self._store.transaction(write=False) as tx:
            message = await write_letter(tx, to.cohort, letter, self._clock.now())
            is_pending = (
                to.home is not None
                and to.cohort.call is None
                and await tx.events.has_pending_event(to.home)
            )
        if not isinstance(message, Message):
            return message
        if to.home is None:
            return (
                ReadyLetter(message)
                if missing or await self._is_recipient_present(platform, to)
                else build_left_skip(platform)
            )
        if not to.home.is_in_reach:
            return ClosedHome(f"I am not in the {platform.space_word} any more", to.home.trouble)
        lacking = await list_setup_problems(
            platform, to.place, list_wanted_extras(to.cohort, message, is_pending=is_pending)
        )
        blocking = [one.sentence for one in lacking if one.is_blocking]
        if blocking:
            return ClosedHome(format_ledger_reason(blocking[0]), WAITS + " ".join(blocking))
        return ReadyLetter(message, " ".join(one.sentence for one in lacking if one.extra))

    async def _is_recipient_present(self, platform: Platform, to: Destination) -> bool:
        return to.seat is None or await is_member_present(
            self._store, self._clock, platform, to.cohort, to.seat
        )

    async def _hold_for_home(self, to: Destination, letter: Letter, closed: ClosedHome) -> None:
        """Have a letter wait for its home to open, however often that takes; what it says grows old by its own rule."""
        now = self._clock.now()
        if letter.message is not None and now - letter.moment > HELD:
            return await self._record_outcome(letter, "skipped", "its place could not be posted to")

        async def write(tx: Tx) -> None:
            await tx.ledger.hold_letter(letter, now + LOOK_AGAIN, closed.reason)
            if to.home is not None:
                await tx.cohorts.save_home_trouble(to.home, closed.trouble, now)

        await self._write_outcome(write)
        log.info("letter %s is held: %s", letter.natural_key, closed.reason)

    async def _resolve_unknown_outcome(
        self, platform: Platform, to: Destination, letter: Letter
    ) -> bool:
        try:
            async with asyncio.timeout(LOOK_LIMIT):
                found = await platform.find_message(
                    to.place, letter.natural_key, letter.began_at or letter.moment
                )
        except TimeoutError:
            await self._retry_letter_later(
                letter, "no answer in time", is_unsent=not letter.is_outcome_unknown
            )
            return True
        except CannotReadHistory:
            if letter.is_outcome_unknown:
                await self._record_outcome(
                    letter, "unsure", "it may have been sent, and I may not look"
                )
            return letter.is_outcome_unknown
        except NotConnected as away:
            await self._hold_for_platform(letter, away, is_unsent=not letter.is_outcome_unknown)
            return True
        except SendError as broken:
            await self._retry_letter_later(
                letter, broken.reason, is_unsent=not letter.is_outcome_unknown, after=broken.after
            )
            return True
        if found is not None:
            async with self._store.transaction(write=False) as tx:
                message = await write_letter(tx, to.cohort, letter, self._clock.now())
            await self._open_letter_thread(platform, to, letter, message, found)
            await self._record_outcome(
                letter, "sent", "found after an unknown outcome", found, has_call=True
            )
        return found is not None

    async def _open_letter_thread(
        self,
        platform: Platform,
        to: Destination,
        letter: Letter,
        message: Message | Skip | Delay,
        sent: str,
    ) -> None:
        """Open the thread of a message that was sent; it is sent all the same where that fails."""
        if not isinstance(message, Message) or to.home is None or not message.thread:
            return
        try:
            async with asyncio.timeout(BESIDE_LIMIT):
                await platform.open_thread(to.place, message, sent)
        except (SendError, TimeoutError) as broken:
            log.warning(
                "letter %s: its thread is missing: %s",
                letter.natural_key,
                broken or "no answer in time",
            )
        except Exception as bug:
            self._repeats.log_failure(
                "beside", f"letter {letter.natural_key}: its thread is missing", error=bug
            )

    async def _send_to_platform(
        self, platform: Platform, to: Destination, opened: ReadyLetter, letter: Letter
    ) -> None:
        if self._clock.now() + timedelta(seconds=SEND_LIMIT + BESIDE_LIMIT) > letter.leased_until:
            # The lease may run out while we send, or has done so: then this changes nothing.
            return await self._retry_letter_later(
                letter, "it took too long to write", is_unsent=True
            )
        event = opened.message.event
        if event is not None and to.home is not None:
            async with self._store.transaction() as tx:
                await tx.events.record_named_call(letter, to.home, event)
        try:
            async with asyncio.timeout(SEND_LIMIT):
                sent_ref = await platform.send(to.place, opened.message, letter.natural_key)
        except SendError as broken:
            await self._handle_send_error(to, letter, broken)
        except TimeoutError:
            await self._retry_letter_later(letter, "no answer in time", is_unsent=False)
        else:
            await self._open_letter_thread(platform, to, letter, opened.message, sent_ref)
            await self._record_outcome(letter, "sent", "", sent_ref, has_call=event is not None)
            await self._update_home_trouble(to.home, opened.trouble)

    async def _handle_send_error(self, to: Destination, letter: Letter, broken: SendError) -> None:
        if isinstance(broken, NotConnected):
            await self._hold_for_platform(letter, broken, is_unsent=True)
        elif broken.permanent and to.home is not None:
            await self._handle_home_refusal(to.home, letter, broken.reason)
        elif broken.permanent:
            await self._record_outcome(letter, "skipped", broken.reason, is_private_closed=True)
        else:
            await self._retry_letter_later(
                letter, broken.reason, is_unsent=not broken.perhaps_sent, after=broken.after
            )

    async def _hold_for_platform(
        self, letter: Letter, away: NotConnected, *, is_unsent: bool
    ) -> None:
        """Have a letter wait for its platform to connect. Nobody tried to send it, so no try is counted."""
        until = self._clock.now() + (away.after or BACK_OFF[0])
        await self._write_outcome(
            lambda tx: tx.ledger.hold_letter(letter, until, away.reason, is_unsent=is_unsent)
        )
        log.info("letter %s waits until %s: %s", letter.natural_key, until, away.reason)

    async def _handle_home_refusal(self, home: Home, letter: Letter, reason: str) -> None:
        """A home that seemed open takes nothing. It is tried again, but not for ever: it may be the letter, not the home."""
        await self._update_home_trouble(
            home, f"{WAITS}what I send there is refused ({escape_text(reason)})."
        )
        await self._retry_letter_later(letter, reason, is_unsent=True, after=LOOK_AGAIN)

    async def _update_home_trouble(self, home: Home | None, told: str) -> None:
        if home is not None and home.trouble != told:
            await self._write_outcome(
                lambda tx: tx.cohorts.save_home_trouble(home, told, self._clock.now())
            )

    async def _record_outcome(
        self,
        letter: Letter,
        state: str,
        reason: str,
        sent_ref: str | None = None,
        *,
        is_private_closed: bool = False,
        has_call: bool = False,
    ) -> None:
        """Keep what became of a letter. `named`: it may have named a call, whose event is made from now on."""

        async def write(tx: Tx) -> bool:
            if has_call:
                await tx.cohorts.lock_cohort(
                    letter.cohort_id
                )  # first, as everybody does who changes a call
            is_ours = await tx.ledger.finish_letter(
                letter, state, self._clock.now(), reason, sent_ref
            )
            if is_ours and has_call:
                await tx.events.release_event(letter, self._clock.now())
            if is_ours and letter.member_id and (is_private_closed or state == "sent"):
                await tx.people.record_private_delivery(
                    letter.member_id, not is_private_closed, self._clock.now()
                )
            return is_ours

        ours = await self._write_outcome(write)
        log.info(
            "letter %s: %s%s%s",
            letter.natural_key,
            state,
            f", {reason}" if reason else "",
            "" if ours else " (lease lost)",
        )

    async def _retry_letter_later(
        self, letter: Letter, reason: str, *, is_unsent: bool, after: timedelta | None = None
    ) -> None:
        if letter.tries >= TRIES:
            await self._record_outcome(
                letter, "failed" if is_unsent else "unsure", f"given up: {reason}"
            )
            return
        wait = after or BACK_OFF[min(letter.tries, len(BACK_OFF)) - 1]
        await self._postpone_delivery(letter, self._clock.now() + wait, reason, is_unsent=is_unsent)

    async def _postpone_delivery(
        self, letter: Letter, until: datetime, reason: str, *, is_unsent: bool
    ) -> None:
        await self._write_outcome(
            lambda tx: tx.ledger.postpone_letter(letter, until, reason, is_unsent=is_unsent)
        )
        log.info("letter %s waits until %s: %s", letter.natural_key, until, reason)

    async def _write_outcome(self, write: Callable[[Tx], Awaitable[Result]]) -> Result:
        """Write down what became of a letter, however long the database is away: only we know it."""

        async def written_down() -> Result:
            async with self._store.transaction() as tx:
                return await write(tx)

        try:
            return await written_down()
        except DatabaseUnavailableError:
            self._owed += 1
        try:
            return await retry_while_unavailable(written_down)
        finally:
            self._owed -= 1

    async def follow_clock(self, step: timedelta) -> None:
        """Follow the wall clock, which was set by `step`: a back-off waits no longer for that.

        Where the clock was set forward nothing is to be done: what waited is due the sooner.
        """
        if step < timedelta():
            await self._write_outcome(
                lambda tx: tx.ledger.shift_waiting_letters(-step, self._clock.now())
            )
        self.wake_outbox()
