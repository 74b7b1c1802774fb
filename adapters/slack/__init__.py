"""Slack. What the composition root asks of it; the library is imported only where it is used."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from adapters import Connected
from adapters.slack import modes
from bot.chat.address import Place
from bot.chat.platform import Vault
from bot.settings import Settings


def configured(settings: Settings) -> bool:
    """See `adapters.Plug.configured`."""
    return modes.configured(settings)


def connect(settings: Settings, vault: Vault) -> Connected:
    """See `adapters.Plug.connect`."""
    from adapters.slack.connection import connected

    return connected(settings, vault)


def words(add: Callable[..., argparse.ArgumentParser]) -> None:
    """See `adapters.Plug.words`."""
    below = add(
        "slack", help="print what Slack makes the app from, and a key for the vault"
    ).add_subparsers(dest="slack_word", metavar="COMMAND", required=True)
    below.add_parser(
        "manifest", help="print the app manifest, and what each scope is for"
    ).set_defaults(work=_manifest)
    below.add_parser("key", help="print a new VAULT_KEY").set_defaults(work=_key)


async def examine(settings: Settings, homes: Sequence[Place], vault: Vault | None) -> Sequence[str]:
    """See `adapters.Plug.examine`."""
    from adapters.slack import desk

    return await desk.examine(settings, homes, vault)


async def _manifest(settings: Settings, asked: argparse.Namespace) -> int:
    from adapters.slack import desk

    return await desk.manifest(settings)


async def _key(settings: Settings, asked: argparse.Namespace) -> int:
    from adapters.slack import desk

    return await desk.key()
