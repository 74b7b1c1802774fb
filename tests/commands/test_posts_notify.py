"""`/posts notify` chooses whom a post notifies, `/notify` takes the role and leaves it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat.address import Place, SetupProblem
from bot.chat.message import Ping
from tests.support.room import Room

NEWS = "space:spring news"


def on(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def read_pings(room: Room, kind: str) -> list[Ping | None]:
    return [sent.message.ping for sent in room.posts(kind)]


async def test_by_default_no_post_notifies_anybody(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    page = await room.says("mona", "posts notify")
    assert "Weekly topics: nobody" in page
    assert "Announcements: nobody" in page
    await room.goes_to(on(3, 10))
    assert {sent.message.ping for sent in room.chat.sent} == {None}


async def test_a_post_notifies_those_who_took_the_role(room: Room) -> None:
    await room.spring("ada", "bob")
    answer = await room.says("mona", "posts notify post=topics how=role")
    assert answer.startswith("Saved.\nWeekly topics of spring: those who asked for it, by a role.")
    assert room.chat.made_roles == {NEWS: set()}
    await room.goes_to(on(3, 2))
    (topics,) = room.posts("topics")
    assert topics.message.ping == Ping("role", NEWS, "spring news")
    assert read_pings(room, "kick_off") == [None]
    pressed = await room.presses("ada", topics.message, "Notify me")
    assert "I give you the role spring news now." in pressed.to_plain_text()
    assert room.chat.made_roles == {NEWS: {"ada"}}
    left = await room.presses("ada", pressed, "No longer")
    assert "I take the role spring news from you now." in left.to_plain_text()
    assert room.chat.made_roles == {NEWS: set()}


async def test_what_cannot_be_chosen_is_refused_with_what_can(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    assert "I know no such post “nonsense”" in await room.says("mona", "posts notify post=nonsense")
    # Private posts notify their reader anyway, and a kept board notifies nobody.
    for post in ("reminder", "board"):
        assert "I know no such post" in await room.says("mona", f"posts notify post={post}")
    refused = await room.says("mona", "posts notify post=topics how=everybody")
    assert "choose nobody, role, here or a user group by its @name" in refused
    assert "Choose a post to change" in await room.says("mona", "posts notify how=role")
    assert "Only moderators" in await room.says("ada", "posts notify post=topics how=role")
    room.chat.notify_ways = ("role",)
    for how in ("here", "group:S1"):
        refused = await room.says("mona", f"posts notify post=topics how={how}")
        assert "choose nobody or role" in refused
    elsewhere = Place("test", "another space", "lobby")
    assert "no cohort here" in await room.says("mona", "posts notify", place=elsewhere)


async def test_a_hostile_name_of_a_group_is_only_a_name(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    for typed in ("group:S1 @**<!channel>**", "group:S1 " + "x" * 500):
        told = await room.says("mona", f'posts notify post=topics how="{typed}"')
        assert "the user group" in told
    for typed in ("group:", "group:S1>", "group:<!here>", "group:" + "S" * 65):
        told = await room.says("mona", f'posts notify post=topics how="{typed}"')
        assert "posts cannot notify" in told


async def test_choices_move_with_the_channel_and_stay_with_their_home(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("mona", "posts notify post=topics how=here")
    room.place = Place("test", "space", "new-channel")
    await room.says("mona", "cohort move sure=yes")
    assert "everybody active in the channel" in await room.says("mona", "posts notify post=topics")
    await room.goes_to(on(3, 2))
    assert read_pings(room, "topics") == [Ping("here")]


async def test_a_missing_right_explains_the_choice(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    roles = "I may not _Manage Roles_ in this server: allow it."
    room.chat.lacking["study-group"] = (SetupProblem(roles, False, "role"),)
    told = await room.says("mona", "posts notify post=topics how=role")
    assert "Good to know: I may not Manage Roles in this server: allow it." in told
    told = await room.says("mona", "posts notify post=recap how=here")
    assert "Manage Roles" not in told
