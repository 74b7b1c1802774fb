"""Discord's end of the wire, for the real HTTP stack of discord.py: a small, strict API that remembers, and fails on request.

What it is asked and does not know, or what breaks a rule of Discord's, is kept in `broken` and fails the test at the end.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Protocol

import discord
import discord.http
import pytest
from aiohttp import web
from discord.http import Route

from tests.support.discord import limits

TOKEN = "token"
FORM = "multipart/form-data"
ME, GUILD, CHANNEL = 900, 100, 200
NONCES = timedelta(minutes=5)  # Discord says "the past few minutes"
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
TEXT, PRIVATE, VOICE, THREAD = 0, 1, 2, 11  # Discord: Channel Types
MOST_ROLES = 250  # Discord: Opcodes and Status Codes, JSON 30005
SCHEDULED, ACTIVE, CANCELED = 1, 2, 4  # Discord: Guild Scheduled Event Status

Json = dict[str, Any]


class Clock(Protocol):
    def now(self) -> datetime: ...


class Refusal(Exception):
    """An error as Discord words it."""

    def __init__(self, status: int, code: int, message: str = "No") -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message}


@dataclass
class Fault:
    """What befalls the next requests to a route. `kept`: Discord does what it was asked to, and only its answer is lost."""

    route: str
    times: int
    status: int = 500
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    kept: bool = False
    drops: bool = False
    hangs: bool = False


@dataclass
class Channel:
    id: int
    guild: int | None = GUILD
    type: int = TEXT
    name: str = "study-group"
    recipient: int = 0
    parent: int | None = None
    messages: list[Json] = field(default_factory=list)
    refusal: Refusal | None = None
    readable: bool = True
    pins: bool = True  # we may pin messages there
    pings: bool = False  # we may mention roles there that others may not

    def as_json(self) -> Json:
        said: Json = {"id": str(self.id), "type": self.type, "flags": 0}
        if self.guild is None:
            return {**said, "recipients": [person(self.recipient)]}
        said |= {
            "guild_id": str(self.guild),
            "name": self.name,
            "position": 0,
            "permission_overwrites": [],
        }
        if self.type == THREAD:
            archive = {
                "archived": True,
                "auto_archive_duration": 10080,
                "archive_timestamp": "2026-02-20T10:00:00+00:00",
            }
            said |= {
                "thread_metadata": archive,
                "owner_id": str(ME),
                "message_count": 0,
                "member_count": 1,
            }
        return {**said, "parent_id": str(self.parent) if self.parent else None}


def person(number: int) -> Json:
    return {
        "id": str(number),
        "username": f"user{number}",
        "discriminator": "0",
        "avatar": None,
        "bot": number == ME,
    }


def role(number: int, power: int) -> Json:
    return {
        "id": str(number),
        "name": f"role{number}",
        "permissions": str(power),
        "position": int(number != GUILD),
        "color": 0,
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


class Wire:
    """A Discord with one server, one channel, and the bot."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.channels = {CHANNEL: Channel(CHANNEL)}
        self.members = {GUILD: {ME}}
        # What each role may do, that of everybody first, and who has which.
        self.roles: dict[int, int] = {GUILD: 0}
        self.roles_of: dict[int, list[int]] = {}
        self.named_roles: dict[int, Json] = {}  # those that were made, as Discord describes them
        self.own_position = 100  # of our highest role: those above it are none of our business
        self.manages_roles = True
        self.events: list[Json] = []
        self.threads: list[Json] = []
        self.commands: list[Json] = []
        self.asked: list[str] = []
        self.broken: list[str] = []
        self.faults: list[Fault] = []
        self.deleted: set[str] = set()
        self.freed = asyncio.Event()
        self._nonces: dict[str, tuple[datetime, Json]] = {}
        self._numbers = 0

    @classmethod
    @asynccontextmanager
    async def on(cls, clock: Clock) -> AsyncIterator[Wire]:
        """A wire that discord.py is connected to until the block ends; fails if a rule of Discord's was broken."""
        wire = cls(clock)
        app = web.Application()
        app.router.add_route("*", "/api/v10/{path:.*}", wire._handle)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        real, Route.BASE = Route.BASE, f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10"
        try:
            yield wire
            assert wire.broken == []
        finally:
            Route.BASE = real
            wire.freed.set()
            await runner.cleanup()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[discord.Client]:
        """A client that has logged in."""
        intents, nobody = discord.Intents(guilds=True), discord.AllowedMentions.none()
        async with discord.Client(
            intents=intents, allowed_mentions=nobody, max_ratelimit_timeout=30.0
        ) as client:
            await client.login(TOKEN)
            self.asked.clear()
            yield client

    # — what is there, what befalls it —

    @property
    def posts(self) -> list[Json]:
        """What the bot has posted in the channel, oldest first."""
        return [one for one in self.channels[CHANNEL].messages if one["author"]["id"] == str(ME)]

    def private(self, user: int) -> list[Json]:
        """What somebody was sent in private."""
        return [m for one in self.channels.values() if one.recipient == user for m in one.messages]

    def says(
        self, number: int, text: str = "hello", channel: int = CHANNEL, **more: object
    ) -> Json:
        """Somebody else writes in a channel."""
        return self._keep(self.channels[channel], person(number), {"content": text, **more})

    def delete(self, message: Json) -> None:
        """A message is deleted."""
        self.deleted.add(message["id"])
        self.channels[int(message["channel_id"])].messages.remove(message)

    def fails(
        self, route: str, status: int, code: int = 0, *, times: int = 1, kept: bool = False
    ) -> None:
        """A route (`POST */messages`) answers with an error, the next so many times."""
        body = {"code": code, "message": f"error {code}"} if code else "<html>no</html>"
        self.faults.append(Fault(route, times, status, body, kept=kept))

    def limits(
        self, route: str, after: float, *, via: bool = True, scope: str = "user", times: int = 1
    ) -> None:
        """A route is limited for so many seconds: by Discord (`via`), for this bot, for all (`shared`) or everywhere
        (`global`); without `via` by the gate before it, which speaks no JSON."""
        body: object = {"message": "slow down", "retry_after": after, "global": scope == "global"}
        headers = {"Retry-After": str(int(after)), "X-RateLimit-Scope": scope}
        headers |= {"Via": "1.1 google"} if via else {}
        self.faults.append(
            Fault(route, times, 429, body if via else "<html>limited</html>", headers)
        )

    def drops(self, route: str, *, kept: bool, times: int = 1) -> None:
        """The connection is lost, before Discord has done what it was asked to or after."""
        self.faults.append(Fault(route, times, kept=kept, drops=True))

    def hangs(self, route: str, *, kept: bool = True, times: int = 1) -> None:
        """No answer comes, until the test ends or `freed` is set."""
        self.faults.append(Fault(route, times, kept=kept, hangs=True))

    def _fault(self, asked: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and fnmatchcase(asked, fault.route):
                fault.times -= 1
                return fault
        return None

    # — the door —

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        asked = f"{request.method} /{request.match_info['path']}"
        self.asked.append(asked)
        self._inspect(request, asked)
        body = await self._read(request)
        fault = self._fault(asked)
        if fault is None:
            return self._answer(*self._do(request, asked, body))
        if fault.kept:
            self._do(request, asked, body)
        if fault.hangs:
            await self.freed.wait()
        if fault.drops:
            assert request.transport is not None
            request.transport.abort()
        return self._answer(fault.status, fault.body, fault.headers)

    async def _read(self, request: web.Request) -> Any:
        if request.content_type != FORM:
            return json.loads(await request.read() or b"null")
        # Files come beside the message (Discord: Uploading Files).
        given = await request.post()
        body = json.loads(str(given["payload_json"]))
        files = [part for part in given.values() if isinstance(part, web.FileField)]
        body["files"] = [(file.filename, file.file.read().decode()) for file in files]
        return body

    def _inspect(self, request: web.Request, asked: str) -> None:
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            self.broken.append(f"{asked}: no token")
        has_body = request.method in {"POST", "PUT", "PATCH"} and request.can_read_body
        if has_body and request.content_type not in {"application/json", FORM}:
            self.broken.append(f"{asked}: no JSON but {request.headers.get('Content-Type')}")

    def _answer(
        self, status: int, body: object, headers: Mapping[str, str] | None = None
    ) -> web.Response:
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html", headers=headers)
        # discord.py takes for JSON only what is called exactly so.
        exactly = {"Content-Type": "application/json", **(headers or {})}
        return web.Response(status=status, body=json.dumps(body).encode(), headers=exactly)

    def _do(self, request: web.Request, asked: str, body: Any) -> tuple[int, object]:
        for pattern, does in self._ROUTES.items():
            if found := re.fullmatch(pattern, asked):
                try:
                    return 200, does(
                        self, *(int(one) for one in found.groups()), **self._given(request, body)
                    )
                except Refusal as refused:
                    return refused.status, refused.body
        self.broken.append(f"{asked}: there is no such route")
        return 404, {"code": 0, "message": "404: Not Found"}

    def _given(self, request: web.Request, body: Any) -> Json:
        given: Json = {"query": dict(request.query)} if request.query else {}
        return {**given, "body": body} if request.method in {"POST", "PUT", "PATCH"} else given

    # — the routes —

    def _me(self) -> Json:
        return person(ME)

    def _application(self) -> Json:
        about = {
            "id": "901",
            "name": "Syllabot",
            "description": "",
            "icon": None,
            "verify_key": "",
            "owner": person(1),
        }
        return {**about, "bot_public": True, "bot_require_code_grant": False, "flags": 0}

    def _open_private(self, body: Json) -> Json:
        user = int(body["recipient_id"])
        opened = next((one for one in self.channels.values() if one.recipient == user), None)
        if opened is None:
            opened = Channel(self._number(), guild=None, type=PRIVATE, recipient=user)
            self.channels[opened.id] = opened
        return opened.as_json()

    def _channel(self, channel: int) -> Json:
        return self._of(channel).as_json()

    def _of(self, channel: int) -> Channel:
        if channel not in self.channels:
            raise Refusal(404, 10003, "Unknown Channel")
        if refusal := self.channels[channel].refusal:
            raise refusal
        return self.channels[channel]

    def _post(self, channel: int, body: Json) -> Json:
        found = self._of(channel)
        # A message is of components alone, but for files, which have no place in them.
        if not body.get("files"):
            self.broken += [f"a message: {problem}" for problem in limits.check_message(body)]
        elif self._of(channel).type != PRIVATE:
            self.broken.append("a file: it is sent where others read it")
        nonce, now = str(body["nonce"]), self.clock.now()
        if not body.get("enforce_nonce"):
            self.broken.append("a message: its nonce is not enforced")
        then, posted = self._nonces.get(nonce, (EPOCH, {}))
        if now - then < NONCES:
            if posted["id"] in self.deleted:
                raise Refusal(404, 10008, "Unknown Message")
            return posted
        kept = self._keep(found, person(ME), body)
        kept["mention_roles"] = self._notified(found, body)
        self._nonces[nonce] = (now, kept)
        return kept

    def _edit(self, channel: int, message: int, body: Json) -> Json:
        found = next((m for m in self._of(channel).messages if m["id"] == str(message)), None)
        if found is None:
            raise Refusal(404, 10008, "Unknown Message")
        if found["author"]["id"] != str(ME):
            raise Refusal(403, 50005, "Cannot edit a message authored by another user")
        self._refuse_frequent_edit(found)
        self.broken += [f"an edit: {problem}" for problem in limits.check_message(body)]
        found.update(components=body["components"], edited_timestamp=self.clock.now().isoformat())
        return found

    def _refuse_frequent_edit(self, message: Json) -> None:
        """Refuse a second edit of an old message within an hour.

        Discord does not publish its limit. This one is stricter than any that was seen.
        """
        now, hour = self.clock.now(), timedelta(hours=1)
        posted = datetime.fromisoformat(message["timestamp"])
        edited = message["edited_timestamp"]
        if edited and now - posted > hour and now - datetime.fromisoformat(edited) < hour:
            raise Refusal(429, 30046, "Maximum number of edits to messages older than 1 hour")

    def _pin(self, channel: int, message: int, body: object) -> None:
        self._find_for_pin(channel, message)["pinned"] = True

    def _unpin(self, channel: int, message: int) -> None:
        self._find_for_pin(channel, message)["pinned"] = False

    def _find_for_pin(self, channel: int, message: int) -> Json:
        found = self._of(channel)
        if not found.pins:
            raise Refusal(403, 50013, "Missing Permissions")
        wanted = next((m for m in found.messages if m["id"] == str(message)), None)
        if wanted is None:
            raise Refusal(404, 10008, "Unknown Message")
        return wanted

    def _delete(self, channel: int, message: int) -> None:
        wanted = next((m for m in self._of(channel).messages if m["id"] == str(message)), None)
        if wanted is None:
            raise Refusal(404, 10008, "Unknown Message")
        if wanted["author"]["id"] != str(ME):
            raise Refusal(403, 50013, "Missing Permissions")
        self.delete(wanted)

    def _keep(self, channel: Channel, author: Json, said: Json) -> Json:
        now = self.clock.now().isoformat()
        message: Json = {
            "id": str(self._number()),
            "channel_id": str(channel.id),
            "author": author,
            "content": said.get("content", ""),
            "components": said.get("components", []),
            "flags": said.get("flags", 0),
            "nonce": said.get("nonce"),
            "files": said.get("files", []),
            "timestamp": now,
            "edited_timestamp": None,
            "type": 0,
            **dict.fromkeys(("tts", "mention_everyone", "pinned"), False),
            **{name: [] for name in ("mentions", "mention_roles", "attachments", "embeds")},
        }
        channel.messages.append(message)
        return message

    def _number(self) -> int:
        """A snowflake of this moment (Discord: Reference, Snowflakes)."""
        self._numbers += 1
        return (int((self.clock.now() - EPOCH).total_seconds() * 1000) << 22) + self._numbers

    def _history(self, channel: int, query: Json) -> list[Json]:
        found = self._of(channel)
        if not found.readable:
            return []  # no error: without the right to it, a history looks empty
        if unknown := set(query) - {"limit", "after", "before"} or {"after", "before"} <= set(
            query
        ):
            self.broken.append(f"a history: asked with {unknown or query}")
        limit = int(query["limit"])
        assert 1 <= limit <= 100
        if "after" in query:
            return [m for m in found.messages if int(m["id"]) > int(query["after"])][:limit][::-1]
        before = int(query.get("before", 1 << 63))
        return [m for m in found.messages if int(m["id"]) < before][-limit:][::-1]

    def _thread(self, channel: int, message: int, body: Json) -> Json:
        if any(one["id"] == str(message) for one in self.threads):
            raise Refusal(400, 160004, "A thread has already been created for this message")
        if self._of(channel).type != TEXT:
            raise Refusal(400, 50024, "Cannot execute action on this channel type")
        if not any(one["id"] == str(message) for one in self.channels[channel].messages):
            raise Refusal(404, 10008, "Unknown Message")
        if not 1 <= len(body["name"]) <= 100 or body["auto_archive_duration"] not in {
            60,
            1440,
            4320,
            10080,
        }:
            self.broken.append(f"a thread: {body}")
        opened = Channel(message, type=THREAD, name=body["name"], parent=channel)
        self.channels[message] = opened
        self.threads.append(opened.as_json())
        return opened.as_json()

    def _guild(self, guild: int, query: Json) -> Json:
        if guild not in self.members:
            raise Refusal(404, 10004, "Unknown Guild")
        return {
            "id": str(guild),
            "name": "Study Hall",
            "owner_id": "1",
            "roles": self._known_roles(),
            "emojis": [],
            "features": [],
        }

    def _known_roles(self) -> list[Json]:
        return [role(number, power) for number, power in self.roles.items()] + [
            *self.named_roles.values()
        ]

    def _make_role(self, guild: int, body: Json) -> Json:
        self._guild(guild, {})
        if not self.manages_roles:
            raise Refusal(403, 50013, "Missing Permissions")
        if len(self._known_roles()) >= MOST_ROLES:
            raise Refusal(400, 30005, "Maximum number of guild roles reached (250)")
        if unknown := set(body) - {"name", "permissions", "hoist", "mentionable"}:
            self.broken.append(f"a role: made with {unknown}")
        if not 1 <= len(body["name"]) <= 100:
            raise Refusal(400, 50035, "Invalid Form Body")
        number = self._number()
        made = {**role(number, int(body["permissions"])), "name": body["name"]}
        made |= {"hoist": body["hoist"], "mentionable": body["mentionable"]}
        self.named_roles[number] = made
        return made

    def _our_role(self, guild: int, number: int) -> Json:
        """A role that we may give, take and delete."""
        self._guild(guild, {})
        if number not in self.named_roles and number not in self.roles:
            raise Refusal(404, 10011, "Unknown Role")
        found = self.named_roles.get(number) or role(number, self.roles[number])
        if not self.manages_roles or found["position"] >= self.own_position:
            raise Refusal(403, 50013, "Missing Permissions")
        return found

    def _give_role(self, guild: int, user: int, number: int, body: object) -> None:
        self._member(guild, user)
        self._our_role(guild, number)
        held = self.roles_of.setdefault(user, [])
        if number not in held:
            held.append(number)

    def _take_role(self, guild: int, user: int, number: int) -> None:
        self._member(guild, user)
        self._our_role(guild, number)
        if number in self.roles_of.get(user, ()):
            self.roles_of[user].remove(number)

    def _delete_role(self, guild: int, number: int) -> None:
        self._our_role(guild, number)
        self.named_roles.pop(number, None)
        for held in self.roles_of.values():
            held[:] = [other for other in held if other != number]

    def _notified(self, channel: Channel, body: Json) -> list[str]:
        """The roles that a message of ours notifies (Discord: Allowed Mentions Object)."""
        allowed = (body.get("allowed_mentions") or {}).get("roles") or []
        named = re.findall(r"<@&([0-9]+)>", json.dumps(body.get("components")))
        notified = []
        for number in allowed:
            known = self.named_roles.get(int(number))
            if known and str(number) in named and (known["mentionable"] or channel.pings):
                notified.append(str(number))
        return notified

    def _member(self, guild: int, user: int) -> Json:
        self._guild(guild, {})
        if user not in self.members[guild]:
            raise Refusal(404, 10007, "Unknown Member")
        joined = self.clock.now().isoformat()
        return {
            "user": person(user),
            "roles": [str(number) for number in self.roles_of.get(user, ())],
            "joined_at": joined,
            "deaf": False,
            "mute": False,
            "flags": 0,
        }

    def _events(self, guild: int, query: Json) -> list[Json]:
        return [one for one in self.events if one["status"] in {SCHEDULED, ACTIVE}]

    def _event(self, guild: int, event: int, query: Json | None = None) -> Json:
        found = next((one for one in self.events if one["id"] == str(event)), None)
        if found is None:
            raise Refusal(404, 10070, "Unknown Guild Scheduled Event")
        return found

    def _announce(self, guild: int, body: Json) -> Json:
        self._judge_event(body)
        event = {
            **body,
            "id": str(self._number()),
            "guild_id": str(guild),
            "creator_id": str(ME),
            "status": SCHEDULED,
        }
        self.events.append(event)
        return event

    def _change_event(self, guild: int, event: int, body: Json) -> Json:
        found = self._event(guild, event)
        if found["status"] not in {SCHEDULED, ACTIVE}:
            raise Refusal(400, 180000, "Cannot update a finished event")
        if (found["status"], body.get("status", SCHEDULED)) not in {
            (SCHEDULED, SCHEDULED),
            (SCHEDULED, CANCELED),
        }:
            raise Refusal(400, 50035, "Invalid Form Body")
        if unknown := set(body) - set(found) - {"channel_id", "description"}:
            self.broken.append(f"an event: changed in {unknown}")
        if set(body) != {"status"}:
            self._judge_event({**found, **body})
        found.update(body)
        return found

    def _judge_event(self, body: Json) -> None:
        starts, ends = (
            datetime.fromisoformat(body[f"scheduled_{what}_time"]) for what in ("start", "end")
        )
        if not self.clock.now() < starts < ends:
            raise Refusal(400, 50035, "Invalid Form Body")
        if (
            body["entity_type"] != 3
            or body["privacy_level"] != 2
            or not body["entity_metadata"]["location"]
        ):
            self.broken.append(f"an event: {body}")
        if len(body["name"]) > 100 or len(body.get("description", "")) > 1000:
            self.broken.append(f"an event: too long: {body}")

    def _know(self, application: int, body: list[Json]) -> list[Json]:
        self.broken += [f"the commands: {problem}" for problem in limits.check_commands(body)]
        self.commands = body
        return self._known(application, {})

    def _known(self, application: int, query: Json) -> list[Json]:
        return [
            {**command, "id": str(5000 + number)} for number, command in enumerate(self.commands)
        ]

    _ROUTES: Mapping[str, Callable[..., object]] = {
        r"GET /users/@me": _me,
        r"GET /oauth2/applications/@me": _application,
        r"PUT /applications/(\d+)/commands": _know,
        r"GET /applications/(\d+)/commands": _known,
        r"POST /users/@me/channels": _open_private,
        r"GET /channels/(\d+)": _channel,
        r"GET /channels/(\d+)/messages": _history,
        r"POST /channels/(\d+)/messages": _post,
        r"PATCH /channels/(\d+)/messages/(\d+)": _edit,
        r"PUT /channels/(\d+)/messages/pins/(\d+)": _pin,
        r"DELETE /channels/(\d+)/messages/pins/(\d+)": _unpin,
        r"DELETE /channels/(\d+)/messages/(\d+)": _delete,
        r"POST /channels/(\d+)/messages/(\d+)/threads": _thread,
        r"GET /guilds/(\d+)": _guild,
        r"GET /guilds/(\d+)/members/(\d+)": _member,
        r"POST /guilds/(\d+)/roles": _make_role,
        r"DELETE /guilds/(\d+)/roles/(\d+)": _delete_role,
        r"PUT /guilds/(\d+)/members/(\d+)/roles/(\d+)": _give_role,
        r"DELETE /guilds/(\d+)/members/(\d+)/roles/(\d+)": _take_role,
        r"GET /guilds/(\d+)/scheduled-events": _events,
        r"POST /guilds/(\d+)/scheduled-events": _announce,
        r"GET /guilds/(\d+)/scheduled-events/(\d+)": _event,
        r"PATCH /guilds/(\d+)/scheduled-events/(\d+)": _change_event,
    }


class Naps:
    """Time as discord.py's HTTP stack sees it: its sleeps are over at once and written down here, unless `deep`: then they
    last until they are cancelled."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self.deep = False

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        if seconds:
            self.taken.append(seconds)
        await (asyncio.Event().wait() if self.deep and seconds else asyncio.sleep(0))


@contextmanager
def naps() -> Iterator[Naps]:
    """Make waiting take no time in discord.py's HTTP stack alone."""
    with pytest.MonkeyPatch.context() as patched:
        taken = Naps()
        patched.setattr(discord.http, "asyncio", taken)
        yield taken
