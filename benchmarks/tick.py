"""What a tick of the clock costs when nothing is due: it should not know how many cohorts there are."""

from __future__ import annotations

import asyncio

from benchmarks.crowd import Crowd, clock, counted, engines, opened, table, timed
from bot.runtime.scheduler import Clockwork

FEW, MANY = 200, 20_000


async def measure(url: str) -> list[tuple[int, float, int]]:
    """The time of a tick in milliseconds and its queries, with few cohorts and with many."""
    async with opened(url) as store:
        crowd, clockwork = Crowd(store), Clockwork(store, clock())
        await crowd.base()
        figures = []
        for size in (FEW, MANY):
            await crowd.cohorts(size - (FEW if size == MANY else 0))
            await crowd.settle()
            with counted(store) as said:
                await clockwork.tick()
            figures.append((size, await timed(clockwork.tick), len(said)))
        return figures


def main() -> None:
    """Print the figures side by side."""
    rows = []
    with engines() as databases:
        for engine, empty in databases.items():
            (_, few, queries), (_, many, more) = asyncio.run(measure(empty("tick")))
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
    table(
        "A tick with nothing due (target: under 5 ms, at most 2 queries, ratio at most 1.3)",
        head,
        rows,
    )
