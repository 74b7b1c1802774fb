"""One folder per platform; none knows another, none sees the database.

`PLATFORMS` is the only list of those that share the core's clock and database; the local room has its own. What each brings
is in its `__init__`, which imports no library: a platform nobody has configured costs nothing.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol, cast

from bot.people import Place
from bot.platform import Platform
from bot.settings import Settings

PLATFORMS = ("discord",)


class Plug(Protocol):
    """What a platform's package offers to the composition root."""

    def configured(self, settings: Settings) -> bool:
        """Whether the settings say enough to connect."""
        ...

    def connect(self, settings: Settings) -> Platform:
        """The platform, ready to listen."""
        ...

    def words(self, add: Callable[..., ArgumentParser]) -> None:
        """Add the platform's own words to the command line. Each sets `work`: a coroutine function of the settings and
        the parsed arguments, which returns the lines to print."""
        ...

    async def examine(self, settings: Settings, homes: Sequence[Place]) -> Sequence[str]:
        """What is missing for the bot to work there, one sentence each; `homes` are where cohorts live."""
        ...


def plug(name: str) -> Plug:
    """A platform's package by its name."""
    return cast(Plug, import_module(f"adapters.{name}"))
