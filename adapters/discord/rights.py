"""The least rights the bot needs on Discord, each with its reason, and which of them are missing at a place.

Nothing is claimed to be missing that is not known: before the gateway has told us of a server, all is well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import discord

from adapters.discord.shards import Shards
from adapters.discord.trouble import BROKEN, unblocked
from bot.chat.address import Extra, Lack, Place
from bot.chat.message import quote

PATIENCE = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Right:
    """A permission by the name Discord shows and by the library's, what it is for, and what is lost without it; nothing
    at all can be posted without one that `lost` is empty for."""

    shown: str
    name: str
    reason: str
    lost: str = ""

    def granted(self, permissions: discord.Permissions) -> bool:
        return bool(getattr(permissions, self.name))


VIEW = Right("View Channel", "view_channel", "to see the channels that cohorts live in")
SEND = Right("Send Messages", "send_messages", "to post the weeks, and nothing else")
SEND_IN_THREADS = Right(
    "Send Messages in Threads",
    "send_messages_in_threads",
    "to post the weeks of a cohort that lives in a forum's post",
)
HISTORY = Right(
    "Read Message History",
    "read_message_history",
    "to look for my own post after a lost connection, so that none comes twice; I read nothing else",
    "a post that may have been lost stays _unsure_ and is not sent again by itself",
)
THREADS = Right(
    "Create Public Threads",
    "create_public_threads",
    "to open a thread under each week, if you switch that on",
    "no thread opens under my posts",
)
EVENTS = Right(
    "Create Events",
    "create_events",
    "to put a weekly call into the server's events, if you set one, and to keep it right there",
    "I cannot add, change or cancel a weekly call in the server's events",
)
RIGHTS = (VIEW, SEND, SEND_IN_THREADS, HISTORY, THREADS, EVENTS)

GONE = "The channel is gone: say `cohort move` in the channel where my posts shall appear."
LOCKED = "The thread is locked: unlock it, or say `cohort move` in another channel."
REMOVED = "I am no longer in that server: invite me again."


def invite(application_id: int) -> str:
    """The address that brings the bot to a server with these rights and no other."""
    permissions = discord.Permissions(**{right.name: True for right in RIGHTS})
    return discord.utils.oauth_url(
        application_id, permissions=permissions, scopes=("bot", "applications.commands")
    )


def explained() -> Sequence[tuple[str, str]]:
    """Each right as Discord shows it, and what it is for."""
    return [(right.shown, right.reason) for right in RIGHTS]


def deleted(name: str) -> str:
    """The sentence about a channel that is there no more; its name may be unknown."""
    which = f"The channel #{quote(name)} was deleted" if name else "The channel was deleted"
    return f"{which}: say `cohort move` in the channel where my posts shall appear."


async def check(
    client: discord.Client, place: Place, wanted: Collection[Extra] = ()
) -> Sequence[Lack]:
    """See `bot.chat.platform.Platform.check`. Answers from what the gateway has told, but for a thread that has gone to sleep."""
    if place.private or not _told_of(client, int(place.space)):
        return ()
    guild = client.get_guild(int(place.space))
    if guild is None:
        return (Lack(REMOVED),)
    if guild.unavailable:
        return ()
    cached = guild.get_channel_or_thread(int(place.channel))
    return (
        lacks(cached, guild.me, wanted)
        if cached
        else await _asked_for(client, guild, place, wanted)
    )


async def _asked_for(
    client: discord.Client, guild: discord.Guild, place: Place, wanted: Collection[Extra]
) -> Sequence[Lack]:
    """The same for a channel the gateway has not told of: a thread that has gone to sleep, or nothing."""
    try:
        async with asyncio.timeout(PATIENCE):
            with unblocked(client):
                channel = await client.fetch_channel(int(place.channel))
    except (discord.NotFound, discord.Forbidden) as closed:
        if not closed.code:
            return ()  # not Discord's word, but that of a gate before it
        gone = isinstance(closed, discord.NotFound)
        return (Lack(GONE if gone else _sentence(VIEW, "that channel", guild.me)),)
    except (*BROKEN, discord.InvalidData):
        return ()
    return lacks(channel, guild.me, wanted)


def lacks(channel: object, me: discord.Member, wanted: Collection[Extra] = ()) -> Sequence[Lack]:
    """What the bot lacks in a channel it knows, for posts and for the extras wanted there: the blocking ones first."""
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread):
        return (Lack(_wrong_kind(channel)),)
    permissions = _permissions(channel, me)
    if permissions is None:
        return (Lack(_sentence(VIEW, "that channel", me)),)
    thread = channel if isinstance(channel, discord.Thread) else None
    if thread is not None and thread.locked and not permissions.manage_threads:
        return (Lack(LOCKED),)
    where, opens_threads = _where(channel), isinstance(channel, discord.TextChannel)
    needed = [VIEW, SEND_IN_THREADS if thread else SEND, HISTORY]
    if "thread" in wanted and opens_threads:
        needed.append(THREADS)
    missing = [
        Lack(_sentence(one, where, me), not one.lost, "thread" if one is THREADS else None)
        for one in _missing(needed, permissions)
    ]
    if "thread" in wanted and not opens_threads:
        missing.append(
            Lack(
                f"Discord opens no threads in {where}, so my posts there stay without.",
                False,
                "thread",
            )
        )
    if "event" in wanted:
        missing += in_server(me.guild)
    return missing


def in_server(guild: discord.Guild) -> Sequence[Lack]:
    """What the bot lacks in a server as a whole."""
    if guild.unavailable or EVENTS.granted(guild.me.guild_permissions):
        return ()
    role = quote(guild.me.display_name)
    return (
        Lack(
            f"I may not _{EVENTS.shown}_ in this server, so {EVENTS.lost}: open Server Settings → Roles → {role} and allow it.",
            False,
            "event",
        ),
    )


def may_read(client: discord.Client, place: Place) -> bool | None:
    """Whether the history of a channel is open to us; None where that is not known."""
    guild = client.get_guild(int(place.space))
    if guild is None or guild.unavailable:
        return None
    channel = guild.get_channel_or_thread(int(place.channel))
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread):
        return None
    permissions = _permissions(channel, guild.me)
    return None if permissions is None else HISTORY.granted(permissions)


def _told_of(client: discord.Client, guild: int) -> bool:
    """Whether the gateway has told us of all our servers, and this one would be among them (Discord: Gateway, Sharding)."""
    if not client.is_ready():
        return False
    ids = client.shard_ids if isinstance(client, discord.AutoShardedClient) else None
    return Shards(client.shard_count, tuple(ids or ())).hold(str(guild))


def _missing(needed: Sequence[Right], permissions: discord.Permissions) -> Sequence[Right]:
    """Those not granted, but for what Discord takes away by itself from whoever may not see the channel."""
    missing = [right for right in needed if not right.granted(permissions)]
    return [VIEW] if VIEW in missing else missing


def _permissions(
    channel: discord.TextChannel | discord.VoiceChannel | discord.Thread, me: discord.Member
) -> discord.Permissions | None:
    if isinstance(channel, discord.Thread) and channel.parent is None:
        return None  # a thread's rights are those of a channel that we may not see
    return channel.permissions_for(me)


def _where(channel: discord.TextChannel | discord.VoiceChannel | discord.Thread) -> str:
    if isinstance(channel, discord.Thread):
        return f"the thread {quote(channel.name)} of #{quote(channel.parent.name if channel.parent else '')}"
    return f"#{quote(channel.name)}"


def _sentence(right: Right, where: str, me: discord.Member) -> str:
    lost = f", so {right.lost}" if right.lost else ""
    how = f"open Edit Channel → Permissions, add {quote(me.display_name)} and allow it"
    return f"I may not _{right.shown}_ in {where}{lost}: {how}."


def _wrong_kind(channel: object) -> str:
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
