"""Records kept for platforms: their notes, events already handled, and changes to spaces."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection

from bot.chat.address import Caller, Place
from bot.clock import Clock
from bot.runtime.incoming import clean_caller, clean_place
from bot.runtime.spaces import (
    claim_place_greeting,
    record_channel_deleted,
    record_space_left,
    release_place_greeting,
    restore_space,
    update_present_spaces,
)
from bot.store import Store, retry_while_unavailable

MAX_KEY = 120  # characters kept of an interaction's or event's id


class CoreRecords:
    """The part of `bot.chat.platform.Core` without answers."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        # Changes to spaces are written in their order: "left" after "joined" must stay last.
        self._space_lock = asyncio.Lock()

    async def load_note(self, platform: str, name: str) -> str:
        """See `bot.chat.platform.Core.load_note`."""
        mark = f"{platform}.{name}"
        return await self._store.run(lambda tx: tx.answers.load_mark(mark), write=False) or ""

    async def save_note(self, platform: str, name: str, value: str) -> None:
        """See `bot.chat.platform.Core.save_note`."""
        await self._store.run(lambda tx: tx.answers.save_mark(f"{platform}.{name}", value))

    async def record_event(self, platform: str, event: str) -> bool:
        """See `bot.chat.platform.Core.record_event`."""
        key = shorten_key(f"{platform}:{event}")
        return await self._store.run(lambda tx: tx.answers.claim_event_id(key, self._clock.now()))

    async def has_recorded_event(self, platform: str, event: str) -> bool:
        """See `bot.chat.platform.Core.has_recorded_event`."""
        return await self._store.run(
            lambda tx: tx.answers.has_event_id(shorten_key(f"{platform}:{event}")), write=False
        )

    async def claim_greeting(self, caller: Caller, place: Place) -> bool:
        """See `bot.chat.platform.Core.claim_greeting`."""
        caller, place = clean_caller(caller), clean_place(place)
        return await claim_place_greeting(self._store, self._clock, caller, place)

    async def release_greeting(self, place: Place) -> None:
        """See `bot.chat.platform.Core.release_greeting`."""
        await release_place_greeting(self._store, clean_place(place))

    async def sync_spaces(
        self, platform: str, spaces: Collection[str], is_own_space: Callable[[str], bool]
    ) -> None:
        """See `bot.chat.platform.Core.sync_spaces`."""
        await self._write_space_change(
            lambda: update_present_spaces(self._store, self._clock, platform, spaces, is_own_space)
        )

    async def handle_space_joined(self, place: Place, *, can_redeliver: bool = False) -> None:
        """See `bot.chat.platform.Core.handle_space_joined`."""
        await self._write_space_change(
            lambda: restore_space(self._store, self._clock, place), can_redeliver
        )

    async def handle_space_left(self, place: Place, *, can_redeliver: bool = False) -> None:
        """See `bot.chat.platform.Core.handle_space_left`."""
        await self._write_space_change(
            lambda: record_space_left(self._store, self._clock, place), can_redeliver
        )

    async def handle_channel_deleted(
        self, place: Place, reason: str, *, can_redeliver: bool = False
    ) -> None:
        """See `bot.chat.platform.Core.handle_channel_deleted`."""
        await self._write_space_change(
            lambda: record_channel_deleted(self._store, self._clock, place, reason), can_redeliver
        )

    async def _write_space_change(
        self, write: Callable[[], Awaitable[None]], can_redeliver: bool = False
    ) -> None:
        """Write a change, however long the database is away.

        A platform that `can_redeliver` gets the error instead, and tells us again.
        """
        async with self._space_lock:
            if can_redeliver:
                await write()
            else:
                await retry_while_unavailable(write)


def shorten_key(key: str) -> str:
    """Return a key, or its digest where it is too long for the column."""
    if len(key) <= MAX_KEY:
        return key
    return hashlib.sha256(key.encode()).hexdigest()
