"""The events that stand for calls on platforms which have such a thing: made, edited and cancelled as the calls change.

Each is settled from fresh facts, so that of two changes only the last one counts. Doing it again changes nothing: after a
crash, or an answer that was lost, an event is looked for before another one is made.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from bot.chat.address import Extra
from bot.chat.errors import DatabaseAway, SendError
from bot.chat.message import Event, quote
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.group.calls import coming_call
from bot.group.cohort import Cohort
from bot.host.failures import Repeats
from bot.runtime.spaces import lacks
from bot.store import Store, Tx
from bot.store.cohorts import WAITS, Home
from bot.store.events import EventEntry

log = logging.getLogger(__name__)

EVENT_LIMIT = 30.0  # seconds; with what is asked after it, shorter than the lease
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900))
LOOK_AGAIN = timedelta(minutes=15)  # after a refusal, which a moderator may mend


class Agenda:
    """Keeps events as their calls are, until these begin."""

    def __init__(
        self, store: Store, clock: Clock, platforms: Mapping[str, Platform], repeats: Repeats
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._repeats = repeats

    async def claim(self, tx: Tx, limit: int) -> Sequence[EventEntry]:
        """Take events that are due."""
        return await tx.events.claim(self._clock.now(), limit)

    async def settle(self, entry: EventEntry) -> None:
        """Have a claimed event stand as its call is now. Raises nothing."""
        try:
            await self._settle(entry)
        except (
            DatabaseAway
        ):  # settling it again, when its lease has ended, changes nothing that is done
            log.info("the event %s waits for the database", entry.title)
        except Exception as bug:
            sentence = f"the event {entry.title} could not be settled"
            ticket = self._repeats.tell("event", sentence, error=bug, has_ticket=True)
            with suppress(DatabaseAway):
                await self._postpone(entry, _back_off(entry), f"a bug, ticket {ticket}")

    async def _settle(self, entry: EventEntry) -> None:
        now = self._clock.now()
        async with self._store.begin(write=False) as tx:
            cohort = await tx.cohorts.by_id(entry.cohort_id)
            homes = await tx.cohorts.homes(entry.cohort_id)
            others = await tx.events.others(entry)
        home = next((home for home in homes if home.id == entry.home_id), None)
        event = None
        if cohort is not None and home is not None:
            event = coming_call(cohort, entry.edition, entry.week_id, now)
        if event is None and (entry.starts is None or entry.starts <= now):
            return await self._finish(
                entry, entry.native
            )  # it has begun, so nobody is called to it any more
        platform = self._platforms.get(entry.place.platform)
        if platform is None:
            return await self._postpone(
                entry, LOOK_AGAIN, f"{entry.place.platform} is not connected"
            )
        try:
            async with asyncio.timeout(EVENT_LIMIT):
                native = await platform.settle_event(
                    entry.place, event, entry.title, entry.native, others
                )
        except (SendError, TimeoutError) as broken:
            await self._failed(platform, entry, broken)
            await self._note_trouble(platform, cohort, home, broken)
        else:
            is_gone = bool(entry.native) and event is not None and native is None
            await self._finish(entry, native or "", event, gone=is_gone)
            await self._note_trouble(platform, cohort, home)

    async def _failed(
        self, platform: Platform, entry: EventEntry, broken: SendError | TimeoutError
    ) -> None:
        lost = broken if isinstance(broken, SendError) else SendError("no answer in time")
        is_new = not entry.native and not entry.changes
        if lost.permanent and is_new:
            log.warning(
                "the event %s is missing on %s: %s", entry.title, platform.name, lost.reason
            )
            return await self._finish(entry, "")
        wait = LOOK_AGAIN if lost.permanent else lost.after or _back_off(entry)
        await self._postpone(entry, wait, lost.reason)

    async def _note_trouble(
        self,
        platform: Platform,
        cohort: Cohort | None,
        home: Home | None,
        broken: Exception | None = None,
    ) -> None:
        """Keep for moderators what a home lacks for its events, or that it lacks that no more."""
        refusal = broken.reason if isinstance(broken, SendError) and broken.permanent else ""
        if (
            cohort is None
            or home is None
            or home.trouble.startswith(WAITS)
            or not (refusal or home.trouble)
        ):
            return
        wished: dict[Extra, bool] = {
            "thread": cohort.threads,
            "event": bool(refusal) or cohort.call is not None,
        }
        wanted = [extra for extra, is_wished in wished.items() if is_wished]
        lacking = [lack for lack in await lacks(platform, home.place, wanted) if lack.extra]
        sentences = [lack.sentence for lack in lacking]
        if refusal and not any(lack.extra == "event" for lack in lacking):
            sentences.append(f"I could not change the event of its weekly call ({quote(refusal)}).")
        if (told := " ".join(sentences)) != home.trouble:
            async with self._store.begin() as tx:
                await tx.cohorts.trouble(home, told, self._clock.now())

    async def _finish(
        self, entry: EventEntry, native: str, event: Event | None = None, *, gone: bool = False
    ) -> None:
        async with self._store.begin() as tx:
            await tx.events.finish(
                entry, self._clock.now(), native, event.title if event else "", gone=gone
            )
        log.info(
            "the event %s: %s", entry.title, "deleted by somebody" if gone else native or "none"
        )

    async def _postpone(self, entry: EventEntry, wait: timedelta, reason: str) -> None:
        now: datetime = self._clock.now()
        async with self._store.begin() as tx:
            await tx.events.postpone(entry, now + wait, now)
        log.info("the event %s waits until %s: %s", entry.title, now + wait, reason)


def _back_off(entry: EventEntry) -> timedelta:
    return BACK_OFF[min(entry.tries, len(BACK_OFF)) - 1]
