"""`draft`: a form that waits for whoever began it, for a day, as it stood."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.message import Field, Form
from tests.support.room import Room

BEGUN = Form(
    "Check-in",
    "checkin",
    (Field("note", "Note", "text", value="half a thought", problem="Say more."),),
)
GONE = "That form has expired: use its command again to get a new one."


async def test_a_form_waits_as_it_stands_for_whoever_began_it_and_for_nobody_else(
    room: Room,
) -> None:
    said = await room.core.save_form(room.caller("ada"), BEGUN)
    assert said == "draft 1"
    assert await room.answer("ada", said) == BEGUN
    await room.restart()
    assert await room.answer("ada", said) == BEGUN
    assert await room.says("eve", said) == GONE
    await room.says("eve", "away")
    assert await room.says("eve", said) == GONE
    assert await room.core.save_form(room.caller("eve"), BEGUN) == "draft 2"
    assert await room.says("ada", "draft 2") == GONE


async def test_a_form_waits_a_day_and_is_let_go_of(quick_room: Room) -> None:
    room = quick_room
    said = await room.core.save_form(room.caller("ada"), BEGUN)
    await room.passes(hours=23, minutes=59)
    await room.clockwork.delete_expired_data()
    assert await room.answer("ada", said) == BEGUN
    await room.passes(minutes=1)
    assert await room.says("ada", said) == GONE
    await room.clockwork.delete_expired_data()
    room.clock.at -= timedelta(hours=12)
    assert await room.says("ada", said) == GONE  # let go of, and not only refused


async def test_a_draft_that_never_was_is_refused_whatever_it_is_called(quick_room: Room) -> None:
    for said in (
        "draft",
        "draft 7",
        "draft -1",
        "draft x",
        "draft 99999999999",
        "draft ١",
        'draft "1 OR 1=1"',
    ):
        assert await quick_room.says("ada", said) == GONE, said
