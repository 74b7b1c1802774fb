"""Bolt, as far as it is used: it reads what Slack sends, finds the installation it is for, and hands it on."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncInstallationStoreAuthorize
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.hearing import Hearing
from adapters.slack.api import Tokens, Workspace
from adapters.slack.conversation import Ack, Conversation, Json
from adapters.slack.news import CHANNEL_NEWS, REVOKED, TEAM_NEWS, UNINSTALLED, News
from adapters.slack.rights import REMOVED
from adapters.slack.told import Told, told

log = logging.getLogger(__name__)

EVERY = re.compile(".*", re.DOTALL)


def for_one(tokens: Tokens, base_url: str) -> AsyncApp:
    """Bolt's app where the installation is known without asking: that of the settings."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        token = await tokens.of(Workspace(team_id or "", enterprise_id or ""))
        if token is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_user_id=token.user, bot_token=token.bot
        )

    return _app(base_url, authorize=authorize)


def for_many(oauth: AsyncOAuthSettings, base_url: str) -> AsyncApp:
    """Bolt's app for everybody who installs it; what Slack says of a token is asked once."""
    assert isinstance(oauth.authorize, AsyncInstallationStoreAuthorize)
    oauth.authorize.cache_enabled = True
    return _app(base_url, oauth_settings=oauth)


def _app(base_url: str, **more: Any) -> AsyncApp:
    """An app that is behind our own door, which has checked the signature."""
    library = logging.getLogger(f"{__name__}.library")
    # It warns of settings in the environment that are ours to read, and does not use them.
    library.setLevel(logging.ERROR)
    app = AsyncApp(
        name="syllabot",
        logger=library,
        client=AsyncWebClient(base_url=base_url, retry_handlers=[]),
        request_verification_enabled=False,
        ssl_check_enabled=False,
        user_facing_authorize_error_message=REMOVED,
        **more,
    )
    app.error(_unreadable)
    return app


async def _unreadable(error: Exception) -> BoltResponse:
    """What comes in a shape that nobody expects is told to be so, and is no failure of ours."""
    log.warning("something that came from Slack could not be read", exc_info=error)
    return BoltResponse(status=400)


def listen(app: AsyncApp, talk: Conversation, news: News, hearing: Hearing) -> None:
    """Have everything that Bolt understands heard: what people say by `talk`, what happens by `news`."""

    @app.command(EVERY)
    async def typed(ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        with hearing.somebody():
            await talk.typed(ack, _told(body, context), body)

    @app.action(EVERY)
    async def pressed(ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        with hearing.somebody():
            await talk.pressed(ack, _told(body, context), body)

    @app.view(EVERY)
    async def submitted(ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        with hearing.somebody():
            await talk.submitted(ack, _told(body, context), body)

    @app.event("app_home_opened")
    async def looked_at(body: Json, event: Json, context: AsyncBoltContext) -> None:
        if event.get("tab") == "home":
            with hearing.somebody():
                await talk.looked_at(_told(body, context))

    async def heard(body: Json, context: AsyncBoltContext) -> None:
        with hearing.somebody():
            await news.heard(_workspace(body, context), body)

    for kind in (*sorted(CHANNEL_NEWS | TEAM_NEWS), UNINSTALLED, REVOKED):
        app.event(kind)(heard)


def _told(body: Json, context: AsyncBoltContext) -> Told:
    return told(body, _workspace(body, context), context.user_id or "")


def _workspace(body: Json, context: AsyncBoltContext) -> Workspace:
    """Where something was said. Of what is installed in a whole enterprise, a view names that as the team (Slack: View
    payload, `app_installed_team_id`), and then the payload tells the workspace."""
    team, enterprise = context.team_id or "", context.enterprise_id or ""
    if not team or team == enterprise:
        named = (
            (body.get(part) or {}, key) for part, key in (("team", "id"), ("view", "team_id"), ("user", "team_id"))
        )
        found = (part.get(key) for part, key in named if isinstance(part, Mapping))
        team = next((one for one in found if isinstance(one, str) and one), "")
    return Workspace(team, enterprise)
