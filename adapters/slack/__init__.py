"""Slack. What the composition root asks of it; the library is imported only where it is used."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from adapters import Connected
from bot.people import Place
from bot.platform import Vault
from bot.settings import Settings


def configured(settings: Settings) -> bool:
    """See `adapters.Plug.configured`."""
    return False


def connect(settings: Settings, vault: Vault) -> Connected:
    """See `adapters.Plug.connect`."""
    raise NotImplementedError


def words(add: Callable[..., argparse.ArgumentParser]) -> None:
    """See `adapters.Plug.words`."""


async def examine(settings: Settings, homes: Sequence[Place], vault: Vault | None) -> Sequence[str]:
    """See `adapters.Plug.examine`."""
    return ()
