"""Letters really sent a second, by one process and by several, beside APScheduler's jobs."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from multiprocessing.synchronize import Barrier

from benchmarks.children import run_in_processes
from benchmarks.databases import SQLITE, Databases, open_store, prepare_registries
from benchmarks.due import enter_home_letters, enter_member_letters, load_letter_states
from benchmarks.figures import Figure, Target, format_number
from benchmarks.jobs import measure_job_rate
from bot.runtime.outbox import Outbox
from tests.support.room import Chat, Clock

LETTERS = 300
ALL_LETTERS = 5_000
"""The number of a full run."""
KINDS = {"home": enter_home_letters, "member": enter_member_letters}
TARGETS = {
    "home": Target(1_000, "a second", is_least=True),
    "member": Target(700, "a second", is_least=True),
}


def measure_letters(databases: Databases) -> Iterator[Figure]:
    """Yield the rates of letters on each engine, and that of APScheduler's jobs."""
    return LetterRates(databases).measure_rates()


class LetterRates:
    """The rates of one run. APScheduler is measured anew before each of them."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._count = ALL_LETTERS if databases.is_full else LETTERS
        self._job_rates: list[float] = []

    def measure_rates(self) -> Iterator[Figure]:
        """Yield every figure."""
        yield from self._databases.measure_each("letters", self._measure_engine)
        yield Figure(
            f"{self._count:,} no-op jobs of APScheduler with its SQL store, {SQLITE}",
            f"{format_number(statistics.median(self._job_rates))} a second",
        )

    def _measure_engine(self, engine: str, create: Callable[[str], str]) -> Iterator[Figure]:
        for kind in KINDS:
            # SQLite has one bot at a time; Postgres shares the work.
            for processes in (1,) if engine == SQLITE else (1, 2, 4):
                yield self._measure_processes(engine, create, kind, processes)

    def _measure_processes(
        self, engine: str, create: Callable[[str], str], kind: str, processes: int
    ) -> Figure:
        job_rate = self._measure_job_rate()
        rate = _measure_rate(create(f"{kind}_letters_{processes}"), kind, self._count, processes)
        plural = "process" if processes == 1 else "processes"
        return Figure(
            f"{self._count:,} {kind} letters, {engine}, {processes} {plural}",
            f"{format_number(rate)} a second",
            rate / job_rate,
            TARGETS.get(kind),
            rate,
        )

    def _measure_job_rate(self) -> float:
        # APScheduler's store cannot use asyncpg, so its jobs are always in a file.
        url = self._databases.create_sqlite(f"jobs_{len(self._job_rates)}")
        rate = run_in_processes(measure_job_rate, 1, url, self._count)[0]
        self._job_rates.append(rate)
        return rate


def _measure_rate(url: str, kind: str, count: int, processes: int) -> float:
    """Return the letters sent a second, from the first claim to the end of the last process."""
    now = asyncio.run(_fill_database(url, kind, count))
    spans = run_in_processes(send_letters, processes, url, now)
    sent = [key for _, _, keys in spans for key in keys]
    assert len(sent) == len(set(sent)) == count, f"{len(set(sent))} sent, {len(sent)} in all"
    states = asyncio.run(load_letter_states(url))
    assert states == [("sent", count)], states
    return count / (max(end for _, end, _ in spans) - min(start for start, _, _ in spans))


async def _fill_database(url: str, kind: str, count: int) -> datetime:
    async with open_store(url) as store:
        return await KINDS[kind](store, count)


def send_letters(barrier: Barrier, url: str, now: datetime) -> tuple[float, float, list[str]]:
    """Send what is due until nothing is left; return the start, the end and the keys of all sent.

    Start and end are of the machine's monotonic clock, which all processes share.
    """
    prepare_registries()
    return asyncio.run(_drain(barrier, url, now))


async def _drain(barrier: Barrier, url: str, now: datetime) -> tuple[float, float, list[str]]:
    clock = Clock(now)
    chat = Chat(clock)
    async with open_store(url) as store:
        outbox = Outbox(store, clock, {"test": chat})
        barrier.wait()
        started = time.monotonic()
        await outbox.drain_outbox()
        return started, time.monotonic(), [f"{sent.place} {sent.key}" for sent in chat.sent]
