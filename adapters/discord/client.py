"""Discord as a platform: one connection to the gateway, and the methods of `Platform`.

It asks for no privileged intent and caches neither members nor messages: each interaction carries
everything about its person. The core hears of servers and channels when they come and go.
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

from adapters.discord import events, letters, rights, roles
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
from bot.chat.address import Account, AccountRights, Extra, Place, SetupProblem, Threads
from bot.chat.errors import CannotConnect, NotConnected
from bot.chat.message import Event, File, Message, NotifyWay
from bot.chat.platform import Core, EditPace
from bot.command import get_commands

# Seconds for the library to sleep inside a request. After a longer wait the outbox comes back.
RATE_LIMIT = 30.0
WAITS = (5, 10, 30, 60, 300)  # seconds between two tries to connect
LOGIN = 1.0  # seconds before a letter asks again for the login, which takes about as long
GRACE = 5.0  # seconds for answers under way when the bot stops
COMMANDS = "commands"  # the note with the digest of Discord's commands
COMMAND_IDS = "command ids"  # the note with their ids, and their application

REVEAL = "Server Settings → Integrations → Syllabot → choose the command → add the person"
UNKNOWN_TOKEN = (
    "Discord does not know this DISCORD_TOKEN: copy it anew from the Bot page of your application."
)
REFUSED_INTENTS = (
    "Discord refuses my intents, though I ask for Guilds alone: check that DISCORD_TOKEN belongs "
    "to your own application and that Discord has not disabled it."
)

UNREACHED = (*BROKEN, discord.GatewayNotFound)

log = logging.getLogger(__name__)


class DiscordLogFilter(logging.Filter):
    """Shorten the library's log about a lost connection to one line.

    It connects again by itself, so its stack trace helps nobody.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, (*UNREACHED, discord.ConnectionClosed, ReconnectWebSocket)):
            record.msg = f"{record.getMessage()}: {shorten_discord_error(error)}"
            record.args = ()
            record.exc_info = None
        return True


LOG_FILTER = DiscordLogFilter()


def configure_discord_logging() -> None:
    """Make the library's log brief, and silent about missing voice support."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    for name in ("discord.client", "discord.shard"):
        logging.getLogger(name).addFilter(LOG_FILTER)
    for name in ("discord.client", "discord.gateway"):
        logging.getLogger(name).setLevel(logging.WARNING)


def shorten_discord_error(error: BaseException) -> str:
    """Return an error's text, without the HTML page a proxy may have sent."""
    return shorten(str(error) or type(error).__name__, 200, placeholder="…")


