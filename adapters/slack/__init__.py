"""Slack. What the composition root asks of it; the library is imported only where it is used."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from adapters import PlatformConnection
from adapters.slack import connection_mode
from bot.chat.address import Place
from bot.chat.platform import Vault
from bot.settings import Settings


def is_configured(settings: Settings) -> bool:
    """See `adapters.Plug.configured`."""
    return connection_mode.has_slack_settings(settings)


def connect(settings: Settings, vault: Vault) -> PlatformConnection:
    """See `adapters.Plug.connect`."""
    from adapters.slack.connection import connect_slack

    return connect_slack(settings, vault)


def add_cli_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """See `adapters.Plug.words`."""
    below = add(
        "slack", help="print what Slack makes the app from, and a key for the vault"
    ).add_subparsers(dest="slack_word", metavar="COMMAND", required=True)
    below.add_parser(
        "manifest", help="print the app manifest, and what each scope is for"
    ).set_defaults(work=_run_manifest_command)
    below.add_parser("key", help="print a new VAULT_KEY").set_defaults(work=_run_vault_key_command)


async def run_doctor(
    settings: Settings, homes: Sequence[Place], vault: Vault | None
) -> Sequence[str]:
    """See `adapters.Plug.examine`."""
    from adapters.slack import cli

    return await cli.find_slack_setup_problems(settings, homes, vault)


async def _run_manifest_command(settings: Settings, asked: argparse.Namespace) -> int:
    from adapters.slack import cli

    return await cli.print_manifest(settings)


async def _run_vault_key_command(settings: Settings, asked: argparse.Namespace) -> int:
    from adapters.slack import cli

    return await cli.print_vault_key()
