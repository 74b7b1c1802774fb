"""Sent posts written again from today's facts, because somebody they named is gone.

An edit is safe to repeat: the last text stays. So a request is kept until its platform shows the
new text, or has said that it never will.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from bot.chat.address import Place
from bot.chat.errors import DatabaseUnavailableError, SendError
from bot.chat.message import Message, text_message
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.group.calendar import CalendarWeek
from bot.group.cohort import Cohort
from bot.host.failures import FailureLog
from bot.post import WEEKLY, HomeFacts, PostKind, build_post_slot
from bot.runtime.gathering import list_folded_weeks
from bot.runtime.home_facts import HomeFactReader, find_last_week
from bot.store import Store, Tx
from bot.store.activity import CohortWeek
from bot.store.edits import EditEntry
from bot.store.letter import Letter

log = logging.getLogger(__name__)

EDIT_TIMEOUT = 30.0  # seconds, shorter than the lease
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900))
AWAY_WAIT = timedelta(minutes=15)  # for a platform that is not connected
MAX_TRIES = 200  # about two days of trouble

WITHDRAWN = text_message("I have taken this post back.")


@dataclass(frozen=True, slots=True)
class NewText:
    """What a post says from now on, and the place where it stands."""

    place: Place
    message: Message


class PostEditor:
    """Writes posts again, each in a task of its own."""

    def __init__(
        self, store: Store, clock: Clock, platforms: Mapping[str, Platform], failures: FailureLog
    ) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._failures = failures

    async def edit_post(self, entry: EditEntry) -> None:
        """Write a claimed post again. Raises nothing."""
        try:
            await self._edit_on_platform(entry)
        except DatabaseUnavailableError:
            # It is claimed again when its lease has ended, and a second edit changes nothing.
            log.info("the edit of letter %s waits for the database", entry.letter.natural_key)
        except Exception as bug:
            # A door: one post's bug stops no letter and no other edit.
            sentence = f"letter {entry.letter.natural_key} could not be written again"
            self._failures.log_failure("edit", sentence, error=bug, has_ticket=True)
            with suppress(DatabaseUnavailableError):
                await self._postpone(entry, _compute_edit_delay(entry))

    async def _edit_on_platform(self, entry: EditEntry) -> None:
        if not entry.sent_ref or entry.tries > MAX_TRIES:
            return await self._give_up(entry, "nobody knows where it stands")
        new_text = await self._store.run(lambda tx: _write_again(tx, entry.letter), write=False)
        if new_text is None:
            return await self._give_up(entry, "its place is gone")
        platform = self._platforms.get(new_text.place.platform)
        if platform is None:
            return await self._postpone(entry, AWAY_WAIT)
        key = entry.letter.natural_key
        try:
            async with asyncio.timeout(EDIT_TIMEOUT):
                await platform.edit(new_text.place, entry.sent_ref, new_text.message, key)
        except TimeoutError:
            await self._postpone(entry, _compute_edit_delay(entry))
        except SendError as error:
            await self._handle_edit_error(entry, error)
        else:
            log.info("letter %s: written again", key)
            await self._finish(entry)

    async def _handle_edit_error(self, entry: EditEntry, error: SendError) -> None:
        if error.permanent:
            return await self._give_up(entry, error.reason)
        await self._postpone(entry, error.after or _compute_edit_delay(entry))

    async def _give_up(self, entry: EditEntry, reason: str) -> None:
        log.info("letter %s stays as it was sent: %s", entry.letter.natural_key, reason)
        await self._finish(entry)

    async def _finish(self, entry: EditEntry) -> None:
        await self._store.run(lambda tx: tx.edits.finish_edit(entry, self._clock.now()))

    async def _postpone(self, entry: EditEntry, wait: timedelta) -> None:
        until = self._clock.now() + wait
        await self._store.run(lambda tx: tx.edits.postpone_edit(entry, until))


async def _write_again(tx: Tx, letter: Letter) -> NewText | None:
    """Return a letter's post from today's facts; None without a home to edit it in."""
    cohort = await tx.cohorts.load_cohort(letter.cohort_id)
    if cohort is None:
        return None
    for home in await tx.cohorts.list_homes(cohort.id):
        if home.id == letter.home_id and home.is_in_reach:
            return NewText(home.place, await _build_new_text(tx, cohort, letter))
    return None


async def _build_new_text(tx: Tx, cohort: Cohort, letter: Letter) -> Message:
    if letter.message is not None:
        return letter.message
    kind = tx.post_kinds.kinds.get(letter.kind)
    # The facts of an earlier edition are gone: a new text would be about the wrong one.
    if kind is None or letter.edition != cohort.edition:
        return WITHDRAWN
    facts = await _read_facts(tx, cohort, letter, kind)
    if facts is None or kind.skip(facts) is not None:
        return WITHDRAWN
    return kind.writer(facts)


async def _read_facts(tx: Tx, cohort: Cohort, letter: Letter, kind: PostKind) -> HomeFacts | None:
    """Return what a post is written from, at the moment it fell due; None without its week."""
    slot = build_post_slot(cohort, kind.name, letter.ref, letter.moment)
    if slot.week is None and any(day.anchor in WEEKLY for day in kind.days):
        return None
    # By that moment: a member who is away today was there when the post was sent.
    reader = HomeFactReader(tx, letter.moment)
    await _read_for_letter(reader, cohort, letter, kind, slot.week)
    roadmap = await tx.cohorts.load_roadmap_by_id(cohort.plan_id)
    readings = await reader.read_facts(kind.uses, letter, cohort, roadmap, slot.week)
    folded = await tx.ledger.list_folded_refs([letter.id])
    weeks_folded = list_folded_weeks(cohort, folded.get(letter.id, ()))
    return HomeFacts(cohort, roadmap, slot, letter.moment, readings, weeks_folded)


async def _read_for_letter(
    reader: HomeFactReader,
    cohort: Cohort,
    letter: Letter,
    kind: PostKind,
    week: CalendarWeek | None,
) -> None:
    """Read what is read for many letters at once where they are sent."""
    if "counts" in kind.uses:
        weeks: list[CohortWeek] = [(cohort, week)]
        last_week = find_last_week(cohort, week)
        if "last_counts" in kind.uses and last_week is not None:
            weeks.append((cohort, last_week))
        await reader.count_activity(weeks)
    if "former_posts" in kind.uses:
        await reader.count_former_posts([letter.id])
    if "thanks" in kind.uses:
        await reader.find_last_moments([letter.id])


def _compute_edit_delay(entry: EditEntry) -> timedelta:
    return BACK_OFF[min(entry.tries, len(BACK_OFF)) - 1]
