"""The parts of the platform put together, as the settings ask for: Socket Mode or a public address, one workspace or many."""

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
from adapters.slack.api import SlackApi, Workspace
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


def connect_slack(
    settings: Settings,
    vault: Vault,
    *,
    base_url: str = AsyncWebClient.BASE_URL,
    time: Callable[[], float] | None = None,
) -> PlatformConnection:
    """The platform, and the routes Slack calls it at, if it does; `time` gives seconds that only grow (see `Api`). Raises
    `CannotConnect` where settings are missing."""
    way = choose_connection_mode(settings)
    door = (
        None
        if way is ConnectionMode.SOCKET
        else SlackEndpoint(settings.slack_signing_secret.get_secret_value())
    )
    many = VaultTokenStore(vault) if way is ConnectionMode.MANY else None
    single = SettingsTokenStore(settings.slack_bot_token.get_secret_value(), base_url=base_url)
    api = SlackApi(many or single, base_url=base_url, time=time)
    platform = Slack(
        api,
        command=settings.slack_command,
        make_install_flow=_build_install_flow_factory(settings, vault, many, api) if many else None,
        endpoint=door,
        app_token=settings.slack_app_token.get_secret_value() if door is None else "",
    )
    return PlatformConnection(
        platform, door.build_slack_routes(can_install=way is ConnectionMode.MANY) if door else ()
    )


class SlackInstallFlow(AsyncOAuthFlow):
    """Bolt's way of installing, with a page of our own at its beginning."""

    async def handle_installation(self, request: AsyncBoltRequest) -> BoltResponse:
        answer = await super().handle_installation(request)
        answer.headers |= {name.lower(): [value] for name, value in pages.HEADERS.items()}
        return answer

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        return pages.build_install_page(url)


def _build_install_flow_factory(
    settings: Settings, vault: Vault, many: VaultTokenStore, api: SlackApi
) -> Callable[[Core, Welcome], AsyncOAuthFlow]:
    library = logging.getLogger(f"{__name__}.library")
    library.setLevel(logging.ERROR)  # it logs codes
    client = AsyncWebClient(base_url=api.base_url, retry_handlers=[])

    def make(core: Core, welcome: Welcome) -> AsyncOAuthFlow:
        oauth = _build_oauth_settings(settings, vault, many, core, api, welcome)
        return SlackInstallFlow(client=client, logger=library, settings=oauth)

    return make


def _build_oauth_settings(
    settings: Settings,
    vault: Vault,
    many: VaultTokenStore,
    core: Core,
    api: SlackApi,
    welcome: Welcome,
) -> AsyncOAuthSettings:
    """How a workspace installs the app (Slack: Installing with OAuth)."""

    async def success(args: AsyncSuccessArgs) -> BoltResponse:
        installed = args.installation
        workspace = Workspace(installed.team_id or "", installed.enterprise_id or "")
        api.tokens.drop_cached_tokens(workspace)  # its token may be another one now
        await core.handle_space_joined(Place(PLATFORM, workspace.team, tenant=workspace.tenant))
        if installed.user_id:
            welcome(workspace, installed.user_id)
        return pages.build_install_success_response(
            settings.slack_command, installed.team_name or "", _build_expired_cookie(args)
        )

    async def failure(args: AsyncFailureArgs) -> BoltResponse:
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
        callback_options=AsyncCallbackOptions(success, failure),
        installation_store=many,
        installation_store_bot_only=True,
        state_store=OAuthStateStore(vault),
    )


def _build_expired_cookie(args: AsyncSuccessArgs | AsyncFailureArgs) -> str:
    """The cookie that ends the one an installation began with."""
    return args.settings.state_utils.build_set_cookie_for_deletion()
