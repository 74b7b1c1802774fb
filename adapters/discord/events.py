"""Scheduled events in a server: made, edited and cancelled to match the calls.

A repeated call changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import discord

from adapters.discord import errors
from adapters.discord.errors import convert_discord_errors
from bot.chat.address import Place
from bot.chat.message import Event


async def settle_scheduled_event(
    client: discord.Client,
    place: Place,
    event: Event | None,
    title: str,
    native: str,
    others: Collection[str],
) -> str | None:
    """See `bot.chat.platform.Platform.settle_event`."""
    # "Read only", although it writes: a repeated call finds an event before it makes one.
    with convert_discord_errors(client, is_read_only=True):
        guild = client.get_guild(int(place.space)) or await client.fetch_guild(
            int(place.space), with_counts=False
        )
        if native:
            found = await _fetch_scheduled_event(guild, int(native))
        else:
            found = await _find_own_event(
                client, guild, {title, event.title if event else title}, event, others
            )
        if event is None:
            if found is not None and found.status is discord.EventStatus.scheduled:
                await _cancel_scheduled_event(found)
            return None
        if found is not None and found.status in {
            discord.EventStatus.scheduled,
            discord.EventStatus.active,
        }:
            return await _edit_scheduled_event(found, event)
        return None if native else await _create_scheduled_event(guild, event)


async def _fetch_scheduled_event(
    guild: discord.Guild, number: int
) -> discord.ScheduledEvent | None:
    try:
        return await guild.fetch_scheduled_event(number, with_counts=False)
    except discord.NotFound as missing:
        if missing.code != errors.NO_EVENT:
            raise
        return None


async def _find_own_event(
    client: discord.Client,
    guild: discord.Guild,
    titles: set[str],
    event: Event | None,
    others: Collection[str],
) -> discord.ScheduledEvent | None:
    """Return our own event with one of these titles, or None.

    Out of several, it is the one at the right time already.
    """
    own_events = []
    for found in await guild.fetch_scheduled_events(with_counts=False):
        is_own = client.user is not None and found.creator_id == client.user.id
        is_free = found.name in titles and str(found.id) not in others
        if is_own and is_free and found.status is discord.EventStatus.scheduled:
            own_events.append(found)
    for found in own_events:
        if event is not None and found.start_time == event.starts:
            return found
    return own_events[0] if own_events else None


async def _create_scheduled_event(guild: discord.Guild, event: Event) -> str:
    made = await guild.create_scheduled_event(
        **_build_event_fields(event),
        entity_type=discord.EntityType.external,
        privacy_level=discord.PrivacyLevel.guild_only,
    )
    return str(made.id)


async def _edit_scheduled_event(found: discord.ScheduledEvent, event: Event) -> str | None:
    now = (found.name, found.start_time, found.end_time, found.location, found.description or "")
    if now == (event.title, event.starts, event.ends, event.where, event.about):
        return str(found.id)
    fields = _build_event_fields(event)
    # A missing description would keep the old one.
    fields["description"] = event.about
    try:
        await found.edit(**fields)
    except discord.NotFound as missing:
        if missing.code != errors.NO_EVENT:
            raise
        return None
    return str(found.id)


async def _cancel_scheduled_event(found: discord.ScheduledEvent) -> None:
    try:
        await found.cancel()
    except discord.NotFound as missing:
        if missing.code != errors.NO_EVENT:
            raise


def _build_event_fields(event: Event) -> dict[str, Any]:
    return {
        "name": event.title,
        "start_time": event.starts,
        "end_time": event.ends,
        "location": event.where,
        "description": event.about or discord.utils.MISSING,
    }
