"""What Discord refuses, loses and limits: each post ends in the channel exactly once, and nothing that waits is silent.

Here are the errors as the simulation raises them, one for one; the library's own retries are tested on the wire.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.discord.server import Server, said
from tests.support.posts import USUAL_POSTS

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 1, 10, 18, 0, tzinfo=UTC)
POSTING = ("POST", "/channels/*/messages")
WEEK_1 = "## Week 1 of 12 · Basics of linear algebra and statistics"
CLOSED = "I could not send you a private message"


def titles(server: Server) -> list[str]:
    """What the posts in the channel begin with, those by which people are greeted left out."""
    begun = [said(one).partition("\n")[0] for one in server.posts()]
    return [one for one in begun if not one.endswith(("Welcome!", "Everybody is welcome."))]


@contextmanager
def answers_lost(server: Server, times: int, *, kept: bool) -> Iterator[None]:
    """The connection breaks as something is posted: when Discord has it (`kept`), or before."""
    real = server.platform.client.http.request

    async def request(route: Any, **more: Any) -> Any:
        nonlocal times
        if route.method == "POST" and route.path.endswith("/messages") and times:
            times -= 1
            if kept:
                await real(route, **more)
            raise ConnectionResetError(104, "Connection reset by peer")
        return await real(route, **more)

    server.platform.client.http.request = request  # type: ignore[method-assign]
    yield
    server.platform.client.http.request = real  # type: ignore[method-assign]
    assert not times, "nothing was lost"


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (403, 50013, "the channel refuses them (I lack a right there)"),
        (404, 10003, "the channel refuses them (the channel is gone)"),
        (429, 0, ""),
        (500, 0, ""),
    ],
)
async def test_what_is_refused_comes_later_and_once(
    quick_database: str, status: int, code: int, told: str
) -> None:
    async with Server.on(quick_database, post_kinds=USUAL_POSTS) as server:
        await server.spring("ada")
        await server.goes_to(MONDAY - timedelta(hours=1))
        server.env.inject_error(*POSTING, status=status, code=code, times=3)
        await server.goes_to(MONDAY)
        known = await server.says("mona", "posts timeline")
        assert told in known
        assert ("Posts of **spring** wait" in known) is bool(told)
        assert "waiting, " in known
        await server.passes(hours=3)
        assert titles(server) == ["## Almost there", "## Here we go", WEEK_1]
        mended = await server.says("mona", "posts timeline")
        assert "Posts of" not in mended
        assert "waiting, " not in mended


@pytest.mark.parametrize("kept", [True, False], ids=["it was posted", "it was not"])
async def test_after_a_lost_answer_it_is_looked_for_and_stands_there_once(
    database: str, kept: bool
) -> None:
    async with Server.on(database, post_kinds=USUAL_POSTS) as server:
        await server.spring("ada", "bob")
        for day in (3, 5, 8, 9):
            with answers_lost(server, 1, kept=kept):
                await server.goes_to(datetime(2026, 1, day, 9, 0, tzinfo=UTC))
                if day == 5:
                    await server.restart()
                await server.passes(minutes=30)
        assert len(titles(server)) == len(set(titles(server))) == 5
        with answers_lost(server, 1, kept=kept):
            await server.goes_to(SATURDAY)
            await server.passes(minutes=30)
        assert [len(server.private(name)) for name in ("ada", "bob")] == [1, 1]
        timeline = await server.says("mona", "posts timeline")
        assert (
            "sent late, found after an unknown outcome" in timeline or "found after" in timeline
        ) is kept
        assert "unsure" not in timeline


async def test_without_the_right_to_look_an_unknown_outcome_stays_unsure_and_is_told(
    quick_database: str,
) -> None:
    async with Server.on(quick_database, post_kinds=USUAL_POSTS) as server:
        await server.spring("ada")
        server.denies("read_message_history")
        with answers_lost(server, 1, kept=True):
            await server.goes_to(datetime(2026, 1, 3, 9, 30, tzinfo=UTC))
        assert titles(server) == ["## Almost there"]
        assert (
            "Starts soon · unsure, it may have been sent, and I cannot look"
            in await server.says("mona", "posts timeline")
        )


@pytest.mark.parametrize(
    ("route", "status", "code"),
    [
        ("/channels/{}/messages", 403, 50007),
        ("/users/@me/channels", 403, 50278),
        ("/users/@me/channels", 400, 50007),
    ],
    ids=["closed", "no server shared", "cannot be opened"],
)
async def test_closed_private_messages_are_told_once_and_never_made_public(
    quick_database: str, route: str, status: int, code: int
) -> None:
    async with Server.on(quick_database) as server:
        await server.spring("ada")
        await server.goes_to(MONDAY)
        server.env.inject_error(
            "POST",
            route.format(server.people["ada"].user.dm_channel.id),
            status=status,
            code=code,
            times=2,
        )
        before = len(server.posts())
        await server.goes_to(SATURDAY)
        await server.passes(days=1)
        assert server.private("ada") == []
        assert not [
            one for one in server.posts()[before:] if "waiting for your check-in" in said(one)
        ]
        heard = [
            await server.says("ada", command) for command in ("week", "progress", "week", "away")
        ]
        assert [CLOSED in one for one in heard] == [True, False, False, False]
        assert CLOSED not in await server.says("mona", "members list")
        await server.passes(weeks=1)
        assert len(server.private("ada")) == 1, "open again, they arrive"


async def test_an_answer_that_discord_does_not_take_is_not_given_twice(quick_database: str) -> None:
    async with Server.on(quick_database) as server:
        await server.spring()
        server.env.inject_error("PATCH", "/webhooks/*", status=500)
        await server.slash("ada", "join")
        assert "Welcome!" in said(server.posts()[-1])
        assert "You are in **spring** already." in await server.says("ada", "join")
        assert len([one for one in server.posts() if "Welcome!" in said(one)]) == 1
        server.env.backend.interactions.clear()  # the first answer stays on its way for ever, as it was made to
