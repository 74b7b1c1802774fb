"""Asking Slack until it answers, for what nothing can go on without."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from slack_sdk.errors import SlackApiError

from adapters.slack.api import get_error_code
from adapters.slack.trouble import BROKEN
from bot.chat.errors import CannotConnect

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
