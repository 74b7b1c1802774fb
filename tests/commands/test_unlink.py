"""`unlink`: a preview comes first, and each account keeps everything that came through it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from bot.chat.address import Place
from bot.group.cohort import Member
from bot.store import Tx
from tests.support.database import execute_sql, load_first_cohort
from tests.support.room import Room
from tests.support.two_platforms import THERE, houses, links

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)


async def test_parting_is_asked_about_first_and_gives_each_account_its_own_back(room: Room) -> None:
    await room.spring("ada")
    await houses(room)
    room.clock.at = TUESDAY
    await links(room, "ada", "nora")
    await room.says("ada", "tick bayes")
    await room.says("nora", "tick numpy-matrices", place=THERE)
    await room.says("nora", "checkin note=mine", place=THERE)
    assert await room.says("nora", "unlink", place=THERE) == (
        "A preview\n"
        "This would disconnect this account from Ada on Test. Each account keeps the ticks, "
        "check-ins, days away and settings that came through it. Others see both accounts the "
        "same way as now. Each account keeps a seat in the cohorts where it was used.\n"
        "Nothing has changed yet.\n"
        "[Unlink]"
    )
    assert "The whole plan: 2 of 57" in await room.says("ada", "progress")
    assert await room.says("nora", "unlink sure=yes", place=THERE) == (
        "This account is no longer connected to Ada on Test. It is in spring.\n"
        "[My progress] [Link again]"
    )
    card = await room.says("nora", "progress", place=THERE)
    assert "The whole plan: 1 of 57" in card
    assert "1 of 5 (checked in)" in card
    card = await room.says("ada", "progress")
    assert "The whole plan: 1 of 57" in card
    assert "checked in" not in card
    assert await room.says("ada", "unlink") == (
        "This account is not connected to another: use link to connect one."
    )


async def test_parting_twice_at_once_parts_once(room: Room) -> None:
    await room.spring("ada")
    await houses(room)
    await links(room, "ada", "nora")
    said = [room.answer("nora", "unlink sure=yes", place=THERE) for _ in range(3)]
    await asyncio.gather(*said, *(room.answer("ada", "unlink sure=yes") for _ in range(3)))
    for table in ("persons", "accounts"):
        rows = await execute_sql(room.store, f"SELECT id FROM {table}", write=False)
        assert len(rows) == 3, table


async def test_an_account_that_did_nothing_has_no_seat_afterwards(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await houses(room)
    await links(room, "ada", "nora")
    assert await room.says("nora", "unlink sure=yes", place=THERE) == (
        "This account is no longer connected to Ada on Test. It is not in a cohort: use join "
        "to see which are open.\n"
        "[Join a cohort] [Link again]"
    )
    assert "You are in spring 🎉" in await room.says("nora", "join", place=THERE)


async def test_whoever_parts_the_account_that_joined_leaves_the_other_its_deeds(room: Room) -> None:
    await room.spring("ada")
    await houses(room)
    room.clock.at = TUESDAY
    await links(room, "ada", "nora")
    await room.says("nora", "tick numpy-matrices", place=THERE)
    room.clock.at = TUESDAY.replace(hour=13)
    await room.says("nora", "checkin note=mine", place=THERE)
    assert "It is in spring" in await room.says("ada", "unlink sure=yes")
    assert "1 of 5 (checked in)" in await room.says("nora", "progress", place=THERE)

    async def find_nora(tx: Tx) -> Member | None:
        person = await tx.people.find_person(room.caller("nora", THERE))
        return await tx.members.find_member(await load_first_cohort(tx), person)

    nora = await room.store.run(find_nora, write=False)
    assert nora is not None
    assert nora.joined_at == TUESDAY


async def test_of_three_accounts_the_other_two_stay_linked(room: Room) -> None:
    await room.spring("ada")
    third = Place("third", "house", "hall")
    await houses(room)
    await houses(room, place=third)
    room.clock.at = TUESDAY
    await links(room, "ada", "nora")
    await links(room, "ada", "thea", third)
    for name, place, item in (
        ("ada", None, "bayes"),
        ("nora", THERE, "numpy-matrices"),
        ("thea", third, "dataset-stats"),
    ):
        await room.says(name, f"tick {item}", place=place)
        await room.says(name, f"checkin note={name}", place=place)
    assert ("connected to Nora on Other and Thea on Third") in await room.says(
        "ada", "unlink sure=yes"
    )
    for name, place, count in (("ada", None, 1), ("nora", THERE, 2), ("thea", third, 2)):
        assert f"The whole plan: {count} of 57" in await room.says(name, "progress", place=place)
    assert "2 members" in await room.says("mona", "cohort members")
    await room.says("thea", "unlink sure=yes", place=third)
    for name, place in (("ada", None), ("nora", THERE), ("thea", third)):
        assert "1 of 5 (checked in)" in await room.says(name, "progress", place=place)
    assert "3 members" in await room.says("mona", "cohort members")


async def test_a_seat_of_an_old_cohort_goes_back_to_whoever_had_left_it(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada")
    await houses(room)
    room.clock.at = TUESDAY
    await links(room, "ada", "nora")
    await room.says("nora", "checkin note=mine", place=THERE)
    assert "You have left spring" in await room.says("ada", "leave")
    assert "You are not in a cohort yet: use join to see the open ones." in await room.says(
        "nora", "week", place=THERE
    )
    assert "not in a cohort" in await room.says("nora", "unlink sure=yes", place=THERE)
    await room.says("nora", "join", place=THERE)
    assert "0 of 5 (checked in)" in await room.says("nora", "progress", place=THERE)


async def test_nobody_is_seen_after_parting_who_was_not_seen_before(room: Room) -> None:
    await room.spring("cem", "ada")
    await houses(room)
    room.clock.at = TUESDAY
    await room.says("nora", "join", place=THERE)
    await links(room, "ada", "nora")
    for name, place in (("ada", None), ("nora", THERE)):
        await room.says(name, "tick " + ("bayes" if place else "numpy-matrices"), place=place)
    await room.says("nora", "settings alias=Kestrel", place=THERE)
    await room.says("nora", "unlink sure=yes", place=THERE)
    board = await room.says("cem", "progress board")
    assert board.count("1. Kestrel: 1 of 57") == 2
    await links(room, "ada", "nora")
    await room.says("nora", "settings hidden=yes", place=THERE)
    await room.says("ada", "unlink sure=yes")
    assert "1 of 57" not in await room.says("cem", "progress board")
    await room.says("ada", "leave")
    await room.says("ada", "join")
    assert "Rank: hidden" in await room.says("ada", "progress")


async def test_what_was_ticked_elsewhere_or_before_makes_no_seat(quick_room: Room) -> None:
    room = quick_room
    room.opens("other")
    await room.spring("ada")
    await room.says("mona", "cohort create name=autumn start=2026-03-02", place=THERE)
    await room.says("mona", "cohort open autumn sure=yes", place=THERE)
    await room.says("nora", "join autumn", place=THERE)
    room.clock.at = TUESDAY
    await room.says("nora", "tick bayes", place=THERE)
    await links(room, "ada", "nora")
    assert "It is in autumn" in await room.says("nora", "unlink sure=yes", place=THERE)
    await houses(room)
    room.clock.at = TUESDAY.replace(hour=13)
    await room.says("ada", "leave")
    await room.says("ada", "join spring")
    await links(room, "ada", "nora")
    assert "It is in autumn" in await room.says("nora", "unlink sure=yes", place=THERE)


async def test_a_seat_taken_again_with_another_account_goes_on_where_the_first_one_ended(
    room: Room,
) -> None:
    await room.spring("ada")
    third = Place("third", "house", "hall")
    await houses(room)
    await houses(room, place=third)
    room.clock.at = TUESDAY
    await links(room, "ada", "nora")
    await links(room, "ada", "thea", third)
    await room.says("ada", "checkin blockers=mine")
    await room.says("ada", "settings hidden=yes cohort=spring")
    await room.says("ada", "leave")
    room.clock.at = TUESDAY.replace(hour=13)
    assert "You are in spring 🎉" in await room.says("nora", "join", place=THERE)
    assert "Rank: hidden" in await room.says("nora", "progress", place=THERE)
    # The words go to the moderators of the side she is on now.
    assert "mine" not in await room.says("mona", "cohort members")
    room.moderators.add("omar")
    assert "mine" in await room.says("omar", "cohort members", place=THERE)
    await room.says("thea", "tick bayes", place=third)
    assert "It is in spring" in await room.says("thea", "unlink sure=yes", place=third)
    assert "Rank: hidden" in await room.says("thea", "progress", place=third)
