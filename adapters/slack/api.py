"""Slack's Web API, one call at a time: with the token of the workspace it is about, never tried twice by itself, and
silent for as long as Slack has asked for."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

from aiohttp import ClientPayloadError, ClientResponse, ClientSession, ClientTimeout
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from yarl import URL

from adapters.slack.cache import ExpiringCache
from adapters.slack.tokens import TokenCache
from bot.chat.address import Place

PATIENCE = ClientTimeout(total=30, sock_connect=10)  # seconds; the outbox gives a letter sixty
FETCHING = ClientTimeout(total=20)  # seconds for a file
INSTANT = 0.001  # seconds; what is nearer than that is now
A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)
DEAD = {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
"""What Slack says of a token that is no good: nothing was done with it."""
SLOWER = {"ratelimited", "rate_limited"}  # Slack has both words (Slack: chat.postMessage, Errors)


class Workspace(NamedTuple):
    """Whose token is meant: a team and, within Enterprise Grid, the enterprise it belongs to."""

    team: str
    enterprise: str = ""

    @classmethod
    def from_place(cls, place: Place) -> Workspace:
        """The workspace of a place."""
        foreign = place.tenant.startswith(
            "T"
        )  # of somebody from another organisation, met in a shared channel
        return cls(place.space, "" if foreign or place.tenant == place.space else place.tenant)

    @property
    def tenant(self) -> str:
        """Whose accounts belong to it: the enterprise, or the team itself."""
        return self.enterprise or self.team


@dataclass(frozen=True, slots=True)
class BotToken:
    """What an installation gave us: the bot's token and user id, who installed it, the app's id, the scopes granted where
    Slack told them, and when, in seconds since 1970 (UTC)."""

    bot_token: str
    bot_user: str
    installer: str = ""
    app: str = ""
    scopes: frozenset[str] = frozenset()
    installed_at: float = 0.0

    def __repr__(self) -> str:
        return f"Token(user={self.bot_user!r}, app={self.app!r})"  # a token in a log is a leak


class TokenStore(Protocol):
    """Where the tokens are kept."""

    async def find_token(self, workspace: Workspace) -> BotToken | None:
        """The token of a workspace, or None where the app is not installed."""
        ...

    async def forget_token(self, workspace: Workspace) -> None:
        """Let go of the token of a workspace that has removed the app; of a whole enterprise's where no team is named."""
        ...

    async def list_installed_workspaces(self) -> Sequence[Workspace]:
        """The workspaces the app is installed in, as far as they are known one by one."""
        ...


class AppNotInstalledError(Exception):
    """There is no token for the workspace."""


