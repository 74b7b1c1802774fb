"""The recap begins differently each week, and shows what members share."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from tests.support.room import Room

TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)


def list_openings(room: Room) -> list[str]:
    return [post.message.to_plain_text().split("\n")[1] for post in room.posts("recap")]


@pytest.mark.parametrize("is_busy", [True, False])
async def test_no_two_recaps_in_a_row_begin_alike(quick_room: Room, is_busy: bool) -> None:
    room = quick_room
    await room.spring("ada", "bob", "cy", "dan")
    await room.goes_to(TUESDAY)
    for number in range(1, 13):
        for name in ("ada", "bob", "cy") if is_busy else ():
            await room.says(name, f"checkin {number} hours=1 items=1")
        await room.passes(weeks=1)
    openings = list_openings(room)
    assert len(openings) == 12
    assert [first for first, second in itertools.pairwise(openings) if first == second] == []
    # The same facts are told in three ways.
    assert len(set(openings)) >= 5


async def test_the_facts_choose_the_opening(quick_room: Room) -> None:
    room = quick_room
    await room.spring("ada", "bob", "cy")
    await room.goes_to(TUESDAY)
    for name in ("ada", "bob", "cy"):
        await room.says(name, "checkin hours=1")
    await room.passes(weeks=12)
    openings = list_openings(room)
    assert openings[0] == "Everybody has checked in."
    assert openings[1] == "Not much happened here this week. Late ticks and check-ins count."
    assert openings[5] == "This was week 6 of 12: the middle of the plan."
    assert openings[11] == "With this week, the plan is complete."


async def test_a_shared_note_is_shown_and_no_other(room: Room) -> None:
    await room.spring("ada", "bob", "cy", "dan")
    await room.goes_to(TUESDAY)
    await room.says("ada", 'checkin note="**loud** note of ada" share=yes')
    await room.says("bob", 'checkin note="note of bob"')
    await room.says("cy", 'checkin note="note of cy" share=yes')
    await room.says("dan", 'checkin note="note of dan" share=yes')
    await room.says("cy", "settings hidden=yes")
    await room.says("dan", "away until=2026-03-20")
    await room.passes(weeks=1)
    (post,) = room.posts("recap")
    text = post.message.to_plain_text()
    assert "From your check-ins\n• Ada: “**loud** note of ada”\n" in text
    for name in ("bob", "cy", "dan"):
        assert f"note of {name}" not in text
