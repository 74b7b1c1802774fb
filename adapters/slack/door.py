"""The public address, as Slack calls it: whatever Slack has not signed is turned away before anybody reads it.

A genuine request that is sent again within five minutes is let in, and changes nothing: the core knows it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from adapters.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH

STAMP = re.compile(r"[0-9]{1,12}")  # seconds since 1970
SSL_CHECK = b"ssl_check=1"  # unsigned, and only to see whether our certificate is good (Slack: Slash commands)
UNREADABLE = (
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)  # Bolt, of what is no payload

log = logging.getLogger(__name__)


class Door:
    """The routes of one app. Before `app` is there, and after it has gone, Slack is asked to come again."""

    def __init__(self, signing_secret: str) -> None:
        self._verifier = SignatureVerifier(signing_secret)
        self.app: AsyncApp | None = None

    def routes(self, *, installs: bool) -> Sequence[web.RouteDef]:
        """What is answered at the public address; `installs`, the way for workspaces to install the app."""
        routes = [web.post(EVENTS_PATH, self._events)]
        if installs:
            routes += [web.get(INSTALL_PATH, self._install), web.get(REDIRECT_PATH, self._redirect)]
        return routes

    async def _events(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if SSL_CHECK in raw.split(b"&"):
            return web.Response()
        if not self._signed(request, raw):
            log.warning("a request that Slack has not signed was turned away (from %s)", request.remote)
            return web.Response(status=401)
        if self.app is None:
            return web.Response(status=503)
        try:
            asked = AsyncBoltRequest(body=raw.decode(), headers=dict(request.headers))
            answer = await self.app.async_dispatch(asked)
        except UNREADABLE as odd:
            log.warning("something that came from Slack could not be read", exc_info=odd)
            return web.Response(status=400)
        return await to_aiohttp_response(answer)

    def _signed(self, request: web.Request, raw: bytes) -> bool:
        """Whether a request bears Slack's signature of the last five minutes (Slack: Verifying requests)."""
        stamp, signature = (request.headers.get(f"X-Slack-{name}", "") for name in ("Request-Timestamp", "Signature"))
        if not STAMP.fullmatch(stamp) or not signature.isascii():
            return False
        try:
            return self._verifier.is_valid(raw, stamp, signature)
        except UnicodeDecodeError:  # Slack signs text
            return False

    async def _install(self, request: web.Request) -> web.Response:
        return await self._asked(request, lambda flow, asked: flow.handle_installation(asked))

    async def _redirect(self, request: web.Request) -> web.Response:
        return await self._asked(request, lambda flow, asked: flow.handle_callback(asked))

    async def _asked(
        self, request: web.Request, answer: Callable[[AsyncOAuthFlow, AsyncBoltRequest], Awaitable[BoltResponse]]
    ) -> web.Response:
        flow = self.app.oauth_flow if self.app else None
        if flow is None:
            return web.Response(status=503)
        return await to_aiohttp_response(await answer(flow, await to_bolt_request(request)))