class RateLimitError(Exception):
    """Slack has asked to be left alone, by this workspace and method, for as long as `after`."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"Slack asks me to slow down for {after.total_seconds():.0f} s")
        self.after = after


class SlackApi:
    """The Web API for all workspaces, over one session: open while `async with` lasts.

    `time` gives seconds that only grow; without it, those of the event loop. It measures how long Slack wants to be left
    alone, here and in what is built on this.
    """

    def __init__(
        self,
        tokens: TokenStore,
        *,
        base_url: str = AsyncWebClient.BASE_URL,
        time: Callable[[], float] | None = None,
    ) -> None:
        self.base_url = base_url
        self.time: Callable[[], float] = time or (lambda: asyncio.get_running_loop().time())
        self.tokens = TokenCache(tokens, self.time)
        self._closed: ExpiringCache[tuple[Workspace, str], float] = ExpiringCache(self.time)
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession(timeout=PATIENCE)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get_token(self, workspace: Workspace) -> BotToken:
        """The token of a workspace. Raises `NotInstalled`."""
        token = await self.tokens.find_token(workspace)
        if token is None:
            raise AppNotInstalledError(f"there is no token for {workspace.team}")
        return token

    async def is_installer(self, workspace: Workspace, user: str) -> bool:
        """Whether this user installed the app there. Where that is not known, nobody did."""
        token = await self.tokens.find_token(workspace)
        return token is not None and bool(token.installer) and token.installer == user

    async def call_method(
        self, workspace: Workspace, method: str, **payload: Any
    ) -> dict[str, Any]:
        """Ask a method once and return what it answered. What is None is left out.

        Raises `NotInstalled`, `Limited`, and else what slack_sdk and aiohttp raise.
        """
        left = (self._closed[workspace, method] or -math.inf) - self.time()
        if left > INSTANT:
            raise RateLimitError(timedelta(seconds=left))
        given = {name: value for name, value in payload.items() if value is not None}
        try:
            answer = await self._call_as_workspace(workspace, method, given)
        except SlackApiError as refused:
            if (after := _parse_retry_after(refused)) is None:
                raise
            self._closed[workspace, method] = self.time() + after.total_seconds()
            raise RateLimitError(after) from refused
        return answer

    async def send_to_response_url(self, response_url: str, **payload: Any) -> None:
        """Post to the address an interaction came with: for half an hour, and five times at most (Slack: Handling user
        interaction). Raises `Limited`, and else what slack_sdk and aiohttp raise."""
        hook = AsyncWebhookClient(response_url, session=self._get_session(), retry_handlers=[])
        answered = await hook.send_dict(payload)
        if answered.status_code == 200:
            return
        refused = SlackApiError("a response_url was refused", answered)  # type: ignore[no-untyped-call]
        if (after := _parse_retry_after(refused)) is not None:
            raise RateLimitError(after) from refused
        raise refused

    @asynccontextmanager
    async def open_file_download(
        self, workspace: Workspace, address: URL
    ) -> AsyncIterator[ClientResponse]:
        """Slack's answer to asking for a file that it keeps. The token goes along, so `address` has to be Slack's, and nobody
        is followed elsewhere. Raises `NotInstalled`, and else what aiohttp raises."""
        headers = {"Authorization": f"Bearer {(await self.get_token(workspace)).bot_token}"}
        asking = self._get_session().get(
            address, headers=headers, allow_redirects=False, timeout=FETCHING
        )
        async with asking as answer:
            yield answer

    async def _call_as_workspace(
        self, workspace: Workspace, method: str, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Ask with the token of a workspace; once more where it has got another one meanwhile."""
        token = await self.get_token(workspace)
        try:
            return await self._send_api_request(method, token.bot_token, given)
        except SlackApiError as refused:
            if get_error_code(refused) not in DEAD:
                raise
            self.tokens.drop_cached_tokens(workspace)
            fresh = await self.tokens.find_token(workspace)
            if fresh is None or fresh.bot_token == token.bot_token:
                raise
            return await self._send_api_request(method, fresh.bot_token, given)

    async def _send_api_request(
        self, method: str, token: str, payload: Mapping[str, Any]
    ) -> dict[str, Any]:
        client = AsyncWebClient(
            base_url=self.base_url, session=self._get_session(), retry_handlers=[], token=token
        )
        nested = any(isinstance(one, dict | list) for one in payload.values())
        try:
            if nested:
                response = await client.api_call(method, json=dict(payload))
            else:  # methods that read do not take JSON (Slack: Using the Web API)
                response = await client.api_call(
                    method, data={name: _format_api_value(one) for name, one in payload.items()}
                )
        except (
            AttributeError,
            UnicodeDecodeError,
        ) as garbled:  # a page instead of an answer trips the library up
            raise ClientPayloadError(
                f"{method} was answered with something else than JSON"
            ) from garbled
        return dict(response.data) if isinstance(response.data, dict) else {}

    def _get_session(self) -> ClientSession:
        if self._session is None:
            raise RuntimeError("The API is used outside of its `async with`.")
        return self._session


def get_error_code(error: SlackApiError) -> str:
    """Slack's own word for what went wrong, like `channel_not_found`; empty where the answer was not Slack's."""
    return str(get_error_body(error).get("error") or "")


def get_http_status(error: SlackApiError) -> int:
    """The HTTP status of an answer; 0 where it is not known."""
    found = getattr(error.response, "status_code", None) or getattr(error.response, "status", 0)
    return found if isinstance(found, int) else 0


def get_error_body(error: SlackApiError) -> Mapping[str, Any]:
    """All that Slack said with an error; empty where the answer was not Slack's."""
    data = getattr(error.response, "data", None)
    if data is None and isinstance(body := getattr(error.response, "body", None), str):
        try:
            data = json.loads(body)
        except ValueError:
            return {}
    return data if isinstance(data, dict) else {}


def _parse_retry_after(error: SlackApiError) -> timedelta | None:
    """How long Slack asks us to wait, if that is what it says: a minute where it does not say, a day at most."""
    if get_http_status(error) != 429 and get_error_code(error) not in SLOWER:
        return None
    headers = getattr(error.response, "headers", None) or {}
    try:
        asked = timedelta(seconds=float(headers.get("Retry-After") or 0))
    except (ValueError, OverflowError):
        return A_MINUTE
    return min(asked, A_DAY) if asked > timedelta() else A_MINUTE


def _format_api_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