class DiscordClient(discord.AutoShardedClient):
    """The connection: it hands Discord's events to the core."""

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
            # None, its default, means all.
            shard_ids=list(shards.ids) or None,  # type: ignore[arg-type]
        )
        self._shards = shards
        self._forms = forms
        self._greeter = DiscordGreeter()
        self._inflight = InflightTasks()
        self.core: Core | None = None
        # Our commands' ids by their first word: a message makes commands clickable by them.
        self.command_ids: dict[str, str] = {}

    @contextmanager
    def _hold_core(self) -> Iterator[Core]:
        """Yield the core; the client does not close before the block ends."""
        assert self.core is not None, "the client is given its core before it connects"
        with self._inflight.track_current_task():
            yield self.core

    async def close(self) -> None:
        """Close the connection after the answers under way, within `GRACE` seconds."""
        await self._inflight.finish_inflight_tasks(GRACE)
        await super().close()

    async def setup_hook(self) -> None:
        """Give Discord our commands, if they changed. The library calls it after the login."""
        with self._hold_core() as core:
            await self._register_global_commands(core)

    async def _register_global_commands(self, core: Core) -> None:
        body = build_commands_payload(get_commands())
        assert self.application_id is not None
        digest = hash_commands_payload(body)
        # Discord limits this call to 200 new commands a day: an unchanged list is not sent.
        if await core.load_note(PLATFORM, COMMANDS) == digest:
            await self._load_command_ids(core, self.application_id)
            return
        try:
            given = await self.http.bulk_upsert_global_commands(self.application_id, payload=body)
        except BROKEN as broken:
            reason = shorten_discord_error(broken)
            log.error("Discord keeps showing the former commands: %s", reason)
            return
        await self._save_command_ids(core, self.application_id, given)
        await core.save_note(PLATFORM, COMMANDS, digest)
        log.info("Discord has %d commands and groups from us", len(body))

    async def _load_command_ids(self, core: Core, application: int) -> None:
        """Load our commands' ids from our notes, or from Discord for another application."""
        with suppress(ValueError, TypeError, KeyError):
            note = json.loads(await core.load_note(PLATFORM, COMMAND_IDS))
            if note["application"] == str(application):
                ids = note["numbers"].items()
                self.command_ids = {str(name): str(number) for name, number in ids}
                return
        try:
            commands = await self.http.get_global_commands(application)
        except BROKEN as broken:
            reason = shorten_discord_error(broken)
            log.info("Discord hides our commands' ids, so nobody can click them: %s", reason)
            return
        await self._save_command_ids(core, application, commands)

    async def _save_command_ids(self, core: Core, application: int, answer: object) -> None:
        self.command_ids = parse_command_ids(answer)
        note = {"application": str(application), "numbers": self.command_ids}
        await core.save_note(PLATFORM, COMMAND_IDS, json.dumps(note))

    async def on_interaction(self, interaction: Interaction) -> None:
        with self._hold_core() as core:
            conversation = DiscordConversation(core, self._forms, self._greeter, self.command_ids)
            await conversation.answer_interaction(interaction)

    async def on_ready(self) -> None:
        log.info("connected to Discord as %s, in %d servers", self.user, len(self.guilds))
        with self._hold_core() as core:
            guild_ids = [str(guild.id) for guild in self.guilds]
            await core.sync_spaces(PLATFORM, guild_ids, self._shards.has_guild)

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
        # The library knows the thread only if it was active.
        name = thread.thread.name if thread.thread else ""
        await self._report_deleted_channel(thread.guild_id, thread.thread_id, name)

    async def _report_deleted_channel(self, guild: int, channel: int, name: str) -> None:
        place = Place(PLATFORM, str(guild), str(channel))
        with self._hold_core() as core:
            await core.handle_channel_deleted(place, rights.describe_deleted_discord_channel(name))


