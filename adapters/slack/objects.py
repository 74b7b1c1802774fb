"""Slack's small objects: texts, options, and options below headings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from adapters.slack.mrkdwn import format_slack_label
from bot.chat.message import Choice

NO_GROUP = "More"  # above choices without a group, beside others that have one

Json = dict[str, Any]


def build_plain_text_object(text: str) -> Json:
    """Return a text that Slack does not format (Slack: Text object)."""
    return {"type": "plain_text", "text": format_slack_label(text), "emoji": False}


def build_mrkdwn_object(text: str) -> Json:
    """Return a text that Slack formats, but without links of Slack's own making."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def build_option_object(choice: Choice, has_notes: bool = True) -> Json:
    """Return a choice in Slack's form (Slack: Option object)."""
    option: Json = {"text": build_plain_text_object(choice.label), "value": choice.value}
    if has_notes and choice.note.strip():
        option["description"] = build_plain_text_object(choice.note)
    return option


def build_menu_options(options: Sequence[Json], choices: Sequence[Choice]) -> Json:
    """Return a menu's options, below headings if the choices have groups (Slack: Option group)."""
    if not any(choice.group for choice in choices):
        return {"options": list(options)}
    groups: list[Json] = []
    pairs = zip(options, choices, strict=True)
    for group, entries in groupby(pairs, lambda pair: pair[1].group):
        label = build_plain_text_object(group or NO_GROUP)
        groups.append({"label": label, "options": [option for option, _ in entries]})
    return {"option_groups": groups}


def filter_chosen_options(options: Sequence[Json], choices: Sequence[Choice]) -> list[Json]:
    """Return the options that are picked at first."""
    pairs = zip(options, choices, strict=True)
    return [option for option, choice in pairs if choice.chosen]
