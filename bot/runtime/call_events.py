"""The events for weekly calls, on platforms with events: made, edited and cancelled with the calls.

Each event is brought up to date from fresh facts, so only the last of two changes counts. A second
run changes nothing: after a crash or a lost answer, an event is looked for before one is made.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat.address import Extra
from bot.chat.errors import DatabaseUnavailableError, SendError
from bot.chat.message import Event, escape_text
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.group.calls import find_coming_call
from bot.group.cohort import Cohort
from bot.host.failures import FailureLog
from bot.runtime.back_off import compute_back_off
from bot.runtime.spaces import list_setup_problems
from bot.store import Store, Tx
from bot.store.cohorts import WAITS, Home
from bot.store.events import EventEntry

log = logging.getLogger(__name__)

# Seconds. With the questions asked after it, shorter than the lease on an event.
EVENT_TIMEOUT = 30.0
REFUSAL_WAIT = timedelta(minutes=15)  # after a refusal, which a moderator may mend


@dataclass(frozen=True, slots=True)
class CallFacts:
    """The facts about an event as they are now. `event` is None for a call no longer planned."""

    cohort: Cohort | None
    home: Home | None
    event: Event | None
    other_event_ids: Collection[str]


class CallEventSync:
    """Keeps events equal to their calls, until these begin."""

    def __init__(
        self, store: Store, clock: Clock, platforms: Mapping[str, Platform], repeats: FailureLog
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._failures = repeats

    async def update_call_event(self, entry: EventEntry) -> None:
        """Bring a claimed event up to date. Raises nothing."""
        try:
            await self._update_event_on_platform(entry)
        except DatabaseUnavailableError:
            # It is claimed again when its lease has ended, and a second update changes nothing.
            log.info("the event %s waits for the database", entry.title)
        except Exception as bug:
            # A door: one event's bug stops no letter and no other event.
            await self._report_event_bug(entry, bug)

    async def _report_event_bug(self, entry: EventEntry, bug: Exception) -> None:
        sentence = f"the event {entry.title} could not be settled"
        ticket = self._failures.log_failure("event", sentence, error=bug, has_ticket=True)
        wait = compute_back_off(entry.tries)
        with suppress(DatabaseUnavailableError):
            await self._postpone_event_entry(entry, wait, f"a bug, ticket {ticket}")

    async def _load_call_facts(self, entry: EventEntry, now: datetime) -> CallFacts:
        async def load_facts(tx: Tx) -> CallFacts:
            cohort = await tx.cohorts.load_cohort(entry.cohort_id)
            homes = await tx.cohorts.list_homes(entry.cohort_id)
            home = next((home for home in homes if home.id == entry.home_id), None)
            event = None
            if cohort is not None and home is not None:
                event = find_coming_call(cohort, entry.edition, entry.week_id, now)
            return CallFacts(cohort, home, event, await tx.events.list_other_event_ids(entry))

        return await self._store.run(load_facts, write=False)

    async def _update_event_on_platform(self, entry: EventEntry) -> None:
        now = self._clock.now()
        facts = await self._load_call_facts(entry, now)
        platform = self._platforms.get(entry.place.platform)
        if facts.event is None and (entry.starts is None or entry.starts <= now):
            # It has begun: nobody is invited any more, and cancelling it would be a lie.
            await self._finish_event_entry(entry, entry.native)
        elif platform is None:
            reason = f"{entry.place.platform} is not connected"
            await self._postpone_event_entry(entry, REFUSAL_WAIT, reason)
        else:
            await self._settle_event(platform, entry, facts)

    async def _settle_event(self, platform: Platform, entry: EventEntry, facts: CallFacts) -> None:
        try:
            async with asyncio.timeout(EVENT_TIMEOUT):
                native = await platform.settle_event(
                    entry.place, facts.event, entry.title, entry.native, facts.other_event_ids
                )
        except (SendError, TimeoutError) as error:
            await self._handle_event_error(platform, entry, error)
            await self._record_event_trouble(platform, facts, error)
        else:
            # Somebody deleted it by hand: it stays deleted.
            is_gone = bool(entry.native) and facts.event is not None and native is None
            await self._finish_event_entry(entry, native or "", facts.event, is_gone=is_gone)
            await self._record_event_trouble(platform, facts)

    async def _handle_event_error(
        self, platform: Platform, entry: EventEntry, error: SendError | TimeoutError
    ) -> None:
        if not isinstance(error, SendError):
            error = SendError("no answer in time")
        is_new = not entry.native and not entry.changes
        if error.permanent and is_new:
            log.warning(
                "the event %s is missing on %s: %s", entry.title, platform.name, error.reason
            )
            return await self._finish_event_entry(entry, "")
        wait = error.after or compute_back_off(entry.tries)
        if error.permanent:
            # It stands there with old facts: that is worth trying again.
            wait = REFUSAL_WAIT
        await self._postpone_event_entry(entry, wait, error.reason)

    async def _record_event_trouble(
        self, platform: Platform, facts: CallFacts, error: Exception | None = None
    ) -> None:
        """Save for moderators what a home lacks for its events, or that it lacks nothing now."""
        cohort, home = facts.cohort, facts.home
        refusal = error.reason if isinstance(error, SendError) and error.permanent else ""
        # Posts that cannot come at all are the greater trouble, and keep their line.
        if cohort is None or home is None or home.trouble.startswith(WAITS):
            return
        if not refusal and not home.trouble:
            return
        trouble = await self._describe_home_trouble(platform, cohort, home, refusal)
        if trouble != home.trouble:
            await self._store.run(
                lambda tx: tx.cohorts.save_home_trouble(home, trouble, self._clock.now())
            )

    async def _describe_home_trouble(
        self, platform: Platform, cohort: Cohort, home: Home, refusal: str
    ) -> str:
        wanted: list[Extra] = []
        if cohort.threads:
            wanted.append("thread")
        if refusal or cohort.call is not None:
            wanted.append("event")
        problems = await list_setup_problems(platform, home.place, wanted)
        extras = [problem for problem in problems if problem.extra]
        sentences = [problem.sentence for problem in extras]
        # A missing right explains a refusal better than the platform's own words.
        if refusal and not any(problem.extra == "event" for problem in extras):
            sentences.append(
                f"I could not change the event for its weekly call ({escape_text(refusal)})."
            )
        return " ".join(sentences)

    async def _finish_event_entry(
        self, entry: EventEntry, native: str, event: Event | None = None, *, is_gone: bool = False
    ) -> None:
        title = event.title if event is not None else ""
        await self._store.run(
            lambda tx: tx.events.finish_event(
                entry, self._clock.now(), native, title, is_gone=is_gone
            )
        )
        result = "deleted by somebody" if is_gone else native or "none"
        log.info("the event %s: %s", entry.title, result)

    async def _postpone_event_entry(self, entry: EventEntry, wait: timedelta, reason: str) -> None:
        now = self._clock.now()
        await self._store.run(lambda tx: tx.events.postpone_event(entry, now + wait, now))
        log.info("the event %s waits until %s: %s", entry.title, now + wait, reason)
