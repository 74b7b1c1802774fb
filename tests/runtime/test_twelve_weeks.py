"""Twelve weeks with ten members, on a chat where one send in ten fails.

The bot is restarted every week, and nothing is lost or doubled.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.chat.address import Place
from bot.chat.errors import SendError
from bot.group.cohort import Cohort
from bot.post import list_slots_between
from tests.support.database import load_first_cohort
from tests.support.room import Room

NAMES = ("ada", "bob", "cem", "dora", "eve", "fay", "gus", "hana", "ivo", "jun")
ZONES = ("Europe/Berlin", "Asia/Kolkata", "America/New_York", None)
OPENED = datetime(2026, 2, 20, 10, 0, tzinfo=UTC)


WAYS = tuple(
    (when, way)
    for when in ("before", "after")
    for way in ("refused", "wait", "unknown", "silent", "bug", "crash")
)


class Weather:
    """Bad days for a chat: over one send in ten goes wrong, in each possible way in turn."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._coming = itertools.cycle(self._random.sample(WAYS, len(WAYS)))
        self._now = ("", "")
        self.met: Counter[tuple[str, str]] = Counter()

    def __call__(self, when: str, place: Place, key: str) -> None:
        if when == "before":
            self._now = next(self._coming) if self._random.random() < 0.13 else ("", "")
        if when == self._now[0]:
            self.met[self._now] += 1
            _fail(*self._now)


def _fail(when: str, way: str) -> None:
    match way:
        case "crash":
            raise asyncio.CancelledError
        case "silent":
            raise TimeoutError
        case "bug":
            raise RuntimeError("a bug in an adapter")
    # A platform that has taken the message can only say that it does not know.
    unknown = way == "unknown" or when == "after"
    raise SendError(
        "a bad day", after=timedelta(minutes=7) if way == "wait" else None, perhaps_sent=unknown
    )


def checks_in(place: int, number: int) -> bool:
    return (place + number) % 3 != 0


async def _live(room: Room, seed: int) -> None:
    """Live twelve weeks: all tick on Tuesdays, most check in on Thursdays, April has a break."""
    room.zones |= {
        name: zone for place, name in enumerate(NAMES) if (zone := ZONES[place % len(ZONES)])
    }
    await room.spring(*NAMES, more="zone=Europe/Berlin")
    for name in NAMES:
        await room.says(name, "settings reminders=2")
    room.chat.fault = Weather(seed)
    for number in range(1, 13):
        cohort = await _cohort(room)
        week = cohort.calendar.weeks[number - 1]
        await room.goes_to(cohort.get_week_opening(week) + timedelta(days=1))
        if number == 4:
            await room.says("mona", "cohort break spring first=2026-04-06 last=2026-04-09 sure=yes")
        for name in NAMES[: 1 + number % 4]:
            await room.says(name, f"tick {week.week.items[0]}")
        await room.restart()
        await room.passes(days=2)
        for place, name in enumerate(NAMES):
            if checks_in(place, number):
                assert "Thank" in await room.says(name, f"checkin {number} hours=3 confidence=4"), (
                    name
                )
    await room.passes(weeks=4)


async def _cohort(room: Room) -> Cohort:
    found = await room.store.run(load_first_cohort, write=False)
    return found


async def check_twelve_weeks(room: Room, seed: int) -> None:
    await _live(room, seed)
    cohort = await _cohort(room)
    assert cohort.state == "finished"
    running = replace(cohort, state="running")
    plan = [(slot.kind, slot.ref) for slot in list_slots_between(running, OPENED, room.clock.at)]
    assert len(plan) == 3 + 12 * 4
    assert [(sent.kind, sent.ref) for sent in room.posts()] == plan
    for place, name in enumerate(NAMES):
        missed = [
            week.id
            for week in cohort.syllabus.weeks
            if not checks_in(place, cohort.syllabus.get_week_number(week.id))
        ]
        letters = room.private(name)
        (offer,) = [sent for sent in letters if sent.kind == "ways"]
        # It counts as one of that week's two private letters.
        offered_in = cohort.syllabus.weeks[cohort.syllabus.get_week_number(offer.ref)].id
        due = [f"{week}.{day}" for week in missed for day in (0, 1)]
        reminded = [sent.ref for sent in letters if sent.kind == "reminder"]
        assert reminded == [ref for ref in due if ref != f"{offered_in}.1"], name
        assert letters[-1].ref == "finish", name
    weather = room.chat.fault
    assert isinstance(weather, Weather)
    assert set(weather.met) == set(WAYS)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 7])
async def test_twelve_weeks_with_failing_sends_bring_exactly_the_posts_of_the_flight_plan(
    room: Room, seed: int
) -> None:
    await check_twelve_weeks(room, seed)
    assert [post.at.date() for post in room.posts("finale")] == [date(2026, 6, 1)]
