"""What the bot lacks in a channel of Slack, each with what to type or to click.

Nothing is claimed to be missing that is not known: only Slack's own word counts, and where it says nothing all is well.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.api import DEAD, Api, NotInstalled, Workspace, word
from adapters.slack.memory import Memory
from adapters.slack.trouble import BROKEN, NO_CHANNEL, NO_SCOPE, scopes
from bot.chat.address import Extra, Lack, Place
from bot.chat.message import quote

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


def deleted(name: str = "") -> str:
    """The sentence about a channel that is there no more; its name may be unknown."""
    return f"{_named(name)} was deleted: {MOVE}."


def archived(name: str = "") -> str:
    """The sentence about a channel that nobody can post in; its name may be unknown."""
    return f"{_named(name)} is archived: unarchive it, or {MOVE}."


def outside(bot: str, name: str = "") -> str:
    """The sentence about a channel that the bot, whose name on Slack is `bot`, is not in; its name may be unknown."""
    where = f"#{quote(name)}" if name else "the channel"
    return f"I am not in {where}: type `/invite @{_word(bot)}` there."


class Rights:
    """What is missing at places, as Slack said within the last minute."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._said: Memory[tuple[Workspace, str], Sequence[Lack]] = Memory(api.time, lasts=A_MINUTE)
        self._names: Memory[Workspace, str] = Memory(api.time, lasts=AN_HOUR)

    async def check(self, place: Place, wanted: Collection[Extra] = ()) -> Sequence[Lack]:
        """See `bot.chat.platform.Platform.check`. No extra is ever missing: on Slack every message has its thread, and no
        workspace has events."""
        if place.private:
            return ()
        workspace = Workspace.of(place)
        if (known := self._said[workspace, place.channel]) is not None:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                lacks = self._said[workspace, place.channel] = await self._asked(
                    workspace, place.channel
                )
        except BROKEN as broken:
            log.info("Slack does not say what is missing in %s: %s", place.channel, broken)
            return ()
        return lacks

    def forget(self, place: Place) -> None:
        """Ask anew about a place, or without a channel about its whole workspace: something there has changed."""
        workspace = Workspace.of(place)
        for key in self._said:
            if key[0] == workspace and place.channel in {"", key[1]}:
                del self._said[key]

    async def name(self, workspace: Workspace) -> str:
        """What the bot is called in a workspace, as it is invited. Raises what `Api.call` raises."""
        if (known := self._names[workspace]) is not None:
            return known
        answer = await self._api.call(workspace, "auth.test")
        name = self._names[workspace] = str(answer.get("user") or "Syllabot")
        return name

    async def _asked(self, workspace: Workspace, channel: str) -> Sequence[Lack]:
        try:
            granted = (await self._api.token(workspace)).scopes
            answer = await self._api.call(workspace, "conversations.info", channel=channel)
        except NotInstalled:
            return (Lack(REMOVED),)
        except SlackApiError as refused:
            return await self._refused(workspace, refused)
        found = answer.get("channel")
        if not isinstance(found, dict):
            return ()
        closed = await self._closed(workspace, found)
        return (*([Lack(closed)] if closed else []), *_ungranted(granted, _kind(found)))

    async def _refused(self, workspace: Workspace, refused: SlackApiError) -> Sequence[Lack]:
        """The same for a channel that Slack does not tell of."""
        found = word(refused)
        if (
            found == NO_CHANNEL
        ):  # the same word for one that is gone and for a private one without us
            invite = f"type `/invite @{_word(await self.name(workspace))}` there"
            return (Lack(f"The channel is gone, or private and without me: {invite}, or {MOVE}."),)
        if found in DEAD:
            return (Lack(REMOVED),)
        if found == NO_SCOPE:
            lost = "so I cannot see whether this channel is open to me"
            return (Lack(f"I lack the scope `{_word(scopes(refused))}`, {lost}: {ADD}.", False),)
        raise refused

    async def _closed(self, workspace: Workspace, channel: Mapping[str, Any]) -> str:
        """Why nothing can be posted in a channel; empty where nothing speaks against it."""
        name = str(channel.get("name") or "")
        if channel.get("is_archived") is True:
            return archived(name)
        if channel.get("is_member") is False and not channel.get("is_im"):
            return outside(await self.name(workspace), name)
        if channel.get("is_read_only") is True or channel.get("is_thread_only") is True:
            how = "open its details → Settings → Posting permissions and let me"
            return f"Not everybody may post in #{quote(name)}: {how}, or {MOVE}."
        return ""


def _ungranted(granted: Collection[str], kind: str) -> Sequence[Lack]:
    """The scopes that posting in this kind of channel takes and the installation does not have, if its scopes are known."""
    if not granted:
        return ()
    wanted = {POST: Lack(f"I lack the scope `{POST}`, without which I cannot post: {ADD}.")}
    wanted[f"{kind}:history"] = Lack(f"I lack the scope `{kind}:history`, {UNSURE}: {ADD}.", False)
    return [lack for scope, lack in wanted.items() if scope not in granted]


def _kind(channel: Mapping[str, Any]) -> str:
    """The kind of a conversation, as scopes name it (Slack: Conversations API, Scopes)."""
    if channel.get("is_im"):
        return "im"
    if channel.get("is_mpim"):
        return "mpim"
    return "groups" if channel.get("is_private") else "channels"


def _named(name: str) -> str:
    return f"The channel #{quote(name)}" if name else "The channel"


def _word(found: str) -> str:
    """What Slack said as it can stand in a code span."""
    return found.replace("`", "'").strip() or "…"
