"""The spaces the bot is in: brought in, removed, and what becomes of the homes there and of the data after thirty days."""

from __future__ import annotations

from collections.abc import Callable, Collection

from bot.clock import Clock
from bot.people import Place
from bot.store import Store


async def present(
    store: Store, clock: Clock, platform: str, spaces: Collection[str], mine: Callable[[str], bool]
) -> None:
    """See `bot.platform.Core.present`."""


async def arrived(store: Store, clock: Clock, place: Place) -> None:
    """See `bot.platform.Core.arrived`."""


async def left(store: Store, clock: Clock, place: Place) -> None:
    """See `bot.platform.Core.left`."""


async def gone(store: Store, clock: Clock, place: Place, reason: str) -> None:
    """See `bot.platform.Core.gone`."""
