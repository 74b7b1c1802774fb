"""Failures of Slack's API, as the outbox needs them: never, later, or perhaps already done.

The codes are Slack's own, from the list of errors on each method's page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from textwrap import shorten

from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError
from slack_sdk.errors import SlackApiError

from adapters.slack.api import (
    DEAD_TOKEN_ERRORS,
    AppNotInstalledError,
    RateLimitError,
    get_error_body,
    get_error_code,
    get_http_status,
)
from bot.chat.errors import MessageGone, SendError, TooOldToEdit

SlackFailure = SlackApiError | AppNotInstalledError | RateLimitError | ClientError | OSError
SLACK_FAILURES = (SlackApiError, AppNotInstalledError, RateLimitError, ClientError, OSError)
"""All that a call can raise. A timeout is an OSError, and slack_sdk does not wrap it."""

RETRY_LATER = timedelta(minutes=10)
LONGEST_REASON = 150  # characters of Slack's words in one line of the log

UNKNOWN_TOKEN = "Slack does not know my token any more"

NO_CHANNEL = "channel_not_found"
NO_SCOPE = "missing_scope"
NO_MESSAGE = "message_not_found"
TOO_OLD = "edit_window_closed"
ALREADY_PINNED = "already_pinned"
STALE_CURSOR = "invalid_cursor"
NO_USER = {"user_not_found", "users_not_found"}
# "Some aspect of the operation may have succeeded" (Slack: chat.postMessage, Errors).
UNCERTAIN_ERRORS = {"fatal_error", "internal_error", "service_unavailable"}
TEMPORARY_ERRORS = {
    STALE_CURSOR,
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
    "team_access_not_granted": "I have no access to that workspace",
    "user_not_found": "there is no such user on Slack any more",
    "users_not_found": "there is no such user on Slack any more",
    "user_disabled": "their account is closed",
    "user_not_visible": "I may not see them",
    "cannot_dm_bot": "bots get no private messages",
    NO_MESSAGE: "the message was deleted",
    "cant_update_message": "the message is not mine, or cannot be changed",
    TOO_OLD: "the workspace lets messages be changed only for a while",
    "messages_tab_disabled": "private messages to me are switched off in the app",
}


@contextmanager
def raise_slack_send_errors(is_lookup: bool = False) -> Iterator[None]:
    """Turn failures of the API inside the block into `SendError`.

    `is_lookup` is explained at `classify_slack_error`.
    """
    try:
        yield
    except SLACK_FAILURES as error:
        raise classify_slack_error(error, is_lookup=is_lookup) from error


def classify_slack_error(error: SlackFailure, *, is_lookup: bool = False) -> SendError:
    """Return a failure in the outbox's terms.

    `is_lookup`: nothing was being posted, so nothing can have got through.
    """
    match error:
        case RateLimitError():
            return SendError("Slack asks me to slow down", after=error.after)
        case AppNotInstalledError():
            return SendError(UNKNOWN_TOKEN, after=RETRY_LATER)
        case SlackApiError():
            return _classify_slack_refusal(error, is_lookup)
        case ClientConnectorError() | ConnectionTimeoutError():
            # There was no connection, so nothing can have been sent.
            return SendError("Slack cannot be reached")
        case TimeoutError():
            return SendError("Slack did not answer in time", perhaps_sent=not is_lookup)
        case _:
            return SendError("the connection to Slack was lost", perhaps_sent=not is_lookup)


def format_missing_scopes(error: SlackApiError) -> str:
    """Return the scopes Slack calls missing, joined for prose.

    Any one of them may be enough.
    """
    needed = get_error_body(error).get("needed")
    if not isinstance(needed, str):
        return "unnamed"
    names = ", ".join(name.strip() for name in needed.split(","))
    return shorten(names, LONGEST_REASON, placeholder="…") or "unnamed"


def _classify_slack_refusal(error: SlackApiError, is_lookup: bool) -> SendError:
    code, status = get_error_code(error), get_http_status(error)
    # Uncertain outcomes come first: taken for a refusal, such a letter would be sent twice.
    if status >= 500 or code in UNCERTAIN_ERRORS:
        return SendError(f"Slack is in trouble ({code or status})", perhaps_sent=not is_lookup)
    if code in DEAD_TOKEN_ERRORS:
        return SendError(UNKNOWN_TOKEN, after=RETRY_LATER)
    if code == NO_SCOPE:
        scopes = format_missing_scopes(error)
        return SendError(f"I lack a scope on Slack ({scopes})", after=RETRY_LATER)
    if code in TEMPORARY_ERRORS:
        return SendError(f"Slack asks me to come again ({code})", after=RETRY_LATER)
    if not code:
        return _classify_answer_without_code(status, is_lookup)
    return _build_final_refusal(error, code)


def _build_final_refusal(error: SlackApiError, code: str) -> SendError:
    if code == NO_MESSAGE:
        return MessageGone(REASONS[code])
    if code == TOO_OLD:
        return TooOldToEdit(REASONS[code])
    reason = REASONS.get(code) or f"Slack refused it ({_format_slack_error(error)})"
    return SendError(reason, permanent=True)


def _classify_answer_without_code(status: int, is_lookup: bool) -> SendError:
    """Return the error for an answer without one of Slack's codes.

    It comes from a gateway in front of Slack, for instance one that blocks our address.
    """
    if 200 <= status < 400:
        return SendError("the answer was not Slack's", perhaps_sent=not is_lookup)
    return SendError(f"Slack is closed to me ({status})", after=RETRY_LATER)


def _format_slack_error(error: SlackApiError) -> str:
    """Return Slack's code and its remarks, for instance about a bad block."""
    parts = [get_error_code(error), *_list_error_remarks(error)]
    return shorten(": ".join(parts), LONGEST_REASON, placeholder="…")


def _list_error_remarks(error: SlackApiError) -> list[str]:
    messages = _get_response_metadata(error).get("messages")
    if not isinstance(messages, list):
        return []
    return [str(message) for message in messages]


def _get_response_metadata(error: SlackApiError) -> dict[str, object]:
    metadata = get_error_body(error).get("response_metadata")
    return metadata if isinstance(metadata, dict) else {}
