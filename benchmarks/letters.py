"""How fast letters leave when a thousand fall due at once: entered, claimed, written, handed over and marked."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from benchmarks.crowd import (
    NOW,
    Crowd,
    make_benchmark_clock,
    open_benchmark_store,
    print_table,
    start_engines,
)
from bot.runtime.outbox import Outbox
from bot.runtime.scheduler import PostScheduler
from tests.support.database import execute_sql
from tests.support.room import Chat

LETTERS = 1_000
DISCORD = 50  # requests a second for a whole bot: its documentation, Rate Limits


async def record_loop_gaps(gaps: list[float]) -> None:
    """Note how long the event loop was away, until cancelled."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0.001)
        gaps.append(time.perf_counter() - begun - 0.001)


async def measure_letters(url: str) -> tuple[float, float, float]:
    """Letters entered a second, letters sent a second, and the longest gap of the event loop in milliseconds."""
    async with open_benchmark_store(url) as store:
        crowd, now = Crowd(store), make_benchmark_clock()
        await crowd.fill_base_tables()
        await crowd.fill_cohorts(LETTERS)
        await crowd.analyze_tables()
        await execute_sql(store, "UPDATE cohorts SET state = 'running'")
        now.at = NOW + timedelta(days=1)
        clockwork, outbox = PostScheduler(store, now), Outbox(store, now, {"test": Chat(now)})
        gaps: list[float] = []
        watch = asyncio.create_task(record_loop_gaps(gaps))
        begun = time.perf_counter()
        await clockwork.schedule_due_posts()
        entered = time.perf_counter()
        await outbox.drain_outbox()
        sent = time.perf_counter()
        watch.cancel()
        return LETTERS / (entered - begun), LETTERS / (sent - entered), max(gaps) * 1000


def run_letters_benchmark() -> None:
    """Print the figures."""
    rows = []
    with start_engines() as databases:
        for engine, empty in databases.items():
            entered, sent, gap = asyncio.run(measure_letters(empty("letters")))
            rows.append(
                (
                    engine,
                    f"{entered:.0f}/s",
                    f"{sent:.0f}/s",
                    f"{sent / DISCORD:.1f}",
                    f"{gap:.0f} ms",
                )
            )
    head = ("engine", "entered", "written and sent", "x Discord's limit", "longest gap of the loop")
    print_table(f"{LETTERS:,} cohorts whose next post falls due at once", head, rows)
