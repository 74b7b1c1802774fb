"""The weekly call in a simulated server: what people read in the channel, and what stands among the server's events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import discord

from tests.support.discord.server import INVITED, Server, answered, said

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def standing(server: Server) -> list[tuple[str, str, int]]:
    """Each event's title, start and status, oldest first."""
    events = server.env.backend.guilds[server.guild.id].scheduled_events.values()
    return [(one.name, one.scheduled_start_time, one.status) for one in events]


async def monday_with_a_call(server: Server) -> None:
    await server.spring("ada")
    await server.says("mona", "cohort call", day=3, at="19:00", where="https://meet.example/us")
    await server.goes_to(MONDAY)
    assert standing(server) == [("spring: week 1 call", "2026-01-07T19:00:00+00:00", 1)]


def last(server: Server) -> str:
    return said(server.posts()[-1])


async def test_a_call_is_moved_and_called_off_and_nobody_is_called_to_a_dead_event(
    quick_database: str,
) -> None:
    async with Server.on(quick_database) as server:
        await monday_with_a_call(server)
        shown = await server.slash("mona", "cohort call")
        form: Any = await server.clicks("mona", shown, "Change it")
        assert (
            form.modal["components"][0]["content"] == "People know of a call: I post your changes."
        )
        moved = await server.submits(
            "mona", form, day="4", at="20:00", minutes="60", where="https://meet.example/us"
        )
        assert answered(moved).startswith(
            "Saved, and I have told everybody. **spring** has a call every Thursday"
        )
        assert last(server).startswith(
            "The call of **spring** on <t:1767812400:F> has moved. It is now: <t:1767902400:F>"
        )
        assert standing(server) == [("spring: week 1 call", "2026-01-08T20:00:00+00:00", 1)]

        paused = await server.confirms("mona", "cohort pause", "Pause it")
        assert "I have told everybody" in paused
        assert last(server) == "The call of **spring** on <t:1767902400:F> is called off."
        assert [status for _, _, status in standing(server)] == [4]


async def test_a_missing_right_to_events_is_named_until_it_is_given(quick_database: str) -> None:
    async with Server.on(quick_database) as server:
        await monday_with_a_call(server)
        server.may(
            discord.Permissions(INVITED.value & ~discord.Permissions(create_events=True).value)
        )
        asked = await server.slash("mona", "cohort call", off=True)
        assert "The call of **spring** on <t:1767812400:F> is called off." in answered(asked)
        done = await server.clicks("mona", asked, "Cancel the call")
        lack = "I may not _Create Events_ in this server, so I cannot add, change or cancel a weekly call in the server's events"
        assert lack in answered(done)
        assert [status for _, _, status in standing(server)] == [1]
        await server.passes(hours=1)
        assert f"Posts of **spring** come, but not as they should: {lack}" in await server.says(
            "mona", "posts timeline"
        )
        server.may(INVITED)
        await server.passes(minutes=15)
        assert [status for _, _, status in standing(server)] == [4]
        assert lack not in await server.says("mona", "posts timeline")
