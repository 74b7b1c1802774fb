"""`/posts notify` chooses whom a post notifies, `/notify` takes the role and leaves it."""

from __future__ import annotations

from datetime import UTC, datetime

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
