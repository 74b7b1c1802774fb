"""The room's own clock: an instant kept in the transcript that stands still until somebody moves it.

It moves from due moment to due moment, and whatever is due at one is done before the next, so that no rule for outages
fires by skipping; only being down leaps.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from adapters.web.transcript import Transcript
from bot.chat.errors import Refused

LATEST = datetime(2199, 12, 31, tzinfo=UTC)
LONGEST_OUTAGE = timedelta(days=60)
STEPS_TO_A_POST = 2000

Pulse = Callable[[], Awaitable[datetime | None]]

_log = logging.getLogger(__name__)


class RoomClock:
    """The only clock the core, the outbox and the leases know while the room is open. Whole seconds, UTC."""

    def __init__(self, transcript: Transcript, at: datetime) -> None:
        self._transcript = transcript
        self._at = at
        self._moved = asyncio.Event()

    @classmethod
    async def open_room_clock(cls, transcript: Transcript, first: datetime) -> RoomClock:
        """The clock as it was left or, in a new room, at `first` to the minute."""
        kept = await transcript.load_fact("now")
        if kept is not None:
            return cls(transcript, datetime.fromtimestamp(int(kept), UTC))
        clock = cls(transcript, first.astimezone(UTC).replace(second=0, microsecond=0))
        await clock.set_instant(clock.now())
        return clock

    def now(self) -> datetime:
        return self._at

    async def set_instant(self, at: datetime) -> None:
        """Stand at another instant, rounded up to the second, so that what is due then is due. Committed before anything
        hears of it."""
        whole = at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)
        await self._transcript.save_fact("now", str(int(whole.timestamp())))
        self._at = whole
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep_until(self, at: datetime) -> None:
        """Wait until the room's time is `at` or later, however long that takes in ours."""
        while self._at < at:
            await self._moved.wait()


class ClockHost(Protocol):
    """What the clock moves through: those who act, and those who look on. `shown` counts what everybody could see."""

    @property
    def public_message_count(self) -> int: ...

    async def run_cast_actions(self, at: datetime) -> None:
        """Let the cast do what it does at exactly this instant."""
        ...

    def find_next_cast_action(self, now: datetime) -> datetime | None:
        """When the cast next wants to do something."""
        ...

    async def announce_return(self, outage: timedelta) -> None:
        """The bot was away for so long and is here again."""
        ...

    def notify_pages(self) -> None:
        """The clock is not where it was."""
        ...


