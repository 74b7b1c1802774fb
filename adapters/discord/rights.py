"""The bot's least rights on Discord, each with its reason, and the missing ones at a place.

Only known problems are reported: before the gateway has named a server, there are none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import discord

from adapters.discord.errors import BROKEN, unblock_requests_on_cancel
from adapters.discord.shards import Shards
from bot.chat.address import Extra, Place, SetupProblem
from bot.chat.message import Ping, escape_text

PATIENCE = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class DiscordRight:
    """A permission with Discord's label and the library's name.

    `reason`: its use. `consequence`: the loss without it; empty if nothing can be posted then.
    """

    label: str
    name: str
    reason: str
    consequence: str = ""

    def is_granted(self, permissions: discord.Permissions) -> bool:
        return bool(getattr(permissions, self.name))


VIEW = DiscordRight("View Channel", "view_channel", "to see the channels with cohorts")
SEND = DiscordRight("Send Messages", "send_messages", "to post the weeks, and nothing else")
SEND_IN_THREADS = DiscordRight(
    "Send Messages in Threads",
    "send_messages_in_threads",
    "to post the weeks of a cohort in a forum's post",
)
HISTORY = DiscordRight(
    "Read Message History",
    "read_message_history",
    "to look for my own post after a lost connection, so that none comes twice; "
    "I read nothing else",
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
PIN = DiscordRight(
    "Pin Messages",
    "pin_messages",
    "to keep a cohort's board on top of its channel, if you put one up",
    "the board stays where it was posted and is not pinned",
)
MANAGE_ROLES = DiscordRight(
    "Manage Roles",
    "manage_roles",
    "to make a role that notifies whoever wants it, or one for a cohort's members, if you ask for "
    "one; I touch no other role",
    "I can make no role, and give none",
)
MENTION = DiscordRight(
    "Mention @everyone, @here, and All Roles",
    "mention_everyone",
    "to notify those with that role, which nobody else can mention; I notify nobody else",
    "posts come without the role and notify nobody",
)
RIGHTS = (VIEW, SEND, SEND_IN_THREADS, HISTORY, THREADS, EVENTS, PIN)
# No invitation asks for these by itself: they are far-reaching, and only notifications need them.
ROLE_RIGHTS = (MANAGE_ROLES, MENTION)
OPTIONAL_RIGHTS = tuple(right for right in (*RIGHTS, *ROLE_RIGHTS) if right.consequence)
EXTRAS: Mapping[str, Extra] = {
    THREADS.name: "thread",
    EVENTS.name: "event",
    PIN.name: "pin",
    MANAGE_ROLES.name: "role",
    MENTION.name: "mention",
}
SERVER_EXTRAS: tuple[Extra, ...] = ("event",)
"""The extras that a whole server is always asked for."""

GONE = "The channel is gone: use `cohort move` in the channel for my posts."
LOCKED = "The thread is locked: unlock it, or use `cohort move` in another channel."
REMOVED = "I am no longer in that server: invite me again."


def build_invite_url(application_id: int, *, with_roles: bool = False) -> str:
    """Return the invite link with these rights and no others.

    `with_roles`: with those for roles and notifications too.
    """
    permissions = discord.Permissions(**{right.name: True for right in _list_asked(with_roles)})
    scopes = ("bot", "applications.commands")
    return discord.utils.oauth_url(application_id, permissions=permissions, scopes=scopes)


def _list_asked(with_roles: bool) -> Sequence[DiscordRight]:
    return (*RIGHTS, *ROLE_RIGHTS) if with_roles else RIGHTS


def list_right_reasons(*, with_roles: bool = False) -> Sequence[tuple[str, str]]:
    """Return each right's label and reason."""
    return [(right.label, right.reason) for right in _list_asked(with_roles)]


def describe_deleted_discord_channel(name: str) -> str:
    """Return the sentence about a deleted channel; its name may be unknown."""
    channel = f"The channel #{escape_text(name)}" if name else "The channel"
    return f"{channel} was deleted: use `cohort move` in the channel for my posts."


async def check_channel_rights(
    client: discord.Client, place: Place, wanted: Collection[Extra] = ()
) -> Sequence[SetupProblem]:
    """See `bot.chat.platform.Platform.check_place`.

    It answers from the gateway's cache, and asks only about a sleeping thread.
    """
    if place.is_private or not _is_guild_known(client, int(place.space)):
        return ()
    guild = client.get_guild(int(place.space))
    if guild is None:
        return (SetupProblem(REMOVED),)
    if guild.unavailable:
        return ()
    channel = guild.get_channel_or_thread(int(place.channel))
    if channel is None:
        return await _check_unknown_channel(client, guild, place, wanted)
    return list_channel_problems(channel, guild.me, wanted)


async def _check_unknown_channel(
    client: discord.Client, guild: discord.Guild, place: Place, wanted: Collection[Extra]
) -> Sequence[SetupProblem]:
    """Check a channel outside the cache: a sleeping thread, or a deleted channel."""
    try:
        async with asyncio.timeout(PATIENCE):
            with unblock_requests_on_cancel(client):
                channel = await client.fetch_channel(int(place.channel))
    except (discord.NotFound, discord.Forbidden) as closed:
        if not closed.code:
            return ()  # from a proxy before Discord: it says nothing about the channel
        if isinstance(closed, discord.NotFound):
            return (SetupProblem(GONE),)
        return (SetupProblem(_format_missing_right(VIEW, "that channel", guild.me)),)
    except (*BROKEN, discord.InvalidData):
        return ()
    return list_channel_problems(channel, guild.me, wanted)


