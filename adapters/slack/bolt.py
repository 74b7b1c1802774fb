"""Bolt, as far as it is used: it reads what Slack sends, finds the installation it is for, and hands it on."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from adapters.slack.api import Workspace
from adapters.slack.news import CHANNEL_NEWS, REVOKED, UNINSTALLED
from adapters.slack.told import Told, told

EVERY = re.compile(".*", re.DOTALL)

Json = Mapping[str, Any]
Ack = Callable[..., Awaitable[object]]


class Ears(Protocol):
    """Whoever listens."""

    async def typed(self, ack: Ack, told: Told, body: Json) -> None:
        """A slash command."""
        ...

    async def pressed(self, ack: Ack, told: Told, body: Json) -> None:
        """A button, or a list."""
        ...

    async def submitted(self, ack: Ack, told: Told, body: Json) -> None:
        """A form that was sent."""
        ...

    async def looked_at(self, told: Told) -> None:
        """Somebody has opened the App Home."""
        ...

    async def heard(self, workspace: Workspace, body: Json) -> None:
        """An event about a channel, or about the app itself."""
        ...


def listen(app: AsyncApp, ears: Ears) -> None:
    """Have everything that Bolt understands heard."""

    @app.command(EVERY)
    async def typed(ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await ears.typed(ack, _told(body, context), body)

    @app.action(EVERY)
    async def pressed(ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await ears.pressed(ack, _told(body, context), body)

    @app.view(EVERY)
    async def submitted(ack: Ack, body: Json, context: AsyncBoltContext) -> None:
        await ears.submitted(ack, _told(body, context), body)

    @app.event("app_home_opened")
    async def looked_at(body: Json, event: Json, context: AsyncBoltContext) -> None:
        if event.get("tab") == "home":
            await ears.looked_at(_told(body, context))

    async def heard(body: Json, context: AsyncBoltContext) -> None:
        await ears.heard(_workspace(context), body)

    for kind in (*sorted(CHANNEL_NEWS), UNINSTALLED, REVOKED):
        app.event(kind)(heard)


def _told(body: Json, context: AsyncBoltContext) -> Told:
    return told(body, _workspace(context), context.user_id or "")


def _workspace(context: AsyncBoltContext) -> Workspace:
    return Workspace(context.team_id or "", context.enterprise_id or "")
