"""Letters to Slack: posted once, with their key in the metadata, and found again by it.

Slack knows no way to refuse the same letter twice, so one whose outcome is unknown must be looked for in the channel's
history, at the pace Slack gives: one look a minute in a workspace.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from aiohttp import ClientPayloadError
from slack_sdk.errors import SlackApiError

from adapters.slack.api import INSTANT, BotToken, SlackApi, Workspace, get_error_code
from adapters.slack.cache import ExpiringCache
from adapters.slack.errors import (
    BROKEN,
    NO_CHANNEL,
    NO_SCOPE,
    NO_USER,
    STALE,
    classify_slack_error,
    raise_slack_send_errors,
)
from adapters.slack.render import render_blocks, render_fallback_text
from bot.chat.address import Place
from bot.chat.errors import CannotReadHistory, SendError
from bot.chat.message import Message

EVENT = "syllabot_letter"
SKEW = timedelta(minutes=1)  # between our clock and Slack's
PAGE = 200  # messages; Slack gives fifteen to an app it limits (Slack: conversations.history, Rate limits)
PAGES = 20  # looks at one letter's channel, and so minutes; beyond, it cannot be found
LOOK_EVERY = 60.0  # seconds, for a workspace; see PAGE
POST_EVERY = 1.0  # seconds, for a channel (Slack: chat.postMessage, Rate limiting)

Sleep = Callable[[float], Awaitable[object]]


class PostRateLimiter:
    """One post in `every` seconds for each channel; who comes earlier waits."""

    def __init__(self, api: SlackApi, every: float, sleep: Sleep) -> None:
        self._time = api.time
        self._every = every
        self._sleep = sleep
        self._next: ExpiringCache[tuple[Workspace, str], float] = ExpiringCache(api.time)

    async def claim_post_turn(self, workspace: Workspace, channel: str) -> None:
        """Wait for the channel's next turn, and take it."""
        now = self._time()
        turn = max(now, self._next[workspace, channel] or -math.inf)
        self._next[workspace, channel] = turn + self._every
        if turn > now:
            await self._sleep(turn - now)


class HistoryRateLimiter:
    """Looks into a workspace's history, one in `LOOK_EVERY` seconds, in the order in which they were asked for."""

    def __init__(self, api: SlackApi) -> None:
        self._time = api.time
        self._given: ExpiringCache[tuple[Workspace, Place, str], float] = ExpiringCache(
            api.time, lifetime=24 * 3600.0
        )
        self._last: ExpiringCache[Workspace, float] = ExpiringCache(api.time)
        self._taken: ExpiringCache[Workspace, float] = ExpiringCache(api.time)

    def claim_history_turn(self, workspace: Workspace, place: Place, key: str) -> None:
        """Take the turn of a letter. Raises `SendError` with the time until then where it has not come."""
        asked, now = (workspace, place, key), self._time()
        soonest = (self._taken[workspace] or -math.inf) + LOOK_EVERY
        turn = self._given[asked]
        if turn is None or turn <= now < soonest:
            turn = max(now, soonest, (self._last[workspace] or -math.inf) + LOOK_EVERY)
            self._given[asked] = self._last[workspace] = turn
        if turn - now > INSTANT:
            raise SendError("Slack lets me look once a minute", after=timedelta(seconds=turn - now))
        del self._given[asked]
        self._taken[workspace] = now


class HistoryCursor(NamedTuple):
    """How far looking for a letter has come: after so many pages, the next one begins at `cursor`."""

    cursor: str = ""
    page_count: int = 0


