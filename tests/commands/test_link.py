"""`link`: two accounts become one person, with every answer and every refusal."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat.address import Place
from tests.support.room import Room
from tests.support.two_platforms import THERE, code_for, houses, links

ELSEWHERE = Place("other", "team-2", "general", tenant="T2")
THIRD = Place("third", "house", "hall")


async def test_a_code_from_one_platform_said_on_the_other_makes_one_person(room: Room) -> None:
    await room.spring("ada")
    await houses(room)
    await room.says("ada", "tick bayes")
    asked = await room.says("ada", "link")
    code = asked.split()[3].rstrip(".")
    assert asked == (
        f"Your code is {code}. Within 15 minutes, send me link {code} from your account on the "
        "other platform. Then both accounts share your ticks, your streak and your reminders.\n"
        "The code works once. Keep it secret: anyone who uses it can act as you here."
    )
    assert await room.says("nora", f"link {code}", place=THERE) == (
        "You are now connected with Ada on Test 🔗 Both accounts share your ticks, check-ins, "
        "days away and settings. You are in spring with both.\n"
        "If Ada on Test is not you, press Unlink now. You lose nothing.\n"
        "[My progress] [Unlink]"
    )
    assert "The whole plan: 1 of 57" in await room.says("nora", "progress", place=THERE)
    assert "You are in spring already." in await room.says("nora", "join", place=THERE)
    assert "was already ticked" in await room.says("nora", "tick bayes", place=THERE)


async def test_two_who_are_in_no_cohort_can_be_one_person_before_they_join(
    quick_room: Room,
) -> None:
    room = quick_room
    room.opens("other")
    answer = await links(room, "ada", "nora")
    assert "seat" not in answer
    assert answer.endswith("[Unlink]")
    await room.spring("ada")
    await houses(room)
    assert "You are in spring already." in await room.says("nora", "join", place=THERE)


async def test_what_cannot_be_joined_is_refused_and_the_code_still_works(room: Room) -> None:
    room.opens("other")
    code = await code_for(room, "ada")
    assert await room.says("ada", f"link {code}") == (
        "That is your own code: use it from your account on the other platform."
    )
    assert await room.says("cem", f"link {code}") == (
        "That code was made on this platform: use it on the other one."
    )
    assert "You are now connected with" in await room.says("nora", f"link {code}", place=THERE)
    again = await code_for(room, "nora", THERE)
    assert await room.says("ada", f"link {again}") == (
        "These two accounts are already connected: use progress to see your ticks from both."
    )
    one_each = (
        "You can connect one account per platform, and this would be a second Other account: "
        "use unlink with one of them first."
    )
    assert await room.says("olga", f"link {await code_for(room, 'ada')}", place=THERE) == one_each
    assert (
        await room.says("olga", f"link {await code_for(room, 'ada')}", place=ELSEWHERE) == one_each
    )
    room.opens("third")
    assert "You are now connected with" in await links(room, "ada", "thea", THIRD)
    assert await room.says("dua", f"link {await code_for(room, 'thea', THIRD)}") == (
        "You can connect one account per platform, and this would be a second Test account: "
        "use unlink with one of them first."
    )


async def test_a_code_crosses_from_platform_to_platform_but_not_from_workspace_to_workspace(
    quick_room: Room,
) -> None:
    room = quick_room
    code = await code_for(room, "nora", THERE)
    for name in ("nora", "olga"):
        assert await room.says(name, f"link {code}", place=ELSEWHERE) == (
            "That code was made on this platform: use it on the other one."
        )


async def test_the_two_kinds_of_code_are_not_taken_for_each_other(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    room.opens("other")
    mona = await room.store.run(lambda tx: tx.people.find_person(room.caller("mona")))
    code = await room.store.run(lambda tx: tx.codes.create_code(mona, 1, room.clock.now()))
    assert await room.says("nora", f"link {code}", place=THERE) == (
        "That code is for a cohort: a moderator uses it with cohort link, in the channel "
        "where the cohort should post."
    )
    room.moderators.add("nora")
    assert await room.says(
        "nora", f"cohort link {await code_for(room, 'ada')} sure=yes", place=THERE
    ) == ("That code connects your own accounts: use it with link, and show it to nobody.")


async def test_a_name_full_of_markup_is_shown_as_it_is(quick_room: Room) -> None:
    room = quick_room
    assert "You are now connected with **x** <@1> `y` on Test" in await links(
        room, "**x** <@1> `y`", "nora"
    )


async def test_members_of_many_cohorts_read_the_first_of_them(quick_room: Room) -> None:
    room = quick_room
    for number in range(7):
        await room.says("mona", f"cohort create name=c{number} start=2026-03-02")
        await room.says("mona", f"cohort open c{number} sure=yes")
        await room.says("ada", f"join c{number}")
    assert "You are in c0, c1, c2, c3, c4 and 2 more with both." in await links(room, "ada", "nora")


async def test_a_cohort_that_is_full_has_one_seat_more_when_two_members_are_one(room: Room) -> None:
    await room.spring("ada", "cem", more="seats=3")
    await houses(room)
    assert "You are in spring" in await room.says("nora", "join", place=THERE)
    assert "All 3 seats" in await room.says("eve", "join")
    await links(room, "ada", "nora")
    listed = await room.says("mona", "cohort members")
    assert "2 members, 3 seats" in listed
    assert "Nora" not in listed
    assert "You are in spring" in await room.says("eve", "join")


async def test_the_earliest_account_is_named_and_either_name_of_ones_own_finds_it(
    room: Room,
) -> None:
    await room.spring("cem", "ada")
    await houses(room)
    room.clock.at = datetime(2026, 3, 3, 12, tzinfo=UTC)
    await room.says("nora", "join", place=THERE)
    for name, place in (("ada", None), ("nora", THERE)):
        await room.says(name, f"tick {'bayes' if place else 'numpy-matrices'}", place=place)
        await room.says(name, "checkin note=hi", place=place)
    await links(room, "ada", "nora")
    board = await room.says("nora", "progress board", place=THERE)
    assert "1. Ada: 2 of 57 (you)" in board
    assert "Nora" not in board
    assert "Ada in spring" in await room.says("cem", "progress ada")
    assert "I found nobody called “nora”" in await room.says("cem", "progress nora")
    await room.says("nora", "settings alias=Kestrel", place=THERE)
    assert "Kestrel in spring" in await room.says("cem", "progress kestrel")
    assert "1. Kestrel: 2 of 57 (you)" in await room.says("ada", "progress board")
