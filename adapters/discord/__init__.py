"""Discord. The functions below import its library only on demand."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from adapters import PlatformConnection
from bot.chat.address import Place
from bot.chat.platform import Vault
from bot.settings import Settings


def is_configured(settings: Settings) -> bool:
    """See `adapters.PlatformModule.is_configured`."""
    return bool(settings.discord_token.get_secret_value())


def connect(settings: Settings, vault: Vault) -> PlatformConnection:
    """See `adapters.PlatformModule.connect`."""
    from adapters.discord.client import Discord
    from adapters.discord.shards import Shards

    shards = Shards(settings.discord_shard_count, settings.discord_shard_ids)
    return PlatformConnection(Discord(settings.discord_token.get_secret_value(), shards))


def add_cli_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """See `adapters.PlatformModule.add_cli_commands`."""
    discord = add("discord", help="invite the bot to a server, give Discord its commands")
    below = discord.add_subparsers(dest="discord_word", metavar="COMMAND", required=True)
    invite = below.add_parser("invite", help="print the invite link, with a reason for each right")
    invite.add_argument(
        "--with-roles",
        action="store_true",
        help="ask for the rights to make roles and to notify them, too",
    )
    invite.set_defaults(work=_run_invite_command)
    sync = below.add_parser(
        "sync", help="give Discord the commands now; in a named server they appear at once"
    )
    sync.add_argument(
        "servers", nargs="*", type=int, metavar="SERVER", help="the id of a server for development"
    )
    sync.add_argument("--clear", action="store_true", help="remove the commands from these servers")
    sync.set_defaults(work=_run_sync_command)


async def run_doctor(
    settings: Settings, homes: Sequence[Place], vault: Vault | None
) -> Sequence[str]:
    """See `adapters.PlatformModule.run_doctor`."""
    from adapters.discord import cli

    return await cli.run_discord_doctor(settings, homes)


async def _run_invite_command(settings: Settings, arguments: argparse.Namespace) -> int:
    from adapters.discord import cli

    return await cli.print_invite_url(settings, with_roles=arguments.with_roles)


async def _run_sync_command(settings: Settings, arguments: argparse.Namespace) -> int:
    from adapters.discord import cli

    return await cli.sync_discord_commands(settings, arguments.servers, clear=arguments.clear)
