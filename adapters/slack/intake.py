"""The way in for whatever Slack sends: read, acknowledged in time, and handed on to Bolt.

An event is acknowledged once it is done. One that fails is sent again by Slack.
One that takes longer than Slack's patience is acknowledged, and tried here until it is done.
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
KEPT = 1000  # events that are under way here at a time; Slack keeps the others
TICKETED = 3600.0  # seconds; Slack's last try comes within six minutes

log = logging.getLogger(__name__)


class Intake:
    """Everything that Slack sends comes through here, whichever way it came."""

    def __init__(self, app: AsyncApp, hearing: InflightTasks) -> None:
        self._app = app
        self._hearing = hearing
        self._events: dict[str, asyncio.Task[bool]] = {}
        self._ours: set[str] = set()  # events that were acknowledged before they were done

    async def handle_payload(self, raw_payload: object) -> BoltResponse:
        """Return what a payload is answered with; 400 to what is none."""
        try:
            payload = parse_payload(raw_payload)
        except InvalidPayloadError as odd:
            return refuse_payload(odd)
        if payload.get("type") == EVENT:
            return BoltResponse(status=200 if await self._accept_event(payload) else 503)
        return await self._send_to_bolt(payload)

    async def cancel_retries(self) -> None:
        """Let go of the events that wait for another try."""
        waiting = list(self._events.values())
        if self._ours:
            log.warning("%d events were acknowledged and could not be handled", len(self._ours))
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _accept_event(self, payload: Json) -> bool:
        """Whether Slack need not send an event again."""
        event = str(payload["event_id"])
        if event in self._ours:
            return True
        if event not in self._events:
            if len(self._events) >= KEPT:
                return False
            task = asyncio.create_task(self._handle_event_with_retries(event, payload))
            self._events[event] = task
            task.add_done_callback(lambda done: self._drop_event(event))
        task = self._events[event]
        await asyncio.wait([task], timeout=ACKNOWLEDGED_WITHIN)
        if task.done():
            return not task.cancelled() and task.result()
        self._ours.add(event)
        return True

    def _drop_event(self, event: str) -> None:
        self._events.pop(event, None)
        self._ours.discard(event)

    async def _handle_event_with_retries(self, event: str, payload: Json) -> bool:
        """Have an event handled, and say whether it was; one that is ours is tried again."""
        with self._hearing.track_current_task():
            if await self._handle_event_once(payload):
                return True
        for wait in WAITS:
            if event not in self._ours:
                return False
            await asyncio.sleep(wait)
            with self._hearing.track_current_task():
                if await self._handle_event_once(payload):
                    return True
        log.error("the event %s is given up: it could not be handled", event)
        return False

    async def _handle_event_once(self, payload: Json) -> bool:
        return (await self._send_to_bolt(payload)).status < 500

    async def _send_to_bolt(self, payload: Json) -> BoltResponse:
        # Bolt is told the mode in which it neither verifies nor parses again what was read here.
        try:
            asked = AsyncBoltRequest(mode="socket_mode", body=dict(payload))
            return await self._app.async_dispatch(asked)
        except Exception as odd:  # Bolt's own, of a shape that it does not expect
            return refuse_payload(odd)


def refuse_payload(error: Exception) -> BoltResponse:
    """Turn away what cannot be read, with one line in the log that quotes nothing of it."""
    reason = (
        error
        if isinstance(error, InvalidPayloadError)
        else f"it is of no known shape ({type(error).__name__})"
    )
    log.warning("something that came from Slack was turned away: %s", reason)
    return BoltResponse(status=400)


class ListenerError(Exception):
    """One of our own listeners failed; the cause says how. What Bolt raises itself is no failure of ours."""


class ListenerFailures:
    """What Slack is told when something of its could not be handled, and the log: a ticket once."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._tickets: ExpiringCache[str, str] = ExpiringCache(
            time, max_entries=KEPT, lifetime=TICKETED
        )

    async def answer_failure(self, error: Exception, body: Json) -> BoltResponse:
        """Answer for Bolt: 503 to an event that failed, which then comes again."""
        if not isinstance(error, ListenerError):
            return refuse_payload(error)
        error = cast(Exception, error.__cause__)
        about = str(body.get("event_id") or "")
        if about and (ticket := self._tickets[about]) is not None:
            log.warning(
                "ticket %s: event %s failed again (%s)", ticket, about, type(error).__name__
            )
            return BoltResponse(status=503)
        ticket = secrets.token_hex(3)
        if about:
            self._tickets[about] = ticket
            log.error(
                "ticket %s: event %s failed, and is tried again", ticket, about, exc_info=error
            )
            return BoltResponse(status=503)
        log.error("ticket %s: what came from Slack failed", ticket, exc_info=error)
        return BoltResponse(status=500)
