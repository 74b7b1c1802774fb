"""The tokens of workspaces: one from the settings, or many from the vault.

Those in the vault were put there by people who installed the app.
Only the bot's part of an installation is kept; a user's token is never stored.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from aiohttp import ClientPayloadError
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.api import BotToken, Workspace, get_error_code
from bot.chat.errors import CannotConnect
from bot.chat.platform import Vault

STATE_LIFETIME = timedelta(minutes=10)
PATIENCE = 15  # seconds
INSTALLER = "installer"
# The beginnings of names in the vault; stored, so they stay as they are.
_BOT, _STATE = "bot/", "state/"

UNKNOWN_TOKEN = (
    "Slack does not know this SLACK_BOT_TOKEN: copy it again from the OAuth & Permissions page of "
    "your app."
)
REMOVED = (
    "The app of this SLACK_BOT_TOKEN was removed from its workspace: install it again on the "
    "Install App page of your app, and copy the new token."
)
# The sentences for errors that no waiting mends.
FOR_GOOD = {
    "invalid_auth": UNKNOWN_TOKEN,
    "not_authed": UNKNOWN_TOKEN,
    "not_allowed_token_type": UNKNOWN_TOKEN,
    "token_expired": UNKNOWN_TOKEN,
    "account_inactive": REMOVED,
    "token_revoked": REMOVED,
}


class SettingsTokenStore:
    """The token from the settings, for its one workspace and no other."""

    def __init__(self, bot_token: str, *, base_url: str = AsyncWebClient.BASE_URL) -> None:
        self._bot_token = bot_token
        self._base_url = base_url
        # Many calls may start at once, and Slack need be asked only by one.
        self._lock = asyncio.Lock()
        self._known: tuple[Workspace, BotToken] | None = None

    async def fetch_own_workspace(self) -> tuple[Workspace, BotToken]:
        """Return the token and its workspace, asking Slack once.

        A token for a whole enterprise has a workspace without a team.
        Raises `CannotConnect` for a bad token, and the errors of slack_sdk and aiohttp.
        """
        async with self._lock:
            if self._known is None:
                self._known = await self._fetch_auth_test()
        return self._known

    async def _fetch_auth_test(self) -> tuple[Workspace, BotToken]:
        try:
            answer = await call_with_given_token(self._base_url, self._bot_token, "auth.test")
        except SlackApiError as error:
            sentence = FOR_GOOD.get(get_error_code(error))
            if sentence is not None:
                raise CannotConnect(sentence) from None
            raise
        data = answer.data if isinstance(answer.data, dict) else {}
        return parse_auth_test(self._bot_token, data, answer.headers)

    async def find_token(self, workspace: Workspace) -> BotToken | None:
        """See `adapters.slack.api.TokenStore.find_token`."""
        try:
            own, token = await self.fetch_own_workspace()
        except CannotConnect:
            return None
        if _covers_workspace(own, workspace):
            return token
        return None

    async def forget_token(self, workspace: Workspace) -> None:
        """See `adapters.slack.api.TokenStore.forget_token`."""
        # The setting itself stays, so Slack is asked again whether the token is good.
        self._known = None

    async def list_installed_workspaces(self) -> Sequence[Workspace]:
        """See `adapters.slack.api.TokenStore.list_installed_workspaces`.

        Raises the errors of `fetch_own_workspace`.
        """
        own, _ = await self.fetch_own_workspace()
        if not own.team:
            return []
        return [own]


async def call_with_given_token(
    base_url: str, token: str, method: str, **arguments: str
) -> AsyncSlackResponse:
    """Call Slack once with this token, which need not be an installation's.

    Calls for an installed workspace go through `SlackApi` instead.
    Raises the errors of slack_sdk and aiohttp.
    """
    client = AsyncWebClient(token, base_url, timeout=PATIENCE, retry_handlers=[])
    try:
        return await client.api_call(method, data=arguments)
    except (AttributeError, UnicodeDecodeError) as error:
        # slack_sdk trips over an HTML page in place of JSON.
        raise ClientPayloadError(f"{method} was not answered with JSON") from error


def _covers_workspace(own: Workspace, workspace: Workspace) -> bool:
    if own.team:
        return workspace.team == own.team
    # A token for a whole enterprise is good for each of its workspaces.
    return workspace.enterprise == own.enterprise


def parse_auth_test(
    bot_token: str, answer: Mapping[str, Any], headers: Mapping[str, str]
) -> tuple[Workspace, BotToken]:
    """Return the token and its workspace, from Slack's answer to `auth.test`."""
    team = str(answer.get("team_id") or "")
    enterprise = str(answer.get("enterprise_id") or "")
    if answer.get("is_enterprise_install"):
        team = ""  # the team in the answer is only one of many
    # The scopes stand in a header alone.
    scopes = str(headers.get("x-oauth-scopes") or "")
    token = BotToken(
        bot_token,
        str(answer.get("user_id") or ""),
        scopes=frozenset(re.findall(r"[\w:.]+", scopes)),
    )
    return Workspace(team, enterprise), token


