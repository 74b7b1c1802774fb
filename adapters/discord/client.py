"""Discord as a platform: one connection to the gateway, and the four things the bot needs of a chat.

It asks for no privileged intent and keeps no members and no messages: what it has to know of a person rides in each
interaction. Servers and channels that come and go are told to the core as they do.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from textwrap import shorten

import discord
from discord.gateway import ReconnectWebSocket

from adapters.discord import events, letters, rights
from adapters.discord.commands import (
    build_commands_payload,
    hash_commands_payload,
    parse_command_ids,
)
from adapters.discord.conversation import PLATFORM, DiscordConversation, Interaction
from adapters.discord.errors import BROKEN
from adapters.discord.form_cache import FormCache
from adapters.discord.greeter import DiscordGreeter
from adapters.discord.shards import Shards
from adapters.inflight import InflightTasks
from bot.chat.address import Extra, Place, SetupProblem, Threads
from bot.chat.errors import CannotConnect, NotConnected
from bot.chat.message import Event, Message
from bot.chat.platform import Core
from bot.command import get_commands

RATE_LIMIT = (
    30.0  # seconds that the library may sleep in a request; beyond, the outbox comes back later
)
WAITS = (5, 10, 30, 60, 300)  # seconds between two tries to connect while Discord cannot be reached
LOGIN = 1.0  # seconds after which a letter asks again whether the login is over, which takes about as long
GRACE = 5.0  # seconds that answers on their way have when the bot stops
COMMANDS = "commands"  # the note that holds the digest of the commands Discord has
NUMBERS = "command ids"  # the note that holds their ids, and whose they are

REVEAL = "Server Settings → Integrations → Syllabot → choose the command → add the person"
UNKNOWN_TOKEN = (
    "Discord does not know this DISCORD_TOKEN: copy it anew from the Bot page of your application."
)
REFUSED_INTENTS = (
    "Discord refuses the intents I ask for, though I ask for Guilds alone: check that DISCORD_TOKEN belongs to your own "
    "application and that Discord has not disabled it."
)

UNREACHED = (*BROKEN, discord.GatewayNotFound)

log = logging.getLogger(__name__)


class DiscordLogFilter(logging.Filter):
    """Has the library log a lost connection as one line: it tries again, and where it was in its code helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        lost = record.exc_info[1] if record.exc_info else None
        if isinstance(lost, (*UNREACHED, discord.ConnectionClosed, ReconnectWebSocket)):
            record.msg, record.args = f"{record.getMessage()}: {shorten_discord_error(lost)}", ()
            record.exc_info = None
        return True


BRIEF = DiscordLogFilter()


