"""`waitlist`: one list for each plan and space, told in order as seats get free."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bot.chat.address import Place
from bot.chat.errors import SendError
from tests.support.room import Room
from tests.support.timed_roadmap import TIMED
from tests.support.two_platforms import THERE, houses, links


async def fill_spring(room: Room, *names: str, seats: int = 1) -> None:
    """Open spring with a seat for each of these people, and let them join."""
    room.roadmaps = {TIMED.slug: TIMED}
    await room.restart()
    await room.spring(*names, more=f"roadmap=timed seats={seats}")


async def wait(room: Room, *names: str) -> None:
    """Let people find the cohort full and go on the list, a minute apart."""
    for name in names:
        full = await room.answer(name, "join spring")
        listed = await room.presses(name, full, "Waiting list")
        assert "on the waiting list for Timed" in listed.to_plain_text()
        await room.passes(minutes=1)


def offers(room: Room, name: str) -> list[str]:
    return [
        sent.message.to_plain_text() for sent in room.private(name) if sent.kind == "seat_offer"
    ]


async def test_those_on_the_list_are_told_in_order_as_many_as_there_are_seats(room: Room) -> None:
    await fill_spring(room, "ada", "bob", seats=2)
    await wait(room, "cem", "dora", "eve")
    assert "You are number 3" in await room.says("eve", "waitlist spring")
    assert not any(offers(room, name) for name in ("cem", "dora", "eve"))
    await room.says("ada", "leave")
    assert offers(room, "cem") == [
        "A seat is free in spring, which starts on Mon 2 Mar 2026. You are on the waiting list for "
        "Timed. The seat is not held: in two days I tell the next in line.\n"
        "[Join spring] [Leave the list]"
    ]
    assert not offers(room, "dora")
    await room.says("mona", "cohort settings spring seats=3")
    assert len(offers(room, "dora")) == 1
    assert not offers(room, "eve")
    assert "You are in spring 🎉" in await room.says("cem", "join spring")
    await room.passes(days=1)
    assert not offers(room, "eve")
    await room.passes(days=1, minutes=5)
    assert len(offers(room, "eve")) == 1
    await room.passes(days=3)
    assert [len(offers(room, name)) for name in ("cem", "dora", "eve")] == [1, 1, 1]


async def test_whoever_leaves_the_list_makes_room_for_the_next(room: Room) -> None:
    await fill_spring(room, "ada")
    await wait(room, "cem", "dora")
    await room.says("ada", "leave")
    (offer,) = [sent for sent in room.private("cem") if sent.kind == "seat_offer"]
    gone = await room.presses("cem", offer.message, "Leave the list")
    assert gone.to_plain_text() == "You are off the waiting list for Timed.\n[Wait again]"
    assert len(offers(room, "dora")) == 1
    assert await room.says("cem", "waitlist spring leave=yes") == (
        "You are not on the waiting list for Timed.\n[Wait again]"
    )


async def test_a_cohort_that_opens_tells_everybody_on_the_list(room: Room) -> None:
    await fill_spring(room, "ada")
    await wait(room, "cem", "dora")
    await room.says("mona", "cohort create name=autumn start=2026-05-04 roadmap=timed")
    await room.says("mona", "cohort create name=other start=2026-05-04 roadmap=timed seats=1")
    assert not offers(room, "cem")
    await room.says("mona", "cohort open autumn sure=yes")
    for name in ("cem", "dora"):
        assert offers(room, name) == [
            "You can join autumn, which starts on Mon 4 May 2026. You are on the waiting list for "
            "Timed.\n[Join autumn] [Leave the list]"
        ]
    await room.passes(minutes=5)
    assert "You are in autumn 🎉" in await room.says("cem", "join autumn")
    await room.says("mona", "cohort open other sure=yes")
    assert len(offers(room, "cem")) == 1, "whoever has joined waits no more"
    assert len(offers(room, "dora")) == 2


async def test_a_seat_that_was_taken_meanwhile_keeps_me_in_my_place(room: Room) -> None:
    await fill_spring(room, "ada")
    await wait(room, "cem", "dora")
    await room.says("ada", "leave")
    await room.says("eve", "join spring")
    full = await room.answer("cem", "join spring")
    again = await room.presses("cem", full, "Waiting list")
    assert "You are number 1 on the waiting list for Timed." in again.to_plain_text()
    await room.says("eve", "leave")
    assert len(offers(room, "cem")) == 2
    assert not offers(room, "dora")


async def test_nobody_waits_while_a_seat_is_free(quick_room: Room) -> None:
    room = quick_room
    await fill_spring(room)
    assert await room.says("cem", "waitlist") == (
        "You need not wait: there is a free seat.\n• spring starts on Mon 2 Mar 2026\n[Join spring]"
    )
    assert await room.says("cem", "waitlist nowhere") == (
        "There is no cohort “nowhere” here: choose spring."
    )


async def test_an_offer_waits_for_the_end_of_the_quiet_hours_and_is_judged_then(
    quick_room: Room,
) -> None:
    room = quick_room
    await fill_spring(room, "ada")
    await wait(room, "cem", "dora")
    await room.goes_to(datetime(2026, 2, 20, 23, tzinfo=UTC))
    await room.says("ada", "leave")
    assert not offers(room, "cem")
    await room.says("bob", "join spring")
    await room.goes_to(datetime(2026, 2, 21, 9, tzinfo=UTC))
    assert not offers(room, "cem"), "the seat was gone by then"
    await room.says("bob", "leave")
    assert len(offers(room, "cem")) == 1


async def test_the_two_days_begin_when_the_night_of_the_reader_is_over(room: Room) -> None:
    room.zones = {"cem": "Asia/Tokyo"}
    await fill_spring(room, "ada")
    await wait(room, "cem", "dora")
    # Eleven at night in Tokyo: cem reads of the seat nine hours later.
    await room.goes_to(datetime(2026, 2, 21, 14, tzinfo=UTC))
    await room.says("ada", "leave")
    assert not offers(room, "cem")
    await room.goes_to(datetime(2026, 2, 22, 0, tzinfo=UTC))
    assert len(offers(room, "cem")) == 1
    await room.goes_to(datetime(2026, 2, 23, 22, tzinfo=UTC))
    assert not offers(room, "dora")
    await room.goes_to(datetime(2026, 2, 24, 9, tzinfo=UTC))
    assert len(offers(room, "dora")) == 1


async def test_nobody_is_told_of_a_seat_in_a_finished_cohort(room: Room) -> None:
    await fill_spring(room, "ada")
    await wait(room, "cem")
    await room.says("mona", "cohort finish spring sure=yes")
    await room.says("ada", "leave")
    await room.passes(days=3)
    assert not offers(room, "cem")


async def test_closed_private_messages_are_never_made_public(quick_room: Room) -> None:
    room = quick_room
    await fill_spring(room, "ada")
    await wait(room, "cem")
    public = [sent for sent in room.chat.sent if not sent.place.is_private]

    def fault(when: str, place: object, key: str) -> None:
        if "seat_offer" in key:
            raise SendError("private messages are closed", permanent=True)

    room.chat.fault = fault
    await room.says("ada", "leave")
    room.chat.fault = None
    await room.passes(hours=1)
    assert not offers(room, "cem")
    assert [sent for sent in room.chat.sent if not sent.place.is_private] == public
    told = await room.says("cem", "waitlist spring")
    assert told.startswith("I could not send you a private message: ")


async def test_whoever_cannot_be_told_does_not_stand_in_the_way(quick_room: Room) -> None:
    room = quick_room
    await fill_spring(room, "ada")
    await wait(room, "cem", "dora")

    def fault(when: str, place: Place, key: str) -> None:
        if place.native == "cem":
            raise SendError("private messages are closed", permanent=True)

    room.chat.fault = fault
    await room.says("ada", "leave")
    assert not offers(room, "dora")
    await room.passes(days=2, minutes=5)
    assert len(offers(room, "dora")) == 1


async def test_a_person_with_two_accounts_is_on_a_list_once(room: Room) -> None:
    await fill_spring(room, "ada")
    await houses(room)
    await wait(room, "cem", "dora")
    await links(room, "cem", "nora")
    assert "You are number 1" in await room.says("cem", "waitlist spring")
    await room.says("ada", "leave")
    assert len(offers(room, "cem")) == 1
    assert not [sent for sent in room.chats["other"].sent if sent.place.is_private]
    await room.passes(minutes=5)
    assert "You are in spring 🎉" in await room.says("nora", "join spring", place=THERE)
    await room.passes(days=3)
    assert not offers(room, "dora")


async def test_many_who_press_at_once_are_each_on_the_list_once(room: Room) -> None:
    await fill_spring(room, "ada")
    for name in ("bob", "cem", "dora"):
        await room.says(name, "join spring")
    names = ["bob", "cem", "dora"] * 2
    answers = await asyncio.gather(*(room.answer(name, "waitlist spring") for name in names))
    assert all("on the waiting list" in answer.to_plain_text() for answer in answers)
    numbers = [await room.says(name, "waitlist spring") for name in ("bob", "cem", "dora")]
    assert sorted(said.partition(" on ")[0] for said in numbers) == [
        "You are number 1",
        "You are number 2",
        "You are number 3",
    ]


async def test_a_restart_in_the_middle_tells_nobody_twice(room: Room) -> None:
    await fill_spring(room, "ada")
    await wait(room, "cem")
    await room.says("ada", "leave")
    await room.restart()
    await room.passes(days=3)
    assert len(offers(room, "cem")) == 1
