"""What Slack tells with every interaction, in whichever of its shapes: who, where, and how they can be answered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.api import Workspace
from adapters.slack.ids import PLATFORM
from adapters.slack.modal import Carried
from bot.chat.address import Account, Place

Json = Mapping[str, Any]
NOBODY = "Somebody"  # whose name is not told
HOME, MODAL = "home", "modal"  # kinds of views


@dataclass(frozen=True, slots=True)
class Told:
    """An interaction. `once` is what tells it from every other; `view_id` is the modal or App Home it came from, and
    `view_type` which of the two; `is_root`, that no other modal lies below that one; `unseen`, that it came from a private
    answer, which can give way to the next."""

    workspace: Workspace
    account: Account
    name: str
    place: Place
    once: str
    response_url: str = ""
    trigger: str = ""
    view_id: str = ""
    view_type: str = ""
    is_root: bool = False
    unseen: bool = False


def place_of(workspace: Workspace, account: Account, channel: str) -> Place:
    """A channel as a place; a direct message, and no channel at all, is a private one."""
    if not channel or channel.startswith("D"):
        return Place(PLATFORM, workspace.team, native=account.native, tenant=workspace.tenant)
    return Place(PLATFORM, workspace.team, channel, tenant=workspace.tenant)


def told(body: Json, workspace: Workspace, user: str) -> Told:
    """What a command, an action, a submitted form or an event tells; the ids are those Bolt has found in it."""
    account = Account(PLATFORM, _tenant(body, workspace), user)
    view = _part(body, "view")
    channel = (
        _text(body, "channel_id")
        or _text(_part(body, "channel"), "id")
        or _text(_container(body), "channel_id")
    )
    if view.get("type") == MODAL:
        channel = Carried.of(view).channel
    return Told(
        workspace=workspace,
        account=account,
        name=_name(body),
        place=place_of(workspace, account, channel),
        once=_once(body),
        response_url=_text(body, "response_url"),
        trigger=_text(body, "trigger_id"),
        view_id=_text(view, "id"),
        view_type=_text(view, "type"),
        is_root=view.get("type") == MODAL and not _text(view, "previous_view_id"),
        unseen=_container(body).get("is_ephemeral") is True,
    )


def told_of(body: Json, workspace: Workspace, user: str, channel: str) -> Told:
    """What an event tells that has somebody do something in a channel; without one, in private."""
    event = _part(body, "event")
    home = _text(
        event, "user_team"
    )  # of whoever writes from another organisation, in a shared channel
    tenant = home if home.startswith("T") and not workspace.enterprise else workspace.tenant
    account = Account(PLATFORM, tenant, user)
    return Told(workspace, account, NOBODY, place_of(workspace, account, channel), _once(body))


def _tenant(body: Json, workspace: Workspace) -> str:
    """Where an account belongs: a guest from another organisation, in a shared channel, to theirs."""
    own = _text(_part(body, "user"), "team_id")
    if workspace.enterprise or not own.startswith("T"):
        return workspace.tenant
    return own


def _once(body: Json) -> str:
    """A `trigger_id` is given once, an event has an id; whatever has neither is told by all it says."""
    given = _text(body, "trigger_id") or _text(body, "event_id")
    return (
        given or hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
    )


def _name(body: Json) -> str:
    user = _part(body, "user")
    return _text(user, "name") or _text(user, "username") or _text(body, "user_name") or NOBODY


def _container(body: Json) -> Json:
    return _part(body, "container")


def _part(body: Json, name: str) -> Json:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
