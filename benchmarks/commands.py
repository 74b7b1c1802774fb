"""What a command costs through the whole dispatch, beside one bare insert through the same library on the same engine."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable

from sqlalchemy import insert

from benchmarks.crowd import (
    NOW,
    make_benchmark_clock,
    measure_median_time,
    open_benchmark_store,
    print_table,
    start_engines,
)
from bot.__main__ import load_bundled_roadmaps
from bot.chat.address import Account, Caller, Place
from bot.chat.platform import Filled
from bot.command.call import DEFAULT_ROADMAP
from bot.runtime.dispatch import Dispatch
from bot.store import Store
from bot.store.tables import marks
from tests.support.database import execute_sql, record_statements
from tests.support.room import Room

PLACE = Place("test", "space", "study-group")
ITEMS = tuple(load_bundled_roadmaps()[DEFAULT_ROADMAP].items)


async def measure_commands(url: str) -> list[tuple[str, float, int]]:
    """The time in milliseconds and the statements of the bare insert and of each command."""
    async with open_benchmark_store(url) as store:
        await prepare_cohort(url, store)
        dispatch, number = (
            Dispatch(store, make_benchmark_clock(), load_bundled_roadmaps()),
            itertools.count(1),
        )

        async def bare() -> None:
            row = {"name": f"bare-{next(number)}", "value": "x"}
            await execute_sql(store, insert(marks).values(row))

        def says(
            phrase: str, who: str = "", filled: Filled | None = None
        ) -> Callable[[], Awaitable[object]]:
            def say() -> Awaitable[object]:
                count = next(number)
                name = who or f"p{count}"
                caller = Caller(Account("test", "", name), name)
                return dispatch.answer_phrase(
                    caller,
                    PLACE,
                    phrase.format(ITEMS[count % len(ITEMS)]),
                    filled,
                    idempotency_key=str(count),
                )

            return say

        report = {"hours": ("3",), "confidence": ("4",), "note": ("fine",)}
        works: dict[str, Callable[[], Awaitable[object]]] = {
            "a bare insert": bare,
            "/join": says("join spring"),
            "/tick": says("tick {}", "ada"),
            "/checkin": says("checkin week=linear-algebra", "ada", report),
            "/progress": says("progress", "ada"),
        }
        figures = []
        for name, work in works.items():
            with record_statements(store) as said:
                await work()
            figures.append((name, await measure_median_time(work), len(said)))
        return figures


async def prepare_cohort(url: str, store: Store) -> None:
    """A running cohort with a member."""
    room = Room(url, store, load_bundled_roadmaps())
    await room.spring("ada")
    await room.goes_to(NOW)


def run_commands_benchmark() -> None:
    """Print the figures side by side."""
    rows = []
    with start_engines() as databases:
        for engine, empty in databases.items():
            (bare, floor, _), *commands = asyncio.run(measure_commands(empty("commands")))
            rows.append((engine, bare, f"{floor:.2f} ms", "1.0", 1))
            rows += [
                (engine, name, f"{time:.2f} ms", f"{time / floor:.1f}", count)
                for name, time, count in commands
            ]
    print_table(
        "A command through dispatch",
        ("engine", "what", "median", "x a bare insert", "statements"),
        rows,
    )
