"""Stopwatches: what is compared takes turns, so that a slow moment of the machine meets both."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Work = Callable[[], Awaitable[object]]


@dataclass
class Timing:
    """The time of a call in each block, in seconds: on the clock, and on this process's cores."""

    blocks: list[float] = field(default_factory=list)
    cores: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """The median of the blocks."""
        return statistics.median(self.blocks)

    @property
    def core_seconds(self) -> float:
        return statistics.median(self.cores)

    def compare_with(self, other: Timing) -> float:
        """Return how many times the other's time this took: the median of the blocks' ratios."""
        pairs = zip(self.blocks, other.blocks, strict=True)
        return statistics.median(mine / theirs for mine, theirs in pairs)


async def measure_interleaved(
    works: Mapping[str, Work], *, blocks: int = 12, calls: int = 10
) -> dict[str, Timing]:
    """Measure several kinds of work block by block, after one block that does not count."""
    names, timings = list(works), {name: Timing() for name in works}
    for block in range(blocks + 1):
        # There and back: nobody always comes after the same other.
        for name in names if block % 2 else reversed(names):
            seconds, core_seconds = await _measure_block(works[name], calls)
            if block:
                timings[name].blocks.append(seconds)
                timings[name].cores.append(core_seconds)
    return timings


async def _measure_block(work: Work, calls: int) -> tuple[float, float]:
    """Return the median time of a call, and its mean time on the cores.

    A call that returns a float has measured itself, in seconds.
    """
    spent = []
    cores_before = time.process_time()
    for _ in range(calls):
        started = time.perf_counter()
        own_seconds = await work()
        elapsed = time.perf_counter() - started
        spent.append(own_seconds if isinstance(own_seconds, float) else elapsed)
    return statistics.median(spent), (time.process_time() - cores_before) / calls


class LoopWatch:
    """The longest overshoot of a sleep of one millisecond, in seconds."""

    longest = 0.0

    async def watch_loop(self) -> None:
        """Sleep and look at the clock, until cancelled."""
        while True:
            started = time.perf_counter()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, time.perf_counter() - started - 0.001)


@asynccontextmanager
async def watch_loop_gaps() -> AsyncIterator[LoopWatch]:
    """Watch the event loop while the block lasts."""
    watch = LoopWatch()
    task = asyncio.create_task(watch.watch_loop())
    # Two turns: the first sleep has begun before anything else does.
    await asyncio.sleep(0.002)
    watch.longest = 0.0
    try:
        yield watch
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
