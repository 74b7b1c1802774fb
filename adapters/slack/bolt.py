"""Bolt, in the small part we use: it tells apart the things Slack sends, and hands them on."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.inflight import InflightTasks
from adapters.slack.api import SlackApi, Workspace
from adapters.slack.conversation import Ack, Json, SlackConversation
from adapters.slack.events import CHANNEL_NEWS, REVOKED, TEAM_NEWS, UNINSTALLED, SlackEvents
from adapters.slack.greeter import MEETINGS, OPENED, SlackGreeter
from adapters.slack.intake import ListenerError, ListenerFailures
from adapters.slack.interaction import SlackInteraction, parse_interaction
from adapters.slack.payload import get_sender_id
from adapters.slack.tokens import TokenCache

EVERYTHING = re.compile(".*", re.DOTALL)

Handler = Callable[[Ack, SlackInteraction, Json], Awaitable[None]]


class PassThroughAuthorize(AsyncAuthorize):
    """Let everything through at once.

    Bolt authorizes before it acknowledges, so a token store asked here would use up Slack's
    three seconds. Our own calls find the token themselves, and say so if there is none.
    """

    def __init__(self, tokens: TokenCache) -> None:
        self._tokens = tokens

    async def __call__(
        self, *, enterprise_id: str | None, team_id: str | None, **others: object
    ) -> AuthorizeResult:
        bot_user = None
        # With the bot's user id, Bolt passes over the bot's own events. The cache alone is asked.
        token = self._tokens.get_cached_token(Workspace(team_id or "", enterprise_id or ""))
        if token is not None:
            bot_user = token.bot_user
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_user_id=bot_user)


def make_bolt_app(api: SlackApi) -> AsyncApp:
    """Make Bolt's app. Signature and payload were checked before anything reaches it."""
    library = logging.getLogger(f"{__name__}.library")
    # Bolt warns about SLACK_* settings in the environment, which are ours and not for it.
    library.setLevel(logging.ERROR)
    app = AsyncApp(
        name="syllabot",
        logger=library,
        client=AsyncWebClient(base_url=api.base_url, retry_handlers=[]),
        authorize=PassThroughAuthorize(api.tokens),
        # Else Bolt acknowledges an event before its listener has run, and a failure is lost.
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )
    failures = ListenerFailures(api.time)

    async def answer_listener_failure(error: Exception, body: Json) -> BoltResponse:
        return await failures.answer_failure(error, body)

    app.error(answer_listener_failure)
    return app


def register_bolt_listeners(
    app: AsyncApp,
    conversation: SlackConversation,
    events: SlackEvents,
    greeter: SlackGreeter,
    inflight: InflightTasks,
) -> None:
    """Register a listener for everything that Bolt tells apart."""
    _register_interaction_listeners(app, conversation, inflight)
    _register_event_listeners(app, conversation, events, greeter)


def _register_interaction_listeners(
    app: AsyncApp, conversation: SlackConversation, inflight: InflightTasks
) -> None:
    # Bolt fills the parameters of a listener by their names.
    async def run_handler(
        handler: Handler, ack: Ack, body: Json, context: AsyncBoltContext
    ) -> None:
        async def handle_parsed(ack: Ack) -> None:
            await handler(ack, _parse_bolt_interaction(body, context), body)

        await _run_until_acknowledged(inflight, ack, handle_parsed)

    @app.command(EVERYTHING)
    async def handle_any_command(ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await run_handler(conversation.handle_slash_command, ack, body, context)

    @app.action(EVERYTHING)
    async def handle_any_action(ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await run_handler(conversation.handle_block_action, ack, body, context)

    @app.view(EVERYTHING)
    async def handle_any_view(ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await run_handler(conversation.handle_view_submission, ack, body, context)


def _register_event_listeners(
    app: AsyncApp,
    conversation: SlackConversation,
    events: SlackEvents,
    greeter: SlackGreeter,
) -> None:
    async def handle_meeting(body: Json, event: Json, context: AsyncBoltContext) -> None:
        with _raise_listener_error():
            if event.get("type") == OPENED and event.get("tab") == "home":
                await conversation.handle_home_opened(_parse_bolt_interaction(body, context))
            else:
                await greeter.handle_meeting_event(_find_bolt_workspace(body, context), body)

    async def handle_news(body: Json, event: Json, context: AsyncBoltContext) -> None:
        with _raise_listener_error():
            await events.handle_slack_event(_find_bolt_workspace(body, context), body)

    for kind in sorted(MEETINGS):
        app.event(kind)(handle_meeting)
    for kind in (*sorted(CHANNEL_NEWS | TEAM_NEWS), UNINSTALLED, REVOKED):
        app.event(kind)(handle_news)


async def _run_until_acknowledged(
    inflight: InflightTasks, ack: Ack, handle: Callable[[Ack], Awaitable[None]]
) -> None:
    """Start a handler in a task of its own, and return once Slack has its acknowledgement.

    The task goes on afterwards: an answer may take longer than Slack's three seconds.
    """
    acknowledged = asyncio.Event()

    async def acknowledge(**response: Any) -> object:
        try:
            return await ack(**response)
        finally:
            acknowledged.set()

    async def run_tracked_handler() -> None:
        with inflight.track_current_task():
            await handle(acknowledge)

    task = asyncio.create_task(run_tracked_handler())
    # A handler that ends without acknowledging must not leave Slack waiting.
    task.add_done_callback(lambda _: acknowledged.set())
    await acknowledged.wait()
    if task.done():
        with _raise_listener_error():
            task.result()


@contextmanager
def _raise_listener_error() -> Iterator[None]:
    """Turn failures inside the block into `ListenerError`."""
    try:
        yield
    except Exception as error:
        # Broad on purpose: it marks any failure of ours, to tell it from one of Bolt's own.
        raise ListenerError from error


def _parse_bolt_interaction(body: Json, context: AsyncBoltContext) -> SlackInteraction:
    return parse_interaction(body, _find_bolt_workspace(body, context), get_sender_id(body))


def _find_bolt_workspace(body: Json, context: AsyncBoltContext) -> Workspace:
    """Return the workspace an interaction came from."""
    team, enterprise = context.team_id or "", context.enterprise_id or ""
    # Where the app is installed in a whole enterprise, a view names the enterprise as its team
    # (Slack: View payload, `app_installed_team_id`). The payload still tells the workspace.
    if not team or team == enterprise:
        team = _find_payload_team(body)
    return Workspace(team, enterprise)


def _find_payload_team(body: Json) -> str:
    for part_name, key in (("team", "id"), ("view", "team_id"), ("user", "team_id")):
        part = body.get(part_name)
        if not isinstance(part, Mapping):
            continue
        team = part.get(key)
        if isinstance(team, str) and team:
            return team
    return ""
