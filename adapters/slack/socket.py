"""Socket Mode: Slack sends through a connection that we open, so nothing of ours is reachable."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from textwrap import shorten
from types import MappingProxyType
from typing import TypeVar

from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import get_error_code
from adapters.slack.errors import SLACK_FAILURES
from adapters.slack.intake import Intake
from bot.chat.errors import CannotConnect

UNKNOWN_TOKEN = (
    "Slack does not accept this SLACK_APP_TOKEN: on the Basic Information page of your app make an "
    "app-level token with the scope connections:write."
)
# The sentences for errors that no waiting mends.
FOR_GOOD = {
    "invalid_auth": UNKNOWN_TOKEN,
    "not_authed": UNKNOWN_TOKEN,
    "account_inactive": UNKNOWN_TOKEN,
    "token_revoked": UNKNOWN_TOKEN,
    "not_allowed_token_type": UNKNOWN_TOKEN,
    "missing_scope": UNKNOWN_TOKEN,
    "socket_mode_not_enabled": (
        "Socket Mode is switched off in your Slack app: switch it on on its Socket Mode page."
    ),
}
WAITS = (5, 10, 30, 60, 300)  # seconds between two tries
NO_SENTENCES: Mapping[str, str] = MappingProxyType({})

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)


class SlackLogFilter(logging.Filter):
    """Makes the library log a lost connection in one line.

    The library connects again by itself, so a traceback helps nobody.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = shorten(record.getMessage(), 200, placeholder="…"), ()
        record.exc_info = None
        return record.levelno >= logging.WARNING


# One object, so that adding it to the logger again changes nothing.
LOG_FILTER = SlackLogFilter()


async def run_socket_mode(intake: Intake, app_token: str, base_url: str) -> None:
    """Stay connected until cancelled; the library restores a broken connection.

    Raises `CannotConnect`.
    """
    library = logging.getLogger(f"{__name__}.library")
    library.addFilter(LOG_FILTER)
    web_client = AsyncWebClient(base_url=base_url, retry_handlers=[])
    client = SocketModeClient(app_token, library, web_client)

    async def handle_envelope(
        client: AsyncBaseSocketModeClient, request: SocketModeRequest
    ) -> None:
        # Slack sends again what is not acknowledged.
        response = await intake.handle_payload(request.payload)
        # Bolt wants the start time only for a line in its own log.
        await send_async_response(client, request, response, start_time=0.0)

    client.socket_mode_request_listeners.append(handle_envelope)
    try:
        # The first address is asked for here, because the library would ask for ever.
        client.wss_uri = await retry_until_answered(client.issue_new_wss_url, FOR_GOOD)
        await client.connect()  # type: ignore[no-untyped-call]
        log.info("connected to Slack through Socket Mode")
        await asyncio.Event().wait()
    finally:
        await client.close()  # type: ignore[no-untyped-call]


async def retry_until_answered(
    ask: Callable[[], Awaitable[Answer]], permanent_errors: Mapping[str, str] = NO_SENTENCES
) -> Answer:
    """Ask Slack until it answers, and return the answer.

    Raises `CannotConnect` for a code in `permanent_errors`, with its sentence.
    """
    tries = 0
    while True:
        try:
            return await ask()
        except SLACK_FAILURES as error:
            code = get_error_code(error) if isinstance(error, SlackApiError) else ""
            if code in permanent_errors:
                raise CannotConnect(permanent_errors[code]) from None
            tries += 1
            wait = WAITS[min(tries, len(WAITS)) - 1]
            log.warning("Slack cannot be reached, I try again in %d seconds: %s", wait, error)
        await asyncio.sleep(wait)
