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
class Limits:
    """What one connection may take, and how many there may be."""

    connections: int = 200
    headers: float = 10.0  # seconds from the first byte, or from connecting
    body: float = 15.0  # seconds of grace, on top of what the slowest pace takes
    pace: float = 4096.0  # bytes a second: slower than any telephone line in use
    idle: float = 75.0  # seconds between two requests: longer than proxies wait (nginx: 60)
    farewell: float = 5.0  # seconds that answers on their way have when the server stops


LIMITS = Limits()


@asynccontextmanager
async def serve_http(
    app: web.Application, limits: Limits = LIMITS, **where: Any
) -> AsyncIterator[asyncio.Server]:
    """Serve an application until the block ends; `where` is as for `loop.create_server`.

    Raises `OSError` where nobody can listen.
    """
    hall = _Hall(limits)
    app.middlewares.insert(0, hall.watch)
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_library_log(),
        keepalive_timeout=limits.idle,
        shutdown_timeout=limits.farewell,
    )
    await runner.setup()
    try:
        assert runner.server is not None
        create = runner.server
        # A signal of the application would not see what aiohttp itself answers to what is no HTTP.
        create.request_factory = partial(runner.app._make_request, _cls=_Nameless)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Gate(create(), hall), **where)
        try:
            yield server
        finally:
            server.close()
    finally:
        await runner.cleanup()


class _Nameless(web.Request):
    """A request whose answer does not say what made it; aiohttp names itself and its version."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        await super()._prepare_hook(response)
        response.headers.pop(hdrs.SERVER, None)


class _Brief(logging.Filter):
    """Logs what is no HTTP as one line: where in the library that was noticed helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            record.msg = "a request that is no HTTP was turned away (%s)"
            record.args = (type(error).__name__,)
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = None
        return True


_BRIEF = _Brief()


def _library_log() -> logging.Logger:
    """The logger that aiohttp writes to."""
    library = logging.getLogger(f"{__name__}.library")
    library.addFilter(_BRIEF)  # adding it again changes nothing
    return library


class _State(Enum):
    IDLE = "between two requests"
    HEADERS = "headers on their way"
    BODY = "body on its way"
    WHOLE = "a whole request is being answered"


class _Hall:
    """The gates that are open, oldest first."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._gates: dict[object, _Gate] = {}  # by the protocol behind the gate

    def admit(self, gate: _Gate) -> bool:
        """Let a connection in if there is room, or one to part with that has no whole request."""
        if len(self._gates) >= self.limits.connections:
            waiting = (other for other in self._gates.values() if other.state is not _State.WHOLE)
            if (oldest := next(waiting, None)) is None:
                return False
            oldest.drop()
        self._gates[gate.inner] = gate
        return True

    def forget(self, gate: _Gate) -> None:
        """Give the place of a connection to another."""
        self._gates.pop(gate.inner, None)

    @web.middleware
    async def watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Tell the gate of a request when it is whole and when it is answered."""
        gate = self._gates.get(request.protocol)
        if gate is None:  # it was dropped before its request was looked at
            return web.Response(status=408)
        gate.expect_body()
        request.content.on_eof(gate.note_whole)  # at once, where no body is to come
        try:
            return await handler(request)
        except ConnectionError:
            if request.transport is not None:
                raise
            return web.Response(status=408)  # it ends here: nobody is there any more to read it
        finally:
            gate.note_answered()


class _Gate(asyncio.Protocol):
    """One connection, with the protocol of aiohttp behind it and a clock for what is on its way."""

    def __init__(self, inner: asyncio.Protocol, hall: _Hall) -> None:
        self.inner = inner
        self.state = _State.HEADERS
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
        if not self._hall.admit(self):
            transport.write(_FULL)
            transport.close()
            return
        self._is_admitted = True
        self._expect_headers()
        self.inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if not self._is_admitted:
            return
        if self.state is _State.IDLE:
            self._expect_headers()
        elif self.state is _State.BODY:
            self._received += len(data)
        self.inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self.inner.eof_received() if self._is_admitted else None

    def pause_writing(self) -> None:
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        self.inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        self._hall.forget(self)
        if self._is_admitted:
            self.inner.connection_lost(exc)

    # — what becomes of a request —

    def _expect_headers(self) -> None:
        self._start_clock(_State.HEADERS, self._limits.headers)

    def expect_body(self) -> None:
        """Note that the headers are there."""
        self._received = 0
        self._is_answering = True
        self._start_clock(_State.BODY, self._limits.body)

    def note_whole(self) -> None:
        """Note that nothing of the request is missing any more."""
        self._stop_clock()
        self.state = _State.WHOLE if self._is_answering else _State.IDLE

    def note_answered(self) -> None:
        """Note that the request was answered.

        The rest of a body that was refused keeps its own time.
        """
        self._is_answering = False
        if self.state is _State.WHOLE:
            self.state = _State.IDLE

    def drop(self) -> None:
        """End the connection at once, without waiting for what the other side does not read."""
        self._hall.forget(self)
        self._transport.abort()

    # — the clock —

    def _start_clock(self, state: _State, seconds: float) -> None:
        self._stop_clock()
        self.state = state
        self._began_at = self._loop.time()
        self._timer = self._loop.call_later(seconds, self._check)

    def _stop_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _check(self) -> None:
        """Drop what is late, and wait longer for a body that comes at a fair pace."""
        due = self._began_at + self._limits.body + self._received / self._limits.pace
        if self.state is _State.BODY and self._loop.time() < due:
            self._timer = self._loop.call_at(due, self._check)
        else:
            self.drop()
