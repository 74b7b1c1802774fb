"""What Slack tells with every interaction, in whichever of its shapes: who, where, and how they can be answered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.api import Workspace
from adapters.slack.ids import PLATFORM
from adapters.slack.modal import ViewMetadata
from bot.chat.address import Account, Place

Json = Mapping[str, Any]
NOBODY = "Somebody"  # whose name is not told
HOME, MODAL = "home", "modal"  # kinds of views


@dataclass(frozen=True, slots=True)
class SlackInteraction:
    """An interaction. `once` is what tells it from every other; `view_id` is the modal or App Home it came from, and
    `view_type` which of the two; `is_root`, that no other modal lies below that one; `unseen`, that it came from a private
    answer, which can give way to the next."""

    workspace: Workspace
    account: Account
    name: str
    place: Place
    idempotency_key: str
    response_url: str = ""
    trigger_id: str = ""
    view_id: str = ""
    view_type: str = ""
    is_root_modal: bool = False
    is_ephemeral: bool = False


def build_slack_place(workspace: Workspace, account: Account, channel: str) -> Place:
    """A channel as a place; a direct message, and no channel at all, is a private one."""
    if not channel or channel.startswith("D"):
        return Place(PLATFORM, workspace.team, native=account.native, tenant=workspace.tenant)
    return Place(PLATFORM, workspace.team, channel, tenant=workspace.tenant)


def parse_interaction(body: Json, workspace: Workspace, user: str) -> SlackInteraction:
    """What a command, an action, a submitted form or an event tells; the ids are those Bolt has found in it."""
    account = Account(PLATFORM, _find_account_tenant(body, workspace), user)
    view = _get_body_part(body, "view")
    channel = (
        _get_body_text(body, "channel_id")
        or _get_body_text(_get_body_part(body, "channel"), "id")
        or _get_body_text(_get_container(body), "channel_id")
    )
    if view.get("type") == MODAL:
        channel = ViewMetadata.from_view(view).channel
    return SlackInteraction(
        workspace=workspace,
        account=account,
        name=_find_user_name(body),
        place=build_slack_place(workspace, account, channel),
        idempotency_key=_find_interaction_key(body),
        response_url=_get_body_text(body, "response_url"),
        trigger_id=_get_body_text(body, "trigger_id"),
        view_id=_get_body_text(view, "id"),
        view_type=_get_body_text(view, "type"),
        is_root_modal=view.get("type") == MODAL and not _get_body_text(view, "previous_view_id"),
        is_ephemeral=_get_container(body).get("is_ephemeral") is True,
    )


def parse_event_interaction(
    body: Json, workspace: Workspace, user: str, channel: str
) -> SlackInteraction:
    """What an event tells that has somebody do something in a channel; without one, in private."""
    event = _get_body_part(body, "event")
    home = _get_body_text(
        event, "user_team"
    )  # of whoever writes from another organisation, in a shared channel
    tenant = home if home.startswith("T") and not workspace.enterprise else workspace.tenant
    account = Account(PLATFORM, tenant, user)
    return SlackInteraction(
        workspace,
        account,
        NOBODY,
        build_slack_place(workspace, account, channel),
        _find_interaction_key(body),
    )


def _find_account_tenant(body: Json, workspace: Workspace) -> str:
    """Where an account belongs: a guest from another organisation, in a shared channel, to theirs."""
    own = _get_body_text(_get_body_part(body, "user"), "team_id")
    if workspace.enterprise or not own.startswith("T"):
        return workspace.tenant
    return own


def _find_interaction_key(body: Json) -> str:
    """A `trigger_id` is given once, an event has an id; whatever has neither is told by all it says."""
    given = _get_body_text(body, "trigger_id") or _get_body_text(body, "event_id")
    return (
        given or hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
    )


def _find_user_name(body: Json) -> str:
    user = _get_body_part(body, "user")
    return (
        _get_body_text(user, "name")
        or _get_body_text(user, "username")
        or _get_body_text(body, "user_name")
        or NOBODY
    )


def _get_container(body: Json) -> Json:
    return _get_body_part(body, "container")


def _get_body_part(body: Json, name: str) -> Json:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}


def _get_body_text(body: Json, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
