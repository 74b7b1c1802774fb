"""The operator's words for Discord: invite the bot, give Discord its commands, find problems.

Nothing here needs the database, or waits longer than `PATIENCE` for Discord.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import discord

from adapters.discord import rights
from adapters.discord.client import (
    REFUSED_INTENTS,
    UNKNOWN_TOKEN,
    configure_discord_logging,
    describe_close_code,
)
from adapters.discord.commands import build_commands_payload
from adapters.discord.errors import BROKEN, classify_discord_error
from bot import command
from bot.chat.address import Place
from bot.chat.errors import CannotConnect
from bot.settings import Settings

PATIENCE = 30.0  # seconds
NO_TOKEN = (
    "There is no DISCORD_TOKEN: make an application in Discord's developer portal "
    "and copy the token from its Bot page."
)
NO_GATEWAY = "Discord's gateway did not greet me"


@asynccontextmanager
async def log_in_client(settings: Settings) -> AsyncIterator[discord.AutoShardedClient]:
    """Yield a client, logged in but not connected.

    Raises `CannotConnect`, for errors inside the block, too.
    """
    token = settings.discord_token.get_secret_value()
    if not token:
        raise CannotConnect(NO_TOKEN)
    configure_discord_logging()
    client = discord.AutoShardedClient(
        intents=discord.Intents(guilds=True),
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        max_ratelimit_timeout=PATIENCE,
        shard_count=settings.discord_shard_count,
        # None, its default, means all.
        shard_ids=list(settings.discord_shard_ids) or None,  # type: ignore[arg-type]
    )
    try:
        async with client:
            async with asyncio.timeout(PATIENCE):
                await client.login(token)
            yield client
    except discord.LoginFailure:
        raise CannotConnect(UNKNOWN_TOKEN) from None
    except discord.GatewayNotFound:
        raise CannotConnect(f"{NO_GATEWAY}: see its status page, then try again.") from None
    except BROKEN as broken:
        reason = classify_discord_error(broken, is_read_only=True).reason
        raise CannotConnect(f"{reason}: try again later.") from None


async def print_invite_url(settings: Settings, *, with_roles: bool = False) -> int:
    """Print the invite link with the least rights, and a reason for each right.

    `with_roles`: with the rights for roles and notifications too.
    """
    async with log_in_client(settings) as client:
        assert client.application_id is not None
        print(rights.build_invite_url(client.application_id, with_roles=with_roles))
    print("\nOpen it, choose a server, and leave these rights ticked:")
    for name, reason in rights.list_right_reasons(with_roles=with_roles):
        print(f"  {name}: {reason}")
    return 0


async def sync_discord_commands(settings: Settings, servers: Sequence[int], *, clear: bool) -> int:
    """Give Discord the commands now, everywhere or in these servers, without delay there.

    `clear` removes them from these servers.
    """
    if clear and not servers:
        raise CannotConnect(
            "Name the servers to remove the commands from: those for everybody stay."
        )
    body = [] if clear else build_commands_payload(command.discover_commands())
    async with log_in_client(settings) as client:
        assert client.application_id is not None
        for server in servers:
            try:
                await client.http.bulk_upsert_guild_commands(
                    client.application_id, server, payload=body
                )
            except discord.Forbidden:
                raise CannotConnect(
                    f"I am not in the server {server}: invite me there first."
                ) from None
            print(f"The server {server} has {len(body)} commands and groups.")
        if not servers:
            await client.http.bulk_upsert_global_commands(client.application_id, payload=body)
            print(
                f"Every server has {len(body)} commands and groups; "
                "Discord may take a minute to show them."
            )
    return 0


async def run_discord_doctor(settings: Settings, homes: Sequence[Place]) -> Sequence[str]:
    """See `adapters.PlatformModule.run_doctor`. Connects for a moment, to see every server."""
    try:
        async with log_in_client(settings) as client:
            return [*_check_interactions_endpoint(client), *await _connect_and_check(client, homes)]
    except CannotConnect as closed:
        return [str(closed)]


def _check_interactions_endpoint(client: discord.Client) -> Sequence[str]:
    if client.application and client.application.interactions_endpoint_url:
        return [
            "Your application has an Interactions Endpoint URL, so Discord sends everything there "
            "and not to me: empty that field on its General Information page."
        ]
    return []


async def _connect_and_check(
    client: discord.AutoShardedClient, homes: Sequence[Place]
) -> Sequence[str]:
    connecting = asyncio.ensure_future(client.connect(reconnect=False))
    try:
        await _wait_for_guilds(client, connecting)
        return await list_discord_problems(client, homes)
    except discord.PrivilegedIntentsRequired:
        return [REFUSED_INTENTS]
    except discord.ConnectionClosed as closed:
        return [describe_close_code(closed.code)]
    except TimeoutError:
        return [f"{NO_GATEWAY} within {PATIENCE:.0f} seconds: see its status page, then try again."]
    finally:
        connecting.cancel()
        await asyncio.wait([connecting])


async def _wait_for_guilds(
    client: discord.AutoShardedClient, connecting: asyncio.Future[None]
) -> None:
    """Wait until Discord has named every server.

    Raises `TimeoutError` without progress for a while, and any error from connecting.
    """
    # Each further shard takes five seconds (Discord: Gateway, Sharding), so the time limit
    # begins anew with each one.
    ready = asyncio.ensure_future(client.wait_until_ready())
    shard_count = -1
    try:
        while not ready.done():
            if len(client.shards) <= shard_count:
                raise TimeoutError
            shard_count = len(client.shards)
            await asyncio.wait(
                [connecting, ready], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED
            )
            if connecting.done():
                await connecting
                raise TimeoutError
    finally:
        ready.cancel()


async def list_discord_problems(client: discord.Client, homes: Sequence[Place]) -> Sequence[str]:
    """Return the problems in a connected client's servers and homes, a sentence each."""
    if not client.guilds:
        return [
            "I am in no server yet: `syllabot discord invite` prints the link that brings me there."
        ]
    sentences = []
    for server in client.guilds:
        for problem in rights.list_server_problems(server):
            sentences.append(f"{server.name}: {problem.sentence}")
    for place in homes:
        guild = client.get_guild(int(place.space))
        name = guild.name if guild else f"server {place.space}"
        for problem in await rights.check_channel_rights(client, place, ("thread", "event", "pin")):
            sentences.append(f"{name}: {problem.sentence}")
    # A home repeats the problems with its server.
    return list(dict.fromkeys(sentences))
