"""The board with one's own rank: its time should not know how large the other cohorts are."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from benchmarks.crowd import NOW, Crowd
from benchmarks.databases import Databases, open_store
from benchmarks.figures import Figure, Target, format_milliseconds
from benchmarks.statements import record_statement_log
from benchmarks.stopwatch import Timing, Work, measure_interleaved
from bot.__main__ import load_bundled_roadmaps
from bot.chat.address import Account, Caller, Place
from bot.runtime.dispatch import Dispatch
from bot.store import Store
from tests.support.room import Clock

OURS = 10_000
OTHERS = (20_000, 200_000)
ALL_OTHERS = (100_000, 1_000_000)
"""The sizes of a full run: they take minutes to write."""
LARGEST = 100_000  # members of one other cohort
PLACE = Place("test", "space", "channel-1")


def measure_board(databases: Databases) -> Iterator[Figure]:
    """Yield the figures of each engine."""
    sizes = ALL_OTHERS if databases.is_full else OTHERS
    return databases.measure_each("the board", partial(_measure_engine, sizes))


def _measure_engine(
    sizes: tuple[int, int], engine: str, create: Callable[[str], str]
) -> Iterator[Figure]:
    urls = create("board_few"), create("board_many")
    few, many, queries = asyncio.run(_measure_boards(*urls, sizes))
    title = f"board and own rank, {OURS:,} members, {engine}"
    shown = f"{format_milliseconds(few.seconds)}; {format_milliseconds(many.seconds)}"
    ratio = many.compare_with(few)
    yield Figure(f"{title}: {sizes[1]:,} beside {sizes[0]:,} others", shown, ratio, Target(1.3))
    spent = many.seconds * 1000
    shown = f"{format_milliseconds(many.seconds)}, {queries} statements"
    yield Figure(f"{title}: time", shown, None, Target(5, "ms"), spent)


async def _measure_boards(
    few_url: str, many_url: str, sizes: tuple[int, int]
) -> tuple[Timing, Timing, int]:
    """Return the timings beside few and beside many others, and the statements beside many."""
    async with open_store(few_url) as few, open_store(many_url) as many:
        for store, others in zip((few, many), sizes, strict=True):
            await _fill_members(store, others)
        with record_statement_log(many) as log:
            await make_board_work(many)()
        works = {"few": make_board_work(few), "many": make_board_work(many)}
        timings = await measure_interleaved(works, blocks=12, calls=10)
        return timings["few"], timings["many"], len(log.entries)


async def _fill_members(store: Store, others: int) -> None:
    crowd, later = Crowd(store), NOW + timedelta(days=1)
    await crowd.fill_base_tables()
    sizes = [OURS, *(min(LARGEST, others - start) for start in range(0, others, LARGEST))]
    cohort_ids = await crowd.fill_cohorts(len(sizes), NOW, later)
    for cohort_id, size in zip(cohort_ids, sizes, strict=True):
        await crowd.fill_members(cohort_id, size, NOW, later)
    await crowd.analyze_tables()


def make_board_work(store: Store) -> Work:
    """Return the work of a member who asks for the board; each time it is another one."""
    dispatch = Dispatch(store, Clock(NOW), load_bundled_roadmaps())
    # All over the board, from the first to the last.
    numbers = itertools.cycle(range(1, OURS + 1, 97))

    async def show_board() -> None:
        number = next(numbers)
        caller = Caller(Account("test", "", f"p{number}"), f"Person {number}")
        answer = await dispatch.answer_phrase(
            caller, PLACE, "progress board=yes", idempotency_key="board"
        )
        text = answer.to_plain_text()
        assert "Person" in text, text

    return show_board
