"""The one place where what Slack sends is read, over HTTP and through Socket Mode alike.

What has no proper sender is refused here, before anything else looks at it. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

Json = Mapping[str, Any]

EVENT, VERIFICATION = "event_callback", "url_verification"
LONGEST = 255  # characters of an event's id, which only has to differ from all others
BY_SOMEBODY = {"app_home_opened", "member_joined_channel"}  # events that nobody but a person causes
TYPED = {"message", "app_mention"}  # by a person, unless a subtype or a bot is named

# Slack: "Treat IDs as opaque strings". These are the letters they have always had.
_ID = re.compile(r"[A-Za-z0-9]{1,64}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class Unreadable(ValueError):
    """What was sent is nothing that Slack sends; the sentence is for the log and quotes nothing."""


def parse_request(raw: bytes, content_type: str) -> object:
    """Return what stands in the body of an HTTP request, whatever that is.

    Raises `Unreadable`.
    """
    try:
        text = raw.decode()
        if content_type == "application/json" or text.startswith("{"):
            return json.loads(text)
        form = dict(parse_qsl(text, keep_blank_values=True))
        return json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError) as odd:
        raise Unreadable(f"its body cannot be read ({type(odd).__name__})") from None


def parse_payload(sent: object) -> dict[str, Any]:
    """Return a payload whose sender and ids are in order and whose texts can be written down.

    Raises `Unreadable`.
    """
    if not isinstance(sent, dict):
        raise Unreadable("it is no object")
    try:
        payload: dict[str, Any] = _cleaned(sent)
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    if payload.get("type") == VERIFICATION:
        if not isinstance(payload.get("challenge"), str):
            raise Unreadable("it asks for no challenge")
        return payload
    _check_ids(payload)
    if payload.get("type") == EVENT:
        _check_event(payload)
    user_of(payload)
    return payload


def user_of(payload: Json) -> str:
    """Return the id of whoever speaks; empty only for an event that nobody in particular causes.

    Raises `Unreadable`.
    """
    if payload.get("type") == EVENT:
        event = _part(payload, "event")
        return _id(event, "user", needed=_is_by_somebody(event))
    if "command" in payload:
        return _id(payload, "user_id", needed=True)
    return _id(_part(payload, "user"), "id", needed=True)


def _is_by_somebody(event: Json) -> bool:
    kind = event.get("type")
    return kind in BY_SOMEBODY or (
        kind in TYPED and not event.get("subtype") and not event.get("bot_id")
    )


def _check_ids(payload: Json) -> None:
    """Refuse ids that are none, wherever this program or Bolt looks for them."""
    for name in ("team_id", "enterprise_id", "channel_id", "user_id"):
        _id(payload, name)
    for name in ("team", "enterprise", "channel", "user", "view", "container"):
        part = _part(payload, name)
        for key in ("id", "team_id", "enterprise_id", "app_installed_team_id", "channel_id"):
            _id(part, key)
    if payload.get("actions") is not None:
        _check_actions(payload)
    if payload.get("view") is not None:
        _text(_object(payload["view"], "view"), "callback_id")


def _check_actions(payload: Json) -> None:
    actions = _objects(payload, "actions")
    if not actions:
        raise Unreadable("it has no actions")
    for action in actions:
        _text(action, "action_id")
        _text(action, "block_id")


def _check_event(payload: Json) -> None:
    once = _text(payload, "event_id")
    if not 0 < len(once) <= LONGEST:
        raise Unreadable("it has no event_id")
    event = _part(payload, "event")
    if not _text(event, "type"):
        raise Unreadable("its event is of no kind")
    for name in ("channel", "team", "channel_id", "user_id", "bot_id", "inviter", "user_team"):
        _id(event, name)
    _text(event, "thread_ts")
    for authorization in _objects(payload, "authorizations"):
        for name in ("team_id", "enterprise_id", "user_id"):
            _id(authorization, name)


def _objects(payload: Json, name: str) -> Sequence[Json]:
    """A list of objects; empty where it is not there."""
    found = payload.get(name)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise Unreadable(f"its {name} are no list")
    return [_object(entry, name) for entry in found]


def _object(found: object, name: str) -> Json:
    if not isinstance(found, Mapping):
        raise Unreadable(f"its {name} is no object")
    return found


def _text(part: Json, name: str) -> str:
    """A text; empty where it is not there."""
    value = part.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable(f"its {name} is no text")
    return value


def _part(payload: Json, name: str) -> Json:
    """A part of a payload; empty where it is not there. Some parts come as their bare id."""
    part = payload.get(name)
    if part is None:
        return {}
    if isinstance(part, str):
        return {"id": part}
    return _object(part, name)


def _id(part: Json, name: str, *, needed: bool = False) -> str:
    value = part.get(name)
    if value is None or value == "":
        if needed:
            raise Unreadable(f"it has no {name}")
        return ""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Unreadable(f"its {name} is no id")
    return value


def _cleaned(value: Any) -> Any:
    """The same with half characters replaced, which JSON can spell and no database takes."""
    if isinstance(value, str):
        return _SURROGATE.sub(_REPLACEMENT, value)
    if isinstance(value, list):
        return [_cleaned(entry) for entry in value]
    if isinstance(value, dict):
        return {_cleaned(name): _cleaned(entry) for name, entry in value.items()}
    return value
