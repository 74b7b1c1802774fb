"""`cohort revise` and `roadmap versions`: a cohort goes from one version of its plan to another, and no tick is lost."""

from __future__ import annotations

from dataclasses import replace

from bot.message import Checklist, Message
from tests.room import Room
from tests.versions import FIRST, SECOND, publishes


async def on_the_way(room: Room) -> None:
    """A cohort in week 1 of the first version, where Ada has ticked two items; the second version is published."""
    await publishes(room, FIRST, 1, 0)
    await room.spring("ada", "ben", more="roadmap=rust")
    await room.passes(days=11)
    await room.says("ada", "tick hello")
    await room.says("ada", "tick quiz")
    await publishes(room, SECOND, 2, 1)


async def test_a_move_is_looked_at_first_and_then_keeps_every_tick(room: Room) -> None:
    await on_the_way(room)
    assert await room.says("mona", "cohort revise spring") == ("")


async def test_v(room: Room) -> None:
    await on_the_way(room)
    assert await room.says("mona", "roadmap versions") == ("")


async def test_w(room: Room) -> None:
    await on_the_way(room)
    await room.says("mona", "cohort revise spring version=2 sure=yes")
    assert room.chat.sent[-1].message.plain() == ""

async def test_x(room: Room) -> None:
    await on_the_way(room)
    assert await room.says("mona", "cohort revise spring version=2 sure=yes")==""

async def test_z(room: Room) -> None:
    await on_the_way(room)
    assert await room.says("mona", "roadmap list")==""
