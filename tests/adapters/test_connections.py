"""Half-open requests end after a time-out and are limited in number; slow, honest ones are served.

Raw sockets on this machine, with limits of a few hundredths of a second.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web

from adapters.connections import HttpLimits, serve_http

SOON = 0.05
CALM = HttpLimits(headers_timeout=30, body_grace=30, idle_timeout=30, shutdown_timeout=0.1)
HEADERS = b"POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n"
Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Server:
    """A small application: it echoes, waits for `free`, and streams."""

    def __init__(self) -> None:
        self.port = 0
        self.free = asyncio.Event()
        self.waiting = asyncio.Semaphore(0)
        self.wires: list[asyncio.StreamWriter] = []

    def app(self) -> web.Application:
        app = web.Application(client_max_size=10_000)
        app.add_routes(
            [
                web.post("/echo", self._echo),
                web.get("/wait", self._wait),
                web.get("/stream", self._stream),
            ]
        )
        return app

    async def _echo(self, request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def _wait(self, request: web.Request) -> web.Response:
        self.waiting.release()
        await self.free.wait()
        return web.Response(text="done")

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        for number in range(6):
            await asyncio.sleep(SOON)
            await stream.write(b"%d\n" % number)
        return stream

    async def connect(self, sent: bytes = b"") -> Wire:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.wires.append(writer)
        writer.write(sent)
        await writer.drain()
        return reader, writer

    async def ask(self, path: str) -> Wire:
        return await self.connect(b"GET %s HTTP/1.1\r\nHost: here\r\n\r\n" % path.encode())


@asynccontextmanager
async def served(limits: HttpLimits) -> AsyncIterator[Server]:
    server = Server()
    async with serve_http(server.app(), limits, host="127.0.0.1", port=0) as listener:
        server.port = listener.sockets[0].getsockname()[1]
        yield server
        server.free.set()
        for writer in server.wires:
            writer.close()
        await asyncio.gather(
            *(writer.wait_closed() for writer in server.wires), return_exceptions=True
        )


async def all_of(wire: Wire) -> bytes:
    """Read until the other side ends the connection."""
    received = b""
    try:
        async with asyncio.timeout(20):
            while part := await wire[0].read(4096):
                received += part
    except ConnectionError:
        pass
    return received


async def answer_on(wire: Wire) -> bytes:
    """Read the next answer's head."""
    async with asyncio.timeout(20):
        return await wire[0].readuntil(b"\r\n\r\n")


async def trickle(wire: Wire, sent: bytes, seconds: float) -> None:
    """Send the same bytes again and again, until the time is over or the other side hangs up."""
    ends = time.monotonic() + seconds
    try:
        while time.monotonic() < ends:
            wire[1].write(sent)
            await wire[1].drain()
            await asyncio.sleep(0.005)
    except ConnectionError:
        pass


@pytest.mark.parametrize(
    "sent", [b"", b"G", b"GET / HTTP/1.1\r\nHost: here\r\n", b"GET / HTTP/1.1\r\nX-A: "]
)
async def test_headers_that_do_not_end_are_not_waited_for_however_they_trickle(sent: bytes) -> None:
    async with served(replace(CALM, headers_timeout=SOON)) as server:
        # The time of the busy one is over first, so that none of its bytes is read as a request.
        busy, silent = await server.connect(sent), await server.connect(sent)
        assert await all_of(silent) == b""
        received, _ = await asyncio.gather(all_of(busy), trickle(busy, b"a", 15))
        assert received == b""


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\nHost: here\r\n", b"GET / HTTP/1.1\r\nX-A: "])
async def test_headers_that_grow_from_the_start_have_no_more_time(sent: bytes) -> None:
    async with served(replace(CALM, headers_timeout=SOON)) as server:
        busy = await server.connect(sent)
        received, _ = await asyncio.gather(all_of(busy), trickle(busy, b"a", 15))
        assert received == b""


async def test_a_second_request_on_the_same_connection_has_the_same_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with served(replace(CALM, headers_timeout=SOON)) as server:
        wire = await server.connect(HEADERS % 2 + b"hi")
        assert b"200 OK" in await answer_on(wire)
        assert await wire[0].readexactly(2) == b"hi"
        wire[1].write(b"GET / HT")
        assert await all_of(wire) == b""
    assert caplog.records == []


