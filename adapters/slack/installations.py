"""Where the tokens of workspaces come from: one from the settings, or many from the vault, put there by those who install
the app.

What is kept of an installation is the bot's alone; a user's token is never stored.
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

STATE_LASTS = timedelta(minutes=10)
PATIENCE = 15  # seconds
INSTALLER = "installer"
_BOT, _STATE = "bot/", "state/"

UNKNOWN_TOKEN = "Slack does not know this SLACK_BOT_TOKEN: copy it again from the OAuth & Permissions page of your app."
REMOVED = (
    "The app of this SLACK_BOT_TOKEN was removed from its workspace: install it again on the Install App page of your app, "
    "and copy the new token."
)
FOR_GOOD = {
    "invalid_auth": UNKNOWN_TOKEN,
    "not_authed": UNKNOWN_TOKEN,
    "not_allowed_token_type": UNKNOWN_TOKEN,
    "token_expired": UNKNOWN_TOKEN,
    "account_inactive": REMOVED,
    "token_revoked": REMOVED,
}


class SettingsTokenStore:
    """The token of the one workspace in the settings, and of no other."""

    def __init__(self, bot_token: str, *, base_url: str = AsyncWebClient.BASE_URL) -> None:
        self._bot = bot_token
        self._base_url = base_url
        self._asking = asyncio.Lock()
        self._known: tuple[Workspace, BotToken] | None = None

    async def fetch_own_workspace(self) -> tuple[Workspace, BotToken]:
        """Which workspace the token is for; without a team where it is for a whole enterprise. Slack is asked once.

        Raises `CannotConnect` for a token that is no good, and else what slack_sdk and aiohttp raise.
        """
        async with self._asking:
            if self._known is None:
                try:
                    answer = await call_with_given_token(self._base_url, self._bot, "auth.test")
                except SlackApiError as refused:
                    if (found := get_error_code(refused)) in FOR_GOOD:
                        raise CannotConnect(FOR_GOOD[found]) from None
                    raise
                self._known = parse_auth_test(
                    self._bot, answer.data if isinstance(answer.data, dict) else {}, answer.headers
                )
        return self._known

    async def find_token(self, workspace: Workspace) -> BotToken | None:
        """See `api.Tokens`."""
        try:
            here, token = await self.fetch_own_workspace()
        except CannotConnect:
            return None
        mine = workspace.team == here.team if here.team else workspace.enterprise == here.enterprise
        return token if mine else None

    async def forget_token(self, workspace: Workspace) -> None:
        """See `api.Tokens`. What the settings say stays said, so Slack is asked whether it is still good."""
        self._known = None

    async def list_installed_workspaces(self) -> Sequence[Workspace]:
        """See `api.Tokens`. Raises what `here` raises."""
        here, _ = await self.fetch_own_workspace()
        return [here] if here.team else []


async def call_with_given_token(
    base_url: str, token: str, method: str, **given: str
) -> AsyncSlackResponse:
    """Ask Slack once with a token that is no installation's (those are the `Api`'s). Raises what slack_sdk and aiohttp
    raise."""
    client = AsyncWebClient(token, base_url, timeout=PATIENCE, retry_handlers=[])
    try:
        return await client.api_call(method, data=given)
    except (
        AttributeError,
        UnicodeDecodeError,
    ) as garbled:  # a page instead of an answer trips the library up
        raise ClientPayloadError(
            f"{method} was answered with something else than JSON"
        ) from garbled


def parse_auth_test(
    bot_token: str, answer: Mapping[str, Any], headers: Mapping[str, str]
) -> tuple[Workspace, BotToken]:
    """Whose token it is, from what `auth.test` says of it."""
    wide = bool(answer.get("is_enterprise_install"))
    team, enterprise = str(answer.get("team_id") or ""), str(answer.get("enterprise_id") or "")
    scopes = str(headers.get("x-oauth-scopes") or "")
    token = BotToken(
        bot_token,
        str(answer.get("user_id") or ""),
        scopes=frozenset(re.findall(r"[\w:.]+", scopes)),
    )
    return Workspace("" if wide else team, enterprise), token


class VaultTokenStore(AsyncInstallationStore):
    """The installations of many workspaces, in the vault.

    A workspace of an enterprise that has installed the app as a whole uses that token. Nothing is cached: another process
    may be the one that hears of an installation or its end.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def find_token(self, workspace: Workspace) -> BotToken | None:
        """See `api.Tokens`."""
        bot = await self.async_find_bot(
            enterprise_id=workspace.enterprise or None, team_id=workspace.team
        )
        if bot is None:
            return None
        installer = str(bot.get_custom_value(INSTALLER) or "")
        return BotToken(
            bot.bot_token,
            bot.bot_user_id,
            installer,
            bot.app_id or "",
            frozenset(bot.bot_scopes),
            bot.installed_at,
        )

    async def forget_token(self, workspace: Workspace) -> None:
        """See `api.Tokens`."""
        await self._vault.delete_secret(
            _build_installation_key(workspace.enterprise, workspace.team)
        )

    async def list_installed_workspaces(self) -> Sequence[Workspace]:
        """See `api.Tokens`."""
        return [one for one in await self.list_installations() if one.team]

    async def list_installations(self) -> Sequence[Workspace]:
        """All installations; those of a whole enterprise have no team."""
        names = [name.removeprefix(_BOT) for name in await self._vault.list_secret_names(_BOT)]
        return [
            Workspace(team, enterprise)
            for enterprise, _, team in (name.partition("/") for name in names)
        ]

    async def list_unreadable_installations(self) -> Sequence[Workspace]:
        """The installations that no key of ours opens."""
        every = await self.list_installations()
        return [
            one
            for one in every
            if await self._vault.read_secret(_build_installation_key(one.enterprise, one.team))
            is None
        ]

    async def async_save(self, installation: Installation) -> None:
        bot = installation.to_bot()
        bot.set_custom_value(INSTALLER, installation.user_id)
        await self.async_save_bot(bot)

    async def async_save_bot(self, bot: Bot) -> None:
        team = None if bot.is_enterprise_install else bot.team_id
        await self._vault.store_secret(
            _build_installation_key(bot.enterprise_id, team), json.dumps(vars(bot))
        )

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        teams = [None] if is_enterprise_install else [team_id, None]
        for team in teams:
            if (team or enterprise_id) and (
                kept := await self._vault.read_secret(_build_installation_key(enterprise_id, team))
            ):
                return Bot(**json.loads(kept))
        return None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await self._vault.delete_secret(_build_installation_key(enterprise_id, team_id))

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Nothing of a user's own is kept, so there is nothing to let go of."""


class OAuthStateStore(AsyncOAuthStateStore):
    """The states of installations under way: each is known for ten minutes and good for one."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        state = secrets.token_urlsafe(32)
        await self._vault.store_secret(_STATE + state, "issued", STATE_LASTS)
        return state

    async def async_consume(self, state: str) -> bool:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", state or ""):
            return False
        return await self._vault.pop_secret(_STATE + state) is not None


def _build_installation_key(enterprise: str | None, team: str | None) -> str:
    return f"{_BOT}{enterprise or ''}/{team or ''}"
