"""What an operator does beside running the bot: print the manifest and a key, ask what is missing.

Nothing here writes to the database, and nothing waits longer than `PATIENCE` for an answer.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from aiohttp import ClientError, ClientSession, ClientSSLError, ClientTimeout, web
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from adapters.public_server import serve_public_routes
from adapters.slack import manifest as app
from adapters.slack.api import BotToken, SlackApi, TokenStore, Workspace, get_error_code
from adapters.slack.connection_mode import (
    ConnectionMode,
    can_serve_many_workspaces,
    choose_connection_mode,
)
from adapters.slack.errors import BROKEN, Broken, classify_slack_error
from adapters.slack.installations import (
    PATIENCE,
    SettingsTokenStore,
    VaultTokenStore,
    call_with_given_token,
)
from adapters.slack.rights import SlackRights
from adapters.slack.socket import FOR_GOOD
from bot import command
from bot.chat.address import Place
from bot.chat.errors import CannotConnect
from bot.chat.platform import Vault
from bot.runtime.vault import create_vault_key
from bot.settings import Settings

BASE_URL = AsyncWebClient.BASE_URL
ENTERPRISE = "Workspaces install it one by one; for a whole enterprise, set PUBLIC_URL and VAULT_KEY and print this again."

UNKNOWN_CLIENT = {
    "invalid_client_id": "Slack does not know this SLACK_CLIENT_ID: copy it from the Basic Information page of your app.",
    "bad_client_secret": "This SLACK_CLIENT_SECRET is not that of your app: copy it from its Basic Information page.",
}


# — what is printed —


async def print_manifest(settings: Settings) -> int:
    """Print what Slack makes the app from; and beside it, so that it can be piped, what to do with it and why it asks for
    what it asks for."""
    command.discover_commands()
    url = "" if settings.slack_app_token.get_secret_value() else settings.public_url
    many = bool(url) and can_serve_many_workspaces(settings)
    made = app.build_manifest(
        command.list_visible_commands(), settings.slack_command, url, for_enterprises=many
    )
    print(json.dumps(made, indent=2, ensure_ascii=False))
    way = (
        f"Slack will call {url}"
        if url
        else "Slack will speak through Socket Mode; with PUBLIC_URL set, it would call that"
    )
    reach = "A whole enterprise can install it, too." if many else ENTERPRISE
    told = [
        f"\n{way}.",
        reach,
        "Paste this at api.slack.com/apps → Create New App → From a manifest. It asks for these scopes:",
    ]
    told += [f"  {name}: {reason}" for name, reason in app.SCOPES.items()]
    print("\n".join(told), file=sys.stderr)
    return 0


async def print_vault_key() -> int:
    """Print a key for the vault."""
    print(create_vault_key())
    return 0


# — what is missing —


async def find_slack_setup_problems(
    settings: Settings, homes: Sequence[Place], vault: Vault | None
) -> Sequence[str]:
    """See `adapters.Plug.examine`: asks Slack about every token, calls the public address, and looks at every home."""
    try:
        asked = choose_connection_mode(settings)
    except CannotConnect as missing:
        return [str(missing)]
    found = list(
        await (
            _check_app_token(settings)
            if asked is ConnectionMode.SOCKET
            else _find_public_url_problem(settings)
        )
    )
    if asked is ConnectionMode.MANY:
        found += await _check_oauth_client(settings)
        found += await _check_installed_workspaces(settings, homes, vault)
    else:
        found += await _check_configured_workspace(settings, homes)
    return list(dict.fromkeys(found))


async def _check_app_token(settings: Settings) -> Sequence[str]:
    """What is wrong with the app-level token: it is asked for a connection that is never made."""
    try:
        await call_with_given_token(
            BASE_URL, settings.slack_app_token.get_secret_value(), "apps.connections.open"
        )
    except BROKEN as broken:
        found = get_error_code(broken) if isinstance(broken, SlackApiError) else ""
        return [FOR_GOOD.get(found) or _format_retry_sentence(broken)]
    return []


async def _check_oauth_client(settings: Settings) -> Sequence[str]:
    """What is wrong with the client's id and secret: Slack names them before it looks at a code that is none."""
    try:
        secret = settings.slack_client_secret.get_secret_value()
        client = {"client_id": settings.slack_client_id, "client_secret": secret}
        await call_with_given_token(BASE_URL, "", "oauth.v2.access", **client, code="none")
    except BROKEN as broken:
        found = get_error_code(broken) if isinstance(broken, SlackApiError) else ""
        if found != "invalid_code":
            return [UNKNOWN_CLIENT.get(found) or _format_retry_sentence(broken)]
    return []


async def _check_configured_workspace(settings: Settings, homes: Sequence[Place]) -> Sequence[str]:
    tokens = SettingsTokenStore(settings.slack_bot_token.get_secret_value(), base_url=BASE_URL)
    try:
        here, token = await tokens.fetch_own_workspace()
    except CannotConnect as closed:
        return [str(closed)]
    except BROKEN as broken:
        return [_format_retry_sentence(broken)]
    return [*_describe_missing_scopes(here, token), *await _check_slack_homes(tokens, homes)]


