"""Bolt, as far as it is used: it tells apart what Slack sends, and hands it on."""

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

EVERY = re.compile(".*", re.DOTALL)


class PassThroughAuthorize(AsyncAuthorize):
    """Lets everything through at once: Bolt would look for the token before it acknowledges.

    Our own calls find the token themselves, and say so where there is none. Of the bot's own
    events Bolt passes over those of workspaces whose token is known already.
    """

    def __init__(self, tokens: TokenCache) -> None:
        self._tokens = tokens

    async def __call__(
        self, *, enterprise_id: str | None, team_id: str | None, **more: object
    ) -> AuthorizeResult:
        token = self._tokens.get_cached_token(Workspace(team_id or "", enterprise_id or ""))
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=token.bot_user if token else None,
        )


def make_bolt_app(api: SlackApi) -> AsyncApp:
    """Make Bolt's app, behind our own door, which has checked the signature and the payload."""
    library = logging.getLogger(f"{__name__}.library")
    # It warns of settings in the environment that are ours to read, and does not use them.
    library.setLevel(logging.ERROR)
    app = AsyncApp(
        name="syllabot",
        logger=library,
        client=AsyncWebClient(base_url=api.base_url, retry_handlers=[]),
        authorize=PassThroughAuthorize(api.tokens),
        process_before_response=True,  # an event is done before it is acknowledged
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )
    failures = ListenerFailures(api.time)

    async def failed(error: Exception, body: Json) -> BoltResponse:
        return await failures.answer_failure(error, body)

    app.error(failed)
    return app


def register_bolt_listeners(
    app: AsyncApp,
    conversation: SlackConversation,
    events: SlackEvents,
    greeter: SlackGreeter,
    hearing: InflightTasks,
) -> None:
    """Have everything that Bolt understands heard: what people say by `talk`, who meets the bot by `greeter`, and what
    else happens by `news`."""

    @app.command(EVERY)
    async def typed(ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await _run_until_acknowledged(
            hearing,
            ack,
            lambda ack: conversation.handle_slash_command(
                ack, _parse_bolt_interaction(body, context), body
            ),
        )

    @app.action(EVERY)
    async def pressed(ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await _run_until_acknowledged(
            hearing,
            ack,
            lambda ack: conversation.handle_block_action(
                ack, _parse_bolt_interaction(body, context), body
            ),
        )

    @app.view(EVERY)
    async def submitted(ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await _run_until_acknowledged(
            hearing,
            ack,
            lambda ack: conversation.handle_view_submission(
                ack, _parse_bolt_interaction(body, context), body
            ),
        )

    async def met(body: Json, event: Json, context: AsyncBoltContext) -> None:
        with _raise_listener_error():
            if event.get("type") == OPENED and event.get("tab") == "home":
                await conversation.handle_home_opened(_parse_bolt_interaction(body, context))
            else:
                await greeter.handle_meeting_event(_find_bolt_workspace(body, context), body)

    async def heard(body: Json, event: Json, context: AsyncBoltContext) -> None:
        with _raise_listener_error():
            await events.handle_slack_event(_find_bolt_workspace(body, context), body)

    ways = dict.fromkeys(sorted(MEETINGS), met)
    ways |= dict.fromkeys((*sorted(CHANNEL_NEWS | TEAM_NEWS), UNINSTALLED, REVOKED), heard)
    for kind, way in ways.items():
        app.event(kind)(way)


async def _run_until_acknowledged(
    hearing: InflightTasks, ack: Ack, hear: Callable[[Ack], Awaitable[None]]
) -> None:
    """Hear somebody in a task of its own, and return as soon as Slack has its answer."""
    answered = asyncio.Event()

    async def acknowledge(**said: Any) -> object:
        try:
            return await ack(**said)
        finally:
            answered.set()

    async def listened() -> None:
        with hearing.track_current_task():
            await hear(acknowledge)

    task = asyncio.create_task(listened())
    task.add_done_callback(lambda done: answered.set())
    await answered.wait()
    if task.done():
        with _raise_listener_error():
            task.result()


@contextmanager
def _raise_listener_error() -> Iterator[None]:
    """Around what is ours, to tell its failures from Bolt's. Raises `Failed`."""
    try:
        yield
    except Exception as error:
        raise ListenerError from error


def _parse_bolt_interaction(body: Json, context: AsyncBoltContext) -> SlackInteraction:
    return parse_interaction(body, _find_bolt_workspace(body, context), get_sender_id(body))


def _find_bolt_workspace(body: Json, context: AsyncBoltContext) -> Workspace:
    """Where something was said. Of what is installed in a whole enterprise, a view names that as the team (Slack: View
    payload, `app_installed_team_id`), and then the payload tells the workspace."""
    team, enterprise = context.team_id or "", context.enterprise_id or ""
    if not team or team == enterprise:
        named = (
            (body.get(part) or {}, key)
            for part, key in (("team", "id"), ("view", "team_id"), ("user", "team_id"))
        )
        found = (part.get(key) for part, key in named if isinstance(part, Mapping))
        team = next((one for one in found if isinstance(one, str) and one), "")
    return Workspace(team, enterprise)
