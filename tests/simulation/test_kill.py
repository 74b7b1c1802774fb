"""The whole program, killed in the middle of things and started again: nothing lost, nothing doubled.

The room is a process of its own, driven through its address as the page does; whatever was not acknowledged is said again
under the same id. At the end its two files are read and compared with what was acknowledged and what the calendar promises.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.__main__ import bundled
from bot.cohort import Syllabus

PLAN = next(iter(bundled().values()))
GONE = (aiohttp.ClientError, ConnectionError, asyncio.TimeoutError)


class Program:
    """`syllabot run` on a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = ""
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        env = {**os.environ, "DATA_DIR": str(self.folder), "ROOM_PORT": "0", "LOG_LEVEL": "WARNING"}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=env, stdout=asyncio.subprocess.PIPE
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            said = (await self._process.stdout.readline()).decode()
        self.address = said.rpartition(" ")[2].strip().rstrip("/")
        assert self.address.startswith("http://127.0.0.1:"), said

    async def kill(self, how: signal.Signals = signal.SIGKILL) -> int:
        """End the process with a signal, and return its status."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.send_signal(how)
        return await self._process.wait()


class Visitor:
    """Somebody at the page, who says again what was not acknowledged."""

    def __init__(self, program: Program, session: aiohttp.ClientSession) -> None:
        self._program = program
        self._session = session

    async def ask(self, path: str, **body: Any) -> dict[str, Any]:
        async with self._session.post(self._program.address + path, json=body) as answer:
            said: dict[str, Any] = await answer.json()
            assert answer.status == 200, said
            return said

    async def say(self, who: str, once: str, phrase: str, filled: dict[str, list[str]] | None = None) -> dict[str, Any]:
        more = {"filled": filled} if filled is not None else {}
        return await self.ask(
            "/api/say", **{"as": who, "channel": "study-group", "once": once, "phrase": phrase, **more}
        )

    async def room(self) -> dict[str, Any]:
        async with self._session.get(self._program.address + "/api/room") as answer:
            said: dict[str, Any] = await answer.json()
            return said

    async def moved(self) -> dict[str, Any]:
        """The room's clock once it has stopped moving."""
        while True:
            clock: dict[str, Any] = (await self.room())["clock"]
            if not clock["moving"]:
                return clock
            await asyncio.sleep(0.02)


class Season:
    """Twelve weeks in which the process is killed at random moments, `kills` times."""

    def __init__(self, folder: Path, seed: int, kills: int) -> None:
        self.program = Program(folder)
        self.luck = random.Random(seed)
        self.kills = kills
        self.killed = 0
        self.ticked: set[str] = set()
        self.reported: set[str] = set()
        self._saying = 0

    async def run(self) -> None:
        await self.program.start()
        try:
            async with aiohttp.ClientSession() as session:
                visitor = Visitor(self.program, session)
                await self.begin(visitor)
                for week in PLAN.weeks:
                    await self.live(visitor, week.id)
                while (await visitor.moved())["due"]:
                    await self.survive(visitor, "/api/clock", **{"as": "ada", "move": "week"})
        finally:
            await self.program.kill(signal.SIGTERM)

    async def begin(self, visitor: Visitor) -> None:
        await visitor.ask("/api/story", **{"as": "ada"})
        async with asyncio.timeout(20):
            while not any(line["kind"] == "answer" for line in await self._lines(visitor)):
                await asyncio.sleep(0.05)
        for _ in range(2):  # up to the first week
            await self.survive(visitor, "/api/clock", **{"as": "ada", "move": "week"})

    async def _lines(self, visitor: Visitor) -> list[dict[str, Any]]:
        url = f"{self.program.address}/api/lines?as=ada&channel=study-group"
        async with visitor._session.get(url) as answer:
            return list((await answer.json())["lines"])

    async def live(self, visitor: Visitor, week: str) -> None:
        """A week: tick two items, check in, and let time pass; any of it may be cut short."""
        for item in PLAN.week(week).items[:2]:
            await self.said(visitor, "tick", {"item": [item.id]})
            self.ticked.add(item.id)
        await self.said(visitor, f"checkin week={week}", {"hours": ["3"], "note": [f"about {week}"]})
        self.reported.add(week)
        await self.survive(visitor, "/api/clock", **{"as": "ada", "move": "week"})

    async def said(self, visitor: Visitor, phrase: str, filled: dict[str, list[str]]) -> None:
        """Say something until it is acknowledged, under one id."""
        self._saying += 1
        once = f"visitor-{self._saying:05}"
        while True:
            task = asyncio.create_task(visitor.say("ada", once, phrase, filled))
            if self.dies():
                await asyncio.sleep(self.luck.uniform(0, 0.03))
                await self.crash()
            try:
                await task
                return
            except GONE:
                continue

    async def survive(self, visitor: Visitor, path: str, **body: Any) -> None:
        """Move the clock, perhaps killed on the way; whoever started again moves it again, as a person would."""
        await visitor.moved()
        with suppress(GONE):
            await visitor.ask(path, **body)
        if self.dies():
            await asyncio.sleep(self.luck.uniform(0, 0.8))
            await self.crash()
        await visitor.moved()

    def dies(self) -> bool:
        return self.killed < self.kills and self.luck.random() < 0.5

    async def crash(self) -> None:
        self.killed += 1
        await self.program.kill()
        await self.program.start()


