"""`roadmap list`: what a group here can take, with a way to look at each."""

from __future__ import annotations

from bot.chat.message import Message, Select
from tests.support.roadmap_versions import FIRST, publishes
from tests.support.room import Room, roadmaps


async def test_everybody_sees_what_there_is_and_how_many_groups_are_on_it(quick_room: Room) -> None:
    room = quick_room
    await publishes(room, FIRST, 1, 0)
    await room.spring("ada", more="roadmap=rust")
    said = await room.says("ada", "roadmap list")
    assert (
        "• Rust together rust · 3 weeks · 5 items · version 1 · used by 1 group\n"
        "Three weeks of Rust."
    ) in said
    assert "Import a plan" not in said
    assert "Import a plan" in await room.says("mona", "roadmap list")
    answer = await room.answer("ada", "roadmap list")
    assert isinstance(answer, Message)
    picks = [
        choice.value
        for block in answer.blocks
        if isinstance(block, Select)
        for choice in block.choices
    ]
    assert sorted(picks) == sorted([*roadmaps(), "rust"])
