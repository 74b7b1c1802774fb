"""What happens to channels and to the app itself, told to the core: each event once, however often Slack tells it.

Whatever fails is raised, and Slack tells the event again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from adapters.slack.api import Workspace
from adapters.slack.ids import PLATFORM
from adapters.slack.rights import (
    SlackRights,
    describe_bot_outside_channel,
    describe_slack_channel_archived,
    describe_slack_channel_deleted,
)
from adapters.slack.tokens import TokenCache
from bot.chat.address import Place
from bot.chat.platform import Core

DELETED = {"channel_deleted", "group_deleted"}
ARCHIVED = {"channel_archive", "group_archive"}
LEFT = {"channel_left", "group_left"}
CHANNEL_NEWS = DELETED | ARCHIVED | LEFT
UNINSTALLED, REVOKED = "app_uninstalled", "tokens_revoked"
TEAM_GRANTED, TEAM_REVOKED = (
    "team_access_granted",
    "team_access_revoked",
)  # of workspaces within an enterprise
TEAM_NEWS = {TEAM_GRANTED, TEAM_REVOKED}

log = logging.getLogger(__name__)

Json = Mapping[str, Any]


class SlackEvents:
    """The way of an event to the core."""

    def __init__(self, core: Core, tokens: TokenCache, rights: SlackRights) -> None:
        self._core = core
        self._tokens = tokens
        self._rights = rights

    async def handle_slack_event(self, workspace: Workspace, body: Json) -> None:
        """An event, with its envelope. What is not of interest, or not as it should be, is passed over."""
        event = body.get("event")
        once = body.get("event_id")
        if not isinstance(event, Mapping) or not isinstance(once, str):
            return
        if await self._core.has_recorded_event(PLATFORM, once):
            return
        await self._apply_slack_event(workspace, body, event)
        await self._core.record_event(PLATFORM, once)  # only now: what has failed is told again

    async def _apply_slack_event(self, workspace: Workspace, body: Json, event: Json) -> None:
        kind, channel = event.get("type"), event.get("channel")
        if isinstance(kind, str) and kind in CHANNEL_NEWS and isinstance(channel, str):
            place = Place(PLATFORM, workspace.team, channel, tenant=workspace.tenant)
            self._rights.forget_place_problems(place)
            await self._core.handle_channel_deleted(
                place, await self._describe_closing(place, kind), can_redeliver=True
            )
        elif kind == UNINSTALLED or (kind == REVOKED and _has_bot_token_revoked(event)):
            await self._handle_app_removed(workspace, body)
        elif kind in TEAM_NEWS:
            for team in _filter_strings(event.get("team_ids")):
                place = Place(PLATFORM, team, tenant=workspace.tenant)
                await (
                    self._core.handle_space_left(place, can_redeliver=True)
                    if kind == TEAM_REVOKED
                    else self._core.handle_space_joined(place, can_redeliver=True)
                )

    async def _describe_closing(self, place: Place, kind: str) -> str:
        """Why nothing can be posted any more: what Slack says of the channel, by its name, or what the event alone tells."""
        if kind in DELETED:
            return describe_slack_channel_deleted()
        if shut := [
            one.sentence for one in await self._rights.list_place_problems(place) if one.is_blocking
        ]:
            return shut[0]
        return (
            describe_slack_channel_archived()
            if kind in ARCHIVED
            else describe_bot_outside_channel(
                await self._rights.fetch_bot_name(Workspace.from_place(place))
            )
        )

    async def _handle_app_removed(self, workspace: Workspace, body: Json) -> None:
        self._tokens.drop_cached_tokens(workspace)  # another process may have installed it anew
        token = await self._tokens.find_token(workspace)
        told_at = body.get("event_time")
        if token is not None and isinstance(told_at, int) and told_at < token.installed_at:
            log.info(
                "old news: the app has been installed in %s again since it was removed",
                workspace.team,
            )
            return
        await self._tokens.forget_token(workspace)
        await self._core.handle_space_left(
            Place(PLATFORM, workspace.team, tenant=workspace.tenant), can_redeliver=True
        )
        log.info("the app was removed from %s", workspace.team or workspace.enterprise)


def _has_bot_token_revoked(event: Json) -> bool:
    """Whether the bot's own token was revoked, and not only tokens of people (Slack: tokens_revoked)."""
    tokens = event.get("tokens")
    return isinstance(tokens, Mapping) and bool(tokens.get("bot"))


def _filter_strings(found: object) -> list[str]:
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
