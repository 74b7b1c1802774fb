"""Letters to Slack: posted once, with their key in the metadata, and found again by that key.

Slack cannot refuse the same letter twice, since it has no idempotency key for apps. So a letter
whose outcome is unknown is looked for in the channel's history. Slack limits that to one look a
minute in a workspace (Slack: conversations.history, Rate limits).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any, NamedTuple

from aiohttp import ClientPayloadError
from slack_sdk.errors import SlackApiError

from adapters.slack.api import INSTANT, BotToken, SlackApi, Workspace, get_error_code
from adapters.slack.cache import ExpiringCache
from adapters.slack.errors import (
    NO_CHANNEL,
    NO_SCOPE,
    NO_USER,
    SLACK_FAILURES,
    STALE_CURSOR,
    SlackFailure,
    classify_slack_error,
    raise_slack_send_errors,
)
from adapters.slack.notify import build_ping_blocks
from adapters.slack.pins import split_sent_ref
from adapters.slack.render import render_blocks, render_fallback_text
from bot.chat.address import Place
from bot.chat.errors import CannotReadHistory, SendError
from bot.chat.message import File, Message

EVENT = "syllabot_letter"
CLOCK_SKEW = timedelta(minutes=1)  # between our clock and Slack's
PAGE = 200  # messages; a limited app gets fifteen (Slack: conversations.history, Rate limits)
PAGES = 20  # pages of history for one letter, and so minutes; beyond, it cannot be found
LOOK_EVERY = 60.0  # seconds, for a workspace; see PAGE
POST_EVERY = 1.0  # seconds, for a channel (Slack: chat.postMessage, Rate limiting)
TURN_LIFETIME = 24 * 3600.0  # seconds in which a turn stays with its letter

Sleep = Callable[[float], Awaitable[object]]
LetterKey = tuple[Workspace, Place, str]


class PostRateLimiter:
    """One post in `every` seconds for each channel. An earlier one waits."""

    def __init__(self, api: SlackApi, every: float, sleep: Sleep) -> None:
        self._time = api.time
        self._every = every
        self._sleep = sleep
        self._next_turns: ExpiringCache[tuple[Workspace, str], float] = ExpiringCache(api.time)

    async def claim_post_turn(self, workspace: Workspace, channel: str) -> None:
        """Take the channel's next turn, and wait for it."""
        now = self._time()
        turn = max(now, self._next_turns[workspace, channel] or -math.inf)
        # Taken before the wait, so that two posts at once do not get the same turn.
        self._next_turns[workspace, channel] = turn + self._every
        if turn > now:
            await self._sleep(turn - now)


class HistoryRateLimiter:
    """One look into a workspace's history in `LOOK_EVERY` seconds, first come, first served.

    Nobody waits here: a letter whose turn has not come is told when to come back.
    """

    def __init__(self, api: SlackApi) -> None:
        self._time = api.time
        self._turns: ExpiringCache[LetterKey, float] = ExpiringCache(
            api.time, lifetime=TURN_LIFETIME
        )
        self._last_turns: ExpiringCache[Workspace, float] = ExpiringCache(api.time)
        self._last_looks: ExpiringCache[Workspace, float] = ExpiringCache(api.time)

    def claim_history_turn(self, workspace: Workspace, place: Place, key: str) -> None:
        """Take the letter's turn.

        Raises `SendError` with the time to wait if it has not come.
        """
        letter, now = (workspace, place, key), self._time()
        next_look = (self._last_looks[workspace] or -math.inf) + LOOK_EVERY
        turn = self._turns[letter]
        # A letter may come late to its turn, when another has just looked: it gets a new turn.
        if turn is None or turn <= now < next_look:
            next_turn = (self._last_turns[workspace] or -math.inf) + LOOK_EVERY
            turn = max(now, next_look, next_turn)
            self._turns[letter] = self._last_turns[workspace] = turn
        if turn - now > INSTANT:
            wait = timedelta(seconds=turn - now)
            raise SendError("Slack lets me look once a minute", after=wait)
        del self._turns[letter]
        self._last_looks[workspace] = now


class HistoryCursor(NamedTuple):
    """The progress of a search: `page_count` pages are done, the next begins at `cursor`."""

    cursor: str = ""
    page_count: int = 0


