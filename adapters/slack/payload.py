"""The one place where Slack's payloads are read, over HTTP and through Socket Mode alike.

A payload without a proper sender is refused here, before anything else looks at it. Pure.
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
MAX_EVENT_ID = 255  # characters; an event's id only has to differ from all others
PERSONAL_EVENTS = {"app_home_opened", "member_joined_channel"}  # caused by nobody but a person
MESSAGE_EVENTS = {"message", "app_mention"}  # by a person, unless they name a subtype or a bot

# Slack: "Treat IDs as opaque strings". These are the letters they have always had.
_ID = re.compile(r"[A-Za-z0-9]{1,64}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_USER_GROUP = "subteam^"  # Slack: Formatting text, Mentioning groups
# The one command that takes a user group. In any other text it stays a name.
_NOTIFYING = re.compile(r"\s*/?posts\s+notify\b", re.IGNORECASE)

# A mention, a channel or a link in a typed command (Slack: Formatting text).
_TOKEN = re.compile(r"<(?P<kind>[@#!]?)(?P<what>[^<>|\s]+)(?:\|(?P<label>[^<>]*))?>")
_PIECE = re.compile(
    rf'{_TOKEN.pattern}|(?P<quoted>"(?:\\.|[^"\\])*(?:"|$)|“[^”]*(?:”|$))', re.DOTALL
)


class InvalidPayloadError(ValueError):
    """A payload in no form that Slack sends. The sentence is for the log and quotes nothing."""


def parse_request_body(raw_body: bytes, content_type: str) -> object:
    """Return the content of an HTTP request's body, unchecked.

    Raises `InvalidPayloadError`.
    """
    try:
        text = raw_body.decode()
        if content_type == "application/json" or text.startswith("{"):
            return json.loads(text)
        fields = dict(parse_qsl(text, keep_blank_values=True))
        if "payload" not in fields:
            return fields  # a slash command
        return json.loads(fields["payload"])
    except (ValueError, RecursionError) as error:
        reason = type(error).__name__
        # `from None`: the cause would quote the body in the log.
        raise InvalidPayloadError(f"its body cannot be read ({reason})") from None


def parse_payload(raw_payload: object) -> dict[str, Any]:
    """Return a payload with sender and ids in order, and with texts a database can store.

    Raises `InvalidPayloadError`.
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
    # Called for its check alone: no handler may meet a payload without a sender.
    get_sender_id(payload)
    return payload


def get_sender_id(payload: Json) -> str:
    """Return the sender's id; empty only for an event that nobody in particular causes.

    Raises `InvalidPayloadError`.
    """
    if payload.get("type") == EVENT:
        event = _get_checked_part(payload, "event")
        return _get_checked_id(event, "user", needed=_has_human_sender(event))
    if "command" in payload:
        return _get_checked_id(payload, "user_id", needed=True)
    return _get_checked_id(_get_checked_part(payload, "user"), "id", needed=True)


def _has_human_sender(event: Json) -> bool:
    kind = event.get("type")
    if kind in PERSONAL_EVENTS:
        return True
    return kind in MESSAGE_EVENTS and not event.get("subtype") and not event.get("bot_id")


def _check_payload_ids(payload: Json) -> None:
    # Every place where this program or Bolt looks for an id.
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
    event_id = _get_checked_text(payload, "event_id")
    if not 0 < len(event_id) <= MAX_EVENT_ID:
        raise InvalidPayloadError("it has no event_id")
    event = _get_checked_part(payload, "event")
    if not _get_checked_text(event, "type"):
        raise InvalidPayloadError("its event is of no kind")
    for name in ("channel", "team", "channel_id", "user_id", "bot_id", "inviter", "user_team"):
        _get_checked_id(event, name)
    _get_checked_text(event, "thread_ts")
    # Bolt takes the workspace from here.
    for authorization in _get_checked_objects(payload, "authorizations"):
        for name in ("team_id", "enterprise_id", "user_id"):
            _get_checked_id(authorization, name)


def _get_checked_objects(payload: Json, name: str) -> Sequence[Json]:
    """Return a list of objects; empty if it is not there."""
    entries = payload.get(name)
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise InvalidPayloadError(f"its {name} are no list")
    return [_check_object(entry, name) for entry in entries]


def _check_object(value: object, name: str) -> Json:
    if not isinstance(value, Mapping):
        raise InvalidPayloadError(f"its {name} is no object")
    return value


def _get_checked_text(part: Json, name: str) -> str:
    """Return a text; empty if it is not there."""
    value = part.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidPayloadError(f"its {name} is no text")
    return value


def _get_checked_part(payload: Json, name: str) -> Json:
    """Return a part; empty if it is not there."""
    part = payload.get(name)
    if part is None:
        return {}
    # Some events give a channel or a user by the bare id.
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
    # JSON can spell half a character, which no database stores.
    if isinstance(value, str):
        return _SURROGATE.sub(_REPLACEMENT, value)
    if isinstance(value, list):
        return [_replace_surrogates(entry) for entry in value]
    if isinstance(value, dict):
        return {
            _replace_surrogates(name): _replace_surrogates(entry) for name, entry in value.items()
        }
    return value


# — what somebody typed —


def parse_command_text(text: str) -> str:
    """Return the phrase somebody typed; `help` for an empty text.

    A mentioned person becomes one word with their id, and so does a user group to be notified.
    Inside quotation marks, and in place of a command, they stay a name like any other text.
    """
    phrase = _PIECE.sub(_replace_piece, text.strip())
    # Entities come last: an escaped `<` must not look like the start of a mention.
    return _decode_entities(phrase).strip() or "help"


def _replace_piece(piece: re.Match[str]) -> str:
    if piece["quoted"]:
        return _TOKEN.sub(_format_token_text, piece["quoted"])
    # At the very start stands the command, which no person can be.
    if piece.start() == 0:
        return _format_token_text(piece)
    return _format_token_word(piece)


def _format_token_word(token: re.Match[str]) -> str:
    if token["what"].startswith(_USER_GROUP) and _NOTIFYING.match(token.string):
        group = token["what"].removeprefix(_USER_GROUP)
        return quote_phrase_word(f"group:{group} {token['label'] or ''}".strip())
    if token["kind"] != "@":
        return _format_token_text(token)
    label = token["label"] or ""
    return quote_phrase_word(f"person:{token['what']} {label}".strip())


def _format_token_text(token: re.Match[str]) -> str:
    """Return a token in the form people read: `@ada`, `#general`, an address."""
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
    # The ampersand comes last, or `&amp;lt;` would become `<`.
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
