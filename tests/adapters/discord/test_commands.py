"""The registry as Discord's commands: what is sent, and what comes back as a phrase."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.commands import (
    build_commands_payload,
    build_completion_choices,
    format_discord_phrase,
    hash_commands_payload,
    parse_invocation,
)
from bot.chat.message import Answer, Choice, text_message
from bot.command import CommandRegistry, command, find_command, get_commands, parse_phrase
from tests.support.discord.limits import check_commands
from tests.support.goldens import Golden


def test_the_commands_are_what_the_golden_file_says() -> None:
    Golden("discord").holds("commands", build_commands_payload(get_commands()))


def test_discord_takes_every_command() -> None:
    assert check_commands(build_commands_payload(get_commands())) == []


def test_every_command_people_see_is_there_and_moderators_ones_are_hidden_from_others() -> None:
    top = {one["name"]: one for one in build_commands_payload(get_commands())}
    leaves = {
        f"{name} {below['name']}" if below["type"] == 1 else name
        for name, one in top.items()
        for below in (one["options"] or [{"type": 0, "name": ""}])
    }
    assert leaves == {name for name, one in get_commands().items() if not one.hidden}
    assert top["cohort"]["default_member_permissions"] == "32"
    assert top["cohort"]["contexts"] == [0]
    assert top["join"]["default_member_permissions"] is None
    assert top["join"]["contexts"] == [0, 1]


def test_the_same_commands_have_the_same_digest_and_others_another() -> None:
    body = build_commands_payload(get_commands())
    assert hash_commands_payload(body) == hash_commands_payload(
        build_commands_payload(get_commands())
    )
    changed = json.loads(json.dumps(body))
    changed[0]["description"] += "."
    assert hash_commands_payload(changed) != hash_commands_payload(body)


def test_a_group_says_its_verbs_and_fits_however_many_there_are() -> None:
    own = CommandRegistry()
    for letter in "abcdefghijklmnopqrstu":

        async def run(call: Any) -> Answer:
            """Do something."""
            return text_message("x")

        run.__name__ = f"garden_{letter * 6}"
        command(into=own)(run)
    made = build_commands_payload(own.commands)
    assert check_commands(made) == []
    assert made[0]["description"].startswith("Garden: aaaaaa, bbbbbb")


def leaf(name: str, options: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """What Discord sends for an invoked command."""
    first, _, rest = name.partition(" ")
    inner = [{"type": 1, "name": rest, "options": options}] if rest else options
    return {"name": first, "type": 1, "options": inner, **more}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (leaf("help", []), "help"),
        (leaf("join", [{"name": "cohort", "type": 3, "value": "spring"}]), "join cohort=spring"),
        (leaf("week", [{"name": "n", "type": 4, "value": 3}]), "week n=3"),
        (
            leaf("posts settings", [{"name": "on", "type": 5, "value": False}]),
            "posts settings on=no",
        ),
        (
            leaf("checkin", [{"name": "note", "type": 3, "value": 'say "hi" \\o/'}]),
            r'checkin note="say \"hi\" \\o/"',
        ),
        (
            leaf(
                "moderators",
                [{"name": "add", "type": 9, "value": "7"}],
                resolved={"users": {"7": {"username": "ada"}}, "members": {"7": {"nick": "Ada L"}}},
            ),
            'moderators add="person:7 Ada L"',
        ),
        (
            leaf(
                "moderators",
                [{"name": "add", "type": 9, "value": "8"}],
                resolved={"roles": {"8": {"name": "Org"}}},
            ),
            'moderators add="role:8 Org"',
        ),
        (leaf("moderators", [{"name": "add", "type": 9, "value": "9"}]), "moderators add=person:9"),
    ],
)
def test_what_was_invoked_becomes_a_phrase(data: dict[str, Any], said: str) -> None:
    assert parse_invocation(data).phrase == said


@given(st.text(min_size=1, max_size=300))
def test_whatever_somebody_types_into_an_option_arrives_as_that_option(text: str) -> None:
    parsed = parse_phrase(
        parse_invocation(leaf("checkin", [{"name": "note", "type": 3, "value": text}])).phrase,
        get_commands(),
    )
    assert parsed.option_texts == {"note": (text,)}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["name", "options", "type", "value", "resolved", "focused"]),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_malformed_data_says_nothing_and_breaks_nothing(data: Any) -> None:
    if isinstance(data, dict):
        parse_invocation(data)


def test_the_option_being_typed_is_told_apart_from_the_others() -> None:
    asked = parse_invocation(
        leaf(
            "tick",
            [
                {"name": "cohort", "type": 3, "value": "spring"},
                {"name": "item", "type": 3, "value": "gr", "focused": True},
            ],
        )
    )
    assert (asked.name, asked.focus, asked.partial_value) == ("tick", "item", "gr")


def test_completion_shows_at_most_25_each_with_its_note() -> None:
    choices = [Choice(f"Item {n}", f"item-{n}", "done") for n in range(30)]
    assert len(build_completion_choices(choices)) == 25
    assert build_completion_choices(choices)[0] == {"name": "Item 0 · done", "value": "item-0"}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("join spring", "join"),
        ("cohort create name=x", "cohort create"),
        ("roadmap", "roadmap show"),
        ("", None),
        ("fly", None),
    ],
)
def test_a_phrase_names_its_command_before_any_query(said: str, name: str | None) -> None:
    found = find_command(said, get_commands())
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("join", "/join"),
        ("week n=3", "/week n:3"),
        ("join spring", "/join cohort:spring"),
        ("settings reminder=", "/settings reminder:"),
        ("cohort start again=yes on=", "/cohort start again:yes on:"),
        (
            get_commands()["cohort create"].usage,
            "/cohort create name start [roadmap] [zone] [weeks] [hours] [season] [at] [weekday] [seats]",
        ),
        ("resources deep learning", '/resources topic:"deep learning"'),
        ("roadmap", "/roadmap show"),
        ("spring", "spring"),
        ("week n=many words and=more", "week n=many words and=more"),
    ],
)
def test_a_phrase_in_prose_is_shown_as_it_is_typed_here(said: str, typed: str) -> None:
    assert format_discord_phrase(said, get_commands()) == typed
