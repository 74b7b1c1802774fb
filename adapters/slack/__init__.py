"""Slack: the entry points for the composition root.

The libraries are imported inside the functions: nobody loads them who has not set up Slack.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from adapters import PlatformConnection
from adapters.slack import connection_mode
from bot.chat.address import Place
from bot.chat.platform import Vault
from bot.settings import Settings


def is_configured(settings: Settings) -> bool:
    """See `adapters.PlatformModule.is_configured`."""
    return connection_mode.has_slack_settings(settings)


def connect(settings: Settings, vault: Vault) -> PlatformConnection:
    """See `adapters.PlatformModule.connect`."""
    from adapters.slack.connection import connect_slack

    return connect_slack(settings, vault)


def add_cli_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """See `adapters.PlatformModule.add_cli_commands`."""
    slack = add("slack", help="print the app manifest or a key for the vault")
    subcommands = slack.add_subparsers(dest="slack_word", metavar="COMMAND", required=True)
    manifest = subcommands.add_parser(
        "manifest", help="print the app manifest, and the reason for each scope"
    )
    manifest.set_defaults(work=_run_manifest_command)
    key = subcommands.add_parser("key", help="print a new VAULT_KEY")
    key.set_defaults(work=_run_vault_key_command)


async def run_doctor(
    settings: Settings, homes: Sequence[Place], vault: Vault | None
) -> Sequence[str]:
    """See `adapters.PlatformModule.run_doctor`."""
    from adapters.slack import cli

    return await cli.find_slack_setup_problems(settings, homes, vault)


async def _run_manifest_command(settings: Settings, arguments: argparse.Namespace) -> int:
    from adapters.slack import cli

    return await cli.print_manifest(settings)


async def _run_vault_key_command(settings: Settings, arguments: argparse.Namespace) -> int:
    from adapters.slack import cli

    return await cli.print_vault_key()
