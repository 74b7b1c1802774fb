"""The process as an operator starts it: with the real client of a platform, a Discord on the wire, a database and a clock."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from importlib import metadata
from pathlib import Path

import discord
import pytest

from adapters import PlatformConnection
from adapters.discord import client as discord_client
from adapters.discord import conversation
from adapters.discord.cli import NO_TOKEN
from adapters.discord.client import REFUSED_INTENTS, UNKNOWN_TOKEN, Discord
from adapters.discord.commands import build_commands_payload
from adapters.discord.shards import Shards
from bot import __main__ as program
from bot.chat.address import Place
from bot.chat.errors import CannotConnect
from bot.chat.platform import Core
from bot.clock import Clock as AnyClock
from bot.command import get_commands
from bot.runtime.dispatch import Dispatch
from bot.settings import Settings, load_settings
from bot.store import Store
from bot.store.filecheck import FOREIGN
from tests.support.discord.gateway import DEFERRED, Gateway
from tests.support.discord.request_checks import parts
from tests.support.discord.wire import CHANNEL, GUILD, TOKEN, Channel, Json, Naps
from tests.support.paths import ROOT
from tests.support.postgres import Postgres
from tests.support.room import Chat, Clock, roadmaps

MONA, ADA = 1, 7
AGES = 1000.0


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory of its own in an environment that says nothing, a machine whose speed decides nothing, and
    roadmaps that are read once."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(program, "load_bundled_roadmaps", roadmaps)
    monkeypatch.setattr(conversation, "PATIENCE", AGES)
    monkeypatch.setattr(discord_client, "WAITS", (0,))
    monkeypatch.setattr(discord_client, "GRACE", 60.0)
    monkeypatch.setattr(
        discord.client, "asyncio", Naps()
    )  # it waits five seconds between two shards


@pytest.fixture
def settings(empty_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A token, and a database with its tables made."""
    (tmp_path / "data").mkdir()
    shutil.copy(empty_file, tmp_path / "data")
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    return load_settings()


class Idle(Chat):
    """A platform on which nobody ever says anything."""

    stopped = False

    async def listen(self, core: Core) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped = True


@asynccontextmanager
async def running(settings: Settings, clock: AnyClock) -> AsyncIterator[Discord]:
    """The bot on Discord, stopped at the end as a signal stops it."""
    platform = Discord(TOKEN, Shards())
    work = asyncio.create_task(
        program.run_platforms(settings, lambda vaults: [PlatformConnection(platform)], clock)
    )
    try:
        yield platform
        assert not work.done()
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


@contextmanager
def leaving_nothing() -> Iterator[None]:
    """No task and no thread is left that was not there before."""
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
    yield
    left = [
        one for one in asyncio.all_tasks() - tasks if "aiohttp/web_" not in repr(one)
    ]  # those of the wire's server
    assert left == []
    for one in set(threading.enumerate()) - threads:
        one.join(20)
        assert not one.is_alive(), one.name


def words(answer: Json) -> str:
    return "\n".join(one["content"] for one in parts(answer["components"]) if one["type"] == 10)


async def says(gateway: Gateway, user: int, said: str, **options: str) -> str:
    """Somebody invokes a command and reads the answer."""
    asked = await gateway.command(user, said, manages=user == MONA, **options)
    await gateway.until(
        lambda: gateway.answers[asked] and gateway.answers[asked][-1].get("type") != DEFERRED
    )
    last = gateway.answers[asked][-1]
    return words(last.get("data", last))


async def test_the_bot_starts_answers_posts_and_stops(settings: Settings) -> None:
    async with Gateway.on(Clock()) as gateway:
        with leaving_nothing():
            async with running(settings, gateway.clock) as platform:
                await gateway.until(platform.client.is_ready)
                assert [(one["intents"], one["shard"]) for one in gateway.identified] == [
                    (1, [0, 1])
                ]
                assert (gateway.given, gateway.commands) == (
                    1,
                    build_commands_payload(get_commands()),
                )

                assert "**spring**" in await says(
                    gateway, MONA, "cohort create", name="spring", start="2026-03-02"
                )
                asked = await gateway.command(MONA, "cohort open", manages=True)
                await gateway.until(lambda: len(gateway.answers[asked]) == 2)
                assert gateway.answers[asked][0]["type"] == DEFERRED
                (button,) = re.findall(
                    r'"(cohort open [^"]+)"', json.dumps(gateway.answers[asked][1])
                )
                opening = await gateway.interact(
                    MONA, 3, {"custom_id": button, "component_type": 2}, manages=True
                )
                await gateway.until(lambda: len(gateway.answers[opening]) == 2)
                assert "**spring** is open" in words(gateway.answers[opening][1])
                await gateway.until(lambda: gateway.posts)
                assert "**spring**" in words(gateway.posts[0])
                assert "moderators" in await says(gateway, ADA, "cohort pause")
        assert len(gateway.posts) == 1


