"""The local room over the wire, with the whole bot: the guard, the readers, and kills."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from adapters.web import CannotOpenRoom, PortInUse, Room
from bot.chat.address import Caller, Place
from bot.chat.errors import SendError
from bot.chat.message import Answer, text_message
from bot.chat.platform import Core, Files
from tests.support.paths import ROOT
from tests.support.room_server import CHANNEL, FRIDAY, Local, text, whole_bot

HOME = Place("room", "room", CHANNEL)


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with whole_bot(tmp_path) as opened:
        yield opened


async def spring(local: Local, *members: str) -> None:
    await local.says("mona", "cohort create name=spring start=2026-03-02")
    await local.says("mona", "cohort open spring sure=yes")
    for name in members:
        assert "You are in spring" in text(await local.says(name, "join spring"))


# — this machine only —


async def test_the_room_answers_on_this_machine_only(local: Local) -> None:
    assert local.room.address.startswith("http://127.0.0.1:")


async def test_the_page_needs_nothing_from_outside() -> None:
    folder = ROOT / "adapters" / "web"
    for file in [*folder.glob("static/*"), *folder.glob("templates/*")]:
        addresses = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in addresses, file.name
        assert "https://" not in addresses, file.name
        assert "<style" not in addresses, file.name
        assert "innerHTML" not in addresses, file.name


# — who sees what —


async def test_an_answer_is_seen_by_the_one_who_asked_and_by_nobody_else(local: Local) -> None:
    answer = await local.says("ada", "help")
    assert "Only Ada sees this" in text(answer)
    assert "/help" in await local.sees("ada")
    assert await local.sees("bob") == ""
    assert await local.sees("mona") == ""


async def test_an_announcement_is_seen_by_everybody(local: Local) -> None:
    await spring(local, "ada")
    await local.room.mover.run_due_work()
    assert "Ada has joined spring" in await local.sees("bob")
    assert "You are in spring" not in await local.sees("bob")


async def test_chat_is_seen_by_everybody_and_not_read_by_the_bot(local: Local) -> None:
    body = {"as": "ada", "channel": CHANNEL, "once": "chat-0001", "chat": "help <b>me</b>"}
    assert (await local.post("/api/say", body))[0] == 200
    assert await local.sees("bob") == "A Ada 02:00 help <b>me</b>"
    assert len(await local.lines("ada")) == 1


async def test_a_private_conversation_is_one_persons_own(local: Local) -> None:
    await local.room.send(Place("room", "room", native="ada"), text_message("Psst."), "k1")
    assert "Psst." in await local.sees("ada", "")
    assert await local.sees("bob", "") == ""
    assert "Psst." not in await local.sees("ada")


async def test_the_live_stream_carries_what_the_viewer_may_see(local: Local) -> None:
    await local.room.send(Place("room", "room", native="bob"), text_message("For Bob."), "k1")
    await local.room.send(HOME, text_message("For everybody."), "k2")
    await local.room.send(Place("room", "room", native="ada"), text_message("For Ada."), "k3")
    assert [text(line).split()[-1] for line in await local.hears("ada", 2)] == [
        "everybody.",
        "Ada.",
    ]


async def test_the_live_stream_resumes_where_the_page_was(local: Local) -> None:
    for number in range(6):
        await local.room.send(HOME, text_message(f"Line {number}."), f"k{number}")
    first = await local.hears("ada", 3)
    rest = await local.hears("ada", 3, headers={"Last-Event-ID": str(first[-1]["seq"])})
    assert [text(line).split()[-1] for line in [*first, *rest]] == [
        f"{number}." for number in range(6)
    ]


async def test_what_is_sent_while_a_page_listens_arrives(local: Local) -> None:
    listening = asyncio.create_task(local.hears("ada", 2))
    while not local.room.live_pages.page_count:
        await asyncio.sleep(0.01)
    await local.room.send(HOME, text_message("One."), "k1")
    await local.room.send(HOME, text_message("Two."), "k2")
    assert [text(line).split()[-1] for line in await listening] == ["One.", "Two."]


# — once —


async def test_the_same_interaction_twice_is_one_and_gets_the_same_answer(local: Local) -> None:
    await spring(local)
    first = await local.says("ada", "join spring", once="click-0001")
    again = await local.says("ada", "join spring", once="click-0001")
    assert first == again
    assert (await local.sees("ada")).count("You are in spring") == 1


async def test_the_same_interaction_at_the_same_moment_is_one(local: Local) -> None:
    await spring(local)
    answers = await asyncio.gather(
        *(local.says("ada", "join spring", once="click-0001") for _ in range(8))
    )
    assert len({answer["seq"] for answer in answers}) == 1


async def test_an_id_used_for_something_else_is_refused(local: Local) -> None:
    await local.says("ada", "help", once="click-0001")
    body = {"as": "bob", "channel": CHANNEL, "once": "click-0001", "phrase": "help"}
    assert (await local.post("/api/say", body))[0] == 422


class Dead:
    """A core without an answer, as in a process killed before it."""

    async def answer_phrase(
        self,
        caller: Caller,
        place: Place,
        phrase: str,
        filled: Mapping[str, tuple[str, ...]] | None = None,
        *,
        idempotency_key: str,
        files: Files | None = None,
    ) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    async def suggest_values(self, *asked: object) -> tuple[()]:
        return ()


async def test_what_was_said_before_a_kill_is_answered_after_it(tmp_path: Path) -> None:
    async with whole_bot(tmp_path, core=cast(Core, Dead())) as local:
        asking = asyncio.create_task(local.says("ada", "help", once="click-0001"))
        while "/help" not in await local.sees("ada"):
            await asyncio.sleep(0.01)
        asking.cancel()
    async with whole_bot(tmp_path) as local:
        while len(await local.lines("ada")) < 2:
            await asyncio.sleep(0.01)
        assert "Only Ada sees this" in text((await local.lines("ada"))[1])
        retried = await local.says("ada", "help", once="click-0001")
        assert retried["seq"] == (await local.lines("ada"))[1]["seq"]


# — the platform —


async def test_a_message_sent_twice_under_one_key_is_there_once(local: Local) -> None:
    first = await local.room.send(HOME, text_message("Week 1."), "k1")
    assert await local.room.send(HOME, text_message("Week 1."), "k1") == first
    assert await local.room.find_message(HOME, "k1", FRIDAY) == first
    assert await local.room.find_message(HOME, "k2", FRIDAY) is None
    assert await local.room.find_message(HOME, "k1", FRIDAY + timedelta(days=1)) is None
    assert (await local.sees("ada")).count("Week 1.") == 1


async def test_closed_private_messages_and_unknown_places_are_told_to_the_outbox(
    local: Local,
) -> None:
    await local.post("/api/hearing", {"as": "ada", "hears": False})
    for place in (
        Place("room", "room", native="ada"),
        Place("room", "room", native="x"),
        Place("room", "room", "x"),
    ):
        with pytest.raises(SendError) as problem:
            await local.room.send(place, text_message("x"), "k1")
        assert problem.value.permanent
    assert await local.room.check_place(HOME) == ()


async def test_a_person_and_a_channel_that_were_added_stay(tmp_path: Path) -> None:
    async with whole_bot(tmp_path) as local:
        body = {"as": "ada", "name": "Zoë Ñandú", "zone": "asia/tokyo", "moderator": True}
        assert (await local.post("/api/people", body))[1]["added"] == "zoe-nandu"
        assert (await local.post("/api/channels", {"as": "ada", "name": "Reading room"}))[1][
            "opened"
        ] == "reading-room"
    async with whole_bot(tmp_path) as local:
        state = (await local.get("/api/room"))[1]
        assert state["channels"] == [CHANNEL, "reading-room"]
        person = state["people"][-1]
        assert (person["name"], person["zone"], person["moderator"]) == (
            "Zoë Ñandú",
            "Asia/Tokyo",
            True,
        )


async def test_a_taken_port_is_told_with_the_setting_to_change(
    local: Local, tmp_path: Path
) -> None:
    with pytest.raises(PortInUse, match="set ROOM_PORT"):
        await Room.open_room(tmp_path / "other", int(local.url.rpartition(":")[2]), "UTC", FRIDAY)


async def test_a_transcript_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    async with whole_bot(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "transcript.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(CannotOpenRoom, match="newer Syllabot"):
        await Room.open_room(tmp_path, 0, "UTC", FRIDAY)


async def test_a_file_that_is_no_transcript_is_refused(tmp_path: Path) -> None:
    (tmp_path / "transcript.db").write_text(
        "not a database, but long enough to be looked at as one" * 40
    )
    with pytest.raises(CannotOpenRoom, match="cannot be opened"):
        await Room.open_room(tmp_path, 0, "UTC", FRIDAY)


# — lists and forms —


async def in_week_one(local: Local) -> None:
    await spring(local, "ada")
    while "Week 1" not in await local.sees("ada"):
        await local.moves("next")


async def test_saving_a_list_renews_it_where_it_stands(local: Local) -> None:
    await in_week_one(local)
    shown = await local.says("ada", "week")
    tick = shown["html"].partition('data-says="tick')[2].partition('"')[0].replace("&quot;", '"')
    item = shown["html"].partition('type="checkbox" value="')[2].partition('"')[0]
    saved = await local.says(
        "ada", f"tick{tick}", {"item": [item]}, source=shown["seq"], label="Your list"
    )
    assert f'value="{item}" checked' in saved["html"]
    assert (saved["spot"], saved["drops"]) == (shown["spot"], [shown["seq"]])
    assert [line["seq"] for line in await local.lines("ada")].count(shown["seq"]) == 0


async def test_an_older_copy_of_a_list_makes_way_for_the_newer_one(local: Local) -> None:
    await in_week_one(local)
    first = await local.says("ada", "week")
    second = await local.says("ada", "week")
    assert second["drops"] == [first["seq"]]
    assert second["spot"] > first["spot"]
    assert first["seq"] not in [line["seq"] for line in await local.lines("ada")]


async def test_a_form_that_is_refused_keeps_what_was_typed(local: Local) -> None:
    await in_week_one(local)
    form = await local.says("ada", "checkin")
    says = form["html"].partition('<form class="asks" data-says="')[2].partition('"')[0]
    filled = {"hours": ["many"], "note": ["A note of <b>mine</b>"]}
    again = await local.says("ada", says, filled, source=form["seq"], label="Send")
    assert again["spot"] == form["spot"]
    assert 'value="many"' in again["html"]
    assert "A note of &lt;b&gt;mine&lt;/b&gt;" in again["html"]
    assert "is not a number" in text(again)
    done = await local.says(
        "ada", says, {**filled, "hours": ["3"]}, source=again["seq"], label="Send"
    )
    assert "You are checked in" in text(done)
    assert done["spot"] == form["spot"]


async def test_values_are_suggested_by_the_bot_and_zones_by_the_room(local: Local) -> None:
    await spring(local)
    asked = {"as": "ada", "channel": CHANNEL, "command": "join", "option": "cohort", "typed": "sp"}
    assert (await local.post("/api/suggest", asked))[1]["choices"][0]["label"].startswith("spring")
    asked = {
        "as": "ada",
        "channel": CHANNEL,
        "command": "settings",
        "option": "zone",
        "typed": "kolk",
    }
    assert "Asia/Kolkata" in json.dumps(await local.post("/api/suggest", asked))
    asked = {"as": "ada", "channel": CHANNEL, "command": "nothing", "option": "zone"}
    assert (await local.post("/api/suggest", asked))[1]["choices"] == []
