"""Moving a cohort to another channel of its space: what is to come, and what waits, comes there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.address import Place, SetupProblem
from bot.chat.errors import SendError
from tests.support.room import Room

pytestmark = pytest.mark.usual_posts

ANNEX = Place("test", "space", "annex")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def test_posts_come_in_the_new_channel_from_now_on(room: Room) -> None:
    await room.spring("ada")
    assert await room.says("mona", "cohort move", place=ANNEX) == (
        "spring now posts in this channel. Posts that waited come here too. "
        "The next post is Starts soon on Sat 28 Feb 2026, 09:00.\n[Timeline]"
    )
    await room.goes_to(MONDAY)
    assert {letter.place.channel for letter in room.posts()} == {"annex"}
    assert "Week 1" in await room.says("ada", "week", place=ANNEX)


async def test_what_waited_for_a_channel_that_is_gone_comes_in_the_new_one_once(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(MONDAY - timedelta(minutes=1))
    before = room.posts()
    room.chat.lacking["study-group"] = (SetupProblem("The channel is gone."),)
    await room.goes_to(MONDAY.replace(hour=10))
    assert room.posts() == before
    told = await room.says("mona", "posts timeline", place=ANNEX)
    assert "Posts of spring wait: The channel is gone." in told
    assert "now posts in this channel" in await room.says(
        "mona", "cohort move spring sure=yes", place=ANNEX
    )
    await room.pulse()
    came = room.posts()[len(before) :]
    assert [(entry.kind, entry.place.channel) for entry in came] == [
        ("kick_off", "annex"),
        ("topics", "annex"),
    ]
    assert "wait" not in await room.says("mona", "posts timeline", place=ANNEX)


async def test_it_says_what_is_missing_in_the_new_channel(quick_room: Room) -> None:
    await quick_room.spring()
    quick_room.chat.lacking["annex"] = (
        SetupProblem("I may not write here: allow it."),
        SetupProblem("I may not look back.", is_blocking=False),
    )
    told = await quick_room.says("mona", "cohort move", place=ANNEX)
    assert "Before posts can appear here: I may not write here: allow it." in told
    assert "look back" not in told


async def test_where_it_cannot_move_is_refused_with_what_to_do(quick_room: Room) -> None:
    await quick_room.spring("ada")
    assert await quick_room.says("mona", "cohort move") == (
        "spring already posts in this channel: use cohort move in the channel you want."
    )
    private = Place("test", "space", native="mona")
    assert (await quick_room.says("mona", "cohort move spring", place=private)).startswith(
        "Use cohort move in the channel for the posts"
    )
    assert (await quick_room.says("ada", "cohort move", place=ANNEX)).startswith(
        "Only moderators can use"
    )
    elsewhere = Place("test", "another", "lobby")
    assert (await quick_room.says("mona", "cohort move spring", place=elsewhere)).startswith(
        "There is no cohort"
    )
    await quick_room.says("mona", "cohort create name=summer start=2026-03-02")
    assert "Which cohort do you mean?" in await quick_room.says("mona", "cohort move", place=ANNEX)


async def test_without_a_name_it_is_the_one_that_lives_in_another_channel(quick_room: Room) -> None:
    await quick_room.spring()
    await quick_room.says("mona", "cohort create name=summer start=2026-03-02", place=ANNEX)
    assert (await quick_room.says("mona", "cohort move", place=ANNEX)).startswith(
        "spring now posts in this channel."
    )
    assert await quick_room.says("mona", "cohort move summer") == (
        "summer now posts in this channel. It is a draft, so nobody is told until you open it.\n[Timeline]"
    )


async def test_what_may_have_been_sent_in_the_old_channel_is_not_sent_again_in_the_new_one(
    room: Room,
) -> None:
    await room.spring("ada")

    def fault(when: str, place: Place, key: str) -> None:
        if when == "after" and "kick_off" in key:
            raise SendError("no answer", perhaps_sent=True)

    room.chat.fault = fault
    await room.goes_to(MONDAY)
    room.chat.fault = None
    await room.says("mona", "cohort move sure=yes", place=ANNEX)
    came = [(letter.place.channel, letter.kind) for letter in room.posts() if letter.at >= MONDAY]
    assert came == [("study-group", "kick_off"), ("annex", "topics")]
    assert "unsure, it may have been sent before the cohort moved" in await room.says(
        "mona", "posts timeline page=1"
    )


async def test_opening_says_what_is_missing_where_the_cohort_lives_and_nothing_about_where_it_is_said(
    quick_room: Room,
) -> None:
    quick_room.chat.lacking["study-group"] = (SetupProblem("I may not write here: allow it."),)
    line = "Before posts can appear here: I may not write here: allow it."
    assert line in await quick_room.says("mona", "cohort create name=spring start=2026-03-02")
    opened = await quick_room.says("mona", "cohort open spring sure=yes")
    assert "My invitation waits" in opened
    assert line in opened
    assert quick_room.chat.sent == []
    await quick_room.says("mona", "cohort create name=summer start=2026-03-02", place=ANNEX)
    elsewhere = await quick_room.says("mona", "cohort open summer sure=yes")
    assert "I have invited everybody here" in elsewhere
    assert line not in elsewhere


async def test_an_archived_cohort_stays_as_it_is(quick_room: Room) -> None:
    await quick_room.spring()
    await quick_room.says("mona", "cohort finish spring sure=yes")
    await quick_room.says("mona", "cohort archive spring sure=yes")
    told = await quick_room.says("mona", "cohort move cohort=#1", place=ANNEX)
    assert "is archived and cannot change: create a new cohort with cohort create." in told
    for phrase in (
        "cohort call cohort=#1 at=9:00 where=library",
        "cohort threads cohort=#1 on=yes",
    ):
        assert "is archived and cannot change" in await quick_room.says("mona", phrase)
