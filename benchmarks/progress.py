"""`/progress` and the board in a cohort of 10 000 members: their time should not know how large the other cohorts are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from benchmarks.crowd import Crowd, clock, counted, engines, opened, table, timed
from bot.__main__ import bundled
from bot.chat.address import Account, Caller, Place
from bot.runtime.dispatch import Dispatch
from bot.store import Store

OURS = 10_000
OTHERS = (0, 100_000, 1_000_000)
PLACE = Place("test", "space", "channel-1")
ADA = Caller(Account("test", "", "p5000"), "Person 5000", zone=None)


async def measure(url: str, others: int) -> dict[str, tuple[float, int]]:
    """The time in milliseconds and the queries of each phrase, beside other cohorts with so many members."""
    async with opened(url) as store:
        crowd = Crowd(store)
        await crowd.base()
        for cohort_id, size in zip(
            await crowd.cohorts(1 + -(-others // 100_000)), sizes(others), strict=True
        ):
            await crowd.members(cohort_id, size)
        await crowd.settle()
        dispatch = Dispatch(store, clock(), bundled())
        return {
            said: (await timed(asking(dispatch, said), 60), await queries(store, dispatch, said))
            for said in ("progress", "progress board=yes")
        }


def asking(dispatch: Dispatch, phrase: str) -> Callable[[], Awaitable[object]]:
    """Somebody in the middle of the board asks."""
    return lambda: dispatch.answer(ADA, PLACE, phrase, once="once")


async def queries(store: Store, dispatch: Dispatch, phrase: str) -> int:
    """How many statements an answer takes."""
    with counted(store) as said:
        await dispatch.answer(ADA, PLACE, phrase, once="once")
    return len(said)


def sizes(others: int) -> list[int]:
    """Our cohort, then the others in cohorts of up to 100 000."""
    return [OURS, *(min(100_000, others - start) for start in range(0, others, 100_000))]


def main() -> None:
    """Print the figures side by side."""
    rows = []
    with engines() as databases:
        for engine, empty in databases.items():
            figures = [asyncio.run(measure(empty(f"others_{others}"), others)) for others in OTHERS]
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
    table(f"In a cohort of {OURS:,} members (target: ratio at most 1.3)", head, rows)
