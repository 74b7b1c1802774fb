"""`/posts board` keeps one board in the channel, and takes it down again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.chat.address import Place, SetupProblem
from bot.chat.errors import MessageGone, SendError, TooOldToEdit
from tests.support.database import execute_sql
from tests.support.room import Room

NAMES = ("ada", "bob", "cy")


def on(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


async def begin(room: Room) -> None:
    await room.spring(*NAMES)
    await room.goes_to(on(3, 2))


def read_boards(room: Room) -> list[str]:
    return [sent.message.to_plain_text() for sent in room.posts("board")]


async def test_the_board_stands_in_the_channel_and_counts_along(room: Room) -> None:
    await begin(room)
    answer = await room.says("mona", "posts board")
    assert answer.startswith("The board of spring is on its way to this channel.")
    (board,) = read_boards(room)
    assert board.startswith("spring: week 1 of 12\n")
    assert "The first tick of the week is still free." in board
    await room.says("ada", "tick 1 2")
    await room.passes(minutes=5)
    await room.says("bob", "checkin hours=2")
    await room.passes(minutes=5)
    (board,) = read_boards(room)
    assert "3 of us · 2 items done" in board
    assert "Checked in: 1 of 3" in board
    assert "1. Ada" in board
    assert "Cy" not in board
    assert room.chat.pinned == [room.posts("board")[0].key]


async def test_the_same_command_takes_the_board_down(room: Room) -> None:
    await begin(room)
    await room.says("mona", "posts board")
    again = await room.answer("mona", "posts board")
    assert again.to_plain_text().startswith("spring has a board here, and I keep it up to date.")
    down = await room.presses("mona", again, "Take it down")
    assert down.to_plain_text().startswith("The board of spring is taken down.")
    assert room.chat.deleted == [room.posts("board")[0].key]
    assert await execute_sql(room.store, "SELECT letter_id FROM edits", write=False) == []
    assert "has no board here" in await room.says("mona", "posts board on=no")
    assert "on its way" in await room.says("mona", "posts board")
    assert len(read_boards(room)) == 2


async def test_two_moderators_at_once_put_up_one_board(room: Room) -> None:
    await begin(room)
    room.moderators.add("max")
    await asyncio.gather(room.answer("mona", "posts board"), room.answer("max", "posts board"))
    await room.pulse()
    assert len(read_boards(room)) == 1


async def test_members_cannot_put_up_a_board(room: Room) -> None:
    await begin(room)
    assert "Only moderators" in await room.says("ada", "posts board")
    assert read_boards(room) == []


async def test_elsewhere_a_draft_and_a_finished_group_get_a_sentence_that_helps(
    room: Room,
) -> None:
    await room.says("mona", "cohort create name=spring start=2026-03-02")
    assert "use cohort open first" in await room.says("mona", "posts board")
    await room.opens_cohort("spring")
    elsewhere = Place("test", "space", "lobby")
    answer = await room.says("mona", "posts board cohort=spring", place=elsewhere)
    assert answer.startswith("spring does not post in this channel: use")
    assert read_boards(room) == []


async def test_before_the_start_the_board_says_when_and_who_can_join(room: Room) -> None:
    await room.spring("ada")
    await room.says("mona", "posts board")
    (board,) = read_boards(room)
    assert "Week 1 starts" in board
    assert "1 of us so far" in board
    await room.says("bob", "join spring")
    await room.passes(minutes=5)
    assert "2 of us so far" in read_boards(room)[0]
    await room.goes_to(on(3, 2))
    assert "week 1 of 12" in read_boards(room)[0]


async def test_each_week_and_the_end_come_to_the_board_by_themselves(quick_room: Room) -> None:
    room = quick_room
    await begin(room)
    await room.says("mona", "posts board")
    for week in (2, 3):
        await room.passes(days=7)
        assert f"week {week} of 12" in read_boards(room)[0]
    await room.says("mona", "cohort finish sure=yes")
    await room.says("ada", "tick vectors-matrices")
    await room.passes(days=8)
    assert "has finished" in read_boards(room)[0]
    assert len(read_boards(room)) == 1


async def test_hidden_and_erased_members_leave_the_board(room: Room) -> None:
    await begin(room)
    await room.says("mona", "posts board")
    await room.says("ada", "tick 1")
    await room.says("bob", "tick 1")
    await room.passes(minutes=5)
    assert "Ada" in read_boards(room)[0]
    await room.says("bob", "settings hidden=yes")
    await room.passes(minutes=5)
    assert "Bob" not in read_boards(room)[0]
    # An erasure waits for no turn.
    await room.says("ada", "mydata erase sure=yes")
    assert "Ada" not in read_boards(room)[0]
    await room.says("cy", "tick 1")
    await room.passes(minutes=5)
    assert "Cy" in read_boards(room)[0]


async def test_without_the_right_to_pin_the_board_stays_and_the_answer_says_how(
    room: Room,
) -> None:
    await begin(room)
    room.chat.may_pin = False
    sentence = "I may not _Pin Messages_ in #study-group: allow it."
    room.chat.lacking["study-group"] = (SetupProblem(sentence, False, "pin"),)
    answer = await room.says("mona", "posts board")
    assert "I may not Pin Messages in #study-group: allow it." in answer
    assert len(read_boards(room)) == 1
    assert room.chat.pinned == []
    # Given later, it is pinned with the next edit.
    room.chat.may_pin = True
    await room.says("ada", "tick 1")
    await room.passes(minutes=5)
    assert len(room.chat.pinned) == 1
    await room.says("ada", "tick 2")
    await room.passes(minutes=5)
    assert len(room.chat.pinned) == 1


async def test_a_pin_that_fails_costs_no_edit(room: Room) -> None:
    await begin(room)

    async def refuse(place: Place, sent_ref: str) -> bool:
        raise SendError("fifty pins are the limit", permanent=True)

    room.chat.pin_message = refuse  # type: ignore[method-assign]
    await room.says("mona", "posts board")
    await room.says("ada", "tick 1")
    await room.passes(minutes=5)
    assert "1 item done" in read_boards(room)[0]


async def test_a_board_too_old_to_edit_is_posted_anew_once_a_day(room: Room) -> None:
    await begin(room)
    await room.says("mona", "posts board")
    tries = []

    def refuse(when: str, place: Place, key: str) -> None:
        if ".board." in key:
            tries.append(key)
            raise TooOldToEdit("too many edits", timedelta(hours=1))

    room.chat.edit_fault = refuse
    await room.says("ada", "tick 1")
    await room.passes(hours=6)
    assert len(read_boards(room)) == 1
    assert 2 <= len(tries) <= 7
    await room.passes(hours=20)
    first, second = room.posts("board")
    assert room.chat.deleted == [first.key]
    assert "1 item done" in second.message.to_plain_text()
    assert room.chat.pinned[-1] == second.key


async def test_a_board_deleted_by_hand_stays_away(room: Room) -> None:
    await begin(room)
    await room.says("mona", "posts board")

    def refuse(when: str, place: Place, key: str) -> None:
        if ".board." in key:
            raise MessageGone("the message was deleted")

    room.chat.edit_fault = refuse
    await room.says("ada", "tick 1")
    await room.passes(days=9)
    assert len(read_boards(room)) == 1
    room.chat.edit_fault = None
    assert "on its way" in await room.says("mona", "posts board")


async def test_a_board_moves_along_with_its_cohort(room: Room) -> None:
    await begin(room)
    await room.says("mona", "posts board")
    lobby = Place("test", "space", "lobby")
    await room.says("mona", "cohort move cohort=spring sure=yes", place=lobby)
    await room.pulse()
    places = [sent.place.channel for sent in room.posts("board")]
    assert places == ["study-group", "lobby"]
    await room.says("ada", "tick 1")
    await room.passes(minutes=5)
    assert "1 item done" in read_boards(room)[1]


async def test_a_board_goes_on_when_the_group_starts_again(room: Room) -> None:
    await begin(room)
    await room.says("mona", "posts board")
    await room.says("mona", "cohort finish sure=yes")
    await room.says("mona", "cohort start again=yes on=2026-06-01 sure=yes")
    await room.goes_to(on(6, 1))
    await room.says("ada", "tick 1")
    await room.passes(minutes=5)
    (board,) = read_boards(room)
    assert "week 1 of 12" in board


async def test_a_board_survives_a_restart_and_an_outage(room: Room) -> None:
    await begin(room)
    await room.says("mona", "posts board")
    await room.says("ada", "tick 1")
    await room.is_down_until(on(3, 17))
    (board,) = read_boards(room)
    assert "week 3 of 12" in board
    assert "1. Ada" in board


async def test_a_space_without_the_bot_costs_no_tries(room: Room) -> None:
    await begin(room)
    await room.says("mona", "posts board")
    await room.core.handle_space_left(room.place)
    edits = len(room.chat.edited)
    await room.passes(days=3)
    assert len(room.chat.edited) == edits
    await room.core.handle_space_joined(room.place)
    await room.passes(days=8)
    assert "week 2 of 12" in read_boards(room)[0]
