"""The operator's commands: print the manifest or a key, and find out what is missing.

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
from adapters.slack.api import BotToken, SlackApi, TokenStore, Workspace, get_error_code
from adapters.slack.connection_mode import (
    ConnectionMode,
    can_serve_many_workspaces,
    choose_connection_mode,
)
from adapters.slack.errors import SLACK_FAILURES, SlackFailure, classify_slack_error
from adapters.slack.installations import (
    PATIENCE,
    SettingsTokenStore,
    VaultTokenStore,
    call_with_given_token,
)
from adapters.slack.manifest import EVENTS_PATH, INSTALL_PATH, SCOPES, build_manifest
from adapters.slack.rights import SlackRights
from adapters.slack.socket import FOR_GOOD
from bot.chat.address import Place
from bot.chat.errors import CannotConnect
from bot.chat.platform import Vault
from bot.command import discover_commands, list_visible_commands
from bot.runtime.vault import create_vault_key
from bot.settings import Settings

BASE_URL = AsyncWebClient.BASE_URL
ANSWER_BYTES = 1000  # enough to recognise our own answer to a challenge

SOCKET_MODE = (
    "The app uses Socket Mode. To have Slack call a public address instead, set PUBLIC_URL and "
    "leave SLACK_APP_TOKEN empty."
)
ENTERPRISE = (
    "Each workspace installs it by itself. For a whole enterprise, set PUBLIC_URL and VAULT_KEY "
    "and print this again."
)
WHOLE_ENTERPRISE = "A whole enterprise can install it, too."
PASTE = (
    "Paste this at api.slack.com/apps → Create New App → From a manifest. "
    "It asks for these scopes, so that I can:"
)

UNKNOWN_CLIENT = {
    "invalid_client_id": (
        "Slack does not know this SLACK_CLIENT_ID: copy it from the Basic Information page of "
        "your app."
    ),
    "bad_client_secret": (
        "This SLACK_CLIENT_SECRET is not your app's: copy it from its Basic Information page."
    ),
}


# — what is printed —


async def print_manifest(settings: Settings) -> int:
    """Print the app manifest, and explain it on standard error. Return the exit status.

    Standard output has the JSON alone, so that it can be piped.
    """
    discover_commands()
    url = settings.public_url
    # With an app-level token the bot uses Socket Mode, even if a public address is set.
    if settings.slack_app_token.get_secret_value():
        url = ""
    for_enterprises = bool(url) and can_serve_many_workspaces(settings)
    manifest = build_manifest(
        list_visible_commands(), settings.slack_command, url, for_enterprises=for_enterprises
    )
    print(json.dumps(manifest, indent=2, ensure_ascii=False))
    print("\n".join(_explain_manifest(url, for_enterprises)), file=sys.stderr)
    return 0


def _explain_manifest(url: str, for_enterprises: bool) -> list[str]:
    connection = f"Slack will call {url}." if url else SOCKET_MODE
    enterprise = WHOLE_ENTERPRISE if for_enterprises else ENTERPRISE
    scopes = [f"  {scope}: {reason}" for scope, reason in SCOPES.items()]
    return [f"\n{connection}", enterprise, PASTE, *scopes]


async def print_vault_key() -> int:
    """Print a new key for the vault. Return the exit status."""
    print(create_vault_key())
    return 0


# — what is missing —


async def find_slack_setup_problems(
    settings: Settings, homes: Sequence[Place], vault: Vault | None
) -> Sequence[str]:
    """See `adapters.PlatformModule.run_doctor`.

    Asks Slack about every token, calls the public address, and looks at every home.
    """
    try:
        mode = choose_connection_mode(settings)
    except CannotConnect as missing:
        return [str(missing)]
    problems: list[str] = []
    if mode is ConnectionMode.SOCKET:
        problems += await _check_app_token(settings)
    else:
        problems += await _find_public_url_problem(settings)
    if mode is ConnectionMode.MANY:
        problems += await _check_oauth_client(settings)
        problems += await _check_installed_workspaces(settings, homes, vault)
    else:
        problems += await _check_configured_workspace(settings, homes)
    # Without repetitions, in the same order: several homes may lack the same thing.
    return list(dict.fromkeys(problems))


async def _check_app_token(settings: Settings) -> Sequence[str]:
    # Asking for a connection proves the token; nothing ever connects to it.
    try:
        await call_with_given_token(
            BASE_URL, settings.slack_app_token.get_secret_value(), "apps.connections.open"
        )
    except SLACK_FAILURES as error:
        return [FOR_GOOD.get(_get_failure_code(error)) or _format_retry_sentence(error)]
    return []


async def _check_oauth_client(settings: Settings) -> Sequence[str]:
    client = {
        "client_id": settings.slack_client_id,
        "client_secret": settings.slack_client_secret.get_secret_value(),
    }
    # Slack checks id and secret before the code, so a wrong code proves that they are right.
    try:
        await call_with_given_token(BASE_URL, "", "oauth.v2.access", **client, code="none")
    except SLACK_FAILURES as error:
        code = _get_failure_code(error)
        if code != "invalid_code":
            return [UNKNOWN_CLIENT.get(code) or _format_retry_sentence(error)]
    return []


def _get_failure_code(error: SlackFailure) -> str:
    """Return Slack's code for a failure, empty if it is not Slack's own."""
    if isinstance(error, SlackApiError):
        return get_error_code(error)
    return ""


async def _check_configured_workspace(settings: Settings, homes: Sequence[Place]) -> Sequence[str]:
    tokens = SettingsTokenStore(settings.slack_bot_token.get_secret_value(), base_url=BASE_URL)
    try:
        workspace, token = await tokens.fetch_own_workspace()
    except CannotConnect as refusal:
        return [str(refusal)]
    except SLACK_FAILURES as error:
        return [_format_retry_sentence(error)]
    return [
        *_describe_missing_scopes(workspace, token),
        *await _check_slack_homes(tokens, homes),
    ]


async def _check_installed_workspaces(
    settings: Settings, homes: Sequence[Place], vault: Vault | None
) -> Sequence[str]:
    nothing_installed = (
        "No workspace has installed me yet: start me, then open "
        f"{settings.public_url}{INSTALL_PATH}."
    )
    if vault is None:
        return [nothing_installed]
    tokens = VaultTokenStore(vault)
    workspaces = await tokens.list_installations()
    if not workspaces:
        return [nothing_installed]
    unreadable = await tokens.list_unreadable_installations()
    if unreadable:
        names = ", ".join(_format_workspace_name(workspace) for workspace in unreadable)
        return [
            f"No VAULT_KEY opens the token of {names}: set VAULT_KEY to the new key, "
            "a comma and the old key."
        ]
    problems: list[str] = []
    for workspace in workspaces:
        token = await tokens.find_token(workspace)
        if token is not None:
            problems += _describe_missing_scopes(workspace, token)
    return [*problems, *await _check_slack_homes(tokens, homes)]


def _describe_missing_scopes(workspace: Workspace, token: BotToken) -> Sequence[str]:
    """Return a sentence for each missing scope; none if the installation's scopes are unknown."""
    name = _format_workspace_name(workspace)
    advice = "add it under OAuth & Permissions, and install the app again"
    return [
        f"{name}: I lack the scope {scope}, so I cannot {reason}: {advice}."
        for scope, reason in SCOPES.items()
        if token.scopes and scope not in token.scopes
    ]


