"""A slash command over one kept connection: until it is acknowledged, and until it is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from unittest.mock import patch

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from benchmarks.databases import Databases
from benchmarks.figures import Figure, Target, format_milliseconds
from benchmarks.stopwatch import Timing, Work, measure_interleaved
from benchmarks.yardstick import build_slash_command, make_bolt_app, open_yardstick
from tests.support.slack.delivery import COMMAND, encoded, slash
from tests.support.slack.group import Group, TimeSignedHttp

ACKNOWLEDGED, ANSWERED = "acknowledged", "answered"
AS_IT_COMES, ONE_INSERT = "Bolt as it comes", "Bolt with one insert"
PATIENCE = 20.0  # seconds


def measure_http(databases: Databases) -> Iterator[Figure]:
    """Yield the time to the acknowledgement and to the answer, on SQLite."""
    urls = databases.create_sqlite("http"), databases.create_sqlite("http_yardstick")
    timings = asyncio.run(_measure_requests(*urls))
    for name in (AS_IT_COMES, ONE_INSERT):
        yield Figure(f"HTTP, bare {name}", format_milliseconds(timings[name].seconds))
    yield _compare(timings, ACKNOWLEDGED, AS_IT_COMES, Target(0.1))
    yield _compare(timings, ACKNOWLEDGED, ONE_INSERT)
    yield _compare(timings, ANSWERED, ONE_INSERT)


def _compare(
    timings: dict[str, Timing], name: str, peer: str, target: Target | None = None
) -> Figure:
    shown = format_milliseconds(timings[name].seconds)
    ratio = timings[name].compare_with(timings[peer])
    return Figure(f"HTTP, /progress {name}, beside bare {peer}", shown, ratio, target)


async def _measure_requests(url: str, yardstick_url: str) -> dict[str, Timing]:
    async with AsyncExitStack() as opened:
        yardstick = await opened.enter_async_context(open_yardstick(yardstick_url))
        group = await opened.enter_async_context(Group.on(url))
        await group.spring("ada")
        asker = await opened.enter_async_context(open_asker(group))
        as_it_comes = make_bolt_app(None, answers_first=True)
        works: dict[str, Work] = {
            AS_IT_COMES: await opened.enter_async_context(serve_bolt(as_it_comes)),
            ONE_INSERT: await opened.enter_async_context(serve_bolt(make_bolt_app(yardstick))),
            ACKNOWLEDGED: asker.measure_acknowledgement,
            ANSWERED: asker.wait_for_answer,
        }
        return await measure_interleaved(works)


@asynccontextmanager
async def serve_bolt(app: AsyncApp) -> AsyncIterator[Work]:
    """Serve a bare Bolt app on the loopback, and yield the work of asking it once."""

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    served = web.Application()
    served.add_routes([web.post("/", handle)])
    runner = web.AppRunner(served, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with aiohttp.ClientSession() as session:

        async def ask() -> None:
            body, headers = build_slash_command()
            async with session.post(address, data=body, headers=headers) as response:
                assert (response.status, await response.text()) == (200, "Noted.")

        try:
            yield ask
        finally:
            await runner.cleanup()


class Asker:
    """Ada, who asks the whole bot for her progress. The simulated Slack shows her the answer."""

    def __init__(self, group: Group, session: aiohttp.ClientSession) -> None:
        assert isinstance(group.delivery, TimeSignedHttp)
        self._delivery = group.delivery
        self._group = group
        self._session = session
        self._user = group.place.named("ada")
        self._shown = asyncio.Event()

    def note_sight(self, show: Callable[..., None]) -> Callable[..., None]:
        """Return what Slack shows people with, such that we hear of it at once."""

        def show_and_note(*arguments: Any) -> None:
            show(*arguments)
            self._shown.set()

        return show_and_note

    async def wait_for_answer(self) -> None:
        """Ask, and return when the answer has been shown."""
        await self.measure_acknowledgement()

    async def measure_acknowledgement(self) -> float:
        """Ask, wait for the answer, and return the seconds until the request was acknowledged."""
        wire, place = self._group.wire, self._group.place
        payload = slash(wire, place, self._user, self._group.channel, "/study", "progress")
        raw, content = encoded(COMMAND, payload)
        headers = self._delivery.signed(raw, content)
        self._shown.clear()
        started = time.perf_counter()
        async with self._session.post(self._delivery.url, data=raw, headers=headers) as response:
            await response.read()
            acknowledged = time.perf_counter() - started
            assert response.status == 200, response.status
        async with asyncio.timeout(PATIENCE):
            await self._shown.wait()
        assert "The whole plan" in self._user.sights[-1].sees, self._user.sights[-1].sees
        return acknowledged


@asynccontextmanager
async def open_asker(group: Group) -> AsyncIterator[Asker]:
    """Open the one connection that is kept."""
    async with aiohttp.ClientSession() as session:
        asker = Asker(group, session)
        show = asker.note_sight(group.wire.shows)
        with patch.object(group.wire, "shows", show):
            yield asker
