"""`leave`: a seat given back, at once and without questions."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.support.room import Room


async def test_a_seat_given_back_can_be_taken_by_somebody_else(room: Room) -> None:
    await room.spring("ada", more="seats=1")
    assert "The only seat" in await room.says("bob", "join")
    assert await room.says("ada", "leave") == (
        "You have left spring. You get no more reminders. Your ticks are kept in case you come "
        "back.\n[Join again]"
    )
    assert "You are in spring 🎉" in await room.says("bob", "join")
    assert (
        await room.says("ada", "leave")
        == "You are not in a cohort yet: use join to see the open ones."
    )
    assert await room.says("ada", "leave spring") == "You are not in spring: use join spring first."


async def test_whoever_has_left_is_on_no_board_in_no_count_and_gets_no_reminder(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring("ada", "bob")
    for name in ("ada", "bob"):
        await room.says(name, "tick bayes")
    await room.says("bob", "leave")
    await room.goes_to(datetime(2026, 3, 10, tzinfo=UTC))
    assert "Bob" not in await room.says("ada", "progress board")
    assert await room.says("ada", "progress bob") == (
        "I found nobody called “bob” in spring: use progress board to see who is on it."
    )
    assert "Checked in: 0 of 1" in room.posts("recap")[0].message.to_plain_text()
    assert room.private("ada")
    assert not room.private("bob")


async def test_somebody_in_two_cohorts_is_asked_which_one_they_leave(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.says("mona", "cohort create name=autumn start=2026-04-06")
    await room.says("mona", "cohort open autumn sure=yes")
    await room.says("ada", "join autumn")
    assert (
        await room.says("ada", "leave")
        == "Which cohort do you mean?\n[spring · open] [autumn · open]"
    )
    assert "You have left autumn" in await room.says("ada", "leave cohort=#2")
    assert "spring" in await room.says("ada", "progress")
