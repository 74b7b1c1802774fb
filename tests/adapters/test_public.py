"""The public address: it answers on the platforms' routes, and on none from the local room."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web

from adapters.public_server import BODY, serve_public_routes
from adapters.slack.verify import SlackEndpoint
from adapters.web.pages import HERE, build_room_routes
from tests.support.room_server import whole_bot


@pytest.fixture
async def public() -> AsyncIterator[aiohttp.ClientSession]:
    """The address with every platform's routes."""
    async with (
        serve_public_routes(
            SlackEndpoint("secret").build_slack_routes(can_install=True), "127.0.0.1", 0
        ) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        yield session


def addresses_of_the_room() -> list[tuple[str, str]]:
    routes = build_room_routes(cast(Any, SimpleNamespace()))
    pages = [(route.method, route.path) for route in routes if isinstance(route, web.RouteDef)]
    files = [path for path in (HERE / "static").iterdir() if path.is_file()]
    return pages + [("GET", f"/static/{path.name}") for path in files]


async def test_no_address_of_the_room_is_answered_in_public(public: aiohttp.ClientSession) -> None:
    addresses = addresses_of_the_room()
    assert len(addresses) > 15
    statuses = {
        (method, path): (await public.request(method, path)).status for method, path in addresses
    }
    assert {address: status for address, status in statuses.items() if status != 404} == {}


async def test_what_is_offered_is_answered_and_nothing_longer_than_it_should_be(
    public: aiohttp.ClientSession,
) -> None:
    assert (await public.post("/slack/events", data=b"x" * BODY)).status == 401
    assert (await public.post("/slack/events", data=b"x" * (BODY + 1))).status == 413
    assert (
        (await public.get("/slack/events")).status,
        (await public.get("/slack/install")).status,
    ) == (405, 503)


async def test_a_port_that_is_taken_is_an_error_and_is_free_again_in_the_end() -> None:
    async with serve_public_routes([], "127.0.0.1", 0) as port:
        with pytest.raises(OSError, match=str(port)):
            async with serve_public_routes([], "127.0.0.1", port):
                raise AssertionError("two bots listen on one port")
    async with serve_public_routes([], "127.0.0.1", port) as again:
        assert again == port


async def raw_answer(port: int, sent: bytes) -> bytes:
    """Send some bytes, and return the whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    answer = await reader.read()
    writer.close()
    return answer


NO_HTTP = b"GET / HTTP/9\r\n\r\n"
STRANGE = [
    b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"POST /slack/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    NO_HTTP,
    b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
]


async def test_no_answer_names_the_software_and_what_is_no_http_is_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serve_public_routes(
        SlackEndpoint("secret").build_slack_routes(can_install=True), "127.0.0.1", 0
    ) as port:
        answers = [await raw_answer(port, sent) for sent in STRANGE]
    assert [answer.split()[1] for answer in answers] == [b"404", b"401", b"400", b"400", b"400"]
    assert not [
        answer for answer in answers if b"server:" in answer.lower() or b"aiohttp" in answer
    ]
    lines = [
        record
        for record in caplog.records
        if record.name.startswith(("aiohttp", "adapters.connections"))
    ]
    assert [record.getMessage() for record in lines if record.exc_info] == []
    assert caplog.text.count("\n") == len(caplog.records)


async def test_the_room_does_not_name_its_software(tmp_path: Path) -> None:
    async with whole_bot(tmp_path) as local:
        port = int(local.url.rpartition(":")[2])
        answers = [await raw_answer(port, sent) for sent in (STRANGE[0], NO_HTTP)]
    assert [answer.split()[1] for answer in answers] == [b"403", b"400"]
    assert not [
        answer for answer in answers if b"server:" in answer.lower() or b"aiohttp" in answer
    ]
