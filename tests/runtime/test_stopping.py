"""SIGTERM at any moment: the process ends by itself, logs no error, loses and doubles nothing."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from datetime import UTC, datetime

import pytest

from bot.store import Store, Tx
from bot.store.ledger import Letter
from tests.support.live_bot import PLACE
from tests.support.paths import ROOT
from tests.support.room import Room

KICK_OFF = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

# The bot on a slow platform, on which nobody can be looked for. It prints what it has sent.
BOT = """
import asyncio, logging, os, sys
from datetime import UTC, datetime
from adapters import PlatformConnection
from bot import __main__ as program
from bot.settings import Settings
from tests.support.room import Chat, Clock

class Slow(Chat):
    async def listen(self, core):
        print("listening", flush=True)
        await asyncio.Event().wait()

    async def send(self, place, message, key):
        print("sending", flush=True)
        await asyncio.sleep(0.3)
        sent = await super().send(place, message, key)
        print("sent", key, flush=True)
        return sent

logging.basicConfig(level="INFO")
chat = Slow(Clock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC)), may_look=False)
settings = Settings(database_url=sys.argv[1], _env_file=None)
work = program.run_platforms(settings, lambda vaults: [PlatformConnection(chat)], chat.clock)
asyncio.run(program.run_until_stopped(work))
"""


async def starts(url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", BOT, url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


async def ends(process: asyncio.subprocess.Process) -> list[str]:
    """Have it end; what it had sent."""
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(30):
        out, log = await process.communicate()
    assert process.returncode == 0, log.decode()
    assert not [
        line for line in log.decode().splitlines() if "ERROR" in line or "Traceback" in line
    ], log.decode()
    return [line.split()[1] for line in out.decode().splitlines() if line.startswith("sent ")]


async def test_what_is_being_sent_when_the_bot_is_stopped_arrives_and_is_known_to_have(
    quick_room: Room,
) -> None:
    await prepare(quick_room)
    process = await starts(quick_room.url)
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while b"sending" not in await process.stdout.readline():
            pass
    sent = await ends(process)
    assert len(sent) >= 1
    assert set(sent) == set(await in_state(quick_room.url, "sent"))
    assert not await in_state(quick_room.url, "claimed")
    assert not await in_state(quick_room.url, "unsure")


@pytest.mark.long
async def test_a_bot_that_is_stopped_at_any_moment_loses_and_doubles_nothing(
    quick_room: Room,
) -> None:
    await prepare(quick_room)
    luck = random.Random(10)
    sent: list[str] = []
    for _ in range(12):
        process = await starts(quick_room.url)
        assert process.stdout is not None
        while b"listening" not in await process.stdout.readline():
            pass
        await asyncio.sleep(luck.uniform(0, 1.2))
        sent += await ends(process)
    assert sorted(sent) == sorted(await in_state(quick_room.url, "sent"))
    assert len(set(sent)) == len(sent)
    assert not await in_state(quick_room.url, "unsure")


async def prepare(room: Room) -> None:
    """Three cohorts whose first day is today, for a bot that has not heard of it."""
    await room.spring("ada")
    for name in ("summer", "autumn"):
        await room.says("mona", f"cohort create name={name} start=2026-03-02")
        await room.says("mona", f"cohort open {name}")
    await room.store.close()


async def in_state(url: str, state: str) -> list[str]:
    store = await Store.open_for_reading(url)
    assert store is not None

    async def list_letters(tx: Tx) -> list[Letter]:
        return [
            letter
            for cohort in await tx.cohorts.list_cohorts_in_space(PLACE)
            for letter in await tx.ledger.list_home_letters(cohort)
        ]

    found = await store.run(list_letters, write=False)
    await store.close()
    return [
        letter.natural_key
        for letter in found
        if letter.state == state and letter.began_at and letter.began_at >= KICK_OFF
    ]
