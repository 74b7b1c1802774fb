"""What an operator does beside running the bot: invite it, give Discord its commands, ask what is missing.

Nothing here needs the database, and nothing waits longer than `PATIENCE` for Discord.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import discord
from aiohttp import ClientError

from adapters.discord import rights
from adapters.discord.client import REFUSED_INTENTS, UNKNOWN_TOKEN, closed_for_good
from adapters.discord.commands import payload
from bot import command
from bot.people import Place
from bot.platform import CannotConnect
from bot.settings import Settings

PATIENCE = 30.0  # seconds
NO_TOKEN = (
    "There is no DISCORD_TOKEN: make an application in Discord's developer portal and copy the token from its Bot page."
)


@asynccontextmanager
async def logged_in(settings: Settings) -> AsyncIterator[discord.Client]:
    """A client that has logged in but not connected. Raises `CannotConnect`."""
    if not (token := settings.discord_token.get_secret_value()):
        raise CannotConnect(NO_TOKEN)
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        try:
            async with asyncio.timeout(PATIENCE):
                await client.login(token)
        except discord.LoginFailure:
            raise CannotConnect(UNKNOWN_TOKEN) from None
        except (discord.HTTPException, ClientError, OSError) as broken:
            raise CannotConnect(f"Discord cannot be reached, try again later: {broken}") from None
        yield client


async def invite(settings: Settings) -> int:
    """Print the link that brings the bot to a server with the least rights it needs, and what each is for."""
    async with logged_in(settings) as client:
        assert client.application_id is not None
        print(rights.invite(client.application_id))
    print("\nOpen it, choose a server, and leave these rights ticked:")
    for name, reason in rights.explained():
        print(f"  {name}: {reason}")
    return 0


async def sync(settings: Settings, servers: Sequence[int], *, clear: bool) -> int:
    """Give Discord the commands now: everywhere, or in these servers, where they appear at once. `clear` takes them back
    from these servers."""
    if clear and not servers:
        raise CannotConnect("Name the servers whose commands you want taken back: those for everybody stay.")
    body = [] if clear else payload(command.discover())
    async with logged_in(settings) as client:
        assert client.application_id is not None
        for server in servers:
            try:
                await client.http.bulk_upsert_guild_commands(client.application_id, server, payload=body)
            except discord.Forbidden:
                raise CannotConnect(f"I am not in the server {server}: invite me there first.") from None
            print(f"The server {server} has {len(body)} commands and groups.")
        if not servers:
            await client.http.bulk_upsert_global_commands(client.application_id, payload=body)
            print(f"Every server has {len(body)} commands and groups; Discord may take a minute to show them.")
    return 0


async def examine(settings: Settings, homes: Sequence[Place]) -> Sequence[str]:
    """See `adapters.Plug.examine`: logs in, connects for a moment, and looks at every server and home."""
    try:
        async with logged_in(settings) as client:
            return [*await _application(client), *await _connected(client, homes)]
    except CannotConnect as closed:
        return [str(closed)]


async def _application(client: discord.Client) -> Sequence[str]:
    about = await client.application_info()
    if about.interactions_endpoint_url:
        return [
            "Your application has an Interactions Endpoint URL, so Discord sends what people say there and not to me: "
            "empty that field on its General Information page."
        ]
    return []


async def _connected(client: discord.Client, homes: Sequence[Place]) -> Sequence[str]:
    connecting = asyncio.ensure_future(client.connect(reconnect=False))
    ready = asyncio.ensure_future(client.wait_until_ready())
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait([connecting, ready], return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            await connecting
        return await findings(client, homes)
    except discord.PrivilegedIntentsRequired:
        return [REFUSED_INTENTS]
    except discord.ConnectionClosed as closed:
        return [closed_for_good(closed.code)]
    except TimeoutError:
        return [
            f"Discord's gateway did not greet me within {PATIENCE:.0f} seconds: see its status page, then try again."
        ]
    finally:
        ready.cancel()
        await client.close()
        with suppress(asyncio.CancelledError, discord.DiscordException):
            await connecting


async def findings(client: discord.Client, homes: Sequence[Place]) -> Sequence[str]:
    """What is missing in the servers and homes a connected client sees, one sentence each."""
    if not client.guilds:
        return ["I am in no server yet: `syllabot discord invite` prints the link that brings me there."]
    found = [f"{guild.name}: {lack.sentence}" for guild in client.guilds for lack in rights.in_server(guild)]
    for place in homes:
        guild = client.get_guild(int(place.space))
        named = guild.name if guild else f"server {place.space}"
        found += [f"{named}: {lack.sentence}" for lack in await rights.check(client, place, ("thread", "event"))]
    return list(dict.fromkeys(found))