async def test_an_idle_connection_is_kept_for_a_while_and_ends() -> None:
    async with served(replace(CALM, headers_timeout=SOON, idle_timeout=4 * SOON)) as server:
        wire = await server.connect(HEADERS % 2 + b"hi")
        assert b"200 OK" in await answer_on(wire)
        await asyncio.sleep(2 * SOON)
        wire[1].write(HEADERS % 2 + b"yo")
        assert (await all_of(wire)).endswith(b"yo")


async def test_a_body_that_stops_is_not_waited_for_and_logs_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with served(replace(CALM, body_grace=SOON)) as server:
        assert await all_of(await server.connect(HEADERS % 1000 + b"some of it")) == b""
        assert await all_of(await server.connect(HEADERS % 1000)) == b""
    assert caplog.records == []


async def test_a_body_slower_than_the_pace_ends_and_an_honest_one_arrives() -> None:
    async with served(replace(CALM, body_grace=4 * SOON, min_bytes_per_second=200)) as server:
        honest = await server.connect(HEADERS % 200)
        for _ in range(20):  # 10 bytes each: in all longer than the grace, and well within the pace
            await asyncio.sleep(SOON / 3)
            honest[1].write(b"0123456789")
        assert b"200 OK" in await answer_on(honest)
        assert await honest[0].readexactly(200) == b"0123456789" * 20
    async with served(replace(CALM, body_grace=SOON, min_bytes_per_second=1e9)) as server:
        crawling = await server.connect(HEADERS % 9000)
        received, _ = await asyncio.gather(all_of(crawling), trickle(crawling, b"a", 15))
        assert received == b""


async def test_the_rest_of_a_body_that_was_refused_is_not_waited_for_either() -> None:
    async with served(replace(CALM, body_grace=SOON)) as server:
        wire = await server.connect(HEADERS % 50_000 + b"x" * 20_000)
        assert b"413 " in await all_of(wire)


async def test_what_is_being_answered_has_all_the_time_it_needs() -> None:
    async with served(
        HttpLimits(headers_timeout=SOON, body_grace=SOON, idle_timeout=SOON, shutdown_timeout=0.1)
    ) as server:
        assert b"5\n" in await all_of(await server.ask("/stream"))
        wire = await server.ask("/wait")
        await server.waiting.acquire()
        await asyncio.sleep(4 * SOON)
        server.free.set()
        assert b"200 OK" in await answer_on(wire)


async def test_where_it_is_full_whoever_has_waited_longest_with_nothing_whole_makes_room() -> None:
    async with served(replace(CALM, max_connections=3)) as server:
        asking = await server.ask("/wait")
        await server.waiting.acquire()
        half, later = await server.connect(b"GET /"), await server.connect(b"POST /")
        honest = await server.connect(HEADERS % 2 + b"hi")
        assert await all_of(half) == b""
        assert b"200 OK" in await answer_on(honest)
        server.free.set()
        assert b"200 OK" in await answer_on(asking)
        later[1].write(b"echo HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n")
        assert b"200 OK" in await answer_on(later)


async def test_where_everybody_is_being_answered_a_newcomer_is_asked_to_come_again() -> None:
    async with served(replace(CALM, max_connections=2)) as server:
        asking = [await server.ask("/wait") for _ in range(2)]
        for _ in asking:
            await server.waiting.acquire()
        refused = await server.connect()
        assert (await all_of(refused)).startswith(b"HTTP/1.1 503 ")
        server.free.set()
        for wire in asking:
            assert b"200 OK" in await answer_on(wire)
        asking[0][1].close()
        assert b"200 OK" in await answer_on(await server.connect(HEADERS % 2 + b"hi"))


async def test_a_crowd_at_once_leaves_as_many_as_are_allowed() -> None:
    async with served(replace(CALM, max_connections=20)) as server:
        wires = await asyncio.gather(*(server.connect(b"GET / HTTP/1.1\r\n") for _ in range(100)))
        assert b"200 OK" in await answer_on(await server.connect(HEADERS % 2 + b"hi"))
        ended = [asyncio.create_task(all_of(wire)) for wire in wires]
        done, open_still = await asyncio.wait(ended, timeout=SOON)
        assert len(open_still) <= 19
        for task in open_still:
            task.cancel()
        assert {task.result() for task in done} == {b""}
