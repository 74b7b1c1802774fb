"""`greeting`: the first words to whoever has just met the bot, and who may say them where."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.chat.address import Place
from bot.chat.message import Message
from tests.support.room import Room

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HELLO = "Hello, I am Syllabot 👋 I guide a study group through a plan, week by week.\n"
NOTHING = (
    f"{HELLO}No group is open here yet. When one opens, press Join to take part.\n[Join] [Help]"
)
PRIVATE = {name: Place("test", "space", native=name) for name in ("ada", "bob", "mona")}
SERVER = Place("test", "space")


async def test_it_says_what_there_is_and_what_to_press(quick_room: Room) -> None:
    room = quick_room
    assert await room.says("ada", "greeting", place=PRIVATE["ada"]) == NOTHING
    assert await room.says("mona", "greeting") == (
        f"{HELLO}No group is open here yet. Press Set up a group to start "
        "one.\n"
        "[Join] [Help] [Set up a group]"
    )
    await room.says("mona", "cohort create name=autumn start=2026-03-02")
    assert await room.says("ada", "greeting") == NOTHING, "nobody is told of a draft"
    await room.spring()
    told = "Press Join to take part, or Help to see what I can do.\n[Join] [Help]"
    assert await room.says("ada", "greeting") == f"{HELLO}spring starts on Mon 2 Mar 2026. {told}"
    await room.goes_to(MONDAY)
    await room.says("mona", "cohort create name=summer start=2026-03-09")
    await room.opens_cohort("summer")
    assert await room.says("ada", "greeting") == f"{HELLO}spring and summer are open. {told}"
    assert (
        await room.says("ada", "greeting", place=Place("test", "elsewhere", native="ada"))
        == NOTHING
    )


async def test_every_button_of_it_leads_on(quick_room: Room) -> None:
    room = quick_room
    said = await room.answer("mona", "greeting")
    form = await room.presses("mona", said, "Set up a group")
    assert form.to_plain_text().startswith("Create a cohort")
    alone = await room.answer("mona", "greeting", place=PRIVATE["mona"])
    assert (await room.presses("mona", alone, "Set up a group")).to_plain_text() == (
        "Each study group has its own channel. Add me to that channel, then type cohort create "
        "there. Nobody sees the group before you open it.\n[Plans] [Help]"
    )
    assert (await room.presses("ada", said, "Help")).to_plain_text().startswith("What I can do")
    assert (
        (await room.presses("ada", said, "Join"))
        .to_plain_text()
        .startswith("No cohort is open here: ")
    )
    await room.spring()
    said = await room.answer("ada", "greeting", place=PRIVATE["ada"])
    assert "You are in spring" in (await room.presses("ada", said, "Join")).to_plain_text()
    assert await room.says("ada", "greeting", place=PRIVATE["ada"]) == (
        "Hello! spring starts on Mon 2 Mar 2026.\n"
        "I cannot read messages: press a button, or type a command.\n"
        "[This week's list] [My first steps] [Help]"
    )


async def test_only_moderators_read_how_a_group_is_set_up(quick_room: Room) -> None:
    assert await quick_room.says("ada", "greeting steps=yes", place=PRIVATE["ada"]) == NOTHING


async def claims(room: Room, name: str, place: Place) -> bool:
    return await room.core.claim_greeting(room.caller(name, place), place)


async def test_a_person_a_channel_and_a_space_are_greeted_once_and_across_a_restart(
    room: Room,
) -> None:
    ada, bob = PRIVATE["ada"], PRIVATE["bob"]
    for name, place in (("ada", ada), ("bob", bob), ("ada", room.place), ("ada", SERVER)):
        assert sorted(await asyncio.gather(*(claims(room, name, place) for _ in range(4)))) == [
            False
        ] * 3 + [True]
    await room.restart()
    assert not any([await claims(room, "ada", place) for place in (ada, room.place, SERVER)])
    assert await claims(room, "ada", replace(SERVER, space="elsewhere"))
    await room.core.release_greeting(ada)
    assert [await claims(room, "bob", bob), await claims(room, "ada", ada)] == [False, True], (
        "it is given back"
    )


async def test_members_are_known_already_and_so_is_a_space_with_a_cohort(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    assert not await claims(room, "ada", PRIVATE["ada"])
    assert not await claims(room, "bob", SERVER)
    assert await claims(room, "bob", PRIVATE["bob"])


async def test_a_bot_that_was_removed_greets_anew_and_forgets_who_was_greeted(room: Room) -> None:
    places = (PRIVATE["ada"], room.place, SERVER)
    elsewhere = replace(PRIVATE["ada"], space="elsewhere")
    for place in (*places, elsewhere):
        await claims(room, "ada", place)
    await room.core.handle_space_left(SERVER)
    await room.core.handle_space_joined(SERVER)
    assert [await claims(room, "ada", place) for place in (*places, elsewhere)] == [
        True,
        True,
        True,
        False,
    ]
    await room.core.handle_channel_deleted(room.place, "The channel was deleted.")
    assert [await claims(room, "ada", place) for place in places] == [False, True, False]
    await room.core.sync_spaces("test", ["elsewhere"], lambda space: space == "space")
    assert [await claims(room, "ada", place) for place in (*places, elsewhere)] == [
        True,
        True,
        True,
        False,
    ]


async def test_what_was_greeted_while_the_bot_was_gone_is_erased_with_the_space(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring()
    await room.core.handle_space_left(SERVER)
    assert await claims(room, "ada", PRIVATE["ada"])  # a word that came late
    assert not await claims(room, "ada", PRIVATE["ada"])
    room.clock.at += timedelta(days=31)
    await room.clockwork.delete_expired_data()
    assert await claims(room, "ada", PRIVATE["ada"])


async def test_a_hidden_command_is_listed_nowhere(quick_room: Room) -> None:
    helped = await quick_room.answer("mona", "help")
    assert isinstance(helped, Message)
    assert "greeting" not in helped.to_plain_text()
