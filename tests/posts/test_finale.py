"""The finale: what the group did together, in sums over those who want to be seen."""

from __future__ import annotations

from tests.posts.test_farewell import AFTER, ALL_ITEMS
from tests.posts.test_skips import on
from tests.support.room import Room


def read_finale(room: Room) -> list[str]:
    return room.posts("finale")[0].message.to_plain_text().split("\n")


async def test_the_finale_says_what_the_group_did_together(room: Room) -> None:
    await room.spring("ada", "bob", "cem", "dua", "eve")
    await room.says("ada", f"tick {ALL_ITEMS}")
    await room.goes_to(on(3, 3))
    for name in ("bob", "cem"):
        await room.says(name, "checkin 1 hours=2.5 items=bayes")
    await room.says("dua", "checkin 1 hours=100 items=bayes,vectors-matrices")
    await room.says("dua", "project add A secret project")
    await room.says("dua", "settings hidden=yes")
    await room.says("eve", "checkin 1 hours=100 items=bayes")
    await room.says("eve", "leave spring")
    await room.says("bob", "project add A chatbot")
    await room.says("cem", "certificate add Statistics earned=2026-03-01")
    await room.says("cem", "away open=yes")
    for week in range(1, 13):
        await room.says("ada", f"checkin {week} hours=1")
        await room.passes(weeks=1)
    await room.goes_to(AFTER)
    assert read_finale(room) == [
        "spring has finished",
        "12 weeks, 57 items, and we have come to the end of AI/ML engineer in twelve weeks. 🎓",
        "Together we did 59 items, checked in 14 times and reported 17 hours. "
        "We built 1 project and earned 1 certificate.",
        "Ada finished the whole plan",
        "Ada checked in every week",
        "The board · 59 items done by 3 of us",
        "1. Ada: 57 of 57",
        "2. Bob: 1 of 57",
        "2. Cem: 1 of 57",
        "Everything stays as it is: late ticks and check-ins still count, so take your time.",
        "[My progress] [My farewell] [For moderators: the survey]",
    ]


async def test_hours_of_one_or_two_people_are_not_told_as_a_sum(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "bob", "cem")
    await room.goes_to(on(3, 3))
    await room.says("ada", "checkin 1 hours=2")
    await room.says("bob", "checkin 1 hours=3")
    await room.says("cem", "checkin 1")
    await room.goes_to(AFTER)
    assert "Together we checked in 2 times." in read_finale(room)
    assert "hours" not in "\n".join(read_finale(room))


async def test_a_finale_of_a_group_that_did_nothing_blames_nobody(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await room.goes_to(AFTER)
    assert read_finale(room)[2:] == [
        "Everything stays as it is: late ticks and check-ins still count, so take your time.",
        "[My progress] [My farewell] [For moderators: the survey]",
    ]
