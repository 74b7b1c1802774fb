"""The methods of Slack's Web API about people, channels and messages, with the scopes they need,
the arguments they take and the errors they give. Those about the app itself are in `installing`,
those about views in `views`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.slack import limits
from tests.support.slack.workspaces import (
    APP,
    BOT,
    BOT_ID,
    Channel,
    Json,
    Refusal,
    Slack,
    Token,
    User,
    Workspace,
)

TEXT, ALL_TEXT = (
    40_000,
    13_200,
)  # characters; Slack: chat.postMessage; msg_blocks_too_long as it was seen
READ_AT_ONCE, READ_SELDOM = 999, 15  # messages; Slack: conversations.history
SELDOM = timedelta(minutes=1)


@dataclass(frozen=True)
class Caller:
    """Who calls: with what token, and of which workspace."""

    slack: Slack
    token: Token
    place: Workspace

    def need(self, *scopes: str) -> None:
        """Raises Slack's refusal unless the token has one of these scopes."""
        if not self.token.scopes & set(scopes):
            provided = ",".join(sorted(self.token.scopes))
            raise Refusal("missing_scope", needed=",".join(scopes), provided=provided)

    def channel(self, number: str) -> Channel:
        """A channel that the bot may know of."""
        found = self.place.channels.get(number)
        if found is None or (found.private and BOT not in found.members):
            raise Refusal("channel_not_found")
        return found

    def user(self, number: str) -> User:
        if number not in self.place.users:
            raise Refusal("user_not_found")
        return self.place.users[number]


@dataclass(frozen=True)
class Method:
    does: Callable[[Caller, Json], Json]
    takes: frozenset[str]
    scopes: tuple[str, ...] = ()
    json: bool = True  # whether it reads JSON, or forms alone
    token: str = "bot"


METHODS: dict[str, Method] = {}


def method(
    name: str, takes: str, *, scopes: str = "", json: bool = True, token: str = "bot"
) -> Callable[[Any], Any]:
    """What answers to a name."""

    def known(does: Callable[[Caller, Json], Json]) -> Callable[[Caller, Json], Json]:
        METHODS[name] = Method(does, frozenset(takes.split()), tuple(scopes.split()), json, token)
        return does

    return known


# — people —


@method("team.info", "team domain", scopes="team:read", json=False)
def team(caller: Caller, given: Json) -> Json:
    place = caller.place
    about: Json = {
        "id": place.id,
        "name": place.name,
        "domain": place.domain,
        "email_domain": "",
        "icon": {},
    }
    return {"team": about | ({"enterprise_id": place.enterprise} if place.enterprise else {})}


@method("users.info", "user include_locale", scopes="users:read", json=False)
def user(caller: Caller, given: Json) -> Json:
    found = caller.user(given.get("user", ""))
    said: Json = {"id": found.id, "team_id": found.home_team or caller.place.id, "name": found.name}
    said |= {
        "deleted": found.deleted,
        "is_bot": found.bot,
        "is_app_user": False,
        "updated": 1_700_000_000,
    }
    profile = {"real_name": found.real_name, "display_name": found.name, "team": said["team_id"]}
    said["profile"] = profile
    if caller.place.enterprise:
        teams = [
            workspace.id
            for workspace in caller.slack.workspaces.values()
            if workspace.enterprise == caller.place.enterprise
        ]
        about = {"id": found.id, "enterprise_id": caller.place.enterprise, "teams": teams}
        said["enterprise_user"] = about | {"is_admin": False, "is_owner": False}
    if found.deleted:
        return {"user": said}
    offset = caller.slack.clock.now().astimezone(ZoneInfo(found.tz)).utcoffset()
    said |= {
        "real_name": found.real_name,
        "tz": found.tz,
        "tz_label": found.tz,
        "is_admin": found.admin or found.owner,
    }
    said |= {"tz_offset": int(offset.total_seconds()) if offset else 0, "is_owner": found.owner}
    said |= {"is_primary_owner": False, "is_restricted": found.guest, "is_ultra_restricted": False}
    if found.home_team:
        for power in ("is_admin", "is_owner", "is_primary_owner"):
            del said[power]
        said["is_stranger"] = True
    if str(given.get("include_locale")).lower() in {"1", "true"}:
        said["locale"] = found.locale
    return {"user": said}


