"""The room keeps a transcript of its own: an erasure takes somebody's words and name out of it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.room_server import CHANNEL, Local, text, whole_bot

NAME, NATIVE = "Quillfeather", "quillfeather"
WORDS = ("quillfeather", "xylophonic", "bergamotte", "wolpertinger")


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with whole_bot(tmp_path) as opened:
        yield opened


async def live_in_the_room(local: Local) -> None:
    """Let somebody of an unusual name join, talk, and be talked about."""
    await local.room.add_figure(NAME, "Europe/Berlin", False)
    await local.says("mona", "cohort create name=spring start=2026-02-20")
    await local.says("mona", "cohort open spring sure=yes week=1")
    for name in (NATIVE, "ada"):
        await local.says(name, "join spring")
    await local.says(NATIVE, "tick bayes")
    await local.says(NATIVE, "checkin hours=2", {"note": ["xylophonic"]})
    await local.says(NATIVE, "project add Wolpertinger", channel="")
    for speaker, words in ((NATIVE, "bergamotte is me"), ("ada", f"Thank you {NAME}, dear.")):
        body = {"as": speaker, "channel": CHANNEL, "once": f"chat-{speaker:>08}".replace(" ", "0")}
        assert (await local.post("/api/say", {**body, "chat": words}))[0] == 200
    await local.says("ada", f"progress who={NAME}")
    await local.says("mona", "members list")
    await local.says(NATIVE, "mydata export")
    await local.room.mover.run_due_work()


def list_finds(folder: Path) -> list[str]:
    """Return where any of the words stands in the room's files."""
    finds = []
    for name in ("transcript.db", "syllabot.db"):
        with sqlite3.connect(folder / name) as file:
            tables = [
                row[0]
                for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            for table in tables:
                for row in file.execute(f"SELECT * FROM {table}"):
                    content = " ".join(str(value) for value in row).casefold()
                    finds += [f"{table}: {word}" for word in WORDS if word in content]
    return finds


async def test_nothing_in_the_rooms_files_names_somebody_who_was_erased(
    local: Local, tmp_path: Path
) -> None:
    await live_in_the_room(local)
    assert {find.partition(": ")[2] for find in list_finds(tmp_path)} == set(WORDS)
    receipt = text(await local.says(NATIVE, "mydata erase sure=yes"))
    assert "Everything is erased: 1 account" in receipt
    await local.room.mover.run_due_work()
    assert list_finds(tmp_path) == []


async def test_others_keep_their_lines_without_the_name(local: Local) -> None:
    await live_in_the_room(local)
    await local.says(NATIVE, "mydata erase sure=yes")
    await local.room.mover.run_due_work()
    seen = await local.sees("ada")
    assert "Thank you Somebody, dear." in seen
    assert "bergamotte" not in seen
    assert "Another version" not in seen


async def test_an_erased_person_goes_on_under_a_name_that_says_nothing(local: Local) -> None:
    await live_in_the_room(local)
    await local.says(NATIVE, "mydata erase sure=yes")
    people = (await local.get("/api/room"))[1]["people"]
    (renamed,) = [person for person in people if person["name"].startswith("Somebody")]
    assert "Everything is erased" in await local.sees(renamed["native"])
    assert "You are in spring" in text(await local.says(renamed["native"], "join spring"))


async def test_the_same_erasure_told_again_gets_a_receipt(local: Local) -> None:
    await local.says("ada", "settings alias=Medlar")
    first = await local.says("ada", "mydata erase sure=yes", once="erase-0001")
    again = await local.says("ada", "mydata erase sure=yes", once="erase-0001")
    assert "Everything is erased" in text(first)
    assert "I keep nothing about you." in text(again)


async def test_own_data_is_downloaded_by_its_owner_alone(local: Local) -> None:
    await live_in_the_room(local)
    (line,) = [line for line in await local.lines(NATIVE, "") if line["kind"] == "file"]
    path = "/api/file?as={}&line={}&number={}"
    async with local.session.get(local.url + path.format(NATIVE, line["seq"], 0)) as response:
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        assert "xylophonic" in await response.text()
    for viewer, number, status in (("ada", 0, 404), (NATIVE, 2, 404), ("nobody", 0, 422)):
        url = local.url + path.format(viewer, line["seq"], number)
        async with local.session.get(url) as response:
            assert response.status == status


async def test_a_private_message_that_is_closed_gives_pages_of_text(local: Local) -> None:
    await local.says("ada", "settings alias=Medlar")
    await local.post("/api/hearing", {"as": "ada", "hears": False})
    answer = text(await local.says("ada", "mydata export"))
    assert "I could not send you files here" in answer
    assert "Medlar" in answer
