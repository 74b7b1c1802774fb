"""A tick of the scheduler with nothing due: it should not know how many cohorts there are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

from benchmarks.crowd import NOW, Crowd
from benchmarks.databases import Databases, open_store
from benchmarks.figures import Figure, Target, format_milliseconds
from benchmarks.statements import record_statement_log
from benchmarks.stopwatch import Timing, measure_interleaved
from bot.runtime.scheduler import PostScheduler
from bot.store import Store
from tests.support.room import Clock

FEW, MANY = 1_000, 100_000


def measure_tick(databases: Databases) -> Iterator[Figure]:
    """Yield the figures of each engine."""
    return databases.measure_each("a tick", _measure_engine)


def _measure_engine(engine: str, create: Callable[[str], str]) -> Iterator[Figure]:
    few, many, queries = asyncio.run(_measure_ticks(create("tick_few"), create("tick_many")))
    title = f"a tick with nothing due, {engine}"
    shown = f"{format_milliseconds(few.seconds)}; {format_milliseconds(many.seconds)}"
    ratio = many.compare_with(few)
    yield Figure(f"{title}: {MANY:,} beside {FEW:,} cohorts", shown, ratio, Target(1.3))
    yield Figure(f"{title}: queries", f"{queries}", None, Target(2, ""), queries)


async def _measure_ticks(few_url: str, many_url: str) -> tuple[Timing, Timing, int]:
    """Return the timings with few and with many cohorts, and the queries with many."""
    async with open_store(few_url) as few, open_store(many_url) as many:
        await _fill_idle_cohorts(few, FEW)
        await _fill_idle_cohorts(many, MANY)
        ticks = {store: PostScheduler(store, Clock(NOW)) for store in (few, many)}
        with record_statement_log(many) as log:
            await ticks[many].schedule_due_posts()
        works = {"few": ticks[few].schedule_due_posts, "many": ticks[many].schedule_due_posts}
        timings = await measure_interleaved(works, blocks=20, calls=20)
        return timings["few"], timings["many"], len(log.entries)


async def _fill_idle_cohorts(store: Store, count: int) -> None:
    crowd = Crowd(store)
    await crowd.fill_base_tables()
    await crowd.fill_cohorts(count, NOW, NOW + timedelta(days=1))
    await crowd.analyze_tables()
