"""Socket Mode: Slack speaks through a connection that we open, so nothing of ours has to be reachable."""

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
from adapters.slack.errors import BROKEN
from adapters.slack.intake import Intake
from bot.chat.errors import CannotConnect

UNKNOWN_TOKEN = (
    "Slack does not take this SLACK_APP_TOKEN: on the Basic Information page of your app make an app-level token with the "
    "scope connections:write."
)
FOR_GOOD = {
    **dict.fromkeys(
        ("invalid_auth", "not_authed", "account_inactive", "token_revoked"), UNKNOWN_TOKEN
    ),
    **dict.fromkeys(("not_allowed_token_type", "missing_scope"), UNKNOWN_TOKEN),
    "socket_mode_not_enabled": "Socket Mode is switched off in your Slack app: switch it on on its Socket Mode page.",
}

log = logging.getLogger(__name__)


class SlackLogFilter(logging.Filter):
    """Has the library log a lost connection as one line: it tries again, and where it was in its code helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = shorten(record.getMessage(), 200, placeholder="…"), ()
        record.exc_info = None
        return record.levelno >= logging.WARNING


BRIEF = SlackLogFilter()


async def run_socket_mode(intake: Intake, app_token: str, base_url: str) -> None:
    """Be connected until cancelled; the library makes a broken connection again. Raises `CannotConnect`."""
    library = logging.getLogger(f"{__name__}.library")
    library.addFilter(BRIEF)
    client = SocketModeClient(
        app_token, library, AsyncWebClient(base_url=base_url, retry_handlers=[])
    )

    async def hear(client: AsyncBaseSocketModeClient, asked: SocketModeRequest) -> None:
        # What is not acknowledged is sent again by Slack.
        answer = await intake.handle_payload(asked.payload)
        await send_async_response(
            client, asked, answer, start_time=0.0
        )  # only for a log of its own

    client.socket_mode_request_listeners.append(hear)
    try:
        # The first address is asked for here, because the library would ask for ever.
        client.wss_uri = await retry_until_answered(client.issue_new_wss_url, FOR_GOOD)
        await client.connect()  # type: ignore[no-untyped-call]
        log.info("connected to Slack through Socket Mode")
        await asyncio.Event().wait()
    finally:
        await client.close()  # type: ignore[no-untyped-call]


WAITS = (5, 10, 30, 60, 300)  # seconds between two tries

NOTHING: Mapping[str, str] = MappingProxyType({})

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)


async def retry_until_answered(
    ask: Callable[[], Awaitable[Answer]], permanent_errors: Mapping[str, str] = NOTHING
) -> Answer:
    """What Slack answers at last. Raises `CannotConnect` with the sentence for one of Slack's words that no waiting mends."""
    tries = 0
    while True:
        try:
            return await ask()
        except BROKEN as lost:
            if isinstance(lost, SlackApiError) and get_error_code(lost) in permanent_errors:
                raise CannotConnect(permanent_errors[get_error_code(lost)]) from None
            tries += 1
            wait = WAITS[min(tries, len(WAITS)) - 1]
            log.warning("Slack cannot be reached, I try again in %d seconds: %s", wait, lost)
        await asyncio.sleep(wait)
