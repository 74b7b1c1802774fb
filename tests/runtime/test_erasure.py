"""After an erasure nothing anywhere holds the person's name, ids or words: every table is searched."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from bot.chat.address import Account, Place
from bot.chat.errors import SendError
from bot.store.tables import metadata
from tests.support.database import execute_sql
from tests.support.roadmap_versions import FIRST, file
from tests.support.room import Chat, Room
from tests.support.two_platforms import THERE, houses, links

NAME, OTHER = "quillfeather", "zephyrine"
WORDS = (
    NAME,
    OTHER,
    "medlarby",  # the alias
    "xylophonic",  # a note
    "bergamotte",  # a blocker
    "wolpertinger",  # a project
    "snollygoster",  # a certificate
    "flibbertigibbet",  # a form that waits
    "gobbledegook",  # a plan that waits
    "widdershins",  # a cohort's name nobody has, typed
)


class Killed(BaseException):
    """The process ends here."""


async def live_half_a_season(room: Room) -> None:
    """Let somebody do everything once, by two accounts, beside two others."""
    private = Place("test", "space", native=NAME)
    assert await room.core.claim_greeting(room.caller(NAME), private)
    room.moderators.add(NAME)
    assert "draft" in await room.says(NAME, "cohort create name=spring start=2026-03-02")
    await room.opens_cohort("spring")
    await houses(room)
    for member in ("bob", NAME, "cy"):
        await room.says(member, "join spring")
    await links(room, NAME, OTHER)
    await room.passes(days=12)
    await room.says(NAME, "tick bayes")
    await room.says("bob", "tick bayes")
    await room.says(OTHER, "tick numpy-matrices", place=THERE)
    await room.says(NAME, "checkin hours=3", {"note": ("xylophonic",), "blockers": ("bergamotte",)})
    await room.says(OTHER, "checkin hours=2", {"note": ("xylophonic too",)}, place=THERE)
    await room.says(NAME, "project add Wolpertinger <https://wolpertinger.example>")
    await room.says(OTHER, "certificate add Snollygoster", place=THERE)
    await room.passes(days=10)
    await room.says(NAME, "settings alias=Medlarby")
    await room.passes(days=8)
    await room.says(NAME, "away days=3")
    await room.says(NAME, "link")
    await room.says(NAME, "link WRONG-CODES")
    await room.says(NAME, "progress widdershins")
    await leave_things_waiting(room)


async def leave_things_waiting(room: Room) -> None:
    plan = file(FIRST.replace("Rust together", "Gobbledegook"))
    assert "Import report" in await room.says(NAME, "roadmap import", files=plan)
    waiting = await room.says(NAME, "checkin hours=3 confidence=4 note='flibbertigibbet it is")
    assert "is not a week" in waiting
    assert "can now manage" in await room.says("mona", f"moderators add=@{NAME}")


async def list_finds(room: Room) -> list[str]:
    """Return where any of the words stands in the database."""
    finds = []
    for table in metadata.tables.values():
        for row in await execute_sql(room.store, select(table), write=False):
            text = " ".join(str(value) for value in row).casefold()
            finds += [f"{table.name}: {word}" for word in WORDS if word in text]
    return finds


def list_public_finds(chat: Chat) -> list[str]:
    """Return the posts that everybody can read with any of the words in it."""
    finds = []
    for sent in chat.sent:
        text = sent.message.to_plain_text().casefold()
        if not sent.place.is_private:
            finds += [f"{sent.key}: {word}" for word in WORDS if word in text]
    return finds


@pytest.mark.parametrize("state", ["running", "paused"])
async def test_after_an_erasure_nothing_is_left_anywhere(
    room: Room, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await live_half_a_season(room)
    found = {find.partition(": ")[2] for find in await list_finds(room)}
    assert found == set(WORDS) - {"widdershins"}, "something was not planted"
    assert list_public_finds(room.chat)
    assert list_public_finds(room.chats["other"])
    if state == "paused":
        await room.says("mona", "cohort pause sure=yes")
    asked = await room.answer(OTHER, "mydata erase", place=THERE)
    assert "Quillfeather on Test and Zephyrine on Other" in asked.to_plain_text()
    receipt = await room.says(OTHER, "mydata erase sure=yes", place=THERE)
    assert receipt.startswith("Everything is erased: 2 accounts, ")
    assert not [word for word in WORDS if word in receipt.casefold()]
    assert await list_finds(room) == []
    await room.passes(hours=1)
    assert await list_finds(room) == []
    assert list_public_finds(room.chat) == list_public_finds(room.chats["other"]) == []
    forgotten = [native for native, _ in room.chat.forgotten + room.chats["other"].forgotten]
    assert sorted(forgotten) == [NAME, OTHER]
    await room.passes(weeks=1)
    assert await list_finds(room) == []
    assert not [word for word in WORDS if word in caplog.text.casefold()]
    await assert_file_is_clean(room)


@pytest.mark.parametrize("how", ["killed", "failed"])
async def test_a_platform_that_was_not_told_of_an_erasure_is_told_later(
    room: Room, how: str
) -> None:
    await room.spring("ada", "bob")
    told = room.chat.forget_account

    async def fail(account: Account, names: Collection[str]) -> None:
        if how == "killed":
            raise Killed
        raise SendError("not now")

    room.chat.forget_account = fail  # type: ignore[method-assign]
    with contextlib.suppress(Killed):
        assert "Everything is erased" in await room.says("ada", "mydata erase sure=yes")
    room.chat.forget_account = told  # type: ignore[method-assign]
    assert room.chat.forgotten == []
    if how == "killed":
        await room.restart()
    await room.passes(minutes=2)
    assert room.chat.forgotten == [("ada", ("Ada",))]
    marks = await execute_sql(room.store, "SELECT name, value FROM marks", write=False)
    assert "ada" not in str(marks).casefold()


async def assert_file_is_clean(room: Room) -> None:
    """On SQLite: not even the pages that are free hold anything."""
    url = make_url(room.url)
    if url.get_backend_name() != "sqlite":
        return
    await room.restart()
    assert url.database is not None
    path = Path(url.database)
    content = path.read_bytes().lower()
    assert not [word for word in WORDS if word.encode() in content]
