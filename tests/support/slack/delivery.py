"""How Slack tells the bot what people do: payloads as Slack writes them, and their way over HTTP.

`Delivery` is the same over a websocket (see `socket`): a test that speaks through it runs in both
modes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.support.slack.installation import uninstalled
from tests.support.slack.views import as_said
from tests.support.slack.wire import LATEST, Wire
from tests.support.slack.workspaces import (
    APP,
    BOT,
    SIGNING_SECRET,
    Channel,
    Json,
    Sight,
    User,
    Workspace,
)

COMMAND, INTERACTIVE, EVENT = "slash_commands", "interactive", "events_api"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class Retry:
    """An event that Slack tells again (Slack: Events API, Error handling)."""

    number: int = 1
    reason: str = "http_timeout"


EVENT_SCOPES = {"message": "im:history", "app_mention": "app_mentions:read"}
"""Slack: Events API, each event's page."""


@dataclass(frozen=True)
class Heard:
    """How the bot answered to what it was told: the status (of HTTP; over a websocket an answer is
    200) and what was said, if anything. `sent` is what it was told, to be told once more.
    """

    status: int
    payload: Any = None
    sent: tuple[str, Any] = field(default=("", None), repr=False)


class Delivery(ABC):
    """The way from Slack to the bot."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    @abstractmethod
    async def send(self, kind: str, payload: Json, retry: Retry | None = None) -> Heard:
        """Tell the bot something and wait for its answer."""

    @abstractmethod
    async def again(self, heard: Heard, retry: Retry | None = None) -> Heard:
        """Tell the very same once more, byte for byte."""

    async def command(
        self, place: Workspace, user: User, channel: Channel, text: str, command: str = "/study"
    ) -> tuple[Heard, str]:
        """Somebody types a command; also returns the response_url."""
        payload = slash(self.wire, place, user, channel, command, text)
        return await self.send(COMMAND, payload), payload["response_url"]

    async def action(
        self, place: Workspace, user: User, sight: Sight, action: Json, values: Json
    ) -> Heard:
        """Somebody presses or picks something; `values` is the state of all that is there."""
        return await self.send(
            INTERACTIVE, action_payload(self.wire, place, user, sight, action, values)
        )

    async def submit(self, place: Workspace, user: User, view: Json, values: Json) -> Heard:
        """Somebody sends a form."""
        return await self.send(INTERACTIVE, submitted(self.wire, place, user, view, values))

    async def event(self, place: Workspace, event: Json) -> Heard:
        """Something has happened that the bot asked to be told of, if it has the scope for that."""
        needed = EVENT_SCOPES.get(event["type"])
        token = self.wire.tokens.get(f"xoxb-{place.enterprise or place.id}")
        if needed and token is not None and needed not in token.scopes:
            return Heard(200)
        return await self.send(EVENT, event_payload(self.wire, place, event))

    # — what happens to the app, of which it is told —

    async def uninstalls(self, place: Workspace) -> None:
        """The app is removed from a workspace."""
        uninstalled(self.wire, place.id)
        await self.tells()

    async def archives(self, place: Workspace, channel: Channel) -> Heard:
        """A channel is put away."""
        channel.archived = True
        return await self.event(
            place,
            {
                "type": f"{_sort(channel)}_archive",
                "channel": channel.id,
                "user": place.named("mona").id,
            },
        )

    async def deletes(self, place: Workspace, channel: Channel) -> Heard:
        """A channel is gone for good."""
        del place.channels[channel.id]
        return await self.event(place, {"type": f"{_sort(channel)}_deleted", "channel": channel.id})

    async def removes(self, place: Workspace, channel: Channel) -> Heard:
        """The bot is put out of a channel."""
        channel.members.discard(BOT)
        return await self.event(place, {"type": f"{_sort(channel)}_left", "channel": channel.id})

    async def invites(self, place: Workspace, channel: Channel, inviter: User | None) -> Heard:
        """The bot is put into a channel; of whom, Slack does not always say."""
        channel.members.add(BOT)
        event: Json = {
            "type": "member_joined_channel",
            "user": BOT,
            "channel": channel.id,
            "team": place.id,
        }
        event |= {"channel_type": "G" if channel.private else "C"}
        return await self.event(place, event | ({"inviter": inviter.id} if inviter else {}))

    async def tells(self) -> None:
        """Tell what has happened by itself, such as the end of a token."""
        while self.wire.happened:
            team, event = self.wire.happened.pop(0)
            await self.event(self.wire.workspaces[team], event)


class Http(Delivery):
    """Signed requests to the bot's public address; the time is the wire's."""

    def __init__(self, wire: Wire, url: str, secret: str = SIGNING_SECRET) -> None:
        super().__init__(wire)
        self.url = url
        self.secret = secret
        self.told: list[Heard] = []  # everything the bot was told so far, and what it answered

    async def send(self, kind: str, payload: Json, retry: Retry | None = None) -> Heard:
        raw, content = encoded(kind, payload)
        return await self.post(raw, self.signed(raw, content), retry)

    async def again(self, heard: Heard, retry: Retry | None = None) -> Heard:
        raw, headers = heard.sent
        return await self.post(raw, headers, retry)

    def signed(
        self, raw: str, content: str = FORM, *, at: str = "", secret: str = ""
    ) -> dict[str, str]:
        """The headers of a request; `at` and `secret` for one that is not quite right."""
        at = at or str(int(self.wire.clock.now().timestamp()))
        key = (secret or self.secret).encode()
        signature = hmac.new(key, f"v0:{at}:{raw}".encode(), hashlib.sha256).hexdigest()
        return {
            "Content-Type": content,
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": f"v0={signature}",
        }

    async def post(self, raw: str, headers: Mapping[str, str], retry: Retry | None = None) -> Heard:
        """A request as it is."""
        more = (
            {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
            if retry
            else {}
        )
        limit = aiohttp.ClientTimeout(total=LATEST)
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.post(self.url, data=raw.encode(), headers={**headers, **more}) as answer,
        ):
            text = await answer.text()
            said = json.loads(text) if text and answer.content_type == JSON else text or None
            self.told.append(Heard(answer.status, said, (raw, dict(headers))))
            return self.told[-1]


def encoded(kind: str, payload: Json) -> tuple[str, str]:
    """The body of a request and its type."""
    if kind == COMMAND:
        return urlencode(payload), FORM
    if kind == INTERACTIVE:
        return urlencode({"payload": json.dumps(payload)}), FORM
    return json.dumps(payload), JSON


# — what Slack says —


def slash(
    wire: Wire, place: Workspace, user: User, channel: Channel, command: str, text: str
) -> Json:
    """A slash command (Slack: Implementing slash commands)."""
    said: Json = {"token": "legacy", "team_id": place.id, "team_domain": place.domain}
    if place.enterprise:
        said |= {"enterprise_id": place.enterprise, "enterprise_name": place.installation["name"]}
    said |= {
        "channel_id": channel.id,
        "channel_name": _name(channel),
        "user_id": user.id,
        "user_name": user.name,
    }
    said |= {"command": command, "text": text, "api_app_id": APP}
    said["is_enterprise_install"] = str(wire.is_wide(place)).lower()
    url = wire.response_url(place.id, user.id, channel.id)
    return said | {"response_url": url, "trigger_id": wire.trigger(place.id, user.id)}


def _name(channel: Channel) -> str:
    return "directmessage" if channel.user else "privategroup" if channel.private else channel.name


def _sort(channel: Channel) -> str:
    return "group" if channel.private else "channel"


def _interaction(kind: str, wire: Wire, place: Workspace, user: User) -> Json:
    team: Json = {"id": place.id, "domain": place.domain}
    if place.enterprise:
        team |= {"enterprise_id": place.enterprise, "enterprise_name": place.installation["name"]}
    who = {
        "id": user.id,
        "username": user.name,
        "name": user.name,
        "team_id": user.home_team or place.id,
    }
    said: Json = {"type": kind, "user": who, "api_app_id": APP, "token": "legacy", "team": team}
    said |= {"enterprise": place.installation or None, "is_enterprise_install": wire.is_wide(place)}
    return said | {"trigger_id": wire.trigger(place.id, user.id)}


def action_payload(
    wire: Wire, place: Workspace, user: User, sight: Sight, action: Json, values: Json
) -> Json:
    """`block_actions`.

    What was an ephemeral message does not come with it (Slack: block_actions payload).
    """
    said = _interaction("block_actions", wire, place, user)
    said |= {"actions": [{**action, "action_ts": wire.ts()}]}
    if sight.kind in {"modal", "home"}:
        view = {**as_said(sight.body), "state": {"values": values}}
        return said | {"container": {"type": "view", "view_id": sight.body["id"]}, "view": view}
    channel, ts, unseen = place.channels[sight.channel], sight.body["ts"], sight.kind == "ephemeral"
    where = {"type": "message", "message_ts": ts, "channel_id": channel.id, "is_ephemeral": unseen}
    said |= {
        "container": where,
        "channel": {"id": channel.id, "name": _name(channel)},
        "state": {"values": values},
    }
    said |= {"response_url": wire.response_url(place.id, user.id, channel.id, ts, ephemeral=unseen)}
    return said if unseen else said | {"message": sight.body}


def submitted(wire: Wire, place: Workspace, user: User, view: Json, values: Json) -> Json:
    """`view_submission`."""
    said = _interaction("view_submission", wire, place, user)
    return said | {"view": {**as_said(view), "state": {"values": values}}, "response_urls": []}


def event_payload(wire: Wire, place: Workspace, event: Json) -> Json:
    """`event_callback`."""
    org = place.enterprise or None
    heard: Json = {"enterprise_id": org, "team_id": place.id, "user_id": BOT, "is_bot": True}
    heard["is_enterprise_install"] = wire.is_wide(place)
    said: Json = {
        "type": "event_callback",
        "token": "legacy",
        "team_id": place.id,
        "api_app_id": APP,
        "event": event,
    }
    said |= {
        "event_id": wire.number("Ev"),
        "event_time": int(wire.clock.now().timestamp()),
        "authorizations": [heard],
    }
    said |= {
        "context_team_id": place.id,
        "context_enterprise_id": org,
        "is_ext_shared_channel": False,
    }
    return said
