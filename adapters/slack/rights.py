"""The bot's missing rights in a Slack channel, each with the command or the click that helps.

Only Slack's own word counts: if it says nothing, nothing is called missing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from slack_sdk.errors import SlackApiError

from adapters.slack.api import (
    DEAD_TOKEN_ERRORS,
    AppNotInstalledError,
    SlackApi,
    Workspace,
    get_error_code,
)
from adapters.slack.cache import ExpiringCache
from adapters.slack.errors import NO_CHANNEL, NO_SCOPE, SLACK_FAILURES, format_missing_scopes
from adapters.slack.pins import PIN_SCOPE
from bot.chat.address import Extra, Place, SetupProblem
from bot.chat.message import escape_text

PATIENCE = 5.0  # seconds
PROBLEM_LIFETIME = 60.0  # seconds
BOT_NAME_LIFETIME = 3600.0  # seconds

MOVE = "type `cohort move` in the channel where I should post"
ADD = "ask the person who runs this bot to add it under OAuth & Permissions and to install me again"
REMOVED = (
    "Slack does not let me into this workspace any more: ask the person who runs this bot to "
    "install me again."
)

POST = "chat:write"
UNSURE = "so a post that may be lost stays _unsure_, and I do not send it again by myself"

ScopePrefix = Literal["channels", "groups", "im", "mpim"]
"""The kind of conversation, in the names of scopes (Slack: Conversations API, Scopes)."""

log = logging.getLogger(__name__)


def describe_slack_channel_deleted(name: str = "") -> str:
    """Return the sentence about a deleted channel; its name may be unknown."""
    return f"{_format_slack_channel_name(name)} was deleted: {MOVE}."


def describe_slack_channel_archived(name: str = "") -> str:
    """Return the sentence about an archived channel; its name may be unknown."""
    return f"{_format_slack_channel_name(name)} is archived: unarchive it, or {MOVE}."


def describe_bot_outside_channel(bot_name: str, name: str = "") -> str:
    """Return the sentence about a channel without the bot; its name may be unknown.

    `bot_name` is the bot's name on Slack.
    """
    channel_name = f"#{escape_text(name)}" if name else "the channel"
    return f"I am not in {channel_name}: {_format_invitation(bot_name)}."


class SlackRights:
    """The problems at places, as Slack told them within the last minute."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._problems: ExpiringCache[tuple[Workspace, str], Sequence[SetupProblem]] = (
            ExpiringCache(api.time, lifetime=PROBLEM_LIFETIME)
        )
        self._bot_names: ExpiringCache[Workspace, str] = ExpiringCache(
            api.time, lifetime=BOT_NAME_LIFETIME
        )

    async def list_place_problems(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        """See `bot.chat.platform.Platform.check_place`.

        Of the extras only a pin can be missing: every message has its thread, and no workspace
        has events.
        """
        if place.is_private:
            return ()
        problems = await self._list_all_problems(place)
        is_asked_for = {None, *wanted}
        return tuple(problem for problem in problems if problem.extra in is_asked_for)

    async def _list_all_problems(self, place: Place) -> Sequence[SetupProblem]:
        workspace = Workspace.from_place(place)
        known = self._problems[workspace, place.channel]
        if known is not None:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                problems = await self._fetch_channel_problems(workspace, place.channel)
        except SLACK_FAILURES as error:
            # Not cached: the next letter asks again.
            log.info("Slack does not say what is missing in %s: %s", place.channel, error)
            return ()
        self._problems[workspace, place.channel] = problems
        return problems

    def forget_place_problems(self, place: Place) -> None:
        """Forget the problems at a place, or without a channel in its whole workspace.

        Called after something has changed there.
        """
        workspace = Workspace.from_place(place)
        for cached_workspace, channel in self._problems:
            if cached_workspace == workspace and place.channel in {"", channel}:
                del self._problems[cached_workspace, channel]

    async def fetch_bot_name(self, workspace: Workspace) -> str:
        """Return the bot's name in a workspace, for its invitation.

        Raises the errors of `SlackApi.call_method`.
        """
        known = self._bot_names[workspace]
        if known is not None:
            return known
        answer = await self._api.call_method(workspace, "auth.test")
        name = self._bot_names[workspace] = str(answer.get("user") or "Syllabot")
        return name

    async def _fetch_channel_problems(
        self, workspace: Workspace, channel: str
    ) -> Sequence[SetupProblem]:
        try:
            token = await self._api.get_token(workspace)
            answer = await self._api.call_method(workspace, "conversations.info", channel=channel)
        except AppNotInstalledError:
            return (SetupProblem(REMOVED),)
        except SlackApiError as error:
            return (await self._describe_channel_refusal(workspace, error),)
        info = answer.get("channel")
        if not isinstance(info, dict):
            return ()
        problems: list[SetupProblem] = []
        closed = await self._describe_closed_channel(workspace, info)
        if closed:
            problems.append(SetupProblem(closed))
        problems += _list_scope_problems(token.scopes, _get_scope_prefix(info))
        return tuple(problems)

    async def _describe_channel_refusal(
        self, workspace: Workspace, error: SlackApiError
    ) -> SetupProblem:
        """Return the problem behind Slack's refusal to describe a channel."""
        code = get_error_code(error)
        if code == NO_CHANNEL:
            # Slack has one word for a channel that is gone and for a private one without us.
            invitation = _format_invitation(await self.fetch_bot_name(workspace))
            return SetupProblem(
                f"The channel is gone, or private and without me: {invitation}, or {MOVE}."
            )
        if code in DEAD_TOKEN_ERRORS:
            return SetupProblem(REMOVED)
        if code == NO_SCOPE:
            scopes = _format_code_span_text(format_missing_scopes(error))
            effect = "so I cannot see whether this channel is open to me"
            return SetupProblem(f"I lack the scope `{scopes}`, {effect}: {ADD}.", False)
        raise error

    async def _describe_closed_channel(self, workspace: Workspace, info: Mapping[str, Any]) -> str:
        """Return the sentence about a closed channel; empty if nothing speaks against posting."""
        name = str(info.get("name") or "")
        if info.get("is_archived") is True:
            return describe_slack_channel_archived(name)
        # Compared with True and False: a field that is not there claims nothing.
        if info.get("is_member") is False and not info.get("is_im"):
            return describe_bot_outside_channel(await self.fetch_bot_name(workspace), name)
        if info.get("is_read_only") is True or info.get("is_thread_only") is True:
            advice = "open its details → Settings → Posting permissions and allow me"
            return f"Not everybody may post in #{escape_text(name)}: {advice}, or {MOVE}."
        return ""


def _list_scope_problems(scopes: Collection[str], prefix: ScopePrefix) -> Sequence[SetupProblem]:
    """Return a problem for each scope missing for posting in this kind of channel.

    An installation with unknown scopes has none.
    """
    if not scopes:
        return ()
    problems = []
    if POST not in scopes:
        problems.append(SetupProblem(f"I lack the scope `{POST}`, so I cannot post: {ADD}."))
    history = f"{prefix}:history"
    if history not in scopes:
        problems.append(SetupProblem(f"I lack the scope `{history}`, {UNSURE}: {ADD}.", False))
    if PIN_SCOPE not in scopes:
        sentence = f"I lack the scope `{PIN_SCOPE}`, so I cannot pin the board: {ADD}."
        problems.append(SetupProblem(sentence, False, "pin"))
    return problems


def _get_scope_prefix(info: Mapping[str, Any]) -> ScopePrefix:
    if info.get("is_im"):
        return "im"
    if info.get("is_mpim"):
        return "mpim"
    if info.get("is_private"):
        return "groups"
    return "channels"


def _format_slack_channel_name(name: str) -> str:
    return f"The channel #{escape_text(name)}" if name else "The channel"


def _format_invitation(bot_name: str) -> str:
    return f"type `/invite @{_format_code_span_text(bot_name)}` there"


def _format_code_span_text(text: str) -> str:
    # A backtick would end the code span.
    return text.replace("`", "'").strip() or "…"
