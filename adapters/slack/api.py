"""Slack's Web API, one call at a time.

Each call carries the token of its own workspace.
No call is tried twice by itself: that is for the outbox to decide.
While Slack has asked us to slow down, a call fails at once and sends nothing.
"""

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

REQUEST_TIMEOUT = ClientTimeout(total=30, sock_connect=10)  # seconds; a letter's lease is sixty
DOWNLOAD_TIMEOUT = ClientTimeout(total=20)  # seconds for a file
HTTP_OK = 200
INSTANT = 0.001  # seconds; a shorter wait counts as none
DEFAULT_RETRY_AFTER = timedelta(minutes=1)  # where Slack names no time
MAX_RETRY_AFTER = timedelta(days=1)
DEAD_TOKEN_ERRORS = {
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
}
"""Slack's errors for a token that no longer works: nothing was done with it."""
# Slack has both spellings (Slack: chat.postMessage, Errors).
RATE_LIMIT_ERRORS = {"ratelimited", "rate_limited"}


class Workspace(NamedTuple):
    """A team and, within Enterprise Grid, the enterprise it belongs to: the owner of one token."""

    team: str
    enterprise: str = ""

    @classmethod
    def from_place(cls, place: Place) -> Workspace:
        """Return the workspace around a place."""
        # A tenant beginning with T is another team: somebody met in a shared channel.
        is_foreign = place.tenant.startswith("T")
        if is_foreign or place.tenant == place.space:
            return cls(place.space)
        return cls(place.space, place.tenant)

    @property
    def tenant(self) -> str:
        """The owner of its accounts: the enterprise, or the team itself."""
        return self.enterprise or self.team


@dataclass(frozen=True, slots=True)
class BotToken:
    """The result of one installation.

    `bot_user` is the bot's user id, `installer` the user id of the person who installed it.
    `app` is the app's id. `scopes` are those granted, empty where Slack did not say.
    `installed_at` is in seconds since 1970 (UTC).
    """

    bot_token: str
    bot_user: str
    installer: str = ""
    app: str = ""
    scopes: frozenset[str] = frozenset()
    installed_at: float = 0.0

    def __repr__(self) -> str:
        # The token itself is left out: a token in a log is a leak.
        return f"Token(user={self.bot_user!r}, app={self.app!r})"


class TokenStore(Protocol):
    """The tokens of all workspaces."""

    async def find_token(self, workspace: Workspace) -> BotToken | None:
        """Return a workspace's token, or None if the app is not installed there."""
        ...

    async def forget_token(self, workspace: Workspace) -> None:
        """Delete the token after the app was removed.

        Without a team, it is the enterprise's own token.
        """
        ...

    async def list_installed_workspaces(self) -> Sequence[Workspace]:
        """Return the workspaces known to have the app, one by one.

        The workspaces of an enterprise that installed the app as a whole are not listed.
        """
        ...


class AppNotInstalledError(Exception):
    """There is no token for the workspace."""


