"""What happens to channels and to the app itself, told to the core: each event once, however often Slack tells it.

Whatever fails is raised, and Slack tells the event again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from adapters.slack.api import Workspace
from adapters.slack.ids import PLATFORM
from adapters.slack.rights import Rights, archived, deleted, outside
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


class News:
    """The way of an event to the core."""

    def __init__(self, core: Core, tokens: TokenCache, rights: Rights) -> None:
        self._core = core
        self._tokens = tokens
        self._rights = rights

    async def heard(self, workspace: Workspace, body: Json) -> None:
        """An event, with its envelope. What is not of interest, or not as it should be, is passed over."""
        event = body.get("event")
        once = body.get("event_id")
        if not isinstance(event, Mapping) or not isinstance(once, str):
            return
        if await self._core.has_heard(PLATFORM, once):
            return
        await self._hear(workspace, body, event)
        await self._core.first(PLATFORM, once)  # only now: what has failed is told again

    async def _hear(self, workspace: Workspace, body: Json, event: Json) -> None:
        kind, channel = event.get("type"), event.get("channel")
        if isinstance(kind, str) and kind in CHANNEL_NEWS and isinstance(channel, str):
            place = Place(PLATFORM, workspace.team, channel, tenant=workspace.tenant)
            self._rights.forget(place)
            await self._core.gone(place, await self._reason(place, kind), again=True)
        elif kind == UNINSTALLED or (kind == REVOKED and _bots(event)):
            await self._removed(workspace, body)
        elif kind in TEAM_NEWS:
            for team in _texts(event.get("team_ids")):
                place = Place(PLATFORM, team, tenant=workspace.tenant)
                await (
                    self._core.left(place, again=True)
                    if kind == TEAM_REVOKED
                    else self._core.arrived(place, again=True)
                )

    async def _reason(self, place: Place, kind: str) -> str:
        """Why nothing can be posted any more: what Slack says of the channel, by its name, or what the event alone tells."""
        if kind in DELETED:
            return deleted()
        if shut := [one.sentence for one in await self._rights.check(place) if one.blocks]:
            return shut[0]
        return (
            archived()
            if kind in ARCHIVED
            else outside(await self._rights.name(Workspace.of(place)))
        )

    async def _removed(self, workspace: Workspace, body: Json) -> None:
        self._tokens.drop(workspace)  # another process may have installed it anew
        token = await self._tokens.of(workspace)
        told_at = body.get("event_time")
        if token is not None and isinstance(told_at, int) and told_at < token.installed_at:
            log.info(
                "old news: the app has been installed in %s again since it was removed",
                workspace.team,
            )
            return
        await self._tokens.forget(workspace)
        await self._core.left(Place(PLATFORM, workspace.team, tenant=workspace.tenant), again=True)
        log.info("the app was removed from %s", workspace.team or workspace.enterprise)


def _bots(event: Json) -> bool:
    """Whether the bot's own token was revoked, and not only tokens of people (Slack: tokens_revoked)."""
    tokens = event.get("tokens")
    return isinstance(tokens, Mapping) and bool(tokens.get("bot"))


def _texts(found: object) -> list[str]:
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