class _ScopelessTokens:
    """The tokens without their scopes.

    Scopes are checked once for each workspace, and not again at each home.
    """

    def __init__(self, tokens: TokenStore) -> None:
        self._tokens = tokens

    async def find_token(self, workspace: Workspace) -> BotToken | None:
        token = await self._tokens.find_token(workspace)
        if token is None:
            return None
        return BotToken(token.bot_token, token.bot_user)

    async def forget_token(self, workspace: Workspace) -> None:
        await self._tokens.forget_token(workspace)

    async def list_installed_workspaces(self) -> Sequence[Workspace]:
        return await self._tokens.list_installed_workspaces()


async def _check_slack_homes(tokens: TokenStore, homes: Sequence[Place]) -> Sequence[str]:
    async with SlackApi(_ScopelessTokens(tokens), base_url=BASE_URL) as api:
        rights = SlackRights(api)
        return [sentence for home in homes for sentence in await _check_slack_home(rights, home)]


async def _check_slack_home(rights: SlackRights, home: Place) -> Sequence[str]:
    workspace_name = _format_workspace_name(Workspace.from_place(home))
    problems = await rights.list_place_problems(home)
    return [f"{workspace_name}: {problem.sentence}" for problem in problems]


async def _find_public_url_problem(settings: Settings) -> Sequence[str]:
    """Call the public address like Slack does to verify it, and return the problem, if any.

    The bot answers the challenge. If it is not running here, this function answers for a moment.
    """
    url = settings.public_url
    advice = f"point it at port {settings.public_port} of this machine"
    challenge = secrets.token_urlsafe()
    try:
        async with _serve_challenge(settings, challenge):
            status, answer = await _send_challenge(settings, challenge)
    except ClientSSLError:
        return [
            f"{url} has no trusted certificate, and Slack requires one: "
            "renew your proxy's certificate."
        ]
    except (ClientError, OSError):
        return [f"I cannot reach PUBLIC_URL from here ({url}): {advice}."]
    if status == 200 and challenge in answer:
        return []
    if status == 401:
        return [
            f"The bot at {url} has a different SLACK_SIGNING_SECRET: copy it from the Basic "
            "Information page of your app, and start me again."
        ]
    return [f"Something else answers at {url}{EVENTS_PATH} (status {status}): {advice}."]


