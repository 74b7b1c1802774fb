"""Letters to Discord: posted with their mark, and found again by it.

The mark is the nonce, so Discord itself refuses a second post within minutes. It is in the
components too, so the letter can be found in the channel's history for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Literal

import discord

from adapters.discord import custom_id, errors, rights
from adapters.discord.errors import (
    BROKEN,
    classify_discord_error,
    convert_discord_errors,
    unblock_requests_on_cancel,
)
from adapters.discord.markdown import NO_COMMAND_IDS
from adapters.discord.render import build_layout_view
from bot.chat.address import NO_RIGHTS, AccountRights, Place
from bot.chat.errors import CannotReadHistory, SendError
from bot.chat.message import File, Message

SKEW = timedelta(minutes=1)  # between our clock and Discord's
# Messages from the start, and as many from the end: ten requests, within the outbox's 50 seconds.
SEARCH_LENGTH = 500
A_WEEK: Literal[10080] = 10080  # minutes


class DmChannels:
    """Private channels by the user's id; above `max_channels` the oldest are forgotten.

    Discord limits how many are opened in a short time (Discord: Users, Create DM).
    """

    def __init__(self, max_channels: int = 10_000) -> None:
        self._max_channels = max_channels
        self._opened: dict[int, int] = {}

    async def open_dm_channel(
        self, client: discord.Client, user: int
    ) -> discord.PartialMessageable:
        """Return a user's private channel. Raises the library's own errors."""
        if user not in self._opened:
            self._opened[user] = (await client.create_dm(discord.Object(user))).id
            if len(self._opened) > self._max_channels:
                del self._opened[next(iter(self._opened))]
        return client.get_partial_messageable(self._opened[user], type=discord.ChannelType.private)

    def forget_user(self, user: int) -> None:
        """Forget a user's private channel."""
        self._opened.pop(user, None)


async def send_marked_message(
    client: discord.Client,
    dm_channels: DmChannels,
    place: Place,
    message: Message,
    key: str,
    command_ids: Mapping[str, str] = NO_COMMAND_IDS,
) -> str:
    """Post a message under its key and return its id; empty if somebody deleted it already.

    `command_ids`: our commands' ids by their first word.
    Raises `SendError`.
    """
    mark = custom_id.compute_letter_mark(key)
    with convert_discord_errors(client, is_read_only=True):
        channel = await _get_target_channel(client, dm_channels, place)
    with convert_discord_errors(client):
        try:
            role = rights.find_pinged_role(client, place, message.ping)
            sent = await channel.send(
                view=build_layout_view(message, mark, command_ids, role),
                nonce=mark,
                allowed_mentions=_allow_role(role),
            )
        except discord.NotFound as missing:
            if missing.code != errors.DELETED:
                raise
            return ""
    return str(sent.id)


def _allow_role(role: int | None) -> discord.AllowedMentions:
    """Return that one role may be notified and nobody else; without one, nobody."""
    if role is None:
        return discord.AllowedMentions.none()
    return discord.AllowedMentions(
        everyone=False, users=False, roles=[discord.Object(role)], replied_user=False
    )


async def edit_marked_message(  # noqa: PLR0913  # those of `send_marked_message`, and the id
    client: discord.Client,
    dm_channels: DmChannels,
    place: Place,
    sent: str,
    message: Message,
    key: str,
    command_ids: Mapping[str, str] = NO_COMMAND_IDS,
) -> None:
    """Put a message in the place of the one sent under its key. Raises `SendError`."""
    if not sent:
        raise SendError(errors.REASONS[errors.DELETED], permanent=True)
    # The mark again: without it nobody would find the message, and its buttons would not be ours.
    view = build_layout_view(message, custom_id.compute_letter_mark(key), command_ids)
    with convert_discord_errors(client, is_read_only=True):
        channel = await _get_target_channel(client, dm_channels, place)
    with convert_discord_errors(client):
        await channel.get_partial_message(int(sent)).edit(
            view=view, allowed_mentions=discord.AllowedMentions.none()
        )


async def pin_marked_message(client: discord.Client, place: Place, sent: str) -> bool:
    """Pin a sent message; pinning it again changes nothing. Raises `SendError`.

    Return False without the right to, or as long as nobody knows of it.
    """
    if not sent or not rights.can_pin_messages(client, place):
        return False
    channel = client.get_partial_messageable(int(place.channel), guild_id=int(place.space))
    with convert_discord_errors(client, is_read_only=True):
        await channel.get_partial_message(int(sent)).pin()
    return True


async def delete_marked_message(client: discord.Client, place: Place, sent: str) -> None:
    """Delete a message of our own, pinned or not. Raises `SendError`.

    No right is needed for one's own (Discord: Delete Message).
    """
    channel = client.get_partial_messageable(int(place.channel), guild_id=int(place.space))
    with convert_discord_errors(client, is_read_only=True):
        await channel.get_partial_message(int(sent)).delete()