# — channels —


@method("conversations.open", "users channel return_im", scopes="im:write mpim:write")
def open_direct(caller: Caller, given: Json) -> Json:
    if not given.get("users"):
        raise Refusal("users_list_not_supplied")
    numbers = given["users"].split(",") if isinstance(given["users"], str) else given["users"]
    if len(numbers) != 1:
        caller.slack.broken.append(
            f"conversations.open: a private message to {len(numbers)} people"
        )
    found = caller.user(numbers[0])
    if found.deleted:
        raise Refusal("user_disabled")
    if found.bot:
        raise Refusal("cannot_dm_bot")
    opened = caller.place.direct(found)
    return {"no_op": bool(opened.messages), "channel": {"id": opened.id}}


@method("conversations.info", "channel include_locale include_num_members", json=False)
def channel(caller: Caller, given: Json) -> Json:
    found = caller.channel(given.get("channel", ""))
    caller.need(f"{found.kind}:read")
    if found.user:
        return {
            "channel": {"id": found.id, "is_im": True, "user": found.user, "is_archived": False}
        }
    said: Json = {
        "id": found.id,
        "name": found.name,
        "name_normalized": found.name,
        "is_im": False,
        "is_mpim": False,
    }
    said |= {
        "is_channel": not found.private,
        "is_group": found.private,
        "is_private": found.private,
    }
    said |= {"is_archived": found.archived, "is_member": BOT in found.members, "is_general": False}
    said |= {"is_read_only": True} if found.read_only else {}
    return {"channel": said | {"context_team_id": caller.place.id}}


@method(
    "conversations.history",
    "channel oldest latest inclusive limit cursor include_all_metadata",
    json=False,
)
def history(caller: Caller, given: Json) -> Json:
    found = caller.channel(given.get("channel", ""))
    caller.need(f"{found.kind}:history")
    if BOT not in found.members:
        raise Refusal("not_in_channel")
    limit = int(given.get("limit") or 100)
    if not 1 <= limit <= READ_AT_ONCE:
        raise Refusal("invalid_limit")
    if caller.slack.history_limited:
        limit = min(limit, READ_SELDOM)
        _seldom(caller, "conversations.history")
    return _page(found, given, limit)


def _seldom(caller: Caller, name: str) -> None:
    """Once a minute for an app that is sold outside the Marketplace (Slack: Rate limits)."""
    now, read = caller.slack.clock.now(), caller.slack.history_read
    since = now - read[caller.place.id, name] if (caller.place.id, name) in read else SELDOM
    if since < SELDOM:
        after = max(1, round((SELDOM - since).total_seconds()))
        raise Refusal("ratelimited", status=429, headers={"Retry-After": str(after)})
    read[caller.place.id, name] = now


def _page(found: Channel, given: Json, limit: int) -> Json:
    """Newest first; `oldest` and `latest` are left out themselves unless `inclusive`."""
    edges = {str(given[edge]) for edge in ("oldest", "latest") if edge in given}
    inclusive = str(given.get("inclusive")).lower() in {"1", "true"}
    least, most = float(given.get("oldest") or 0), float(given.get("latest") or "inf")
    wanted = [
        message
        for message in reversed(found.messages)
        if (least < float(message["ts"]) < most or (inclusive and message["ts"] in edges))
        and not _is_reply(message)
    ]
    if cursor := given.get("cursor"):
        if not str(cursor).startswith("before:"):
            raise Refusal("invalid_cursor")
        wanted = [
            message
            for message in wanted
            if float(message["ts"]) < float(cursor.removeprefix("before:"))
        ]
    page, more = wanted[:limit], len(wanted) > limit
    full = str(given.get("include_all_metadata")).lower() in {"1", "true"}
    said: Json = {
        "messages": [_as_read(message, full) for message in page],
        "has_more": more,
        "pin_count": 0,
    }
    return said | (
        {"response_metadata": {"next_cursor": f"before:{page[-1]['ts']}"}} if more else {}
    )


