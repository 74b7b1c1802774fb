"""`/cohort role` gives every member a role who is not hidden, and nobody else."""

from __future__ import annotations

from tests.support.room import Room

SPRING = "space:spring"


async def test_members_have_the_role_as_long_as_they_are_members_and_seen(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.says("bob", "settings hidden=yes")
    assert "Members of spring get no role." in await room.says("mona", "cohort role")
    assert "Hidden members never get it" in await room.says("mona", "cohort role on=yes")
    assert room.chat.made_roles == {SPRING: {"ada"}}
    joined = await room.says("cy", "join spring")
    assert "Here you get the role spring, which everybody sees." in joined
    assert room.chat.made_roles == {SPRING: {"ada", "cy"}}
    await room.says("bob", "settings hidden=no")
    await room.says("ada", "settings hidden=yes")
    assert room.chat.made_roles == {SPRING: {"bob", "cy"}}
    await room.says("cy", "mydata erase sure=yes")
    assert room.chat.made_roles == {SPRING: {"bob"}}
    await room.says("dan", "settings hidden=yes")
    assert "role" not in await room.says("dan", "join spring")
    await room.says("mona", "cohort role on=no")
    assert room.chat.made_roles == {}
    assert "role" not in await room.says("eve", "join spring")
