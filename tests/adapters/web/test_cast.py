"""The classmates in the room: they join, tick and check in, and a restart loses nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.web.classmates import CLASSMATES
from tests.support.room_server import CHANNEL, Local, whole_bot


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with whole_bot(tmp_path) as opened:
        yield opened


async def begun(local: Local) -> None:
    assert (await local.post("/api/story", {"as": "ada", "channel": CHANNEL}))[0] == 200
    while local.room.cast.story is None or not local.room.cast.story.is_set_up:
        await asyncio.sleep(0.01)
    await local.room.mover.run_due_work()


def check_everybody_is_named_once(seen: str) -> None:
    """Count the classmates and the visitor in the posts about who has joined.

    There are two if a second has passed while they joined, as it may on a slow machine.
    """
    posts = [line for line in seen.splitlines() if "joined first-steps" in line]
    assert len(posts) in {1, 2}
    assert sum(map(count_named, posts)) == len(CLASSMATES) + 1


def count_named(post: str) -> int:
    names = post.partition(" joined first-steps")[0]
    more = re.search(r"(\d+) more have", names)
    named = sum(figure.name in names for figure in CLASSMATES) + ("Ada" in names)
    return named + (int(more[1]) if more else 0)


async def test_one_button_brings_a_cohort_with_seven_classmates_and_the_visitor(
    local: Local,
) -> None:
    await begun(local)
    await local.moves("day")
    seen = await local.sees("bob")
    check_everybody_is_named_once(seen)
    status, answer = await local.post("/api/story", {"as": "ada", "channel": CHANNEL})
    assert (status, "already here" in answer["problem"]) == (422, True)


async def test_the_classmates_tick_and_check_in_by_themselves(local: Local) -> None:
    await begun(local)
    for _ in range(3):
        await local.moves("week")
    seen = await local.sees("bob")
    assert "Week 1 is done" in seen
    assert "6 of 8" in seen.partition("Week 1 is done")[2][:200]
    assert "Noor" in seen.partition("Week 1 is done")[2]


async def test_after_the_end_another_group_begins_and_not_before(tmp_path: Path) -> None:
    async with whole_bot(tmp_path) as local:
        await begun(local)
        assert (await local.get("/api/room"))[1]["over"] is False
        await local.says("mona", "cohort finish first-steps sure=yes")
        await local.moves("day")
        assert (await local.get("/api/room"))[1]["over"] is True
    async with whole_bot(tmp_path) as local:
        while not (await local.get("/api/room"))[1]["over"]:
            await asyncio.sleep(0.01)
        asked = {"as": "bob", "channel": CHANNEL}
        double_click = [(await local.post("/api/story", asked))[0] for _ in range(2)]
        assert double_click == [200, 200]
        while (
            local.room.cast.story is None
            or local.room.cast.story.number == 1
            or not local.room.cast.story.is_set_up
        ):
            await asyncio.sleep(0.01)
        await local.room.mover.run_due_work()
        assert (await local.get("/api/room"))[1]["over"] is False
        for native in (*(figure.native for figure in CLASSMATES), "bob"):
            seen = await local.sees(native)
            assert (seen.count("You are in first-steps-2"), "first-steps-3" in seen) == (1, False)
        status, answer = await local.post("/api/story", asked)
        assert (status, "already here" in answer["problem"]) == (422, True)


async def test_a_story_cut_short_is_told_to_its_end_after_the_restart(tmp_path: Path) -> None:
    async with whole_bot(tmp_path) as local:
        assert (await local.post("/api/story", {"as": "ada", "channel": CHANNEL}))[0] == 200
        while await local.room.transcript.find_last_seq() < 8:
            await asyncio.sleep(0.001)
    async with whole_bot(tmp_path) as local:
        while not (local.room.cast.story and local.room.cast.story.is_set_up):
            await asyncio.sleep(0.01)
        await local.room.mover.run_due_work()
        await local.moves("day")
        seen = await local.sees("bob")
        check_everybody_is_named_once(seen)


async def test_play_shows_people_at_work(local: Local) -> None:
    await begun(local)
    for _ in range(3):
        await local.moves("week")
    seen = await local.sees("bob")
    assert "Tomás thanks Noor for: the good start in week one" in seen
    # One gets stuck and is helped.
    assert "Solved:" in seen
    assert "the smallest example by hand" in seen
    assert "Some members of first-steps are stuck on" in await local.sees("noor", "")
    for _ in range(3):
        await local.moves("week")
    seen = await local.sees("bob")
    assert "Amir thanks Noor for: the example with three numbers" in seen
    assert "From your check-ins" in seen
    assert "🎉" in seen
    # One falls silent and comes back.
    await local.moves("week")
    assert "I am back." in await local.sees("bob")
    await local.moves("week")
    assert "Kwame thanks Sefa for: coming back" in await local.sees("bob")
