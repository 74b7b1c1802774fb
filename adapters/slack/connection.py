"""The parts of the platform put together, as the settings ask for: Socket Mode or a public address, one workspace or many."""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters import Connected
from adapters.slack import bolt
from adapters.slack.api import Api, Workspace
from adapters.slack.client import Slack
from adapters.slack.door import Door
from adapters.slack.ids import PLATFORM
from adapters.slack.installations import Many, Single, States
from adapters.slack.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from adapters.slack.modes import Mode, mode
from bot.people import Place
from bot.platform import Core, Vault
from bot.settings import Settings

INSTALLED = (
    "<!doctype html><meta charset=utf-8><title>Syllabot</title><p>Syllabot is in your workspace. In the channel where the "
    "group lives, type <code>/invite @Syllabot</code>, then <code>{command} cohort create</code>."
)


def connected(
    settings: Settings,
    vault: Vault,
    *,
    base_url: str = AsyncWebClient.BASE_URL,
    time: Callable[[], float] | None = None,
) -> Connected:
    """The platform, and the routes Slack calls it at, if it does; `time` gives seconds that only grow (see `Api`). Raises
    `CannotConnect` where settings are missing."""
    way = mode(settings)
    door = None if way is Mode.SOCKET else Door(settings.slack_signing_secret.get_secret_value())
    tokens: Single | Many
    if way is Mode.MANY:
        tokens = many = Many(vault)

        def make(core: Core) -> AsyncApp:
            return bolt.for_many(_oauth(settings, vault, many, core), base_url)

    else:
        tokens = one = Single(settings.slack_bot_token.get_secret_value(), base_url=base_url)

        def make(core: Core) -> AsyncApp:
            return bolt.for_one(one, base_url)

    platform = Slack(
        Api(tokens, base_url=base_url, time=time),
        tokens,
        make,
        command=settings.slack_command,
        door=door,
        app_token=settings.slack_app_token.get_secret_value() if door is None else "",
    )
    return Connected(platform, door.routes(installs=way is Mode.MANY) if door else ())


def _oauth(settings: Settings, vault: Vault, many: Many, core: Core) -> AsyncOAuthSettings:
    """How a workspace installs the app (Slack: Installing with OAuth)."""

    async def success(args: AsyncSuccessArgs) -> BoltResponse:
        installed = args.installation
        workspace = Workspace(installed.team_id or "", installed.enterprise_id or "")
        await core.arrived(Place(PLATFORM, workspace.team, tenant=workspace.tenant))
        page = INSTALLED.format(command=settings.slack_command)
        return BoltResponse(status=200, body=page, headers={"Content-Type": "text/html; charset=utf-8"})

    async def failure(args: AsyncFailureArgs) -> BoltResponse:
        return await args.default.failure(args)

    return AsyncOAuthSettings(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        scopes=list(SCOPES),
        redirect_uri=f"{settings.public_url}{REDIRECT_PATH}",
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        callback_options=AsyncCallbackOptions(success, failure),
        installation_store=many,
        installation_store_bot_only=True,
        state_store=States(vault),
    )
