"""`unthank`: the button below thanks. See `tests/commands/test_thanks.py` for the rest."""

from __future__ import annotations

from tests.support.room import Room


async def test_only_ones_own_thanks_are_taken_back(quick_room: Room) -> None:
    await quick_room.spring("ada", "bob")
    await quick_room.says("ada", "thanks Bob a word")
    nothing = "You have taken that back already, so nothing changed."
    assert await quick_room.says("bob", "unthank thanks=1") == nothing
    assert await quick_room.says("zoe", "unthank thanks=1") == nothing
    assert await quick_room.says("ada", "unthank thanks=1") == "I have taken your thanks back."
    assert await quick_room.says("ada", "unthank thanks=1") == nothing
