"""The way in for everything that Slack sends: checked, acknowledged in time, handed on to Bolt.

An event is acknowledged after it is done, so that Slack sends a failed one again.
An event that takes too long is acknowledged early, and retried here until it is done.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import cast

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.inflight import InflightTasks
from adapters.slack.cache import ExpiringCache
from adapters.slack.payload import EVENT, InvalidPayloadError, Json, parse_payload

ACKNOWLEDGED_WITHIN = 0.4  # seconds; Slack gives three (Slack: Handling user interaction)
WAITS = (5, 30, 60, 300, 900, 1800, 3600)  # seconds between two tries of an event that is ours
MAX_EVENTS = 1000  # events under way here at a time; beyond, Slack keeps them
# Slack retries at once, after a minute and after five (Slack: Events API, Retries).
TICKET_LIFETIME = 3600.0  # seconds

log = logging.getLogger(__name__)


class Intake:
    """The one door for all that Slack sends, through Socket Mode and over HTTP."""

    def __init__(self, app: AsyncApp, inflight: InflightTasks) -> None:
        self._app = app
        self._inflight = inflight
        self._events: dict[str, asyncio.Task[bool]] = {}
        # Events acknowledged before they were done. Slack will not send them again.
        self._owned: set[str] = set()

    async def handle_payload(self, raw_payload: object) -> BoltResponse:
        """Handle a payload and return the response to Slack: 400 for a malformed one."""
        try:
            payload = parse_payload(raw_payload)
        except InvalidPayloadError as error:
            return refuse_payload(error)
        if payload.get("type") != EVENT:
            return await self._send_to_bolt(payload)
        is_accepted = await self._accept_event(payload)
        return BoltResponse(status=200 if is_accepted else 503)

    async def cancel_retries(self) -> None:
        """Cancel the events that wait for another try, and log their number."""
        tasks = list(self._events.values())
        if self._owned:
            log.warning("%d events were acknowledged and could not be handled", len(self._owned))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept_event(self, payload: Json) -> bool:
        """Return True if Slack need not send the event again."""
        event = str(payload["event_id"])
        if event in self._owned:
            return True
        if event not in self._events:
            if len(self._events) >= MAX_EVENTS:
                return False
            task = asyncio.create_task(self._handle_event_with_retries(event, payload))
            self._events[event] = task
            task.add_done_callback(lambda _: self._drop_event(event))
        # A repeated event joins the task of the first one.
        task = self._events[event]
        await asyncio.wait([task], timeout=ACKNOWLEDGED_WITHIN)
        if task.done():
            return not task.cancelled() and task.result()
        self._owned.add(event)
        return True

    def _drop_event(self, event: str) -> None:
        self._events.pop(event, None)
        self._owned.discard(event)

    async def _handle_event_with_retries(self, event: str, payload: Json) -> bool:
        """Return True once the event is handled. Only an owned event is tried again."""
        if await self._try_event_while_tracked(payload):
            return True
        for wait in WAITS:
            if event not in self._owned:
                return False
            await asyncio.sleep(wait)
            if await self._try_event_while_tracked(payload):
                return True
        log.error("the event %s is given up: it could not be handled", event)
        return False

    async def _try_event_while_tracked(self, payload: Json) -> bool:
        # Tracked while it works, not while it waits: a stop need not wait an hour.
        with self._inflight.track_current_task():
            return await self._handle_event_once(payload)

    async def _handle_event_once(self, payload: Json) -> bool:
        response = await self._send_to_bolt(payload)
        return response.status < 500

    async def _send_to_bolt(self, payload: Json) -> BoltResponse:
        # In this mode Bolt neither verifies nor parses again: both were done here.
        try:
            request = AsyncBoltRequest(mode="socket_mode", body=dict(payload))
            return await self._app.async_dispatch(request)
        except Exception as error:
            # A door: Bolt itself trips over some shapes of payload, with any kind of error.
            return refuse_payload(error)


def refuse_payload(error: Exception) -> BoltResponse:
    """Return the response to an unreadable payload, and log one line that quotes nothing of it."""
    reason = f"it has no known shape ({type(error).__name__})"
    if isinstance(error, InvalidPayloadError):
        reason = str(error)
    log.warning("something that came from Slack was turned away: %s", reason)
    return BoltResponse(status=400)


class ListenerError(Exception):
    """One of our own listeners failed, with its error as the cause. Bolt's own errors differ."""


class ListenerFailures:
    """The responses to failed payloads, and their log: a failed event gets one ticket number."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._tickets: ExpiringCache[str, str] = ExpiringCache(
            time, max_entries=MAX_EVENTS, lifetime=TICKET_LIFETIME
        )

    async def answer_failure(self, error: Exception, body: Json) -> BoltResponse:
        """Return the response to a failure: 503 for an event, which then comes again."""
        if not isinstance(error, ListenerError):
            return refuse_payload(error)
        cause = cast(Exception, error.__cause__)
        event = str(body.get("event_id") or "")
        if event:
            self._log_failed_event(event, cause)
            return BoltResponse(status=503)
        ticket = secrets.token_hex(3)
        log.error("ticket %s: what came from Slack failed", ticket, exc_info=cause)
        return BoltResponse(status=500)

    def _log_failed_event(self, event: str, cause: Exception) -> None:
        ticket = self._tickets[event]
        if ticket is not None:
            # One traceback is enough: a failing event comes back many times.
            log.warning(
                "ticket %s: event %s failed again (%s)", ticket, event, type(cause).__name__
            )
            return
        ticket = self._tickets[event] = secrets.token_hex(3)
        log.error("ticket %s: event %s failed, and is tried again", ticket, event, exc_info=cause)
