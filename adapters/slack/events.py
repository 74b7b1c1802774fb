"""News about channels and about the app itself, passed on to the core.

Slack may send an event several times: each is applied once, and a failed one comes again.
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
# A workspace within an enterprise may be opened or closed to the app by itself.
TEAM_GRANTED, TEAM_REVOKED = "team_access_granted", "team_access_revoked"
TEAM_NEWS = {TEAM_GRANTED, TEAM_REVOKED}

log = logging.getLogger(__name__)

Json = Mapping[str, Any]


class SlackEvents:
    """Applies events to the core, each once."""

    def __init__(self, core: Core, tokens: TokenCache, rights: SlackRights) -> None:
        self._core = core
        self._tokens = tokens
        self._rights = rights

    async def handle_slack_event(self, workspace: Workspace, body: Json) -> None:
        """Apply an event, given with its envelope. Malformed and foreign ones are ignored.

        Raises `DatabaseUnavailableError` and the errors of `SlackApi.call_method`.
        """
        event = body.get("event")
        event_id = body.get("event_id")
        if not isinstance(event, Mapping) or not isinstance(event_id, str):
            return
        if await self._core.has_recorded_event(PLATFORM, event_id):
            return
        await self._apply_slack_event(workspace, body, event)
        # Recorded last: a failed event is sent again, and must not look done by then.
        await self._core.record_event(PLATFORM, event_id)

    async def _apply_slack_event(self, workspace: Workspace, body: Json, event: Json) -> None:
        kind, channel = event.get("type"), event.get("channel")
        if isinstance(kind, str) and kind in CHANNEL_NEWS and isinstance(channel, str):
            await self._handle_channel_closed(workspace, channel, kind)
        elif kind == UNINSTALLED or (kind == REVOKED and _has_bot_token_revoked(event)):
            await self._handle_app_removed(workspace, body)
        elif kind == TEAM_GRANTED:
            for place in _list_event_teams(workspace, event):
                await self._core.handle_space_joined(place, can_redeliver=True)
        elif kind == TEAM_REVOKED:
            for place in _list_event_teams(workspace, event):
                await self._core.handle_space_left(place, can_redeliver=True)

    async def _handle_channel_closed(self, workspace: Workspace, channel: str, kind: str) -> None:
        place = Place(PLATFORM, workspace.team, channel, tenant=workspace.tenant)
        self._rights.forget_place_problems(place)
        reason = await self._describe_closing(place, kind)
        await self._core.handle_channel_deleted(place, reason, can_redeliver=True)

    async def _describe_closing(self, place: Place, kind: str) -> str:
        """Return the reason why nothing can be posted any more."""
        if kind in DELETED:
            return describe_slack_channel_deleted()
        # Slack's own word comes first, because it knows the channel's name; the event does not.
        for problem in await self._rights.list_place_problems(place):
            if problem.is_blocking:
                return problem.sentence
        if kind in ARCHIVED:
            return describe_slack_channel_archived()
        bot_name = await self._rights.fetch_bot_name(Workspace.from_place(place))
        return describe_bot_outside_channel(bot_name)

    async def _handle_app_removed(self, workspace: Workspace, body: Json) -> None:
        # The cache may be wrong: another process may have stored a new installation.
        self._tokens.drop_cached_tokens(workspace)
        token = await self._tokens.find_token(workspace)
        event_time = body.get("event_time")
        # A late event must not remove an app that has been installed again since.
        if token is not None and isinstance(event_time, int) and event_time < token.installed_at:
            log.info(
                "old news: the app has been installed in %s again since it was removed",
                workspace.team,
            )
            return
        await self._tokens.forget_token(workspace)
        place = Place(PLATFORM, workspace.team, tenant=workspace.tenant)
        await self._core.handle_space_left(place, can_redeliver=True)
        log.info("the app was removed from %s", workspace.team or workspace.enterprise)


def _has_bot_token_revoked(event: Json) -> bool:
    # The event lists people's tokens, too; those do not concern us (Slack: tokens_revoked).
    tokens = event.get("tokens")
    return isinstance(tokens, Mapping) and bool(tokens.get("bot"))


def _list_event_teams(workspace: Workspace, event: Json) -> list[Place]:
    team_ids = event.get("team_ids")
    if not isinstance(team_ids, list):
        return []
    return [
        Place(PLATFORM, team, tenant=workspace.tenant) for team in team_ids if isinstance(team, str)
    ]
