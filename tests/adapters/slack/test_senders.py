"""Who speaks must be somebody: signed payloads whose sender or ids are none are refused, and change
nothing.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.slack.delivery import (
    FORM,
    INTERACTIVE,
    JSON,
    Http,
    action_payload,
    event_payload,
    slash,
    submitted,
)
from tests.support.slack.group import ONE, Group, words
from tests.support.slack.workspaces import Json

GONE = object()  # a part that is not there at all
ODD = [
    GONE,
    None,
    "",
    0,
    7,
    -1.5,
    True,
    False,
    [],
    ["U0MONA"],
    {},
    {"id": []},
    "\ud800",
    "U0\udc00MONA",
    "U0 MONA",
]
"""What is no user's id, and what Slack has been seen to send for none."""
WRITES = [
    "cohort settings cohort=spring name=summer",
    "cohort pause spring",
    "cohort finish spring sure=yes",
    "cohort move spring",
    "moderators add=<@U0ADA|ada>",
    "join spring",
    "settings alias=nobody",
]


def command(group: Group, text: str) -> Json:
    place = group.place
    return slash(group.wire, place, place.named("mona"), group.channel, "/study", text)


def button(group: Group, text: str) -> Json:
    action = {"type": "button", "block_id": "b", "action_id": "press~1", "value": text}
    return action_payload(
        group.wire, group.place, group.place.named("mona"), group.posts()[0], action, {}
    )


def form(group: Group, text: str) -> Json:
    view = {"id": "V1", "type": "modal", "callback_id": "form", "state": {"values": {}}}
    view |= {
        "private_metadata": json.dumps({"says": text, "channel": group.channel.id}),
        "blocks": [],
    }
    return submitted(group.wire, group.place, group.place.named("mona"), view, {})


def menu(group: Group, text: str) -> Json:
    said = button(group, text)
    del said["actions"]
    return said | {"type": "block_suggestion", "action_id": "x", "block_id": "b", "value": text}


def opened_home(group: Group, text: str) -> Json:
    event = {"type": "app_home_opened", "user": "U0MONA", "tab": "home", "channel": "D0MONA"}
    return event_payload(group.wire, group.place, event)


KINDS = [command, button, form, menu, opened_home]
PLACES: dict[Any, Any] = {  # where each kind names its sender, and other ids
    command: [("user_id",)],
    opened_home: [("event", "user")],
}
IDS: dict[Any, Any] = {
    command: [("team_id",), ("channel_id",), ("enterprise_id",)],
    opened_home: [("team_id",), ("event", "channel"), ("authorizations",), ("event",)],
}
SENDERS, OTHERS = (
    [("user", "id"), ("user",)],
    [("team", "id"), ("team",), ("channel",), ("container",), ("view",)],
)


def put(payload: Any, path: tuple[str, ...], value: object) -> Json:
    """The same with another value somewhere, or without that part."""
    *parents, name = path
    made: Json = json.loads(json.dumps(payload))
    part = made
    for parent in parents:
        part = part[parent]
    if value is GONE:
        part.pop(name, None)
    else:
        part[name] = value
    return made


def encoded(kind: object, payload: Json) -> tuple[str, str]:
    """A body as it goes over the wire; a form of a command has only texts."""
    if kind is command:
        texts = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in payload.items()
        }
        return urlencode(texts, errors="surrogatepass"), FORM
    if kind is opened_home:
        return json.dumps(payload), JSON
    return urlencode({"payload": json.dumps(payload)}), FORM


@st.composite
def said(draw: st.DrawFn) -> tuple[Any, str, tuple[str, ...], object, bool]:
    """Something that somebody with every right would say, and what is put in the place of an id of
    it.
    """
    kind = draw(st.sampled_from(KINDS))
    is_sender = draw(st.booleans())
    places = PLACES.get(kind, SENDERS) if is_sender else IDS.get(kind, OTHERS)
    value = draw(
        st.sampled_from(ODD)
        | st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=3)
    )
    return kind, draw(st.sampled_from(WRITES)), draw(st.sampled_from(places)), value, is_sender


def is_nobody(kind: object, value: object, is_sender: bool) -> bool:
    """Whether what stands for an id is none. What is no sender's may be left out."""
    if not is_sender and (value is GONE or value in (None, "", [], {})):
        return False
    if kind is command and value is not GONE and not isinstance(value, str):
        value = json.dumps(value)  # a form has only texts
    is_id = isinstance(value, str) and value.isascii() and value.isalnum() and len(value) <= 64
    return not is_id


def test_whatever_is_signed_without_a_proper_sender_is_refused_and_changes_nothing(
    empty_file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'syllabot.db'}"
    (tmp_path / "syllabot.db").write_bytes(empty_file.read_bytes())
    caplog.set_level(logging.INFO)
    with asyncio.Runner() as runner:
        running = Group.on(url, ONE)
        group = runner.run(running.__aenter__())
        runner.run(group.spring("mona"))
        rows, posts = group.rows(), len(group.posts())
        delivery = group.delivery
        assert isinstance(delivery, Http)

        async def sends(kind: Any, text: str, path: tuple[str, ...], value: object) -> int:
            raw, content = encoded(kind, put(kind(group, text), path, value))
            answer = await delivery.post(raw, delivery.signed(raw, content))
            return answer.status

        @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
        @given(said())
        def check(asked: tuple[Any, str, tuple[str, ...], object, bool]) -> None:
            kind, text, path, value, is_sender = asked
            if not is_nobody(kind, value, is_sender):
                return  # somebody, or somewhere, that the core may not know
            caplog.clear()
            assert runner.run(sends(kind, text, path, value)) == 400
            (line,) = [
                record for record in caplog.records if record.name.startswith("adapters.slack")
            ]
            assert (line.getMessage().count("\n"), line.exc_info) == (0, None)
            assert group.rows() == rows

        check()
        runner.run(running.__aexit__(None, None, None))
        gc.collect()  # a task whose failure nobody looked at says so now
        assert group.alarms == []
        assert len(group.posts()) == posts
    assert "never retrieved" not in caplog.text
    assert "ticket" not in caplog.text


@pytest.mark.parametrize("kind", [command, button, form])
async def test_nobody_is_no_installer_and_no_moderator(url: str, kind: Any) -> None:
    async with Group.on(url) as group:
        await group.spring()
        assert isinstance(group.delivery, Http)
        for path in PLACES.get(kind, SENDERS):
            for value in ("", GONE):
                raw, content = encoded(kind, put(kind(group, "cohort pause spring"), path, value))
                assert (
                    await group.delivery.post(raw, group.delivery.signed(raw, content))
                ).status == 400
        await group.pulse()
        assert "paused" not in await group.says("mona", "posts timeline")
        told = await group.person("ada").types("/study cohort pause spring")
        assert "Only moderators can use" in words(told)


async def test_half_a_character_in_a_text_is_replaced_and_answered(url: str) -> None:
    async with Group.on(url) as group:
        await group.spring("ada")
        assert isinstance(group.delivery, Http)
        ada = group.person("ada")
        await ada.types("/study progress")
        seen = len(ada.user.sights)
        action = {
            "type": "button",
            "block_id": "b",
            "action_id": "press~1",
            "value": "settings alias=a\ud800b",
        }
        payload = action_payload(group.wire, group.place, ada.user, group.posts()[0], action, {})
        payload["user"]["name"] = "ada\udfff"
        heard = await group.delivery.send(INTERACTIVE, payload)
        assert heard.status == 200
        await group.wire.until(lambda: len(ada.user.sights) > seen)
        assert "went wrong" not in ada.user.sights[-1].sees