def configure_discord_logging() -> None:
    """Make the library's log brief, and silent about the voice that we do not have."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    for name in ("discord.client", "discord.shard"):
        logging.getLogger(name).addFilter(BRIEF)
    for name in ("discord.client", "discord.gateway"):
        logging.getLogger(name).setLevel(logging.WARNING)


def shorten_discord_error(error: BaseException) -> str:
    """What an error says, without the page that a gate before Discord may have answered with."""
    return shorten(str(error) or type(error).__name__, 200, placeholder="…")


class DiscordClient(discord.AutoShardedClient):
    """The connection: what Discord tells us goes to the core."""

    def __init__(self, shards: Shards, forms: FormCache) -> None:
        configure_discord_logging()
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=RATE_LIMIT,
            shard_count=shards.count,
            shard_ids=list(shards.ids) or None,  # type: ignore[arg-type]  # None, its default, means all
        )
        self._shards = shards
        self._forms = forms
        self._greeter = DiscordGreeter()
        self._hearing = InflightTasks()
        self.core: Core | None = None
        self.numbers: dict[
            str, str
        ] = {}  # the ids of our commands, by their first word: with them they can be clicked

    @contextmanager
    def _hold_core(self) -> Iterator[Core]:
        """The core, to tell it something; the client does not close before that is done."""
        assert self.core is not None, "the client is given its core before it connects"
        with self._hearing.track_current_task():
            yield self.core

    async def close(self) -> None:
        """Close the connection, once everybody who is being answered has been, for up to `GRACE` seconds."""
        await self._hearing.finish_inflight_tasks(GRACE)
        await super().close()

    async def setup_hook(self) -> None:
        """Between login and the gateway: have Discord know our commands, if they are not what it knows."""
        with self._hold_core() as core:
            await self._register_global_commands(core)

    async def _register_global_commands(self, core: Core) -> None:
        body = build_commands_payload(get_commands())
        assert self.application_id is not None
        if await core.load_note(PLATFORM, COMMANDS) == (mark := hash_commands_payload(body)):
            await self._load_command_ids(core, self.application_id)
            return
        try:
            given = await self.http.bulk_upsert_global_commands(self.application_id, payload=body)
        except BROKEN as broken:
            told = shorten_discord_error(broken)
            log.error(
                "the commands could not be given to Discord, which keeps showing the former ones: %s",
                told,
            )
            return
        await self._save_command_ids(core, self.application_id, given)
        await core.save_note(PLATFORM, COMMANDS, mark)
        log.info("Discord has %d commands and groups from us", len(body))

    async def _load_command_ids(self, core: Core, application: int) -> None:
        """Take the ids of our commands from our notes or, where they are another application's, from Discord."""
        with suppress(ValueError, TypeError, KeyError):
            noted = json.loads(await core.load_note(PLATFORM, NUMBERS))
            if noted["application"] == str(application):
                self.numbers = {str(name): str(number) for name, number in noted["numbers"].items()}
                return
        try:
            await self._save_command_ids(
                core, application, await self.http.get_global_commands(application)
            )
        except BROKEN as broken:
            log.info(
                "Discord does not tell the ids of our commands, so they cannot be clicked: %s",
                shorten_discord_error(broken),
            )

    async def _save_command_ids(self, core: Core, application: int, answer: object) -> None:
        self.numbers = parse_command_ids(answer)
        noted = {"application": str(application), "numbers": self.numbers}
        await core.save_note(PLATFORM, NUMBERS, json.dumps(noted))

    async def on_interaction(self, interaction: Interaction) -> None:
        with self._hold_core() as core:
            await DiscordConversation(
                core, self._forms, self._greeter, self.numbers
            ).answer_interaction(interaction)

    async def on_ready(self) -> None:
        log.info("connected to Discord as %s, in %d servers", self.user, len(self.guilds))
        with self._hold_core() as core:
            await core.sync_spaces(
                PLATFORM, [str(guild.id) for guild in self.guilds], self._shards.has_guild
            )

    async def on_guild_join(self, guild: discord.Guild) -> None:
        with self._hold_core() as core:
            await core.handle_space_joined(Place(PLATFORM, str(guild.id)))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        with self._hold_core() as core:
            await core.handle_space_left(Place(PLATFORM, str(guild.id)))
        self._greeter.forget_server(str(guild.id))

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._report_deleted_channel(channel.guild.id, channel.id, channel.name)

    async def on_raw_thread_delete(self, thread: discord.RawThreadDeleteEvent) -> None:
        await self._report_deleted_channel(
            thread.guild_id, thread.thread_id, thread.thread.name if thread.thread else ""
        )

    async def _report_deleted_channel(self, guild: int, channel: int, name: str) -> None:
        place = Place(PLATFORM, str(guild), str(channel))
        with self._hold_core() as core:
            await core.handle_channel_deleted(place, rights.describe_deleted_discord_channel(name))