class SlackLetters:
    """Sends letters and finds them.

    `post_every` is the number of seconds between two posts to one channel.
    """

    def __init__(
        self, api: SlackApi, *, post_every: float = POST_EVERY, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._api = api
        # The ids of private channels, by the user's id.
        self._private_channels: ExpiringCache[tuple[Workspace, str], str] = ExpiringCache(api.time)
        self._post_turns = PostRateLimiter(api, post_every, sleep)
        self._history_turns = HistoryRateLimiter(api)
        self._searches: ExpiringCache[LetterKey, HistoryCursor] = ExpiringCache(api.time)

    async def send_slack_letter(
        self, place: Place, message: Message, key: str, command: str
    ) -> str:
        """Post a message under its key, and return its channel and `ts`, joined by a colon.

        Raises `SendError`.
        """
        workspace = Workspace.from_place(place)
        was_open = self._private_channels[workspace, place.native] is not None
        # Opening a channel posts nothing, so a failure here leaves no doubt about the letter.
        with raise_slack_send_errors(is_lookup=True):
            channel = await self._open_place_channel(place)
        await self._post_turns.claim_post_turn(workspace, channel)
        with raise_slack_send_errors():
            try:
                answer = await self._post_letter(workspace, channel, message, key, command)
            except SlackApiError as error:
                if was_open and get_error_code(error) == NO_CHANNEL:
                    # The id came from the cache. A fresh one may work, so this is not for good.
                    del self._private_channels[workspace, place.native]
                    raise SendError("the private channel is gone, and I open another") from error
                raise
        return f"{answer.get('channel') or channel}:{answer.get('ts', '')}"

    async def _post_letter(
        self, workspace: Workspace, channel: str, message: Message, key: str, command: str
    ) -> Mapping[str, Any]:
        return await self._api.call_method(
            workspace,
            "chat.postMessage",
            channel=channel,
            text=render_fallback_text(message, command),
            blocks=[*render_blocks(message, command), *build_ping_blocks(message.ping)],
            metadata=_build_metadata(key),
            link_names=False,
            parse="none",
            # A week may have ten links: their previews would bury it.
            unfurl_links=False,
            unfurl_media=False,
        )

    async def edit_slack_letter(
        self, place: Place, sent_ref: str, message: Message, key: str, command: str
    ) -> None:
        """Put a message in the place of the one sent under its key. Raises `SendError`.

        `sent_ref`: what `send_slack_letter` has returned.
        """
        channel, ts = split_sent_ref(sent_ref)
        with raise_slack_send_errors():
            await self._api.call_method(
                Workspace.from_place(place),
                "chat.update",
                channel=channel,
                ts=ts,
                text=render_fallback_text(message, command),
                blocks=render_blocks(message, command),
                metadata=_build_metadata(key),
                link_names=False,
                parse="none",
            )

    async def send_slack_files(self, place: Place, files: Sequence[File], text: str) -> None:
        """Send files to one person, below a line of text. Raises `SendError`.

        Each is uploaded first, and all are shared at once (Slack: Uploading files). The scope
        `files:write` is optional: without it this fails.
        """
        workspace = Workspace.from_place(place)
        with raise_slack_send_errors(is_lookup=True):
            channel = await self._open_place_channel(place)
            uploaded = []
            for file in files:
                uploaded.append(await self._upload_file(workspace, file))
        with raise_slack_send_errors():
            await self._api.call_method(
                workspace,
                "files.completeUploadExternal",
                files=uploaded,
                channel_id=channel,
                initial_comment=escape(text, quote=False),
            )

    async def _upload_file(self, workspace: Workspace, file: File) -> dict[str, str]:
        """Upload a file that nobody sees yet, and return how it is named when it is shared."""
        content = file.content.encode()
        answer = await self._api.call_method(
            workspace, "files.getUploadURLExternal", filename=file.name, length=len(content)
        )
        await self._api.upload_file(str(answer.get("upload_url") or ""), content)
        return {"id": str(answer.get("file_id") or ""), "title": file.name}

    async def send_to_one_person(
        self, place: Place, user: str, message: Message, command: str, thread: str = ""
    ) -> None:
        """Show a message to one person alone.

        In a channel, it is an ephemeral message that nobody else sees.
        Raises `SendError`.
        """
        workspace = Workspace.from_place(place)
        method = "chat.postMessage" if place.is_private else "chat.postEphemeral"
        with raise_slack_send_errors(is_lookup=True):
            channel = await self._open_place_channel(place)
        with raise_slack_send_errors():
            try:
                await self._api.call_method(
                    workspace,
                    method,
                    channel=channel,
                    user=None if place.is_private else user,
                    text=render_fallback_text(message, command),
                    blocks=render_blocks(message, command),
                    thread_ts=thread or None,
                    link_names=False,
                    parse="none",
                )
            except SlackApiError as error:
                if get_error_code(error) == NO_CHANNEL:
                    # Forgotten, so that the next message opens another channel.
                    del self._private_channels[workspace, place.native]
                raise

    async def find_slack_letter(self, place: Place, key: str, since: datetime) -> str | None:
        """Return the channel and `ts` for a message's key, or None if it is not there.

        Looks at one page of history a call: raises `SendError` if there are more to look at.
        Raises `CannotReadHistory` if the history is closed to us, or too long.
        """
        workspace = Workspace.from_place(place)
        try:
            token = await self._api.get_token(workspace)
            channel = await self._open_place_channel(place)
            self._history_turns.claim_history_turn(workspace, place, key)
            return await self._read_history_page(place, key, since, channel, token)
        except SLACK_FAILURES as error:
            raise self._classify_search_failure(error, (workspace, place, key)) from error

    def _classify_search_failure(
        self, error: SlackFailure, letter: LetterKey
    ) -> SendError | CannotReadHistory:
        code = ""
        if isinstance(error, SlackApiError):
            code = get_error_code(error)
        send_error = classify_slack_error(error, is_lookup=True)
        if code == STALE_CURSOR:
            # Slack has dropped our place in the history: the next call begins anew.
            del self._searches[letter]
            return send_error
        if send_error.permanent or code == NO_SCOPE:
            return CannotReadHistory()
        return send_error

    async def is_workspace_member(self, place: Place) -> bool:
        """Return True if the account of a private place is still in its workspace.

        Raises `SendError` if asking failed.
        """
        workspace = Workspace.from_place(place)
        with raise_slack_send_errors(is_lookup=True):
            try:
                answer = await self._api.call_method(workspace, "users.info", user=place.native)
            except SlackApiError as error:
                if get_error_code(error) in NO_USER:
                    return False
                raise
        user = answer.get("user")
        return not (isinstance(user, dict) and user.get("deleted") is True)

    async def _open_place_channel(self, place: Place) -> str:
        """Return the place's channel, and open a private one if need be.

        Opening an open one again returns the same (Slack: conversations.open).
        """
        if not place.is_private:
            return place.channel
        workspace = Workspace.from_place(place)
        known = self._private_channels[workspace, place.native]
        if known is not None:
            return known
        answer = await self._api.call_method(workspace, "conversations.open", users=place.native)
        channel = str((answer.get("channel") or {}).get("id") or "")
        if not channel:
            raise ClientPayloadError("conversations.open told of no channel")
        self._private_channels[workspace, place.native] = channel
        return channel

    async def _read_history_page(
        self, place: Place, key: str, since: datetime, channel: str, token: BotToken
    ) -> str | None:
        workspace = Workspace.from_place(place)
        letter = (workspace, place, key)
        search = self._searches[letter] or HistoryCursor()
        answer = await self._api.call_method(
            workspace,
            "conversations.history",
            channel=channel,
            oldest=f"{(since - CLOCK_SKEW).timestamp():.6f}",
            limit=PAGE,
            include_all_metadata=True,
            cursor=search.cursor or None,
        )
        del self._searches[letter]
        for message in answer.get("messages") or ():
            if _is_own_message(message, token) and _get_letter_key(message) == key:
                return f"{channel}:{message.get('ts', '')}"
        cursor = _get_next_cursor(answer)
        if not cursor and not answer.get("has_more"):
            return None
        # More pages without a way to them, or too many: "not there" would be a guess.
        if not cursor or search.page_count + 1 >= PAGES:
            raise CannotReadHistory
        self._searches[letter] = HistoryCursor(cursor, search.page_count + 1)
        raise SendError(
            "I have not looked through the whole channel yet", after=timedelta(seconds=LOOK_EVERY)
        )


def _build_metadata(key: str) -> dict[str, Any]:
    # Every app in the workspace can read metadata: it must hold no secret.
    return {"event_type": EVENT, "event_payload": {"key": key}}


def _get_next_cursor(answer: Mapping[str, Any]) -> str:
    return str((answer.get("response_metadata") or {}).get("next_cursor") or "")


def _is_own_message(message: Mapping[str, Any], token: BotToken) -> bool:
    # Any app can write any metadata, so the sender is checked as well as the key.
    if message.get("user") == token.bot_user:
        return True
    return bool(token.app) and message.get("app_id") == token.app


def _get_letter_key(message: Mapping[str, Any]) -> str:
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT:
        return ""
    return str((metadata.get("event_payload") or {}).get("key") or "")
