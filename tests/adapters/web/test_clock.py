"""The room's clock: it moves from due moment to due moment, and stays where it stood."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.web.clock import ClockMover, Move, RoomClock, next_monday
from adapters.web.transcript import Transcript
from bot.chat.errors import Refused

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 27, 9, 0, tzinfo=UTC)


class World:
    """The moments with something to do, and what was done at them.

    `deeds` are the cast's moments, `due` the posts'.
    """

    def __init__(self, clock: RoomClock, due: list[datetime], deeds: list[datetime]) -> None:
        self.clock, self.due, self.deeds = clock, due, deeds
        self.happened: list[tuple[str, datetime]] = []
        self.public_message_count = 0
        self.mover = ClockMover(clock, BERLIN, self)
        self.mover.pulse = self.pulse
        self.mover.pause = 0.0

    def find_next_cast_action(self, now: datetime) -> datetime | None:
        return min((at for at in self.deeds if at > now), default=None)

    def notify_pages(self) -> None:
        pass

    async def announce_return(self, outage: timedelta) -> None:
        self.happened.append(("back", self.clock.now()))

    async def run_cast_actions(self, at: datetime) -> None:
        if at in self.deeds:
            self.happened.append(("deed", at))

    async def pulse(self) -> datetime | None:
        now = self.clock.now()
        for at in [moment for moment in self.due if moment <= now]:
            self.due.remove(at)
            self.happened.append(("late" if at < now else "post", at))
            self.public_message_count += 1
        return min(self.due, default=None)

    async def moves(self, move: Move, outage: timedelta = timedelta()) -> None:
        self.mover.begin_move(move)
        await self.mover.run_move(move, outage)


@pytest.fixture
async def transcript(tmp_path: Path) -> AsyncIterator[Transcript]:
    opened = await Transcript.open_transcript(tmp_path / "transcript.db")
    yield opened
    await opened.close()


@pytest.fixture
async def world(transcript: Transcript) -> World:
    due = [START + timedelta(hours=hours) for hours in (2, 30, 100)]
    deeds = [START + timedelta(hours=hours) for hours in (1, 30, 31)]
    return World(await RoomClock.open_room_clock(transcript, START), due, deeds)


async def test_the_clock_stands_still_until_it_is_moved(world: World) -> None:
    before = world.clock.now()
    await asyncio.sleep(0.02)
    assert world.clock.now() == before == START


async def test_the_next_post_is_where_the_clock_goes_with_the_deeds_before_it(world: World) -> None:
    await world.moves("next")
    assert world.happened == [
        ("deed", START + timedelta(hours=1)),
        ("post", START + timedelta(hours=2)),
    ]
    assert world.clock.now() == START + timedelta(hours=2)


async def test_a_week_does_everything_at_its_moment_and_nothing_late(world: World) -> None:
    await world.moves("week")
    assert [kind for kind, _ in world.happened] == ["deed", "post", "deed", "post", "deed", "post"]
    assert not [at for kind, at in world.happened if kind == "late"]


async def test_a_week_and_a_day_keep_the_time_of_the_wall_over_a_clock_change(world: World) -> None:
    await world.moves("week")
    assert world.clock.now().astimezone(BERLIN).isoformat() == "2026-04-03T10:00:00+02:00"
    await world.moves("day")
    assert world.clock.now().astimezone(BERLIN).isoformat() == "2026-04-04T10:00:00+02:00"


async def test_being_down_leaps_over_what_was_due(world: World) -> None:
    await world.moves("down", timedelta(days=2))
    assert world.clock.now() == START + timedelta(days=2)
    assert [kind for kind, _ in world.happened] == ["back", "late", "late"]


async def test_play_goes_on_until_nothing_is_due_and_says_so(world: World) -> None:
    await world.moves("play")
    assert world.clock.now() == START + timedelta(hours=100)
    assert "Nothing more is due" in world.mover.remark


async def test_play_can_be_stopped(world: World) -> None:
    world.due = [START + timedelta(hours=hours) for hours in range(1, 10_000)]
    world.mover.begin_move("play")
    playing = asyncio.create_task(world.mover.run_move("play"))
    while world.public_message_count < 3:
        await asyncio.sleep(0)
    world.mover.stop_move()
    await playing
    assert 3 <= world.public_message_count <= 5
    assert world.mover.moving == ""


async def test_one_move_at_a_time(world: World) -> None:
    world.mover.begin_move("week")
    with pytest.raises(Refused, match="stop it first"):
        world.mover.begin_move("day")


async def test_the_clock_is_where_it_was_after_a_restart(
    world: World, transcript: Transcript
) -> None:
    await world.moves("next")
    assert (
        await RoomClock.open_room_clock(transcript, START + timedelta(days=999))
    ).now() == START + timedelta(hours=2)


async def test_a_letter_that_cannot_be_sent_yet_does_not_hold_the_clock(world: World) -> None:
    async def stuck() -> datetime | None:
        return world.clock.now()

    world.mover.pulse = stuck
    await asyncio.wait_for(world.moves("day"), 120)
    assert world.clock.now().astimezone(BERLIN).isoformat() == "2026-03-28T10:00:00+01:00"


async def test_a_bug_on_the_way_stops_the_clock_and_is_told(world: World) -> None:
    async def broken() -> datetime | None:
        raise RuntimeError("boom")

    world.mover.pulse = broken
    await world.moves("week")
    assert world.mover.moving == ""
    assert "the clock stopped" in world.mover.remark


async def test_the_calendar_ends_with_a_sentence(world: World) -> None:
    await world.clock.set_instant(datetime(2199, 12, 30, tzinfo=UTC))
    await world.moves("week")
    assert "ends in 2199" in world.mover.remark


async def test_sleepers_wake_when_their_time_has_come(world: World) -> None:
    sleeping = asyncio.create_task(world.clock.sleep_until(START + timedelta(hours=5)))
    await world.moves("next")
    await asyncio.sleep(0)
    assert not sleeping.done()
    await world.moves("next")
    await asyncio.wait_for(sleeping, 120)


async def test_a_moment_within_a_second_is_rounded_up_so_that_it_has_come(world: World) -> None:
    await world.clock.set_instant(START + timedelta(microseconds=1))
    assert world.clock.now() == START + timedelta(seconds=1)


def test_the_first_monday_is_at_least_two_days_ahead() -> None:
    mondays = [next_monday(START + timedelta(days=days), BERLIN) for days in range(14)]
    assert {day.weekday() for day in mondays} == {0}
    assert all(
        timedelta(days=1) < day - START - timedelta(days=n) <= timedelta(days=9)
        for n, day in enumerate(mondays)
    )
