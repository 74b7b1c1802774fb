"""`join`: seats, late joiners, races for the last seat, and everything that is refused."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.chat.address import Place
from tests.support.database import load_first_cohort
from tests.support.room import Room

THIRD_WEEK = datetime(2026, 3, 18, 12, tzinfo=UTC)


@pytest.mark.usual_posts
async def test_somebody_joins_an_open_cohort_and_hears_when_it_starts(room: Room) -> None:
    await room.spring()
    assert await room.says("ada", "join spring") == (
        "You are in spring 🎉\n"
        "It starts on Mon 2 Mar 2026 and takes 12 weeks.\n"
        "The next post comes on Sat 28 Feb 2026, 09:00 (UTC time).\n"
        "[The whole plan] [Set my time zone]"
    )
    assert [sent.message.to_plain_text() for sent in room.chat.sent][1:] == [
        "Ada has joined spring. Welcome!"
    ]


async def test_a_late_joiner_hears_where_the_cohort_is_and_what_was_covered(
    quick_room: Room,
) -> None:
    room = quick_room
    await room.spring(start="2026-03-02", more="zone=Europe/Berlin")
    await room.goes_to(THIRD_WEEK)
    room.zones = {"far": "Pacific/Kiritimati", "west": "Pacific/Pago_Pago"}
    covered = (
        "It is in week 3 of 12: Python for machine learning.\n"
        "Covered so far: 1. Basics of linear algebra and statistics and 2. Calculus and "
        "optimisation. "
        "Nobody expects you to do it all at once: begin with this week.\n"
    )
    assert await room.says("ada", "join") == (
        f"You are in spring 🎉\n{covered}"
        "The next post comes on Thu 19 Mar 2026, 09:00 (Europe/Berlin time).\n"
        "[This week's list] [Ways to catch up] [The whole plan] [Set my time zone]"
    )
    assert await room.says("far", "join") == (
        f"You are in spring 🎉\n{covered}The next post comes on Thu 19 Mar 2026, "
        "22:00.\n"
        "[This week's list] [Ways to catch up] [The whole plan]"
    )
    assert "The next post comes on Wed 18 Mar 2026, 21:00.\n" in await room.says("west", "join")


async def test_joining_twice_says_so_and_changes_nothing(room: Room) -> None:
    await room.spring("ada")
    again = await room.says("ada", "JOIN Spring")
    assert again.startswith("You are in spring already.\nIt starts on Mon 2 Mar 2026")
    assert (
        len([sent for sent in room.chat.sent if "has joined" in sent.message.to_plain_text()]) == 1
    )


async def test_whoever_comes_back_finds_their_ticks_and_is_not_announced_again(room: Room) -> None:
    await room.spring("ada")
    await room.says("ada", "tick bayes")
    assert await room.says("ada", "leave") == (
        "You have left spring. You get no more reminders. Your ticks are kept in case you come "
        "back.\n[Join again]"
    )
    assert "You are in spring 🎉" in await room.says(
        "ada", "join cohort=#1", place=Place("test", "space", native="ada")
    )
    assert "The whole plan: 1 of 57" in await room.says("ada", "progress")
    assert (
        len([sent for sent in room.chat.sent if "has joined" in sent.message.to_plain_text()]) == 1
    )


REFUSALS = {
    "join": "No cohort is open here: a moderator can start one with cohort create.",
    "join sprin": "There is no cohort “sprin” here: did you mean spring?",
    "join <!channel>": "There is no cohort “<!channel>” here: choose spring.",
    "join #7": "There is no cohort “#7” here: use join to see the open ones.",
    "join #x": "There is no cohort “#x” here: use join to see the open ones.",
    "join #99999999999999999999": (
        "There is no cohort “#99999999999999999999” here: use join to see the open ones."
    ),
    "join spring": (
        "spring has finished: use join to see the open cohorts, or ask a moderator for a new one."
    ),
    "join planned": "planned is not open yet: ask a moderator to use cohort open.",
    "join spring now": "There is no cohort “spring now” here: did you mean spring?",
    "join cohrt=spring": "join has no option “cohrt”: did you mean cohort?",
}


async def test_what_cannot_be_joined_is_refused_with_a_way_on(quick_room: Room) -> None:
    room = quick_room
    await room.spring()
    room.clock.at = datetime(2026, 6, 1, tzinfo=UTC)
    await room.says("mona", "cohort create name=planned start=2026-07-06")
    assert {said: await room.says("ada", said) for said in REFUSALS} == REFUSALS


async def test_several_open_cohorts_are_offered_as_buttons(quick_room: Room) -> None:
    room = quick_room
    await room.spring()
    await room.says("mona", "cohort create name=tiny start=2026-02-02 seats=1")
    await room.opens_cohort("tiny")
    assert await room.says("ada", "join") == (
        "Which cohort would you like to join?\n[spring · starts Mon 2 Mar 2026] [tiny · in week 3]"
    )
    assert "You are in tiny 🎉" in await room.says("ada", "join cohort=#2")
    assert await room.says("bob", "join tiny") == (
        "The only seat of tiny is taken: ask a moderator for one more, or join the next cohort.\n"
        "[Waiting list]"
    )


async def test_a_stranger_finds_no_cohort_of_another_space(room: Room) -> None:
    await room.spring()
    elsewhere = Place("test", "elsewhere", "lobby")
    for said in (
        "join spring",
        "join cohort=#1",
        "week cohort=#1",
        "roadmap cohort=#1",
        "progress cohort=#1",
    ):
        answer = await room.says("eve", said, place=elsewhere)
        assert answer.startswith("There is no cohort “"), said
        assert answer.replace("#1", "#9") == (
            await room.says("eve", said.replace("#1", "#9"), place=elsewhere)
        )


@pytest.mark.parametrize(("people", "seats"), [(2, 1), (20, 2)])
async def test_the_last_seats_go_to_as_many_as_there_are_however_many_reach_for_them(
    room: Room, people: int, seats: int
) -> None:
    await room.spring(more=f"seats={seats}")
    answers = await asyncio.gather(
        *(room.answer(f"p{number}", "join spring") for number in range(people))
    )
    told = [answer.to_plain_text() for answer in answers]
    assert sum(answer.startswith("You are in spring 🎉") for answer in told) == seats
    taken = "The only seat of spring is" if seats == 1 else f"All {seats} seats of spring are"
    full = f"{taken} taken: ask a moderator for one more, or join the next cohort.\n[Waiting list]"
    assert told.count(full) == people - seats
    assert await count_seats_taken(room) == seats
    await room.pulse()
    await room.passes(hours=1)
    named = [post.message.to_plain_text() for post in room.posts("new_members")]
    assert len(named) == seats, "the first at once, whoever came after them an hour later"


async def test_one_person_pressing_join_many_times_at_once_takes_one_seat(room: Room) -> None:
    await room.spring(more="seats=3")
    answers = await asyncio.gather(*(room.answer("ada", "join cohort=#1") for _ in range(6)))
    assert sorted(answer.to_plain_text().partition("\n")[0] for answer in answers) == [
        "You are in spring already."
    ] * 5 + ["You are in spring 🎉"]
    assert await count_seats_taken(room) == 1


async def count_seats_taken(room: Room) -> int:
    """Return how many seats of the first cohort are taken."""
    cohort = await room.store.run(load_first_cohort, write=False)
    return await room.store.run(lambda tx: tx.members.count_seats_taken(cohort), write=False)
