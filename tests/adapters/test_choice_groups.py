"""Choices below headings: groups on Slack and in the room, a description on Discord."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from discord import ui

from adapters.discord.commands import build_completion_choices
from adapters.discord.modal import build_modal
from adapters.discord.render import build_layout_view
from adapters.slack.modal import ViewMetadata, build_form_view
from adapters.slack.render import render_blocks
from adapters.web.html_text import LineReader
from adapters.web.render import render_answer_html
from bot.chat.message import Choice, Field, Form, Message, Select
from tests.support.slack import limits

CHOICES = (
    Choice("Dice", "dice", "3 weeks", group="Mathematics"),
    Choice("Cards", "cards", "4 weeks", group="Mathematics", chosen=True),
    Choice("Bash", "bash", group="<Tools> & more"),
    Choice("Zen", "zen", "any length"),
)
SELECT = Message((Select("Look into a plan", "roadmap show", "roadmap", CHOICES),))
FORM = Form("Create", "cohort create", (Field("roadmap", "Plan", "one", choices=CHOICES),))


def list_slack_groups(element: dict[str, Any]) -> list[tuple[str, list[str]]]:
    assert element["type"] == "static_select"
    assert element["initial_option"]["value"] == "cards"
    return [
        (group["label"]["text"], [option["value"] for option in group["options"]])
        for group in element["option_groups"]
    ]


def test_slack_has_a_heading_for_each_group() -> None:
    groups = [
        ("Mathematics", ["dice", "cards"]),
        ("<Tools> & more", ["bash"]),
        ("More", ["zen"]),
    ]
    [section] = render_blocks(SELECT, "/syllabot")
    assert list_slack_groups(section["accessory"]) == groups
    view = build_form_view(FORM, ViewMetadata(), "/syllabot")
    assert limits.view(view) == []
    assert list_slack_groups(view["blocks"][0]["element"]) == groups


def list_discord_options(component: ui.LayoutView | ui.Modal) -> list[dict[str, Any]]:
    payload: object = (
        component.to_dict() if isinstance(component, ui.Modal) else component.to_components()  # type: ignore[no-untyped-call]
    )
    return list(walk_options(payload))


def walk_options(payload: object) -> Iterator[dict[str, Any]]:
    if isinstance(payload, dict):
        yield from payload.get("options", ())
        for value in payload.values():
            yield from walk_options(value)
    elif isinstance(payload, list):
        for value in payload:
            yield from walk_options(value)


def test_discord_says_the_group_below_each_choice() -> None:
    notes = ["Mathematics · 3 weeks", "Mathematics · 4 weeks", "<Tools> & more", "any length"]
    for component in (build_layout_view(SELECT), build_modal(FORM)):
        options = list_discord_options(component)
        assert [option.get("description") for option in options] == notes
    assert [choice["name"] for choice in build_completion_choices(CHOICES)] == [
        "Dice · Mathematics · 3 weeks",
        "Cards · Mathematics · 4 weeks",
        "Bash · <Tools> & more",
        "Zen · any length",
    ]


def test_discord_shortens_what_is_longer_than_a_description() -> None:
    choice = Choice("Dice", "dice", "n " * 35, group="g " * 35)
    message = Message((Select("Plan", "roadmap show", "roadmap", (choice,)),))
    [option] = list_discord_options(build_layout_view(message))
    assert len(option["description"]) <= 100


def test_the_room_has_a_heading_for_each_group() -> None:
    for answer in (SELECT, FORM):
        html = render_answer_html(answer, LineReader("UTC"), "line-7")
        assert '<optgroup label="Mathematics"><option value="dice">Dice · 3 weeks</option>' in html
        assert '<optgroup label="&lt;Tools&gt; &amp; more"><option value="bash">' in html
        assert '</optgroup><option value="zen">Zen · any length</option></select>' in html
