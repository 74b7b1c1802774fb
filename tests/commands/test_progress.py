"""`progress`: one's own card, other people's, and the board."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.command.call import DEFAULT_ROADMAP
from tests.support.room import Room, roadmaps

FOURTH_WEEK = datetime(2026, 3, 25, 12, tzinfo=UTC)
CARD = (
    "Your progress in spring\n"
    "3 of 57 items done.\n"
    "Start here: How the gradient descent algorithm works · about 1 h · "
    "ML Cheatsheet: gradient descent "
    "(https://ml-cheatsheet.readthedocs.io/en/latest/gradient_descent.html)\n"
    "Pace: 3 items from earlier weeks still to tick\n"
    "Streak: 2 weeks\n"
    "Rank: 1\n"
    "The whole plan: 3 of 57\n"
    "Week 1: Basics of linear algebra and statistics: 2 of 5 (checked in)\n"
    "Week 2: Calculus and optimisation: 1 of 5 (checked in)\n"
    "[My list] [The board]"
)
BOARD = (
    "The board of spring\n"
    "This week · Calculus and optimisation\n"
    "1. Ada: 1 of 5 (you)\n"
    "Overall\n"
    "All of us together: 5 of 171\n"
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
    bob = "Bob smith in spring\nThe whole plan: 1 of 57\n[The board]"
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
        "1. Ada: 1 of 5 (you)", "1. Ada: 1 of 5\nYour first tick puts you on this board."
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


async def test_the_board_shows_my_neighbours_and_me_and_shared_ranks(quick_room: Room) -> None:
    room = quick_room
    names = [f"p{number:02}" for number in range(12)]
    await room.spring(*names, "ada")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    items = ("bayes", "vectors-matrices", "derivatives")
    for number, name in enumerate(names):
        # Four have done three items, four two, and four one.
        await room.answer(name, f"tick {','.join(items[: 3 - number // 4])}")
    told = (await room.says("p05", "progress board")).partition("Overall\n")[2].split("\n")
    assert told == [
        "All of us together: 24 of 684",
        "1. P03: 3 of 57",
        "5. P04: 2 of 57",
        "5. P05: 2 of 57 (you)",
        "5. P06: 2 of 57",
        "5. P07: 2 of 57",
        "… and 7 more.",
        "[My progress] [Everybody this week] [Everybody overall]",
    ]
    # Nobody is shown a rank for having done nothing.
    ada = await room.says("ada", "progress board")
    assert "Ada" not in ada
    assert ada.count("Your first tick puts you on this board.") == 2
    last = await room.says("p11", "progress board")
    assert "9. P11: 1 of 57 (you)" in last


# — encouragement —


async def test_somebody_behind_sees_one_next_step_and_no_rank(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    await room.says("ada", "tick bayes")
    await room.goes_to(FOURTH_WEEK)
    assert await room.says("ada", "progress") == (
        "Your progress in spring\n"
        "1 of 57 items done. You are in week 4.\n"
        "Start here: Cleaning data and coping with missing values · about 1 h · "
        "Working with data: data preparation "
        "(https://github.com/microsoft/Data-Science-For-Beginners/blob/main/2-Working-With-Data/08-data-preparation/README.md)\n"
        "The whole plan: 1 of 57\n"
        "Week 4: Exploratory data analysis (EDA): 0 of 5 (open)\n"
        "[Ways back] [My list] [Earlier weeks] [The board]"
    )
    unfolded = await room.says("ada", "progress weeks=yes cohort=#1")
    assert "Week 1: Basics of linear algebra and statistics: 1 of 5\n" in unfolded
    assert "Rank" not in unfolded
    # "0 of 57" would be a reproach, and nobody away is behind.
    assert "0 of 57 items" not in await room.says("bob", "progress")
    await room.says("bob", "away until=2026-04-30")
    assert "Pace: away, nobody is counting" in await room.says("bob", "progress")


async def test_a_late_joiner_is_not_behind(room: Room) -> None:
    await room.spring("ada")
    await room.goes_to(FOURTH_WEEK)
    await room.says("bob", "join spring")
    told = await room.says("bob", "progress")
    assert "Pace: on pace" in told
    assert ("Week 3" in told, "Week 4" in told, "Ways back" in told) == (False, True, False)
    # What they do of an earlier week is shown.
    await room.says("bob", "tick bayes")
    assert "Week 1: Basics of linear algebra and statistics: 1 of 5" in await room.says(
        "bob", "progress"
    )


async def test_the_last_item_of_a_week_and_of_the_plan_is_praised(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    weeks = [[item.id for item in week.items] for week in roadmaps()[DEFAULT_ROADMAP].weeks]
    *first, last = weeks[0]
    assert "👏" not in await room.says("ada", f"tick {','.join(first)}")
    assert "That was the last item of week 1 👏" in await room.says("ada", f"tick {last}")
    done = await room.says("ada", "progress")
    assert "5 of 57 items done. Week 1 is done 👏\nWeek 2 begins on Mon 9 Mar 2026." in done
    # Taken back and ticked again, it is earned again; an item more is not.
    await room.says("ada", f"tick {last} undo=yes")
    assert "👏" in await room.says("ada", f"tick {last}")
    rest = [item for week in weeks[1:] for item in week]
    for start in range(0, len(rest), 20):
        told = await room.says("ada", f"tick {','.join(rest[start : start + 20])}")
    assert "That was the last item: you have done the whole plan 🎓" in told
    assert "You have done all 57 items 🎓" in await room.says("ada", "progress")


async def test_another_card_shows_what_its_member_shares(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    note = {"note": ("I *finally*\nunderstand",), "blockers": ("my own affair",)}
    await room.says("bob", "checkin week=linear-algebra cohort=#1", note)
    assert "understand" not in await room.says("ada", "progress bob")
    await room.says("bob", "checkin share=yes")
    assert await room.says("ada", "progress bob") == (
        "Bob in spring\nStreak: 1 week\nThe whole plan: 0 of 57\n"
        "About week 1: “I *finally* understand”\n[The board]"
    )


async def test_whoever_has_not_begun_has_no_rank_and_no_streak(room: Room) -> None:
    await room.spring("ada", "bob smith")
    await room.goes_to(datetime(2026, 2, 27, 12, tzinfo=UTC))
    before = await room.says("ada", "progress")
    assert "spring starts on Mon 2 Mar 2026.\nYou can begin today. Start here: Vectors" in before
    assert not any(fact in before for fact in ("Pace", "Streak", "Rank"))
    await room.goes_to(datetime(2026, 3, 3, 12, tzinfo=UTC))
    begun = await room.says("ada", "progress")
    assert "Pace: on pace" in begun
    assert "Streak" not in begun
    assert "Rank" not in begun
    await room.says("ada", "tick bayes")
    assert "Rank: 1" in await room.says("ada", "progress")
