"""Fields as people fill them in, and Slack's own complaints about what they put there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tests.support.slack import block_text
from tests.support.slack.workspaces import Json, Workspace

REQUIRED = "Please complete this required field."
SHAPES = {
    "number_input": r"-?\d+(\.\d+)?",
    "datepicker": r"\d{4}-\d\d-\d\d",
    "timepicker": r"\d\d:\d\d",
}
"""What can be put into a field at all; what is no such thing cannot be picked or typed there."""


def put_value(element: Json, value: str | Sequence[Any] | None) -> Json:
    if element["type"] == "file_input":
        assert not isinstance(value, str), "a file is uploaded, not typed"
        return block_text.held(element, value)
    if element["type"] not in block_text.LISTS:
        kept = value or None
        assert kept is None or re.fullmatch(SHAPES.get(element["type"], "(?s).*"), str(kept)), (
            f"{value!r} into {element}"
        )
        return block_text.held(element, kept)
    labels = (value,) if isinstance(value, str) else tuple(value or ())
    chosen = block_text.options(element, labels)
    assert len(chosen) == len(labels), (
        f"{labels} of {[block_text.label(each['text']) for each in block_text.list_options(element)]}"
    )
    if element["type"] in block_text.MANY:
        return block_text.held(element, chosen)
    return block_text.held(element, chosen[0] if chosen else None)


def find_problem(element: Json, held: Any, optional: bool) -> str:
    if not held:
        return "" if optional else REQUIRED
    if element["type"] == "number_input":
        least, most = (
            float(element.get("min_value", "-inf")),
            float(element.get("max_value", "inf")),
        )
        return (
            ""
            if least <= float(held) <= most
            else f"Please enter a number between {least:g} and {most:g}."
        )
    if element["type"] == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        return (
            ""
            if least <= len(held) <= most
            else f"Please enter between {least} and {most} characters."
        )
    return ""


def escape_typed_text(place: Workspace, text: str) -> str:
    """Return typed text with Slack's escapes (Slack: slash commands, `should_escape`)."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"(?<!\S)(https?://[^\s\"]+)", r"<\1>", text)
    for user in place.users.values():
        text = re.sub(rf"(?<![\w@])@{re.escape(user.name)}\b", f"<@{user.id}|{user.name}>", text)
    for number, name in place.groups.items():
        text = re.sub(rf"(?<![\w@])@{re.escape(name)}\b", f"<!subteam^{number}|@{name}>", text)
    for channel in place.channels.values():
        if channel.name:
            text = re.sub(
                rf"(?<![\w#])#{re.escape(channel.name)}(?![\w-])",
                f"<#{channel.id}|{channel.name}>",
                text,
            )
    return text