def _is_reply(message: Json) -> bool:
    return bool(message.get("thread_ts", message["ts"]) != message["ts"])


def _as_read(message: Json, full: bool) -> Json:
    if full or "metadata" not in message:
        return message
    return {**message, "metadata": {"event_type": message["metadata"]["event_type"]}}


# — messages —

SAID = (
    "channel text blocks metadata thread_ts reply_broadcast unfurl_links unfurl_media "
    "link_names mrkdwn parse"
)


@method("chat.postMessage", SAID, scopes="chat:write")
def post(caller: Caller, given: Json) -> Json:
    ping = find_ping(given)
    _check_said(caller.slack, "chat.postMessage", given, [ping] if ping else [])
    number = given.get("channel", "")
    found = (
        caller.place.direct(caller.user(number))
        if number[:1] in {"U", "W"}
        else caller.channel(number)
    )
    _may_post(caller, found)
    kept = keep(
        caller.slack,
        caller.place,
        found,
        {**spoken_by_bot(caller.place), **said(caller.slack, given)},
    )
    kept["notified"] = _notify(caller.place, found, ping)
    return {"channel": found.id, "ts": kept["ts"], "message": kept}


PING = re.compile(r"<(!here|!subteam\^[A-Z0-9]+)(?:\|@[\w.-]+)?>")


def find_ping(given: Json) -> str:
    """Whom a post may notify: whoever stands alone in its last block. Anybody else is a mistake."""
    blocks = given.get("blocks") or [{}]
    text = blocks[-1].get("text") or {}
    alone = PING.fullmatch(str(text.get("text", ""))) if isinstance(text, dict) else None
    return alone[1] if alone else ""


def _notify(place: Workspace, found: Channel, ping: str) -> list[str]:
    """Whom a post notifies: members of the channel, or a group that is there and may be named."""
    if ping == "!here":
        return sorted(found.members - {BOT})
    group = ping.removeprefix("!subteam^")
    return [group] if group in place.groups and not place.restricts_groups else []


@method(
    "chat.postEphemeral", "channel user text blocks thread_ts link_names parse", scopes="chat:write"
)
def whisper(caller: Caller, given: Json) -> Json:
    _check_said(caller.slack, "chat.postEphemeral", given)
    found = caller.channel(given.get("channel", ""))
    _may_post(caller, found)
    listener = caller.user(given.get("user", ""))
    if listener.id not in found.members:
        raise Refusal("user_not_in_channel")
    body = {**spoken_by_bot(caller.place), **said(caller.slack, given), "ts": caller.slack.ts()}
    caller.slack.shows(caller.place.id, listener.id, "ephemeral", body, found.id)
    return {"message_ts": body["ts"]}


@method(
    "chat.update",
    "channel ts text blocks metadata link_names parse reply_broadcast",
    scopes="chat:write",
)
def change(caller: Caller, given: Json) -> Json:
    _check_said(caller.slack, "chat.update", given)
    message = caller.channel(given.get("channel", "")).message(given.get("ts", ""))
    if message is None:
        raise Refusal("message_not_found")
    if message.get("user") != BOT:
        raise Refusal("cant_update_message")
    if caller.place.closes_edits:
        raise Refusal("edit_window_closed")
    message |= said(caller.slack, given)
    return {
        "channel": given["channel"],
        "ts": message["ts"],
        "text": message["text"],
        "message": message,
    }


@method("chat.delete", "channel ts", scopes="chat:write")
def delete(caller: Caller, given: Json) -> Json:
    found = caller.channel(given.get("channel", ""))
    message = found.message(given.get("ts", ""))
    if message is None:
        raise Refusal("message_not_found")
    if message.get("user") != BOT:
        raise Refusal("cant_delete_message")
    found.messages.remove(message)
    found.pinned.discard(message["ts"])
    return {"channel": found.id, "ts": message["ts"]}


