"""The main run with the process killed at any moment: the room ends as it does without a kill."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.web import Room
from tests.support.program import Gone, Program
from tests.support.room_server import CHANNEL, FRIDAY

SPAN = timedelta(weeks=13, days=3)
LONGEST = 280.0


async def walks_on(program: Program, until: int) -> None:
    """Start the story if need be, and let weeks pass until the room's time is `until`."""
    while True:
        state = await program.get("/api/room")
        clock = state["clock"]
        if not state["begun"]:
            await program.post("/api/story", **{"as": "ada", "channel": CHANNEL})
        elif clock["at"] >= until and not clock["moving"]:
            return
        elif not clock["moving"] and len(state["people"]) > 4:
            await program.post("/api/clock", **{"as": "mona", "move": "week"})
        await asyncio.sleep(0.05)


async def season(folder: Path, luck: random.Random | None) -> None:
    """Play a whole season, with kills at random moments if there is `luck`."""
    folder.mkdir()
    room = await Room.open_room(folder / "room", 0, "Europe/Berlin", FRIDAY)
    await room.close()
    until = int((FRIDAY + SPAN).timestamp())
    while True:
        async with Program(folder) as program:
            killing = asyncio.get_running_loop().call_later(
                luck.uniform(0.05, 6) if luck else LONGEST, program.kill
            )
            try:
                await walks_on(program, until)
                return
            except Gone:
                continue
            finally:
                killing.cancel()


def shown(folder: Path) -> dict[str, tuple[str, str, int]]:
    """Return every post by its key: its place, its content, its time."""
    with closing(sqlite3.connect(folder / "room" / "transcript.db")) as db:
        rows = db.execute(
            "SELECT key, channel, native, content, at FROM lines WHERE kind = 'post'"
        ).fetchall()
    assert len({row[0] for row in rows}) == len(rows)
    return {key: (channel or native, content, at) for key, channel, native, content, at in rows}


def said(folder: Path) -> dict[str, tuple[str, str]]:
    """Return the phrases and answers up to the end of the season, by their ids.

    The last week is cut off: its length depends on where the kills left the clock.
    """
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
