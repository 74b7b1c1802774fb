"""What the bot has sent, as Discord's API saw it, held against Discord's limits and against what the bot promises readers:
answers are private, nobody is pinged, and a post carries what it is found by.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import simcord

from tests.support.discord.limits import check_commands, check_message, check_modal

Json = Mapping[str, Any]

TEXT = 10  # Discord: Component Types
EPHEMERAL = 1 << 6  # Discord: Message Flags
CALLS = re.compile(
    r"<@[!&]?[0-9]+>|@(?:everyone|here)", re.IGNORECASE
)  # Discord: Message Formatting


def parts(components: Sequence[Json]) -> Iterator[Json]:
    """Every component of a message, nested ones included, in the order in which people read them."""
    for one in components:
        yield one
        yield from parts(one.get("components", ()))
        for name in ("accessory", "component"):
            if isinstance(one.get(name), Mapping):
                yield from parts([one[name]])


def broken(requests: Iterable[simcord.HttpLogEntry]) -> list[str]:
    """What is wrong with what was sent, each with where it was sent."""
    return [f"{one.method} {one.path}: {problem}" for one in requests for problem in _judged(one)]


def _judged(request: simcord.HttpLogEntry) -> Iterator[str]:
    if request.method == "GET":
        return
    asked = f"{request.method} {request.path}"
    judge = next((judge for pattern, judge in ROUTES.items() if re.fullmatch(pattern, asked)), None)
    if judge is None:
        yield "the bot has no business there"
    else:
        yield from judge(request.json)


PING = re.compile(r"<@&([0-9]+)>")


def _posted(body: Any) -> Iterator[str]:
    """A post may notify one role: named alone in the last text, and allowed by its id alone."""
    allowed = (body.get("allowed_mentions") or {}).get("roles") or []
    last = (body.get("components") or [{}])[-1]
    ping = PING.fullmatch(last["content"]) if last.get("type") == TEXT else None
    if ([ping[1]] if ping else []) != [str(role) for role in allowed]:
        yield f"a post names {ping and ping[0]} and allows {allowed}"
    silent = {**body, "allowed_mentions": {**(body.get("allowed_mentions") or {}), "roles": []}}
    if ping:
        yield from check_message(body)
        silent["components"] = body["components"][:-1]
    yield from _said(silent)
    if not body.get("nonce") or not body.get("enforce_nonce"):
        yield "a post is sent under a nonce that is enforced"


def _said(body: Any) -> Iterator[str]:
    yield from check_message(body)
    if (body.get("allowed_mentions") or {}).get("roles"):
        yield "only a post notifies somebody"
    for one in parts(body.get("components") or []):
        if one["type"] == TEXT and CALLS.search(one["content"]):
            yield f"somebody is called in “{one['content']}”"


def _private(body: Any) -> Iterator[str]:
    if not int(body.get("flags") or 0) & EPHEMERAL:
        yield "an answer is private"


def _answered(body: Any) -> Iterator[str]:
    data = body.get("data") or {}
    match body["type"]:  # Discord: Interaction Callback Type
        case 4:
            yield from _said(data)
            yield from _private(data)
        case 5:
            yield from _private(data)
        case 6:
            return  # of what was pressed, which is then private itself: see `Server.broken`
        case 7:
            yield from _said(
                data
            )  # in the place of what was pressed, which is private itself as well
        case 8:
            yield from _offered(data["choices"])
        case 9:
            yield from check_modal(data)
        case other:
            yield f"an interaction is not answered with {other}"


def _offered(choices: Sequence[Json]) -> Iterator[str]:
    if len(choices) > 25:
        yield f"completion offers up to 25 choices, not {len(choices)}"
    for one in choices:
        if not 1 <= len(one["name"]) <= 100 or not 1 <= len(str(one["value"])) <= 100:
            yield f"a choice has 1 to 100 characters: {one}"


def _followed(body: Any) -> Iterator[str]:
    yield from _said(body)
    yield from _private(body)


def _nothing(body: Any) -> Iterator[str]:
    yield from ()


def _powerless(body: Any) -> Iterator[str]:
    if str(body.get("permissions")) != "0" or body.get("hoist") or body.get("mentionable"):
        yield f"a role of ours can do nothing, and nobody else can mention it: {body}"


ROUTES: Mapping[str, Callable[[Any], Iterable[str]]] = {
    r"POST /channels/\d+/messages": _posted,
    r"POST /interactions/\d+/[^/]+/callback": _answered,
    r"PATCH /webhooks/\d+/[^/]+/messages/@original": _said,
    r"POST /webhooks/\d+/[^/]+": _followed,
    r"PUT /applications/\d+/commands": check_commands,
    r"PATCH /channels/\d+/messages/\d+": _said,
    r"PUT /channels/\d+/messages/pins/\d+": _nothing,
    r"POST /users/@me/channels": _nothing,
    r"POST /channels/\d+/messages/\d+/threads": _nothing,
    r"POST /guilds/\d+/scheduled-events": _nothing,
    r"PATCH /guilds/\d+/scheduled-events/\d+": _nothing,
    r"POST /guilds/\d+/roles": _powerless,
    r"DELETE /guilds/\d+/roles/\d+": _nothing,
    r"PUT /guilds/\d+/members/\d+/roles/\d+": _nothing,
    r"DELETE /guilds/\d+/members/\d+/roles/\d+": _nothing,
}


class Alarms(logging.Handler):
    """The errors that were logged, in order."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.rung: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.rung.append(self.format(record))
