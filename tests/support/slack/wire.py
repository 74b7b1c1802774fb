"""Slack's end of the wire, for the real slack_sdk: a small, strict Web API that remembers, and
fails on request.

What it is asked and does not know, or what breaks a rule of Slack's, is kept in `broken` and fails
the test at the end.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Self

from aiohttp import web

from tests.support.slack import files, installation, views
from tests.support.slack.methods import METHODS, Method
from tests.support.slack.workspaces import APP_TOKEN, Clock, Json, Refusal, Slack, Token

LATEST = 20.0  # seconds after which what a test waits for will not come
NESTED = ("blocks", "metadata", "view", "attachments")  # arguments that a form holds as JSON
RESPONSE_URL, FILE, UPLOAD = (
    "response_url",
    "file",
    "upload",
)  # how an answer by it, and fetching a file, are named among methods


@dataclass(frozen=True)
class Asked:
    """One request of the bot's."""

    method: str
    given: Json
    token: str
    at: datetime


@dataclass(frozen=True)
class Fault:
    """What befalls a request.

    `kept`: Slack does what it was asked to, and only its answer is lost.
    `until`: Slack does it later, when that has happened.
    """

    status: int = 200
    body: Json | str = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    kept: bool = False
    drops: bool = False
    hangs: bool = False
    until: asyncio.Event | None = None


def rate_limit(after: int | None = 30) -> Fault:
    """429, with the seconds to wait or without."""
    return Fault(
        429,
        {"ok": False, "error": "ratelimited"},
        {} if after is None else {"Retry-After": str(after)},
    )


def refusal(error: str, *, kept: bool = False, **more: object) -> Fault:
    """`ok: false` with an error.

    Of `fatal_error` and `internal_error` Slack may have done it all the same (`kept`).
    """
    return Fault(body={"ok": False, "error": error, **more}, kept=kept)


def status(code: int, *, kept: bool = False) -> Fault:
    """500, 503 and so on, with a page instead of JSON."""
    return Fault(code, "<html>no</html>", kept=kept)


def lost_connection(*, kept: bool) -> Fault:
    """The connection is lost, before Slack has done what it was asked to or after."""
    return Fault(kept=kept, drops=True)


def no_answer(*, kept: bool = False) -> Fault:
    """No answer comes, until the test ends or `freed` is set."""
    return Fault(kept=kept, hangs=True)


def slowness(until: asyncio.Event) -> Fault:
    """Slack does what it was asked to once `until` is set."""
    return Fault(until=until)


@dataclass
class _Weather:
    """Faults to come."""

    method: str
    fault: Fault
    times: float
    when: Callable[[Asked], bool]


