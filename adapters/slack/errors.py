"""What goes wrong when Slack's API is called, told as news for the outbox: never, later, or perhaps already done.

Words are those of Slack: the errors of each method's page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from textwrap import shorten

from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError
from slack_sdk.errors import SlackApiError

from adapters.slack.api import (
    DEAD,
    AppNotInstalledError,
    RateLimitError,
    get_error_body,
    get_error_code,
    get_http_status,
)
from bot.chat.errors import SendError

Broken = SlackApiError | AppNotInstalledError | RateLimitError | ClientError | OSError
BROKEN = (SlackApiError, AppNotInstalledError, RateLimitError, ClientError, OSError)

A_WHILE = timedelta(minutes=10)

UNKNOWN_TOKEN = "Slack does not know my token any more"

NO_CHANNEL = "channel_not_found"
NO_SCOPE = "missing_scope"
STALE = "invalid_cursor"
NO_USER = {"user_not_found", "users_not_found"}
PERHAPS = {
    "fatal_error",
    "internal_error",
    "service_unavailable",
}  # it may have been done (Slack: chat.postMessage)
LATER = {
    STALE,
    "team_added_to_org",
    "request_timeout",
    "message_limit_exceeded",
    "too_many_requests",
}

REASONS = {
    NO_CHANNEL: "the channel is gone, or closed to me",
    "is_archived": "the channel is archived",
    "not_in_channel": "I am not in the channel",
    "restricted_action": "the workspace does not let me post there",
    "restricted_action_read_only_channel": "the channel is read-only",
    "restricted_action_thread_only_channel": "only answers can be posted in the channel",
    "team_access_not_granted": "I am not let into that workspace",
    "user_not_found": "there is no such user on Slack any more",
    "users_not_found": "there is no such user on Slack any more",
    "user_disabled": "their account is closed",
    "user_not_visible": "I may not see them",
    "cannot_dm_bot": "bots get no private messages",
    "messages_tab_disabled": "private messages to me are switched off in the app",
}


@contextmanager
def raise_slack_send_errors(is_lookup: bool = False) -> Iterator[None]:
    """Around calls of the API: what they raise becomes `SendError`; see `classify` for `looking`."""
    try:
        yield
    except BROKEN as broken:
        raise classify_slack_error(broken, is_lookup=is_lookup) from broken


def classify_slack_error(error: Broken, *, is_lookup: bool = False) -> SendError:
    """What an error means for a letter. `looking`: nothing was being posted, so nothing can have got through."""
    match error:
        case RateLimitError():
            return SendError("Slack asks me to slow down", after=error.after)
        case AppNotInstalledError():
            return SendError(UNKNOWN_TOKEN, after=A_WHILE)
        case SlackApiError():
            return _classify_slack_refusal(error, is_lookup)
        case ClientConnectorError() | ConnectionTimeoutError():
            return SendError("Slack cannot be reached")  # no connection, so nothing was said
        case TimeoutError():
            return SendError("Slack did not answer in time", perhaps_sent=not is_lookup)
        case _:
            return SendError("the connection to Slack was lost", perhaps_sent=not is_lookup)


def format_missing_scopes(error: SlackApiError) -> str:
    """The scopes that Slack says are missing, for prose: any one of them may be enough."""
    needed = get_error_body(error).get("needed")
    names = needed.split(",") if isinstance(needed, str) else []
    return shorten(", ".join(name.strip() for name in names), 150, placeholder="…") or "unnamed"


def _classify_slack_refusal(error: SlackApiError, looking: bool) -> SendError:
    found, http = get_error_code(error), get_http_status(error)
    if http >= 500 or found in PERHAPS:
        return SendError(f"Slack is in trouble ({found or http})", perhaps_sent=not looking)
    if found in DEAD:
        return SendError(UNKNOWN_TOKEN, after=A_WHILE)
    if found == NO_SCOPE:
        return SendError(f"I lack a scope on Slack ({format_missing_scopes(error)})", after=A_WHILE)
    if found in LATER:
        return SendError(f"Slack asks me to come again ({found})", after=A_WHILE)
    if not found:
        return _classify_wordless_answer(http, looking)
    return SendError(
        REASONS.get(found) or f"Slack refused it ({_format_slack_error(error)})", permanent=True
    )


def _classify_wordless_answer(http: int, looking: bool) -> SendError:
    """An answer without a word of Slack's: from a gate before it, such as one that has had enough of our address."""
    if 200 <= http < 400:
        return SendError("the answer was not Slack's", perhaps_sent=not looking)
    return SendError(f"Slack is closed to me ({http})", after=A_WHILE)


def _format_slack_error(error: SlackApiError) -> str:
    """Slack's word and what it adds, such as which block it does not like."""
    more = get_error_body(error).get("response_metadata")
    notes = more.get("messages") if isinstance(more, dict) else None
    lines = (
        [get_error_code(error), *(str(one) for one in notes or ())]
        if isinstance(notes, list)
        else [get_error_code(error)]
    )
    return shorten(": ".join(lines), 150, placeholder="…")
