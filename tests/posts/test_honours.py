"""A recap treats equals alike and cuts nothing silently: the rest is counted."""

from __future__ import annotations

from bot.chat.message import Buttons
from tests.posts.test_skips import on
from tests.store.test_privacy import ALL, TUESDAY
from tests.support.room import Room

WEEK = "Week 1 is done: Basics of linear algebra and statistics"
FIRST = "vectors-matrices"


async def recap_of(room: Room, *done: tuple[str, int]) -> str:
    """The recap of the first week, in which these people did so many items."""
    await room.spring(*(name for name, _ in done))
    await room.goes_to(TUESDAY)
    for name, count in done:
        await room.answer(name, f"tick {','.join(ALL.split(',')[:count])}")
    await room.goes_to(on(3, 9))
    return room.posts("recap")[0].message.to_plain_text()


async def test_everybody_tied_for_first_is_honoured_and_the_rest_is_counted(room: Room) -> None:
    names = [f"p{number:02}" for number in range(13)]
    told = await recap_of(room, *((name, 5) for name in names))
    assert told.split("\n") == [
        WEEK,
        "The first week is behind us.",
        "Checked in: 0 of 13",
        "This week's board",
        *(f"1. P{number:02}: 5 of 5" for number in range(10)),
        "… and 3 more.",
        "🏅 P00, P01, P02, P03, P04, P05 and 7 more finished every item",
        "[My progress] [Check in late] [The board]",
    ]
    buttons = [
        block for block in room.posts("recap")[0].message.blocks if isinstance(block, Buttons)
    ]
    board = await room.says("p12", buttons[-1].buttons[-1].says)
    assert board.split("\n") == [
        "The board of spring",
        "Week 1 · Basics of linear algebra and statistics",
        *(f"1. P{number:02}: 5 of 5{' (you)' if number == 12 else ''}" for number in range(13)),
        "[My progress]",
    ]


async def test_equals_at_the_end_of_the_board_stay_together(quick_room: Room) -> None:
    names = [f"p{number:02}" for number in range(12)]
    told = await recap_of(
        quick_room, *((name, 5 if number < 3 else 2) for number, name in enumerate(names))
    )
    assert told.split("\n")[3:] == [
        "This week's board",
        *(f"1. P{number:02}: 5 of 5" for number in range(3)),
        "… and 9 more.",
        "🏅 P00, P01 and P02 finished every item",
        "[My progress] [Check in late] [The board]",
    ]


async def test_what_fits_is_shown_whole_and_offers_no_board(quick_room: Room) -> None:
    names = [f"p{number:02}" for number in range(10)]
    told = await recap_of(quick_room, *((name, 1) for name in names))
    assert told.split("\n")[4:] == [
        *(f"1. P{number:02}: 1 of 5" for number in range(10)),
        "[My progress] [Check in late]",
    ]


async def test_a_streak_is_honoured_for_everybody_who_has_it(quick_room: Room) -> None:
    room = quick_room
    names = [f"p{number:02}" for number in range(8)]
    await room.spring(*names)
    for day in (3, 10, 17, 24):
        await room.goes_to(on(3, day))
        for name in names:
            await room.answer(name, "checkin hours=1")
    await room.goes_to(on(3, 30))
    assert (
        "🏅 P00, P01, P02, P03, P04, P05 and 2 more checked in 4 weeks in a row"
        in room.posts("recap")[-1].message.to_plain_text()
    )


async def test_the_whole_board_is_paged_and_its_ranks_go_on(quick_room: Room) -> None:
    room = quick_room
    names = [f"p{number:02}" for number in range(25)]
    await room.spring(*names)
    await room.goes_to(TUESDAY)
    for number, name in enumerate(names):
        await room.answer(name, f"tick {FIRST}{',bayes' if number < 5 else ''}")
    board = await room.says("p24", "progress board")
    assert board.endswith("… and 20 more.\n[My progress] [Everybody this week] [Everybody overall]")
    first = await room.says("p00", "progress board=yes week=all")
    assert first.split("\n")[7:9] == ["6. P05: 1 of 57", "6. P06: 1 of 57"]
    assert first.endswith("[12 more]\n[My progress]")
    second = await room.says("p00", "progress board=yes week=all page=2")
    assert second.split("\n")[2:4] == ["6. P13: 1 of 57", "6. P14: 1 of 57"]
    assert second.endswith("6. P24: 1 of 57\n1. P00: 2 of 57 (you)\n[Back]\n[My progress]")
    assert await room.says("p00", "progress board=yes week=nope") == (
        "spring has no such week: use progress board to see the current board."
    )
