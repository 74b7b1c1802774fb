"""Errors from Discord's API, for the outbox: never, later, or perhaps already done.

Codes: Discord, Opcodes and Status Codes, JSON.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from textwrap import shorten

import discord
from aiohttp import ClientConnectorError, ClientError

from bot.chat.errors import MessageGone, SendError, TooOldToEdit

Broken = discord.HTTPException | discord.RateLimited | ClientError | OSError
BROKEN = (discord.HTTPException, discord.RateLimited, ClientError, OSError)

A_MINUTE = timedelta(minutes=1)
A_WHILE = timedelta(minutes=10)
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)

# "Unknown message". For a nonce it means: posted, then deleted (Discord: Create Message).
DELETED = 10008
NO_MEMBER, NO_USER = 10007, 10013
NO_ROLE = 10011
TOO_MANY_ROLES = 30005
NO_RIGHT = 50013
NO_EVENT = 10070
HAS_THREAD = 160004
TOO_MANY_PRIVATE = 40003
TOO_MANY_EDITS = 30046  # of messages older than an hour
SPECIAL_CODES = {DELETED, TOO_MANY_PRIVATE, TOO_MANY_EDITS}

REASONS = {
    10003: "the channel is gone",
    10004: "I am no longer in that server",
    DELETED: "the message was deleted",
    NO_MEMBER: "they have left the server",
    NO_USER: "there is no such user on Discord any more",
    50001: "I may not see the channel",
    50007: "their private messages are closed",
    NO_RIGHT: "I lack a right there",
    50083: "the thread is archived",
    50278: "I share no server with them any more",
    160005: "the thread is locked",
}


@contextmanager
def convert_discord_errors(client: discord.Client, *, is_read_only: bool = False) -> Iterator[None]:
    """Convert errors from API calls into `SendError`.

    `is_read_only`: see `classify_discord_error`.
    """
    with unblock_requests_on_cancel(client):
        try:
            yield
        except BROKEN as broken:
            raise classify_discord_error(broken, is_read_only=is_read_only) from broken


@contextmanager
def unblock_requests_on_cancel(client: discord.Client) -> Iterator[None]:
    """Let other requests go on after a cancelled one.

    During a global rate limit, discord.py 2.7 holds all requests behind the sleeping one.
    If our time limit cancels that one, nothing would ever wake the others.
    """
    try:
        yield
    except asyncio.CancelledError:
        limit_is_over = getattr(client.http, "_global_over", None)
        if isinstance(limit_is_over, asyncio.Event):
            limit_is_over.set()
        raise


def classify_discord_error(error: Broken, *, is_read_only: bool = False) -> SendError:
    """Return an error's meaning for a letter.

    `is_read_only`: nothing was being posted, so nothing can have got through.
    """
    match error:
        case discord.RateLimited():
            return SendError(
                "Discord asks me to slow down", after=_limit_retry_after(error.retry_after)
            )
        case discord.DiscordServerError():
            return SendError(
                f"Discord is in trouble ({error.status})", perhaps_sent=not is_read_only
            )
        case discord.HTTPException():
            return _classify_http_error(error)
        case ClientConnectorError():
            # There was no connection, so nothing was posted.
            return SendError("Discord cannot be reached")
        case TimeoutError():
            return SendError("Discord did not answer in time", perhaps_sent=not is_read_only)
        case _:
            return SendError("the connection to Discord was lost", perhaps_sent=not is_read_only)


def _classify_http_error(error: discord.HTTPException) -> SendError:
    # First, because too many edits come with the status of a rate limit.
    if error.code in SPECIAL_CODES:
        return _build_special_error(error.code)
    if error.status == 429:
        return SendError(
            "Discord asks me to slow down",
            after=_limit_retry_after(error.response.headers.get("Retry-After")),
        )
    if error.status == 401:
        return SendError("Discord does not know my token any more", after=A_WHILE)
    if not error.code:
        # Not from Discord's API but from a proxy before it, which may block our address for a
        # while. It says nothing about this letter.
        return SendError(f"Discord is closed to me ({error.status})", after=A_WHILE)
    reason = REASONS.get(error.code) or shorten(
        f"Discord refused it ({error.code}): {error.text}", 150, placeholder="…"
    )
    return SendError(reason, permanent=True)


def _build_special_error(code: int) -> SendError:
    """Return the error for one of `SPECIAL_CODES`."""
    if code == TOO_MANY_PRIVATE:
        return SendError("I have opened too many private chats at once", after=A_WHILE)
    if code == TOO_MANY_EDITS:
        return TooOldToEdit("I have changed too many old messages at once", after=AN_HOUR)
    return MessageGone(REASONS[DELETED])


def _limit_retry_after(seconds: str | float | None) -> timedelta:
    try:
        wait = timedelta(seconds=float(seconds or 0))
    except (ValueError, OverflowError):
        return A_MINUTE
    return min(wait, A_DAY) if wait > timedelta() else A_MINUTE
