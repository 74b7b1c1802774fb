"""Help for an item that three are stuck on: the group is asked once, and names nobody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.chat.message import Message
from tests.support.room import Room, Sent

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)
GROUP = ("ada", "bob", "cy", "dan", "eve", "fay", "gus", "hal")
BAYES = "First steps in probability, up to Bayes’ theorem"


async def begin(room: Room, *members: str) -> None:
    await room.spring(*(members or GROUP))
    await room.goes_to(TUESDAY)


async def get_stuck(room: Room, *names: str) -> None:
    for name in names:
        assert "You are stuck on" in await room.says(name, "stuck bayes")


def list_asked(room: Room) -> list[tuple[str, Sent]]:
    found = []
    for name in GROUP:
        found += [(name, sent) for sent in room.private(name) if sent.kind == "help_asked"]
    return found


async def test_the_group_is_asked_once_when_three_are_stuck(room: Room) -> None:
    await begin(room)
    await get_stuck(room, "ada", "bob")
    assert room.posts("help_wanted") == []
    await get_stuck(room, "cy", "dan")
    (post,) = room.posts("help_wanted")
    text = post.message.to_plain_text()
    assert text.startswith(f"Some of us are stuck on {BAYES}. What made it clear to you?")
    assert text.endswith("[I can help] [Solved] [I am stuck too]")
    assert not any(name.capitalize() in text for name in GROUP)
    answer = await room.says("eve", "stuck bayes")
    assert "Others are stuck there too" in answer
    await room.passes(days=3)
    assert len(room.posts("help_wanted")) == 1


async def test_it_is_said_beforehand_wherever_somebody_is_asked(quick_room: Room) -> None:
    notice = "when three of you are stuck on one item, I ask everybody for help, and name nobody"
    await begin(quick_room)
    assert notice in await quick_room.says("ada", "stuck")
    assert notice in await quick_room.says("ada", "checkin confidence=1")


@pytest.mark.parametrize("how", ["settings hidden=yes", "away until=2026-03-20", "leave spring"])
async def test_the_hidden_the_away_and_the_gone_are_not_counted(room: Room, how: str) -> None:
    await begin(room, *GROUP, "ivy")
    await get_stuck(room, "dan")
    await room.says("dan", how)
    await get_stuck(room, "ada", "bob")
    assert room.posts("help_wanted") == []
    await get_stuck(room, "cy")
    assert len(room.posts("help_wanted")) == 1


async def test_a_small_group_is_never_asked(quick_room: Room) -> None:
    await begin(quick_room, *GROUP[:7])
    await get_stuck(quick_room, *GROUP[:5])
    await quick_room.passes(days=1)
    assert quick_room.posts("help_wanted") == []


async def test_a_tick_ends_it_before_the_group_is_asked(quick_room: Room) -> None:
    room = quick_room
    await begin(room)
    await get_stuck(room, "ada", "bob")
    await room.says("ada", "tick bayes")
    await get_stuck(room, "cy")
    assert room.posts("help_wanted") == []
    await get_stuck(room, "dan")
    assert len(room.posts("help_wanted")) == 1


async def test_two_who_offered_help_are_asked_and_those_who_have_done_it_first(room: Room) -> None:
    await begin(room)
    for name in ("ada", "dan", "eve", "fay", "gus"):
        answer = await room.says(name, "settings helps=yes")
        assert "I will ask you in private when others are stuck, at most once a week." in answer
    await room.says("gus", "tick bayes")
    await room.says("eve", "away until=2026-03-20")
    await get_stuck(room, "ada", "bob", "cy")
    asked = list_asked(room)
    assert [name for name, _ in asked] == ["dan", "gus"]
    assert asked[1][1].message.to_plain_text() == (
        f"Some members of spring are stuck on {BAYES}. You have done it. You offered to help: "
        "could you write a hint below my post in the channel?\n[I can help] [Stop asking me]"
    )
    # Within a week nobody is asked again: others take their turn.
    for name in ("ada", "bob", "cy"):
        await room.says(name, "stuck vectors")
    assert [name for name, _ in list_asked(room)].count("gus") == 1
    stopped = await room.presses("gus", asked[1][1].message, "Stop asking me")
    assert "I will not ask you for help any more." in stopped.to_plain_text()


async def test_who_asked_and_who_helps_may_say_that_it_is_solved(room: Room) -> None:
    await begin(room)
    await get_stuck(room, "ada", "bob", "cy")
    (post,) = room.posts("help_wanted")
    refused = await room.presses("dan", post.message, "Solved")
    assert "Only those who are stuck on it and those who help" in refused.to_plain_text()
    helping = await room.presses("dan", post.message, "I can help")
    assert helping.to_plain_text().startswith(f"Thank you! Write what made {BAYES} clear to you")
    done = await room.presses("ada", post.message, "Solved")
    assert done.to_plain_text().startswith(f"{BAYES} is solved. My post says so now")
    assert "so nothing changed" in (await room.presses("dan", helping, "Solved")).to_plain_text()
    await room.passes(minutes=10)
    (post,) = room.posts("help_wanted")
    assert post.message.to_plain_text().startswith(f"✅ Solved: {BAYES}. What helped stands below.")
    # From now on the item leads there.
    later = await room.answer("eve", "stuck bayes")
    assert isinstance(later, Message)
    assert "see what helped them" in later.to_plain_text()
    assert "https://chat.example/space/study-group/" in str(later)
    assert f"Others were stuck on {BAYES} too" in await room.says("fay", "week 1")
    await room.says("fay", "tick bayes")
    assert "Others were stuck" not in await room.says("fay", "week 1")
    assert len(room.posts("help_wanted")) == 1


async def test_a_request_is_nobody_elses(quick_room: Room) -> None:
    room = quick_room
    await begin(room)
    await get_stuck(room, "ada", "bob", "cy")
    gone = "That request is over: use week to see this week's items."
    for phrase in ("assist request=1", "solved request=1"):
        assert await room.says("zoe", phrase) == gone
    for number in ("2", "99999"):
        assert gone == await room.says("ada", f"solved request={number}")
    assert "is solved" in await room.says("ada", "solved request=1")


async def test_who_offers_help_decides_in_the_settings(quick_room: Room) -> None:
    room = quick_room
    await begin(room, "ada")
    assert "Helping: off, offer it with settings helps=yes" in await room.says("ada", "settings")
    await room.says("ada", "settings helps=yes")
    assert "Helping: on, I may ask you" in await room.says("ada", "settings")
    await room.says("ada", "settings helps=no")
    assert "Helping: off" in await room.says("ada", "settings")


async def test_erasure_takes_everybodys_part_along(room: Room) -> None:
    await begin(room)
    await room.says("dan", "settings helps=yes")
    await get_stuck(room, "ada", "bob", "cy")
    assert "part: stuck" in await room.says("ada", "mydata export")
    assert "part: asked" in await room.says("dan", "mydata export")
    for name in ("ada", "dan"):
        await room.presses(name, await room.answer(name, "mydata erase"), "Erase")
    assert "is solved" in await room.says("bob", "solved request=1")
