"""The pulse: every second, whatever somebody or a time server does to the machine's clock."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

import pytest
from apscheduler.schedulers import base as scheduling

from bot import __main__ as program
from bot.chat.address import Place
from bot.chat.errors import SendError
from bot.runtime.heartbeat import run_heartbeat
from bot.runtime.scheduler import PostScheduler
from tests.support.live_bot import running, until
from tests.support.room import Room

KICK_OFF = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Machine(datetime):
    """The machine's clock, which is set by `moved`."""

    moved = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Machine:
        return datetime.now(tz) + cls.moved  # type: ignore[return-value]


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the machine for the time asks one whose clock can be set."""
    monkeypatch.setattr(Machine, "moved", timedelta())
    for module in (scheduling, program):
        monkeypatch.setattr(module, "datetime", Machine)


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (timedelta(hours=-1), "the clock was set back by 1:00:00: I go on by what it shows now"),
        (
            timedelta(days=400),
            "the clock was set forward by 400 days, 0:00:00, or the machine slept: due posts come now",
        ),
    ],
)
async def test_a_clock_that_is_set_silences_nobody(
    quick_room: Room, caplog: pytest.LogCaptureFixture, step: timedelta, line: str
) -> None:
    loop, pulses = asyncio.get_running_loop(), list[float]()

    async def pulse() -> None:
        pulses.append(loop.time())

    async with run_heartbeat(
        pulse, PostScheduler(quick_room.store, quick_room.clock), program.WallClock()
    ):
        await until(lambda: len(pulses) >= 1)
        Machine.moved = step
        pulses[:] = [loop.time()]
        await until(lambda: len(pulses) >= 3, 12)
    assert max(later - former for former, later in pairwise(pulses)) < 3
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == [line]


async def test_a_letter_that_waits_ten_seconds_waits_no_hour_longer(quick_room: Room) -> None:
    await quick_room.store.close()
    async with running(quick_room.url) as chat:
        await chat.says("mona", "cohort create name=spring start=2026-03-02")
        failed = asyncio.Event()

        def fault(when: str, place: Place, key: str) -> None:
            if not failed.is_set():
                failed.set()
                raise SendError("no")

        chat.fault = fault
        await chat.says("mona", "cohort open spring sure=yes")
        await until(failed.is_set)
        await asyncio.sleep(0.5)
        chat.clock.at -= timedelta(hours=1)
        Machine.moved = timedelta(hours=-1)
        await asyncio.sleep(1.5)
        assert chat.sent == []
        chat.clock.at += timedelta(seconds=15)
        await until(lambda: len(chat.sent) == 1, 5)


async def test_a_pulse_that_fails_is_followed_by_others_and_told_once(
    quick_room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    count = 0

    async def pulse() -> None:
        nonlocal count
        count += 1
        raise ZeroDivisionError("a bug in a tick")

    async with run_heartbeat(
        pulse, PostScheduler(quick_room.store, quick_room.clock), program.WallClock()
    ):
        await until(lambda: count >= 2)
    records = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.getMessage() for record in records] == [
        "the pulse failed",
        f"the pulse failed: the same {'once more' if count == 2 else f'{count - 1} times'} in the last minute",
    ]
    assert [bool(record.exc_info) for record in records] == [True, False]


async def test_a_pulse_that_has_begun_ends_before_the_bot_does(
    quick_room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def pulse() -> None:
        begun.set()
        await asyncio.sleep(0.5)
        ended.set()

    async with run_heartbeat(
        pulse, PostScheduler(quick_room.store, quick_room.clock), program.WallClock()
    ):
        await begun.wait()
    assert ended.is_set()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
