"""Milestones: one short post at most a day, about those whom everybody may see."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.roadmap import Roadmap
from tests.support.room import Room

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)


def list_items(room: Room, weeks: int | None = None) -> list[str]:
    """Return the items of the plan's first weeks, or of all."""
    roadmap: Roadmap = room.roadmaps["ai-ml-engineer-12-weeks"]
    items = [item.id for week in roadmap.weeks for item in week.items]
    if weeks is not None:
        items = [item.id for week in roadmap.weeks[:weeks] for item in week.items]
    return items


async def tick_all(room: Room, name: str, items: list[str]) -> None:
    assert "Ticked" in await room.says(name, "tick cohort=#1", {"item": tuple(items)})


def read_posts(room: Room) -> list[str]:
    return [post.message.to_plain_text() for post in room.posts("milestone")]


async def test_a_stage_is_told_with_the_names_of_those_who_finished_it(room: Room) -> None:
    await room.spring("ada", "bob", "cy")
    await room.goes_to(TUESDAY)
    for name in ("ada", "bob"):
        await tick_all(room, name, list_items(room, weeks=4))
    assert read_posts(room) == []
    await room.passes(minutes=10)
    assert read_posts(room) == [
        "🎉 Ada and Bob have finished Month 1: Foundations in mathematics and Python for ML.\n"
        "[My progress] [Say thanks]"
    ]


async def test_the_last_item_and_the_middle_are_told_on_one_day_once(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(TUESDAY)
    items = list_items(room)
    await tick_all(room, "bob", items[: len(items) // 2 + 1])
    await room.passes(minutes=10)
    await tick_all(room, "ada", items)
    await room.passes(hours=2)
    assert len(read_posts(room)) == 1
    assert "Bob is half way" in read_posts(room)[0]
    await room.passes(days=1)
    assert len(read_posts(room)) == 2
    assert "Ada has finished the whole plan" in read_posts(room)[1]
    # A tick that is removed and set again is no second milestone.
    await room.says("ada", f"tick {items[-1]} undo=yes")
    await room.says("ada", f"tick {items[-1]}")
    await room.passes(days=3)
    assert sum("whole plan" in text for text in read_posts(room)) == 1


async def test_a_slip_that_is_taken_back_is_never_told(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(TUESDAY)
    await tick_all(room, "ada", list_items(room, weeks=4))
    await room.says("ada", f"tick {list_items(room, weeks=4)[0]} undo=yes")
    await room.passes(days=2)
    assert read_posts(room) == []


@pytest.mark.parametrize("how", ["settings hidden=yes", "away until=2026-03-20", "leave spring"])
async def test_nobody_hidden_away_or_gone_is_named(room: Room, how: str) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(TUESDAY)
    for name in ("ada", "bob"):
        await tick_all(room, name, list_items(room, weeks=4))
    await room.says("ada", how)
    await room.passes(days=2)
    assert ["Ada" in text for text in read_posts(room)] == [False]


async def test_everybody_has_checked_in_without_those_who_are_away(room: Room) -> None:
    await room.spring("ada", "bob", "cy", "dan", "eve")
    await room.goes_to(TUESDAY)
    await room.says("dan", "away until=2026-03-20")
    await room.says("eve", "settings hidden=yes")
    for name in ("ada", "bob"):
        await room.says(name, "checkin hours=1")
    await room.passes(hours=1)
    assert read_posts(room) == []
    await room.says("cy", "checkin hours=1")
    await room.passes(minutes=10)
    (text,) = read_posts(room)
    assert text.startswith("🎉 Everybody has checked in for week 1.")


async def test_two_members_are_no_everybody(quick_room: Room) -> None:
    await quick_room.spring("ada", "bob")
    await quick_room.goes_to(TUESDAY)
    for name in ("ada", "bob"):
        await quick_room.says(name, "checkin hours=1")
    await quick_room.passes(days=1)
    assert read_posts(quick_room) == []


async def test_switched_off_it_tells_nothing_later_either(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(TUESDAY)
    await room.says("mona", "posts settings post=milestone on=no")
    await tick_all(room, "ada", list_items(room, weeks=4))
    await room.passes(days=1)
    await room.says("mona", "posts settings post=milestone on=yes")
    await room.passes(days=3)
    assert read_posts(room) == []
    shown = await room.says("mona", "posts settings post=milestone")
    assert "when somebody has reached one, at most once a day" in shown
    refused = await room.says("mona", "posts settings post=milestone at=18:00")
    assert "you can only switch it on or off" in refused


async def test_an_erased_person_is_taken_out_of_the_post(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(TUESDAY)
    for name in ("ada", "bob"):
        await tick_all(room, name, list_items(room, weeks=4))
    await room.passes(minutes=10)
    assert "kind: stage" in await room.says("ada", "mydata export")
    await room.presses("ada", await room.answer("ada", "mydata erase"), "Erase")
    await room.passes(minutes=10)
    (text,) = read_posts(room)
    assert "Ada" not in text
    assert "Bob has finished" in text