async def test_discord_is_given_the_commands_again_only_when_they_have_changed(
    settings: Settings,
) -> None:
    async with Gateway.on(Clock()) as gateway:
        for _ in range(2):
            async with running(settings, gateway.clock) as platform:
                await gateway.until(platform.client.is_ready)
            assert gateway.given == 1
        store = await Store.open_database(settings.database_url)
        await Dispatch(store, gateway.clock, roadmaps()).save_note(
            "discord", "commands", "those of a former version"
        )
        await store.close()
        async with running(settings, gateway.clock) as platform:
            await gateway.until(platform.client.is_ready)
        assert gateway.given == 2


async def test_commands_that_discord_does_not_take_keep_nobody_from_being_answered(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with Gateway.on(Clock()) as gateway:
        gateway.fails("PUT */commands", 400, 50035)
        async with running(settings, gateway.clock) as platform:
            await gateway.until(platform.client.is_ready)
            assert await says(gateway, ADA, "help")
        assert "Discord keeps showing the former commands" in caplog.text
        async with running(settings, gateway.clock) as platform:
            await gateway.until(platform.client.is_ready)
        assert gateway.given == 1


async def test_an_answer_on_its_way_arrives_before_the_bot_stops(settings: Settings) -> None:
    async with Gateway.on(Clock()) as gateway:
        with leaving_nothing():
            async with running(settings, gateway.clock) as platform:
                await gateway.until(platform.client.is_ready)
                gateway.late = "POST */callback"
                asked = await gateway.command(ADA, "progress")
                await gateway.until(lambda: gateway.waiting)
                asyncio.get_running_loop().call_later(0.05, gateway.freed.set)
        assert len(gateway.answers[asked]) == 2


async def test_an_answer_that_takes_for_ever_keeps_the_bot_from_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord_client, "GRACE", 0.01)
    async with Gateway.on(Clock()) as gateway:
        with leaving_nothing():
            async with running(settings, gateway.clock) as platform:
                await gateway.until(platform.client.is_ready)
                gateway.late = "POST */callback"
                asked = await gateway.command(ADA, "progress")
                await gateway.until(lambda: gateway.waiting)
        assert gateway.answers[asked] == []


