"""HTTP served so that no half-open request holds it up, for the room and for the public address.

A request has a time in which its headers arrive and a pace at which its body does; only so many
connections are open at once. aiohttp has neither limit: each of its connections sits behind a gate.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

_FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one connection may take, and how many there may be."""

    max_connections: int = 200
    headers_timeout: float = 10.0  # seconds from the first byte, or from connecting
    body_grace: float = 15.0  # seconds of grace, on top of what the slowest pace takes
    min_bytes_per_second: float = 4096.0  # bytes a second: slower than any telephone line in use
    idle_timeout: float = 75.0  # seconds between two requests: longer than proxies wait (nginx: 60)
    shutdown_timeout: float = 5.0  # seconds that answers on their way have when the server stops


LIMITS = HttpLimits()


@asynccontextmanager
async def serve_http(
    app: web.Application, limits: HttpLimits = LIMITS, **where: Any
) -> AsyncIterator[asyncio.Server]:
    """Serve an application until the block ends; `where` is as for `loop.create_server`.

    Raises `OSError` where nobody can listen.
    """
    hall = _ConnectionRegistry(limits)
    app.middlewares.insert(0, hall.watch_request)
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_get_library_logger(),
        keepalive_timeout=limits.idle_timeout,
        shutdown_timeout=limits.shutdown_timeout,
    )
    await runner.setup()
    try:
        assert runner.server is not None
        create = runner.server
        # A signal of the application would not see what aiohttp itself answers to what is no HTTP.
        create.request_factory = partial(runner.app._make_request, _cls=_AnonymousRequest)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _ConnectionGate(create(), hall), **where)
        try:
            yield server
        finally:
            server.close()
    finally:
        await runner.cleanup()


class _AnonymousRequest(web.Request):
    """A request whose answer does not say what made it; aiohttp names itself and its version."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        await super()._prepare_hook(response)
        response.headers.pop(hdrs.SERVER, None)


class _InvalidHttpFilter(logging.Filter):
    """Logs what is no HTTP as one line: where in the library that was noticed helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            record.msg = "a request that is no HTTP was turned away (%s)"
            record.args = (type(error).__name__,)
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = None
        return True


_BRIEF = _InvalidHttpFilter()


def _get_library_logger() -> logging.Logger:
    """The logger that aiohttp writes to."""
    library = logging.getLogger(f"{__name__}.library")
    library.addFilter(_BRIEF)  # adding it again changes nothing
    return library


class _RequestState(Enum):
    IDLE = "between two requests"
    HEADERS = "headers on their way"
    BODY = "body on its way"
    WHOLE = "a whole request is being answered"


class _ConnectionRegistry:
    """The gates that are open, oldest first."""

    def __init__(self, limits: HttpLimits) -> None:
        self.limits = limits
        self._gates: dict[object, _ConnectionGate] = {}  # by the protocol behind the gate

    def admit_connection(self, gate: _ConnectionGate) -> bool:
        """Let a connection in if there is room, or one to part with that has no whole request."""
        if len(self._gates) >= self.limits.max_connections:
            waiting = (
                other for other in self._gates.values() if other.state is not _RequestState.WHOLE
            )
            if (oldest := next(waiting, None)) is None:
                return False
            oldest.drop_connection()
        self._gates[gate.inner] = gate
        return True

    def forget_connection(self, gate: _ConnectionGate) -> None:
        """Give the place of a connection to another."""
        self._gates.pop(gate.inner, None)

    @web.middleware
    async def watch_request(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Tell the gate of a request when it is whole and when it is answered."""
        gate = self._gates.get(request.protocol)
        if gate is None:  # it was dropped before its request was looked at
            return web.Response(status=408)
        gate.expect_body()
        request.content.on_eof(gate.mark_request_whole)  # at once, where no body is to come
        try:
            return await handler(request)
        except ConnectionError:
            if request.transport is not None:
                raise
            return web.Response(status=408)  # it ends here: nobody is there any more to read it
        finally:
            gate.mark_request_answered()


class _ConnectionGate(asyncio.Protocol):
    """One connection, with the protocol of aiohttp behind it and a clock for what is on its way."""

    def __init__(self, inner: asyncio.Protocol, hall: _ConnectionRegistry) -> None:
        self.inner = inner
        self.state = _RequestState.HEADERS
        self._hall = hall
        self._limits = hall.limits
        self._loop = asyncio.get_running_loop()
        self._is_admitted = False
        self._is_answering = False
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle | None = None
        self._began_at = 0.0
        self._received = 0  # bytes of the body

    # — what the transport tells —

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._hall.admit_connection(self):
            transport.write(_FULL)
            transport.close()
            return
        self._is_admitted = True
        self._expect_headers()
        self.inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if not self._is_admitted:
            return
        if self.state is _RequestState.IDLE:
            self._expect_headers()
        elif self.state is _RequestState.BODY:
            self._received += len(data)
        self.inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self.inner.eof_received() if self._is_admitted else None

    def pause_writing(self) -> None:
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        self.inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_request_timer()
        self._hall.forget_connection(self)
        if self._is_admitted:
            self.inner.connection_lost(exc)

    # — what becomes of a request —

    def _expect_headers(self) -> None:
        self._start_request_timer(_RequestState.HEADERS, self._limits.headers_timeout)

    def expect_body(self) -> None:
        """Note that the headers are there."""
        self._received = 0
        self._is_answering = True
        self._start_request_timer(_RequestState.BODY, self._limits.body_grace)

    def mark_request_whole(self) -> None:
        """Note that nothing of the request is missing any more."""
        self._stop_request_timer()
        self.state = _RequestState.WHOLE if self._is_answering else _RequestState.IDLE

    def mark_request_answered(self) -> None:
        """Note that the request was answered.

        The rest of a body that was refused keeps its own time.
        """
        self._is_answering = False
        if self.state is _RequestState.WHOLE:
            self.state = _RequestState.IDLE

    def drop_connection(self) -> None:
        """End the connection at once, without waiting for what the other side does not read."""
        self._hall.forget_connection(self)
        self._transport.abort()

    # — the clock —

    def _start_request_timer(self, state: _RequestState, seconds: float) -> None:
        self._stop_request_timer()
        self.state = state
        self._began_at = self._loop.time()
        self._timer = self._loop.call_later(seconds, self._check_pace)

    def _stop_request_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _check_pace(self) -> None:
        """Drop what is late, and wait longer for a body that comes at a fair pace."""
        due = (
            self._began_at
            + self._limits.body_grace
            + self._received / self._limits.min_bytes_per_second
        )
        if self.state is _RequestState.BODY and self._loop.time() < due:
            self._timer = self._loop.call_at(due, self._check_pace)
        else:
            self.drop_connection()
