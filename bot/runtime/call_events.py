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
from bot.chat.errors import DatabaseUnavailableError, SendError
from bot.chat.message import Event, escape_text
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.group.calls import find_coming_call
from bot.group.cohort import Cohort
from bot.host.failures import FailureLog
from bot.runtime.spaces import list_setup_problems
from bot.store import Store, Tx
from bot.store.cohorts import WAITS, Home
from bot.store.events import EventEntry

log = logging.getLogger(__name__)

EVENT_LIMIT = 30.0  # seconds; with what is asked after it, shorter than the lease
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900))
LOOK_AGAIN = timedelta(minutes=15)  # after a refusal, which a moderator may mend


class CallEventSync:
    """Keeps events as their calls are, until these begin."""

    def __init__(
        self, store: Store, clock: Clock, platforms: Mapping[str, Platform], repeats: FailureLog
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._repeats = repeats

    async def claim_due_events(self, tx: Tx, limit: int) -> Sequence[EventEntry]:
        """Take events that are due."""
        return await tx.events.claim_events(self._clock.now(), limit)

    async def update_call_event(self, entry: EventEntry) -> None:
        """Have a claimed event stand as its call is now. Raises nothing."""
        try:
            await self._update_event_on_platform(entry)
        except (
            DatabaseUnavailableError
        ):  # settling it again, when its lease has ended, changes nothing that is done
            log.info("the event %s waits for the database", entry.title)
        except Exception as bug:
            sentence = f"the event {entry.title} could not be settled"
            ticket = self._repeats.log_failure("event", sentence, error=bug, has_ticket=True)
            with suppress(DatabaseUnavailableError):
                await self._postpone_event_entry(
                    entry, _compute_event_delay(entry), f"a bug, ticket {ticket}"
                )

    async def _update_event_on_platform(self, entry: EventEntry) -> None:
        now = self._clock.now()
        async with self._store.transaction(write=False) as tx:
            cohort = await tx.cohorts.load_cohort(entry.cohort_id)
            homes = await tx.cohorts.list_homes(entry.cohort_id)
            others = await tx.events.list_other_event_ids(entry)
        home = next((home for home in homes if home.id == entry.home_id), None)
        event = None
        if cohort is not None and home is not None:
            event = find_coming_call(cohort, entry.edition, entry.week_id, now)
        if event is None and (entry.starts is None or entry.starts <= now):
            return await self._finish_event_entry(
                entry, entry.native
            )  # it has begun, so nobody is called to it any more
        platform = self._platforms.get(entry.place.platform)
        if platform is None:
            return await self._postpone_event_entry(
                entry, LOOK_AGAIN, f"{entry.place.platform} is not connected"
            )
        try:
            async with asyncio.timeout(EVENT_LIMIT):
                native = await platform.settle_event(
                    entry.place, event, entry.title, entry.native, others
                )
        except (SendError, TimeoutError) as broken:
            await self._handle_event_error(platform, entry, broken)
            await self._record_event_trouble(platform, cohort, home, broken)
        else:
            is_gone = bool(entry.native) and event is not None and native is None
            await self._finish_event_entry(entry, native or "", event, is_gone=is_gone)
            await self._record_event_trouble(platform, cohort, home)

    async def _handle_event_error(
        self, platform: Platform, entry: EventEntry, broken: SendError | TimeoutError
    ) -> None:
        lost = broken if isinstance(broken, SendError) else SendError("no answer in time")
        is_new = not entry.native and not entry.changes
        if lost.permanent and is_new:
            log.warning(
                "the event %s is missing on %s: %s", entry.title, platform.name, lost.reason
            )
            return await self._finish_event_entry(entry, "")
        wait = LOOK_AGAIN if lost.permanent else lost.after or _compute_event_delay(entry)
        await self._postpone_event_entry(entry, wait, lost.reason)

    async def _record_event_trouble(
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
        lacking = [
            lack for lack in await list_setup_problems(platform, home.place, wanted) if lack.extra
        ]
        sentences = [lack.sentence for lack in lacking]
        if refusal and not any(lack.extra == "event" for lack in lacking):
            sentences.append(
                f"I could not change the event of its weekly call ({escape_text(refusal)})."
            )
        if (told := " ".join(sentences)) != home.trouble:
            async with self._store.transaction() as tx:
                await tx.cohorts.save_home_trouble(home, told, self._clock.now())

    async def _finish_event_entry(
        self, entry: EventEntry, native: str, event: Event | None = None, *, is_gone: bool = False
    ) -> None:
        async with self._store.transaction() as tx:
            await tx.events.finish_event(
                entry, self._clock.now(), native, event.title if event else "", is_gone=is_gone
            )
        log.info(
            "the event %s: %s", entry.title, "deleted by somebody" if is_gone else native or "none"
        )

    async def _postpone_event_entry(self, entry: EventEntry, wait: timedelta, reason: str) -> None:
        now: datetime = self._clock.now()
        async with self._store.transaction() as tx:
            await tx.events.postpone_event(entry, now + wait, now)
        log.info("the event %s waits until %s: %s", entry.title, now + wait, reason)


def _compute_event_delay(entry: EventEntry) -> timedelta:
    return BACK_OFF[min(entry.tries, len(BACK_OFF)) - 1]
