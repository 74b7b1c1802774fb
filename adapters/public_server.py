"""The public address: the platforms' routes, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from adapters.connections import LIMITS, HttpLimits, serve_http

# Bytes. Anybody can reach this address, and a platform's own requests are far smaller.
BODY = 512 * 1024


@asynccontextmanager
async def serve_public_routes(
    routes: Sequence[web.RouteDef], host: str, port: int, limits: HttpLimits = LIMITS
) -> AsyncIterator[int]:
    """Answer on these routes until the block ends, and yield the port in use.

    Port 0 takes any free one. Raises `OSError` if the port is in use.
    """
    app = web.Application(client_max_size=BODY)
    app.add_routes(routes)
    async with serve_http(app, limits, host=host, port=port) as server:
        yield server.sockets[0].getsockname()[1]
