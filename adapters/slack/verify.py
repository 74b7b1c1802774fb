"""The public address, as Slack calls it: whatever Slack has not signed is turned away before anybody reads it.

A genuine request that is sent again within five minutes is let in, and changes nothing: the core knows it.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from adapters.slack import pages
from adapters.slack.intake import Intake, refuse_payload
from adapters.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from adapters.slack.payload import InvalidPayloadError, parse_request_body

STAMP = re.compile(r"[0-9]{1,12}")  # seconds since 1970
SSL_CHECK = b"ssl_check=1"  # unsigned, and only to see whether our certificate is good (Slack: Slash commands)
A_MINUTE = 60.0  # seconds

log = logging.getLogger(__name__)


class SignatureFailureLog:
    """Counts the requests that Slack has not signed: one line in the log, and one a minute."""

    def __init__(self) -> None:
        self._count = 0
        self._remote: str | None = None
        self._timer: asyncio.TimerHandle | None = None

    def record_unsigned_request(self, remote: str | None) -> None:
        """Count one that came from an address."""
        self._count, self._remote = self._count + 1, remote
        if self._timer is None:
            self._log_and_start_timer()

    def flush_signature_failures(self) -> None:
        """Tell what was not told yet."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._log_unsigned_count()

    def _log_and_start_timer(self) -> None:
        self._timer = None
        if self._count:
            self._log_unsigned_count()
            self._timer = asyncio.get_running_loop().call_later(A_MINUTE, self._log_and_start_timer)

    def _log_unsigned_count(self) -> None:
        if self._count:
            line = "requests that Slack has not signed were turned away: %d (the last from %s)"
            log.warning(line, self._count, self._remote)
            self._count = 0


class SlackEndpoint:
    """The routes of one app. Before it is open, and after it was closed, Slack is asked to come again."""

    def __init__(self, signing_secret: str) -> None:
        self._verifier = SignatureVerifier(signing_secret)
        self._unsigned = SignatureFailureLog()
        self._intake: Intake | None = None
        self._flow: AsyncOAuthFlow | None = None

    def start_serving(self, intake: Intake, flow: AsyncOAuthFlow | None = None) -> None:
        """Let in what Slack sends and, with a `flow`, those who install the app."""
        self._intake, self._flow = intake, flow

    def stop_serving(self) -> None:
        """Let nobody in any more."""
        self._intake = self._flow = None
        self._unsigned.flush_signature_failures()

    def build_slack_routes(self, *, can_install: bool) -> Sequence[web.RouteDef]:
        """What is answered at the public address; `installs`, the way for workspaces to install the app."""
        routes = [web.post(EVENTS_PATH, self._handle_events_request)]
        if can_install:
            routes += [
                web.get(INSTALL_PATH, self._handle_install_request),
                web.get(REDIRECT_PATH, self._handle_redirect_request),
            ]
        return routes

    async def _handle_events_request(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if SSL_CHECK in raw.split(b"&"):
            return web.Response()
        if not self._has_valid_signature(request, raw):
            self._unsigned.record_unsigned_request(request.remote)
            return web.Response(status=401)
        if self._intake is None:
            return web.Response(status=503)
        try:
            answer = await self._intake.handle_payload(
                parse_request_body(raw, request.content_type)
            )
        except InvalidPayloadError as odd:
            answer = refuse_payload(odd)
        return await to_aiohttp_response(answer)

    def _has_valid_signature(self, request: web.Request, raw: bytes) -> bool:
        """Whether a request bears Slack's signature of the last five minutes (Slack: Verifying requests)."""
        stamp, signature = (
            request.headers.get(f"X-Slack-{name}", "")
            for name in ("Request-Timestamp", "Signature")
        )
        if not STAMP.fullmatch(stamp) or not signature.isascii():
            return False
        try:
            return self._verifier.is_valid(raw, stamp, signature)
        except UnicodeDecodeError:  # Slack signs text
            return False

    async def _handle_install_request(self, request: web.Request) -> web.Response:
        return await self._run_install_step(
            request, lambda flow, asked: flow.handle_installation(asked)
        )

    async def _handle_redirect_request(self, request: web.Request) -> web.Response:
        return await self._run_install_step(
            request, lambda flow, asked: flow.handle_callback(asked)
        )

    async def _run_install_step(
        self,
        request: web.Request,
        answer: Callable[[AsyncOAuthFlow, AsyncBoltRequest], Awaitable[BoltResponse]],
    ) -> web.Response:
        if self._flow is None:
            return await to_aiohttp_response(pages.build_starting_response())
        try:
            answered = await answer(self._flow, await to_bolt_request(request))
        except Exception:
            ticket = secrets.token_hex(3)
            log.exception("ticket %s: an installation failed", ticket)
            answered = pages.build_install_error_response(ticket)
        return await to_aiohttp_response(answered)
