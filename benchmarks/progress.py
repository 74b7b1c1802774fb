"""`/progress` and the board in a cohort of 10 000 members: their time should not know how large the other cohorts are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from benchmarks.crowd import (
    Crowd,
    make_benchmark_clock,
    measure_median_time,
    open_benchmark_store,
    print_table,
    start_engines,
)
from bot.__main__ import load_bundled_roadmaps
from bot.chat.address import Account, Caller, Place
from bot.runtime.dispatch import Dispatch
from bot.store import Store
from tests.support.database import record_statements

OURS = 10_000
OTHERS = (0, 100_000, 1_000_000)
PLACE = Place("test", "space", "channel-1")
ADA = Caller(Account("test", "", "p5000"), "Person 5000", zone=None)


async def measure_progress(url: str, others: int) -> dict[str, tuple[float, int]]:
    """The time in milliseconds and the queries of each phrase, beside other cohorts with so many members."""
    async with open_benchmark_store(url) as store:
        crowd = Crowd(store)
        await crowd.fill_base_tables()
        for cohort_id, size in zip(
            await crowd.fill_cohorts(1 + -(-others // 100_000)),
            list_cohort_sizes(others),
            strict=True,
        ):
            await crowd.fill_members(cohort_id, size)
        await crowd.analyze_tables()
        dispatch = Dispatch(store, make_benchmark_clock(), load_bundled_roadmaps())
        return {
            said: (
                await measure_median_time(make_progress_request(dispatch, said), 60),
                await count_progress_queries(store, dispatch, said),
            )
            for said in ("progress", "progress board=yes")
        }


def make_progress_request(dispatch: Dispatch, phrase: str) -> Callable[[], Awaitable[object]]:
    """Somebody in the middle of the board asks."""
    return lambda: dispatch.answer_phrase(ADA, PLACE, phrase, idempotency_key="once")


async def count_progress_queries(store: Store, dispatch: Dispatch, phrase: str) -> int:
    """How many statements an answer takes."""
    with record_statements(store) as said:
        await dispatch.answer_phrase(ADA, PLACE, phrase, idempotency_key="once")
    return len(said)


def list_cohort_sizes(others: int) -> list[int]:
    """Our cohort, then the others in cohorts of up to 100 000."""
    return [OURS, *(min(100_000, others - start) for start in range(0, others, 100_000))]


def run_progress_benchmark() -> None:
    """Print the figures side by side."""
    rows = []
    with start_engines() as databases:
        for engine, empty in databases.items():
            figures = [
                asyncio.run(measure_progress(empty(f"others_{others}"), others))
                for others in OTHERS
            ]
            for phrase in figures[0]:
                times = [one[phrase][0] for one in figures]
                shown = [f"{time:.2f} ms" for time in times]
                rows.append(
                    (engine, phrase, *shown, f"{times[2] / times[1]:.2f}", figures[0][phrase][1])
                )
    head = (
        "engine",
        "phrase",
        *(f"{others:,} others" for others in OTHERS),
        "1 000 000 : 100 000",
        "queries",
    )
    print_table(f"In a cohort of {OURS:,} members (target: ratio at most 1.3)", head, rows)
