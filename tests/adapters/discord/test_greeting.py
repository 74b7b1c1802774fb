"""First words on Discord: once in a new server, below the answer to its first command, to whoever said it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.chat.address import Account, Caller, Place
from bot.store import sqlite
from tests.support.discord.server import Server, answered, greetings, said
from tests.support.live_bot import locked

HELLO = "Hello, I am Syllabot 👋 I guide a study group through a plan, week by week.\n"
NOTHING = (
    f"{HELLO}No group is open here yet. When one opens, press _Join_ to take part.\n[Join]\n[Help]"
)
MODERATOR = f"{HELLO}No group is open here yet. Press _Set up a group_ to start one.\n[Join]\n[Help]\n[Set up a group]"


async def greeted(server: Server, name: str, command: str, /, **options: Any) -> list[str]:
    """What somebody reads below the answer to a command; nobody else does."""
    found = greetings(await server.slash(name, command, **options))
    assert all(message.ephemeral for message in found)
    return [said(message) for message in found]


async def test_the_first_command_in_a_new_server_is_answered_and_greeted_in_private(
    quick_database: str,
) -> None:
    async with Server.on(quick_database) as server:
        first = await server.slash("ada", "week")
        assert answered(first).startswith("You are not in a cohort yet")
        (shown,) = greetings(first)
        assert (shown.ephemeral, said(shown)) == (True, NOTHING)
        assert await greeted(server, "ada", "progress") == []
        await server.restart()
        assert await greeted(server, "mona", "week") == []
        helped = await server.clicks("ada", shown, "Help")
        assert answered(helped).startswith("## What I can do")
        server.founds("Next Door")
        first = await server.slash("mona", "week")
        (shown,) = greetings(first)
        assert said(shown) == MODERATOR
        form = await server.clicks("mona", shown, "Set up a group")
        assert form.modal is not None
        assert form.modal["title"] == "Create a cohort"


async def test_a_server_with_a_cohort_is_not_greeted(quick_database: str) -> None:
    async with Server.on(quick_database) as server:
        assert (
            await greeted(server, "mona", "cohort create", name="spring", start="2026-01-05") == []
        )
        assert await greeted(server, "ada", "week") == []
        await server.restart()
        assert await greeted(server, "ada", "week") == []


async def test_what_another_process_has_greeted_is_not_greeted_again(quick_database: str) -> None:
    async with Server.on(quick_database) as server:
        ada, space = Account("discord", "", "1"), Place("discord", str(server.guild.id))
        assert await server.core.claim_greeting(Caller(ada, "Ada"), space)
        assert await greeted(server, "ada", "week") == []


@pytest.mark.parametrize("told", [True, False])
async def test_a_bot_that_was_removed_greets_anew(quick_database: str, told: bool) -> None:
    async with Server.on(quick_database) as server:
        assert await greeted(server, "ada", "week") == [NOTHING]
        async with server.without_bot(told=told):
            pass
        assert await greeted(server, "bob", "week") == [NOTHING]
        assert await greeted(server, "bob", "week") == []


@pytest.mark.parametrize(("status", "is_released"), [(429, True), (403, True), (500, False)])
async def test_what_surely_did_not_get_through_is_said_another_time(
    quick_database: str, status: int, is_released: bool
) -> None:
    async with Server.on(quick_database) as server:
        server.env.inject_error(
            "POST", "/webhooks/*", status=status, times=5 if status == 500 else 1
        )
        assert answered(await server.slash("ada", "week")).startswith("You are not in a cohort yet")
        await server.restart()
        assert await greeted(server, "bob", "week") == ([NOTHING] if is_released else [])


async def test_while_the_database_is_away_nobody_is_greeted_and_afterwards_somebody_is(
    quick_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY", 200)
    async with Server.on(quick_database) as server:
        with locked(Path(quick_database.partition("///")[2])):
            shown = await server.people["ada"].slash(server.channel, "week")
        assert answered(shown).startswith("You are not in a cohort yet")
        assert greetings(shown) == []
        (alarm,) = server.alarms
        assert "the database cannot be used" in alarm
        server.alarms.clear()
        assert await greeted(server, "ada", "week") == [NOTHING]