class Discord:
    """The platform, as the outbox and the composition root know it."""

    name = PLATFORM
    space_word = "server"
    threads: Threads = "opened"
    reveal_path = REVEAL

    def __init__(self, token: str, shards: Shards) -> None:
        self._token = token
        self._shards = shards
        self._forms = FormCache()
        self.client = DiscordClient(shards, self._forms)
        self._private = letters.DmChannels()
        self._tries_at = 0.0  # when the next connection is made, by the loop's clock

    async def listen(self, core: Core) -> None:
        """See `bot.chat.platform.Platform.listen`. Where the connection breaks, it is made again."""
        tries = 0
        if self.client.is_closed():  # it has listened before, and the core failed it
            self.client = DiscordClient(self._shards, self._forms)
        while True:
            self.client.core = core
            lost = await self._run_connection()
            tries = 1 if self.client.is_ready() else tries + 1
            wait = WAITS[min(tries, len(WAITS)) - 1]
            log.warning("Discord cannot be reached, I try again in %d seconds: %s", wait, lost)
            self._tries_at = asyncio.get_running_loop().time() + wait
            await asyncio.sleep(wait)
            self.client = DiscordClient(self._shards, self._forms)

    async def _run_connection(self) -> str:
        """Be connected until that ends, and say why it did. Raises `CannotConnect`."""
        try:
            async with self.client as client:
                await client.login(self._token)
                await client.connect(reconnect=True)
        except UNREACHED as broken:
            return shorten_discord_error(broken)
        except discord.LoginFailure:
            raise CannotConnect(UNKNOWN_TOKEN) from None
        except discord.PrivilegedIntentsRequired:
            raise CannotConnect(REFUSED_INTENTS) from None
        except discord.ConnectionClosed as closed:
            raise CannotConnect(describe_close_code(closed.code)) from None
        except Exception as odd:
            # The library ends at the first event it cannot read; one such event is no reason to be gone.
            if not self.client.is_ready():
                raise
            log.exception("something that came from Discord could not be read")
            return shorten_discord_error(odd)
        return "it has hung up"

    async def send(self, place: Place, message: Message, key: str) -> str:
        """See `bot.chat.platform.Platform.send`."""
        self._require_login()
        return await letters.send_marked_message(
            self.client, self._private, place, message, key, self.client.numbers
        )

    async def open_thread(self, place: Place, message: Message, sent: str) -> None:
        """See `bot.chat.platform.Platform.complete`."""
        self._require_login()
        await letters.ensure_message_thread(self.client, place, message, sent)

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        """See `bot.chat.platform.Platform.settle_event`."""
        self._require_login()
        return await events.settle_scheduled_event(self.client, place, event, title, native, others)

    async def find_message(self, place: Place, key: str, since: datetime) -> str | None:
        """See `bot.chat.platform.Platform.find`."""
        self._require_login()
        return await letters.find_marked_message(self.client, self._private, place, key, since)

    async def check_place(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        """See `bot.chat.platform.Platform.check`."""
        return await rights.check_channel_rights(self.client, place, wanted)

    async def is_in_space(self, place: Place) -> bool:
        """See `bot.chat.platform.Platform.belongs`."""
        self._require_login()
        return await letters.is_user_in_server(self.client, place)

    def _require_login(self) -> None:
        """Raise `NotConnected` before the login. Posting needs no more: what the gateway tells may come later."""
        if self.client.is_closed() or self.client.user is None:
            left = self._tries_at - asyncio.get_running_loop().time()
            raise NotConnected(
                "Discord is not connected yet", timedelta(seconds=max(left, 0.0) + LOGIN)
            )


def describe_close_code(code: int) -> str:
    """Why the gateway closed for good (Discord: Opcodes and Status Codes, Gateway Close Event Codes)."""
    reasons = {
        4004: UNKNOWN_TOKEN,
        4010: "Discord refuses these shards: check DISCORD_SHARD_IDS and DISCORD_SHARD_COUNT.",
        4011: "Discord wants more shards for this bot: leave DISCORD_SHARD_COUNT out, or raise it.",
        4014: REFUSED_INTENTS,
    }
    return reasons.get(
        code,
        f"Discord has closed the connection for good (code {code}): see its status page, then start again.",
    )
