"""What a tick of the clock costs when nothing is due: it should not know how many cohorts there are."""

from __future__ import annotations

import asyncio

from benchmarks.crowd import (
    Crowd,
    make_benchmark_clock,
    measure_median_time,
    open_benchmark_store,
    print_table,
    start_engines,
)
from bot.runtime.scheduler import PostScheduler
from tests.support.database import record_statements

FEW, MANY = 200, 20_000


async def measure_tick(url: str) -> list[tuple[int, float, int]]:
    """The time of a tick in milliseconds and its queries, with few cohorts and with many."""
    async with open_benchmark_store(url) as store:
        crowd, clockwork = Crowd(store), PostScheduler(store, make_benchmark_clock())
        await crowd.fill_base_tables()
        figures = []
        for size in (FEW, MANY):
            await crowd.fill_cohorts(size - (FEW if size == MANY else 0))
            await crowd.analyze_tables()
            with record_statements(store) as said:
                await clockwork.schedule_due_posts()
            figures.append(
                (size, await measure_median_time(clockwork.schedule_due_posts), len(said))
            )
        return figures


def run_tick_benchmark() -> None:
    """Print the figures side by side."""
    rows = []
    with start_engines() as databases:
        for engine, empty in databases.items():
            (_, few, queries), (_, many, more) = asyncio.run(measure_tick(empty("tick")))
            rows.append(
                (
                    engine,
                    f"{few:.2f} ms",
                    f"{many:.2f} ms",
                    f"{many / few:.2f}",
                    f"{queries} / {more}",
                )
            )
    head = ("engine", f"{FEW} cohorts", f"{MANY:,} cohorts", "ratio", "queries")
    print_table(
        "A tick with nothing due (target: under 5 ms, at most 2 queries, ratio at most 1.3)",
        head,
        rows,
    )
