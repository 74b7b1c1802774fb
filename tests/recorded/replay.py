"""Acts as people did them when they were recorded, done once more on a simulated Discord and Slack.

An act is what a platform sends for one press, pick, form or typed command, with the names that
Syllabot gave it then; `told` is how its answer began. Nothing here reads those names: they go over
the wire as they are.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simcord import InteractionResult
from simcord.interactions import base_payload

from tests.support.discord.request_checks import parts
from tests.support.discord.server import COMMAND, PRESSED, SUBMITTED, raw, said
from tests.support.discord_and_slack import Both
from tests.support.posts import USUAL_POSTS
from tests.support.slack import block_text as reading
from tests.support.slack.delivery import INTERACTIVE, action_payload, submitted
from tests.support.slack.workspaces import Json, Sight

FOLDER = Path(__file__).parent
MOMENT = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)  # Wednesday of the second week
BUTTON, SELECT, INPUT, LABEL = 2, 3, 4, 18  # Discord: Component Types
RADIO = 21
CHANGING = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b|\d{15,}")  # codes are drawn, ids given


def list_natives(both: Both) -> dict[str, str]:
    """Return the ids that the simulated Discord has given; they depend on all it was told."""
    people = {name: str(person.id) for name, person in both.people.items()}
    return {"guild": str(both.guild.id), "channel": str(both.channel.id), **people}


def read_here(name: str, both: Both) -> str:
    """Read one of the recorded files as if it had been recorded on this simulated Discord."""
    text, here = (FOLDER / name).read_text(), list_natives(both)
    for who, native in json.loads((FOLDER / "natives.json").read_text()).items():
        text = text.replace(native, f"<{who}>")
    for who, native in here.items():
        text = text.replace(f"<{who}>", native)
    return text


def write_answers(answers: Sequence[str], both: Both) -> None:
    """Write what people are told today to the recorded acts; the acts themselves stay."""
    acts = json.loads((FOLDER / "acts.json").read_text())
    recorded = json.loads((FOLDER / "natives.json").read_text())
    for act, told in zip(acts, answers, strict=True):
        for who, native in list_natives(both).items():
            told = told.replace(native, recorded[who])
        act["told"] = told
    (FOLDER / "acts.json").write_text(json.dumps(acts, indent=1, ensure_ascii=False) + "\n")


@asynccontextmanager
async def reopen(path: Path) -> AsyncIterator[Both]:
    """Start the bot over the recorded database, at the moment when it was recorded.

    It knows only the kinds of posts of that time, because a new one adds posts of its own.
    """
    async with Both.on(f"sqlite+aiosqlite:///{path}", post_kinds=USUAL_POSTS) as both:
        await both.store.close()
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        with closing(sqlite3.connect(path)) as made:
            made.executescript(read_here("database.sql", both))
        await both.env.advance_time((MOMENT - both.clock.now()).total_seconds())
        both.slack.wire._numbers = 500_000  # none of its ids was given before
        await both.restart()
        yield both


class Seen:
    """An answer, on either platform: its words, and what can be done with it."""

    def __init__(self, words: str, acts: Sequence[Json], title: str = "") -> None:
        self.words = words
        self.acts = acts
        self.title = title

    def told(self, act: Mapping[str, Any]) -> str:
        """How it began, without what is drawn anew; all of it for a command on Discord."""
        lines = [f"form: {self.title}"] if self.title else self.words.split("\n")
        if act["on"] == "discord" and act["kind"] == "typed":
            return CHANGING.sub("#", "\n".join(lines))
        return CHANGING.sub("#", " ".join(lines[:2]))[:80]


async def do(both: Both, act: Mapping[str, Any], once: str = "") -> Seen:
    """Do what somebody did; `once` is the id that the platform gave it, where that is not new."""
    doing = _do_on_discord if act["on"] == "discord" else _do_on_slack
    return await doing(both, act, once)


# — Discord —


async def _do_on_discord(both: Both, act: Mapping[str, Any], once: str) -> Seen:
    user = both.people[act["who"]].user
    channel = user.dm_channel if act.get("private") else both.channel
    kind = {"typed": COMMAND, "form": SUBMITTED}.get(act["kind"], PRESSED)
    guild: Any = channel.guild and channel.guild.id
    backend = both.env.backend
    record, payload = base_payload(
        backend, type=kind, channel_id=channel.id, guild_id=guild, user_id=user.id, data=act["data"]
    )
    if once:
        record.id = int(once)
        backend.interactions[record.id] = record
    backend.emit("INTERACTION_CREATE", payload | {"id": str(record.id)})
    await both.env.settle()
    shown = InteractionResult(both.env, record)
    return read_discord(shown, act["who"], bool(act.get("private")))


def read_discord(shown: Any, who: str, private: bool = False) -> Seen:
    """Read a message or an answer, and list what can be done with it."""
    base = {"on": "discord", "who": who} | ({"private": True} if private else {})
    if getattr(shown, "modal", None):
        form = shown.modal
        rows = [one for one in parts(form["components"]) if "custom_id" in one]
        data = {"custom_id": form["custom_id"]}
        data |= {"components": [{"type": LABEL, "component": _filled(one)} for one in rows]}
        return Seen("", [base | {"kind": "form", "data": data}], form["title"])
    acts = []
    for one in parts(raw(shown)):
        if one["type"] == BUTTON and "custom_id" in one:
            data = {"custom_id": one["custom_id"], "component_type": BUTTON}
            acts.append(base | {"kind": "button", "data": data})
        elif one["type"] == SELECT:
            values = [_first(one["options"], lambda option: option.get("default"))["value"]]
            data = {"custom_id": one["custom_id"], "component_type": SELECT, "values": values}
            acts.append(base | {"kind": "list", "data": data})
    return Seen(said(shown), acts)


def _filled(field: Mapping[str, Any]) -> Json:
    answer: Json = {"type": field["type"], "custom_id": field["custom_id"]}
    if "options" in field:
        chosen = [one["value"] for one in field["options"] if one.get("default")]
        chosen = chosen or ([field["options"][0]["value"]] if field.get("required") else [])
        if field["type"] == RADIO:
            return answer | {"value": chosen[0] if chosen else None}
        return answer | {"values": chosen}
    if field["type"] != INPUT:
        return answer | {"values": []}
    return answer | {"value": field.get("value") or SAMPLES.get(field["custom_id"], "")}


# — Slack —


async def _do_on_slack(both: Both, act: Mapping[str, Any], once: str) -> Seen:
    group, who = both.slack, act["who"]
    person, place = group.person(who), group.place
    private = bool(act.get("private"))
    if act["kind"] == "typed":
        return read_slack(await person.types(f"/study {act['text']}"), who)
    if act["kind"] == "form":
        view = {"type": "modal", "id": "V0FORM", "team_id": place.id, **act["view"]}
        payload = submitted(group.wire, place, person.user, view, act["values"])
    else:
        channel = place.direct(person.user) if private else group.channel
        sight = Sight("ephemeral", {"ts": group.wire.ts()}, channel.id)
        if act.get("home"):
            sight = await person.opens_home()
        payload = action_payload(group.wire, place, person.user, sight, act["action"], {})
    payload |= {"trigger_id": once} if once else {}
    start, broken = len(person.user.sights), len(group.wire.broken)
    heard = await group.delivery.send(INTERACTIVE, payload)
    assert heard.status == 200, f"{act}: {heard}"
    if act["kind"] == "form":
        if heard.payload["response_action"] == "errors":
            return Seen(f"errors: {heard.payload['errors']}", [])
        return read_slack(Sight("modal", heard.payload["view"]), who)

    # A list of the App Home is answered there; else that is drawn anew at some time, and no answer.
    is_home = act.get("home") and act["kind"] == "list"
    kinds = {"home"} if is_home else {"ephemeral", "modal"}

    def come() -> list[Sight]:
        later = [one for one in person.user.sights[start:] if one.kind in kinds]
        return [one for one in later if not (one.kind == "modal" and reading.idle(one.body))]

    await group.wire.until(lambda: come() or len(group.wire.broken) > broken)
    assert come(), f"{act}: {group.wire.broken[broken:]}"
    seen = come()[0]
    if seen.kind == "modal":
        person.closes()
    return read_slack(seen, who)


def read_slack(sight: Sight, who: str, private: bool = False) -> Seen:
    """Read a message, a view or the App Home, and list what can be done with it."""
    body, base = sight.body, {"on": "slack", "who": who} | ({"private": True} if private else {})
    base |= {"home": True} if sight.kind == "home" else {}
    if body.get("submit"):
        view = {name: body[name] for name in ("callback_id", "private_metadata", "blocks")}
        values: Json = {}
        for block, one in reading.elements(body):
            values.setdefault(block["block_id"], {})[one["action_id"]] = _held(block, one)
        act = base | {"kind": "form", "view": view | {"blocks": []}, "values": values}
        return Seen("", [act], body["title"]["text"])
    acts = []
    for block, one in reading.elements(body):
        action: Json = {name: one[name] for name in ("type", "action_id", "value") if name in one}
        action["block_id"] = block.get("block_id", "b1")
        if one["type"] == "button" and "url" not in one:
            acts.append(base | {"kind": "button", "action": action})
        elif one["type"] in reading.LISTS:
            ticked = one.get("initial_options", ())
            option = _first(
                [*reading.list_options(one)], lambda each, ticked=ticked: each in ticked
            )
            chosen = [option] if one["type"] in reading.MANY else option
            acts.append(base | {"kind": "list", "action": action | reading.held(one, chosen)})
    return Seen(re.sub(r"[*_`]", "", reading.words(body)), acts)


def _held(block: Json, one: Json) -> Json:
    start, _ = reading.INITIAL[one["type"]]
    value = one.get(start) if start else None
    if value is None and one["type"] in reading.LISTS:
        if not block.get("optional", False):
            first = next(iter(reading.list_options(one)))
            value = [first] if one["type"] in reading.MANY else first
    elif value is None:
        value = SAMPLES.get(block["block_id"])
    return reading.held(one, value)


def _first(options: Sequence[Any], is_chosen: Any) -> Any:
    return next((one for one in options if not is_chosen(one)), options[0])


SAMPLES = {
    "name": "summer",
    "start": "2026-06-01",
    "on": "2026-02-02",
    "hours": "3",
    "note": "Fine",
    "title": "A chatbot",
    "seats": "20",
    "until": "2026-01-20",
    "first": "2026-03-02",
    "last": "2026-03-08",
    "at": "19:00",
    "day": "3",
    "minutes": "45",
    "weeks": "12",
    "quiet": "22:00-08:00",
    "reminder": "18:00",
    "version": "1",
    "where": "https://example.org/call",
}
"""What is filled into fields that hold nothing, by their names as recorded."""


def list_posts(both: Both) -> list[list[str]]:
    """List what the bot has posted since the start, with the key it went under on the wire, by
    platform and key: letters of one moment leave in any order."""
    found = []
    for request in both.env.http_requests:
        if request.method == "POST" and re.fullmatch(r"/channels/\d+/messages", request.path):
            sent: Any = request.json
            found.append(["discord", sent["nonce"], _read_first(sent["components"])])
    channels = both.slack.place.channels.values()
    for message in (one for channel in channels for one in channel.messages):
        key = message["metadata"]["event_payload"]["key"]
        found.append(["slack", key, reading.words(message).partition("\n")[0][:80]])
    return sorted(found)


def _read_first(components: Sequence[Json]) -> str:
    texts = [one["content"] for one in parts(components) if "content" in one]
    return texts[0].partition("\n")[0][:80] if texts else ""
