"""Slack's Socket Mode, beside its Web API: websockets that the real client opens, keeps and opens
again.

Each thing that happens goes down any one of them, in an envelope, and is answered by the envelope's
id (Slack: Using Socket Mode).
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from tests.support.slack.delivery import COMMAND, EVENT, INTERACTIVE, Delivery, Heard, Retry
from tests.support.slack.wire import LATEST, Wire
from tests.support.slack.workspaces import APP, Clock, Json

ANSWERED_IN_PLACE = {
    COMMAND: True,
    INTERACTIVE: True,
    EVENT: False,
}  # whether an acknowledgement may say something
MOST = 10  # connections; Slack: Using Socket Mode


@dataclass(eq=False)
class Line:
    """One connection, opened with one ticket."""

    socket: web.WebSocketResponse
    request: web.Request
    going: bool = False  # it was told to go, and gets nothing more

    @property
    def open(self) -> bool:
        return not self.going and not self.socket.closed

    def drop(self) -> None:
        """It breaks off without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()


class SocketWire(Wire):
    """A Slack with Socket Mode: what `apps.connections.open` gives is a websocket's address, good
    for once.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.lines: list[Line] = []
        self.acks: dict[str, asyncio.Future[Json]] = {}
        self._turn = 0
        self._used: set[str] = set()

    def _application(self) -> web.Application:
        app = super()._application()
        app.router.add_get("/link/{ticket}", self._link)
        return app

    async def hang_up(self) -> None:
        for line in self.lines:
            line.going = True
            line.drop()

    @property
    def open_lines(self) -> list[Line]:
        return [line for line in self.lines if line.open]

    async def connected(self, count: int = 1) -> None:
        """Wait until there are so many connections."""
        await self.until(lambda: len(self.open_lines) == count)

    async def next_line(self) -> Line:
        """Any one of the connections: each in its turn."""
        await self.until(lambda: self.open_lines)
        self._turn += 1
        return self.open_lines[self._turn % len(self.open_lines)]

    async def refreshes(self, line: Line, reason: str = "refresh_requested") -> None:
        """Slack tells a connection that it will end (`warning`: soon; `refresh_requested`: now)."""
        line.going = reason != "warning"
        said = {"type": "disconnect", "reason": reason, "debug_info": {"host": "wss-111.slack.com"}}
        await line.socket.send_json(said)

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        ticket = request.match_info["ticket"]
        if ticket in self._used:
            raise web.HTTPForbidden
        self._used.add(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = Line(socket, request)
        self.lines.append(line)
        if len(self.open_lines) > MOST:
            self.broken.append("Socket Mode: too many connections")
        about = {
            "type": "hello",
            "num_connections": len(self.open_lines),
            "connection_info": {"app_id": APP},
        }
        await socket.send_json({**about, "debug_info": {"approximate_connection_time": 18060}})
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                self._answered(message.data)
        return socket

    def _answered(self, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return  # a ping of the client's own
        waiting = self.acks.get(said.get("envelope_id"))
        if waiting is None:
            self.broken.append(f"Socket Mode: an answer to nothing, {text}")
        elif not waiting.done():
            waiting.set_result(said)


class Sockets(Delivery):
    """Envelopes down one of the websockets. One that is never answered fails the test, unless
    `patience` is given: the seconds after which it is heard with status 0.
    """

    wire: SocketWire

    def __init__(self, wire: SocketWire, patience: float = 0) -> None:
        super().__init__(wire)
        self.patience = patience

    async def send(self, kind: str, payload: Json, retry: Retry | None = None) -> Heard:
        envelope: Json = {"envelope_id": self.wire.number("E"), "type": kind, "payload": payload}
        envelope |= {"accepts_response_payload": ANSWERED_IN_PLACE[kind]}
        envelope |= {"retry_attempt": retry.number, "retry_reason": retry.reason} if retry else {}
        answer = self.wire.acks[envelope["envelope_id"]] = (
            asyncio.get_running_loop().create_future()
        )
        line = await self.wire.next_line()
        await line.socket.send_json(envelope)
        try:
            said = await asyncio.wait_for(answer, self.patience or LATEST)
        except TimeoutError:
            assert self.patience, f"nothing answers to {kind} {payload}"
            return Heard(0, sent=(kind, payload))
        if said.get("payload") and not envelope["accepts_response_payload"]:
            self.wire.broken.append(f"Socket Mode: an event is answered with {said['payload']}")
        return Heard(200, said.get("payload"), (kind, payload))

    async def again(self, heard: Heard, retry: Retry | None = None) -> Heard:
        return await self.send(*heard.sent, retry)
