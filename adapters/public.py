"""The public address: the routes that platforms offer there, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

BODY = 512 * 1024  # bytes; what a platform sends is smaller by far
GRACE = 5.0  # seconds that answers on their way have when the bot stops


@asynccontextmanager
async def listening(routes: Sequence[web.RouteDef], host: str, port: int) -> AsyncIterator[int]:
    """While it lasts, answer on these routes; the port that was taken, which 0 leaves to the machine. Raises `OSError`
    where it is in use."""
    app = web.Application(client_max_size=BODY)
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
