"""Databases in which many letters have fallen due, and the check that all of them were sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from benchmarks.crowd import Crowd
from benchmarks.databases import open_store
from bot.runtime.scheduler import PostScheduler
from bot.store import Store
from tests.support.database import execute_sql
from tests.support.room import Clock

HOME_POST_AT = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
"""Monday of the second week, at the posting hour: the weekly topics, and a recap nobody needs."""
MEMBER_POST_AT = datetime(2026, 3, 14, 18, 0, tzinfo=UTC)
"""The last day but one of the second week, at the hour of the reminders to check in."""
MEMBERS_OF_COHORT = 100
HOUR = timedelta(hours=1)


async def enter_home_letters(store: Store, count: int) -> datetime:
    """Enter one letter that everybody needs to each of as many homes, and return the instant."""
    crowd = Crowd(store)
    await crowd.fill_base_tables()
    await crowd.fill_cohorts(count, HOME_POST_AT - HOUR, HOME_POST_AT)
    return await _enter_due_letters(store, HOME_POST_AT, "topics", count)


async def enter_member_letters(store: Store, count: int) -> datetime:
    """Enter one reminder to each of as many members, and return the instant."""
    crowd, later = Crowd(store), MEMBER_POST_AT + timedelta(days=1)
    await crowd.fill_base_tables()
    cohort_ids = await crowd.fill_cohorts(count // MEMBERS_OF_COHORT, MEMBER_POST_AT, later)
    for cohort_id in cohort_ids:
        await crowd.fill_members(
            cohort_id, MEMBERS_OF_COHORT, MEMBER_POST_AT - HOUR, MEMBER_POST_AT
        )
    return await _enter_due_letters(store, MEMBER_POST_AT, "reminder", count)


async def _enter_due_letters(store: Store, now: datetime, kind: str, count: int) -> datetime:
    await PostScheduler(store, Clock(now)).schedule_due_posts()
    # Others fall due at the same instant and end skipped: they are no part of this.
    await execute_sql(store, "DELETE FROM letters WHERE kind != :kind", {"kind": kind})
    states = await list_letter_states(store)
    assert states == [("due", count)], states
    await execute_sql(store, "ANALYZE")
    return now


async def list_letter_states(store: Store, kind: str = "") -> Sequence[tuple[str, int]]:
    """Return how many letters there are in each state, of one kind or of all."""
    query = "SELECT state, count(*) AS total FROM letters WHERE :kind IN ('', kind) GROUP BY state"
    rows = await execute_sql(store, query, {"kind": kind}, write=False)
    return sorted((str(row.state), int(row.total)) for row in rows)


async def load_letter_states(url: str) -> Sequence[tuple[str, int]]:
    """Return the same from a database that is not open."""
    async with open_store(url) as store:
        return await list_letter_states(store)
