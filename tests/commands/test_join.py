"""`join`: seats, late joiners, races for the last seat, and everything that is refused."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

import pytest

from bot.chat.address import Place
from tests.support.database import load_first_cohort
from tests.support.room import Room

SECOND_WEEK = datetime(2026, 3, 10, 12, tzinfo=UTC)
THIRD_WEEK = datetime(2026, 3, 18, 12, tzinfo=UTC)
PRIVACY = "Moderators see your name and progress. You choose in settings what others see.\n"


CLOCKS = re.compile(r"(?<=y clock says …: ).*")


async def test_somebody_joins_an_open_cohort_and_hears_when_it_starts(room: Room) -> None:
    await room.spring()
    assert CLOCKS.sub("…", await room.says("ada", "join spring")) == (
        "You are in spring 🎉\n"
        "It starts on Mon 2 Mar 2026 and takes 12 weeks.\n"
        f"{PRIVACY}"
        "Step 1 of 3: your time zone\n"
        "Your weeks and reminders follow your clock. What time is it for you now?\n"
        "My clock says …: …\n"
        "[Skip] [Another zone]"
    )
    assert [sent.message.to_plain_text() for sent in room.chat.sent][1:] == [
        "Ada has joined spring. Welcome!"
    ]


async def test_a_late_joiner_meets_this_week_and_owes_nothing(quick_room: Room) -> None:
    room = quick_room
    await room.spring("bob", start="2026-03-02", more="zone=Europe/Berlin")
    await room.goes_to(THIRD_WEEK)
    now = "It is in week 3 of 12: Python for machine learning.\n"
    late = (
        f"{now}You joined after weeks 1 and 2. You do not have to do them. Begin with this week.\n"
    )
    joined = await room.says("ada", "join")
    assert joined.startswith(f"You are in spring 🎉\n{late}{PRIVACY}Step 1 of 3: your time zone\n")
    assert await room.says("ada", "steps step=start") == (
        "Step 3 of 3: your first item\n"
        "Start here: The basics of Python · about 1.5 h · The Python Tutorial: data structures "
        "(https://docs.python.org/3/tutorial/datastructures.html)\n"
        "Done when: Your script reads a text file, counts its words in a dictionary, "
        "and writes the ten most frequent to a new file.\n"
        "The next post comes on Thu 19 Mar 2026, 09:00 (Europe/Berlin time).\n"
        "[This week's list] [Ways to catch up] [The whole plan]"
    )
    assert (await room.says("ada", "week")).startswith("Week 3")
    assert (await room.says("ada", "join")).startswith(f"You are in spring already.\n{late}Start")
    assert "You joined after" not in await room.says("bob", "join"), "he was there from the start"


async def test_whoever_joins_in_the_second_week_leaves_out_one(quick_room: Room) -> None:
    room = quick_room
    await room.spring(start="2026-03-02")
    await room.goes_to(SECOND_WEEK)
    assert "\nYou joined after week 1. You do not have to do it. Begin with this week.\n" in (
        await room.says("ada", "join")
    )


async def test_the_next_post_is_told_in_ones_own_time(quick_room: Room) -> None:
    room = quick_room
    await room.spring(start="2026-03-02", more="zone=Europe/Berlin")
    await room.goes_to(THIRD_WEEK)
    room.zones = {"far": "Pacific/Kiritimati", "west": "Pacific/Pago_Pago"}
    for name, moment in (("far", "Thu 19 Mar 2026, 22:00"), ("west", "Wed 18 Mar 2026, 21:00")):
        await room.says(name, "join")
        assert f"The next post comes on {moment}.\n" in await room.says(name, "steps step=start")


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
        "The only seat of tiny is taken: wait for a free one with waitlist, or join the next cohort.\n"
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
    full = f"{taken} taken: wait for a free one with waitlist, or join the next cohort.\n[Waiting list]"
    assert told.count(full) == people - seats
    assert await count_seats_taken(room) == seats
    winners = [f"P{number}" for number, answer in enumerate(told) if "🎉" in answer]
    await room.pulse()
    await room.passes(hours=1)
    (named,) = (post.message.to_plain_text() for post in room.posts("new_members"))
    assert named.startswith(" and ".join(winners)), "whoever joins in one moment is named together"


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
