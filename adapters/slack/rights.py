"""What the bot lacks in a channel of Slack, each with what to type or to click.

Nothing is claimed to be missing that is not known: only Slack's own word counts, and where it says nothing all is well.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.api import DEAD, AppNotInstalledError, SlackApi, Workspace, get_error_code
from adapters.slack.cache import ExpiringCache
from adapters.slack.errors import BROKEN, NO_CHANNEL, NO_SCOPE, format_missing_scopes
from bot.chat.address import Extra, Place, SetupProblem
from bot.chat.message import escape_text

PATIENCE = 5.0  # seconds
A_MINUTE, AN_HOUR = 60.0, 3600.0

MOVE = "say `cohort move` in the channel where my posts shall appear"
ADD = "ask whoever runs me to add it under OAuth & Permissions and to install me again"
REMOVED = (
    "Slack does not let me into this workspace any more: ask whoever runs me to install me again."
)

POST = "chat:write"
UNSURE = "so a post that may have been lost stays _unsure_ and is not sent again by itself"

log = logging.getLogger(__name__)


def describe_slack_channel_deleted(name: str = "") -> str:
    """The sentence about a channel that is there no more; its name may be unknown."""
    return f"{_format_slack_channel_name(name)} was deleted: {MOVE}."


def describe_slack_channel_archived(name: str = "") -> str:
    """The sentence about a channel that nobody can post in; its name may be unknown."""
    return f"{_format_slack_channel_name(name)} is archived: unarchive it, or {MOVE}."


def describe_bot_outside_channel(bot_name: str, name: str = "") -> str:
    """The sentence about a channel that the bot, whose name on Slack is `bot`, is not in; its name may be unknown."""
    where = f"#{escape_text(name)}" if name else "the channel"
    return f"I am not in {where}: type `/invite @{_format_code_span_text(bot_name)}` there."


class SlackRights:
    """What is missing at places, as Slack said within the last minute."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._said: ExpiringCache[tuple[Workspace, str], Sequence[SetupProblem]] = ExpiringCache(
            api.time, lifetime=A_MINUTE
        )
        self._names: ExpiringCache[Workspace, str] = ExpiringCache(api.time, lifetime=AN_HOUR)

    async def list_place_problems(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        """See `bot.chat.platform.Platform.check`. No extra is ever missing: on Slack every message has its thread, and no
        workspace has events."""
        if place.is_private:
            return ()
        workspace = Workspace.from_place(place)
        if (known := self._said[workspace, place.channel]) is not None:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                lacks = self._said[workspace, place.channel] = await self._fetch_channel_problems(
                    workspace, place.channel
                )
        except BROKEN as broken:
            log.info("Slack does not say what is missing in %s: %s", place.channel, broken)
            return ()
        return lacks

    def forget_place_problems(self, place: Place) -> None:
        """Ask anew about a place, or without a channel about its whole workspace: something there has changed."""
        workspace = Workspace.from_place(place)
        for key in self._said:
            if key[0] == workspace and place.channel in {"", key[1]}:
                del self._said[key]

    async def fetch_bot_name(self, workspace: Workspace) -> str:
        """What the bot is called in a workspace, as it is invited. Raises what `Api.call` raises."""
        if (known := self._names[workspace]) is not None:
            return known
        answer = await self._api.call_method(workspace, "auth.test")
        name = self._names[workspace] = str(answer.get("user") or "Syllabot")
        return name

    async def _fetch_channel_problems(
        self, workspace: Workspace, channel: str
    ) -> Sequence[SetupProblem]:
        try:
            granted = (await self._api.get_token(workspace)).scopes
            answer = await self._api.call_method(workspace, "conversations.info", channel=channel)
        except AppNotInstalledError:
            return (SetupProblem(REMOVED),)
        except SlackApiError as refused:
            return await self._describe_channel_refusal(workspace, refused)
        found = answer.get("channel")
        if not isinstance(found, dict):
            return ()
        closed = await self._describe_closed_channel(workspace, found)
        return (
            *([SetupProblem(closed)] if closed else []),
            *_list_scope_problems(granted, _get_scope_prefix(found)),
        )

    async def _describe_channel_refusal(
        self, workspace: Workspace, refused: SlackApiError
    ) -> Sequence[SetupProblem]:
        """The same for a channel that Slack does not tell of."""
        found = get_error_code(refused)
        if (
            found == NO_CHANNEL
        ):  # the same word for one that is gone and for a private one without us
            invite = f"type `/invite @{_format_code_span_text(await self.fetch_bot_name(workspace))}` there"
            return (
                SetupProblem(
                    f"The channel is gone, or private and without me: {invite}, or {MOVE}."
                ),
            )
        if found in DEAD:
            return (SetupProblem(REMOVED),)
        if found == NO_SCOPE:
            lost = "so I cannot see whether this channel is open to me"
            return (
                SetupProblem(
                    f"I lack the scope `{_format_code_span_text(format_missing_scopes(refused))}`, {lost}: {ADD}.",
                    False,
                ),
            )
        raise refused

    async def _describe_closed_channel(
        self, workspace: Workspace, channel: Mapping[str, Any]
    ) -> str:
        """Why nothing can be posted in a channel; empty where nothing speaks against it."""
        name = str(channel.get("name") or "")
        if channel.get("is_archived") is True:
            return describe_slack_channel_archived(name)
        if channel.get("is_member") is False and not channel.get("is_im"):
            return describe_bot_outside_channel(await self.fetch_bot_name(workspace), name)
        if channel.get("is_read_only") is True or channel.get("is_thread_only") is True:
            how = "open its details → Settings → Posting permissions and let me"
            return f"Not everybody may post in #{escape_text(name)}: {how}, or {MOVE}."
        return ""


def _list_scope_problems(granted: Collection[str], kind: str) -> Sequence[SetupProblem]:
    """The scopes that posting in this kind of channel takes and the installation does not have, if its scopes are known."""
    if not granted:
        return ()
    wanted = {POST: SetupProblem(f"I lack the scope `{POST}`, without which I cannot post: {ADD}.")}
    wanted[f"{kind}:history"] = SetupProblem(
        f"I lack the scope `{kind}:history`, {UNSURE}: {ADD}.", False
    )
    return [lack for scope, lack in wanted.items() if scope not in granted]


def _get_scope_prefix(channel: Mapping[str, Any]) -> str:
    """The kind of a conversation, as scopes name it (Slack: Conversations API, Scopes)."""
    if channel.get("is_im"):
        return "im"
    if channel.get("is_mpim"):
        return "mpim"
    return "groups" if channel.get("is_private") else "channels"


def _format_slack_channel_name(name: str) -> str:
    return f"The channel #{escape_text(name)}" if name else "The channel"


def _format_code_span_text(found: str) -> str:
    """What Slack said as it can stand in a code span."""
    return found.replace("`", "'").strip() or "…"
