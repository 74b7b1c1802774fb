"""The judge of what is sent to Discord is judged itself: what Discord takes passes, and every rule bites."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.support.discord.limits import check_commands, check_message, check_modal

Json = dict[str, Any]
Break = Callable[[Json], Any]


def options(count: int) -> list[Json]:
    return [{"label": f"Option {n}", "value": f"o{n}"} for n in range(count)]


def message() -> Json:
    return {
        "flags": 1 << 15,
        "nonce": "abcdefghijkl",
        "allowed_mentions": {"parse": []},
        "components": [
            {
                "type": 17,
                "id": 7,
                "accent_color": 0x25695A,
                "components": [
                    {"type": 10, "content": "## Week 2"},
                    {"type": 14, "spacing": 1},
                    {"type": 1, "components": [{"type": 3, "custom_id": "tick", "max_values": 2, "options": options(2)}]},
                    {"type": 1, "components": [{"type": 2, "style": 1, "label": "Check in", "custom_id": "checkin"},
                                               {"type": 2, "style": 5, "label": "Read", "url": "https://example.org"}]},
                    {"type": 9, "components": [{"type": 10, "content": "A picture"}],
                     "accessory": {"type": 11, "media": {"url": "attachment://x.png"}}},
                    {"type": 12, "items": [{"media": {"url": "attachment://y.png"}}]},
                ],
            }
        ],
    }  # fmt: skip


def modal() -> Json:
    inputs = [
        {
            "type": 4,
            "custom_id": "note",
            "style": 2,
            "max_length": 2000,
            "value": "so far",
            "placeholder": "Any",
        },
        {"type": 21, "custom_id": "sure", "options": options(5)},
        {
            "type": 22,
            "custom_id": "items",
            "required": False,
            "min_values": 0,
            "options": options(10),
        },
        {"type": 3, "custom_id": "member", "options": options(25), "disabled": False},
    ]
    labels = [
        {"type": 18, "label": f"Field {n}", "description": "Help", "component": one}
        for n, one in enumerate(inputs)
    ]
    return {
        "title": "Check-in",
        "custom_id": "checkin",
        "components": [{"type": 10, "content": "Week 2"}, *labels],
    }


def command() -> Json:
    cohort = {
        "type": 3,
        "name": "cohort",
        "description": "Which one",
        "required": True,
        "autocomplete": True,
    }
    seats = {"type": 4, "name": "seats", "description": "How many", "min_value": 1, "max_value": 9,
             "choices": [{"name": "Five", "value": 5}]}  # fmt: skip
    start = {"type": 1, "name": "start", "description": "Start it", "options": [cohort, seats]}
    group = {"type": 2, "name": "more", "description": "More of it", "options": [deepcopy(start)]}
    return {"name": "cohort", "description": "Cohorts", "contexts": [0], "integration_types": [0],
            "default_member_permissions": "32", "options": [start, group]}  # fmt: skip


def test_what_discord_takes_has_nothing_wrong() -> None:
    assert check_message(message()) == []
    assert check_modal(modal()) == []
    assert check_commands([command(), {"type": 2, "name": "Who is this"}]) == []


def inside(payload: Json, place: int) -> Json:
    found: Json = payload["components"][0]["components"][place]
    return found


def field(payload: Json, place: int) -> Json:
    found: Json = payload["components"][place]["component"]
    return found


def option(payload: Json, place: int) -> Json:
    found: Json = payload["options"][0]["options"][place]
    return found


MESSAGES: list[tuple[str, Break]] = [
    ("carries the flag", lambda m: m.update(flags=64)),
    ("has no content", lambda m: m.update(content="Hello")),
    ("has no embeds", lambda m: m.update(embeds=[{}])),
    ("has no sticker_ids", lambda m: m.update(sticker_ids=["1"])),
    ("a nonce has up to 25", lambda m: m.update(nonce="x" * 26)),
    ("nothing is parsed", lambda m: m.pop("allowed_mentions")),
    ("nothing is parsed", lambda m: m.update(allowed_mentions={"parse": ["users"]})),
    ("a message has components", lambda m: m.update(components=[])),
    ("up to 40 components", lambda m: m["components"].extend([{"type": 14}] * 29)),
    ("up to 4000 characters of text", lambda m: inside(m, 0).update(content="x" * 3992)),
    ("content has 1 to 4000", lambda m: inside(m, 0).update(content="")),
    ("content is not blank", lambda m: inside(m, 0).update(content=" \n")),
    ("the custom_id tick stands twice", lambda m: inside(m, 3)["components"][0].update(custom_id="tick")),
    ("the id 7 stands twice", lambda m: inside(m, 0).update(id=7)),
    ("no 32-bit integer", lambda m: inside(m, 0).update(id=2**31)),
    ("type 17 does not stand in a container", lambda m: m["components"][0]["components"].append({"type": 17})),
    ("type 18 does not stand in a message", lambda m: m["components"].append({"type": 18})),
    ("type 2 does not stand in a message", lambda m: m["components"].append({"type": 2})),
    ("type 4 does not stand in a row", lambda m: inside(m, 3)["components"].append({"type": 4})),
    ("components in a container", lambda m: m["components"].append({"type": 17, "components": []})),
    ("24 bits", lambda m: m["components"][0].update(accent_color=1 << 24)),
    ("five buttons or one select", lambda m: inside(m, 3).update(components=inside(m, 3)["components"] * 3)),
    ("five buttons or one select", lambda m: inside(m, 2)["components"].extend(inside(m, 3)["components"])),
    ("five buttons or one select", lambda m: inside(m, 2).update(components=[])),
    ("label has 0 to 80", lambda m: inside(m, 3)["components"][0].update(label="x" * 81)),
    ("shows a label or an emoji", lambda m: inside(m, 3)["components"][0].pop("label")),
    ("no style 7", lambda m: inside(m, 3)["components"][0].update(style=7)),
    ("custom_id has 1 to 100", lambda m: inside(m, 3)["components"][0].update(custom_id="x" * 101)),
    ("custom_id has 1 to 100", lambda m: inside(m, 3)["components"][0].pop("custom_id")),
    ("url has 1 to 512", lambda m: inside(m, 3)["components"][1].update(url="https://" + "x" * 505)),
    ("with a url has no custom_id", lambda m: inside(m, 3)["components"][1].update(custom_id="read")),
    ("only a button of style 5", lambda m: inside(m, 3)["components"][0].update(url="https://example.org")),
    ("options: 1 to 25, not 26", lambda m: inside(m, 2)["components"][0].update(options=options(26))),
    ("options: 1 to 25, not 0", lambda m: inside(m, 2)["components"][0].update(options=[])),
    ("the same value", lambda m: inside(m, 2)["components"][0].update(options=options(1) * 2)),
    ("label has 1 to 100", lambda m: inside(m, 2)["components"][0]["options"][0].update(label="x" * 101)),
    ("value has 1 to 100", lambda m: inside(m, 2)["components"][0]["options"][0].update(value="x" * 101)),
    ("description has 0 to 100", lambda m: inside(m, 2)["components"][0]["options"][0].update(description="x" * 101)),
    ("placeholder has 0 to 150", lambda m: inside(m, 2)["components"][0].update(placeholder="x" * 151)),
    ("do not go together", lambda m: inside(m, 2)["components"][0].update(min_values=3)),
    ("max_values is 3 of 2 options", lambda m: inside(m, 2)["components"][0].update(max_values=3)),
    ("2 options are chosen", lambda m: inside(m, 2)["components"][0].update(
        max_values=1, options=[{**one, "default": True} for one in options(2)])),
    ("spacing is 1 or 2", lambda m: inside(m, 1).update(spacing=3)),
    ("texts in a section", lambda m: inside(m, 4).update(components=[])),
    ("type 3 does not stand in a section's", lambda m: inside(m, 4).update(accessory={"type": 3})),
    ("pictures in a gallery", lambda m: inside(m, 5).update(items=[{}] * 11)),
]  # fmt: skip

MODALS: list[tuple[str, Break]] = [
    ("title has 1 to 45", lambda m: m.update(title="x" * 46)),
    ("custom_id has 1 to 100", lambda m: m.update(custom_id="x" * 101)),
    ("components of a modal: 1 to 5", lambda m: m["components"].append({"type": 10, "content": "x"})),
    ("asks for something", lambda m: m.update(components=m["components"][:1])),
    ("type 1 does not stand in a modal", lambda m: m["components"].__setitem__(0, {"type": 1, "components": []})),
    ("type 2 does not stand in a label", lambda m: m["components"][1].update(component={"type": 2})),
    ("label has 1 to 45", lambda m: m["components"][1].update(label="x" * 46)),
    ("description has 0 to 100", lambda m: m["components"][1].update(description="x" * 101)),
    ("nothing in a modal is disabled", lambda m: field(m, 4).update(disabled=True)),
    ("the custom_id note stands twice", lambda m: field(m, 2).update(custom_id="note")),
    ("value has 0 to 2000", lambda m: field(m, 1).update(value="x" * 2001)),
    ("placeholder has 0 to 100", lambda m: field(m, 1).update(placeholder="x" * 101)),
    ("no style 3", lambda m: field(m, 1).update(style=3)),
    ("no label of its own", lambda m: field(m, 1).update(label="Note")),
    ("beyond 4000", lambda m: field(m, 1).update(max_length=4001)),
    ("options: 2 to 10, not 1", lambda m: field(m, 2).update(options=options(1))),
    ("options: 2 to 10, not 11", lambda m: field(m, 2).update(options=options(11))),
    ("2 options are chosen", lambda m: field(m, 2).update(options=[{**one, "default": True} for one in options(2)])),
    ("options: 1 to 10, not 11", lambda m: field(m, 3).update(options=options(11), max_values=10)),
    ("beyond 10", lambda m: field(m, 3).update(max_values=11)),
    ("at least one value", lambda m: field(m, 3).update(required=True)),
    ("options: 1 to 25, not 26", lambda m: field(m, 4).update(options=options(26))),
]  # fmt: skip

COMMANDS: list[tuple[str, Break]] = [
    ("is no name", lambda c: c.update(name="Cohort")),
    ("is no name", lambda c: c.update(name="the cohort")),
    ("is no name", lambda c: c.update(name="x" * 33)),
    ("is no name", lambda c: option(c, 0).update(name="co.hort")),
    ("description has 1 to 100", lambda c: c.update(description="")),
    ("description has 1 to 100", lambda c: option(c, 0).update(description="x" * 101)),
    ("contexts are", lambda c: c.update(contexts=[3])),
    ("integration types are", lambda c: c.update(integration_types=[2])),
    ("a number in text", lambda c: c.update(default_member_permissions="manage")),
    ("options: 0 to 25, not 26", lambda c: c.update(
        options=[{"type": 3, "name": f"o{n}", "description": "x"} for n in range(26)])),
    ("start stands twice", lambda c: c["options"].append(deepcopy(c["options"][0]))),
    ("side by side", lambda c: c["options"].append({"type": 3, "name": "o", "description": "x"})),
    ("required options come first", lambda c: c["options"][0]["options"].reverse()),
    ("groups hold subcommands", lambda c: c["options"][1]["options"].append(
        {"type": 2, "name": "deep", "description": "x"})),
    ("a group holds subcommands alone", lambda c: c["options"][1].update(options=[option(c, 0)])),
    ("no option of type 12", lambda c: option(c, 1).update(type=12)),
    ("an option has no options", lambda c: option(c, 0).update(options=[{}])),
    ("choices: 0 to 25, not 26", lambda c: option(c, 1).update(
        choices=[{"name": f"c{n}", "value": n} for n in range(26)])),
    ("not both", lambda c: option(c, 1).update(autocomplete=True)),
    ("neither choices nor autocomplete", lambda c: option(c, 0).update(type=5)),
    ("value of another type", lambda c: option(c, 1).update(choices=[{"name": "Five", "value": "5"}])),
    ("Five stands twice", lambda c: option(c, 1).update(choices=[{"name": "Five", "value": n} for n in (5, 6)])),
    ("name has 1 to 100", lambda c: option(c, 1).update(choices=[{"name": "x" * 101, "value": 5}])),
    ("more than 6000", lambda c: option(c, 0).update(autocomplete=False, choices=[{"name": "x", "value": "x" * 6001}])),
    ("up to 8000 characters", lambda c: option(c, 0).update(
        autocomplete=False, choices=[{"name": f"{n} {'x' * 90}", "value": f"{n} {'x' * 300}"} for n in range(25)])),
    ("up to 8000 characters", lambda c: c.update(options=[
        {"type": 3, "name": f"o{n}", "description": "x", "description_localizations": {"de": "y" * 100},
         "choices": [{"name": f"{m}", "value": "z" * 10} for m in range(25)]} for n in range(25)])),
    ("beyond 6000", lambda c: option(c, 0).update(max_length=6001)),
    ("is above max_value", lambda c: option(c, 1).update(min_value=10)),
]  # fmt: skip


def spoiled(payload: Json, change: Break) -> Json:
    change(payload)
    return payload


@pytest.mark.parametrize(("sentence", "change"), MESSAGES)
def test_every_rule_of_messages_bites(sentence: str, change: Break) -> None:
    assert any(sentence in problem for problem in check_message(spoiled(message(), change)))


@pytest.mark.parametrize(("sentence", "change"), MODALS)
def test_every_rule_of_modals_bites(sentence: str, change: Break) -> None:
    assert any(sentence in problem for problem in check_modal(spoiled(modal(), change)))


@pytest.mark.parametrize(("sentence", "change"), COMMANDS)
def test_every_rule_of_commands_bites(sentence: str, change: Break) -> None:
    assert any(sentence in problem for problem in check_commands([spoiled(command(), change)]))


def test_there_are_so_many_commands_and_each_has_its_own_name() -> None:
    many = [{"name": f"c{n}", "description": "x"} for n in range(101)]
    assert check_commands(many) == ["there are 101 commands of type 1, and may be 100"]
    assert check_commands(many[:1] * 2) == ["1 c0 stands twice"]
