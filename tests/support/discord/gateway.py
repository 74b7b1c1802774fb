"""Discord's gateway, beside its API: what tells the real client of servers and of what people do there, over a websocket.

It speaks as discord.py is spoken to (version 10, JSON in one zlib stream) and takes what discord.py says; anything else is
kept in `broken` and fails the test at the end (Discord: Gateway; Opcodes and Status Codes).
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import pytest
import yarl
from aiohttp import WSMsgType, web
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.state import ConnectionState

from adapters.discord import rights
from tests.support.discord import limits
from tests.support.discord.wire import CHANNEL, GUILD, ME, TOKEN, Channel, Clock, Json, Wire, person

DISPATCH, INVALID, HELLO, ACK = 0, 9, 10, 11
SPOKEN = {"v": "10", "encoding": "json", "compress": "zlib-stream"}
APPLICATION, ROLE = 901, 902
LATEST = 20.0  # seconds after which what a test waits for will not come
MESSAGE, DEFERRED, MODAL = 4, 5, 9  # Discord: Interaction Callback Type
INVITED = int(yarl.URL(rights.build_invite_url(1)).query["permissions"])


@dataclass
class Session:
    """A shard's session, which outlives its connection."""

    id: str
    shard: tuple[int, int]
    sent: list[bytes] = field(default_factory=list)
    line: Line | None = None

    async def dispatch(self, event: str, data: Json) -> None:
        said = {"op": DISPATCH, "t": event, "s": len(self.sent) + 1, "d": data}
        self.sent.append(json.dumps(said).encode())
        if self.line is not None:
            await self.line.send(self.sent[-1])

    def holds(self, guild: int) -> bool:
        return (guild >> 22) % self.shard[1] == self.shard[0]