class Discord:
    """The platform, for the outbox and the composition root."""

    name = PLATFORM
    space_word = "server"
    threads: Threads = "opened"
    reveal_path = REVEAL
    # Discord limits edits of messages older than an hour (error 30046).
    edit_pace = EditPace(old_after=timedelta(hours=1))
    notify_ways: Sequence[NotifyWay] = ("role",)

    def __init__(self, token: str, shards: Shards) -> None:
        self._token = token
        self._shards = shards
        self._forms = FormCache()
        self.client = DiscordClient(shards, self._forms)
        self._dm_channels = letters.DmChannels()
        self._tries_at = 0.0  # the next connection's time, by the loop's clock

    async def listen(self, core: Core) -> None:
        """See `bot.chat.platform.Platform.listen`. A broken connection is made again."""
        tries = 0
        # Closed already: it has listened before, and an error in the core ended it.
        if self.client.is_closed():
            self.client = DiscordClient(self._shards, self._forms)
        while True:
            self.client.core = core
            reason = await self._run_connection()
            tries = 1 if self.client.is_ready() else tries + 1
            wait = WAITS[min(tries, len(WAITS)) - 1]
            log.warning("Discord cannot be reached, I try again in %d seconds: %s", wait, reason)
            self._tries_at = asyncio.get_running_loop().time() + wait
            await asyncio.sleep(wait)
            self.client = DiscordClient(self._shards, self._forms)

    async def _run_connection(self) -> str:
        """Stay connected until the connection ends; return the reason. Raises `CannotConnect`."""
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
        except Exception as error:
            # A door: the library ends at the first event it cannot parse, and one such event
            # must not end the bot. Before it is ready, the error is our own.
            if not self.client.is_ready():
                raise
            log.exception("an event from Discord could not be read")
            return shorten_discord_error(error)
        return "it has hung up"

    async def send(self, place: Place, message: Message, key: str) -> str:
        """See `bot.chat.platform.Platform.send`."""
        self._require_login()
        return await letters.send_marked_message(
            self.client, self._dm_channels, place, message, key, self.client.command_ids
        )

    def build_post_link(self, place: Place, sent_ref: str) -> str:
        """Return the link that Discord itself gives for a message."""
        return f"https://discord.com/channels/{place.space}/{place.channel}/{sent_ref}"

    async def edit(self, place: Place, sent_ref: str, message: Message, key: str) -> None:
        """See `bot.chat.platform.Platform.edit`."""
        self._require_login()
        await letters.edit_marked_message(
            self.client, self._dm_channels, place, sent_ref, message, key, self.client.command_ids
        )

    async def pin_message(self, place: Place, sent_ref: str) -> bool:
        """See `bot.chat.platform.Platform.pin_message`."""
        self._require_login()
        return await letters.pin_marked_message(self.client, place, sent_ref)

    async def delete_message(self, place: Place, sent_ref: str, key: str) -> None:
        """See `bot.chat.platform.Platform.delete_message`."""
        self._require_login()
        await letters.delete_marked_message(self.client, place, sent_ref)

    async def open_thread(self, place: Place, message: Message, sent: str) -> None:
        """See `bot.chat.platform.Platform.open_thread`."""
        self._require_login()
        await letters.ensure_message_thread(self.client, place, message, sent)

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        """See `bot.chat.platform.Platform.settle_event`."""
        self._require_login()
        return await events.settle_scheduled_event(self.client, place, event, title, native, others)

    async def settle_role(
        self, place: Place, name: str, native: str, since: datetime
    ) -> str | None:
        """See `bot.chat.platform.Platform.settle_role`."""
        self._require_login()
        return await roles.settle_server_role(self.client, place, name, native, since)

    async def give_role(self, place: Place, role: str, native: str) -> bool:
        """See `bot.chat.platform.Platform.give_role`."""
        self._require_login()
        return await roles.give_server_role(self.client, place, role, native)

    async def take_role(self, place: Place, role: str, native: str) -> None:
        """See `bot.chat.platform.Platform.take_role`."""
        self._require_login()
        await roles.take_server_role(self.client, place, role, native)

    async def delete_role(self, place: Place, role: str) -> None:
        """See `bot.chat.platform.Platform.delete_role`."""
        self._require_login()
        await roles.delete_server_role(self.client, place, role)

    async def find_message(self, place: Place, key: str, since: datetime) -> str | None:
        """See `bot.chat.platform.Platform.find_message`."""
        self._require_login()
        return await letters.find_marked_message(self.client, self._dm_channels, place, key, since)

    async def send_files(self, place: Place, files: Sequence[File], text: str, key: str) -> None:
        """See `bot.chat.platform.Platform.send_files`.

        In a private chat no right is needed for it (Discord: Permissions, DM channels).
        """
        self._require_login()
        await letters.send_private_files(self.client, self._dm_channels, place, files, text, key)

    async def forget_account(self, account: Account, names: Collection[str]) -> None:
        """See `bot.chat.platform.Platform.forget_account`."""
        self._dm_channels.forget_user(int(account.native))

    async def check_place(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        """See `bot.chat.platform.Platform.check_place`."""
        return await rights.check_channel_rights(self.client, place, wanted)

    async def is_in_space(self, place: Place) -> bool:
        """See `bot.chat.platform.Platform.is_in_space`."""
        self._require_login()
        return await letters.is_user_in_server(self.client, place)

    async def ask_rights(self, place: Place) -> AccountRights:
        """See `bot.chat.platform.Platform.ask_rights`."""
        self._require_login()
        return await letters.ask_server_rights(self.client, place)

    def _require_login(self) -> None:
        """Raise `NotConnected` before the login. Posting needs no gateway."""
        if self.client.is_closed() or self.client.user is None:
            left = max(self._tries_at - asyncio.get_running_loop().time(), 0.0)
            wait = timedelta(seconds=left + LOGIN)
            raise NotConnected("Discord is not connected yet", wait)


def describe_close_code(code: int) -> str:
    """Return the reason for a final close (Discord: Gateway Close Event Codes)."""
    reasons = {
        4004: UNKNOWN_TOKEN,
        4010: "Discord refuses these shards: check DISCORD_SHARD_IDS and DISCORD_SHARD_COUNT.",
        4011: "Discord wants more shards for this bot: leave DISCORD_SHARD_COUNT out, or raise it.",
        4014: REFUSED_INTENTS,
    }
    unknown = (
        f"Discord has closed the connection for good (code {code}): "
        "see its status page, then start again."
    )
    return reasons.get(code, unknown)