@asynccontextmanager
async def _serve_challenge(settings: Settings, challenge: str) -> AsyncIterator[None]:
    """Answer this challenge at the public port, and anything else with 503."""

    async def answer_challenge(request: web.Request) -> web.Response:
        if challenge.encode() not in await request.read():
            return web.Response(status=503)
        return web.json_response({"challenge": challenge})

    async with AsyncExitStack() as stack:
        # The port is taken while the bot runs: then the bot itself answers.
        with suppress(OSError):
            routes = [web.post(EVENTS_PATH, answer_challenge)]
            await stack.enter_async_context(
                serve_public_routes(routes, settings.public_host, settings.public_port)
            )
        yield


async def _send_challenge(settings: Settings, challenge: str) -> tuple[int, str]:
    """Send a challenge with Slack's signature; return the status and the answer's beginning.

    The format is that of Slack: Events API, URL verification.
    """
    body = json.dumps({"type": "url_verification", "challenge": challenge})
    headers = {"Content-Type": "application/json", **_build_signature_headers(settings, body)}
    async with ClientSession(timeout=ClientTimeout(PATIENCE)) as session:
        request = session.post(
            settings.public_url + EVENTS_PATH, data=body, headers=headers, allow_redirects=False
        )
        async with request as response:
            # Whoever answers is unknown, so no more than this is read.
            content = await response.content.read(ANSWER_BYTES)
            return response.status, content.decode(errors="replace")


def _build_signature_headers(settings: Settings, body: str) -> Mapping[str, str]:
    verifier = SignatureVerifier(settings.slack_signing_secret.get_secret_value())
    timestamp = str(int(verifier.clock.now()))
    signature = verifier.generate_signature(timestamp=timestamp, body=body) or ""
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}


def _format_retry_sentence(error: SlackFailure) -> str:
    return f"{classify_slack_error(error, is_lookup=True).reason}: try again later."


def _format_workspace_name(workspace: Workspace) -> str:
    if not workspace.team:
        return f"enterprise {workspace.enterprise}"
    return f"workspace {workspace.team}"
