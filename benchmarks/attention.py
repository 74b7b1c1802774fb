"""What a moderator reads of 400 members, and of 10,000: who needs them, the list, and the digest."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import insert

from benchmarks.crowd import NOW, PLAN, SYLLABUS, Crowd
from benchmarks.databases import Databases, open_store
from benchmarks.figures import Figure, Target, format_milliseconds
from benchmarks.statements import record_statement_log
from benchmarks.stopwatch import Timing, Work, measure_interleaved
from bot.__main__ import load_bundled_roadmaps
from bot.chat.address import Account, Caller, Place
from bot.runtime.dispatch import Dispatch
from bot.store import Store
from bot.store.tables import checkins, ticks
from tests.support.database import execute_sql
from tests.support.room import Clock

SIZES = (40, 400, 10_000)  # members of the cohorts, side by side in one database
PHRASES = {
    "attention": "members attention cohort=cohort-{}",
    "members": "members list cohort=cohort-{}",
    "members by check-in": "members list cohort=cohort-{} sort=checkin",
    "digest": "cohort digest cohort=cohort-{}",
}
LIST_NOTE, DIGEST_NOTE = "Only moderators see this list.", "They may need you"
"""What stands in every answer of a list, and in a digest."""
TICKED = 20  # items of those who tick
LONGEST = 1000  # milliseconds: a moderator waits for it, and nobody else


def measure_attention(databases: Databases) -> Iterator[Figure]:
    """Yield the figures of each engine."""
    return databases.measure_each("attention", _measure_engine)


def _measure_engine(engine: str, create: Callable[[str], str]) -> Iterator[Figure]:
    timings, counts = asyncio.run(_measure_answers(create("attention")))
    for name in PHRASES:
        usual = timings[name, 400]
        for size in SIZES:
            timing = timings[name, size]
            shown = f"{format_milliseconds(timing.seconds)}, {counts[name, size]} statements"
            title = f"{name}, {size:,} members, {engine}"
            spent = timing.seconds * 1000
            ratio = timing.compare_with(usual)
            yield Figure(title, shown, ratio, Target(LONGEST, "ms"), spent)


async def _measure_answers(
    url: str,
) -> tuple[dict[tuple[str, int], Timing], dict[tuple[str, int], int]]:
    """Return the timing and the statements of each answer, by its name and the cohort's size."""
    async with open_store(url) as store:
        await _fill_cohorts(store)
        works: dict[str, Work] = {}
        counts = {}
        for name, phrase in PHRASES.items():
            for number, size in enumerate(SIZES, 1):
                expected = DIGEST_NOTE if name == "digest" else LIST_NOTE
                work = make_answer_work(store, phrase.format(number), expected)
                with record_statement_log(store) as log:
                    await work()
                counts[name, size] = len(log.entries)
                works[f"{name}|{size}"] = work
        timings = await measure_interleaved(works, blocks=3, calls=2)
        by_size = {}
        for key, timing in timings.items():
            name, _, text = key.partition("|")
            by_size[name, int(text)] = timing
        return by_size, counts


async def _fill_cohorts(store: Store) -> None:
    crowd, later = Crowd(store), NOW + timedelta(days=1)
    await crowd.fill_base_tables()
    cohort_ids = await crowd.fill_cohorts(len(SIZES), NOW, later)
    for cohort_id, size in zip(cohort_ids, SIZES, strict=True):
        # Joined before the first week, so that whoever did nothing is silent and behind.
        ids = await crowd.fill_members(cohort_id, size, NOW, later)
        await _fill_work(store, ids)
    await crowd.analyze_tables()


async def _fill_work(store: Store, ids: range) -> None:
    """Write the ticks of two of three members, and a check-in of every second one."""
    items = SYLLABUS.all_items[:TICKED]
    tick_rows = [
        {"account_id": number, "roadmap": PLAN.slug, "item": item, "at": NOW}
        for number in ids
        if number % 3
        for item in items
    ]
    report_rows = [
        {
            "member_id": number,
            "account_id": number,
            "week_id": SYLLABUS.weeks[0].id,
            "confidence": 1 + number % 5,
            "blockers": "the night shift" if number % 20 == 0 else "",
            "late": False,
            "first_at": NOW,
            "at": NOW,
        }
        for number in ids
        if number % 2
    ]
    await execute_sql(store, insert(ticks), tick_rows)
    await execute_sql(store, insert(checkins), report_rows)


def make_answer_work(store: Store, phrase: str, expected: str) -> Work:
    """Return the work of a moderator who asks, and reads what is expected."""
    dispatch = Dispatch(store, Clock(NOW + timedelta(days=7)), load_bundled_roadmaps())
    # A member who is known: with ids of the crowd's own, Postgres would give a new one twice.
    caller = Caller(Account("test", "", "p1"), "Person 1", is_moderator=True)
    place = Place("test", "space", "channel-1")
    numbers = itertools.count(1)

    async def ask() -> None:
        # A key of its own each time: an answer given before would only be repeated.
        key = f"{phrase} {next(numbers)}"
        answer = await dispatch.answer_phrase(caller, place, phrase, idempotency_key=key)
        text = answer.to_plain_text()
        assert expected in text, text

    return ask
