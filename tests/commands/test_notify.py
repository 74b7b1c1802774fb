"""`/notify` gives the role by which posts notify, and takes it: everybody for themselves."""

from __future__ import annotations

from tests.support.room import Room

NEWS = "space:spring news"


async def test_members_take_and_leave_the_role(room: Room) -> None:
    await room.spring("ada")
    assert "No post of spring notifies by a role here" in await room.says("ada", "notify")
    await room.says("mona", "posts notify post=topics how=role")
    assert "You do not have the role spring news" in await room.says("ada", "notify")
    assert "I give you the role spring news now." in await room.says("ada", "notify on=yes")
    assert room.chat.made_roles[NEWS] == {"ada"}
    assert "You have the role spring news" in await room.says("ada", "notify")
    assert "I take the role spring news from you" in await room.says("ada", "notify on=no")
    assert room.chat.made_roles[NEWS] == set()


async def test_nobody_outside_the_cohort_gets_the_role(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("mona", "posts notify post=topics how=role")
    assert "You are not in a cohort yet" in await room.says("bob", "notify on=yes")
    assert "You are not in spring" in await room.says("bob", "notify on=yes cohort=#1")
    assert room.chat.made_roles[NEWS] == set()


async def test_hidden_members_do_not_show_themselves_by_a_role(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.says("mona", "posts notify post=topics how=role")
    await room.says("ada", "settings hidden=yes")
    assert "Everybody can see who has a role" in await room.says("ada", "notify on=yes")
    await room.says("bob", "notify on=yes")
    assert room.chat.made_roles[NEWS] == {"bob"}
    await room.says("bob", "settings hidden=yes")
    assert room.chat.made_roles[NEWS] == set()
    # Their choice stays, and counts again.
    await room.says("bob", "settings hidden=no")
    assert room.chat.made_roles[NEWS] == {"bob"}


async def test_whoever_leaves_or_is_erased_loses_the_role(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.says("mona", "posts notify post=topics how=role")
    for name in ("ada", "bob"):
        await room.says(name, "notify on=yes")
    assert room.chat.made_roles[NEWS] == {"ada", "bob"}
    await room.says("ada", "leave")
    await room.says("ada", "leave sure=yes")
    assert room.chat.made_roles[NEWS] == {"bob"}
    await room.says("bob", "mydata erase sure=yes")
    assert room.chat.made_roles[NEWS] == set()


async def test_away_members_are_not_notified(room: Room) -> None:
    await room.spring("ada")
    await room.says("mona", "posts notify post=topics how=role")
    await room.says("ada", "notify on=yes")
    await room.says("ada", "away until=2026-02-27")
    await room.passes(hours=1)
    assert room.chat.made_roles[NEWS] == set()
    again = await room.says("ada", "notify on=yes")
    assert "when you are back" in again
    await room.passes(days=8)
    assert room.chat.made_roles[NEWS] == {"ada"}
