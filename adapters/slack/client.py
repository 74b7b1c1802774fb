"""Slack as a platform: connected through Socket Mode, or called by Slack at a public address.

No conversation is read. The bot asks for four kinds of events: the App Home was opened, a channel
was closed, the app came or went, and somebody spoke to the bot. Of the last, only the fact is kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow

from adapters.inflight import InflightTasks
from adapters.slack import bolt, letters, pins, socket
from adapters.slack.api import SlackApi, Workspace
from adapters.slack.conversation import SlackConversation
from adapters.slack.events import SlackEvents
from adapters.slack.greeter import SlackGreeter, Welcome
from adapters.slack.ids import PLATFORM
from adapters.slack.intake import Intake
from adapters.slack.letters import SlackLetters
from adapters.slack.people import SlackPeople, ask_workspace_rights
from adapters.slack.rights import SlackRights
from adapters.slack.socket import retry_until_answered
from adapters.slack.verify import SlackEndpoint
from bot.chat.address import Account, AccountRights, Extra, Place, SetupProblem, Threads
from bot.chat.errors import NotConnected
from bot.chat.message import Event, File, Message, NotifyWay
from bot.chat.platform import Core, EditPace
from bot.chat.without_roles import WithoutRoles

GRACE = 5.0  # seconds that answers on their way have when the bot stops
RECONNECTING = timedelta(seconds=10)  # the wait before a letter is tried again

log = logging.getLogger(__name__)


class Slack(WithoutRoles):
    """The platform, as the outbox and the composition root know it.

    With an `app_token`, Slack reaches it through Socket Mode; otherwise at the `endpoint`.
    `make_install_flow` is there if workspaces may install the app themselves.
    """

    name = PLATFORM
    space_word = "workspace"
    threads: Threads = "always"
    reveal_path = ""
    edit_pace = EditPace()
    notify_ways: Sequence[NotifyWay] = ("here", "group")

    def __init__(
        self,
        api: SlackApi,
        *,
        command: str,
        make_install_flow: Callable[[Core, Welcome], AsyncOAuthFlow] | None = None,
        endpoint: SlackEndpoint | None = None,
        app_token: str = "",
    ) -> None:
        self._api = api
        self._command = command
        self._make_install_flow = make_install_flow
        self._endpoint = endpoint
        self._app_token = app_token
        self._rights = SlackRights(api)
        self._letters = SlackLetters(api, post_every=letters.POST_EVERY)
        self.is_connected = False

    async def listen(self, core: Core) -> None:
        """See `bot.chat.platform.Platform.listen`."""
        async with self._api:
            inflight = InflightTasks()
            people = SlackPeople(self._api)
            greeter = SlackGreeter(core, self._api, people, self._letters, self._command)
            intake = self._build_intake(core, people, greeter, inflight)
            await self._sync_workspaces(core)
            self.is_connected = True
            self._open_endpoint(core, intake, greeter, inflight)
            try:
                await self._run_slack_connection(intake)
            finally:
                # The door is closed first, so that nothing new comes in while answers finish.
                self.is_connected = False
                if self._endpoint is not None:
                    self._endpoint.stop_serving()
                await inflight.finish_inflight_tasks(GRACE)
                await intake.cancel_retries()

    def _build_intake(
        self, core: Core, people: SlackPeople, greeter: SlackGreeter, inflight: InflightTasks
    ) -> Intake:
        app = bolt.make_bolt_app(self._api)
        conversation = SlackConversation(core, self._api, people, self._command)
        events = SlackEvents(core, self._api.tokens, self._rights)
        bolt.register_bolt_listeners(app, conversation, events, greeter, inflight)
        return Intake(app, inflight)

    async def _sync_workspaces(self, core: Core) -> None:
        """Tell the core in which workspaces the app is installed now."""
        workspaces = await retry_until_answered(self._api.tokens.list_installed_workspaces)
        teams = [workspace.team for workspace in workspaces]
        # No workspace counts as ours to close: those of an enterprise are not listed one by one.
        await core.sync_spaces(PLATFORM, teams, lambda space: False)

    def _open_endpoint(
        self, core: Core, intake: Intake, greeter: SlackGreeter, inflight: InflightTasks
    ) -> None:
        if self._endpoint is None:
            return

        def start_greeting(workspace: Workspace, installer: str) -> None:
            inflight.start_inflight_task(greeter.greet_installer(workspace, installer))

        install_flow = None
        if self._make_install_flow is not None:
            install_flow = self._make_install_flow(core, start_greeting)
        self._endpoint.start_serving(intake, install_flow)

    async def _run_slack_connection(self, intake: Intake) -> None:
        if self._app_token:
            await socket.run_socket_mode(intake, self._app_token, self._api.base_url)
        else:
            log.info("listening for Slack at the public address")
            await asyncio.Event().wait()

    async def send(self, place: Place, message: Message, key: str) -> str:
        """See `bot.chat.platform.Platform.send`."""
        self._require_slack_connection()
        return await self._letters.send_slack_letter(place, message, key, self._command)

    def build_post_link(self, place: Place, sent_ref: str) -> str:
        """Return the link to a message's thread, where people answer it."""
        # A permalink needs the workspace's own domain, which nobody tells without a request.
        channel, _, ts = sent_ref.rpartition(":")
        return f"https://app.slack.com/client/{place.space}/{channel}/thread/{channel}-{ts}"

    async def edit(self, place: Place, sent_ref: str, message: Message, key: str) -> None:
        """See `bot.chat.platform.Platform.edit`."""
        self._require_slack_connection()
        await self._letters.edit_slack_letter(place, sent_ref, message, key, self._command)

    async def pin_message(self, place: Place, sent_ref: str) -> bool:
        """See `bot.chat.platform.Platform.pin_message`."""
        self._require_slack_connection()
        return await pins.pin_slack_letter(self._api, place, sent_ref)

    async def delete_message(self, place: Place, sent_ref: str, key: str) -> None:
        """See `bot.chat.platform.Platform.delete_message`."""
        self._require_slack_connection()
        await pins.delete_slack_letter(self._api, place, sent_ref)

    async def open_thread(self, place: Place, message: Message, sent: str) -> None:
        """See `bot.chat.platform.Platform.open_thread`.

        Does nothing: on Slack every message has its thread.
        """

    async def settle_event(
        self, place: Place, event: Event | None, title: str, native: str, others: Collection[str]
    ) -> str | None:
        """See `bot.chat.platform.Platform.settle_event`.

        Does nothing: a workspace has no events. A call stands in the text of a post alone.
        """
        return None

    async def find_message(self, place: Place, key: str, since: datetime) -> str | None:
        """See `bot.chat.platform.Platform.find_message`."""
        self._require_slack_connection()
        return await self._letters.find_slack_letter(place, key, since)

    async def send_files(self, place: Place, files: Sequence[File], text: str, key: str) -> None:
        """See `bot.chat.platform.Platform.send_files`.

        Slack cannot refuse the same files twice.
        """
        self._require_slack_connection()
        await self._letters.send_slack_files(place, files, text)

    async def forget_account(self, account: Account, names: Collection[str]) -> None:
        """See `bot.chat.platform.Platform.forget_account`.

        Does nothing: what is known of people here is in memory, and for minutes.
        """

    async def check_place(
        self, place: Place, wanted: Collection[Extra] = ()
    ) -> Sequence[SetupProblem]:
        """See `bot.chat.platform.Platform.check_place`."""
        if not self.is_connected:
            return ()
        return await self._rights.list_place_problems(place, wanted)

    async def is_in_space(self, place: Place) -> bool:
        """See `bot.chat.platform.Platform.is_in_space`."""
        self._require_slack_connection()
        return await self._letters.is_workspace_member(place)

    async def ask_rights(self, place: Place) -> AccountRights:
        """See `bot.chat.platform.Platform.ask_rights`."""
        self._require_slack_connection()
        return await ask_workspace_rights(self._api, place)

    def _require_slack_connection(self) -> None:
        if not self.is_connected:
            raise NotConnected("Slack is not connected yet", RECONNECTING)