async def test_without_a_network_it_is_tried_again_in_one_line_each(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with Gateway.on(Clock()) as gateway:
        gateway.drops("GET /users/@me", kept=False, times=2)
        gateway.fails("GET /users/@me", 403)
        gateway.fails("GET /gateway/bot", 400)
        with leaving_nothing():
            async with running(settings, gateway.clock) as platform:
                await gateway.until(lambda: platform.client.is_ready())
    tries = [one for one in caplog.records if "I try again in" in one.message]
    assert [one.name for one in tries] == ["adapters.discord.client"] * 3
    assert not any("\n" in one.message or one.exc_info for one in caplog.records)


async def test_a_lost_connection_is_taken_up_where_it_was(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with Gateway.on(Clock()) as gateway, running(settings, gateway.clock) as platform:
        await gateway.until(platform.client.is_ready)
        gateway.hang_up()
        asked = await gateway.command(ADA, "help")
        await gateway.until(lambda: gateway.answers[asked])
        assert (len(gateway.identified), len(gateway.resumed)) == (1, 1)
    assert not any(one.exc_info for one in caplog.records)


async def test_discord_is_connected_to_once_the_database_is_back(
    settings: Settings, postgres: Postgres, migrated: str
) -> None:
    async with Gateway.on(Clock()) as gateway:
        store = await Store.open_database(migrated)
        platform = Discord(TOKEN, Shards())
        with postgres.down():
            work = asyncio.create_task(
                program.listen_with_retry(platform, Dispatch(store, gateway.clock, roadmaps()))
            )
            await gateway.until(platform.client.is_closed)
        await gateway.until(lambda: platform.client.is_ready())
        assert await says(gateway, ADA, "help")
        work.cancel()
        await asyncio.wait([work])
        await store.close()


async def test_a_connection_that_discord_has_forgotten_is_begun_anew(settings: Settings) -> None:
    async with Gateway.on(Clock()) as gateway, running(settings, gateway.clock) as platform:
        await gateway.until(platform.client.is_ready)
        gateway.forget()
        await gateway.until(lambda: len(gateway.sessions) == 1)
        assert await says(gateway, ADA, "help")
        assert (len(gateway.identified), gateway.resumed) == (2, [])


async def test_as_many_shards_are_begun_as_discord_says(settings: Settings) -> None:
    async with Gateway.on(Clock()) as gateway:
        gateway.shards = 2
        async with running(settings, gateway.clock) as platform:
            await gateway.until(platform.client.is_ready)
            assert [one["shard"] for one in gateway.identified] == [[0, 2], [1, 2]]
            assert await says(gateway, ADA, "help")


async def test_an_event_nobody_can_read_ends_nothing(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with Gateway.on(Clock()) as gateway, running(settings, gateway.clock) as platform:
        await gateway.until(platform.client.is_ready)
        await gateway.tell("INTERACTION_CREATE", {"id": "1", "type": 2})
        await gateway.until(lambda: len(gateway.identified) == 2 and platform.client.is_ready())
        assert await says(gateway, ADA, "help")
    assert "an event from Discord could not be read" in caplog.text


async def test_a_channel_and_a_server_that_go_are_noted(settings: Settings) -> None:
    async with Gateway.on(Clock()) as gateway, running(settings, gateway.clock) as platform:
        await gateway.until(platform.client.is_ready)
        await says(gateway, MONA, "cohort create", name="spring", start="2026-03-02")
        await gateway.delete_channel(CHANNEL)
        await gateway.until(lambda: not platform.client.get_channel(CHANNEL))
        gateway.channels[CHANNEL] = Channel(CHANNEL)
        await gateway.remove_bot()
        await gateway.until(lambda: not platform.client.guilds)
    store = await Store.open_database(settings.database_url)
    place = Place("discord", str(GUILD))
    (cohort,) = await store.run(lambda tx: tx.cohorts.list_cohorts_in_space(place), write=False)
    (home,) = await store.run(lambda tx: tx.cohorts.list_homes(cohort.id), write=False)
    await store.close()
    assert (home.is_in_reach, "study-group was deleted" in home.trouble) == (False, True)


@pytest.mark.parametrize(("code", "sentence"), [(4004, UNKNOWN_TOKEN), (4014, REFUSED_INTENTS)])
async def test_one_platform_that_lets_nobody_in_ends_them_all(
    code: int, sentence: str, settings: Settings
) -> None:
    async with Gateway.on(Clock()) as gateway:
        gateway.refuses = code
        other = Idle(Clock())
        both = [PlatformConnection(Discord(TOKEN, Shards())), PlatformConnection(other)]
        with leaving_nothing(), pytest.raises(CannotConnect) as ended:
            await program.run_platforms(settings, lambda vaults: both, gateway.clock)
        assert (str(ended.value), other.stopped) == (sentence, True)


# — the command line —


@contextmanager
def elsewhere(prepare: Callable[[Gateway], None], used: str = "") -> Iterator[Gateway]:
    """A Discord in a thread of its own, for a program that makes its own event loop; and a bot that is using a database."""
    begun: Future[tuple[Gateway, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        async with AsyncExitStack() as opened:
            gateway = await opened.enter_async_context(Gateway.on(Clock()))
            if used:
                opened.push_async_callback((await Store.open_database(used)).close)
            prepare(gateway)
            over = asyncio.Event()
            begun.set_result((gateway, asyncio.get_running_loop(), over))
            await over.wait()

    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(asyncio.run, serve())
        gateway, loop, over = begun.result(20)
        try:
            yield gateway
        finally:
            loop.call_soon_threadsafe(over.set)
            done.result(20)


def types(monkeypatch: pytest.MonkeyPatch, *said: str) -> object:
    """An operator types `syllabot …`; what it exits with: a status, or the sentence that is printed with status 1."""
    monkeypatch.setattr(sys, "argv", ["syllabot", *said])
    with pytest.raises(SystemExit) as ended:
        program.main()
    return ended.value.code


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda gateway: gateway.fails("GET /users/@me", 401), UNKNOWN_TOKEN),
        (lambda gateway: setattr(gateway, "refuses", 4014), REFUSED_INTENTS),
    ],
)
def test_a_start_that_discord_refuses_ends_with_its_sentence(
    prepare: Callable[[Gateway], None],
    sentence: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with elsewhere(prepare):
        assert types(monkeypatch, "run") == f"syllabot: {sentence}"


def test_doctor_finds_nothing_missing_while_the_bot_runs(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with elsewhere(lambda gateway: None, settings.database_url):
        assert types(monkeypatch, "doctor") == 0
    assert capsys.readouterr().out == "Nothing is missing.\n"


def test_doctor_names_what_is_missing_and_makes_no_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    with elsewhere(lambda gateway: gateway.members.clear()):
        assert types(monkeypatch, "doctor") == 1
    assert capsys.readouterr().out.startswith("discord: I am in no server yet: ")
    assert list(tmp_path.iterdir()) == []


def test_doctor_says_what_is_wrong_with_the_database(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    (tmp_path / "data" / "syllabot.db").write_bytes(b"Dear diary, " * 100)
    with elsewhere(lambda gateway: gateway.fails("GET /users/@me", 401)):
        assert types(monkeypatch, "doctor") == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith(f"syllabot.db {FOREIGN}")
    assert second == f"discord: {UNKNOWN_TOKEN}"


def test_doctor_without_a_platform_says_that_the_room_opens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert types(monkeypatch, "doctor") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("No platform is configured, so `syllabot run` opens the local room")
    assert second == "Nothing is missing."


def test_without_a_token_the_desk_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert types(monkeypatch, "discord", "invite") == f"syllabot: {NO_TOKEN}"


def test_the_version_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert types(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"syllabot {metadata.version('syllabot')}\n"


@pytest.mark.parametrize("words", [("slack", "manifest"), ("roadmap", "show", "ai-ml-career-card")])
def test_output_that_nobody_reads_any_more_is_no_error(words: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)  # as `head` does when it has seen enough
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            stdout=write,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
    finally:
        os.close(write)
    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr
    assert b"Broken" not in ended.stderr
