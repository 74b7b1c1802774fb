"""After the finish: results and next steps; nothing is owed any more, and no week is open."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat.address import Place
from bot.store import Tx
from tests.support.database import load_first_cohort
from tests.support.room import Room

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)
SECOND_WEEK = datetime(2026, 3, 10, 12, tzinfo=UTC)
AFTER = datetime(2026, 5, 26, 12, tzinfo=UTC)
OVER = "spring has finished. Late ticks and check-ins still count.\n"


async def test_a_card_of_a_finished_cohort_says_what_was_reached(room: Room) -> None:
    await room.spring("ada", "bob")
    await room.goes_to(TUESDAY)
    await room.says("ada", "tick bayes vectors-matrices")
    await room.says("ada", "checkin hours=2")
    await room.goes_to(AFTER)
    await room.says("mona", "cohort create name=autumn start=2026-06-01")
    await room.says("mona", "cohort open autumn sure=yes")
    told = await room.says("ada", "progress")
    assert told.startswith(
        f"Your progress in spring\n{OVER}"
        "Reached: 2 of 57 items, checked in for 1 of 12 weeks\n"
        "Streak: 0 weeks (week 12 has no check-in; a late one still counts)\n"
        "Rank: 1\n"
        "The whole plan: 2 of 57\n"
        "Week 1: Basics of linear algebra and statistics: 2 of 5 (checked in)\n"
    )
    assert told.endswith("\n[The board] [My list] [My farewell] [Join autumn]")
    assert (await room.says("ada", "progress bob")).startswith("Bob in spring\nThe whole plan: ")
    assert await room.says("ada", "progress board") == (
        "The board of spring\nOverall\n1. Ada: 2 of 57 (you)\n[My progress]"
    )
    await room.says("ada", "away open=yes")
    assert "Reached: 2 of 57" in await room.says("ada", "progress")


async def test_a_cohort_that_was_ended_early_leaves_no_week_open(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(TUESDAY)
    await room.says("ada", "checkin hours=2")
    await room.goes_to(SECOND_WEEK)
    await room.says("ada", "tick bayes")
    assert "Pace: 4 items from earlier weeks still to tick" in await room.says("ada", "progress")
    await room.says("mona", "cohort finish spring sure=yes")
    assert await room.says("ada", "progress") == (
        f"Your progress in spring\n{OVER}"
        "Reached: 1 of 57 items, checked in for 1 of 2 weeks\n"
        "Streak: 1 week\n"
        "Rank: 1\n"
        "The whole plan: 1 of 57\n"
        "Week 1: Basics of linear algebra and statistics: 1 of 5 (checked in)\n"
        "Week 2: Calculus and optimisation: 0 of 5\n"
        "[The board] [My list] [My farewell]"
    )
    await room.says("ada", "checkin 2 hours=1")
    assert "checked in for all 2 weeks\nStreak: 2 weeks\n" in await room.says("ada", "progress")


async def test_a_week_of_a_finished_cohort_says_so_and_takes_late_words(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(AFTER)
    told = await room.says("ada", "week")
    assert told.startswith("Week 12 of 12 · ")
    assert f" done · about 11 h\n{OVER}" in told
    assert "[Check in late] [Week 11] [My progress] [Resources]" in told
    home = await room.says("ada", "home", place=Place("test", "space", native="ada"))
    assert home.split("\n")[1:4] == [
        OVER.strip(),
        "The whole plan: 0 of 57",
        "[My list] [My progress]",
    ]
    assert "No more posts" not in home
    assert "Your list" not in home


async def test_who_lives_by_a_later_clock_goes_on(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "bob")

    async def shift_clock(tx: Tx) -> None:
        cohort = await load_first_cohort(tx)
        (member,) = await tx.members.find_members_by_name(cohort, "ada")
        await tx.members.shift_member_clock(member, 2, cohort, room.clock.now())

    await room.store.run(shift_clock)
    await room.goes_to(AFTER)
    told = await room.says("ada", "progress")
    assert "You are in week 11." in told
    assert "Reached: 0 of 57" in await room.says("bob", "progress")
    await room.goes_to(AFTER.replace(month=6, day=9))
    assert "Reached: 0 of 57" in await room.says("ada", "progress")
