"""Letters to Discord: posted with their mark, and found again by it.

The mark is the nonce, by which Discord itself refuses to post a letter twice within minutes, and it stands in the
components, by which the letter is found in the channel's history ever after. Its thread is opened once the post is there,
and never twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import discord

from adapters.discord import ids, rights, trouble
from adapters.discord.prose import NO_NUMBERS
from adapters.discord.render import layout
from adapters.discord.trouble import BROKEN, classify, told, unblocked
from bot.chat.address import Place
from bot.chat.errors import CannotLook
from bot.chat.message import Message

SKEW = timedelta(minutes=1)  # between our clock and Discord's
LOOKED_AT = 500  # messages from the start, and as many from the end: ten requests, which fit in the outbox's 50 seconds
A_WEEK: Literal[10080] = 10080  # minutes


class Channels:
    """The private channels opened so far, by the user's id: opening many in a short time is limited (Discord: Users, Create
    DM). The oldest are forgotten beyond `most`."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._opened: dict[int, int] = {}

    async def to(self, client: discord.Client, user: int) -> discord.PartialMessageable:
        """The private channel to a user, opened if need be. Raises what the library raises."""
        if user not in self._opened:
            self._opened[user] = (await client.create_dm(discord.Object(user))).id
            if len(self._opened) > self._most:
                del self._opened[next(iter(self._opened))]
        return client.get_partial_messageable(self._opened[user], type=discord.ChannelType.private)


async def send(
    client: discord.Client,
    private: Channels,
    place: Place,
    message: Message,
    key: str,
    numbers: Mapping[str, str] = NO_NUMBERS,
) -> str:
    """Post a message under its key and return its id, empty if it was posted before and deleted since.

    `numbers` are the ids of our commands, by their first word.

    Raises `SendError`.
    """
    mark = ids.mark_of(key)
    with told(client, looking=True):
        channel = await _channel(client, private, place)
    with told(client):
        try:
            sent = await channel.send(
                view=layout(message, mark, numbers),
                nonce=mark,
                allowed_mentions=discord.AllowedMentions.none(),
            )
        except discord.NotFound as gone:
            if gone.code != trouble.DELETED:
                raise
            return ""
    return str(sent.id)


async def complete(client: discord.Client, place: Place, message: Message, sent: str) -> None:
    """Open the thread of a message that was sent, unless that is done. Raises `SendError`."""
    if message.thread and sent:
        with told(client, looking=True):
            await _open_thread(client, place, int(sent), message.thread)


async def find(
    client: discord.Client, private: Channels, place: Place, key: str, since: datetime
) -> str | None:
    """The id of the message posted under a key since an instant, or None if it is not there.

    Raises `CannotLook` where the channel's history is closed to us, or longer than can be read; else `SendError`.
    """
    readable = place.private or rights.may_read(client, place)
    if readable is False:
        raise CannotLook
    try:
        with unblocked(client):
            channel = await _channel(client, private, place)
            return await _found(
                client, channel, ids.mark_of(key), since - SKEW, sure=bool(readable)
            )
    except (discord.Forbidden, discord.NotFound) as closed:
        raise (CannotLook() if closed.code else classify(closed, looking=True)) from closed
    except BROKEN as broken:
        raise classify(broken, looking=True) from broken


async def belongs(client: discord.Client, place: Place) -> bool:
    """Whether the account of a private place is still in its server. Raises `SendError` where asking failed."""
    with told(client, looking=True):
        guild = await _guild(client, place)
        try:
            await guild.fetch_member(int(place.native))
        except discord.NotFound as missing:
            if missing.code not in {trouble.NO_MEMBER, trouble.NO_USER}:
                raise
            return False
    return True


async def _channel(
    client: discord.Client, private: Channels, place: Place
) -> discord.PartialMessageable:
    if place.private:
        return await private.to(client, int(place.native))
    return client.get_partial_messageable(int(place.channel), guild_id=int(place.space))


async def _guild(client: discord.Client, place: Place) -> discord.Guild:
    return client.get_guild(int(place.space)) or await client.fetch_guild(
        int(place.space), with_counts=False
    )


# — finding —


async def _found(
    client: discord.Client,
    channel: discord.PartialMessageable,
    mark: str,
    after: datetime,
    *,
    sure: bool,
) -> str | None:
    """Near the first try it stands at the beginning, after many tries at the end: both are looked at."""
    for oldest_first in (True, False):
        seen = 0
        async for message in channel.history(
            limit=LOOKED_AT, after=after, oldest_first=oldest_first
        ):
            seen += 1
            if message.author == client.user and _bears(message, mark):
                return str(message.id)
        if not seen and not sure and not [one async for one in channel.history(limit=1)]:
            raise CannotLook  # without the right to read it, a history looks empty (Discord: Get Channel Messages)
        if seen < LOOKED_AT:
            return None
    raise CannotLook


def _bears(message: discord.Message, mark: str) -> bool:
    number = ids.number_of(mark)
    for one in _components(message.components):
        if isinstance(one, discord.Container) and one.id == number:
            return True
        pressed = ids.read(str(getattr(one, "custom_id", None) or ""))
        if pressed is not None and pressed.mark == mark:
            return True
    return False


def _components(nested: Iterable[Any]) -> Iterator[Any]:
    for one in nested:
        yield one
        yield from _components(getattr(one, "children", ()))
        yield from _components([one.accessory] if hasattr(one, "accessory") else ())


# — beside a post —


async def _open_thread(client: discord.Client, place: Place, sent: int, name: str) -> None:
    channel = client.get_channel(int(place.channel)) or await client.fetch_channel(
        int(place.channel)
    )
    if not isinstance(channel, discord.TextChannel):
        return  # in a thread or a voice channel no other can be opened
    try:
        await channel.get_partial_message(sent).create_thread(
            name=name, auto_archive_duration=A_WEEK
        )
    except discord.HTTPException as refused:
        if refused.code != trouble.HAS_THREAD:
            raise
