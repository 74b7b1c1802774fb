"""The room's own clock: an instant in the transcript, standing still until somebody moves it.

It stops at every due moment and does the work there before it goes on.
So moving the clock never looks like an outage to the bot; only the move `down` leaps.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from adapters.web.transcript import Transcript
from bot.chat.errors import Refused

LATEST = datetime(2199, 12, 31, tzinfo=UTC)
LONGEST_OUTAGE = timedelta(days=60)
# Work without a post (a claim, a clean-up) may lie before the next one, but not for ever.
STEPS_TO_A_POST = 2000

Move = Literal["next", "day", "week", "play", "down"]
Pulse = Callable[[], Awaitable[datetime | None]]

_log = logging.getLogger(__name__)


class RoomClock:
    """The room's time: whole seconds, UTC.

    While the room is open, core, outbox and leases know no other clock.
    """

    def __init__(self, transcript: Transcript, at: datetime) -> None:
        self._transcript = transcript
        self._at = at
        self._moved = asyncio.Event()

    @classmethod
    async def open_room_clock(cls, transcript: Transcript, first: datetime) -> RoomClock:
        """Return the clock at its last instant, or at `first` in a new room.

        `first` is rounded down to the minute.
        """
        stored = await transcript.load_fact("now")
        if stored is not None:
            return cls(transcript, datetime.fromtimestamp(int(stored), UTC))
        clock = cls(transcript, first.astimezone(UTC).replace(second=0, microsecond=0))
        await clock.set_instant(clock.now())
        return clock

    def now(self) -> datetime:
        """Return the room's time, in UTC."""
        return self._at

    async def set_instant(self, at: datetime) -> None:
        """Set the clock to an instant, rounded up to the second."""
        # Rounded down, the clock would stand just before the moment, and nothing would be due.
        if at.microsecond:
            at = at.replace(microsecond=0) + timedelta(seconds=1)
        # On disk first: after a kill no letter may be younger than the clock.
        await self._transcript.save_fact("now", str(int(at.timestamp())))
        self._at = at
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep_until(self, at: datetime) -> None:
        """Wait until the room's time is `at` or later, however long this takes in real time."""
        while self._at < at:
            await self._moved.wait()


class ClockHost(Protocol):
    """The room as the clock sees it: people with something to do, and pages looking on."""

    @property
    def public_message_count(self) -> int:
        """Return the number of posts everybody can see."""
        ...

    async def run_cast_actions(self, at: datetime) -> None:
        """Let the cast act at exactly this instant."""
        ...

    def find_next_cast_action(self, now: datetime) -> datetime | None:
        """Return the cast's next moment after `now`, or None."""
        ...

    async def announce_return(self, outage: timedelta) -> None:
        """Say in every channel how long the bot was away."""
        ...

    def notify_pages(self) -> None:
        """Tell the pages about the clock's new state."""
        ...