async def _check_installed_workspaces(
    settings: Settings, homes: Sequence[Place], vault: Vault | None
) -> Sequence[str]:
    tokens = VaultTokenStore(vault) if vault is not None else None
    every = await tokens.list_installations() if tokens is not None else []
    if tokens is None or not every:
        return [
            f"No workspace has installed me yet: start me, then open {settings.public_url}{app.INSTALL_PATH}."
        ]
    if closed := await tokens.list_unreadable_installations():
        names = ", ".join(_format_workspace_name(one) for one in closed)
        return [
            f"No VAULT_KEY opens what was kept of {names}: add the former key after the new one and a comma."
        ]
    found = [
        sentence
        for one in every
        if (token := await tokens.find_token(one))
        for sentence in _describe_missing_scopes(one, token)
    ]
    return [*found, *await _check_slack_homes(tokens, homes)]


def _describe_missing_scopes(workspace: Workspace, token: BotToken) -> Sequence[str]:
    """The scopes an installation lacks, if its scopes are known."""
    advice = "add it under OAuth & Permissions, and install the app again"
    return [
        f"{_format_workspace_name(workspace)}: I lack the scope {scope}, which {reason}: {advice}."
        for scope, reason in app.SCOPES.items()
        if token.scopes and scope not in token.scopes
    ]


class _ScopelessTokens:
    """The tokens, without their scopes: those are judged above, once for each workspace and not at each home."""

    def __init__(self, tokens: TokenStore) -> None:
        self._tokens = tokens
        self.forget_token, self.list_installed_workspaces = (
            tokens.forget_token,
            tokens.list_installed_workspaces,
        )

    async def find_token(self, workspace: Workspace) -> BotToken | None:
        token = await self._tokens.find_token(workspace)
        return BotToken(token.bot_token, token.bot_user) if token else None


async def _check_slack_homes(tokens: TokenStore, homes: Sequence[Place]) -> Sequence[str]:
    """What is missing where cohorts live."""
    async with SlackApi(_ScopelessTokens(tokens), base_url=BASE_URL) as api:
        rights = SlackRights(api)
        return [
            f"{_format_workspace_name(Workspace.from_place(place))}: {lack.sentence}"
            for place in homes
            for lack in await rights.list_place_problems(place)
        ]


async def _find_public_url_problem(settings: Settings) -> Sequence[str]:
    """What is wrong with the public address: it is called as Slack calls it when it wants to know whether it is right.

    The bot answers that; where it is not running here, this does in its place for a moment.
    """
    url, advice = (
        settings.public_url,
        f"have it lead to port {settings.public_port} of this machine",
    )
    challenge = secrets.token_urlsafe()
    try:
        async with _serve_challenge(settings, challenge):
            status, said = await _send_challenge(settings, challenge)
    except ClientSSLError:
        return [
            f"{url} has no certificate that can be trusted, and Slack insists on one: renew that of your proxy."
        ]
    except (ClientError, OSError):
        return [f"PUBLIC_URL cannot be reached from here, at {url}: {advice}."]
    if status == 200 and challenge in said:
        return []
    if status == 401:
        return [
            f"What answers at {url} has another SLACK_SIGNING_SECRET: copy it from the Basic Information page of your app, "
            "and start me again."
        ]
    return [f"{url}{app.EVENTS_PATH} is answered with {status}, and not by me: {advice}."]


@asynccontextmanager
async def _serve_challenge(settings: Settings, challenge: str) -> AsyncIterator[None]:
    """Answer at the public port to this challenge and, as one who is not there, to nothing else; unless the port is taken,
    which is how it should be while the bot runs."""

    async def answer(request: web.Request) -> web.Response:
        ours = challenge.encode() in await request.read()
        return web.json_response({"challenge": challenge}) if ours else web.Response(status=503)

    async with AsyncExitStack() as opened:
        with suppress(OSError):
            routes = [web.post(app.EVENTS_PATH, answer)]
            await opened.enter_async_context(
                serve_public_routes(routes, settings.public_host, settings.public_port)
            )
        yield


async def _send_challenge(settings: Settings, challenge: str) -> tuple[int, str]:
    """The status and the beginning of what is answered to a challenge that is signed as Slack signs it (Slack: Events API,
    URL verification)."""
    body = json.dumps({"type": "url_verification", "challenge": challenge})
    headers = {"Content-Type": "application/json", **_build_signature_headers(settings, body)}
    async with ClientSession(timeout=ClientTimeout(PATIENCE)) as session:
        asked = session.post(
            settings.public_url + app.EVENTS_PATH, data=body, headers=headers, allow_redirects=False
        )
        async with asked as answer:
            return answer.status, (await answer.content.read(1000)).decode(errors="replace")


def _build_signature_headers(settings: Settings, body: str) -> Mapping[str, str]:
    verifier = SignatureVerifier(settings.slack_signing_secret.get_secret_value())
    stamp = str(int(verifier.clock.now()))
    signature = verifier.generate_signature(timestamp=stamp, body=body) or ""
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}


def _format_retry_sentence(broken: Broken) -> str:
    return f"{classify_slack_error(broken, is_lookup=True).reason}: try again later."


def _format_workspace_name(workspace: Workspace) -> str:
    return f"workspace {workspace.team}" if workspace.team else f"enterprise {workspace.enterprise}"