def _rows(path: Path, query: str) -> list[Any]:
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()


def _check(folder: Path, season: Season) -> None:
    core, transcript = folder / "room" / "syllabot.db", folder / "room" / "transcript.db"
    # what was acknowledged is there
    ada = "(SELECT id FROM accounts WHERE native = 'ada')"
    assert {row[0] for row in _rows(core, f"SELECT item FROM ticks WHERE account_id = {ada}")} >= season.ticked
    notes = _rows(core, f"SELECT week_id, note FROM checkins WHERE account_id = {ada}")
    assert sorted(notes) == sorted((week, f"about {week}") for week in season.reported)
    # every letter has come to its end, once, and is in the transcript once
    assert _rows(core, "SELECT kind, ref, state FROM letters WHERE state NOT IN ('sent', 'skipped')") == []
    sent = _rows(
        core,
        "SELECT cohort_id || '.' || edition || '.' || kind || '.' || ref || '.' || home_id || '.' || member_id "
        "FROM letters WHERE state = 'sent'",
    )
    posted = Counter(row[0] for row in _rows(transcript, "SELECT key FROM lines WHERE kind = 'post'"))
    assert posted == Counter(row[0] for row in sent)
    # and the weeks came in their order, none left out, none twice
    weeks = [week.id for week in Syllabus.of(PLAN).weeks]
    for kind in ("topics", "recap"):
        query = f"SELECT ref FROM letters WHERE kind = '{kind}' AND state = 'sent' ORDER BY ended_at, id"
        assert [row[0] for row in _rows(core, query)] == weeks
    late = _rows(core, "SELECT ref, reason FROM letters WHERE reason LIKE '%late%' OR reason LIKE 'folded%'")
    assert late == []
    # scores agree with the ticks
    scores = dict(_rows(core, "SELECT account_id, score FROM members"))
    counted = dict(_rows(core, "SELECT account_id, count(*) FROM ticks GROUP BY account_id"))
    assert {account: score for account, score in scores.items() if score} == counted
    assert json.loads(_rows(core, "SELECT syllabus FROM cohorts")[0][0])


async def _live_through(folder: Path, seed: int, kills: int) -> None:
    season = Season(folder, seed, kills)
    async with asyncio.timeout(60 + 15 * kills):
        await season.run()
    assert season.killed == kills
    _check(folder, season)


async def test_a_season_with_the_process_killed_now_and_then_loses_and_doubles_nothing(tmp_path: Path) -> None:
    await _live_through(tmp_path, seed=1, kills=6)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 6))
async def test_a_season_with_the_process_killed_again_and_again(tmp_path: Path, seed: int) -> None:
    await _live_through(tmp_path, seed, kills=20)