def list_channel_problems(
    channel: object, me: discord.Member, wanted: Collection[Extra] = ()
) -> Sequence[SetupProblem]:
    """Return the problems in a known channel, for posts and extras, blocking ones first."""
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread):
        return (SetupProblem(_describe_unusable_channel(channel)),)
    permissions = _get_channel_permissions(channel, me)
    if permissions is None:
        return (SetupProblem(_format_missing_right(VIEW, "that channel", me)),)
    thread = channel if isinstance(channel, discord.Thread) else None
    if thread is not None and thread.locked and not permissions.manage_threads:
        return (SetupProblem(LOCKED),)
    where = _format_channel_name(channel)
    can_have_threads = isinstance(channel, discord.TextChannel)
    needed = _list_needed_rights(wanted, is_thread=thread is not None, has_threads=can_have_threads)
    problems = []
    for right in _list_missing_rights(needed, permissions):
        extra = EXTRAS.get(right.name)
        sentence = _format_missing_right(right, where, me)
        problems.append(SetupProblem(sentence, not right.consequence, extra))
    if "thread" in wanted and not can_have_threads:
        sentence = f"Discord has no threads in {where}, so my posts there have none."
        problems.append(SetupProblem(sentence, False, "thread"))
    problems += list_server_problems(me.guild, wanted)
    return problems


def _list_needed_rights(
    wanted: Collection[Extra], *, is_thread: bool, has_threads: bool
) -> Sequence[DiscordRight]:
    needed = [VIEW, SEND_IN_THREADS if is_thread else SEND, HISTORY]
    if "thread" in wanted and has_threads:
        needed.append(THREADS)
    if "pin" in wanted:
        needed.append(PIN)
    if "mention" in wanted:
        needed.append(MENTION)
    return needed


def list_server_problems(
    guild: discord.Guild, wanted: Collection[Extra] = SERVER_EXTRAS
) -> Sequence[SetupProblem]:
    """Return the problems in a server as a whole, with extras."""
    if guild.unavailable:
        return ()
    problems = []
    for right in (EVENTS, MANAGE_ROLES):
        extra = EXTRAS[right.name]
        if extra in wanted and not right.is_granted(guild.me.guild_permissions):
            sentence = describe_missing_server_right(right, guild)
            problems.append(SetupProblem(sentence, False, extra))
    return tuple(problems)


def describe_missing_server_right(right: DiscordRight, guild: discord.Guild) -> str:
    """Return the sentence about a right that is missing in a whole server."""
    role = escape_text(guild.me.display_name)
    return (
        f"I may not _{right.label}_ in this server, so {right.consequence}: "
        f"open Server Settings → Roles → {role} and allow it."
    )


def can_read_history(client: discord.Client, place: Place) -> bool | None:
    """Return True if a channel's history is open to us; None if that is unknown."""
    return _has_channel_right(client, place, HISTORY)


def can_pin_messages(client: discord.Client, place: Place) -> bool | None:
    """Return True if we may pin messages in a channel; None if that is unknown."""
    return _has_channel_right(client, place, PIN)


def find_pinged_role(client: discord.Client, place: Place, ping: Ping | None) -> int | None:
    """Return the role that a post in a channel can notify now; None where it would notify nobody.

    A role that others may mention needs no right (Discord: Permissions, Mention Everyone).
    """
    if ping is None or ping.way != "role" or not ping.native.isdecimal():
        return None
    guild = client.get_guild(int(place.space))
    role = guild.get_role(int(ping.native)) if guild is not None else None
    # Never the role of everybody, which has the id of its server.
    if role is None or role.is_default():
        return None
    may_mention = role.mentionable or _has_channel_right(client, place, MENTION)
    return role.id if may_mention else None


def _has_channel_right(client: discord.Client, place: Place, right: DiscordRight) -> bool | None:
    guild = client.get_guild(int(place.space))
    if guild is None or guild.unavailable:
        return None
    channel = guild.get_channel_or_thread(int(place.channel))
    if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.Thread):
        return None
    permissions = _get_channel_permissions(channel, guild.me)
    return None if permissions is None else right.is_granted(permissions)


def _is_guild_known(client: discord.Client, guild: int) -> bool:
    """Return True if the gateway has named all our servers, and this one would be among them."""
    if not client.is_ready():
        return False
    ids = client.shard_ids if isinstance(client, discord.AutoShardedClient) else None
    return Shards(client.shard_count, tuple(ids or ())).has_guild(str(guild))


def _list_missing_rights(
    needed: Sequence[DiscordRight], permissions: discord.Permissions
) -> Sequence[DiscordRight]:
    """Return the rights not granted."""
    missing = [right for right in needed if not right.is_granted(permissions)]
    # Without this one Discord takes all others away, whatever the settings say.
    return [VIEW] if VIEW in missing else missing


def _get_channel_permissions(
    channel: discord.TextChannel | discord.VoiceChannel | discord.Thread, me: discord.Member
) -> discord.Permissions | None:
    if isinstance(channel, discord.Thread) and channel.parent is None:
        return None  # a thread's rights come from its channel, which is hidden from us
    return channel.permissions_for(me)


def _format_channel_name(
    channel: discord.TextChannel | discord.VoiceChannel | discord.Thread,
) -> str:
    if isinstance(channel, discord.Thread):
        parent = channel.parent.name if channel.parent else ""
        return f"the thread {escape_text(channel.name)} of #{escape_text(parent)}"
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
    return f"I cannot post in {kind}: use `cohort move` in a text channel."