class RateLimitError(Exception):
    """Slack wants no call of this method from this workspace until `after` is over."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"Slack asks me to slow down for {after.total_seconds():.0f} s")
        self.after = after


class SlackApi:
    """The Web API for all workspaces, over one session that is open during `async with`.

    `time` returns seconds that only grow; without it, those of the event loop.
    It measures every wait and every cache lifetime, here and in the classes built on this one.
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
        self._closed_until: ExpiringCache[tuple[Workspace, str], float] = ExpiringCache(self.time)
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        # One session for all calls: slack_sdk would open a connection for each.
        self._session = ClientSession(timeout=REQUEST_TIMEOUT)
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
        """Return the workspace's token.

        Raises `AppNotInstalledError`.
        """
        token = await self.tokens.find_token(workspace)
        if token is None:
            raise AppNotInstalledError(f"there is no token for {workspace.team}")
        return token

    async def is_installer(self, workspace: Workspace, user: str) -> bool:
        """Return True if this user installed the app there; False if the installer is unknown."""
        token = await self.tokens.find_token(workspace)
        return token is not None and bool(token.installer) and token.installer == user

    async def call_method(
        self, workspace: Workspace, method: str, **payload: Any
    ) -> dict[str, Any]:
        """Call a method once and return its answer. Arguments with None are left out.

        Raises `AppNotInstalledError`, `RateLimitError`, and the errors of slack_sdk and aiohttp.
        """
        # Slack counts its limits for each method in each workspace (Slack: Rate limits).
        seconds_left = (self._closed_until[workspace, method] or -math.inf) - self.time()
        if seconds_left > INSTANT:
            raise RateLimitError(timedelta(seconds=seconds_left))
        arguments = {name: value for name, value in payload.items() if value is not None}
        try:
            return await self._call_as_workspace(workspace, method, arguments)
        except SlackApiError as error:
            retry_after = _parse_retry_after(error)
            if retry_after is None:
                raise
            self._closed_until[workspace, method] = self.time() + retry_after.total_seconds()
            raise RateLimitError(retry_after) from error

    async def send_to_response_url(self, response_url: str, **payload: Any) -> None:
        """Post to an interaction's own address.

        It works for half an hour, and five times at most (Slack: Handling user interaction).
        Raises `RateLimitError`, and the errors of slack_sdk and aiohttp.
        """
        hook = AsyncWebhookClient(response_url, session=self._get_session(), retry_handlers=[])
        answer = await hook.send_dict(payload)
        if answer.status_code == 200:
            return
        error = SlackApiError("a response_url was refused", answer)  # type: ignore[no-untyped-call]
        retry_after = _parse_retry_after(error)
        if retry_after is not None:
            raise RateLimitError(retry_after) from error
        raise error

    @asynccontextmanager
    async def open_file_download(
        self, workspace: Workspace, file_url: URL
    ) -> AsyncIterator[ClientResponse]:
        """Request a file from Slack and yield the response.

        The token goes along, so `file_url` has to be Slack's own; redirects are not followed.
        Raises `AppNotInstalledError`, and the errors of aiohttp.
        """
        token = await self.get_token(workspace)
        request = self._get_session().get(
            file_url,
            headers={"Authorization": f"Bearer {token.bot_token}"},
            allow_redirects=False,  # another host must never see the token
            timeout=DOWNLOAD_TIMEOUT,
        )
        async with request as response:
            yield response

    async def upload_file(self, upload_url: str, content: bytes) -> None:
        """Upload a file to the address Slack has given for it, without our token.

        Raises the errors of aiohttp.
        """
        async with self._get_session().post(
            upload_url, data=content, allow_redirects=False, timeout=DOWNLOAD_TIMEOUT
        ) as response:
            if response.status != HTTP_OK:
                raise ClientPayloadError(f"an upload was answered with {response.status}")

    async def _call_as_workspace(
        self, workspace: Workspace, method: str, arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        token = await self.get_token(workspace)
        try:
            return await self._send_api_request(method, token.bot_token, arguments)
        except SlackApiError as error:
            if get_error_code(error) not in DEAD_TOKEN_ERRORS:
                raise
            # The token may be an old one from the cache: another process may have stored the
            # new one. A dead token did nothing, so calling again cannot double anything.
            self.tokens.drop_cached_tokens(workspace)
            fresh = await self.tokens.find_token(workspace)
            if fresh is None or fresh.bot_token == token.bot_token:
                raise
            return await self._send_api_request(method, fresh.bot_token, arguments)

    async def _send_api_request(
        self, method: str, token: str, arguments: Mapping[str, Any]
    ) -> dict[str, Any]:
        # Without `retry_handlers=[]`, slack_sdk posts again after a dropped connection.
        client = AsyncWebClient(
            base_url=self.base_url, session=self._get_session(), retry_handlers=[], token=token
        )
        try:
            if any(isinstance(value, dict | list) for value in arguments.values()):
                response = await client.api_call(method, json=dict(arguments))
            else:
                # Reading methods do not take JSON (Slack: Using the Web API).
                form = {name: _format_api_value(value) for name, value in arguments.items()}
                response = await client.api_call(method, data=form)
        except (AttributeError, UnicodeDecodeError) as error:
            # slack_sdk trips over an HTML page in place of JSON.
            raise ClientPayloadError(f"{method} was not answered with JSON") from error
        if not isinstance(response.data, dict):
            return {}
        return dict(response.data)

    def _get_session(self) -> ClientSession:
        if self._session is None:
            raise RuntimeError("The API is used outside of its `async with`.")
        return self._session


def get_error_code(error: SlackApiError) -> str:
    """Return Slack's code for an error, like `channel_not_found`.

    Empty if the answer was not Slack's.
    """
    return str(get_error_body(error).get("error") or "")


def get_http_status(error: SlackApiError) -> int:
    """Return the answer's HTTP status, or 0 if it is unknown."""
    # Web API answers say `status_code`, those of aiohttp say `status`.
    status = getattr(error.response, "status_code", None) or getattr(error.response, "status", 0)
    if not isinstance(status, int):
        return 0
    return status


def get_error_body(error: SlackApiError) -> Mapping[str, Any]:
    """Return Slack's whole answer to a failed call; empty if it was not Slack's."""
    data = getattr(error.response, "data", None)
    body = getattr(error.response, "body", None)
    if data is None and isinstance(body, str):
        # A `response_url` answers with bare text, which slack_sdk does not parse.
        try:
            data = json.loads(body)
        except ValueError:
            return {}
    if not isinstance(data, dict):
        return {}
    return data


def _parse_retry_after(error: SlackApiError) -> timedelta | None:
    """Return the wait Slack asks for, or None if the error is about something else."""
    is_rate_limit = get_http_status(error) == 429 or get_error_code(error) in RATE_LIMIT_ERRORS
    if not is_rate_limit:
        return None
    headers = getattr(error.response, "headers", None) or {}
    try:
        retry_after = timedelta(seconds=float(headers.get("Retry-After") or 0))
    except (ValueError, OverflowError):
        return DEFAULT_RETRY_AFTER
    if retry_after <= timedelta():
        return DEFAULT_RETRY_AFTER
    return min(retry_after, MAX_RETRY_AFTER)


def _format_api_value(value: object) -> str:
    text = str(value)
    # Forms say `true` where Python says `True`.
    return text.lower() if isinstance(value, bool) else text
