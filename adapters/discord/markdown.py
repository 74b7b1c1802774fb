"""The bot's prose in Discord's Markdown.

People's text never acts in it: no style, no mention, no link, no list.
The terse functions never lengthen a text: they replace markup signs with look-alikes, for the rare
message too long for escapes.
A phrase in a code span is written the way people type it on Discord. With its id it can be clicked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import assert_never

from discord.utils import format_dt

from adapters.discord.commands import (
    format_command_link,
    format_discord_command,
    format_discord_phrase,
)
from bot.chat.message import Span, is_time_only, parse_prose, parse_span_instant
from bot.command import get_commands, parse_mention

# Without width: it separates signs that would act together, and stands for an empty text.
NOTHING = "\u200b"

# Styles, code, spoilers, mentions, times, links, headings; then bare addresses and emoji names.
_ACTS = re.compile(r"[\\*_`~|<>\[\]#]|:(?=//|[\w+-]+:)")
_CALLS_ALL = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_LISTS = re.compile(r"^([^\S\n]*\d*)([-+.)])(?=\s|\Z)", re.MULTILINE)
_ALIKE = str.maketrans("\\*_`~|<>[]#:@", "⧵∗＿ˋ∼∣‹›［］＃∶＠")
_LIST_ALIKE = {"-": "–", "+": "＋", ".": "․", ")": "）"}
# Discord treats every line break alike, and drops form feeds before it looks for markup.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_IN_ADDRESS = re.compile(r"[<>()\\\"`|]")


NO_COMMAND_IDS: Mapping[str, str] = MappingProxyType({})


def render_markdown(body: str, command_ids: Mapping[str, str] = NO_COMMAND_IDS) -> str:
    """Return prose in Discord's markup, never empty. Times appear in the reader's own zone.

    `command_ids`: our commands' ids by their first word; these commands can be clicked.
    """
    text = ""
    for span in parse_prose(_normalize_markdown_input(body)):
        piece = _render_markdown_span(span, command_ids)
        if _has_style_clash(text, piece):
            text += NOTHING
        text += piece
    text = _LISTS.sub(r"\1\\\2", text)
    return text if text.strip() else NOTHING


def escape_markdown_label(text: str) -> str:
    """Return a label, escaped and on one line."""
    line = " ".join(_normalize_markdown_input(text).split())
    return _LISTS.sub(r"\1\\\2", _escape_markdown(line)) or NOTHING


def render_terse_markdown(body: str) -> str:
    """Return prose with links alone, and times unchanged. Not longer than `body`."""
    spans = parse_prose(_normalize_markdown_input(body))
    text = _replace_list_marks("".join(map(_render_terse_markdown_span, spans)))
    return text if text.strip() else NOTHING


def render_terse_markdown_label(text: str) -> str:
    """Return a label on one line, with look-alikes for markup signs. Not longer than `text`."""
    line = _replace_markdown_signs(" ".join(_normalize_markdown_input(text).split()))
    return _replace_list_marks(line) or NOTHING


def _replace_list_marks(text: str) -> str:
    return _LISTS.sub(lambda match: match[1] + _LIST_ALIKE[match[2]], text)


def _normalize_markdown_input(text: str) -> str:
    return _CONTROL.sub("\ufffd", re.sub(r"\r\n?", "\n", text).replace("\f", " "))


def _escape_markdown(text: str) -> str:
    return _CALLS_ALL.sub(f"@{NOTHING}", _ACTS.sub(r"\\\g<0>", text))


def _replace_markdown_signs(text: str) -> str:
    return text.translate(_ALIKE)


def _replace_angle_brackets(target: str) -> str:
    return target.replace("<", "‹").replace(">", "›")


def _render_terse_markdown_span(span: Span) -> str:
    match span.kind:
        case "link":
            return f"{_replace_markdown_signs(span.text)} <{_replace_angle_brackets(span.target)}>"
        case "code":
            mention = parse_mention(span.text, get_commands())
            if mention:
                return f"/{_replace_markdown_signs(mention.phrase)}"
            return _replace_markdown_signs(span.text)
        case _:
            return _replace_markdown_signs(span.text)


def format_plain_markdown_code(code: str) -> str:
    """Return code in plain text: a command the way people type it on Discord."""
    return format_discord_phrase(code, get_commands())


def _render_markdown_span(span: Span, command_ids: Mapping[str, str]) -> str:
    match span.kind:
        case "text":
            return _escape_markdown(span.text)
        case "bold":
            return f"**{_escape_markdown(span.text)}**"
        case "italic":
            return f"_{_escape_markdown(span.text)}_"
        case "code":
            return _render_markdown_code(span.text.replace("\n", " "), command_ids)
        case "link":
            return _render_markdown_link(span)
        case "time":
            return _render_markdown_time(span)
        case _:
            assert_never(span.kind)


def _render_markdown_code(text: str, command_ids: Mapping[str, str]) -> str:
    mention = parse_mention(text, get_commands())
    if mention is None:
        return f"`{text}`"
    return format_command_link(mention, command_ids) or f"`{format_discord_command(mention)}`"


def _render_markdown_link(span: Span) -> str:
    address = _IN_ADDRESS.sub(lambda match: f"%{ord(match[0]):02X}", span.target)
    # Discord refuses a label that could pass for another address.
    if "://" in span.text:
        return f"{_escape_markdown(span.text)} <{address}>"
    return f"[{_escape_markdown(span.text)}]({address})"


def _render_markdown_time(span: Span) -> str:
    try:
        return format_dt(parse_span_instant(span), "t" if is_time_only(span) else "F")
    except (OverflowError, ValueError, OSError):
        return _escape_markdown(span.text)


def _has_style_clash(before: str, after: str) -> bool:
    """Return True if two styles would be misread side by side, like two bold words."""
    if not before or not after:
        return False
    if before[-1] == after[0] and after[0] in "*`":
        return True
    # An underscore inside a word is no style.
    return before[-1] == "_" and re.match(r"\w", after) is not None
