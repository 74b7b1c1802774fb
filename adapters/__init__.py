"""One folder per platform; none knows another, none sees the database.

`PLATFORMS` is the only list of the platforms on the core's clock and database.
The local room is not among them: it has its own.
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
    """A platform ready to listen, with its routes on the public address, if any."""

    platform: Platform
    routes: Sequence[RouteDef] = ()


class PlatformModule(Protocol):
    """A platform's package, seen by the composition root.

    The package itself imports no library: a platform nobody has configured costs nothing.
    """

    def is_configured(self, settings: Settings) -> bool:
        """Return True if the settings ask for this platform."""
        ...

    def connect(self, settings: Settings, vault: Vault) -> PlatformConnection:
        """Return the platform, ready to listen; its secrets are in `vault`.

        Raises `CannotConnect` if a setting is missing.
        """
        ...

    def add_cli_commands(self, add: Callable[..., ArgumentParser]) -> None:
        """Add the platform's own commands to the command line.

        Each sets `work`: a coroutine function taking the settings and the parsed arguments.
        It returns the exit status.
        """
        ...

    async def run_doctor(
        self, settings: Settings, homes: Sequence[Place], vault: Vault | None
    ) -> Sequence[str]:
        """Return what is missing for the bot to work there, one sentence each.

        `homes` are the places where cohorts live.
        `vault` is None while there is no database yet.
        """
        ...


def import_platform_module(name: str) -> PlatformModule:
    """Import a platform's package by its name."""
    return cast(PlatformModule, import_module(f"adapters.{name}"))
