"""Time passing: a tick costs what is due, a cohort that cannot be looked at stops nobody else, and nothing is entered twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from bot.chat.message import Message, text_message
from bot.post import PostDay, PostFacts, PostRegistry, post
from bot.runtime.scheduler import PostScheduler
from tests.support.posts import USUAL_POSTS
from tests.support.room import Room

KICK_OFF = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def test_a_tick_with_nothing_due_asks_two_questions_and_writes_nothing(room: Room) -> None:
    await room.spring("ada")
    asked: list[str] = []
    for engine in {room.store._writer, room.store._reader}:
        event.listen(
            engine.sync_engine,
            "before_cursor_execute",
            lambda c, k, statement, *_: asked.append(statement),
        )
    await room.clockwork.schedule_due_posts()
    assert [statement.split()[0] for statement in asked if statement != "BEGIN"] == [
        "SELECT",
        "SELECT",
    ]


async def test_two_processes_that_tick_at_once_enter_each_post_once(room: Room) -> None:
    await room.spring("ada")
    room.clock.at = KICK_OFF + timedelta(weeks=1)
    other = PostScheduler(room.store, room.clock)
    await room.clockwork.schedule_due_posts()
    await other.schedule_due_posts()
    await room.pulse()
    assert [one.ref for one in room.posts("topics")] == ["optimization"]
    async with room.store.transaction(write=False) as tx:
        cohort = await tx.cohorts.load_cohort(1)
        assert cohort is not None
        keys = [one.natural_key for one in await tx.ledger.list_home_letters(cohort)]
    assert len(keys) == len(set(keys))


async def test_a_cohort_that_cannot_be_looked_at_stops_nobody_else(
    quick_room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    await quick_room.spring("ada")
    await quick_room.says("mona", "cohort create name=summer start=2026-03-02")
    await quick_room.says("mona", "cohort open summer sure=yes")
    async with quick_room.store._writer.begin() as connection:
        await connection.execute(
            text("UPDATE cohorts SET zone = 'Atlantis/Sunken' WHERE name = 'spring'")
        )
    quick_room.clock.at = KICK_OFF
    await quick_room.pulse()
    assert [one.key.split(".")[0] for one in quick_room.posts("topics")] == ["2"]
    assert "the cohort of cohort 1 could not be looked at" in caplog.text
    async with quick_room.store._writer.begin() as connection:
        await connection.execute(text("UPDATE cohorts SET zone = 'UTC' WHERE name = 'spring'"))
    await quick_room.pulse()
    assert [one.key.split(".")[0] for one in quick_room.posts("topics")] == ["2", "1"]


async def test_a_new_kind_of_post_joins_running_cohorts_from_now_on(quick_room: Room) -> None:
    await quick_room.spring("ada")
    await quick_room.goes_to(KICK_OFF + timedelta(days=2))
    post_kinds = PostRegistry(USUAL_POSTS.kinds.values())

    @post(PostDay("week", 1), title="Brand new", into=post_kinds)
    def brand_new(facts: PostFacts) -> Message:
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
    def third_week(facts: PostFacts) -> Message:
        """For a test."""
        return text_message("day two of week three")

    await quick_room.restart(post_kinds)
    await quick_room.spring("ada")
    timeline = await quick_room.says("mona", "cohort timeline")
    assert [line for line in timeline.splitlines() if "Third week" in line] == [
        "Tue 17 Mar 2026, 09:00 · Third week, week 3"
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