class ClockMover:
    """Moves the clock: one move at a time, and each can be stopped.

    The clock never moves while somebody holds `turn`.
    """

    def __init__(self, clock: RoomClock, zone: ZoneInfo, host: ClockHost) -> None:
        self.clock = clock
        self.zone = zone
        self.pulse: Pulse = _skip_pulse
        self.moving: Move | Literal[""] = ""
        self.due: datetime | None = None
        # True once the pulse has set `due`: before that, None does not mean "nothing is due".
        self.has_looked = False
        self.remark = ""
        self.pause = 0.9  # seconds of real time between two posts while the clock plays
        self._host = host
        self._is_stopped = False
        self.turn = asyncio.Lock()

    async def run_due_work(self) -> None:
        """Do everything due now, and learn the next due moment."""
        async with self.turn:
            await self._run_pulse()
        self._host.notify_pages()

    async def _run_pulse(self) -> None:
        self.due = await self.pulse()
        self.has_looked = True

    @property
    def is_at_rest(self) -> bool:
        """Return True if the clock stands and nothing more is due."""
        return self.has_looked and self.due is None and not self.moving

    def stop_move(self) -> None:
        """End the move after the moment it is in."""
        self._is_stopped = True

    def begin_move(self, move: Move) -> None:
        """Mark the clock as moving.

        Separate from `run_move`, so that the person with the second press gets the refusal.
        Raises `Refused` while the clock is already moving.
        """
        if self.moving:
            raise Refused("The clock is already moving: stop it first.")
        self.moving, self.remark, self._is_stopped = move, "", False
        self._host.notify_pages()

    async def run_move(self, move: Move, outage: timedelta = timedelta()) -> None:
        """Make the move marked by `begin_move`; the outcome stands in `remark`."""
        try:
            async with self.turn:
                await self._perform_move(move, outage)
        except Refused as refused:
            self.remark = refused.sentence
        # A door: this runs in a task nobody awaits, and the page must not show a moving clock.
        except Exception:
            _log.exception("The clock stopped on its way")
            self.remark = "Something went wrong, and the clock stopped: look into the log."
        finally:
            self.moving = ""
            self._host.notify_pages()

    async def _perform_move(self, move: Move, outage: timedelta) -> None:
        match move:
            case "next":
                await self._move_to_next_post()
            case "day":
                await self._move_until(self._add_local_days(1))
            case "week":
                await self._move_until(self._add_local_days(7))
            case "play":
                await self._play_moments()
            case "down":
                await self._skip_outage(outage)

    def _add_local_days(self, days: int) -> datetime:
        # Add to the wall clock and convert last: a day with a clock change has 23 or 25 hours.
        local = self.clock.now().astimezone(self.zone)
        wall = datetime.combine(local.date() + timedelta(days=days), local.time())
        return _check_calendar_end(wall.replace(tzinfo=self.zone).astimezone(UTC))

    def _find_next_moment(self, limit: datetime | None) -> datetime | None:
        now = self.clock.now()
        due = self.due
        if due is not None:
            # Something due may not get done yet (a letter to be tried again). Without the
            # minute the clock would stand at the same instant for ever.
            due = max(due, now + timedelta(minutes=1))
        # The cast goes on acting for ever. Without a limit, nothing due means: stop here.
        if limit is None and due is None:
            return None
        later = [
            moment
            for moment in (due, self._host.find_next_cast_action(now), limit)
            if moment is not None and moment > now
        ]
        return min(later, default=None)

    async def _move_to_next_moment(self, limit: datetime | None) -> bool:
        """Move to the next moment with something to do, or to `limit`, and do it.

        Returns False if there is no such moment.
        """
        moment = self._find_next_moment(limit)
        if moment is None:
            return False
        await self.clock.set_instant(_check_calendar_end(moment))
        # The cast acts first: a member who ticks at nine is not reminded at nine.
        await self._host.run_cast_actions(self.clock.now())
        await self._run_pulse()
        self._host.notify_pages()
        # Let requests in between: a press on "Stop" must get through.
        await asyncio.sleep(0)
        return True

    async def _move_until(self, target: datetime) -> None:
        await self._run_pulse()
        while self.clock.now() < target and not self._is_stopped:
            await self._move_to_next_moment(target)

    async def _move_to_next_post(self) -> None:
        await self._run_pulse()
        before = self._host.public_message_count
        for _ in range(STEPS_TO_A_POST):
            if not await self._move_to_next_moment(None):
                raise Refused("Nothing more is due: start a cohort to get new posts.")
            if self._host.public_message_count > before or self._is_stopped:
                return

    async def _play_moments(self) -> None:
        """Move from moment to moment, at least `pause` seconds apart where a post appears."""
        await self._run_pulse()
        loop = asyncio.get_running_loop()
        last_post_at = loop.time()
        while not self._is_stopped:
            before = self._host.public_message_count
            if not await self._move_to_next_moment(None):
                raise Refused("Nothing more is due, so the clock has stopped.")
            if self._host.public_message_count > before:
                # A quarter at least, so that people can read even after a slow moment.
                rest = last_post_at + self.pause - loop.time()
                await asyncio.sleep(max(self.pause / 4, rest))
                last_post_at = loop.time()

    async def _skip_outage(self, outage: timedelta) -> None:
        await self.clock.set_instant(_check_calendar_end(self.clock.now() + outage))
        await self._host.announce_return(outage)
        await self._run_pulse()


def parse_outage(hours: object) -> timedelta:
    """Return an outage from its number of hours.

    Raises `Refused` outside one hour to sixty days.
    """
    # `True` is an int in Python, and would be one hour.
    if isinstance(hours, bool) or not isinstance(hours, (int, float)):
        raise Refused("Give a number of hours or days, like 6.", "hours")
    if not 1 <= hours <= LONGEST_OUTAGE / timedelta(hours=1):
        raise Refused(
            "Syllabot can be off for 1 hour to 60 days: choose a time in between.", "hours"
        )
    return timedelta(hours=hours)


def next_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """Return midnight in `zone` on the first Monday at least two days ahead."""
    day = now.astimezone(zone).date() + timedelta(days=2)
    return datetime.combine(day + timedelta(days=-day.weekday() % 7), time(), zone)


def _check_calendar_end(at: datetime) -> datetime:
    if at > LATEST:
        raise Refused("The room's calendar ends in 2199: start a new room.")
    return at


async def _skip_pulse() -> datetime | None:
    return None


def format_outage(outage: timedelta) -> str:
    """Return how long the bot was away: 5 hours, 3 days."""
    hours = round(outage / timedelta(hours=1))
    if hours >= 48 and hours % 24 == 0:
        return f"{hours // 24} days"
    return f"{hours} hours"