async def send_private_files(
    client: discord.Client,
    dm_channels: DmChannels,
    place: Place,
    files: Sequence[File],
    text: str,
    key: str,
) -> None:
    """Send files to one person, below a line of text. Raises `SendError`."""
    with convert_discord_errors(client, is_read_only=True):
        channel = await _get_target_channel(client, dm_channels, place)
    attached = []
    for file in files:
        attached.append(discord.File(BytesIO(file.content.encode()), file.name))
    with convert_discord_errors(client):
        await channel.send(
            discord.utils.escape_markdown(text),
            files=attached,
            nonce=custom_id.compute_letter_mark(key),
            allowed_mentions=discord.AllowedMentions.none(),
        )


async def ensure_message_thread(
    client: discord.Client, place: Place, message: Message, sent: str
) -> None:
    """Open a sent message's thread, unless it has one. Raises `SendError`."""
    if message.thread and sent:
        with convert_discord_errors(client, is_read_only=True):
            await _create_thread(client, place, int(sent), message.thread)


async def find_marked_message(
    client: discord.Client, dm_channels: DmChannels, place: Place, key: str, since: datetime
) -> str | None:
    """Return the id of the message posted under a key since an instant, or None.

    Raises `CannotReadHistory` for a history closed to us or too long; otherwise `SendError`.
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
        if closed.code:
            raise CannotReadHistory from closed
        # Without a code it came from a proxy before Discord: it says nothing about the channel.
        raise classify_discord_error(closed, is_read_only=True) from closed
    except BROKEN as broken:
        raise classify_discord_error(broken, is_read_only=True) from broken


async def is_user_in_server(client: discord.Client, place: Place) -> bool:
    """Return True if a private place's account is still in its server. Raises `SendError`."""
    return await _fetch_member(client, place) is not None


async def ask_server_rights(client: discord.Client, place: Place) -> AccountRights:
    """Return what a private place's account may do in its server. Raises `SendError`."""
    member = await _fetch_member(client, place)
    if member is None:
        return NO_RIGHTS
    # Of the whole server, as an interaction's payload has it but for its channel.
    permissions = member.guild_permissions
    is_moderator = permissions.manage_guild or permissions.administrator
    roles = frozenset(str(role.id) for role in member.roles)
    return AccountRights(True, is_moderator, roles, member.display_name)


async def _fetch_member(client: discord.Client, place: Place) -> discord.Member | None:
    """Return a private place's account in its server, None if it is not there."""
    with convert_discord_errors(client, is_read_only=True):
        guild = await _fetch_guild(client, place)
        try:
            return await guild.fetch_member(int(place.native))
        except discord.NotFound as missing:
            if missing.code not in {errors.NO_MEMBER, errors.NO_USER}:
                raise
            return None


async def _get_target_channel(
    client: discord.Client, dm_channels: DmChannels, place: Place
) -> discord.PartialMessageable:
    if place.is_private:
        return await dm_channels.open_dm_channel(client, int(place.native))
    return client.get_partial_messageable(int(place.channel), guild_id=int(place.space))


async def _fetch_guild(client: discord.Client, place: Place) -> discord.Guild:
    cached = client.get_guild(int(place.space))
    return cached or await client.fetch_guild(int(place.space), with_counts=False)


# — finding —


async def _search_history(
    client: discord.Client,
    channel: discord.PartialMessageable,
    mark: str,
    after: datetime,
    *,
    is_readable: bool,
) -> str | None:
    # A letter sent at its first try is near the beginning, one sent after many tries near the end.
    for oldest_first in (True, False):
        seen = 0
        async for message in channel.history(
            limit=SEARCH_LENGTH, after=after, oldest_first=oldest_first
        ):
            seen += 1
            if message.author == client.user and _has_mark(message, mark):
                return str(message.id)
        if not seen and not is_readable:
            # Without the right to read it, a history looks empty (Discord: Get Channel Messages).
            newest = [message async for message in channel.history(limit=1)]
            if not newest:
                raise CannotReadHistory
        if seen < SEARCH_LENGTH:
            return None
    raise CannotReadHistory


def _has_mark(message: discord.Message, mark: str) -> bool:
    component_id = custom_id.compute_component_id(mark)
    for component in _walk_message_components(message.components):
        if isinstance(component, discord.Container) and component.id == component_id:
            return True
        parsed = custom_id.parse_custom_id(str(getattr(component, "custom_id", None) or ""))
        if parsed is not None and parsed.mark == mark:
            return True
    return False


def _walk_message_components(components: Iterable[Any]) -> Iterator[Any]:
    for component in components:
        yield component
        yield from _walk_message_components(getattr(component, "children", ()))
        if hasattr(component, "accessory"):
            yield from _walk_message_components([component.accessory])


# — threads —


async def _create_thread(client: discord.Client, place: Place, sent: int, name: str) -> None:
    channel_id = int(place.channel)
    channel = client.get_channel(channel_id) or await client.fetch_channel(channel_id)
    # A thread or a voice channel cannot have threads.
    if not isinstance(channel, discord.TextChannel):
        return
    message = channel.get_partial_message(sent)
    try:
        await message.create_thread(name=name, auto_archive_duration=A_WEEK)
    except discord.HTTPException as error:
        if error.code != errors.HAS_THREAD:
            raise
