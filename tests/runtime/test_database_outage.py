"""A database away for a moment: the bot waits, loses and doubles nothing, and says so once."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.chat.address import Place
from bot.chat.platform import Core
from bot.store import Store, engine
from tests.support.live_bot import PLACE, Listening, Outage, locked, running, until
from tests.support.postgres import Postgres
from tests.support.posts import USUAL_POSTS
from tests.support.room import Clock, Room

AWAY = (
    "I cannot reach my database right now, and nothing has changed: please try again in a minute, "
    "and tell the person who runs this bot if it stays like this."
)
KICK_OFF = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is locked is waited for a shorter time than five seconds."""
    monkeypatch.setattr(engine, "BUSY", 200)


@pytest.fixture
def gone(database: str, request: pytest.FixtureRequest) -> Outage:
    """An outage of the database, to be entered."""
    return Outage(database, partial(request.getfixturevalue, "postgres"))


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says that is not mere news."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def states(url: str) -> list[tuple[str, str, str]]:
    """What became of the letters of the first cohort, in their order."""
    store = await Store.open_for_reading(url)
    assert store is not None
    async with store.transaction(write=False) as tx:
        (cohort,) = await tx.cohorts.list_cohorts_in_space(PLACE)
        found = [
            (letter.kind, letter.state, letter.reason)
            for letter in await tx.ledger.list_home_letters(cohort)
        ]
    await store.close()
    return sorted(found)


