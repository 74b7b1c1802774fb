"""The way out: letters that are due are claimed, written from fresh facts, sent, and their outcome kept.

A letter is sent exactly once wherever the platform lets us look: one whose outcome is unknown is looked for before it is
sent again, and where looking is impossible it ends `unsure` and is never sent again by itself. Letters to one place leave
one after the other, in their order; one slow place delays nobody else.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.cohort import Cohort, Member, PostSetting
from bot.message import Message
from bot.people import Place
from bot.platform import CannotLook, Platform, SendError
from bot.post import WEEKLY, Facts, Kind, Own, after_quiet, kinds, slot_of, too_late
from bot.progress import honours
from bot.store import Store, Tx
from bot.store.ledger import Letter

log = logging.getLogger(__name__)

LOOK_LIMIT = 50.0  # seconds
SEND_LIMIT = 60.0  # seconds; both together are shorter than the lease: whoever claims next finds the outcome settled
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200))
TRIES = 100  # more than a week, by when every kind of post is too late
RECENT = timedelta(days=6, hours=12)  # a week of reminders, less what clock changes and a slow minute can shift
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Skip:
    """A letter that is not needed, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """A letter that may not arrive yet."""

    until: datetime


class Outbox:
    """Sends what is due."""

    def __init__(self, store: Store, clock: Clock, platforms: Mapping[str, Platform]) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._flying: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()

    async def begin(self) -> None:
        """After a start: letters a former process had claimed are due again, if no other process can be holding them."""
        if self._store.alone:
            async with self._store.begin() as tx:
                await tx.ledger.reclaim(self._clock.now())

    async def run(self) -> None:
        """Send what falls due until cancelled; `wake` saves the wait of a second."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._launch(group)
                self._woken.clear()
                try:
                    async with asyncio.timeout(1):
                        await self._woken.wait()
                except TimeoutError:
                    continue

    def wake(self) -> None:
        """Look for due letters now."""
        self._woken.set()

    async def drain(self) -> None:
        """Send everything that is due now, and return when it has been."""
        async with asyncio.TaskGroup() as group:
            busy = True
            while busy:
                flew = bool(self._flying)
                launched = await self._launch(group)
                # One that landed while we looked may have freed the place of the next: then look once more.
                busy = flew or launched > 0 or bool(self._flying)
                if self._flying:
                    await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)

    async def _launch(self, group: asyncio.TaskGroup) -> int:
        room = AT_ONCE - len(self._flying)
        if room <= 0:
            return 0
        async with self._store.begin() as tx:
            claimed = await tx.ledger.claim(self._clock.now(), min(room, 20))
        for letter in claimed:
            task = group.create_task(self._deliver(letter))
            self._flying.add(task)
            task.add_done_callback(self._landed)
        return len(claimed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._woken.set()

    async def _deliver(self, letter: Letter) -> None:
        try:
            await self._send(letter)
        except Exception:
            await self._report(letter, "could not be sent", known=False)

    async def _report(self, letter: Letter, what: str, *, known: bool) -> None:
        """Log a bug that is being handled, under a ticket, and try the letter again later."""
        ticket = secrets.token_hex(3)
        log.exception("ticket %s: letter %s %s", ticket, letter.key, what)
        await self._back_off(letter, f"a bug, ticket {ticket}", known=known)

    async def _send(self, letter: Letter) -> None:
        async with self._store.begin(write=False) as tx:
            cohort, place = await _addressed(tx, letter)
        if cohort is None or place is None:
            return await self._end(letter, "skipped", "its place is gone")
        platform = self._platforms.get(place.platform)
        if platform is None:
            return await self._back_off(letter, f"{place.platform} is not connected", known=not letter.unknown)
        if letter.unknown and await self._settled_by_looking(platform, place, letter):
            return None
        try:
            async with self._store.begin(write=False) as tx:
                written = await self._write(tx, cohort, letter)
        except Exception:
            return await self._report(letter, "could not be written", known=True)
        match written:
            case Skip(reason):
                await self._end(letter, "skipped", reason)
            case Wait(until):
                await self._postpone(letter, until, "quiet hours", known=True)
            case Message():
                await self._hand_over(platform, place, written, letter)

    async def _settled_by_looking(self, platform: Platform, place: Place, letter: Letter) -> bool:
        try:
            async with asyncio.timeout(LOOK_LIMIT):
                found = await platform.find(place, letter.key, letter.began_at or letter.moment)
        except TimeoutError:
            await self._back_off(letter, "no answer in time", known=False)
            return True
        except CannotLook:
            await self._end(letter, "unsure", "it may have been sent, and I may not look")
            return True
        except SendError as broken:
            await self._back_off(letter, broken.reason, known=False, after=broken.after)
            return True
        if found is not None:
            await self._end(letter, "sent", "found after an unknown outcome", found)
        return found is not None

    async def _hand_over(self, platform: Platform, place: Place, message: Message, letter: Letter) -> None:
        if self._clock.now() + timedelta(seconds=SEND_LIMIT) > letter.leased_until:
            # The lease may run out while we send, or has done so: then this changes nothing.
            return await self._back_off(letter, "it took too long to write", known=True)
        try:
            async with asyncio.timeout(SEND_LIMIT):
                sent_ref = await platform.send(place, message, letter.key)
        except SendError as broken:
            if broken.permanent:
                await self._end(letter, "skipped" if place.private else "failed", broken.reason)
            else:
                await self._back_off(letter, broken.reason, known=not broken.perhaps_sent, after=broken.after)
        except TimeoutError:
            await self._back_off(letter, "no answer in time", known=False)
        else:
            await self._end(letter, "sent", "", sent_ref)

    async def _end(self, letter: Letter, state: str, reason: str, sent_ref: str | None = None) -> None:
        async with self._store.begin() as tx:
            ours = await tx.ledger.end(letter, state, self._clock.now(), reason, sent_ref)
        log.info(
            "letter %s: %s%s%s", letter.key, state, f", {reason}" if reason else "", "" if ours else " (lease lost)"
        )

    async def _back_off(self, letter: Letter, reason: str, *, known: bool, after: timedelta | None = None) -> None:
        if letter.tries >= TRIES:
            await self._end(letter, "failed" if known else "unsure", f"given up: {reason}")
            return
        wait = after or BACK_OFF[min(letter.tries, len(BACK_OFF)) - 1]
        await self._postpone(letter, self._clock.now() + wait, reason, known=known)

    async def _postpone(self, letter: Letter, until: datetime, reason: str, *, known: bool) -> None:
        async with self._store.begin() as tx:
            await tx.ledger.postpone(letter, until, reason, known=known)
        log.info("letter %s waits until %s: %s", letter.key, until, reason)

    # — writing —

    async def _write(self, tx: Tx, cohort: Cohort, letter: Letter) -> Message | Skip | Wait:
        if letter.message is not None:
            return letter.message
        kind = kinds().get(letter.kind)
        if kind is None:
            return Skip("there is no such kind of post any more")
        if (reason := await _outdated(tx, kind, cohort, letter)) is not None:
            return Skip(reason)
        member = await _member(tx, cohort, letter)
        slot = slot_of(cohort, kind.name, letter.ref, letter.moment, member)
        now = self._clock.now()
        if too_late(kind, slot, cohort, now, member):
            return Skip("too late to be useful")
        if slot.week is None and any(when.anchor in WEEKLY for when in kind.when):
            return Skip("its week is not in the calendar any more")
        plan = await tx.cohorts.plan(cohort.plan_id)
        return await self._compose(tx, kind, Facts(cohort, plan, slot, now), letter, member)

    async def _compose(
        self, tx: Tx, kind: Kind, bare: Facts, letter: Letter, member: Member | None
    ) -> Message | Skip | Wait:
        if kind.scope == "member":
            if member is None or member.left_at is not None:
                return Skip("left the cohort")
            facts = await _private_facts(tx, bare, member)
        else:
            facts = await _home_facts(tx, bare, letter)
        if (reason := kind.skip(facts)) is not None:
            return Skip(reason)
        if member is not None and (heard := after_quiet(member, bare.cohort, bare.now)) > bare.now:
            return Wait(heard)
        return kind.write(facts)


async def _outdated(tx: Tx, kind: Kind, cohort: Cohort, letter: Letter) -> str | None:
    """Why a letter is not wanted any more, whatever it would say."""
    if letter.edition != cohort.edition:
        return "the cohort was started again"
    if cohort.state == "archived":
        return "the cohort is archived"
    if not cohort.posts.get(kind.name, PostSetting()).on:
        return "switched off"
    if kind.late.fold and (newer := await tx.ledger.waiting_after(letter)):
        return f"folded into {newer.ref}"
    return None


async def _addressed(tx: Tx, letter: Letter) -> tuple[Cohort | None, Place | None]:
    """The cohort of a letter as it is now, and where the letter goes."""
    cohort = await tx.cohorts.by_id(letter.cohort_id)
    homes = await tx.cohorts.homes(letter.cohort_id)
    if letter.member_id:
        return cohort, await tx.members.address(letter.member_id, homes[0].place.space if homes else "")
    return cohort, next((home.place for home in homes if home.id == letter.home_id), None)


async def _member(tx: Tx, cohort: Cohort, letter: Letter) -> Member | None:
    return (await tx.members.by_ids([letter.member_id], cohort.id)).get(letter.member_id) if letter.member_id else None


async def _private_facts(tx: Tx, bare: Facts, member: Member) -> Facts:
    done = await tx.progress.ticked(member.person, bare.cohort.roadmap)
    items = bare.slot.week.week.items if bare.slot.week else bare.cohort.syllabus.items
    checked_in = bool(bare.slot.week and await tx.progress.checked_in(member, bare.slot.week.id))
    reminded = await tx.ledger.reminders(member.person.id, bare.now - RECENT)
    own = Own(member, sum(item in done for item in items), checked_in, reminded)
    return Facts(bare.cohort, bare.plan, bare.slot, bare.now, own=own)


async def _home_facts(tx: Tx, bare: Facts, letter: Letter) -> Facts:
    cohort, week = bare.cohort, bare.slot.week
    week_board = await tx.progress.board(cohort, week.id) if week else ()
    counts = await tx.progress.counts(cohort, week.id if week else None)
    so_far = [one.id for one in cohort.calendar.weeks if week and one.number <= week.number]
    named = honours(week_board, len(week.week.items), await tx.progress.streaking(cohort, so_far)) if week else ()
    folded = [cohort.syllabus.number(ref.partition(".")[0]) for ref in await tx.ledger.folded_into(letter)]
    return Facts(
        cohort,
        bare.plan,
        bare.slot,
        bare.now,
        counts=counts,
        board=await tx.progress.board(cohort),
        week_board=week_board,
        honours=named,
        folded=tuple(number for number in folded if number),
    )
