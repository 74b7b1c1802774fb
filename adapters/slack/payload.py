"""The one place where what Slack sends is read, over HTTP and through Socket Mode alike.

What has no proper sender is refused here, before anything else looks at it. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from bot.chat.message import quote_phrase_word

Json = Mapping[str, Any]

EVENT, VERIFICATION = "event_callback", "url_verification"
LONGEST = 255  # characters of an event's id, which only has to differ from all others
BY_SOMEBODY = {"app_home_opened", "member_joined_channel"}  # events that nobody but a person causes
TYPED = {"message", "app_mention"}  # by a person, unless a subtype or a bot is named

# Slack: "Treat IDs as opaque strings". These are the letters they have always had.
_ID = re.compile(r"[A-Za-z0-9]{1,64}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class InvalidPayloadError(ValueError):
    """What was sent is nothing that Slack sends; the sentence is for the log and quotes nothing."""


def parse_request_body(raw: bytes, content_type: str) -> object:
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
        raise InvalidPayloadError(f"its body cannot be read ({type(odd).__name__})") from None


def parse_payload(raw_payload: object) -> dict[str, Any]:
    """Return a payload whose sender and ids are in order and whose texts can be written down.

    Raises `Unreadable`.
    """
    if not isinstance(raw_payload, dict):
        raise InvalidPayloadError("it is no object")
    try:
        payload: dict[str, Any] = _replace_surrogates(raw_payload)
    except RecursionError:
        raise InvalidPayloadError("it is nested too deeply") from None
    if payload.get("type") == VERIFICATION:
        if not isinstance(payload.get("challenge"), str):
            raise InvalidPayloadError("it asks for no challenge")
        return payload
    _check_payload_ids(payload)
    if payload.get("type") == EVENT:
        _check_event_payload(payload)
    get_sender_id(payload)
    return payload


def get_sender_id(payload: Json) -> str:
    """Return the id of whoever speaks; empty only for an event that nobody in particular causes.

    Raises `Unreadable`.
    """
    if payload.get("type") == EVENT:
        event = _get_checked_part(payload, "event")
        return _get_checked_id(event, "user", needed=_has_human_sender(event))
    if "command" in payload:
        return _get_checked_id(payload, "user_id", needed=True)
    return _get_checked_id(_get_checked_part(payload, "user"), "id", needed=True)


def _has_human_sender(event: Json) -> bool:
    kind = event.get("type")
    return kind in BY_SOMEBODY or (
        kind in TYPED and not event.get("subtype") and not event.get("bot_id")
    )


def _check_payload_ids(payload: Json) -> None:
    """Refuse ids that are none, wherever this program or Bolt looks for them."""
    for name in ("team_id", "enterprise_id", "channel_id", "user_id"):
        _get_checked_id(payload, name)
    for name in ("team", "enterprise", "channel", "user", "view", "container"):
        part = _get_checked_part(payload, name)
        for key in ("id", "team_id", "enterprise_id", "app_installed_team_id", "channel_id"):
            _get_checked_id(part, key)
    if payload.get("actions") is not None:
        _check_payload_actions(payload)
    if payload.get("view") is not None:
        _get_checked_text(_check_object(payload["view"], "view"), "callback_id")


def _check_payload_actions(payload: Json) -> None:
    actions = _get_checked_objects(payload, "actions")
    if not actions:
        raise InvalidPayloadError("it has no actions")
    for action in actions:
        _get_checked_text(action, "action_id")
        _get_checked_text(action, "block_id")


def _check_event_payload(payload: Json) -> None:
    once = _get_checked_text(payload, "event_id")
    if not 0 < len(once) <= LONGEST:
        raise InvalidPayloadError("it has no event_id")
    event = _get_checked_part(payload, "event")
    if not _get_checked_text(event, "type"):
        raise InvalidPayloadError("its event is of no kind")
    for name in ("channel", "team", "channel_id", "user_id", "bot_id", "inviter", "user_team"):
        _get_checked_id(event, name)
    _get_checked_text(event, "thread_ts")
    for authorization in _get_checked_objects(payload, "authorizations"):
        for name in ("team_id", "enterprise_id", "user_id"):
            _get_checked_id(authorization, name)


def _get_checked_objects(payload: Json, name: str) -> Sequence[Json]:
    """A list of objects; empty where it is not there."""
    found = payload.get(name)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise InvalidPayloadError(f"its {name} are no list")
    return [_check_object(entry, name) for entry in found]


def _check_object(found: object, name: str) -> Json:
    if not isinstance(found, Mapping):
        raise InvalidPayloadError(f"its {name} is no object")
    return found


def _get_checked_text(part: Json, name: str) -> str:
    """A text; empty where it is not there."""
    value = part.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidPayloadError(f"its {name} is no text")
    return value


def _get_checked_part(payload: Json, name: str) -> Json:
    """A part of a payload; empty where it is not there. Some parts come as their bare id."""
    part = payload.get(name)
    if part is None:
        return {}
    if isinstance(part, str):
        return {"id": part}
    return _check_object(part, name)


def _get_checked_id(part: Json, name: str, *, needed: bool = False) -> str:
    value = part.get(name)
    if value is None or value == "":
        if needed:
            raise InvalidPayloadError(f"it has no {name}")
        return ""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise InvalidPayloadError(f"its {name} is no id")
    return value


def _replace_surrogates(value: Any) -> Any:
    """The same with half characters replaced, which JSON can spell and no database takes."""
    if isinstance(value, str):
        return _SURROGATE.sub(_REPLACEMENT, value)
    if isinstance(value, list):
        return [_replace_surrogates(entry) for entry in value]
    if isinstance(value, dict):
        return {
            _replace_surrogates(name): _replace_surrogates(entry) for name, entry in value.items()
        }
    return value


_TOKEN = re.compile(r"<(?P<kind>[@#!]?)(?P<what>[^<>|\s]+)(?:\|(?P<label>[^<>]*))?>")
_PIECE = re.compile(
    rf'{_TOKEN.pattern}|(?P<quoted>"(?:\\.|[^"\\])*(?:"|$)|“[^”]*(?:”|$))', re.DOTALL
)


def parse_command_text(text: str) -> str:
    """The phrase somebody typed; nothing at all asks for help.

    A person who is mentioned is one word, by their id; within quotation marks, and where a command should stand, they are
    a name like any other text.
    """
    return _decode_entities(_PIECE.sub(_replace_piece, text.strip())).strip() or "help"


def _replace_piece(piece: re.Match[str]) -> str:
    if piece["quoted"]:
        return _TOKEN.sub(_format_token_text, piece["quoted"])
    return _format_token_word(piece) if piece.start() else _format_token_text(piece)


def _format_token_word(token: re.Match[str]) -> str:
    if token["kind"] == "@":
        return quote_phrase_word(f"person:{token['what']} {token['label'] or ''}".strip())
    return _format_token_text(token)


def _format_token_text(token: re.Match[str]) -> str:
    """A token as people read it: `@ada`, `#general`, an address."""
    label = token["label"] or token["what"]
    match token["kind"]:
        case "@":
            return f"@{label}"
        case "#":
            return f"#{label}"
        case "!":
            return f"@{label.removeprefix('@')}"
        case _:
            return label if token["what"].startswith("mailto:") else token["what"]


def _decode_entities(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
