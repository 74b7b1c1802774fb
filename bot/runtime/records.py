"""What platforms have the core write down: notes of their own, events they have heard, and what happens to spaces."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection

from bot.chat.address import Caller, Place
from bot.clock import Clock
from bot.runtime.incoming import presentable, presentable_place
from bot.runtime.spaces import arrived, claim_greeting, gone, left, present, release_greeting
from bot.store import Store, insist

LONGEST_KEY = 120  # characters of an interaction's or event's id that are kept


class Records:
    """The part of `bot.chat.platform.Core` that answers nobody."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._news = (
            asyncio.Lock()
        )  # what happens to spaces is written down in the order in which it happened

    async def noted(self, platform: str, name: str) -> str:
        """See `bot.chat.platform.Core.noted`."""
        async with self._store.begin(write=False) as tx:
            return await tx.answers.mark(f"{platform}.{name}") or ""

    async def note(self, platform: str, name: str, value: str) -> None:
        """See `bot.chat.platform.Core.note`."""
        async with self._store.begin() as tx:
            await tx.answers.set_mark(f"{platform}.{name}", value)

    async def first(self, platform: str, event: str) -> bool:
        """See `bot.chat.platform.Core.first`."""
        async with self._store.begin() as tx:
            return await tx.answers.hear(short_key(f"{platform}:{event}"), self._clock.now())

    async def has_heard(self, platform: str, event: str) -> bool:
        """See `bot.chat.platform.Core.has_heard`."""
        async with self._store.begin(write=False) as tx:
            return await tx.answers.has_heard(short_key(f"{platform}:{event}"))

    async def claim_greeting(self, caller: Caller, place: Place) -> bool:
        """See `bot.chat.platform.Core.claim_greeting`."""
        return await claim_greeting(
            self._store, self._clock, presentable(caller), presentable_place(place)
        )

    async def release_greeting(self, place: Place) -> None:
        """See `bot.chat.platform.Core.release_greeting`."""
        await release_greeting(self._store, presentable_place(place))

    async def present(
        self, platform: str, spaces: Collection[str], mine: Callable[[str], bool]
    ) -> None:
        """See `bot.chat.platform.Core.present`."""
        await self._write_down(lambda: present(self._store, self._clock, platform, spaces, mine))

    async def arrived(self, place: Place, *, again: bool = False) -> None:
        """See `bot.chat.platform.Core.arrived`."""
        await self._write_down(lambda: arrived(self._store, self._clock, place), again)

    async def left(self, place: Place, *, again: bool = False) -> None:
        """See `bot.chat.platform.Core.left`."""
        await self._write_down(lambda: left(self._store, self._clock, place), again)

    async def gone(self, place: Place, reason: str, *, again: bool = False) -> None:
        """See `bot.chat.platform.Core.gone`."""
        await self._write_down(lambda: gone(self._store, self._clock, place, reason), again)

    async def _write_down(self, news: Callable[[], Awaitable[None]], again: bool = False) -> None:
        """Keep what happened to a space, however long the database is away, unless we are told `again`."""
        async with self._news:
            await (news() if again else insist(news))


def short_key(key: str) -> str:
    """Return a key as it is kept: as it is or, where it is too long, its digest."""
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