class Line:
    """One connection, with its own compression."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self._request = request
        self._deflated = zlib.compressobj()

    async def send(self, said: bytes) -> None:
        if not self.socket.closed:
            await self.socket.send_bytes(
                self._deflated.compress(said) + self._deflated.flush(zlib.Z_SYNC_FLUSH)
            )

    async def say(self, op: int, data: object = None) -> None:
        await self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}).encode())

    def drop(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()


class Gateway(Wire):
    """The API with its gateway: one server, in which the bot has the rights of its invitation and no other."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.address = ""
        self.waiting = 0
        self.endpoint: str | None = None
        self.shards = 1
        self.identified: list[Json] = []
        self.resumed: list[Json] = []
        self.sessions: dict[str, Session] = {}
        self.refuses = 0  # the code with which a connection is closed once it has said who it is
        self.late = ""  # a route that is not attended to before `freed` is set
        self.rights = INVITED
        self.denied: dict[int, int] = {}  # what is taken from the bot in a channel
        self.answers: dict[int, list[Json]] = {}
        self.followups: list[Json] = []
        self.known_in: dict[int, list[Json]] = {}
        self.given = 0  # how often the commands were given

    @classmethod
    @asynccontextmanager
    async def on(cls, clock: Clock) -> AsyncIterator[Gateway]:
        """A gateway that discord.py finds and connects to until the block ends; fails as `Wire.on` does."""
        async with super().on(clock) as wire:
            assert isinstance(wire, Gateway)
            wire.address = Route.BASE.replace("http", "ws") + "/gateway"
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(wire.address))
                _impatient(patched)
                yield wire
                wire.hang_up()

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something has become true."""
        async with asyncio.timeout(LATEST):
            while not true():
                await asyncio.sleep(0.005)

    # — what happens —

    async def tell(self, event: str, data: Json, guild: int = GUILD) -> None:
        """Something happens in a server: the shard that holds it is told, now or when it resumes."""
        for session in self.sessions.values():
            if session.holds(guild):
                await session.dispatch(event, data)

    def hang_up(self) -> None:
        """Every connection is lost."""
        for session in self.sessions.values():
            if session.line is not None:
                session.line.drop()
                session.line = None

    def forget(self) -> None:
        """No session can be resumed any more."""
        self.hang_up()
        self.sessions.clear()

    async def delete_channel(self, channel: int) -> None:
        gone = self.channels.pop(channel)
        await self.tell("CHANNEL_DELETE", self._seen(gone))

    async def remove_bot(self, guild: int = GUILD) -> None:
        del self.members[guild]
        await self.tell("GUILD_DELETE", {"id": str(guild)}, guild)

    async def command(self, user: int, said: str, *, manages: bool = False, **options: str) -> int:
        """Somebody invokes a command in the channel; the number under which its `answers` are kept."""
        *_, last = words = said.split()
        inner: list[Json] = [
            {"type": 3, "name": name, "value": value} for name, value in options.items()
        ]
        data: Json = {"id": "1", "name": words[0], "type": 1, "options": inner}
        if len(words) > 1:
            data["options"] = [{"type": 1, "name": last, "options": inner}]
        return await self.interact(user, 2, data, manages=manages)

    async def interact(
        self, user: int, kind: int, data: Json, *, manages: bool = False, **more: object
    ) -> int:
        """Somebody does something in the channel (Discord: Receiving and Responding, Interaction Object)."""
        number = self._number()
        self.answers[number] = []
        joined = self.clock.now().isoformat()
        member = {
            "user": person(user),
            "roles": [],
            "joined_at": joined,
            "deaf": False,
            "mute": False,
            "flags": 0,
        }
        said: Json = {
            "id": str(number),
            "token": str(number),
            "type": kind,
            "version": 1,
            "data": data,
            "application_id": str(APPLICATION),
            "guild_id": str(GUILD),
            "channel_id": str(CHANNEL),
            "channel": self._seen(self.channels[CHANNEL]),
            "member": {**member, "permissions": str(1 << 5 if manages else 0)},
            "app_permissions": str(self.rights),
            "attachment_size_limit": 10_485_760,
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(GUILD)},
            "context": 0,
            "locale": "en-US",
        }
        await self.tell("INTERACTION_CREATE", {**said, **more})
        return number

    # — the door —

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if self.late and fnmatchcase(f"{request.method} {request.path}", self.late):
            self.waiting += 1
            await self.freed.wait()
        if request.match_info["path"] == "gateway":
            return await self._talk(request)
        return await super()._handle(request)

    def _inspect(self, request: web.Request, asked: str) -> None:
        if asked.split("/")[1] not in {
            "interactions",
            "webhooks",
        }:  # there the token in the address is all it takes
            super()._inspect(request, asked)

    async def _talk(self, request: web.Request) -> web.StreamResponse:
        if dict(request.query) != SPOKEN:
            self.broken.append(f"the gateway: asked with {dict(request.query)}")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = Line(socket, request)
        await line.say(HELLO, {"heartbeat_interval": 41250})
        async for one in socket:
            if one.type is not WSMsgType.TEXT:
                self.broken.append(f"the gateway: was sent {one.type}")
                continue
            await self._hear(line, json.loads(one.data))
        return socket

    async def _hear(self, line: Line, said: Json) -> None:
        match said["op"]:
            case 1:  # heartbeat
                await line.say(ACK)
            case 2:
                await self._identify(line, said["d"])
            case 6:
                await self._resume(line, said["d"])
            case other:
                self.broken.append(f"the gateway: was told {other}")

    async def _identify(self, line: Line, said: Json) -> None:
        self.identified.append(said)
        shard = tuple(said.get("shard", (0, 1)))
        if code := 4004 if said["token"] != TOKEN else self.refuses:
            await line.socket.close(code=code)
            return
        session = Session(f"session{len(self.identified)}", shard, line=line)
        self.sessions[session.id] = session
        here = [guild for guild in self.members if session.holds(guild)]
        ready = {
            "v": 10,
            "user": person(ME),
            "guilds": [{"id": str(guild), "unavailable": True} for guild in here],
            "session_id": session.id,
            "resume_gateway_url": self.address,
            "application": {"id": str(APPLICATION), "flags": 0},
            "shard": list(shard),
        }
        await session.dispatch("READY", ready)
        for guild in here:
            await session.dispatch("GUILD_CREATE", self._whole(guild))

    async def _resume(self, line: Line, said: Json) -> None:
        session = self.sessions.get(said["session_id"])
        if session is None:
            await line.say(INVALID, False)
            return
        self.resumed.append(said)
        for missed in session.sent[said["seq"] :]:
            await line.send(missed)
        session.line = line
        await session.dispatch("RESUMED", {})

    # — the server —

    def _whole(self, guild: int) -> Json:
        mine = {
            "roles": [str(ROLE)],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
        }
        return {
            **self._guild(guild, {}),
            "unavailable": False,
            "member_count": 5,
            "roles": [_role(guild, "@everyone", 0), _role(ROLE, "Syllabot", self.rights)],
            "members": [{"user": person(ME), **mine}],
            "channels": [self._seen(one) for one in self.channels.values() if one.guild == guild],
            "threads": [],
        }

    def _seen(self, channel: Channel) -> Json:
        denied = self.denied.get(channel.id, 0)
        taken = [{"id": str(ROLE), "type": 0, "allow": "0", "deny": str(denied)}] if denied else []
        return {**channel.as_json(), "permission_overwrites": taken}

    # — the routes —

    def _application(self) -> Json:
        return {**super()._application(), "interactions_endpoint_url": self.endpoint}

    def _gateway(self) -> Json:
        start = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
        return {"url": self.address, "shards": self.shards, "session_start_limit": start}

    def _know(self, application: int, body: list[Json]) -> list[Json]:
        self.given += 1
        return super()._know(application, body)

    def _know_in(self, application: int, guild: int, body: list[Json]) -> list[Json]:
        self._guild(guild, {})
        self.broken += [f"the commands: {problem}" for problem in limits.check_commands(body)]
        self.known_in[guild] = body
        return body

    def _respond(self, number: int, token: int, body: Json, query: Json) -> Json:
        kind, data = body["type"], body.get("data") or {}
        if self.answers[number]:
            self.broken.append(f"an interaction: answered twice, with {kind}")
        if kind == MESSAGE:
            self._judge(data)
        elif kind == MODAL:
            self.broken += [f"a modal: {problem}" for problem in limits.check_modal(data)]
        elif kind == DEFERRED and data.get("flags") != 1 << 6:
            self.broken.append("an interaction: its answer is not private")
        self.answers[number].append(body)
        return {"interaction": {"id": str(number), "type": 2}}

    def _edit(self, application: int, token: int, body: Json) -> Json:
        self._judge(body)
        self.answers[token].append(body)
        return self._keep(
            Channel(CHANNEL), person(ME), body
        )  # seen by one person alone, so it is in no channel

    def _follow(self, application: int, token: int, body: Json, query: Json) -> Json:
        """What is said below an answer (Discord: Create Followup Message)."""
        self._judge(body)
        last = self.answers[token][-1:]
        if not last or last[0].get("type") == DEFERRED:
            self.broken.append("a followup: it takes the place of an answer that is waited for")
        if not body.get("flags", 0) & 1 << 6:
            self.broken.append("a followup: it is not private")
        self.followups.append(body)
        return self._keep(Channel(CHANNEL), person(ME), body)

    def _judge(self, answer: Json) -> None:
        self.broken += [f"an answer: {problem}" for problem in limits.check_message(answer)]

    _ROUTES: Mapping[str, Callable[..., object]] = {
        **Wire._ROUTES,
        r"GET /gateway/bot": _gateway,
        r"GET /oauth2/applications/@me": _application,
        r"PUT /applications/(\d+)/commands": _know,
        r"PUT /applications/(\d+)/guilds/(\d+)/commands": _know_in,
        r"POST /interactions/(\d+)/(\d+)/callback": _respond,
        r"POST /webhooks/(\d+)/(\d+)": _follow,
        r"PATCH /webhooks/(\d+)/(\d+)/messages/@original": _edit,
    }


def _role(number: int, name: str, permissions: int) -> Json:
    more = {"color": 0, "hoist": False, "managed": False, "mentionable": False, "position": 0}
    return {"id": str(number), "name": name, "permissions": str(permissions), **more}


def _impatient(patched: pytest.MonkeyPatch) -> None:
    """discord.py waits two seconds for another server before it calls itself ready; ours come at once."""
    begin = ConnectionState.__init__

    def begin_soon(self: ConnectionState[Any], **options: Any) -> None:
        begin(self, **{**options, "guild_ready_timeout": 0.1})

    patched.setattr(ConnectionState, "__init__", begin_soon)
