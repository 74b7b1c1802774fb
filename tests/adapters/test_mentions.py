"""Every text names a command as it is typed on its platform, as rich text and as plain text."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.discord.modal import build_modal
from adapters.discord.render import build_layout_view
from adapters.slack.modal import build_field_errors
from adapters.slack.render import render_blocks, render_fallback_text
from adapters.web.html_text import LineReader
from adapters.web.render import render_message_html
from bot.chat.message import (
    Checklist,
    Choice,
    Fact,
    Field,
    Fields,
    Form,
    Message,
    Progress,
    Text,
    text_message,
)
from bot.command import get_commands, list_visible_commands, parse_mention
from tests.support.discord.limits import check_message
from tests.support.goldens import FOLDER
from tests.support.slack import limits

READER = LineReader("UTC")
COMMANDS = list_visible_commands()
ALL = {
    **{command.name: command.name for command in COMMANDS},
    **{f"{command.name} with options": command.usage for command in COMMANDS},
}
GROUPS = sorted({command.group for command in COMMANDS if command.group})
MORE = ["week n=3", "settings reminder=", "resources deep learning", "help cohort"]
NAMED = [*ALL.values(), *GROUPS, *MORE]
CODE = re.compile(r"`([^`]+)`")


def texts(value: object) -> Iterator[str]:
    """Yield every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


def discord_components(message: Message, numbers: dict[str, str] | None = None) -> Any:
    """Return a message's components as Discord gets them."""
    view = build_layout_view(message, command_ids=numbers or {})
    return view.to_components()  # type: ignore[no-untyped-call]  # untyped in discord.py


def everywhere(named: str) -> Message:
    """Return a message with a command in every place for prose."""
    prose = f"Or with `{named}`."
    return text_message(
        Text(prose), Fields((Fact("A", prose),)), Progress("B", 1, 2, prose), title="Many ways"
    )


@pytest.mark.parametrize("named", NAMED)
def test_slack_names_every_command_behind_its_slash_command(named: str) -> None:
    drawn = (
        render_fallback_text(everywhere(named), "/study"),
        json.dumps(render_blocks(everywhere(named), "/study")),
    )
    for text in drawn:
        assert text.count(f"/study {named}") == 3, text
        assert text.count(named) == 3
    form = Form("Ask", "ask", (Field("a", "A", "line", problem=f"Say `{named}`."),))
    assert build_field_errors(form, "/learn") == {"a": f"Say /learn {named}."}


def test_no_text_that_the_suite_knows_names_a_command_on_slack_without_the_slash_command() -> None:
    seen = 0
    for file in sorted((FOLDER / "slack").glob("*.json")):
        drawn = json.loads(file.read_text(encoding="utf-8"))
        named = [code for text in texts(drawn) for code in CODE.findall(html.unescape(text))]
        assert [code for code in named if parse_mention(code, get_commands())] == [], file.name
        spoken = {code for code in named if code.startswith("/study ")}
        plain = drawn.get("text", "") if "channel" in drawn else ""
        assert [code for code in spoken if plain and code not in html.unescape(plain)] == [], (
            file.name
        )
        seen += len(spoken)
    assert seen


@pytest.mark.parametrize("named", NAMED)
async def test_discord_names_every_command_with_its_slash_and_lets_it_be_clicked(
    named: str,
) -> None:
    """A command can be clicked if its id is known and no options follow its name."""
    mention = parse_mention(named, get_commands())
    assert mention is not None
    numbers = {command.name.partition(" ")[0]: "1234567890123456789" for command in COMMANDS}
    shown = texts(discord_components(everywhere(named), numbers))
    prose = [text for text in shown if text.startswith("Or")]
    linked = f"</{mention.name}:1234567890123456789>"
    assert prose == [f"Or with {linked}."] if mention.is_bare else "`/" in prose[0]
    components = discord_components(text_message(f"Say `{named}`."))
    (text,) = [text for text in texts(components) if text.startswith("Say")]
    assert text.startswith("Say `/")
    form = Form("Ask", "ask", (Field("a", "A", "line", problem=f"Say `{named}`."),))
    (problem,) = [text for text in texts(build_modal(form).to_dict()) if text.startswith("Say ")]
    assert problem in {text.replace("`", ""), text}


@pytest.mark.parametrize("named", NAMED)
def test_in_the_room_a_command_is_a_button_that_fills_the_box(named: str) -> None:
    mention = parse_mention(named, get_commands())
    assert mention is not None
    filled = named if mention.option_texts is not None else mention.name
    shown = html.unescape(render_message_html(text_message(f"Say `{named}`."), READER, "m"))
    button = f'<button type="button" class="command" data-fill="/{filled}">'
    assert f"{button}<code>/{named}</code></button>" in shown


@pytest.mark.parametrize(
    "code",
    ["a1b2c3", "2026-03-02", "season=all", "ai-ml-engineer", "home", "draft 7", "week x=1", "`"],
)
async def test_other_code_and_hidden_commands_stay_as_they_are(code: str) -> None:
    assert parse_mention(code, get_commands()) is None
    message = text_message(f"It is `{code}`.") if code != "`" else text_message("It is \\`week\\`.")
    shown = code if code != "`" else "week"
    assert shown in render_fallback_text(message, "/study")
    assert "/study" not in render_fallback_text(message, "/study") + json.dumps(
        render_blocks(message, "/study")
    )
    assert not [text for text in texts(discord_components(message)) if "/" in text]
    assert "<button" not in render_message_html(message, READER, "m")


async def test_a_text_of_nothing_but_commands_still_fits() -> None:
    crowded = (
        text_message(Text("`tick` " * 428), Text("`week`, " * 99)),
        text_message(
            *(Checklist("`x`", f"tick {n}", "item", (Choice("`week`", "w"),)) for n in range(9)),
            "`cohort start` " * 190,
        ),
    )
    for message in crowded:
        drawn: dict[str, Any] = {
            "text": render_fallback_text(message, "/" + "s" * 31),
            "blocks": render_blocks(message, "/" + "s" * 31),
        }
        assert limits.message(drawn) == []
        numbers = {
            "tick": "1234567890123456789",
            "week": "1234567890123456789",
            "cohort": "1234567890123456789",
        }
        sent = {"flags": 1 << 15, "nonce": "n", "allowed_mentions": {"parse": []}}
        components = discord_components(message, numbers)
        assert check_message({**sent, "components": components}) == []
