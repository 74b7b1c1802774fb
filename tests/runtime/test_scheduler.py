"""Time passing: a tick costs what is due, a cohort that cannot be looked at stops nobody else, and nothing is entered twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.chat.message import Message, text_message
from bot.post import HomeFacts, PostDay, PostRegistry, post
from bot.runtime.scheduler import SLICE, PostScheduler
from bot.store import Tx
from bot.store.tables import cohorts
from tests.support.database import (
    execute_sql,
    execute_statement,
    list_first_cohort_letters,
    record_statements,
)
from tests.support.posts import USUAL_POSTS
from tests.support.room import Room

KICK_OFF = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NEVER = datetime(2030, 1, 1, tzinfo=UTC)


async def test_a_tick_with_nothing_due_asks_one_question_and_writes_nothing(room: Room) -> None:
    await room.spring("ada")
    with record_statements(room.store) as statements:
        await room.clockwork.schedule_due_posts()
    assert [statement.split()[0] for statement in statements] == ["SELECT"]


async def test_two_processes_that_tick_at_once_enter_each_post_once(room: Room) -> None:
    await room.spring("ada")
    room.clock.at = KICK_OFF + timedelta(weeks=1)
    other = PostScheduler(room.store, room.clock)
    await room.clockwork.schedule_due_posts()
    await other.schedule_due_posts()
    await room.pulse()
    assert [one.ref for one in room.posts("topics")] == ["optimization"]
    keys = [letter.natural_key for letter in await list_first_cohort_letters(room.store)]
    assert len(keys) == len(set(keys))


async def test_a_cohort_that_cannot_be_looked_at_stops_nobody_else(
    quick_room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    await quick_room.spring("ada")
    await quick_room.says("mona", "cohort create name=summer start=2026-03-02")
    await quick_room.says("mona", "cohort open summer sure=yes")
    sunken = "UPDATE cohorts SET zone = 'Atlantis/Sunken' WHERE name = 'spring'"
    await execute_sql(quick_room.store, sunken)
    quick_room.clock.at = KICK_OFF
    await quick_room.pulse()
    assert [one.key.split(".")[0] for one in quick_room.posts("topics")] == ["2"]
    assert "the cohort of cohort 1 could not be looked at" in caplog.text
    await execute_sql(quick_room.store, "UPDATE cohorts SET zone = 'UTC' WHERE name = 'spring'")
    await quick_room.pulse()
    assert [one.key.split(".")[0] for one in quick_room.posts("topics")] == ["2", "1"]


async def test_a_new_kind_of_post_joins_running_cohorts_from_now_on(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(KICK_OFF + timedelta(days=2))
    post_kinds = PostRegistry(USUAL_POSTS.kinds.values())

    @post(PostDay("week", 1), title="Brand new", into=post_kinds)
    def brand_new(facts: HomeFacts) -> Message:
        """For a test."""
        return text_message("day two")

    await quick_room.restart(post_kinds)
    await quick_room.goes_to(KICK_OFF + timedelta(days=9))
    assert [(sent.ref, sent.at) for sent in quick_room.posts("brand_new")] == [
        ("optimization", KICK_OFF + timedelta(days=8))
    ]


async def test_a_kind_for_one_week_is_posted_and_listed_in_that_week_alone(
    quick_room: Room,
) -> None:
    post_kinds = PostRegistry(USUAL_POSTS.kinds.values())

    @post(PostDay("week", 1, week_number=3), title="Third week", into=post_kinds)
    def third_week(facts: HomeFacts) -> Message:
        """For a test."""
        return text_message("day two of week three")

    await quick_room.restart(post_kinds)
    await quick_room.spring("ada")
    timeline = await quick_room.says("mona", "cohort timeline whole=yes page=1")
    assert [line for line in timeline.splitlines() if "Third week" in line[:60]] == [
        "○ Tue 17 Mar 2026, 09:00 · Third week, week 3 · coming"
    ]
    await quick_room.goes_to(KICK_OFF + timedelta(weeks=4))
    assert [sent.at for sent in quick_room.posts("third_week")] == [
        KICK_OFF + timedelta(weeks=2, days=1)
    ]


@pytest.mark.usual_posts
async def test_a_cohort_comes_to_its_end_by_itself_and_is_silent_then(quick_room: Room) -> None:
    await quick_room.spring("ada", start="2025-12-08")
    await quick_room.goes_to(KICK_OFF)
    assert quick_room.posts()[-1].kind == "finale"
    sent = len(quick_room.chat.sent)
    assert await quick_room.pulse() is None
    await quick_room.passes(weeks=8)
    assert len(quick_room.chat.sent) == sent


async def test_answers_are_forgotten_when_no_platform_asks_for_them_again(quick_room: Room) -> None:
    await quick_room.spring()
    first = await quick_room.answer("ada", "join spring", once="click-1")
    assert await quick_room.answer("ada", "join spring", once="click-1") == first
    await quick_room.passes(days=3)
    await quick_room.clockwork.delete_expired_data()
    again = await quick_room.answer("ada", "join spring", once="click-1")
    assert again.to_plain_text().startswith("You are in spring already.")


async def copy_first_cohort(room: Room, count: int, next_due_at: datetime) -> None:
    """Store copies of the first cohort, without homes, with a moment nobody has computed."""

    async def copy_row(tx: Tx) -> None:
        (row,) = execute_statement(tx, select(cohorts))
        values = {**row._mapping, "next_due_at": next_due_at}
        del values["id"]
        copies = [{**values, "name": f"copy-{number}"} for number in range(count)]
        execute_statement(tx, cohorts.insert(), copies)

    await room.store.run(copy_row)


async def test_an_update_computes_schedules_in_slices_beside_what_is_due(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await copy_first_cohort(quick_room, 3 * SLICE, NEVER)
    post_kinds = PostRegistry(USUAL_POSTS.kinds.values())

    @post(PostDay("week", -1), title="Day before", into=post_kinds)
    def day_before(facts: HomeFacts) -> Message:
        """For a test."""
        return text_message("tomorrow")

    quick_room.clock.at = KICK_OFF + timedelta(hours=1)
    await quick_room.restart(post_kinds)
    with record_statements(quick_room.store) as statements:
        await quick_room.clockwork.schedule_due_posts()
    slices = [n for n, sql in enumerate(statements) if sql.startswith("INSERT INTO marks")]
    entered = [n for n, sql in enumerate(statements) if sql.startswith("INSERT INTO letters")]
    assert len(slices) == 5  # with the rest of one, and the one that finds nothing
    assert slices[0] < entered[0] < slices[1]
    await quick_room.pulse()
    # What had fallen due comes, and of the new kind nothing from before the update.
    assert [sent.kind for sent in quick_room.posts()][-2:] == ["kick_off", "topics"]
    query = "SELECT count(*) FROM cohorts WHERE next_due_at IS NULL OR next_due_at > '2029-01-01'"
    assert list(await execute_sql(quick_room.store, query)) == [(0,)]


async def test_schedules_go_on_being_computed_after_a_stop_in_between(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await copy_first_cohort(quick_room, SLICE, NEVER)
    await execute_sql(quick_room.store, "UPDATE marks SET value = 'other' WHERE name = 'kinds'")
    await quick_room.restart()
    await quick_room.restart()
    await quick_room.pulse()
    query = "SELECT count(*) FROM cohorts WHERE next_due_at > '2029-01-01'"
    assert list(await execute_sql(quick_room.store, query)) == [(0,)]
