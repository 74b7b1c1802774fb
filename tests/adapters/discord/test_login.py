"""Posting begins with the login: REST needs no gateway, and shards take five seconds each to be ready."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from adapters.discord import client as discord_client
from adapters.discord.client import Discord
from adapters.discord.shards import Shards
from bot.__main__ import build_pulse
from bot.chat.address import Place
from bot.runtime.outbox import Outbox
from tests.support.database import list_first_cohort_letters
from tests.support.discord.gateway import Gateway
from tests.support.discord.wire import CHANNEL, GUILD, TOKEN
from tests.support.room import Room

HOME = Place("discord", str(GUILD), str(CHANNEL))
SECOND = timedelta(seconds=1)


def join(room: Room, discord: Discord) -> None:
    """The room's bot posts on Discord."""
    room.place = HOME
    room.outbox = Outbox(room.store, room.clock, {"discord": discord})
    room.pulse = build_pulse(room.clockwork, room.outbox)


async def test_with_three_shards_that_are_not_ready_a_post_is_there_a_second_after_the_login(
    quick_room: Room,
) -> None:
    async with Gateway.on(quick_room.clock) as gateway:
        gateway.shards = 3
        gateway.late = "GET */gateway"  # no shard is even greeted
        discord = Discord(TOKEN, Shards())
        join(quick_room, discord)
        await quick_room.spring("ada")  # its announcements are tried before the login
        assert gateway.posts == []
        listening = asyncio.create_task(discord.listen(quick_room.core))
        try:
            await gateway.until(lambda: discord.client.user)
            await quick_room.passes(seconds=1)
            assert len(gateway.posts) == 2
            assert (discord.client.is_ready(), gateway.identified) == (False, [])
        finally:
            listening.cancel()
            await asyncio.wait([listening])


async def test_while_discord_cannot_be_reached_letters_wait_as_long_as_the_next_try_takes_and_are_not_given_up(
    quick_room: Room,
) -> None:
    async with Gateway.on(quick_room.clock) as gateway:
        gateway.fails("GET /users/@me", 503, times=1000)
        discord = Discord(TOKEN, Shards())
        join(quick_room, discord)
        listening = asyncio.create_task(discord.listen(quick_room.core))
        try:
            await gateway.until(lambda: discord._tries_at)
            await quick_room.spring("ada")
            due = await quick_room.pulse()
            assert due is not None
            assert (
                2 * SECOND < due - quick_room.clock.now() <= (discord_client.WAITS[0] + 1) * SECOND
            )
            await quick_room.passes(minutes=20)  # of which each try waits a few seconds
            gateway.faults.clear()
            waiting = await list_first_cohort_letters(quick_room.store)
            assert {(letter.state, letter.tries) for letter in waiting} == {("due", 0)}
        finally:
            listening.cancel()
            await asyncio.wait([listening])