class VaultTokenStore(AsyncInstallationStore):
    """The installations of many workspaces, in the vault.

    If an enterprise has installed the app as a whole, its workspaces use the enterprise's token.
    Nothing is cached: another process may hear first about an installation or its end.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def find_token(self, workspace: Workspace) -> BotToken | None:
        """See `adapters.slack.api.TokenStore.find_token`."""
        bot = await self.async_find_bot(
            enterprise_id=workspace.enterprise or None, team_id=workspace.team
        )
        if bot is None:
            return None
        return BotToken(
            bot.bot_token,
            bot.bot_user_id,
            installer=str(bot.get_custom_value(INSTALLER) or ""),
            app=bot.app_id or "",
            scopes=frozenset(bot.bot_scopes),
            installed_at=bot.installed_at,
        )

    async def forget_token(self, workspace: Workspace) -> None:
        """See `adapters.slack.api.TokenStore.forget_token`."""
        key = _build_installation_key(workspace.enterprise, workspace.team)
        await self._vault.delete_secret(key)

    async def list_installed_workspaces(self) -> Sequence[Workspace]:
        """See `adapters.slack.api.TokenStore.list_installed_workspaces`."""
        return [workspace for workspace in await self.list_installations() if workspace.team]

    async def list_installations(self) -> Sequence[Workspace]:
        """Return all installations; one for a whole enterprise has no team."""
        installations = []
        for name in await self._vault.list_secret_names(_BOT):
            enterprise, _, team = name.removeprefix(_BOT).partition("/")
            installations.append(Workspace(team, enterprise))
        return installations

    async def list_unreadable_installations(self) -> Sequence[Workspace]:
        """Return the installations encrypted with a key we no longer have."""
        unreadable = []
        for workspace in await self.list_installations():
            key = _build_installation_key(workspace.enterprise, workspace.team)
            if await self._vault.read_secret(key) is None:
                unreadable.append(workspace)
        return unreadable

    # — as Bolt calls it —

    async def async_save(self, installation: Installation) -> None:
        bot = installation.to_bot()
        bot.set_custom_value(INSTALLER, installation.user_id)
        await self.async_save_bot(bot)

    async def async_save_bot(self, bot: Bot) -> None:
        team = None if bot.is_enterprise_install else bot.team_id
        key = _build_installation_key(bot.enterprise_id, team)
        await self._vault.store_secret(key, json.dumps(vars(bot)))

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        # The workspace's own installation goes before that of its enterprise.
        teams = [None] if is_enterprise_install else [team_id, None]
        for team in teams:
            if not team and not enterprise_id:
                continue
            secret = await self._vault.read_secret(_build_installation_key(enterprise_id, team))
            if secret:
                return Bot(**json.loads(secret))
        return None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await self._vault.delete_secret(_build_installation_key(enterprise_id, team_id))

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Do nothing: no user's own token is kept."""


class OAuthStateStore(AsyncOAuthStateStore):
    """The states of installations under way: each lasts ten minutes and works once."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        state = secrets.token_urlsafe(32)
        await self._vault.store_secret(_STATE + state, "issued", STATE_LIFETIME)
        return state

    async def async_consume(self, state: str) -> bool:
        # The state comes from a browser: nothing else than our own alphabet reaches the vault.
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", state or ""):
            return False
        return await self._vault.pop_secret(_STATE + state) is not None


def _build_installation_key(enterprise: str | None, team: str | None) -> str:
    return f"{_BOT}{enterprise or ''}/{team or ''}"
