"""The public address: the routes that platforms offer there, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from adapters.connections import LIMITS, HttpLimits, serve_http

BODY = 512 * 1024  # bytes; what a platform sends is smaller by far


@asynccontextmanager
async def serve_public_routes(
    routes: Sequence[web.RouteDef], host: str, port: int, limits: HttpLimits = LIMITS
) -> AsyncIterator[int]:
    """While it lasts, answer on these routes; the port that was taken, which 0 leaves to the machine. Raises `OSError`
    where it is in use."""
    app = web.Application(client_max_size=BODY)
    app.add_routes(routes)
    async with serve_http(app, limits, host=host, port=port) as server:
        yield server.sockets[0].getsockname()[1]
