"""Files brought to the local room: sent whole with the form, within bounds, and never written down."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.web.test_server import Dead
from tests.support.room_server import CHANNEL, Local, text, whole_bot
from tests.support.uploads import MOST, poems

__all__ = ["poems"]

pytestmark = pytest.mark.usefixtures("poems")

ROSES = b"Roses are red"


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with whole_bot(tmp_path) as opened:
        yield opened


async def brings(
    local: Local, name: str, data: bytes, once: str = "bring-0001", **more: Any
) -> tuple[int, str]:
    """Somebody sends the form with a file: the status and the words of the answer."""
    body = {
        "as": name,
        "channel": CHANNEL,
        "phrase": "poem count",
        "filled": {"file": []},
        "label": "Send",
        "once": once,
    }
    body |= {"files": {"file": {"name": "roses.txt", "data": b64encode(data).decode()}}, **more}
    sent, kind = BytesIO(json.dumps(body).encode()), {"Content-Type": "application/json"}
    async with local.session.post(f"{local.url}/api/bring", data=sent, headers=kind) as response:
        said = await response.json()
        return response.status, text(said["lines"][-1]) if response.status == 200 else said[
            "problem"
        ]


async def test_a_file_is_sent_with_its_form_and_read_once(local: Local) -> None:
    form = await local.says("mona", "poem count")
    assert 'data-field="file" data-kind="file"' in form["html"]
    assert f'<input type="file" data-most="{MOST}"' in form["html"]
    first = await brings(local, "mona", ROSES)
    assert first[1].endswith("Poem 1 has 3 words, says Mona .")
    assert await brings(local, "mona", ROSES) == first
    assert "Poem 2 has 3 words" in (await brings(local, "mona", ROSES, "bring-0002"))[1]


async def test_what_is_wrong_with_a_file_stands_at_its_field(local: Local) -> None:
    _, wrong = await brings(local, "mona", b"\0")
    assert "“roses.txt” is no text: bring one that is." in wrong
    line = (await local.lines("mona"))[-1]
    assert 'class="field wrong" data-field="file"' in line["html"]
    _, large = await brings(local, "mona", b"x" * (MOST + 1), "bring-0002")
    assert "“roses.txt” is too large: file takes files of up to 60 bytes" in large
    _, stranger = await brings(local, "ada", ROSES, "bring-0003")
    assert "Only moderators can use" in stranger


async def test_the_room_takes_a_file_of_a_megabyte_and_little_more(local: Local) -> None:
    status, told = await brings(local, "mona", b"x" * 1_000_000)
    assert (status, "is too large: file takes files of up to 60 bytes" in told) == (200, True)
    status, told = await brings(local, "mona", b"x" * 1_200_000, "bring-0002")
    assert (status, told) == (
        413,
        "That is more than the room takes at once, 64 kB or a file of 1 MB: please make it shorter.",
    )


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"files": {"file": {"name": "x", "data": "x"}}}, "files.file.data"),
        ({"files": {"file": {"name": 3, "data": ""}}}, "files.file.name"),
        ({"files": {"file": {"name": "x", "data": "", "path": "/etc"}}}, "files.file.path"),
        ({"files": None}, "files"),
    ],
    ids=["no Base64", "no name", "more than that", "none"],
)
async def test_nonsense_is_told_where_it_is(local: Local, more: dict[str, Any], where: str) -> None:
    status, told = await brings(local, "mona", ROSES, **more)
    assert (status, told.startswith(f"The room could not read “{where}”")) == (400, True)


async def test_a_file_that_a_kill_has_lost_is_asked_for_again(tmp_path: Path) -> None:
    async with whole_bot(tmp_path, core=Dead()) as local:
        asking = asyncio.create_task(brings(local, "mona", ROSES, label=""))
        while "/poem count" not in await local.sees("mona"):
            await asyncio.sleep(0.01)
        asking.cancel()
    async with whole_bot(tmp_path) as local:
        while len(await local.lines("mona")) < 2:
            await asyncio.sleep(0.01)
        assert "I need file for that: The poem, as a text." in text((await local.lines("mona"))[1])


async def test_what_is_not_typed_is_not_offered(local: Local) -> None:
    _, room = await local.get("/api/room")
    (poem,) = [one for one in room["commands"] if one["name"] == "poem count"]
    assert ([one["name"] for one in poem["options"]], poem["usage"]) == (
        ["most"],
        "poem count file [most]",
    )
