"""A database with as many cohorts and members as a benchmark wants, written in bulk; and a stopwatch, and a table."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, BindParameter, Integer, String, bindparam, insert, text

from bot import command, post
from bot.__main__ import load_bundled_roadmaps
from bot.command.call import DEFAULT_ROADMAP
from bot.group.calendar import Syllabus
from bot.store import Store, Tx
from bot.store.tables import Instant, cohorts, homes, plans, spaces
from tests.support.database import execute_sql, execute_statement
from tests.support.postgres import Postgres
from tests.support.room import Clock

NOW = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
START = date(2026, 3, 2)
CHUNK = 20_000

command.discover_commands()
post.discover_post_kinds()


@contextmanager
def start_engines() -> Iterator[dict[str, Callable[[str], str]]]:
    """How to get the URL of an empty database on each engine."""
    with tempfile.TemporaryDirectory() as folder, Postgres() as server:
        yield {
            "SQLite": lambda name: f"sqlite+aiosqlite:///{Path(folder) / name}.db",
            "PostgreSQL": lambda name: server.create_database(name),
        }


@asynccontextmanager
async def open_benchmark_store(url: str) -> AsyncIterator[Store]:
    """An open store."""
    store = await Store.open_database(url)
    try:
        yield store
    finally:
        await store.close()


_NUMBERS = "WITH RECURSIVE numbers(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM numbers WHERE i < :last)"
_FILL = (
    "persons (id, met_at) {numbers} SELECT i, :now FROM numbers",
    "accounts (id, person_id, platform, tenant, native, name, met_at) {numbers} "
    "SELECT i, i, 'test', '', 'p' || i, 'Person ' || i, :now FROM numbers",
    "members (id, account_id, cohort_id, joined_at, catch_up, hidden, shown, score, looked_at, next_due_at) {numbers} "
    "SELECT i, i, :cohort, :now, :none, false, true, i * 7 % 58, :now, :due FROM numbers",
    "scores (member_id, week_id, cohort_id, shown, done) {numbers} "
    "SELECT i, :week, :cohort, true, i * 7 % 6 FROM numbers",
)


class Crowd:
    """Fills a database: cohorts that are running and have nothing due, members with a score each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._plan = load_bundled_roadmaps()[DEFAULT_ROADMAP]
        self._ids = {"cohort": 0, "account": 0, "member": 0}

    async def fill_base_tables(self) -> None:
        """The space and the plan that every cohort shares."""
        await self._insert_rows(spaces, [{"id": 1, "platform": "test", "native": "space"}])
        plan = {
            "id": 1,
            "slug": self._plan.slug,
            "digest": self._plan.digest,
            "source": self._plan.to_json(),
            "at": NOW,
        }
        await self._insert_rows(plans, [plan])

    async def fill_cohorts(self, count: int) -> list[int]:
        """That many running cohorts whose next post comes tomorrow."""
        first = self._ids["cohort"] + 1
        syllabus = [asdict(week) for week in Syllabus.from_roadmap(self._plan).weeks]
        ids = list(range(first, first + count))
        rows = [
            {
                "id": one,
                "space_id": 1,
                "plan_id": 1,
                "name": f"cohort-{one}",
                "roadmap": self._plan.slug,
                "syllabus": syllabus,
                "start": START,
                "zone": "UTC",
                "at": wall(9),
                "state": "running",
                "breaks": [],
                "posts": {},
                "made_at": NOW,
                "looked_at": NOW,
                "next_due_at": NOW + timedelta(days=1),
            }
            for one in ids
        ]
        await self._insert_rows(cohorts, rows)
        await self._insert_rows(
            homes, [{"cohort_id": one, "space_id": 1, "channel": f"channel-{one}"} for one in ids]
        )
        self._ids["cohort"] += count
        return ids

    async def fill_members(self, cohort_id: int, count: int) -> None:
        """That many members of a cohort, each with some items of the second week done."""
        first, week = self._ids["account"] + 1, Syllabus.from_roadmap(self._plan).weeks[1]
        known: dict[str, BindParameter[Any]] = {
            "first": bindparam("first", first, Integer()),
            "last": bindparam("last", first + count - 1, Integer()),
            "cohort": bindparam("cohort", cohort_id, Integer()),
            "week": bindparam("week", week.id, String()),
            "none": bindparam("none", [], JSON()),
            "now": bindparam("now", NOW, Instant()),
            "due": bindparam("due", NOW + timedelta(days=2), Instant()),
        }

        async def fill(tx: Tx) -> None:
            for statement in _FILL:
                asked = f"INSERT INTO {statement.format(numbers=_NUMBERS)}"
                used = (value for name, value in known.items() if f":{name}" in asked)
                execute_statement(tx, text(asked).bindparams(*used))

        await self._store.run(fill)
        self._ids["account"] += count

    async def _insert_rows(self, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        for start in range(0, len(rows), CHUNK):
            await execute_sql(self._store, insert(table), rows[start : start + CHUNK])

    async def analyze_tables(self) -> None:
        """What a database does by itself after a while: statistics for its planner."""
        await execute_sql(self._store, "ANALYZE")


async def measure_median_time(work: Callable[[], Awaitable[object]], times: int = 200) -> float:
    """The median of a coroutine's time, in milliseconds, after a warm-up."""
    for _ in range(20):
        await work()
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        await work()
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
    print(f"\n{title}")
    for row in cells:
        print(
            "  "
            + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def make_benchmark_clock() -> Clock:
    """A clock that stands at the benchmarks' now."""
    return Clock(NOW)
