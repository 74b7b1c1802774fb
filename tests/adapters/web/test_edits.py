"""Edits in the room: the line changes where it stands, on every page, and nothing old is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat.address import Place
from bot.chat.errors import SendError
from bot.chat.message import text_message
from tests.support.room_server import CHANNEL, Local, text, whole_bot

HOME = Place("room", "room", CHANNEL)
FIRST, SECOND = text_message("A quince."), text_message("A medlar.")


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with whole_bot(tmp_path) as opened:
        yield opened


async def test_an_edited_line_stands_where_it_stood(local: Local) -> None:
    sent = await local.room.send(HOME, FIRST, "k1")
    await local.room.send(HOME, text_message("Later."), "k2")
    await local.room.edit(HOME, sent, SECOND, "k1")
    await local.room.edit(HOME, sent, SECOND, "k1")
    lines = await local.lines("ada")
    assert [text(line).split(" ", 3)[-1].split()[-1] for line in lines] == ["medlar.", "Later."]


async def test_a_page_that_has_read_the_old_line_gets_the_new_one(local: Local) -> None:
    sent = await local.room.send(HOME, FIRST, "k1")
    (before,) = await local.hears("ada", 1)
    await local.room.edit(HOME, sent, SECOND, "k1")
    (after,) = await local.hears("ada", 1, headers={"Last-Event-ID": str(before["seq"])})
    assert "medlar" in after["html"]
    assert after["spot"] == before["spot"]


async def test_a_page_that_was_away_for_two_edits_drops_what_it_shows(local: Local) -> None:
    sent = await local.room.send(HOME, FIRST, "k1")
    (before,) = await local.hears("ada", 1)
    for message in (SECOND, text_message("A pear.")):
        await local.room.edit(HOME, sent, message, "k1")
    (after,) = await local.hears("ada", 1, headers={"Last-Event-ID": str(before["seq"])})
    assert "pear" in after["html"]
    assert before["seq"] in after["drops"]


async def test_the_room_waits_for_no_edit_and_leaves_a_word_where_a_board_was(local: Local) -> None:
    await local.room.send(HOME, FIRST, "k1")
    assert local.room.edit_pace.gap.total_seconds() == 0
    await local.room.delete_message(HOME, "1", "k1")
    (line,) = await local.lines("ada")
    assert "I have taken this post back." in text(line)


async def test_nothing_of_the_old_text_is_left_in_the_file(local: Local, tmp_path: Path) -> None:
    sent = await local.room.send(HOME, FIRST, "k1")
    await local.room.edit(HOME, sent, SECOND, "k1")
    with sqlite3.connect(tmp_path / "transcript.db") as file:
        (count,) = file.execute(
            "SELECT count(*) FROM lines WHERE content LIKE '%quince%'"
        ).fetchone()
    assert count == 0
    assert await local.room.find_message(HOME, "k1", local.room.clock.now()) is not None


async def test_a_line_that_is_not_there_cannot_be_edited(local: Local) -> None:
    with pytest.raises(SendError) as raised:
        await local.room.edit(HOME, "1", SECOND, "k1")
    assert raised.value.permanent
