"""The heartbeat: the pulse every second, whatever somebody does to the machine's clock.

Only this module touches APScheduler. It stores no job: what is due is computed at each pulse.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.chat.errors import DatabaseUnavailableError
from bot.clock import Clock, ClockSteps
from bot.host.failures import FailureLog
from bot.runtime.scheduler import PostScheduler
from bot.store import compute_outage_delay

# Seconds for a pulse to end when the bot stops. Docker kills after ten.
GRACE = 8.0

log = logging.getLogger(__name__)


class GapTrigger(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """Fire a gap after the last time. Missed times are made up by one."""

    # The library's own interval counts in wall-clock instants: it falls silent when the clock
    # is set back, and runs many times at once when it is set forward.
    def __init__(self, gap: timedelta) -> None:
        self._gap = gap

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return now + self._gap


class HeartbeatScheduler:
    """The library's scheduler, with jobs that survive errors and a clock that is set."""

    def __init__(self, clock: Clock, failures: FailureLog) -> None:
        settings = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=settings)
        self._clock = clock
        self._failures = failures
        self._running: set[asyncio.Task[Any]] = set()

    def schedule_job(self, name: str, job: Callable[[], Awaitable[object]], gap: timedelta) -> None:
        """Run a job again and again. An error does not prevent the next time."""
        tries, waits_until = 0, 0.0  # by the loop's clock, which nobody can set
        loop = asyncio.get_running_loop()

        async def beat() -> None:
            nonlocal tries, waits_until
            if loop.time() < waits_until or (task := asyncio.current_task()) is None:
                return
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            try:
                await job()
            except Exception as error:
                # A door: a bug in one pulse must not end the heartbeat for good.
                # The store has logged an unavailable database already.
                if not isinstance(error, DatabaseUnavailableError):
                    self._failures.log_failure(name, f"the {name} failed", error=error)
                waits_until, tries = loop.time() + compute_outage_delay(tries), tries + 1
            except asyncio.CancelledError:
                return  # the grace period is over
            else:
                tries = 0

        self._scheduler.add_job(beat, GapTrigger(gap), name=name)

    async def watch_clock(self, stepped: Callable[[timedelta], Awaitable[None]] | None) -> None:
        """Notice within a second that the wall clock was set, and call `stepped`."""
        # The library sleeps until an instant on the wall clock, so after a step back it would
        # sleep for as long as the step.
        loop = asyncio.get_running_loop()
        steps = ClockSteps(self._clock.now(), loop.time())
        while True:
            await asyncio.sleep(1)
            self._failures.log_summaries()
            step = steps.measure_step(self._clock.now(), loop.time())
            if step is None:
                continue
            size = timedelta(seconds=round(abs(step.total_seconds())))
            if step < timedelta():
                log.warning("the clock was set back by %s: I go on by what it shows now", size)
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=self._clock.now())
            else:
                message = (
                    "the clock was set forward by %s, or the machine slept: due posts come now"
                )
                log.warning(message, size)
            if stepped is not None:
                try:
                    await stepped(step)
                except Exception as error:
                    # A door: the watch goes on, so that the next step is noticed.
                    sentence = "waiting letters could not follow the clock"
                    self._failures.log_failure("step", sentence, error=error)

    def start_scheduler(self) -> None:
        self._scheduler.start()

    async def stop_scheduler(self) -> None:
        """Begin nothing more, and wait up to `GRACE` seconds for running jobs."""
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE)
        self._scheduler.shutdown(wait=False)
        if self._running:
            await asyncio.wait(self._running)
        self._failures.log_summaries(is_last=True)


@asynccontextmanager
async def run_heartbeat(
    pulse: Callable[[], Awaitable[object]],
    scheduler: PostScheduler,
    clock: Clock,
    failures: FailureLog | None = None,
    stepped: Callable[[timedelta], Awaitable[None]] | None = None,
) -> AsyncIterator[None]:
    """Run the pulse every second and the clean-up every hour, while the block lasts.

    Nothing runs on after it, and no job is stored.
    `clock` is the machine's own. `stepped` gets the size of each step it makes.
    """
    heart = HeartbeatScheduler(clock, failures or FailureLog(log))
    heart.schedule_job("pulse", pulse, timedelta(seconds=1))
    heart.schedule_job("tidying", scheduler.delete_expired_data, timedelta(hours=1))
    heart.start_scheduler()
    watch = asyncio.create_task(heart.watch_clock(stepped))
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.wait([watch])
        await heart.stop_scheduler()
