"""Socket Mode: Slack speaks through a connection that we open, so nothing of ours has to be reachable."""

from __future__ import annotations

import asyncio
import logging
from textwrap import shorten

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import word
from adapters.slack.trouble import BROKEN
from bot.platform import CannotConnect

WAITS = (5, 10, 30, 60, 300)  # seconds between two tries to connect while Slack cannot be reached
UNKNOWN_TOKEN = (
    "Slack does not take this SLACK_APP_TOKEN: on the Basic Information page of your app make an app-level token with the "
    "scope connections:write."
)
FOR_GOOD = {
    "invalid_auth": UNKNOWN_TOKEN,
    "not_authed": UNKNOWN_TOKEN,
    "account_inactive": UNKNOWN_TOKEN,
    "token_revoked": UNKNOWN_TOKEN,
    "not_allowed_token_type": UNKNOWN_TOKEN,
    "missing_scope": UNKNOWN_TOKEN,
    "socket_mode_not_enabled": "Socket Mode is switched off in your Slack app: switch it on on its Socket Mode page.",
}

log = logging.getLogger(__name__)


class Brief(logging.Filter):
    """Has the library log a lost connection as one line: it tries again, and where it was in its code helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            record.exc_info = None
        record.msg, record.args = shorten(record.getMessage(), 200, placeholder="…"), ()
        return record.levelno >= logging.WARNING


BRIEF = Brief()


async def hold(app: AsyncApp, app_token: str, base_url: str) -> None:
    """Be connected until cancelled; the library makes a broken connection again. Raises `CannotConnect`."""
    library = logging.getLogger(f"{__name__}.library")
    library.addFilter(BRIEF)
    handler = AsyncSocketModeHandler(app, app_token, library, AsyncWebClient(base_url=base_url, retry_handlers=[]))
    try:
        handler.client.wss_uri = await _address(handler)
        await handler.connect_async()
        log.info("connected to Slack through Socket Mode")
        await asyncio.Event().wait()
    finally:
        await handler.close_async()


async def _address(handler: AsyncSocketModeHandler) -> str:
    """Where to connect; asked here the first time, because the library would ask for ever. Raises `CannotConnect`."""
    tries = 0
    while True:
        try:
            return await handler.client.issue_new_wss_url()
        except BROKEN as lost:
            if isinstance(lost, SlackApiError) and word(lost) in FOR_GOOD:
                raise CannotConnect(FOR_GOOD[word(lost)]) from None
            tries += 1
            wait = WAITS[min(tries, len(WAITS)) - 1]
            log.warning("Slack cannot be reached, I try again in %d seconds: %s", wait, lost)
            await asyncio.sleep(wait)
