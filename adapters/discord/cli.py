"""What an operator does beside running the bot: invite it, give Discord its commands, ask what is missing.

Nothing here needs the database, and nothing waits longer than `PATIENCE` for Discord.
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
NO_TOKEN = "There is no DISCORD_TOKEN: make an application in Discord's developer portal and copy the token from its Bot page."
NO_GATEWAY = "Discord's gateway did not greet me"


@asynccontextmanager
async def log_in_client(settings: Settings) -> AsyncIterator[discord.AutoShardedClient]:
    """A client that has logged in but not connected. Raises `CannotConnect`, also for what goes wrong while it is used."""
    if not (token := settings.discord_token.get_secret_value()):
        raise CannotConnect(NO_TOKEN)
    configure_discord_logging()
    client = discord.AutoShardedClient(
        intents=discord.Intents(guilds=True),
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        max_ratelimit_timeout=PATIENCE,
        shard_count=settings.discord_shard_count,
        shard_ids=list(settings.discord_shard_ids) or None,  # type: ignore[arg-type]  # None, its default, means all
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
        raise CannotConnect(
            f"{classify_discord_error(broken, is_read_only=True).reason}: try again later."
        ) from None


async def print_invite_url(settings: Settings) -> int:
    """Print the link that brings the bot to a server with the least rights it needs, and what each is for."""
    async with log_in_client(settings) as client:
        assert client.application_id is not None
        print(rights.build_invite_url(client.application_id))
    print("\nOpen it, choose a server, and leave these rights ticked:")
    for name, reason in rights.list_right_reasons():
        print(f"  {name}: {reason}")
    return 0


async def sync_discord_commands(settings: Settings, servers: Sequence[int], *, clear: bool) -> int:
    """Give Discord the commands now: everywhere, or in these servers, where they appear at once. `clear` takes them back
    from these servers."""
    if clear and not servers:
        raise CannotConnect(
            "Name the servers whose commands you want taken back: those for everybody stay."
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
                f"Every server has {len(body)} commands and groups; Discord may take a minute to show them."
            )
    return 0


async def run_discord_doctor(settings: Settings, homes: Sequence[Place]) -> Sequence[str]:
    """See `adapters.Plug.examine`: logs in, connects for a moment, and looks at every server and home."""
    try:
        async with log_in_client(settings) as client:
            return [*_check_interactions_endpoint(client), *await _connect_and_check(client, homes)]
    except CannotConnect as closed:
        return [str(closed)]


def _check_interactions_endpoint(client: discord.Client) -> Sequence[str]:
    if client.application and client.application.interactions_endpoint_url:
        return [
            "Your application has an Interactions Endpoint URL, so Discord sends what people say there and not to me: "
            "empty that field on its General Information page."
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
    """Wait until Discord has told of every server. Raises `TimeoutError` where nothing more has come for a while, and what
    connecting raises. Each further shard takes five seconds to begin with (Discord: Gateway, Sharding)."""
    ready = asyncio.ensure_future(client.wait_until_ready())
    begun = -1
    try:
        while not ready.done():
            if len(client.shards) <= begun:
                raise TimeoutError
            begun = len(client.shards)
            await asyncio.wait(
                [connecting, ready], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED
            )
            if connecting.done():
                await connecting
                raise TimeoutError
    finally:
        ready.cancel()


async def list_discord_problems(client: discord.Client, homes: Sequence[Place]) -> Sequence[str]:
    """What is missing in the servers and homes a connected client sees, one sentence each."""
    if not client.guilds:
        return [
            "I am in no server yet: `syllabot discord invite` prints the link that brings me there."
        ]
    found = [
        f"{guild.name}: {lack.sentence}"
        for guild in client.guilds
        for lack in rights.list_server_problems(guild)
    ]
    for place in homes:
        guild = client.get_guild(int(place.space))
        named = guild.name if guild else f"server {place.space}"
        found += [
            f"{named}: {lack.sentence}"
            for lack in await rights.check_channel_rights(client, place, ("thread", "event"))
        ]
    return list(dict.fromkeys(found))