async def test_a_database_that_is_away_for_a_moment_ends_nothing_and_loses_nothing(
    database: str, gone: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(database) as chat:
        await chat.says("mona", "cohort create name=spring start=2026-03-02")
        await chat.says("mona", "cohort open spring sure=yes")
        await until(lambda: len(chat.sent) == 1)
        async with gone:
            chat.clock.at = KICK_OFF
            assert await chat.says("ada", "join spring") == AWAY
            await asyncio.sleep(1.3)  # a few pulses and a few claims
            assert await chat.says("bob", "join spring") == AWAY
        await until(lambda: len(chat.posts()) >= 2)
        assert "You are in spring" in await chat.says("ada", "join spring")
        await until(lambda: "new_members" in chat.posts())
        await asyncio.sleep(1.2)  # a pulse more, which would send again what is not settled
        posted = [kind for kind in chat.posts() if kind in USUAL_POSTS.kinds]
        assert posted == ["kick_off", "topics", "new_members"]
    begins, *_, ends = told(caplog)
    assert begins.startswith("the database cannot be used (")
    assert ends.startswith("the database is back after ")
    assert len(told(caplog)) <= 3, "one line each, and one that sums up"
    assert not any(record.exc_info for record in caplog.records)
    assert {state for _, state, _ in await states(database)} == {"sent", "skipped"}, (
        "one was too late"
    )


async def test_what_became_of_a_letter_is_kept_until_the_database_is_back(
    database: str, gone: Outage
) -> None:
    """It got through, and nobody may look: only the bot that sent it knows."""
    async with running(database) as chat:
        await chat.says("mona", "cohort create name=spring start=2026-03-02")
        chat.may_look = False
        begun = asyncio.Event()

        def fault(when: str, place: Place, key: str) -> None:
            if when == "after" and not begun.is_set():
                gone.begin()
                begun.set()

        chat.fault = fault
        await chat.says("mona", "cohort open spring sure=yes")
        await until(begun.is_set)
        chat.clock.at += timedelta(minutes=10)  # the lease is over
        await asyncio.sleep(0.7)
        gone.end()
        await asyncio.sleep(1.8)  # a claim or two
    assert len(chat.sent) == 1
    assert [(state, reason) for _, state, reason in await states(database)] == [("sent", "")]


async def test_the_server_left_while_the_database_was_away_is_noted_when_it_is_back(
    database: str, gone: Outage
) -> None:
    async with running(database) as chat:
        await chat.says("mona", "cohort create name=spring start=2026-03-02")
        assert chat.core is not None
        async with gone:
            news = [
                asyncio.create_task(chat.core.handle_space_left(PLACE)),
                asyncio.create_task(chat.core.handle_space_joined(PLACE)),
            ]
            news.append(asyncio.create_task(chat.core.handle_space_left(PLACE)))
            await asyncio.sleep(0.5)
        await asyncio.wait_for(asyncio.gather(*news), 30)
    store = await Store.open_for_reading(database)
    assert store is not None
    async with store.transaction(write=False) as tx:
        (space,) = await tx.spaces.list_spaces_of_place(PLACE)
        assert space.gone_at is not None
    await store.close()


class Reconnecting(Listening):
    """A chat with a question to the core at each connection, connected anew on request."""

    tries = 0

    async def listen(self, core: Core) -> None:
        self.tries += 1
        await core.save_note("test", "connected", str(self.tries))
        self.core = core
        self.lost = asyncio.Event()
        await self.lost.wait()
        await core.save_note("test", "connected", "no")
        await asyncio.Event().wait()


async def test_a_platform_that_cannot_connect_without_the_database_tries_again(
    database: str, gone: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    chat = Reconnecting(Clock())
    async with running(database, chat):
        async with gone:
            chat.lost.set()
            await until(lambda: chat.tries >= 2)
            assert await chat.says("ada", "join spring") == AWAY
        tries = chat.tries
        await until(lambda: not chat.lost.is_set())
        assert "cohort" in await chat.says("ada", "join spring")
        assert chat.tries <= tries + 1
    assert len(told(caplog)) <= 3


# — a disk that is full —


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that counts as mended at the first success."""
    monkeypatch.setattr("bot.store.outage.QUIET", 0.0, raising=False)


async def limit(room: Room, pages: int) -> None:
    """Leave SQLite so many pages more than it has: its own error for a full disk."""
    async with room.store._writer.connect() as connection:
        count = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {count + pages}")


async def test_a_full_disk_is_told_once(
    quick_room: Room, small_disk: None, caplog: pytest.LogCaptureFixture
) -> None:
    await quick_room.spring()
    await limit(quick_room, 0)
    answers = [(await quick_room.answer(f"p{n}", "join spring")).to_plain_text() for n in range(60)]
    assert answers[-1] == AWAY
    lines = told(caplog)
    assert (
        lines[0]
        == "the database cannot be used (database or disk is full): I try again until it can be"
    )
    assert len(lines) < 10, lines
    assert not any(record.exc_info for record in caplog.records)
    await limit(quick_room, 1000)
    assert "You are in spring" in await quick_room.says("ada", "join spring")
    assert told(caplog)[-1].startswith("the database is back after")


async def test_reading_goes_on_while_another_program_writes(
    quick_room: Room, tmp_path: Path
) -> None:
    await quick_room.spring("ada")
    with locked(tmp_path / "syllabot.db"):
        assert "spring" in (await quick_room.answer("ada", "progress")).to_plain_text()
        assert (await quick_room.answer("bob", "join spring")).to_plain_text() == AWAY


async def test_a_wrong_statement_is_a_bug_and_no_outage(quick_room: Room) -> None:
    with pytest.raises(Exception, match="no such table") as caught:
        async with quick_room.store.transaction() as tx:
            await tx._connection.execute(text("SELECT * FROM nowhere"))
    assert type(caught.value).__name__ == "OperationalError"


async def test_a_server_that_does_not_answer_is_away_and_no_bug(
    postgres: Postgres, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ANSWERING", 0.3, raising=False)
    store = await Store.open_database(migrated)
    with pytest.raises(Exception, match="no answer in time"):
        await asyncio.wait_for(sleep_there(store), 20)
    async with store.transaction(write=False) as tx:
        assert await tx.cohorts.list_home_places() == []
    await store.close()


async def sleep_there(store: Store) -> None:
    """Have the server be busy for half a minute."""
    async with store.transaction() as tx:
        await tx._connection.execute(text("SELECT pg_sleep(30)"))