@method("pins.add", "channel timestamp", scopes="pins:write")
def pin(caller: Caller, given: Json) -> Json:
    found = caller.channel(given.get("channel", ""))
    ts = given.get("timestamp", "")
    if not ts:
        raise Refusal("no_item_specified")
    if found.message(ts) is None:
        raise Refusal("message_not_found")
    if BOT not in found.members:
        raise Refusal("not_in_channel")
    if found.archived:
        raise Refusal("is_archived")
    if ts in found.pinned:
        raise Refusal("already_pinned")
    found.pinned.add(ts)
    return {}


def _may_post(caller: Caller, found: Channel) -> None:
    if found.archived:
        raise Refusal("is_archived")
    if BOT not in found.members and "chat:write.public" not in caller.token.scopes:
        raise Refusal("not_in_channel")
    if found.refuses or found.read_only:
        raise Refusal(found.refuses or "restricted_action_read_only_channel")


def _check_said(slack: Slack, name: str, given: Json, allowed: Collection[str] = ()) -> None:
    """Refuse as Slack does, and remember what was wrong."""
    problems = [
        f"{name}: {problem}"
        for problem in limits.message(
            {key: given[key] for key in given if key != "team_id"}, allowed
        )
    ]
    loose = (
        [f"{name}: {problem}" for problem in limits.metadata(given["metadata"])]
        if given.get("metadata")
        else []
    )
    slack.broken += list(dict.fromkeys(problems + loose))
    if not given.get("text") and not given.get("blocks"):
        raise Refusal("no_text")
    if _length(given.get("blocks", [])) > ALL_TEXT:
        raise Refusal("msg_blocks_too_long")
    if loose:
        raise Refusal(
            "metadata_too_large"
            if any("long" in problem or "large" in problem for problem in loose)
            else "invalid_metadata_format"
        )
    if problems:
        raise Refusal(
            "invalid_blocks",
            response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]},
        )


def _length(said: object) -> int:
    """How much text there is in blocks."""
    if isinstance(said, dict):
        return sum(
            len(value) if key == "text" and isinstance(value, str) else _length(value)
            for key, value in said.items()
        )
    return sum(_length(problem) for problem in said) if isinstance(said, list) else 0


def spoken_by_bot(place: Workspace) -> Json:
    return {"type": "message", "user": BOT, "bot_id": BOT_ID, "app_id": APP, "team": place.id}


def said(slack: Slack, given: Json) -> Json:
    """What is kept of a message, with the ids that Slack gives to what has none."""
    kept = {key: given[key] for key in ("metadata", "thread_ts") if given.get(key)}
    return {
        "text": given.get("text", "")[:TEXT],
        "blocks": numbered(slack, given.get("blocks", [])),
        **kept,
    }


def numbered(slack: Slack, blocks: list[Json]) -> list[Json]:
    """Blocks and what can be pressed in them have ids, if only Slack's."""
    made = []
    for block in blocks:
        view_block = {"block_id": slack.number("b"), **block}
        for slot in ("accessory", "element"):
            if slot in view_block:
                view_block[slot] = _numbered(slack, view_block[slot])
        if view_block["type"] == "actions":
            view_block["elements"] = [
                _numbered(slack, element) for element in view_block["elements"]
            ]
        made.append(view_block)
    return made


def _numbered(slack: Slack, element: Json) -> Json:
    return element if element["type"] == "image" else {"action_id": slack.number("a"), **element}


def keep(slack: Slack, place: Workspace, found: Channel, message: Json) -> Json:
    """A message appears in a channel."""
    kept = {**message, "ts": slack.ts()}
    found.messages.append(kept)
    if found.user:
        slack.shows(place.id, found.user, "direct", kept, found.id)
    return kept
