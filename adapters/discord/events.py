"""A server's scheduled events: made, edited and cancelled so that each is as its call is, however often that is asked for."""

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
    with convert_discord_errors(
        client, is_read_only=True
    ):  # whatever got through is found before it is done again
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
    """Return our own event of one of these titles; of several, the one that is as it shall be."""
    ours = [
        found
        for found in await guild.fetch_scheduled_events(with_counts=False)
        if client.user is not None
        and found.creator_id == client.user.id
        and found.name in titles
        and str(found.id) not in others
        and found.status is discord.EventStatus.scheduled
    ]
    return min(
        ours, key=lambda found: event is None or found.start_time != event.starts, default=None
    )


async def _create_scheduled_event(guild: discord.Guild, event: Event) -> str:
    made = await guild.create_scheduled_event(
        **_build_event_fields(event),
        entity_type=discord.EntityType.external,
        privacy_level=discord.PrivacyLevel.guild_only,
    )
    return str(made.id)


async def _edit_scheduled_event(found: discord.ScheduledEvent, event: Event) -> str | None:
    stands = (found.name, found.start_time, found.end_time, found.location, found.description or "")
    if stands == (event.title, event.starts, event.ends, event.where, event.about):
        return str(found.id)
    try:
        await found.edit(**{**_build_event_fields(event), "description": event.about})
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
