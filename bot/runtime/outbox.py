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

from bot.chat.errors import CannotLook, DatabaseAway, NotConnected, SendError
from bot.chat.message import Message, quote
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.host.failures import Repeats
from bot.runtime.call_events import Agenda
from bot.runtime.compose import Skip, Wait, written
from bot.runtime.destination import To, find_destination, has_left, plain_reason, wanted_extras
from bot.runtime.spaces import is_there, lacks
from bot.store import Store, Tx, back_off, insist
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
class Closed:
    """A letter whose home takes no posts now: the reason for the ledger, and what moderators are told."""

    reason: str
    trouble: str


@dataclass(frozen=True, slots=True)
class Open:
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
        repeats: Repeats | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._repeats = repeats or Repeats(log)
        self._agenda = Agenda(store, clock, platforms, self._repeats)
        self._flying: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._is_stopping = False
        self._owed = (
            0  # outcomes that wait for the database: nothing is claimed before they are kept
        )

    async def begin(self) -> None:
        """After a start: letters a former process had claimed are due again, if no other process can be holding them."""
        if self._store.alone:
            async with self._store.begin() as tx:
                await tx.ledger.reclaim(self._clock.now())
                await tx.events.reclaim(self._clock.now())

    async def run(self) -> None:
        """Send what falls due until cancelled; `wake` saves the wait of a second.

        Letters on their way have `GRACE` seconds then. No failed claim ends it.
        """
        self._is_stopping = False
        sending = asyncio.create_task(self._send_due())
        try:
            await asyncio.shield(sending)
        except asyncio.CancelledError:
            self._is_stopping = True
            self.wake()
            await asyncio.wait([sending], timeout=GRACE)
            raise
        finally:
            sending.cancel()
            await asyncio.wait([sending])

    async def _send_due(self) -> None:
        tries = 0
        async with asyncio.TaskGroup() as group:
            while not self._is_stopping:
                try:
                    await self._launch(group)
                except Exception as error:
                    if not isinstance(error, DatabaseAway):  # which the store has told
                        self._repeats.tell(
                            "claim", "the letters that are due could not be claimed", error=error
                        )
                    wait, tries = back_off(tries), tries + 1
                else:
                    wait, tries = 1.0, 0
                self._woken.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(0 if self._is_stopping else wait):
                        await self._woken.wait()

    def wake(self) -> None:
        """Look for due letters now."""
        self._woken.set()

    async def drain(self) -> None:
        """Send everything that is due now, and return when it has been."""
        async with asyncio.TaskGroup() as group:
            busy = True
            while busy:
                flew = bool(self._flying)
                try:
                    launched = await self._launch(group)
                except Exception:
                    # Raised inside the group, it would cut short what is on its way.
                    await asyncio.gather(*self._flying)
                    raise
                # One that landed while we looked may have freed the place of the next: then look once more.
                busy = flew or launched > 0 or bool(self._flying)
                if self._flying:
                    await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)

    async def _launch(self, group: asyncio.TaskGroup) -> int:
        room = AT_ONCE - len(self._flying)
        if room <= 0 or self._owed:
            return 0
        letters, events = await self._claim(min(room, 20))
        for letter in letters:
            self._fly(group, self._deliver(letter))
        for event in events:
            self._fly(group, self._agenda.settle(event))
        return len(letters) + len(events)

    async def _claim(self, limit: int) -> tuple[Sequence[Letter], Sequence[EventEntry]]:
        letters: Sequence[Letter] = ()
        try:
            async with self._store.begin() as tx:
                letters = await tx.ledger.claim(self._clock.now(), limit)
                events = await self._agenda.claim(tx, limit)
        except DatabaseAway as away:
            if away.is_doubtful:
                # They may be ours now. Nobody has tried to send them, which only we know. Events wait for their lease to end.
                for letter in letters:
                    await self._back_off(letter, "the database was away", known=not letter.unknown)
            raise
        return letters, events

    def _fly(self, group: asyncio.TaskGroup, work: Coroutine[Any, Any, None]) -> None:
        task = group.create_task(work)
        self._flying.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._woken.set()

    async def _deliver(self, letter: Letter) -> None:
        try:
            await self._send(letter)
        except (
            DatabaseAway
        ):  # never after it was handed over: what became of it is kept however long that takes
            await self._back_off(letter, "the database was away", known=not letter.unknown)
        except Exception as bug:
            await self._report(letter, "could not be sent", bug, known=False)

    async def _report(self, letter: Letter, what: str, bug: Exception, *, known: bool) -> None:
        """Log a bug under a ticket, and try the letter again later."""
        ticket = self._repeats.tell(what, f"letter {letter.key} {what}", error=bug, has_ticket=True)
        await self._back_off(letter, f"a bug, ticket {ticket}", known=known)

    async def _send(self, letter: Letter) -> None:
        async with self._store.begin(write=False) as tx:
            to = await find_destination(tx, letter)
        if isinstance(to, Skip):
            return await self._end(letter, "skipped", to.reason)
        platform = self._platforms.get(to.place.platform)
        if platform is None:
            return await self._back_off(
                letter, f"{to.place.platform} is not connected", known=not letter.unknown
            )
        if letter.is_looked_for and await self._settled_by_looking(platform, to, letter):
            return None
        try:
            ready = await self._ready(platform, to, letter)
        except DatabaseAway:
            raise
        except Exception as bug:
            return await self._report(letter, "could not be written", bug, known=True)
        await self._follow(platform, to, letter, ready)

    async def _follow(
        self, platform: Platform, to: To, letter: Letter, ready: Open | Closed | Skip | Wait
    ) -> None:
        match ready:
            case Skip(reason):
                await self._end(letter, "skipped", reason)
            case Wait(until):
                await self._postpone(letter, until, "quiet hours", known=True)
            case Closed():
                await self._hold(to, letter, ready)
            case Open():
                await self._hand_over(platform, to, ready, letter)

    async def _ready(
        self, platform: Platform, to: To, letter: Letter
    ) -> Open | Closed | Skip | Wait:
        """A letter written from fresh facts, if somebody is there to get it and its place is open."""
        missing = to.seat is not None and to.seat.missing_since is not None
        if missing and not await self._is_there(
            platform, to
        ):  # first of all: who has come back is not away any more
            return has_left(platform)
        async with self._store.begin(write=False) as tx:
            message = await written(tx, to.cohort, letter, self._clock.now())
            is_pending = (
                to.home is not None
                and to.cohort.call is None
                and await tx.events.is_pending(to.home)
            )
        if not isinstance(message, Message):
            return message
        if to.home is None:
            return (
                Open(message)
                if missing or await self._is_there(platform, to)
                else has_left(platform)
            )
        if not to.home.in_reach:
            return Closed(f"I am not in the {platform.space_word} any more", to.home.trouble)
        lacking = await lacks(
            platform, to.place, wanted_extras(to.cohort, message, is_pending=is_pending)
        )
        blocking = [one.sentence for one in lacking if one.blocks]
        if blocking:
            return Closed(plain_reason(blocking[0]), WAITS + " ".join(blocking))
        return Open(message, " ".join(one.sentence for one in lacking if one.extra))

    async def _is_there(self, platform: Platform, to: To) -> bool:
        return to.seat is None or await is_there(
            self._store, self._clock, platform, to.cohort, to.seat
        )

    async def _hold(self, to: To, letter: Letter, closed: Closed) -> None:
        """Have a letter wait for its home to open, however often that takes; what it says grows old by its own rule."""
        now = self._clock.now()
        if letter.message is not None and now - letter.moment > HELD:
            return await self._end(letter, "skipped", "its place could not be posted to")

        async def write(tx: Tx) -> None:
            await tx.ledger.hold(letter, now + LOOK_AGAIN, closed.reason)
            if to.home is not None:
                await tx.cohorts.trouble(to.home, closed.trouble, now)

        await self._keep(write)
        log.info("letter %s is held: %s", letter.key, closed.reason)

    async def _settled_by_looking(self, platform: Platform, to: To, letter: Letter) -> bool:
        try:
            async with asyncio.timeout(LOOK_LIMIT):
                found = await platform.find(to.place, letter.key, letter.began_at or letter.moment)
        except TimeoutError:
            await self._back_off(letter, "no answer in time", known=not letter.unknown)
            return True
        except CannotLook:
            if letter.unknown:
                await self._end(letter, "unsure", "it may have been sent, and I may not look")
            return letter.unknown
        except NotConnected as away:
            await self._wait_for(letter, away, known=not letter.unknown)
            return True
        except SendError as broken:
            await self._back_off(
                letter, broken.reason, known=not letter.unknown, after=broken.after
            )
            return True
        if found is not None:
            async with self._store.begin(write=False) as tx:
                message = await written(tx, to.cohort, letter, self._clock.now())
            await self._complete(platform, to, letter, message, found)
            await self._end(letter, "sent", "found after an unknown outcome", found, named=True)
        return found is not None

    async def _complete(
        self, platform: Platform, to: To, letter: Letter, message: Message | Skip | Wait, sent: str
    ) -> None:
        """Open the thread of a message that was sent; it is sent all the same where that fails."""
        if not isinstance(message, Message) or to.home is None or not message.thread:
            return
        try:
            async with asyncio.timeout(BESIDE_LIMIT):
                await platform.complete(to.place, message, sent)
        except (SendError, TimeoutError) as broken:
            log.warning(
                "letter %s: its thread is missing: %s", letter.key, broken or "no answer in time"
            )
        except Exception as bug:
            self._repeats.tell("beside", f"letter {letter.key}: its thread is missing", error=bug)

    async def _hand_over(self, platform: Platform, to: To, opened: Open, letter: Letter) -> None:
        if self._clock.now() + timedelta(seconds=SEND_LIMIT + BESIDE_LIMIT) > letter.leased_until:
            # The lease may run out while we send, or has done so: then this changes nothing.
            return await self._back_off(letter, "it took too long to write", known=True)
        event = opened.message.event
        if event is not None and to.home is not None:
            async with self._store.begin() as tx:
                await tx.events.name(letter, to.home, event)
        try:
            async with asyncio.timeout(SEND_LIMIT):
                sent_ref = await platform.send(to.place, opened.message, letter.key)
        except SendError as broken:
            await self._failed(to, letter, broken)
        except TimeoutError:
            await self._back_off(letter, "no answer in time", known=False)
        else:
            await self._complete(platform, to, letter, opened.message, sent_ref)
            await self._end(letter, "sent", "", sent_ref, named=event is not None)
            await self._trouble(to.home, opened.trouble)

    async def _failed(self, to: To, letter: Letter, broken: SendError) -> None:
        if isinstance(broken, NotConnected):
            await self._wait_for(letter, broken, known=True)
        elif broken.permanent and to.home is not None:
            await self._refused(to.home, letter, broken.reason)
        elif broken.permanent:
            await self._end(letter, "skipped", broken.reason, closed=True)
        else:
            await self._back_off(
                letter, broken.reason, known=not broken.perhaps_sent, after=broken.after
            )

    async def _wait_for(self, letter: Letter, away: NotConnected, *, known: bool) -> None:
        """Have a letter wait for its platform to connect. Nobody tried to send it, so no try is counted."""
        until = self._clock.now() + (away.after or BACK_OFF[0])
        await self._keep(lambda tx: tx.ledger.hold(letter, until, away.reason, known=known))
        log.info("letter %s waits until %s: %s", letter.key, until, away.reason)

    async def _refused(self, home: Home, letter: Letter, reason: str) -> None:
        """A home that seemed open takes nothing. It is tried again, but not for ever: it may be the letter, not the home."""
        await self._trouble(home, f"{WAITS}what I send there is refused ({quote(reason)}).")
        await self._back_off(letter, reason, known=True, after=LOOK_AGAIN)

    async def _trouble(self, home: Home | None, told: str) -> None:
        if home is not None and home.trouble != told:
            await self._keep(lambda tx: tx.cohorts.trouble(home, told, self._clock.now()))

    async def _end(
        self,
        letter: Letter,
        state: str,
        reason: str,
        sent_ref: str | None = None,
        *,
        closed: bool = False,
        named: bool = False,
    ) -> None:
        """Keep what became of a letter. `named`: it may have named a call, whose event is made from now on."""

        async def write(tx: Tx) -> bool:
            if named:
                await tx.cohorts.lock(
                    letter.cohort_id
                )  # first, as everybody does who changes a call
            is_ours = await tx.ledger.end(letter, state, self._clock.now(), reason, sent_ref)
            if is_ours and named:
                await tx.events.release(letter, self._clock.now())
            if is_ours and letter.member_id and (closed or state == "sent"):
                await tx.people.hears(letter.member_id, not closed, self._clock.now())
            return is_ours

        ours = await self._keep(write)
        log.info(
            "letter %s: %s%s%s",
            letter.key,
            state,
            f", {reason}" if reason else "",
            "" if ours else " (lease lost)",
        )

    async def _back_off(
        self, letter: Letter, reason: str, *, known: bool, after: timedelta | None = None
    ) -> None:
        if letter.tries >= TRIES:
            await self._end(letter, "failed" if known else "unsure", f"given up: {reason}")
            return
        wait = after or BACK_OFF[min(letter.tries, len(BACK_OFF)) - 1]
        await self._postpone(letter, self._clock.now() + wait, reason, known=known)

    async def _postpone(self, letter: Letter, until: datetime, reason: str, *, known: bool) -> None:
        await self._keep(lambda tx: tx.ledger.postpone(letter, until, reason, known=known))
        log.info("letter %s waits until %s: %s", letter.key, until, reason)

    async def _keep(self, write: Callable[[Tx], Awaitable[Result]]) -> Result:
        """Write down what became of a letter, however long the database is away: only we know it."""

        async def written_down() -> Result:
            async with self._store.begin() as tx:
                return await write(tx)

        try:
            return await written_down()
        except DatabaseAway:
            self._owed += 1
        try:
            return await insist(written_down)
        finally:
            self._owed -= 1

    async def follow_clock(self, step: timedelta) -> None:
        """Follow the wall clock, which was set by `step`: a back-off waits no longer for that.

        Where the clock was set forward nothing is to be done: what waited is due the sooner.
        """
        if step < timedelta():
            await self._keep(lambda tx: tx.ledger.set_back(-step, self._clock.now()))
        self.wake()
