"""The whole program, killed in the middle of things and started again: nothing lost or doubled.

The room is a process of its own, driven through its address like the page. Anything not
acknowledged is said again under the same id. At the end its two files are compared with the
acknowledgements and with the calendar.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import load_bundled_roadmaps
from bot.command.call import DEFAULT_ROADMAP
from bot.group.calendar import Syllabus
from tests.support.program import Gone, Program

PLAN = load_bundled_roadmaps()[DEFAULT_ROADMAP]
WEEK = 7 * 24 * 3600  # seconds on the room's clock


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
        async with self.program:
            await self.begin()
            for week in PLAN.weeks:
                await self.live(week.id)
            while (await self.stands())["due"]:
                await self.move_a_week()

    async def begin(self) -> None:
        await self.program.post("/api/story", **{"as": "ada"})
        async with asyncio.timeout(240):
            while not (await self.program.get("/api/room"))["begun"] or not await self._joined():
                await asyncio.sleep(0.05)
        for _ in range(2):  # up to the first week
            await self.move_a_week()

    async def _joined(self) -> bool:
        lines = (await self.program.get("/api/lines?as=ada&channel=study-group"))["lines"]
        return any(line["kind"] == "answer" for line in lines)

    async def live(self, week: str) -> None:
        """A week: tick two items, check in, and let time pass; any of it may be cut short."""
        for item in PLAN.get_week(week).items[:2]:
            await self.say("tick", {"item": [item.id]})
            self.ticked.add(item.id)
        await self.say(f"checkin week={week}", {"hours": ["3"], "note": [f"about {week}"]})
        self.reported.add(week)
        await self.move_a_week()

    async def say(self, phrase: str, filled: dict[str, list[str]]) -> None:
        """Say something until it is acknowledged, under one id."""
        self._saying += 1
        said = {
            "as": "ada",
            "channel": "study-group",
            "once": f"visitor-{self._saying:05}",
            "phrase": phrase,
        }
        while True:
            task = asyncio.create_task(self.program.post("/api/say", **said, filled=filled))
            await self.perhaps_crash(0.03)
            with suppress(Gone):
                await task
                return

    async def move_a_week(self) -> None:
        """Move the clock, perhaps killed on the way. After a new start, it is moved on by hand."""
        until = (await self.stands())["at"] + WEEK
        while (await self.stands())["at"] < until:
            with suppress(Gone):
                await self.program.post("/api/clock", **{"as": "ada", "move": "week"})
            await self.perhaps_crash(0.8)

    async def stands(self) -> dict[str, Any]:
        """The room's clock once it has stopped moving."""
        while True:
            clock: dict[str, Any] = (await self.program.get("/api/room"))["clock"]
            if not clock["moving"]:
                return clock
            await asyncio.sleep(0.02)

    async def perhaps_crash(self, within: float) -> None:
        """Every other time, while kills are left, end the process in time and restart it."""
        if self.killed >= self.kills or self.luck.random() < 0.5:
            return
        await asyncio.sleep(self.luck.uniform(0, within))
        self.killed += 1
        await self.program.stop(signal.SIGKILL)
        await self.program.start()


def _rows(path: Path, query: str) -> list[Any]:
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()


def _check(folder: Path, season: Season) -> None:
    core, transcript = folder / "room" / "syllabot.db", folder / "room" / "transcript.db"
    # what was acknowledged is there
    ada = "(SELECT id FROM accounts WHERE native = 'ada')"
    assert {
        row[0] for row in _rows(core, f"SELECT item FROM ticks WHERE account_id = {ada}")
    } >= season.ticked
    notes = _rows(core, f"SELECT week_id, note FROM checkins WHERE account_id = {ada}")
    assert sorted(notes) == sorted((week, f"about {week}") for week in season.reported)
    # every letter has come to its end, once, and is in the transcript once
    assert (
        _rows(core, "SELECT kind, ref, state FROM letters WHERE state NOT IN ('sent', 'skipped')")
        == []
    )
    sent = _rows(
        core,
        "SELECT cohort_id || '.' || edition || '.' || kind || '.' || ref || '.' "
        "|| CASE WHEN account_id THEN '0.a' || account_id ELSE home_id || '.' || member_id END "
        "FROM letters WHERE state = 'sent'",
    )
    posted = Counter(
        row[0] for row in _rows(transcript, "SELECT key FROM lines WHERE kind = 'post'")
    )
    assert posted == Counter(row[0] for row in sent)
    # and the weeks came in their order, none left out, none twice
    weeks = [week.id for week in Syllabus.from_roadmap(PLAN).weeks]
    for kind in ("topics", "recap"):
        query = (
            f"SELECT ref FROM letters WHERE kind = '{kind}' AND state = 'sent' "
            "ORDER BY ended_at, id"
        )
        assert [row[0] for row in _rows(core, query)] == weeks
    late = _rows(
        core, "SELECT ref, reason FROM letters WHERE reason LIKE '%late%' OR reason LIKE 'folded%'"
    )
    assert late == []
    # scores agree with the ticks
    scores = dict(_rows(core, "SELECT account_id, score FROM members"))
    counted = dict(_rows(core, "SELECT account_id, count(*) FROM ticks GROUP BY account_id"))
    assert {account: score for account, score in scores.items() if score} == counted


async def _live_through(folder: Path, seed: int, kills: int) -> None:
    season = Season(folder, seed, kills)
    async with asyncio.timeout(300 + 60 * kills):
        await season.run()
    assert season.killed == kills
    _check(folder, season)


@pytest.mark.long
@pytest.mark.parametrize(("seed", "kills"), [(1, 4), (2, 20), (3, 20), (4, 20), (5, 20)])
async def test_a_season_with_the_process_killed_again_and_again_loses_and_doubles_nothing(
    tmp_path: Path, seed: int, kills: int
) -> None:
    await _live_through(tmp_path, seed, kills)
