"""The public address: a request without Slack's signature is refused before anybody reads it.

A genuine request repeated within five minutes is let in and changes nothing: the core knows it.
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

TIMESTAMP = re.compile(r"[0-9]{1,12}")  # seconds since 1970
# Slack tests our certificate with this unsigned request (Slack: Slash commands).
SSL_CHECK = b"ssl_check=1"
A_MINUTE = 60.0  # seconds

log = logging.getLogger(__name__)


class SignatureFailureLog:
    """Counts requests without Slack's signature, and logs at most one line a minute.

    Anybody can send such requests: a line for each would let them fill the disk.
    """

    def __init__(self) -> None:
        self._count = 0
        self._remote: str | None = None
        self._timer: asyncio.TimerHandle | None = None

    def record_unsigned_request(self, remote: str | None) -> None:
        """Count a request from an address."""
        self._count += 1
        self._remote = remote
        if self._timer is None:
            self._log_and_start_timer()

    def flush_signature_failures(self) -> None:
        """Log the requests that were not logged yet."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._log_unsigned_count()

    def _log_and_start_timer(self) -> None:
        self._timer = None
        # After a quiet minute the timer stops, and the next request is logged at once.
        if self._count:
            self._log_unsigned_count()
            self._timer = asyncio.get_running_loop().call_later(A_MINUTE, self._log_and_start_timer)

    def _log_unsigned_count(self) -> None:
        if self._count:
            template = "requests that Slack has not signed were turned away: %d (the last from %s)"
            log.warning(template, self._count, self._remote)
            self._count = 0


class SlackEndpoint:
    """The routes of one app.

    Before it is open and after it is closed, it asks Slack to come again.
    """

    def __init__(self, signing_secret: str) -> None:
        self._verifier = SignatureVerifier(signing_secret)
        self._unsigned = SignatureFailureLog()
        self._intake: Intake | None = None
        self._install_flow: AsyncOAuthFlow | None = None

    def start_serving(self, intake: Intake, install_flow: AsyncOAuthFlow | None = None) -> None:
        """Let in Slack's requests and, with an `install_flow`, people who install the app."""
        self._intake = intake
        self._install_flow = install_flow

    def stop_serving(self) -> None:
        """Let nobody in any more."""
        self._intake = self._install_flow = None
        self._unsigned.flush_signature_failures()

    def build_slack_routes(self, *, can_install: bool) -> Sequence[web.RouteDef]:
        """Return the routes for the public address.

        `can_install` adds those with which workspaces install the app.
        """
        routes = [web.post(EVENTS_PATH, self._handle_events_request)]
        if can_install:
            routes += [
                web.get(INSTALL_PATH, self._handle_install_request),
                web.get(REDIRECT_PATH, self._handle_redirect_request),
            ]
        return routes

    async def _handle_events_request(self, request: web.Request) -> web.Response:
        raw_body = await request.read()
        if SSL_CHECK in raw_body.split(b"&"):
            return web.Response()
        # Bolt parses before it verifies, so the signature is checked here, over the raw bytes.
        if not self._has_valid_signature(request, raw_body):
            self._unsigned.record_unsigned_request(request.remote)
            return web.Response(status=401)
        if self._intake is None:
            return web.Response(status=503)
        try:
            payload = parse_request_body(raw_body, request.content_type)
        except InvalidPayloadError as error:
            return await to_aiohttp_response(refuse_payload(error))
        return await to_aiohttp_response(await self._intake.handle_payload(payload))

    def _has_valid_signature(self, request: web.Request, raw_body: bytes) -> bool:
        """Return True for Slack's signature, five minutes old at most.

        The rules are those of Slack: Verifying requests.
        """
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        # The library raises for a timestamp that is no number, and for other letters.
        if not TIMESTAMP.fullmatch(timestamp) or not signature.isascii():
            return False
        try:
            return self._verifier.is_valid(raw_body, timestamp, signature)
        except UnicodeDecodeError:
            # Slack signs text, so bytes that are none are not Slack's.
            return False

    async def _handle_install_request(self, request: web.Request) -> web.Response:
        return await self._run_install_step(
            request, lambda flow, bolt_request: flow.handle_installation(bolt_request)
        )

    async def _handle_redirect_request(self, request: web.Request) -> web.Response:
        return await self._run_install_step(
            request, lambda flow, bolt_request: flow.handle_callback(bolt_request)
        )

    async def _run_install_step(
        self,
        request: web.Request,
        step: Callable[[AsyncOAuthFlow, AsyncBoltRequest], Awaitable[BoltResponse]],
    ) -> web.Response:
        if self._install_flow is None:
            return await to_aiohttp_response(pages.build_starting_response())
        bolt_response = await _answer_install_step(self._install_flow, request, step)
        return await to_aiohttp_response(bolt_response)


async def _answer_install_step(
    flow: AsyncOAuthFlow,
    request: web.Request,
    step: Callable[[AsyncOAuthFlow, AsyncBoltRequest], Awaitable[BoltResponse]],
) -> BoltResponse:
    try:
        return await step(flow, await to_bolt_request(request))
    except Exception:
        # A door: a person in a browser gets a page with a number, whatever went wrong.
        ticket = secrets.token_hex(3)
        log.exception("ticket %s: an installation failed", ticket)
        return pages.build_install_error_response(ticket)
