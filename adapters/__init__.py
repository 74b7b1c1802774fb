"""One folder per platform; none knows another, none sees the database.

`PLATFORMS` is the only list of those that share the core's clock and database; the local room has its own. What each brings
is in its `__init__`, which imports no library: a platform nobody has configured costs nothing.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from bot.chat.address import Place
from bot.chat.platform import Platform, Vault
from bot.settings import Settings

if TYPE_CHECKING:
    from aiohttp.web import RouteDef

PLATFORMS = ("discord", "slack")


@dataclass(frozen=True, slots=True)
class PlatformConnection:
    """A platform that is ready to listen, and the routes it answers on the public address, if any."""

    platform: Platform
    routes: Sequence[RouteDef] = ()


class PlatformModule(Protocol):
    """What a platform's package offers to the composition root."""

    def is_configured(self, settings: Settings) -> bool:
        """Whether the settings ask for this platform."""
        ...

    def connect(self, settings: Settings, vault: Vault) -> PlatformConnection:
        """The platform, ready to listen; its secrets are in `vault`. Raises `CannotConnect` where the settings do not
        say enough."""
        ...

    def add_cli_commands(self, add: Callable[..., ArgumentParser]) -> None:
        """Add the platform's own words to the command line. Each sets `work`: a coroutine function of the settings and
        the parsed arguments, which returns the status to exit with."""
        ...

    async def run_doctor(
        self, settings: Settings, homes: Sequence[Place], vault: Vault | None
    ) -> Sequence[str]:
        """What is missing for the bot to work there, one sentence each; `homes` are where cohorts live, `vault` is None
        where there is no database yet."""
        ...


def import_platform_module(name: str) -> PlatformModule:
    """A platform's package by its name."""
    return cast(PlatformModule, import_module(f"adapters.{name}"))
