"""A crowd of half-open requests takes neither the room nor the public address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from adapters.public_server import serve_public_routes
from tests.support.room_server import whole_bot

CROWD, MOST = 260, 200
HALF = b"POST /api/say HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@asynccontextmanager
async def address(name: str, folder: Path) -> AsyncIterator[int]:
    """Yield the room's port, or the public address's."""
    async with AsyncExitStack() as opened:
        if name == "room":
            yield int((await opened.enter_async_context(whole_bot(folder))).url.rpartition(":")[2])
        else:
            yield await opened.enter_async_context(
                serve_public_routes([web.get("/", hello)], "127.0.0.1", 0)
            )


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="hello")


@pytest.mark.parametrize("name", ["room", "public"])
async def test_a_crowd_of_half_open_requests_is_cut_to_size_and_an_honest_one_is_answered(
    name: str, tmp_path: Path
) -> None:
    async with address(name, tmp_path) as port:
        crowd = []
        for _ in range(CROWD):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HALF)
            crowd.append((reader, writer))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" % port)
        assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
        reading = [asyncio.create_task(reader.read()) for reader, _ in crowd]
        ended, standing = await asyncio.wait(reading, timeout=0.2)
        for task in standing:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
        for _, connection in [*crowd, (reader, writer)]:
            connection.close()
        assert len(standing) < MOST, f"{len(standing)} of {CROWD} are still waited for"
        assert len(ended) >= CROWD - MOST
