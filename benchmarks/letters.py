"""How fast letters leave when a thousand fall due at once: entered, claimed, written, handed over and marked."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from sqlalchemy import text

from benchmarks.crowd import NOW, Crowd, clock, engines, opened, table
from bot.runtime.outbox import Outbox
from bot.runtime.scheduler import Clockwork
from tests.support.room import Chat

LETTERS = 1_000
DISCORD = 50  # requests a second for a whole bot: its documentation, Rate Limits


async def longest_gap(gaps: list[float]) -> None:
    """Note how long the event loop was away, until cancelled."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0.001)
        gaps.append(time.perf_counter() - begun - 0.001)


async def measure(url: str) -> tuple[float, float, float]:
    """Letters entered a second, letters sent a second, and the longest gap of the event loop in milliseconds."""
    async with opened(url) as store:
        crowd, now = Crowd(store), clock()
        await crowd.base()
        await crowd.cohorts(LETTERS)
        await crowd.settle()
        async with store._writer.begin() as connection:
            await connection.execute(text("UPDATE cohorts SET state = 'running'"))
        now.at = NOW + timedelta(days=1)
        clockwork, outbox = Clockwork(store, now), Outbox(store, now, {"test": Chat(now)})
        gaps: list[float] = []
        watch = asyncio.create_task(longest_gap(gaps))
        begun = time.perf_counter()
        await clockwork.tick()
        entered = time.perf_counter()
        await outbox.drain()
        sent = time.perf_counter()
        watch.cancel()
        return LETTERS / (entered - begun), LETTERS / (sent - entered), max(gaps) * 1000


def main() -> None:
    """Print the figures."""
    rows = []
    with engines() as databases:
        for engine, empty in databases.items():
            entered, sent, gap = asyncio.run(measure(empty("letters")))
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
    table(f"{LETTERS:,} cohorts whose next post falls due at once", head, rows)
