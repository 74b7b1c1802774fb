"""An interaction, in any of Slack's shapes: its sender, its place, and the ways to answer it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from adapters.slack.api import Workspace
from adapters.slack.ids import PLATFORM
from adapters.slack.modal import ViewMetadata
from bot.chat.address import Account, Place

Json = Mapping[str, Any]
ViewType = Literal["", "home", "modal"]

NOBODY = "Somebody"  # the name of a person whose name Slack does not tell
HOME: ViewType = "home"
MODAL: ViewType = "modal"


@dataclass(frozen=True, slots=True)
class SlackInteraction:
    """One interaction.

    `idempotency_key` differs from that of every other interaction.
    `view_id` is the modal or App Home it came from, and `view_type` tells which.
    `is_root_modal`: no other modal lies below that one.
    `is_ephemeral`: it came from a private answer, which the next answer can replace.
    """

    workspace: Workspace
    account: Account
    name: str
    place: Place
    idempotency_key: str
    response_url: str = ""
    trigger_id: str = ""
    view_id: str = ""
    view_type: ViewType = ""
    is_root_modal: bool = False
    is_ephemeral: bool = False


def build_slack_place(workspace: Workspace, account: Account, channel: str) -> Place:
    """Return a channel's place.

    A direct message (an id with D) and an empty channel give the account's private place.
    """
    if not channel or channel.startswith("D"):
        return Place(PLATFORM, workspace.team, native=account.native, tenant=workspace.tenant)
    return Place(PLATFORM, workspace.team, channel, tenant=workspace.tenant)


def parse_interaction(body: Json, workspace: Workspace, user: str) -> SlackInteraction:
    """Return the interaction in a command, an action, a submitted form or an event."""
    account = Account(PLATFORM, _find_account_tenant(body, workspace), user)
    view = _get_body_part(body, "view")
    view_type = _get_view_type(view)
    is_root_modal = view_type == MODAL and not _get_body_text(view, "previous_view_id")
    return SlackInteraction(
        workspace=workspace,
        account=account,
        name=_find_user_name(body),
        place=build_slack_place(workspace, account, _find_channel(body, view)),
        idempotency_key=_find_interaction_key(body),
        response_url=_get_body_text(body, "response_url"),
        trigger_id=_get_body_text(body, "trigger_id"),
        view_id=_get_body_text(view, "id"),
        view_type=view_type,
        is_root_modal=is_root_modal,
        is_ephemeral=_get_body_part(body, "container").get("is_ephemeral") is True,
    )


def parse_event_interaction(
    body: Json, workspace: Workspace, user: str, channel: str
) -> SlackInteraction:
    """Return the interaction behind an event: a user's deed in a channel, or in private."""
    tenant = workspace.tenant
    # `user_team` names another organisation if its member writes in a shared channel.
    user_team = _get_body_text(_get_body_part(body, "event"), "user_team")
    if user_team.startswith("T") and not workspace.enterprise:
        tenant = user_team
    account = Account(PLATFORM, tenant, user)
    return SlackInteraction(
        workspace,
        account,
        NOBODY,
        build_slack_place(workspace, account, channel),
        _find_interaction_key(body),
    )


def _get_view_type(view: Json) -> ViewType:
    match view.get("type"):
        case "home":
            return HOME
        case "modal":
            return MODAL
        case _:
            return ""


def _find_channel(body: Json, view: Json) -> str:
    # A modal has no channel of its own: its metadata carries the one it was opened in.
    if view.get("type") == MODAL:
        return ViewMetadata.from_view(view).channel
    return (
        _get_body_text(body, "channel_id")
        or _get_body_text(_get_body_part(body, "channel"), "id")
        or _get_body_text(_get_body_part(body, "container"), "channel_id")
    )


def _find_account_tenant(body: Json, workspace: Workspace) -> str:
    """Return the team or enterprise the account belongs to.

    A guest from another organisation, met in a shared channel, belongs to that one.
    """
    own_team = _get_body_text(_get_body_part(body, "user"), "team_id")
    # Within an enterprise one person has one account in all workspaces.
    if workspace.enterprise or not own_team.startswith("T"):
        return workspace.tenant
    return own_team


def _find_interaction_key(body: Json) -> str:
    # A `trigger_id` is given once, and an event has an id. All else is told by its content.
    key = _get_body_text(body, "trigger_id") or _get_body_text(body, "event_id")
    if key:
        return key
    content = json.dumps(body, sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def _find_user_name(body: Json) -> str:
    user = _get_body_part(body, "user")
    return (
        _get_body_text(user, "name")
        or _get_body_text(user, "username")
        or _get_body_text(body, "user_name")
        or NOBODY
    )


def _get_body_part(body: Json, name: str) -> Json:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}


def _get_body_text(body: Json, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
