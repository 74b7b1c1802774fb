"""`progress`: one's own card, other people's, and the board."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.support.room import Room

CARD = (
    "Your progress in spring\n"
    "Pace: 3 items from earlier weeks still to tick\n"
    "Streak: 2 weeks\n"
    "Rank: 1\n"
    "The whole plan: 3 of 57\n"
    "Week 1: Basics of linear algebra and statistics: 2 of 5 (checked in)\n"
    "Week 2: Calculus and optimisation: 1 of 5 (checked in)\n"
    "[The board] [My list]"
)
BOARD = (
    "The board of spring\n"
    "This week · Calculus and optimisation\n"
    "1. Ada: 1 of 5 (you)\n"
    "Overall\n"
    "1. Ada: 3 of 57 (you)\n"
    "2. Bob smith: 1 of 57\n"
    "2. Émile: 1 of 57\n"
    "[My progress]"
)


async def second_week(room: Room) -> None:
    await room.spring("ada", "bob smith", "émile")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    await room.says("ada", "tick bayes vectors-matrices")
    await room.says("ada", "checkin hours=2")
    await room.says("bob smith", "tick bayes")
    await room.says("émile", "tick bayes")
    room.clock.at = datetime(2026, 3, 11, 12, tzinfo=UTC)
    await room.says("ada", "tick derivatives")
    await room.says("ada", "checkin hours=2")


async def test_a_card_and_a_board_say_where_everybody_is(room: Room) -> None:
    await second_week(room)
    assert await room.says("ada", "progress") == CARD
    assert await room.says("ada", "progress board") == BOARD
    assert await room.says("ada", "progress cohort=#1 board=yes") == BOARD
    bob = (
        "Bob smith in spring\nStreak: 0 weeks\nRank: 2\nThe whole plan: 1 of 57\n"
        "Week 1: Basics of linear algebra and statistics: 1 of 5\n"
        "Week 2: Calculus and optimisation: 0 of 5 (open)\n[The board]"
    )
    for said in (
        "progress Bob Smith",
        "progress @bob smith",
        'progress "BOB SMITH" cohort=spring',
        "progress member Bob Smith",
    ):
        assert await room.says("ada", said) == bob, said
    for said in ("progress émile", "progress ÉMILE", "progress Émile"):
        assert (await room.says("ada", said)).startswith("Émile in spring\n"), said
    assert await room.says("bob smith", "progress board") == BOARD.replace(
        "1. Ada: 1 of 5 (you)", "1. Ada: 1 of 5\n2. Bob smith: 0 of 5 (you)"
    ).replace("57 (you)", "57").replace("smith: 1 of 57", "smith: 1 of 57 (you)")


async def test_who_cannot_be_shown_is_refused_with_who_is_near(quick_room: Room) -> None:
    room = quick_room
    assert (
        await room.says("ada", "progress")
        == "You are not in a cohort yet: use join to see the open ones."
    )
    await second_week(room)
    refusals = {
        "progress adda": "I found nobody called “adda” in spring: did you mean Ada?",
        "progress zoe": (
            "I found nobody called “zoe” in spring: use progress board to see who is on it."
        ),
        "progress @everyone": (
            "I found nobody called “@everyone” in spring: use progress board to see who is on it."
        ),
        "progress <@123>": (
            "I found nobody called “<@123>” in spring: use progress board to see who is on it."
        ),
        "progress board=perhaps": "“perhaps” does not work for board: choose yes or no.",
        "progress mebmer=ada": "progress has no option “mebmer”: did you mean member?",
    }
    assert {said: await room.says("ada", said) for said in refusals} == refusals
    assert (
        await room.says("eve", "progress ada cohort=spring")
        == "You are not in spring: use join spring first."
    )


async def test_two_people_of_one_name_are_told_apart_by_the_board_alone(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    await room.says("bob", "settings alias=Ada")
    assert (
        await room.says("bob", "progress ada")
        == "2 people are called “ada”: use progress board to see them."
    )


async def test_somebody_is_meant_by_a_mention_unless_it_would_give_an_alias_away(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    assert (await room.says("ada", 'progress "person:bob Robert"')).startswith("Bob in spring\n")
    assert (await room.says("ada", 'progress "person:ada"')).startswith("Your progress in spring\n")
    await room.says("bob", "settings alias=Countess")
    for said, name in (
        ('"person:bob Robert"', "@Robert"),
        ('"person:zoe Zoe"', "@Zoe"),
        ('"person:bob"', "@person"),
    ):
        told = await room.says("ada", f"progress {said}")
        assert (
            told
            == f"I found nobody called “{name}” in spring: use progress board to see who is on it."
        )
    assert (await room.says("bob", 'progress "person:bob Robert"')).startswith(
        "Your progress in spring\n"
    )


async def test_the_board_shows_ten_and_the_readers_own_line(quick_room: Room) -> None:
    room = quick_room
    names = [f"p{number:02}" for number in range(12)]
    await room.spring(*names, "ada")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    for number, name in enumerate(names):
        items = "bayes" if number < 11 else "bayes,vectors-matrices"
        await room.answer(name, f"tick {items}")
    week = (await room.says("ada", "progress board")).partition("Overall\n")[2].split("\n")
    assert week[0] == "1. P11: 2 of 57"
    assert week[1:10] == [f"2. P{number:02}: 1 of 57" for number in range(9)]
    assert week[10] == "13. Ada: 0 of 57 (you)"
    assert "2. P10: 1 of 57 (you)" in await room.says("p10", "progress board")