class SlackLetters:
    """Sends letters and finds them. `post_every`: seconds between two posts to one channel, for which it sleeps."""

    def __init__(
        self, api: SlackApi, *, post_every: float = POST_EVERY, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._api = api
        self._private: ExpiringCache[tuple[Workspace, str], str] = ExpiringCache(
            api.time
        )  # channels by the user's id
        self._pace = PostRateLimiter(api, post_every, sleep)
        self._turns = HistoryRateLimiter(api)
        self._looks: ExpiringCache[tuple[Workspace, Place, str], HistoryCursor] = ExpiringCache(
            api.time
        )

    async def send_slack_letter(
        self, place: Place, message: Message, key: str, command: str
    ) -> str:
        """Post a message under its key and return its channel and `ts`, joined by a colon. Raises `SendError`."""
        workspace = Workspace.from_place(place)
        opened = self._private[workspace, place.native] is not None
        with raise_slack_send_errors(is_lookup=True):
            channel = await self._open_place_channel(place)
        await self._pace.claim_post_turn(workspace, channel)
        with raise_slack_send_errors():
            try:
                answer = await self._api.call_method(
                    workspace,
                    "chat.postMessage",
                    channel=channel,
                    text=render_fallback_text(message, command),
                    blocks=render_blocks(message, command),
                    metadata={"event_type": EVENT, "event_payload": {"key": key}},
                    link_names=False,
                    parse="none",
                    unfurl_links=False,  # a week may have ten links: their previews would bury it
                    unfurl_media=False,
                )
            except SlackApiError as refused:
                if opened and get_error_code(refused) == NO_CHANNEL:
                    del self._private[workspace, place.native]
                    raise SendError("the private channel is gone, and I open another") from refused
                raise
        return f"{answer.get('channel') or channel}:{answer.get('ts', '')}"

    async def send_to_one_person(
        self, place: Place, user: str, message: Message, command: str, thread: str = ""
    ) -> None:
        """Show a message to one person alone: in private or, in a channel, as what nobody else sees. Raises `SendError`."""
        workspace = Workspace.from_place(place)
        method, whom = (
            ("chat.postMessage", None) if place.is_private else ("chat.postEphemeral", user)
        )
        with raise_slack_send_errors(is_lookup=True):
            channel = await self._open_place_channel(place)
        with raise_slack_send_errors():
            try:
                await self._api.call_method(
                    workspace,
                    method,
                    channel=channel,
                    user=whom,
                    text=render_fallback_text(message, command),
                    blocks=render_blocks(message, command),
                    thread_ts=thread or None,
                    link_names=False,
                    parse="none",
                )
            except SlackApiError as refused:
                if get_error_code(refused) == NO_CHANNEL:
                    del self._private[workspace, place.native]  # another is opened next time
                raise

    async def find_slack_letter(self, place: Place, key: str, since: datetime) -> str | None:
        """The channel and `ts` of the message posted under a key since an instant, or None if it is not there.

        Looks at one page of the history and goes on with the next when asked again: raises `SendError` until then.
        Raises `CannotLook` where the history is closed to us, or longer than can be read.
        """
        workspace = Workspace.from_place(place)
        try:
            token, channel = (
                await self._api.get_token(workspace),
                await self._open_place_channel(place),
            )
            self._turns.claim_history_turn(workspace, place, key)
            return await self._read_history_page(place, key, since, channel, token)
        except BROKEN as broken:
            found = get_error_code(broken) if isinstance(broken, SlackApiError) else ""
            news = classify_slack_error(broken, is_lookup=True)
            if found == STALE:
                del self._looks[workspace, place, key]  # and begin anew when asked again
            elif news.permanent or found == NO_SCOPE:
                raise CannotReadHistory from broken
            raise news from broken

    async def is_workspace_member(self, place: Place) -> bool:
        """Whether the account of a private place is still in its workspace. Raises `SendError` where asking failed."""
        with raise_slack_send_errors(is_lookup=True):
            try:
                answer = await self._api.call_method(
                    Workspace.from_place(place), "users.info", user=place.native
                )
            except SlackApiError as missing:
                if get_error_code(missing) not in NO_USER:
                    raise
                return False
        found = answer.get("user")
        return not (isinstance(found, dict) and found.get("deleted") is True)

    async def _open_place_channel(self, place: Place) -> str:
        """The id of a place's channel; a private one is opened if need be (Slack: conversations.open)."""
        if not place.is_private:
            return place.channel
        workspace = Workspace.from_place(place)
        if (known := self._private[workspace, place.native]) is not None:
            return known
        answer = await self._api.call_method(workspace, "conversations.open", users=place.native)
        opened = str((answer.get("channel") or {}).get("id") or "")
        if not opened:
            raise ClientPayloadError("conversations.open told of no channel")
        self._private[workspace, place.native] = opened
        return opened

    async def _read_history_page(
        self, place: Place, key: str, since: datetime, channel: str, token: BotToken
    ) -> str | None:
        workspace = Workspace.from_place(place)
        asked = (workspace, place, key)
        look = self._looks[asked] or HistoryCursor()
        answer = await self._api.call_method(
            workspace,
            "conversations.history",
            channel=channel,
            oldest=f"{(since - SKEW).timestamp():.6f}",
            limit=PAGE,
            include_all_metadata=True,
            cursor=look.cursor or None,
        )
        del self._looks[asked]
        for one in answer.get("messages") or ():
            if _is_own_message(one, token) and _get_letter_key(one) == key:
                return f"{channel}:{one.get('ts', '')}"
        if not (answer.get("has_more") or _get_next_cursor(answer)):
            return None
        if not _get_next_cursor(answer) or look.page_count + 1 >= PAGES:
            raise CannotReadHistory
        self._looks[asked] = HistoryCursor(_get_next_cursor(answer), look.page_count + 1)
        raise SendError(
            "I have not looked through the whole channel yet", after=timedelta(seconds=LOOK_EVERY)
        )


def _get_next_cursor(answer: Mapping[str, Any]) -> str:
    """Where the next page begins; empty where there is none."""
    return str((answer.get("response_metadata") or {}).get("next_cursor") or "")


def _is_own_message(message: Mapping[str, Any], token: BotToken) -> bool:
    """Whether a message is by our bot: any app can write any metadata."""
    return message.get("user") == token.bot_user or bool(
        token.app and message.get("app_id") == token.app
    )


def _get_letter_key(message: Mapping[str, Any]) -> str:
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT:
        return ""
    return str((metadata.get("event_payload") or {}).get("key") or "")