class ClockMover:
    """Moving the clock: one move at a time, each of them stoppable. Whoever holds `turn` keeps it from moving."""

    def __init__(self, clock: RoomClock, zone: ZoneInfo, world: ClockHost) -> None:
        self.clock = clock
        self.zone = zone
        self.pulse: Pulse = _skip_pulse
        self.moving = ""
        self.due: datetime | None = None
        self.has_looked = False  # whether `due` was ever asked for
        self.remark = ""
        self.pause = 0.9
        self._world = world
        self._stopped = False
        self.turn = asyncio.Lock()

    async def run_due_work(self) -> None:
        """Do everything that is due now, and learn when something is due next."""
        async with self.turn:
            await self._run_pulse()
        self._world.notify_pages()

    async def _run_pulse(self) -> None:
        self.due = await self.pulse()
        self.has_looked = True

    @property
    def is_at_rest(self) -> bool:
        """Whether the clock stands and time has nothing to bring any more."""
        return self.has_looked and self.due is None and not self.moving

    def stop_move(self) -> None:
        """End the move after the moment it is in."""
        self._stopped = True

    def begin_move(self, move: str) -> None:
        """Mark that the clock sets out. Raises `Refused` while it is on another way."""
        if self.moving:
            raise Refused("The clock is already moving: stop it first.")
        self.moving, self.remark, self._stopped = move, "", False
        self._world.notify_pages()

    async def run_move(self, move: str, outage: timedelta = timedelta()) -> None:
        """Make the move that `begin` announced: next, day, week, play or down."""
        try:
            async with self.turn:
                await self._perform_move(move, outage)
        except Refused as refused:
            self.remark = refused.sentence
        except Exception:
            _log.exception("The clock stopped on its way")
            self.remark = (
                "Something went wrong on the way, and the clock stopped: the log says what."
            )
        finally:
            self.moving = ""
            self._world.notify_pages()

    async def _perform_move(self, move: str, outage: timedelta) -> None:
        match move:
            case "next":
                await self._move_to_next_post()
            case "day" | "week":
                await self._move_until(self._add_local_days(1 if move == "day" else 7))
            case "play":
                await self._play_moments()
            case "down":
                await self._skip_outage(outage)

    def _add_local_days(self, days: int) -> datetime:
        local = self.clock.now().astimezone(self.zone)
        wall = datetime.combine(local.date() + timedelta(days=days), local.time())
        return _check_calendar_end(wall.replace(tzinfo=self.zone).astimezone(UTC))

    async def _move_to_next_moment(self, limit: datetime | None) -> bool:
        """Go to the next moment at which something is to be done, or to `limit`. False when there is none."""
        now = self.clock.now()
        # What is due and could not be done yet (a letter to be tried again) must not hold the clock for ever.
        due = None if self.due is None else max(self.due, now + timedelta(minutes=1))
        moments = [
            at
            for at in (due, self._world.find_next_cast_action(now), limit)
            if at is not None and at > now
        ]
        if not moments or (limit is None and due is None):
            return False
        await self.clock.set_instant(_check_calendar_end(min(moments)))
        await self._world.run_cast_actions(self.clock.now())
        await self._run_pulse()
        self._world.notify_pages()
        await asyncio.sleep(0)
        return True

    async def _move_until(self, target: datetime) -> None:
        await self._run_pulse()
        while self.clock.now() < target and not self._stopped:
            await self._move_to_next_moment(target)

    async def _move_to_next_post(self) -> None:
        await self._run_pulse()
        before = self._world.public_message_count
        for _ in range(STEPS_TO_A_POST):
            if not await self._move_to_next_moment(None):
                raise Refused(
                    "Nothing is due any more: start a cohort, then time has something to bring."
                )
            if self._world.public_message_count > before or self._stopped:
                return

    async def _play_moments(self) -> None:
        """Go on from moment to moment; between two that everybody sees lie `pause` seconds of ours at least."""
        await self._run_pulse()
        loop = asyncio.get_running_loop()
        seen_at = loop.time()
        while not self._stopped:
            before = self._world.public_message_count
            if not await self._move_to_next_moment(None):
                raise Refused("Nothing is due any more, so the clock stands still.")
            if self._world.public_message_count > before:
                await asyncio.sleep(max(self.pause / 4, seen_at + self.pause - loop.time()))
                seen_at = loop.time()

    async def _skip_outage(self, outage: timedelta) -> None:
        await self.clock.set_instant(_check_calendar_end(self.clock.now() + outage))
        await self._world.announce_return(outage)
        await self._run_pulse()


def parse_outage(hours: object) -> timedelta:
    """How long to be down, from hours. Raises `Refused` outside one hour to sixty days."""
    if isinstance(hours, bool) or not isinstance(hours, (int, float)):
        raise Refused("Say for how many hours to be down, as a number like 6 or 72.", "hours")
    if not 1 <= hours <= LONGEST_OUTAGE / timedelta(hours=1):
        raise Refused(
            "Syllabot can be down for 1 hour up to 60 days here: choose something between.", "hours"
        )
    return timedelta(hours=hours)


def next_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """The first Monday at least two days ahead, at midnight in `zone`."""
    day = now.astimezone(zone).date() + timedelta(days=2)
    return datetime.combine(day + timedelta(days=-day.weekday() % 7), time(), zone)


def _check_calendar_end(at: datetime) -> datetime:
    if at > LATEST:
        raise Refused("The room's calendar ends in 2199: start a new room to begin again.")
    return at


async def _skip_pulse() -> datetime | None:
    return None
