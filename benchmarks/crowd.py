"""Cohorts and members by the hundred thousand, written by the database itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    Insert,
    Integer,
    String,
    Table,
    Time,
    cast,
    false,
    insert,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.ext.asyncio import create_async_engine

from bot.__main__ import load_bundled_roadmaps
from bot.command.call import DEFAULT_ROADMAP
from bot.group.calendar import Syllabus
from bot.store import Store
from bot.store.tables import (
    Instant,
    accounts,
    cohorts,
    homes,
    members,
    persons,
    plans,
    scores,
    spaces,
)
from tests.support.database import execute_sql

START = date(2026, 3, 2)
NOW = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
"""Wednesday of the second week."""
CHUNK = 50_000  # rows in one transaction

PLAN = load_bundled_roadmaps()[DEFAULT_ROADMAP]
SYLLABUS = Syllabus.from_roadmap(PLAN)

Number = ColumnElement[int]
Columns = Mapping[str, ColumnElement[Any]]


class Crowd:
    """Fills a database: running cohorts, each with a home, and members with a score each.

    Cohort 7 is called `cohort-7` and lives in `channel-7`; member 7 has the account `p7`.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cohort_count = 0
        self._member_count = 0

    async def fill_base_tables(self) -> None:
        """Write the space and the plan that every cohort shares."""
        space = {"id": 1, "platform": "test", "native": "space"}
        await execute_sql(self._store, insert(spaces), space)
        plan = {"id": 1, "slug": PLAN.slug, "digest": PLAN.digest, "source": PLAN.to_json()}
        await execute_sql(self._store, insert(plans), {**plan, "at": NOW})

    async def fill_cohorts(self, count: int, looked_at: datetime, due_at: datetime) -> range:
        """Write cohorts whose posts count from `looked_at`, and return their ids.

        The scheduler looks at them at `due_at`.
        """
        ids = range(self._cohort_count + 1, self._cohort_count + count + 1)
        self._cohort_count += count
        await self._fill(cohorts, ids, lambda number: _cohort_columns(number, looked_at, due_at))
        await self._fill(homes, ids, _home_columns)
        return ids

    async def fill_members(
        self, cohort_id: int, count: int, looked_at: datetime, due_at: datetime
    ) -> range:
        """Write members of a cohort, each with some items of the second week done."""
        ids = range(self._member_count + 1, self._member_count + count + 1)
        self._member_count += count
        await self._fill(persons, ids, _person_columns)
        await self._fill(accounts, ids, _account_columns)
        await self._fill(
            members, ids, lambda number: _member_columns(number, cohort_id, looked_at, due_at)
        )
        await self._fill(scores, ids, lambda number: _score_columns(number, cohort_id))
        return ids

    async def analyze_tables(self) -> None:
        """Do what a database does by itself after a while: count the rows, mark full pages."""
        await execute_sql(self._store, "ANALYZE")
        if self._store.engines[0].dialect.name == "postgresql":
            await self._vacuum_tables()

    async def _vacuum_tables(self) -> None:
        # No transaction may do this, so it takes a connection of its own.
        url = self._store.engines[0].url.render_as_string(hide_password=False)
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text("VACUUM ANALYZE"))
        await engine.dispose()

    async def _fill(self, table: Table, ids: range, columns: Callable[[Number], Columns]) -> None:
        for span in _split_range(ids):
            await execute_sql(self._store, _build_fill(table, span, columns))


def _split_range(ids: range) -> Iterator[range]:
    for start in range(ids.start, ids.stop, CHUNK):
        yield range(start, min(start + CHUNK, ids.stop))


def _build_fill(table: Table, ids: range, columns: Callable[[Number], Columns]) -> Insert:
    """Return an insert of one row for each id, whose columns depend on the id."""
    numbers = select(literal(ids.start, Integer).label("number")).cte("numbers", recursive=True)
    following = select(numbers.c.number + 1).where(numbers.c.number < ids.stop - 1)
    numbers = numbers.union_all(following)
    values = columns(numbers.c.number)
    rows = select(*values.values()).select_from(numbers)
    return insert(table).from_select(list(values), rows, include_defaults=False)


def _prefix(word: str, number: Number) -> ColumnElement[Any]:
    return literal(word, String) + cast(number, String)


def _instant(at: datetime) -> ColumnElement[Any]:
    return literal(at, Instant)


def _cohort_columns(number: Number, looked_at: datetime, due_at: datetime) -> Columns:
    one = literal(1, Integer)
    return {
        "id": number,
        "space_id": one,
        "plan_id": one,
        "name": _prefix("cohort-", number),
        "roadmap": literal(PLAN.slug, String),
        "syllabus": literal([asdict(week) for week in SYLLABUS.weeks], JSON),
        "start": literal(START, Date),
        "zone": literal("UTC", String),
        "at": literal(time(9), Time),
        "state": literal("running", String),
        "breaks": literal([], JSON),
        "posts": literal({}, JSON),
        "made_at": _instant(NOW),
        "looked_at": _instant(looked_at),
        "next_due_at": _instant(due_at),
    }


def _home_columns(number: Number) -> Columns:
    channel = _prefix("channel-", number)
    return {"id": number, "cohort_id": number, "space_id": literal(1, Integer), "channel": channel}


def _person_columns(number: Number) -> Columns:
    return {"id": number, "met_at": _instant(NOW)}


def _account_columns(number: Number) -> Columns:
    return {
        "id": number,
        "person_id": number,
        "platform": literal("test", String),
        "tenant": literal("", String),
        "native": _prefix("p", number),
        "name": _prefix("Person ", number),
        "met_at": _instant(NOW),
    }


def _member_columns(
    number: Number, cohort_id: int, looked_at: datetime, due_at: datetime
) -> Columns:
    return {
        "id": number,
        "account_id": number,
        "cohort_id": literal(cohort_id, Integer),
        "joined_at": _instant(datetime.combine(START, time(9), UTC)),
        "catch_up": literal([], JSON),
        "hidden": false(),
        "shown": true(),
        "score": number * 7 % (len(PLAN.items) + 1),
        "looked_at": _instant(looked_at),
        "next_due_at": _instant(due_at),
    }


def _score_columns(number: Number, cohort_id: int) -> Columns:
    week = SYLLABUS.weeks[1]
    return {
        "member_id": number,
        "week_id": literal(week.id, String),
        "cohort_id": literal(cohort_id, Integer),
        "shown": true(),
        "done": number * 7 % (len(week.items) + 1),
    }
