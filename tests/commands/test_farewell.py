"""`/farewell`: the letter to read by command, true at each look, and only after one's own end."""

from __future__ import annotations

from tests.posts.test_farewell import AFTER
from tests.posts.test_skips import on
from tests.support.room import Room


async def test_the_farewell_is_read_by_command_and_counts_late_ticks(room: Room) -> None:
    await room.spring("ada")
    assert await room.says("ada", "farewell") == (
        "spring is not over for you yet: use progress to see how far you are."
    )
    await room.goes_to(AFTER)
    assert "Certificate" not in await room.says("ada", "farewell")
    await room.says("ada", "tick bayes")
    told = await room.says("ada", "farewell spring")
    assert "1 of 57 items done\nIssued on Tue 26 May 2026.\n" in told


async def test_a_pause_is_no_end(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(on(5, 20))
    await room.says("mona", "cohort pause spring sure=yes")
    await room.goes_to(on(6, 10))
    assert "is not over for you yet" in await room.says("ada", "farewell")


async def test_only_members_have_a_farewell(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(AFTER)
    assert await room.says("zoe", "farewell spring") == (
        "You are not in spring: use join spring first."
    )
    await room.says("ada", "leave spring")
    assert "You are not in spring" in await room.says("ada", "farewell spring")
