"""The platform built from the settings: Socket Mode or a public address, one workspace or many."""

from __future__ import annotations

import logging
from collections.abc import Callable

from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters import PlatformConnection
from adapters.slack import pages
from adapters.slack.api import SlackApi, TokenStore, Workspace
from adapters.slack.client import Slack
from adapters.slack.connection_mode import ConnectionMode, choose_connection_mode
from adapters.slack.greeter import Welcome
from adapters.slack.ids import PLATFORM
from adapters.slack.installations import OAuthStateStore, SettingsTokenStore, VaultTokenStore
from adapters.slack.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from adapters.slack.verify import SlackEndpoint
from bot.chat.address import Place
from bot.chat.platform import Core, Vault
from bot.settings import Settings

InstallFlowFactory = Callable[[Core, Welcome], AsyncOAuthFlow]


def connect_slack(
    settings: Settings,
    vault: Vault,
    *,
    base_url: str = AsyncWebClient.BASE_URL,
    time: Callable[[], float] | None = None,
) -> PlatformConnection:
    """Return the platform, with the routes Slack calls it at, if any.

    `time` returns seconds that only grow (see `SlackApi`).
    Raises `CannotConnect` if settings are missing.
    """
    mode = choose_connection_mode(settings)
    make_install_flow: InstallFlowFactory | None = None
    if mode is ConnectionMode.MANY:
        installations = VaultTokenStore(vault)
        api = SlackApi(installations, base_url=base_url, time=time)
        make_install_flow = _build_install_flow_factory(settings, vault, installations, api)
    else:
        tokens: TokenStore = SettingsTokenStore(
            settings.slack_bot_token.get_secret_value(), base_url=base_url
        )
        api = SlackApi(tokens, base_url=base_url, time=time)
    if mode is ConnectionMode.SOCKET:
        app_token = settings.slack_app_token.get_secret_value()
        return PlatformConnection(Slack(api, command=settings.slack_command, app_token=app_token))
    endpoint = SlackEndpoint(settings.slack_signing_secret.get_secret_value())
    platform = Slack(
        api,
        command=settings.slack_command,
        make_install_flow=make_install_flow,
        endpoint=endpoint,
    )
    routes = endpoint.build_slack_routes(can_install=mode is ConnectionMode.MANY)
    return PlatformConnection(platform, routes)


class SlackInstallFlow(AsyncOAuthFlow):
    """Bolt's way to install the app, with our own first page."""

    async def handle_installation(self, request: AsyncBoltRequest) -> BoltResponse:
        response = await super().handle_installation(request)
        for name, value in pages.HEADERS.items():
            response.headers[name.lower()] = [value]
        return response

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        return pages.build_install_page(url)


def _build_install_flow_factory(
    settings: Settings, vault: Vault, installations: VaultTokenStore, api: SlackApi
) -> InstallFlowFactory:
    library = logging.getLogger(f"{__name__}.library")
    library.setLevel(logging.ERROR)  # below that, it logs the codes of installations
    client = AsyncWebClient(base_url=api.base_url, retry_handlers=[])

    def build_flow(core: Core, welcome: Welcome) -> AsyncOAuthFlow:
        oauth_settings = _build_oauth_settings(settings, vault, installations, core, api, welcome)
        return SlackInstallFlow(client=client, logger=library, settings=oauth_settings)

    return build_flow


def _build_oauth_settings(
    settings: Settings,
    vault: Vault,
    installations: VaultTokenStore,
    core: Core,
    api: SlackApi,
    welcome: Welcome,
) -> AsyncOAuthSettings:
    """Return the settings for installing the app (Slack: Installing with OAuth)."""

    async def answer_install_success(args: AsyncSuccessArgs) -> BoltResponse:
        installation = args.installation
        workspace = Workspace(installation.team_id or "", installation.enterprise_id or "")
        # The app may have been here before, and the cache may hold its old token.
        api.tokens.drop_cached_tokens(workspace)
        await core.handle_space_joined(Place(PLATFORM, workspace.team, tenant=workspace.tenant))
        if installation.user_id:
            welcome(workspace, installation.user_id)
        return pages.build_install_success_response(
            settings.slack_command, installation.team_name or "", _build_expired_cookie(args)
        )

    async def answer_install_failure(args: AsyncFailureArgs) -> BoltResponse:
        return pages.build_install_failure_response(
            args.reason, args.suggested_status_code, _build_expired_cookie(args)
        )

    return AsyncOAuthSettings(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        scopes=list(SCOPES),
        redirect_uri=f"{settings.public_url}{REDIRECT_PATH}",
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        callback_options=AsyncCallbackOptions(answer_install_success, answer_install_failure),
        # Both stores are given: Bolt's own would write tokens into files.
        installation_store=installations,
        installation_store_bot_only=True,
        state_store=OAuthStateStore(vault),
    )


def _build_expired_cookie(args: AsyncSuccessArgs | AsyncFailureArgs) -> str:
    """Return the cookie that ends the one set when the installation began."""
    return args.settings.state_utils.build_set_cookie_for_deletion()