class Wire(Slack):
    """A Slack with one workspace, `hall`, in which the app is installed. `founds` makes more."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.hall = self.founds("Study Hall")
        self.tokens[APP_TOKEN] = Token(APP_TOKEN, scopes=frozenset({"connections:write"}), app=True)
        self.asked: list[Asked] = []
        self.done: list[Asked] = []  # what befell none, or only its answer
        self.freed = asyncio.Event()
        self.skies: Callable[[Asked], Fault | None] = lambda asked: (
            None
        )  # what befalls whatever `fails` does not
        self._weather: list[_Weather] = []

    @classmethod
    @asynccontextmanager
    async def on(cls, clock: Clock) -> AsyncIterator[Self]:
        """A Slack that answers at `api` until the block ends.

        Fails if a rule of Slack's was broken.
        """
        wire = cls(clock)
        runner = web.AppRunner(wire._application(), shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        wire.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield wire
            wire.check()
        finally:
            wire.freed.set()
            await wire.hang_up()
            await runner.cleanup()

    def check(self) -> None:
        """Fails if a rule of Slack's was broken so far."""
        assert not self.broken, self.broken

    @property
    def api(self) -> str:
        """The `base_url` of a client."""
        return f"{self.address}/api/"

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._handle)
        app.router.add_post("/commands/{team}/{number}", self._handle_answer)
        app.router.add_post("/upload/{number}", self._handle_upload)
        app.router.add_get("/files-pri/{number}/{rest:.*}", self._handle_file)
        return app

    async def hang_up(self) -> None:
        """Whatever holds a connection open lets go of it."""

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something has become true."""
        async with asyncio.timeout(LATEST):
            while not true():
                await asyncio.sleep(0.002)

    # — what is asked, what befalls it —

    def calls(self, method: str) -> list[Json]:
        """What a method was given, each time it was asked."""
        return [call.given for call in self.asked if call.method == method]

    def fails(
        self,
        method: str,
        how: Fault,
        times: float = 1,
        when: Callable[[Asked], bool] = lambda asked: True,
    ) -> None:
        """A method (`chat.postMessage`, `views.*`, `response_url`) fails, the next so many times
        that `when` is true.
        """
        self._weather.append(_Weather(method, how, times, when))

    def _fault(self, asked: Asked) -> Fault | None:
        for fault in self._weather:
            if fault.times > 0 and fnmatchcase(asked.method, fault.method) and fault.when(asked):
                fault.times -= 1
                return fault.fault
        return self.skies(asked)

    # — the door —

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        given = await self._read(request)
        asked = Asked(name, given, self._secret(request, given), self.clock.now())
        return await self._weathered(request, asked, lambda: self._do(request, asked))

    async def _handle_answer(self, request: web.Request) -> web.StreamResponse:
        given = json.loads(await request.read())
        asked = Asked(RESPONSE_URL, given, "", self.clock.now())
        return await self._weathered(
            request, asked, lambda: self._take(request.match_info["number"], given)
        )

    async def _handle_file(self, request: web.Request) -> web.StreamResponse:
        secret = self._secret(request, {})
        asked = Asked(FILE, {"path": request.path}, secret, self.clock.now())
        number = request.match_info["number"]
        return await self._weathered(
            request, asked, lambda: files.fetched(self, number, self.tokens.get(secret))
        )

    async def _handle_upload(self, request: web.Request) -> web.StreamResponse:
        content, secret = await request.read(), request.headers.get("Authorization", "")
        if secret:
            self.broken.append("an upload: it carries a token")
        asked = Asked(UPLOAD, {"path": request.path}, secret, self.clock.now())
        number = request.match_info["number"]
        return await self._weathered(request, asked, lambda: files.received(self, number, content))

    def _take(self, number: str, given: Json) -> web.Response:
        try:
            views.answered(self, number, given)
        except Refusal as refusal:
            return web.json_response(refusal.body, status=refusal.status)
        return web.Response(text="ok")

    async def _weathered(
        self, request: web.Request, asked: Asked, do: Callable[[], web.Response]
    ) -> web.StreamResponse:
        self.asked.append(asked)
        fault = self._fault(asked)
        if fault is None:
            self.done.append(asked)
            return do()
        if fault.until is not None:
            await fault.until.wait()
            self.done.append(asked)
            return do()
        if fault.kept:
            self.done.append(asked)
            do()
        if fault.hangs:
            await self.freed.wait()
        if fault.drops and request.transport is not None:
            request.transport.abort()
        if isinstance(fault.body, str):
            return web.Response(
                status=fault.status,
                text=fault.body,
                content_type="text/html",
                headers=fault.headers,
            )
        return web.json_response(fault.body, status=fault.status, headers=fault.headers)

    async def _read(self, request: web.Request) -> Json:
        """The arguments, from wherever Slack reads them."""
        given: Json = dict(request.query)
        if request.content_type == "application/json":
            given |= await request.json()
            return given
        given |= {
            key: value for key, value in (await request.post()).items() if isinstance(value, str)
        }
        return given | {key: json.loads(given[key]) for key in NESTED if key in given}

    def _secret(self, request: web.Request, given: Json) -> str:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            given["client_id"], _, given["client_secret"] = (
                base64.b64decode(value).decode().partition(":")
            )
            return ""
        return str(given.pop("token", "") or value)

    def _do(self, request: web.Request, asked: Asked) -> web.Response:
        found = METHODS.get(asked.method)
        if found is None:
            self.broken.append(f"{asked.method}: there is no such method")
            return web.json_response(
                {"ok": False, "error": "unknown_method", "req_method": asked.method}
            )
        self._inspect(request, asked, found)
        headers: dict[str, str] = {}
        try:
            caller = installation.caller(self, found, asked.token, asked.given)
            headers["X-OAuth-Scopes"] = ",".join(sorted(caller.token.scopes))
            if found.scopes:
                headers["X-Accepted-OAuth-Scopes"] = ",".join(found.scopes)
                caller.need(*found.scopes)
            return web.json_response(
                {"ok": True, **found.does(caller, asked.given)}, headers=headers
            )
        except Refusal as refusal:
            return web.json_response(
                refusal.body, status=refusal.status, headers=headers | refusal.headers
            )

    def _inspect(self, request: web.Request, asked: Asked, found: Method) -> None:
        """What Slack would only overlook is a mistake of the bot's all the same."""
        if unknown := set(asked.given) - found.takes - {"team_id"}:
            self.broken.append(f"{asked.method}: takes no {', '.join(sorted(unknown))}")
        if request.content_type == "application/json" and not found.json:
            self.broken.append(f"{asked.method}: reads no JSON")
