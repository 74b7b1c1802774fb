"""A season: a cohort from its creation to its end, with a moderator changing its dates on the way.

Each change is a phrase from the moderator. A refused change changes nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

from bot.group.calendar import DAY, convert_to_utc
from bot.group.cohort import Cohort
from bot.roadmap import Roadmap, parse_roadmap
from tests.support.database import list_first_cohort_letters, load_first_cohort, open_store
from tests.support.room import Room

Deed = Literal["break", "mend", "pause", "move", "hour", "zone", "post", "down", "restart"]


@dataclass(frozen=True)
class Change:
    """A change, `after` the one before it. `days`: its length, or the distance of the start."""

    deed: Deed
    after: timedelta
    days: int = 0
    gap: int = 0
    at: time = time(9)
    zone: str = "UTC"


@dataclass(frozen=True)
class Season:
    """A cohort's dates, and the changes to them."""

    start: date
    zone: str = "UTC"
    at: time = time(9)
    changes: tuple[Change, ...] = ()
    weeks: int = 6
    off: tuple[str, ...] = ("nudge", "check_in", "recap")


@dataclass
class Course:
    """A season on its way: the room, and the cohort after each change, with its instant."""

    room: Room
    history: list[tuple[datetime, Cohort]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        now: datetime = self.room.clock.at
        return now

    async def cohort(self) -> Cohort:
        found = await self.room.store.run(load_first_cohort, write=False)
        return found.advance_state(self.now)

    async def tells(self, phrase: str) -> None:
        """Have the moderator say something. A refusal changes nothing."""
        await self.room.says("mona", phrase)
        self.history.append((self.now, await self.cohort()))

    async def begins(self, season: Season) -> None:
        self.room.clock.at = convert_to_utc(season.start, season.at, season.zone) - timedelta(
            days=4
        )
        more = f"roadmap=short zone={season.zone} at={season.at:%H:%M}"
        await self.room.spring(start=season.start.isoformat(), more=more)
        self.history.append((self.now, await self.cohort()))
        for kind in season.off:
            await self.tells(f"cohort settings spring post={kind} on=no")

    async def meets(self, change: Change) -> None:
        """Let the time up to a change pass, and the change happen."""
        await self.room.goes_to(self.now + change.after)
        match change.deed:
            case "down":
                await self.room.is_down_until(
                    self.now + timedelta(days=change.days, hours=change.gap)
                )
            case "restart":
                await self.room.restart()
            case "pause":
                await self.tells("cohort pause spring sure=yes")
                await self.room.goes_to(self.now + timedelta(days=change.days, hours=change.gap))
                await self.tells("cohort resume spring sure=yes")
            case _:
                await self.tells(_phrase(await self.cohort(), change, self.now))

    async def ends(self) -> None:
        """Let time pass until the cohort has finished, and a little longer."""
        for _ in range(200):
            cohort = await self.cohort()
            if cohort.state == "finished":
                break
            await self.room.goes_to(
                max(cohort.finishes_at or self.now, self.now + timedelta(days=7))
            )
        await self.room.passes(days=2)

    async def states(self, kind: str) -> list[tuple[str, str, str]]:
        """Return every letter of a kind to the home: week id, state and reason, oldest first."""
        return [
            (letter.ref, letter.state, letter.reason)
            for letter in await list_first_cohort_letters(self.room.store)
            if letter.kind == kind
        ]


def _phrase(cohort: Cohort, change: Change, now: datetime) -> str:
    today = cohort.get_cohort_date(now)
    first = today + DAY * change.gap
    match change.deed:
        case "break":
            return f"cohort break spring first={first} last={first + DAY * change.days} sure=yes"
        case "mend":
            coming = [pause.first for pause in cohort.breaks if pause.first >= today]
            removed = coming[0] if coming else first
            return f"cohort break spring first={removed} remove=yes sure=yes"
        case "move":
            return f"cohort reschedule spring start={cohort.start + DAY * change.days} sure=yes"
        case "hour":
            return f"cohort reschedule spring at={change.at:%H:%M} sure=yes"
        case "zone":
            return f"cohort reschedule spring zone={change.zone} sure=yes"
        case _:
            day = 1 + change.gap % 7
            return f"cohort settings spring post=topics day={day} at={change.at:%H:%M} sure=yes"


@lru_cache
def plan(weeks: int) -> Roadmap:
    """Return a roadmap with this many weeks of two items."""
    items = [{"id": f"item-{n}", "title": f"Item {n}", "kind": "topic"} for n in range(2 * weeks)]
    listed = [
        {"id": f"week-{n + 1}", "title": f"Subject {n + 1}", "items": items[2 * n : 2 * n + 2]}
        for n in range(weeks)
    ]
    stages = [{"id": "all", "title": "All of it", "weeks": listed}]
    return parse_roadmap(
        json.dumps({"title": "A short plan", "summary": "For tests.", "stages": stages}),
        "short.yaml",
    )


@asynccontextmanager
async def course(folder: Path, season: Season) -> AsyncIterator[Course]:
    """Begin a season in a fresh room on SQLite. `folder` also keeps an empty database to copy."""
    empty, used = folder / "empty.db", folder / "season.db"
    if not empty.exists():
        await (await open_store(f"sqlite+aiosqlite:///{empty}")).close()
    for old in folder.glob("season.db*"):
        old.unlink()  # the write-ahead log too
    shutil.copy(empty, used)
    url = f"sqlite+aiosqlite:///{used}"
    begun = Course(Room(url, await open_store(url), {"short": plan(season.weeks)}))
    try:
        await begun.room.clockwork.prepare_schedule()
        await begun.begins(season)
        yield begun
    finally:
        await begun.room.store.close()


async def lived(folder: Path, season: Season) -> tuple[Course, list[tuple[str, str, str]]]:
    """Live a season from end to end, and return the outcomes of its weekly topics."""
    async with course(folder, season) as begun:
        for change in season.changes:
            await begun.meets(change)
        await begun.ends()
        return begun, await begun.states("topics")
