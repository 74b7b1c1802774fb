"""The least rights the bot needs on Discord, each with its reason, and which of them are missing at a place.

Nothing is claimed to be missing that is not known: before the gateway has told us of a server, all is well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import discord

from adapters.discord.errors import BROKEN, unblock_requests_on_cancel
from adapters.discord.shards import Shards
from bot.chat.address import Extra, Place, SetupProblem
from bot.chat.message import escape_text

PATIENCE = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class DiscordRight:
    """A permission by the name Discord shows and by the library's, what it is for, and what is lost without it; nothing
    at all can be posted without one that `lost` is empty for."""

    label: str
    name: str
    reason: str
    consequence: str = ""

    def is_granted(self, permissions: discord.Permissions) -> bool:
        return bool(getattr(permissions, self.name))


VIEW = DiscordRight("View Channel", "view_channel", "to see the channels that cohorts live in")
SEND = DiscordRight("Send Messages", "send_messages", "to post the weeks, and nothing else")
SEND_IN_THREADS = DiscordRight(
    "Send Messages in Threads",
    "send_messages_in_threads",
    "to post the weeks of a cohort that lives in a forum's post",
)
HISTORY = DiscordRight(
    "Read Message History",
    "read_message_history",
    "to look for my own post after a lost connection, so that none comes twice; I read nothing else",
    "a post that may have been lost stays _unsure_ and is not sent again by itself",
)
THREADS = DiscordRight(
    "Create Public Threads",
    "create_public_threads",
    "to open a thread under each week, if you switch that on",
    "no thread opens under my posts",
)
EVENTS = DiscordRight(
    "Create Events",
    "create_events",
    "to put a weekly call into the server's events, if you set one, and to keep it right there",
    "I cannot add, change or cancel a weekly call in the server's events",
)
RIGHTS = (VIEW, SEND, SEND_IN_THREADS, HISTORY, THREADS, EVENTS)

GONE = "The channel is gone: say `cohort move` in the channel where my posts shall appear."
LOCKED = "The thread is locked: unlock it, or say `cohort move` in another channel."
REMOVED = "I am no longer in that server: invite me again."


def build_invite_url(application_id: int) -> str:
    """The address that brings the bot to a server with these rights and no other."""
    permissions = discord.Permissions(**{right.name: True for right in RIGHTS})
    return discord.utils.oauth_url(
        application_id, permissions=permissions, scopes=("bot", "applications.commands")
    )


def list_right_reasons() -> Sequence[tuple[str, str]]:
    """Each right as Discord shows it, and what it is for."""
    return [(right.label, right.reason) for right in RIGHTS]


def describe_deleted_discord_channel(name: str) -> str:
    """The sentence about a channel that is there no more; its name may be unknown."""
    which = f"The channel #{escape_text(name)} was deleted" if name else "The channel was deleted"
    return f"{which}: say `cohort move` in the channel where my posts shall appear."


async def check_channel_rights(
    client: discord.Client, place: Place, wanted: Collection[Extra] = ()
) -> Sequence[SetupProblem]:
    """See `bot.chat.platform.Platform.check`. Answers from what the gateway has told, but for a thread that has gone to sleep."""
    if place.is_private or not _is_guild_known(client, int(place.space)):
        return ()
    guild = client.get_guild(int(place.space))
    if guild is None:
        return (SetupProblem(REMOVED),)
    if guild.unavailable:
        return ()
    cached = guild.get_channel_or_thread(int(place.channel))
    return (
        list_channel_problems(cached, guild.me, wanted)
        if cached
        else await _check_unknown_channel(client, guild, place, wanted)
    )


async def _check_unknown_channel(
    client: discord.Client, guild: discord.Guild, place: Place, wanted: Collection[Extra]
) -> Sequence[SetupProblem]:
    """The same for a channel the gateway has not told of: a thread that has gone to sleep, or nothing."""
    try:
        async with asyncio.timeout(PATIENCE):
            with unblock_requests_on_cancel(client):
                channel = await client.fetch_channel(int(place.channel))
    except (discord.NotFound, discord.Forbidden) as closed:
        if not closed.code:
            return ()  # not Discord's word, but that of a gate before it
        gone = isinstance(closed, discord.NotFound)
        return (
            SetupProblem(GONE if gone else _format_missing_right(VIEW, "that channel", guild.me)),
        )
    except (*BROKEN, discord.InvalidData):
        return ()
    return list_channel_problems(channel, guild.me, wanted)


def list_channel_problems(
    channel: object, me: discord.Member, wanted: Collection[Extra] = ()
) -> Sequence[SetupProblem]:
    """What the bot lacks in a channel it knows, for posts and for the extras wanted there: the blocking ones first."""
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread):
        return (SetupProblem(_describe_unusable_channel(channel)),)
    permissions = _get_channel_permissions(channel, me)
    if permissions is None:
        return (SetupProblem(_format_missing_right(VIEW, "that channel", me)),)
    thread = channel if isinstance(channel, discord.Thread) else None
    if thread is not None and thread.locked and not permissions.manage_threads:
        return (SetupProblem(LOCKED),)
    where, opens_threads = _format_channel_name(channel), isinstance(channel, discord.TextChannel)
    needed = [VIEW, SEND_IN_THREADS if thread else SEND, HISTORY]
    if "thread" in wanted and opens_threads:
        needed.append(THREADS)
    missing = [
        SetupProblem(
            _format_missing_right(one, where, me),
            not one.consequence,
            "thread" if one is THREADS else None,
        )
        for one in _list_missing_rights(needed, permissions)
    ]
    if "thread" in wanted and not opens_threads:
        missing.append(
            SetupProblem(
                f"Discord opens no threads in {where}, so my posts there stay without.",
                False,
                "thread",
            )
        )
    if "event" in wanted:
        missing += list_server_problems(me.guild)
    return missing


def list_server_problems(guild: discord.Guild) -> Sequence[SetupProblem]:
    """What the bot lacks in a server as a whole."""
    if guild.unavailable or EVENTS.is_granted(guild.me.guild_permissions):
        return ()
    role = escape_text(guild.me.display_name)
    return (
        SetupProblem(
            f"I may not _{EVENTS.label}_ in this server, so {EVENTS.consequence}: open Server Settings → Roles → {role} and allow it.",
            False,
            "event",
        ),
    )


def can_read_history(client: discord.Client, place: Place) -> bool | None:
    """Whether the history of a channel is open to us; None where that is not known."""
    guild = client.get_guild(int(place.space))
    if guild is None or guild.unavailable:
        return None
    channel = guild.get_channel_or_thread(int(place.channel))
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread):
        return None
    permissions = _get_channel_permissions(channel, guild.me)
    return None if permissions is None else HISTORY.is_granted(permissions)


def _is_guild_known(client: discord.Client, guild: int) -> bool:
    """Whether the gateway has told us of all our servers, and this one would be among them (Discord: Gateway, Sharding)."""
    if not client.is_ready():
        return False
    ids = client.shard_ids if isinstance(client, discord.AutoShardedClient) else None
    return Shards(client.shard_count, tuple(ids or ())).has_guild(str(guild))


def _list_missing_rights(
    needed: Sequence[DiscordRight], permissions: discord.Permissions
) -> Sequence[DiscordRight]:
    """Those not granted, but for what Discord takes away by itself from whoever may not see the channel."""
    missing = [right for right in needed if not right.is_granted(permissions)]
    return [VIEW] if VIEW in missing else missing


def _get_channel_permissions(
    channel: discord.TextChannel | discord.VoiceChannel | discord.Thread, me: discord.Member
) -> discord.Permissions | None:
    if isinstance(channel, discord.Thread) and channel.parent is None:
        return None  # a thread's rights are those of a channel that we may not see
    return channel.permissions_for(me)


def _format_channel_name(
    channel: discord.TextChannel | discord.VoiceChannel | discord.Thread,
) -> str:
    if isinstance(channel, discord.Thread):
        return f"the thread {escape_text(channel.name)} of #{escape_text(channel.parent.name if channel.parent else '')}"
    return f"#{escape_text(channel.name)}"


def _format_missing_right(right: DiscordRight, where: str, me: discord.Member) -> str:
    lost = f", so {right.consequence}" if right.consequence else ""
    how = f"open Edit Channel → Permissions, add {escape_text(me.display_name)} and allow it"
    return f"I may not _{right.label}_ in {where}{lost}: {how}."


def _describe_unusable_channel(channel: object) -> str:
    match channel:
        case discord.CategoryChannel():
            kind = "a category"
        case discord.ForumChannel():
            kind = "a forum itself, but in one of its posts"
        case discord.StageChannel():
            kind = "a stage"
        case _:
            kind = "a channel of this kind"
    return f"I cannot post in {kind}: say `cohort move` in a text channel."
