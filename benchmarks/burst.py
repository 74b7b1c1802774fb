"""Sixty-four commands that wait at the same time: how many commits they take, and how long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from benchmarks.databases import SQLITE, Databases, open_store
from benchmarks.figures import Figure, Target, format_milliseconds
from benchmarks.season import prepare_season
from benchmarks.statements import count_commits, slow_commits
from benchmarks.stopwatch import Timing, Work, measure_interleaved
from benchmarks.yardstick import open_yardstick

COMMANDS = 64
ROUNDS = 8
SLOW_COMMIT = 0.005  # seconds: a disk in a rented machine
TOGETHER, ALONE, INSERTS = "at once", "one by one", "inserts"
SLOW_TOGETHER, SLOW_ALONE = "at once, slow disk", "one by one, slow disk"


def measure_burst(databases: Databases) -> Iterator[Figure]:
    """Yield the figures of each engine."""
    return databases.measure_each("commands at once", _measure_engine)


def _measure_engine(engine: str, create: Callable[[str], str]) -> Iterator[Figure]:
    urls = create("burst"), create("burst_yardstick")
    timings, commits = asyncio.run(_measure_rounds(*urls))
    together = timings[TOGETHER]
    # Only SQLite has one writer, whose commits can be shared.
    target = Target(4, "") if engine == SQLITE else None
    title = f"{COMMANDS} /tick at once, {engine}"
    yield Figure(f"{title}: commits", f"{commits}", None, target, commits)
    yield _compare(f"{title}, beside the same, one by one", together, timings[ALONE])
    yield _compare(f"{title}, beside {COMMANDS} inserts, each alone", together, timings[INSERTS])
    if engine == SQLITE:
        yield _compare(
            f"{title}, beside one by one, where a commit takes {SLOW_COMMIT * 1000:g} ms",
            timings[SLOW_TOGETHER],
            timings[SLOW_ALONE],
            Target(1 / 3),
        )


def _compare(title: str, mine: Timing, other: Timing, target: Target | None = None) -> Figure:
    shown = f"{format_milliseconds(mine.seconds)}; {format_milliseconds(other.seconds)}"
    return Figure(title, shown, mine.compare_with(other), target)


async def _measure_rounds(url: str, yardstick_url: str) -> tuple[dict[str, Timing], int]:
    """Return the timings, and the most commits that a round of waiting commands took."""
    async with open_store(url) as store, open_yardstick(yardstick_url) as yardstick:
        season = await prepare_season(url, store)
        tick_alone = repeat_work(season.tick)
        commits: list[int] = []

        async def tick_together() -> None:
            with count_commits(store) as counter:
                await asyncio.gather(*(season.tick() for _ in range(COMMANDS)))
            commits.append(counter.count)

        async def tick_one_by_one() -> None:
            with count_commits(store) as counter:
                await tick_alone()
            # If this holds, the counter misses none.
            assert counter.count == COMMANDS, f"{counter.count} commits"

        before = await season.count_rows("ticks")
        works = {
            TOGETHER: tick_together,
            ALONE: tick_one_by_one,
            INSERTS: repeat_work(yardstick.insert_row),
        }
        timings = await measure_interleaved(works, blocks=ROUNDS, calls=1)
        slow_works = {SLOW_TOGETHER: tick_together, SLOW_ALONE: tick_one_by_one}
        with slow_commits(store, SLOW_COMMIT):
            timings |= await measure_interleaved(slow_works, blocks=ROUNDS, calls=1)
        written = await season.count_rows("ticks") - before
        assert written == 4 * COMMANDS * (ROUNDS + 1), f"{written} ticks were written"
    return timings, max(commits)


def repeat_work(work: Work) -> Work:
    """Return work that does another piece of work `COMMANDS` times, one after the other."""

    async def repeat() -> None:
        for _ in range(COMMANDS):
            await work()

    return repeat
