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

from adapters.discord import custom_id, errors, rights
from adapters.discord.errors import (
    BROKEN,
    classify_discord_error,
    convert_discord_errors,
    unblock_requests_on_cancel,
)
from adapters.discord.markdown import NO_NUMBERS
from adapters.discord.render import build_layout_view
from bot.chat.address import Place
from bot.chat.errors import CannotReadHistory
from bot.chat.message import Message

SKEW = timedelta(minutes=1)  # between our clock and Discord's
LOOKED_AT = 500  # messages from the start, and as many from the end: ten requests, which fit in the outbox's 50 seconds
A_WEEK: Literal[10080] = 10080  # minutes


class DmChannels:
    """The private channels opened so far, by the user's id: opening many in a short time is limited (Discord: Users, Create
    DM). The oldest are forgotten beyond `most`."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._opened: dict[int, int] = {}

    async def open_dm_channel(
        self, client: discord.Client, user: int
    ) -> discord.PartialMessageable:
        """The private channel to a user, opened if need be. Raises what the library raises."""
        if user not in self._opened:
            self._opened[user] = (await client.create_dm(discord.Object(user))).id
            if len(self._opened) > self._most:
                del self._opened[next(iter(self._opened))]
        return client.get_partial_messageable(self._opened[user], type=discord.ChannelType.private)


async def send_marked_message(
    client: discord.Client,
    dm_channels: DmChannels,
    place: Place,
    message: Message,
    key: str,
    command_ids: Mapping[str, str] = NO_NUMBERS,
) -> str:
    """Post a message under its key and return its id, empty if it was posted before and deleted since.

    `numbers` are the ids of our commands, by their first word.

    Raises `SendError`.
    """
    mark = custom_id.compute_letter_mark(key)
    with convert_discord_errors(client, is_read_only=True):
        channel = await _get_target_channel(client, dm_channels, place)
    with convert_discord_errors(client):
        try:
            sent = await channel.send(
                view=build_layout_view(message, mark, command_ids),
                nonce=mark,
                allowed_mentions=discord.AllowedMentions.none(),
            )
        except discord.NotFound as gone:
            if gone.code != errors.DELETED:
                raise
            return ""
    return str(sent.id)


async def ensure_message_thread(
    client: discord.Client, place: Place, message: Message, sent: str
) -> None:
    """Open the thread of a message that was sent, unless that is done. Raises `SendError`."""
    if message.thread and sent:
        with convert_discord_errors(client, is_read_only=True):
            await _create_thread(client, place, int(sent), message.thread)


async def find_marked_message(
    client: discord.Client, dm_channels: DmChannels, place: Place, key: str, since: datetime
) -> str | None:
    """The id of the message posted under a key since an instant, or None if it is not there.

    Raises `CannotLook` where the channel's history is closed to us, or longer than can be read; else `SendError`.
    """
    readable = place.is_private or rights.can_read_history(client, place)
    if readable is False:
        raise CannotReadHistory
    try:
        with unblock_requests_on_cancel(client):
            channel = await _get_target_channel(client, dm_channels, place)
            return await _search_history(
                client,
                channel,
                custom_id.compute_letter_mark(key),
                since - SKEW,
                is_readable=bool(readable),
            )
    except (discord.Forbidden, discord.NotFound) as closed:
        raise (
            CannotReadHistory()
            if closed.code
            else classify_discord_error(closed, is_read_only=True)
        ) from closed
    except BROKEN as broken:
        raise classify_discord_error(broken, is_read_only=True) from broken


async def is_user_in_server(client: discord.Client, place: Place) -> bool:
    """Whether the account of a private place is still in its server. Raises `SendError` where asking failed."""
    with convert_discord_errors(client, is_read_only=True):
        guild = await _fetch_guild(client, place)
        try:
            await guild.fetch_member(int(place.native))
        except discord.NotFound as missing:
            if missing.code not in {errors.NO_MEMBER, errors.NO_USER}:
                raise
            return False
    return True


async def _get_target_channel(
    client: discord.Client, private: DmChannels, place: Place
) -> discord.PartialMessageable:
    if place.is_private:
        return await private.open_dm_channel(client, int(place.native))
    return client.get_partial_messageable(int(place.channel), guild_id=int(place.space))


async def _fetch_guild(client: discord.Client, place: Place) -> discord.Guild:
    return client.get_guild(int(place.space)) or await client.fetch_guild(
        int(place.space), with_counts=False
    )


# — finding —


async def _search_history(
    client: discord.Client,
    channel: discord.PartialMessageable,
    mark: str,
    after: datetime,
    *,
    is_readable: bool,
) -> str | None:
    """Near the first try it stands at the beginning, after many tries at the end: both are looked at."""
    for oldest_first in (True, False):
        seen = 0
        async for message in channel.history(
            limit=LOOKED_AT, after=after, oldest_first=oldest_first
        ):
            seen += 1
            if message.author == client.user and _has_mark(message, mark):
                return str(message.id)
        if not seen and not is_readable and not [one async for one in channel.history(limit=1)]:
            raise CannotReadHistory  # without the right to read it, a history looks empty (Discord: Get Channel Messages)
        if seen < LOOKED_AT:
            return None
    raise CannotReadHistory


def _has_mark(message: discord.Message, mark: str) -> bool:
    number = custom_id.compute_component_id(mark)
    for one in _walk_message_components(message.components):
        if isinstance(one, discord.Container) and one.id == number:
            return True
        pressed = custom_id.parse_custom_id(str(getattr(one, "custom_id", None) or ""))
        if pressed is not None and pressed.mark == mark:
            return True
    return False


def _walk_message_components(nested: Iterable[Any]) -> Iterator[Any]:
    for one in nested:
        yield one
        yield from _walk_message_components(getattr(one, "children", ()))
        yield from _walk_message_components([one.accessory] if hasattr(one, "accessory") else ())


# — beside a post —


async def _create_thread(client: discord.Client, place: Place, sent: int, name: str) -> None:
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
        if refused.code != errors.HAS_THREAD:
            raise
