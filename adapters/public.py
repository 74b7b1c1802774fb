"""The public address: the routes that platforms offer there, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

BODY = 512 * 1024  # bytes; what a platform sends is smaller by far
GRACE = 5.0  # seconds that answers on their way have when the bot stops


@asynccontextmanager
async def listening(routes: Sequence[web.RouteDef], host: str, port: int) -> AsyncIterator[int]:
    """While it lasts, answer on these routes; the port that was taken, which 0 leaves to the machine. Raises `OSError`
    where it is in use."""
    app = web.Application(client_max_size=BODY)
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE, logger=brief_logger())
    await runner.setup()
    name_no_software(runner)
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class _Nameless(web.Request):
    """A request whose answer does not say what made it; aiohttp names itself and its version."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        await super()._prepare_hook(response)
        response.headers.pop(hdrs.SERVER, None)


def name_no_software(runner: web.AppRunner) -> None:
    """Have all answers of a runner that is set up, even those to what is no HTTP, name no software."""
    server = runner.server
    assert server is not None
    # A signal of the application would not see what aiohttp itself answers to what is no HTTP.
    server.request_factory = partial(runner.app._make_request, _cls=_Nameless)


class _Brief(logging.Filter):
    """Has what is no HTTP logged as one line: where in the library that was noticed helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            record.msg = "a request that is no HTTP was turned away (%s)"
            record.args = (type(error).__name__,)
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = None
        return True


_BRIEF = _Brief()


def brief_logger() -> logging.Logger:
    """The logger of a runner."""
    library = logging.getLogger(f"{__name__}.library")
    library.addFilter(_BRIEF)  # adding it again changes nothing
    return library
