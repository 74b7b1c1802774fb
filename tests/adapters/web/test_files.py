"""Files for the local room: sent whole with the form, within limits, never written down."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest

from bot.chat.platform import Core
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
    local: Local, name: str, data: bytes, once: str = "bring-0001", **changes: Any
) -> tuple[int, str]:
    """Send the form with a file, and return the status and the answer's words."""
    body = {
        "as": name,
        "channel": CHANNEL,
        "phrase": "poem count",
        "filled": {"file": []},
        "label": "Send",
        "once": once,
    }
    body |= {"files": {"file": {"name": "roses.txt", "data": b64encode(data).decode()}}, **changes}
    stream, headers = BytesIO(json.dumps(body).encode()), {"Content-Type": "application/json"}
    url = f"{local.url}/api/bring"
    async with local.session.post(url, data=stream, headers=headers) as response:
        answer = await response.json()
        if response.status != 200:
            return response.status, answer["problem"]
        return response.status, text(answer["lines"][-1])


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
    status, answer = await brings(local, "mona", b"x" * 1_000_000)
    assert (status, "is too large: file takes files of up to 60 bytes" in answer) == (200, True)
    status, answer = await brings(local, "mona", b"x" * 1_200_000, "bring-0002")
    assert (status, answer) == (
        413,
        "That is too large: send at most 64 kB, or a file of 1 MB.",
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"files": {"file": {"name": "x", "data": "x"}}}, "files.file.data"),
        ({"files": {"file": {"name": 3, "data": ""}}}, "files.file.name"),
        ({"files": {"file": {"name": "x", "data": "", "path": "/etc"}}}, "files.file.path"),
        ({"files": None}, "files"),
    ],
    ids=["no Base64", "no name", "more than that", "none"],
)
async def test_nonsense_is_told_where_it_is(
    local: Local, changes: dict[str, Any], field: str
) -> None:
    status, problem = await brings(local, "mona", ROSES, **changes)
    assert (status, problem.startswith(f"The room could not read “{field}”")) == (400, True)


async def test_a_file_that_a_kill_has_lost_is_asked_for_again(tmp_path: Path) -> None:
    async with whole_bot(tmp_path, core=cast(Core, Dead())) as local:
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
    (poem,) = [command for command in room["commands"] if command["name"] == "poem count"]
    assert ([option["name"] for option in poem["options"]], poem["usage"]) == (
        ["most"],
        "poem count file [most]",
    )
