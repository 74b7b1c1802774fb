"""Roles on Discord: made without any right, given and taken one by one, and deleted.

Nobody is listed: that would need the members intent. Only roles the bot has made are touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import discord

from adapters.discord import errors
from adapters.discord.errors import convert_discord_errors
from adapters.discord.rights import MANAGE_ROLES, describe_missing_server_right
from bot.chat.address import Place
from bot.chat.errors import RoleGone, SendError
from bot.chat.message import escape_text

REASON = "Syllabot: a moderator of the study group has asked for it"
SKEW = timedelta(minutes=1)  # between our clock and Discord's

FULL = (
    "The server has 250 roles, which is the most Discord allows: delete one under "
    "Server Settings → Roles, and I make mine."
)
NO_RIGHT = "I may not _Manage Roles_ in this server: allow it under Server Settings → Roles."


async def settle_server_role(
    client: discord.Client, place: Place, name: str, native: str, since: datetime
) -> str | None:
    """See `bot.chat.platform.Platform.settle_role`."""
    known = await _load_roles(client, place)
    if native:
        return native if any(str(role.id) == native for role in known) else None
    own = _find_own_role(known, name, since)
    if own is not None:
        return str(own.id)
    with _explain_refusal(client, place):
        made = await client.http.create_role(
            int(place.space),
            reason=REASON,
            name=name,
            permissions="0",
            hoist=False,
            mentionable=False,
        )
    return str(made["id"])


def _find_own_role(
    known: Sequence[discord.Role], name: str, since: datetime
) -> discord.Role | None:
    """Return a role that we have made before a crash; never an older one of the same name."""
    for role in known:
        is_new = role.created_at >= since - SKEW
        is_harmless = not role.permissions.value and not role.managed
        if role.name == name and is_new and is_harmless:
            return role
    return None


async def _load_roles(client: discord.Client, place: Place) -> Sequence[discord.Role]:
    guild = client.get_guild(int(place.space))
    # The gateway keeps them up to date.
    if guild is not None and not guild.unavailable:
        return guild.roles
    with convert_discord_errors(client, is_read_only=True):
        fetched = await client.fetch_guild(int(place.space), with_counts=False)
        return fetched.roles


async def give_server_role(client: discord.Client, place: Place, role: str, native: str) -> bool:
    """See `bot.chat.platform.Platform.give_role`."""
    with _explain_refusal(client, place, role):
        try:
            await client.http.add_role(int(place.space), int(native), int(role), reason=REASON)
        except discord.NotFound as missing:
            if missing.code not in {errors.NO_MEMBER, errors.NO_USER}:
                raise
            return False
    return True


async def take_server_role(client: discord.Client, place: Place, role: str, native: str) -> None:
    """See `bot.chat.platform.Platform.take_role`."""
    with _explain_refusal(client, place, role):
        try:
            await client.http.remove_role(int(place.space), int(native), int(role), reason=REASON)
        except discord.NotFound as missing:
            # Whoever has left has no roles any more.
            if missing.code not in {errors.NO_MEMBER, errors.NO_USER}:
                raise


async def delete_server_role(client: discord.Client, place: Place, role: str) -> None:
    """See `bot.chat.platform.Platform.delete_role`."""
    with _explain_refusal(client, place, role):
        try:
            await client.http.delete_role(int(place.space), int(role), reason=REASON)
        except discord.NotFound as missing:
            if missing.code != errors.NO_ROLE:
                raise


@contextmanager
def _explain_refusal(client: discord.Client, place: Place, role: str = "") -> Iterator[None]:
    """Raise what a moderator can do about a refusal, and `RoleGone` for a deleted role."""
    with convert_discord_errors(client, is_read_only=True):
        try:
            yield
        except discord.HTTPException as refused:
            if refused.code == errors.NO_ROLE:
                raise RoleGone from refused
            sentence = _describe_refusal(client, place, role, refused.code)
            if not sentence:
                raise
            raise SendError(sentence, permanent=True) from refused


def _describe_refusal(client: discord.Client, place: Place, role: str, code: int) -> str:
    """Return a sentence for moderators about one of Discord's errors; empty for any other."""
    if code == errors.TOO_MANY_ROLES:
        return FULL
    if code != errors.NO_RIGHT:
        return ""
    guild = client.get_guild(int(place.space))
    if guild is None:
        return NO_RIGHT
    if not MANAGE_ROLES.is_granted(guild.me.guild_permissions):
        return describe_missing_server_right(MANAGE_ROLES, guild)
    own = guild.get_role(int(role)) if role else None
    if own is None:
        return NO_RIGHT
    mine = escape_text(guild.me.top_role.name)
    return (
        f"The role {escape_text(own.name)} stands above mine, so I cannot give or take it: "
        f"open Server Settings → Roles and drag {mine} above it."
    )
