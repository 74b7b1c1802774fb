"""How long the event loop is away at most while ten thousand posts fall due in one minute."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.synchronize import Barrier

from benchmarks.children import run_in_processes
from benchmarks.crowd import Crowd
from benchmarks.databases import SQLITE, Databases, open_store, prepare_registries
from benchmarks.due import HOME_POST_AT, HOUR, list_letter_states
from benchmarks.figures import Figure, Target, format_milliseconds
from benchmarks.stopwatch import watch_loop_gaps
from bot import __main__ as program
from bot.runtime.outbox import Outbox
from bot.runtime.scheduler import PostScheduler
from bot.store import Store
from tests.support.room import Chat, Clock

POSTS = 10_000
WINDOW = 10.0  # seconds that are watched
IDLE_WINDOW = 2.0  # and before, with nothing to do: what the machine does to any loop
ALL_OF_IT = 600.0
"""The longest of a full run, which waits for the last post."""
MOST = {SQLITE: 20.0}
MOST_ELSEWHERE = 40.0


@dataclass(frozen=True, slots=True)
class GapRun:
    """The longest gap in seconds, at work and idle, and what happened meanwhile."""

    longest: float
    idle: float
    entered: int
    sent: int


def measure_loop(databases: Databases) -> Iterator[Figure]:
    """Yield the longest gap on each engine."""
    window = ALL_OF_IT if databases.is_full else WINDOW
    return databases.measure_each("the loop", partial(_measure_engine, window))


def _measure_engine(window: float, engine: str, create: Callable[[str], str]) -> Iterator[Figure]:
    url = create("loop")
    asyncio.run(_fill_cohorts(url))
    run = run_in_processes(watch_posts, 1, url, window)[0]
    assert 0 < run.sent <= run.entered <= POSTS, run
    shown = (
        f"{format_milliseconds(run.longest)}, idle {format_milliseconds(run.idle)}; "
        f"{run.entered:,} entered and {run.sent:,} sent in {window:.0f} s at most"
    )
    most = Target(MOST.get(engine, MOST_ELSEWHERE), "ms")
    title = f"longest gap of the loop, {POSTS:,} posts due at once, {engine}"
    yield Figure(title, shown, run.longest / run.idle, most, run.longest * 1000)


async def _fill_cohorts(url: str) -> None:
    async with open_store(url) as store:
        crowd = Crowd(store)
        await crowd.fill_base_tables()
        await crowd.fill_cohorts(POSTS, HOME_POST_AT - HOUR, HOME_POST_AT)
        await crowd.analyze_tables()


def watch_posts(barrier: Barrier, url: str, window: float) -> GapRun:
    """Enter and send posts as the program does, for at most `window` seconds."""
    prepare_registries()
    barrier.wait()
    return asyncio.run(_watch_posts(url, window))


async def _watch_posts(url: str, window: float) -> GapRun:
    clock = Clock(HOME_POST_AT)
    chat = Chat(clock)
    async with open_store(url) as store:
        scheduler = PostScheduler(store, clock)
        outbox = Outbox(store, clock, {"test": chat})
        _spare_started_objects()
        async with watch_loop_gaps() as idle:
            await asyncio.sleep(IDLE_WINDOW)
        sending = asyncio.create_task(outbox.run_outbox())
        async with watch_loop_gaps() as watch:
            with suppress(TimeoutError):
                async with asyncio.timeout(window):
                    await scheduler.schedule_due_posts()
                    outbox.wake_outbox()
                    await _wait_for_posts(chat)
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
        return GapRun(watch.longest, idle.longest, await _count_topics(store), len(chat.sent))


def _spare_started_objects() -> None:
    """Do with the objects of a start what the program does with them, if it does anything."""
    spare = getattr(program, "spare_started_objects", None)
    if spare is not None:
        spare()


async def _wait_for_posts(chat: Chat) -> None:
    while len(chat.sent) < POSTS:
        await asyncio.sleep(0.01)


async def _count_topics(store: Store) -> int:
    """Return how many posts were entered that are to be sent, and check that each sent one is."""
    states = dict(await list_letter_states(store, "topics"))
    assert set(states) <= {"due", "claimed", "sent"}, states
    return sum(states.values())
