"""`solved`: the button below a call for help. See `tests/posts/test_help_wanted.py` for the rest."""

from __future__ import annotations

from tests.support.room import Room


async def test_without_a_request_there_is_nothing_to_solve(quick_room: Room) -> None:
    await quick_room.spring("ada")
    assert await quick_room.says("ada", "solved request=1") == (
        "That request is over: use week to see this week's items."
    )
