"""Sent posts written again from today's facts.

A weekly post counts along, a board is kept up to date, and a post that named somebody who is gone
forgets them. An edit is safe to repeat: the last text stays. So a request is kept until its
platform shows the new text, or has said that it never will. A lost edit harms nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from bot.chat.address import Place
from bot.chat.errors import DatabaseUnavailableError, MessageGone, SendError, TooOldToEdit
from bot.chat.platform import Platform
from bot.clock import Clock
from bot.host.failures import FailureLog
from bot.runtime.back_off import compute_back_off
from bot.runtime.edit_plans import EditPlan, find_letter_home, plan_edit
from bot.store import Store, Tx
from bot.store.edits import EditEntry, EditRest
from bot.store.letter import Letter

log = logging.getLogger(__name__)

EDIT_TIMEOUT = 30.0  # seconds, shorter than the lease
AWAY_WAIT = timedelta(minutes=15)  # for a platform that is not connected
REFUSED_WAIT = timedelta(hours=1)  # for a post that could be edited again: its right may come back
OLD_BOARD = timedelta(days=1)  # a board is posted anew at most so often
MAX_TRIES = 200  # about two days of trouble


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
            await self._carry_out(entry)
        except DatabaseUnavailableError:
            # It is claimed again when its lease has ended, and a second edit changes nothing.
            log.info("the edit of letter %s waits for the database", entry.letter.natural_key)
        except Exception as bug:
            # A door: one post's bug stops no letter and no other edit.
            sentence = f"letter {entry.letter.natural_key} could not be written again"
            self._failures.log_failure("edit", sentence, error=bug, has_ticket=True)
            with suppress(DatabaseUnavailableError):
                await self._postpone(entry, compute_back_off(entry.tries))

    async def _carry_out(self, entry: EditEntry) -> None:
        if not entry.sent_ref or entry.tries > MAX_TRIES:
            return await self._give_up(entry, "nobody knows where it stands")
        now = self._clock.now()
        plan = await self._store.run(lambda tx: plan_edit(tx, entry, now), write=False)
        if plan.place is None:
            return await self._leave_unreached(entry, plan)
        platform = self._platforms.get(plan.place.platform)
        if platform is None:
            return await self._postpone(entry, AWAY_WAIT)
        try:
            async with asyncio.timeout(EDIT_TIMEOUT):
                await self._change_message(platform, plan.place, entry, plan)
        except TimeoutError:
            await self._try_later(entry, platform)
        except SendError as error:
            await self._handle_edit_error(entry, plan, platform, error)
        else:
            log.info("letter %s: written again", entry.letter.natural_key)
            await self._end_edit(entry, plan, platform)

    async def _change_message(
        self, platform: Platform, place: Place, entry: EditEntry, plan: EditPlan
    ) -> None:
        key = entry.letter.natural_key
        # First, because an edit may be refused for a while.
        if plan.life == "kept" and not entry.is_pinned:
            await self._pin_message(platform, place, entry)
        if plan.life == "remove":
            await platform.delete_message(place, entry.sent_ref, key)
        elif plan.message is not None:
            await platform.edit(place, entry.sent_ref, plan.message, key)

    async def _pin_message(self, platform: Platform, place: Place, entry: EditEntry) -> None:
        try:
            is_pinned = await platform.pin_message(place, entry.sent_ref)
        except SendError as error:
            # The board is there without it. The next edit tries again.
            log.info("letter %s is not on top: %s", entry.letter.natural_key, error.reason)
            return
        if is_pinned:
            await self._store.run(lambda tx: tx.edits.mark_pinned(entry))

    # — afterwards —

    async def _end_edit(self, entry: EditEntry, plan: EditPlan, platform: Platform) -> None:
        if plan.life not in {"week", "kept"}:
            return await self._finish(entry)
        free_at = self._find_next_edit(entry, platform)
        if plan.message is None:
            free_at = self._clock.now()
        await self._rest(entry, plan, free_at)

    async def _try_later(self, entry: EditEntry, platform: Platform) -> None:
        """Try again an edit of which nobody knows if it was made.

        If it was, the next one of a post that counts along keeps its distance.
        """
        wait = compute_back_off(entry.tries)
        if entry.life in {"week", "kept"}:
            wait = max(wait, self._find_next_edit(entry, platform) - self._clock.now())
        await self._postpone(entry, wait)

    def _find_next_edit(self, entry: EditEntry, platform: Platform) -> datetime:
        now = self._clock.now()
        return platform.edit_pace.find_next_edit(entry.letter.ended_at or now, now)

    async def _leave_unreached(self, entry: EditEntry, plan: EditPlan) -> None:
        if plan.life in {"week", "kept"}:
            return await self._rest(entry, plan, self._clock.now() + REFUSED_WAIT)
        await self._give_up(entry, "its place is gone")

    async def _rest(self, entry: EditEntry, plan: EditPlan, free_at: datetime) -> None:
        # The last edit keeps the distance as well.
        until = None if plan.until is None else max(plan.until, free_at)
        rest = EditRest(plan.life, until, free_at)
        now = self._clock.now()
        await self._store.run(lambda tx: tx.edits.rest_edit(entry, rest, now))

    async def _handle_edit_error(
        self, entry: EditEntry, plan: EditPlan, platform: Platform, error: SendError
    ) -> None:
        if plan.life == "kept" and isinstance(error, TooOldToEdit):
            return await self._replace_old_board(entry, error)
        if error.perhaps_sent and not error.permanent and error.after is None:
            return await self._try_later(entry, platform)
        if not error.permanent:
            return await self._postpone(entry, error.after or compute_back_off(entry.tries))
        if plan.life not in {"week", "kept"} or (
            plan.life == "kept" and isinstance(error, MessageGone)
        ):
            return await self._give_up(entry, error.reason)
        log.info("letter %s stays as it is for now: %s", entry.letter.natural_key, error.reason)
        if isinstance(error, MessageGone | TooOldToEdit):
            return await self._rest(entry, EditPlan(life="ended"), self._clock.now())
        # A right was taken away, or the channel is closed: both may come back.
        await self._rest(entry, plan, self._clock.now() + REFUSED_WAIT)

    async def _replace_old_board(self, entry: EditEntry, error: TooOldToEdit) -> None:
        """Post a board anew that is too old to be edited, at most once a day."""
        now = self._clock.now()
        may_be_replaced_at = (entry.letter.ended_at or now) + OLD_BOARD
        if now < may_be_replaced_at:
            wait = error.after or may_be_replaced_at - now
            return await self._postpone(entry, wait)
        log.info("letter %s is posted anew: %s", entry.letter.natural_key, error.reason)
        await self._store.run(lambda tx: _replace_board(tx, entry.letter, now))

    async def _give_up(self, entry: EditEntry, reason: str) -> None:
        log.info("letter %s stays as it was sent: %s", entry.letter.natural_key, reason)
        await self._finish(entry)

    async def _finish(self, entry: EditEntry) -> None:
        await self._store.run(lambda tx: tx.edits.finish_edit(entry, self._clock.now()))

    async def _postpone(self, entry: EditEntry, wait: timedelta) -> None:
        until = self._clock.now() + wait
        await self._store.run(lambda tx: tx.edits.postpone_edit(entry, until))


async def _replace_board(tx: Tx, letter: Letter, now: datetime) -> None:
    # Locked first: a moderator may be taking the board down.
    cohort = await tx.cohorts.lock_cohort(letter.cohort_id)
    if cohort is None:
        return
    home = await find_letter_home(tx, cohort, letter)
    if home is None:
        return
    board = await tx.kept_posts.find_board(cohort, home)
    if board is not None and board.id == letter.id:
        await tx.kept_posts.take_down_board(letter, now)
        await tx.kept_posts.put_up_board(cohort, home, now)
