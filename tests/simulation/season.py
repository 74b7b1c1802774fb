"""A season: a cohort from its creation to its end, with what a moderator does to its dates on the way.

Whatever is changed goes through the rules and the schedule, as the commands do it; a change the rules refuse is left out.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from bot.cohort import DAY, Cohort, PostSetting, instant
from bot.people import Refused
from bot.store import Store
from tests.room import Room

Deed = Literal["break", "mend", "pause", "move", "hour", "zone", "post", "down", "restart"]


@dataclass(frozen=True)
class Change:
    """Something done `after` the change before it. `days` is how long it lasts, or how far the start moves."""

    deed: Deed
    after: timedelta
    days: int = 0
    gap: int = 0
    at: time = time(9)
    zone: str = "UTC"


@dataclass(frozen=True)
class Season:
    """A cohort's dates and what happens to them."""

    start: date
    zone: str = "UTC"
    at: time = time(9)
    changes: tuple[Change, ...] = ()
    opened: timedelta = timedelta(days=4)  # before the first post


@dataclass
class Course:
    """A season on its way: the room, and every cohort as it was from an instant on."""

    room: Room
    history: list[tuple[datetime, Cohort]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.room.clock.at

    async def cohort(self) -> Cohort:
        async with self.room.store.begin(write=False) as tx:
            found = await tx.cohorts.by_id(1)
        assert found is not None
        return found.advanced(self.now)

    async def change(self, make: Callable[[Cohort], Cohort]) -> None:
        """Change the cohort by a rule; one that refuses changes nothing."""
        async with self.room.store.begin() as tx:
            before = await tx.cohorts.lock(1)
            assert before is not None
            try:
                after = make(before.advanced(self.now))
            except Refused:
                return
            saved = await tx.schedule.change(before.advanced(self.now), after, self.now)
        self.history.append((self.now, saved))
        await self.room.pulse()

    async def begins(self, season: Season) -> None:
        self.room.clock.at = instant(season.start, season.at, season.zone) - season.opened
        more = f"zone={season.zone} at={season.at:%H:%M}"
        await self.room.spring("ada", start=season.start.isoformat(), more=more)
        self.history.append((self.now, await self.cohort()))

    async def meets(self, change: Change) -> None:
        """Let the time up to a change pass, and the change happen."""
        await self.room.goes_to(self.now + change.after)
        match change.deed:
            case "down":
                await self.room.is_down_until(self.now + timedelta(days=change.days, hours=change.gap))
            case "restart":
                await self.room.restart()
            case "pause":
                await self.change(lambda cohort: cohort.paused(self.now))
                await self.room.goes_to(self.now + timedelta(days=change.days, hours=change.gap))
                await self.change(lambda cohort: cohort.resumed(self.now))
            case _:
                await self.change(lambda cohort: _changed(cohort, change, self.now))

    async def ends(self) -> None:
        """Let time pass until the cohort has finished, and a little longer."""
        for _ in range(200):
            cohort = await self.cohort()
            if cohort.state == "finished":
                break
            await self.room.goes_to(max(cohort.finishes_at or self.now, self.now + timedelta(days=7)))
        await self.room.passes(days=2)

    async def states(self, kind: str) -> list[tuple[str, str, str]]:
        """What became of every letter of a kind to the home: week id, state, reason; oldest first."""
        async with self.room.store.begin(write=False) as tx:
            past = await tx.ledger.past(await self.cohort(), 1000)
        rows = sorted((one.id, one.ref, one.state, one.reason) for one in past if one.kind == kind)
        return [row[1:] for row in rows]


def _changed(cohort: Cohort, change: Change, now: datetime) -> Cohort:
    today = cohort.today(now)
    match change.deed:
        case "break":
            first = today + DAY * change.gap
            return cohort.broken(first, first + DAY * change.days, now)
        case "mend":
            coming = [one.first for one in cohort.breaks if one.first >= today]
            return cohort.mended(coming[0], now) if coming else cohort
        case "move":
            return _moved(cohort, replace(cohort, start=cohort.start + DAY * change.days))
        case "hour":
            return _moved(cohort, replace(cohort, at=change.at))
        case "zone":
            return _moved(cohort, replace(cohort, zone=change.zone))
        case _:
            return replace(cohort, posts={**cohort.posts, "topics": PostSetting(day=change.gap, at=change.at)})


def _moved(before: Cohort, after: Cohort) -> Cohort:
    if before.state not in {"open", "running"}:
        raise Refused(f"{before.name} is {before.state}.")
    return after


@asynccontextmanager
async def course(folder: Path, season: Season) -> AsyncIterator[Course]:
    """A season begun in a fresh room on SQLite. `folder` also keeps the empty database that each begins with."""
    empty, used = folder / "empty.db", folder / "season.db"
    if not empty.exists():
        await (await Store.open(f"sqlite+aiosqlite:///{empty}")).close()
    for old in folder.glob("season.db*"):
        old.unlink()
    shutil.copy(empty, used)
    async with Room.on(f"sqlite+aiosqlite:///{used}") as room:
        begun = Course(room)
        await begun.begins(season)
        yield begun


async def lived(folder: Path, season: Season) -> tuple[Course, list[tuple[str, str, str]]]:
    """A season from end to end, with what became of its weekly topics."""
    async with course(folder, season) as begun:
        for change in season.changes:
            await begun.meets(change)
        await begun.ends()
        return begun, await begun.states("topics")
