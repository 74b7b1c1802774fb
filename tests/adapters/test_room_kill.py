"""Killing the process at any moment of the main run: what the room shows in the end is what it shows without a kill."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from adapters.web import Room
from tests.adapters.local import CHANNEL, FRIDAY

ROOT = Path(__file__).parents[2]
SPAN = timedelta(weeks=13, days=3)
LONGEST = 280.0


class Killed(Exception):
    """The process is gone."""


class Process:
    """`syllabot run` as a process of its own, and its room over the wire."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = ""
        self._process: asyncio.subprocess.Process

    async def __aenter__(self) -> Process:
        environment = {
            **os.environ,
            "DATA_DIR": str(self.folder),
            "ROOM_PORT": "0",
            "ROOM_ZONE": "Europe/Berlin",
            "PYTHONPATH": str(ROOT),
        }
        with (self.folder / "log.txt").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=environment,
                cwd=self.folder,
            )
        assert self._process.stdout is not None
        line = (await asyncio.wait_for(self._process.stdout.readline(), 60)).decode()
        self.address = line[line.index("http") :].strip().rstrip("/")
        return self

    async def __aexit__(self, *problem: object) -> None:
        self.kill()
        await self._process.communicate()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    async def asks(self, method: str, path: str, body: object = None) -> dict[str, object]:
        """An answer over the wire. Raises `Killed` when nobody answers any more."""
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.request(method, self.address + path, json=body) as answer,
            ):
                return dict(await answer.json())
        except aiohttp.ClientError as gone:
            raise Killed from gone


async def walks_on(process: Process, until: int) -> None:
    """Begin the story where it has not begun, and let weeks pass until the room's time is there."""
    while True:
        state = await process.asks("GET", "/api/room")
        clock = dict(state["clock"])  # type: ignore[call-overload]
        if not state["begun"]:
            await process.asks("POST", "/api/story", {"as": "ada", "channel": CHANNEL})
        elif clock["at"] >= until and not clock["moving"]:
            return
        elif not clock["moving"] and len(state["people"]) > 4:  # type: ignore[arg-type]
            await process.asks("POST", "/api/clock", {"as": "mona", "move": "week"})
        await asyncio.sleep(0.05)


async def season(folder: Path, luck: random.Random | None) -> None:
    """A whole season, with a kill at every moment that `luck` names."""
    folder.mkdir()
    room = await Room.open(folder / "room", 0, "Europe/Berlin", FRIDAY)
    await room.close()
    until = int((FRIDAY + SPAN).timestamp())
    while True:
        async with Process(folder) as process:
            killing = asyncio.get_running_loop().call_later(luck.uniform(0.05, 6) if luck else LONGEST, process.kill)
            try:
                await walks_on(process, until)
                return
            except Killed:
                continue
            finally:
                killing.cancel()


def shown(folder: Path) -> dict[str, tuple[str, str, int]]:
    """Everything that was posted, by its key: where, what, when."""
    with closing(sqlite3.connect(folder / "room" / "transcript.db")) as db:
        rows = db.execute("SELECT key, channel, native, content, at FROM lines WHERE kind = 'post'").fetchall()
    assert len({row[0] for row in rows}) == len(rows)
    return {key: (channel or native, content, at) for key, channel, native, content, at in rows}


def said(folder: Path) -> dict[str, tuple[str, str]]:
    """What everybody said up to the end and was answered, by the id of the deed; the last week goes on a little longer
    or shorter, depending on where the kills left the clock."""
    query = (
        "SELECT once, filled, answers.content FROM said JOIN lines ON lines.seq = said.line"
        " LEFT JOIN lines AS answers ON answers.seq = said.answer WHERE lines.at < ?"
    )
    with closing(sqlite3.connect(folder / "room" / "transcript.db")) as db:
        rows = db.execute(query, (int((FRIDAY + SPAN).timestamp()),)).fetchall()
    return {once: (filled, content) for once, filled, content in rows}


@pytest.mark.long
async def test_a_season_with_kills_ends_like_one_without(tmp_path: Path) -> None:
    await season(tmp_path / "calm", None)
    await season(tmp_path / "killed", random.Random(7))
    calm, killed = shown(tmp_path / "calm"), shown(tmp_path / "killed")
    assert killed.keys() == calm.keys()
    assert [key for key in calm if calm[key] != killed[key]] == []
    assert said(tmp_path / "killed") == said(tmp_path / "calm")
    assert (tmp_path / "killed" / "log.txt").read_text().count("Traceback") == 0
