"""An HTTP server safe from half-open requests, for the room and for the public address.

A request has a time limit for its headers and a least pace for its body.
Only so many connections are open at once.
aiohttp has none of these limits: each connection sits behind a gate of ours.
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

# Written by hand: a connection that is not admitted never reaches aiohttp.
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Retry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """The limits for one connection, and for their number."""

    max_connections: int = 200
    headers_timeout: float = 10.0  # seconds from the first byte, or from connecting
    body_grace: float = 15.0  # seconds on top of what the slowest pace takes
    min_bytes_per_second: float = 4096.0  # slower than any telephone line in use
    # Seconds between two requests. A proxy must give up first (nginx after 60), or it may
    # send its next request into a connection that we are closing.
    idle_timeout: float = 75.0
    shutdown_timeout: float = 5.0  # seconds for answers under way when the server stops


LIMITS = HttpLimits()


@asynccontextmanager
async def serve_http(
    app: web.Application, limits: HttpLimits = LIMITS, **listen_options: Any
) -> AsyncIterator[asyncio.Server]:
    """Serve an application until the block ends.

    `listen_options` go to `loop.create_server`.
    Raises `OSError` if nobody can listen there.
    """
    registry = _ConnectionRegistry(limits)
    # First in the list is outermost: no other middleware runs while the body is untimed.
    app.middlewares.insert(0, registry.watch_request)
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
        create_protocol = runner.server
        # A signal of the application would not see what aiohttp itself answers to what is no HTTP.
        create_protocol.request_factory = partial(runner.app._make_request, _cls=_AnonymousRequest)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: _ConnectionGate(create_protocol(), registry), **listen_options
        )
        try:
            yield server
        finally:
            server.close()
    finally:
        await runner.cleanup()


class _AnonymousRequest(web.Request):
    """A request with no `Server` header in its answer.

    aiohttp would name itself and its version there.
    """

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        await super()._prepare_hook(response)
        response.headers.pop(hdrs.SERVER, None)


class _InvalidHttpFilter(logging.Filter):
    """Shorten the log entry for a malformed request to one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            # Scanners cause these all day, and the traceback only shows aiohttp's own code.
            record.msg = "a request that is no HTTP was turned away (%s)"
            record.args = (type(error).__name__,)
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = None
        return True


_INVALID_HTTP_FILTER = _InvalidHttpFilter()


def _get_library_logger() -> logging.Logger:
    """Return the logger for aiohttp's own messages."""
    library = logging.getLogger(f"{__name__}.library")
    # The same filter object each time: a logger ignores one it already has.
    library.addFilter(_INVALID_HTTP_FILTER)
    return library


class _RequestState(Enum):
    IDLE = "between two requests"
    HEADERS = "headers on their way"
    BODY = "body on its way"
    WHOLE = "a whole request is being answered"


class _ConnectionRegistry:
    """The open gates, oldest first."""

    def __init__(self, limits: HttpLimits) -> None:
        self.limits = limits
        self._gates: dict[object, _ConnectionGate] = {}  # by the protocol behind the gate

    def admit_connection(self, gate: _ConnectionGate) -> bool:
        """Let a connection in, if need be in place of an older one, and return the success.

        The older one is the first without a whole request.
        """
        if len(self._gates) >= self.limits.max_connections:
            # Somebody who has sent a whole request is never cut off for a newcomer. So a flood
            # of half-open connections pushes out only itself.
            waiting = self._find_oldest_waiting()
            if waiting is None:
                return False
            waiting.drop_connection()
        self._gates[gate.inner] = gate
        return True

    def _find_oldest_waiting(self) -> _ConnectionGate | None:
        for gate in self._gates.values():
            if gate.state is not _RequestState.WHOLE:
                return gate
        return None

    def forget_connection(self, gate: _ConnectionGate) -> None:
        """Free the place for another connection."""
        self._gates.pop(gate.inner, None)

    @web.middleware
    async def watch_request(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Tell the request's gate when the request is whole and when it is answered."""
        gate = self._gates.get(request.protocol)
        if gate is None:  # dropped before its request got here
            return web.Response(status=408)
        gate.expect_body()
        # Without a body, this calls back at once.
        request.content.on_eof(gate.mark_request_whole)
        try:
            return await handler(request)
        except ConnectionError:
            if request.transport is not None:
                raise
            # The other side has gone. This answer reaches nobody, and the log stays quiet.
            return web.Response(status=408)
        finally:
            gate.mark_request_answered()


class _ConnectionGate(asyncio.Protocol):
    """One connection in front of aiohttp's protocol, with a timer for what is under way."""

    def __init__(self, inner: asyncio.Protocol, registry: _ConnectionRegistry) -> None:
        self.inner = inner
        self.state = _RequestState.HEADERS
        self._registry = registry
        self._limits = registry.limits
        self._loop = asyncio.get_running_loop()
        self._is_admitted = False
        self._is_answering = False
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle | None = None
        self._began_at = 0.0
        self._body_bytes = 0

    # — called by the transport —

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._registry.admit_connection(self):
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
            self._body_bytes += len(data)
        self.inner.data_received(data)

    def eof_received(self) -> bool | None:
        if not self._is_admitted:
            return None
        return self.inner.eof_received()

    def pause_writing(self) -> None:
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        self.inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_request_timer()
        self._registry.forget_connection(self)
        # aiohttp never saw a connection that was not admitted.
        if self._is_admitted:
            self.inner.connection_lost(exc)

    # — called while a request is handled —

    def _expect_headers(self) -> None:
        self._start_request_timer(_RequestState.HEADERS, self._limits.headers_timeout)

    def expect_body(self) -> None:
        """Note the end of the headers."""
        self._body_bytes = 0
        self._is_answering = True
        self._start_request_timer(_RequestState.BODY, self._limits.body_grace)

    def mark_request_whole(self) -> None:
        """Note the end of the body."""
        self._stop_request_timer()
        # A body refused half-way may end after its answer: then nothing is being answered.
        if self._is_answering:
            self.state = _RequestState.WHOLE
        else:
            self.state = _RequestState.IDLE

    def mark_request_answered(self) -> None:
        """Note the answer to the request."""
        self._is_answering = False
        # In the state BODY the timer keeps running: the rest of a refused body is still due.
        if self.state is _RequestState.WHOLE:
            self.state = _RequestState.IDLE

    def drop_connection(self) -> None:
        """End the connection at once, without waiting for unread bytes."""
        self._registry.forget_connection(self)
        # `close` would wait for the other side to read what was written, perhaps for ever.
        self._transport.abort()

    # — the timer —

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
        """Drop a late request, and wait longer for a body with a fair pace."""
        seconds_at_least_pace = self._body_bytes / self._limits.min_bytes_per_second
        deadline = self._began_at + self._limits.body_grace + seconds_at_least_pace
        if self.state is _RequestState.BODY and self._loop.time() < deadline:
            self._timer = self._loop.call_at(deadline, self._check_pace)
        else:
            self.drop_connection()
