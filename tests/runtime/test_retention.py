"""What the operator wants kept no longer goes by itself, and nothing else does."""

from __future__ import annotations

from datetime import timedelta

from bot.runtime.scheduler import PostScheduler, Retention
from tests.support.database import execute_sql
from tests.support.room import Room

YEAR = timedelta(days=365)


async def tidies(room: Room, retention: Retention) -> None:
    await PostScheduler(room.store, room.clock, retention=retention).delete_expired_data()


async def names(room: Room) -> list[str]:
    rows = await execute_sql(room.store, "SELECT name FROM accounts ORDER BY name", write=False)
    return [row.name for row in rows]


async def cohorts(room: Room) -> list[str]:
    rows = await execute_sql(room.store, "SELECT name FROM cohorts ORDER BY name", write=False)
    return [row.name for row in rows]


async def test_everything_is_kept_for_ever_unless_the_operator_says_otherwise(room: Room) -> None:
    await room.spring("ada")
    room.clock.at += 20 * YEAR
    await tidies(room, Retention())
    assert await cohorts(room) == ["spring"]
    assert await names(room) == ["Ada", "Mona"]


async def test_a_finished_cohort_goes_after_its_days_and_no_sooner(room: Room) -> None:
    await room.spring("ada")
    await room.says("ada", "tick bayes")
    await room.passes(weeks=20)
    await tidies(room, Retention(cohorts=YEAR))
    assert await cohorts(room) == ["spring"]
    room.clock.at += YEAR
    await tidies(room, Retention(cohorts=YEAR))
    assert await cohorts(room) == []
    for table in ("members", "letters", "scores", "homes"):
        assert await execute_sql(room.store, f"SELECT 1 FROM {table}", write=False) == []
    # Ada stays, with her ticks, until the other setting says that she goes.
    assert await names(room) == ["Ada", "Mona"]


async def test_a_cohort_that_runs_or_rests_is_never_deleted(room: Room) -> None:
    await room.spring("ada")
    await room.passes(weeks=3)
    await room.says("mona", "cohort pause sure=yes")
    room.clock.at += 3 * YEAR
    await tidies(room, Retention(cohorts=YEAR))
    assert await cohorts(room) == ["spring"]


async def test_people_nobody_needs_are_erased_and_others_stay(room: Room) -> None:
    await room.spring("ada", "bob", "cy")
    await room.says("mona", "moderators add=@cy")
    for name in ("bob", "cy"):
        await room.says(name, "leave")
    await room.says("dua", "settings zone=Asia/Tokyo")
    await tidies(room, Retention(people=YEAR))
    assert await names(room) == ["Ada", "Bob", "Cy", "Dua", "Mona"]
    room.clock.at += YEAR + timedelta(days=1)
    await room.says("dua", "settings zone=Asia/Seoul")
    await tidies(room, Retention(people=YEAR))
    # Ada has a seat, Cy a right, and Dua was here a moment ago.
    assert await names(room) == ["Ada", "Cy", "Dua"]


async def test_whoever_looks_after_a_group_that_goes_on_is_kept(room: Room) -> None:
    await room.spring("ada")
    await room.passes(weeks=3)
    await room.says("mona", "cohort pause sure=yes")
    room.clock.at += YEAR + timedelta(days=30)
    await tidies(room, Retention(people=YEAR))
    assert await names(room) == ["Ada", "Mona"]
