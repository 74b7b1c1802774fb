"""`roadmap list`: what a group here can take, with a way to look at each."""

from __future__ import annotations

from bot.chat.message import Message, Select
from tests.support.roadmap_versions import FIRST, publishes
from tests.support.room import Room, roadmaps


async def test_everybody_sees_what_there_is_and_how_many_groups_are_on_it(quick_room: Room) -> None:
    room = quick_room
    await publishes(room, FIRST, 1, 0)
    await room.spring("ada", more="roadmap=rust")
    first = await room.says("ada", "roadmap list")
    said = first + await room.says("ada", "roadmap list page=2")
    assert (
        "• Rust together rust · 3 weeks · 5 items · version 1 · used by 1 group\n"
        "Three weeks of Rust."
    ) in said
    assert "Import a plan" not in first
    assert "Import a plan" in await room.says("mona", "roadmap list")
    picks = []
    for page in (1, 2):
        answer = await room.answer("ada", f"roadmap list page={page}")
        assert isinstance(answer, Message)
        (select,) = [block for block in answer.blocks if isinstance(block, Select)]
        picks += [choice.value for choice in select.choices]
    assert sorted(picks) == sorted([*roadmaps(), "rust"])
