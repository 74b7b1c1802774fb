"""The bot's prose as Discord's Markdown. Nothing that a person typed acts in it: no style, no mention, no link, no list.

`markdown` and `plain` are what is read every day. `terse` and `terse_plain` never grow longer than what they are given: they
replace what would act by letters that look like it, for the one message in a million whose escapes would not fit. A phrase
that the bot names, in a code span, is shown as it is typed on Discord, and can be clicked where its id is known.
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

NOTHING = "\u200b"  # has no width: keeps apart what would act together, and stands for what has nothing to show

# Styles, code, spoilers, mentions and times, links, headings; then bare addresses and emoji by name.
_ACTS = re.compile(r"[\\*_`~|<>\[\]#]|:(?=//|[\w+-]+:)")
_CALLS_ALL = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_LISTS = re.compile(r"^([^\S\n]*\d*)([-+.)])(?=\s|\Z)", re.MULTILINE)
_ALIKE = str.maketrans("\\*_`~|<>[]#:@", "⧵∗＿ˋ∼∣‹›［］＃∶＠")
_LIST_ALIKE = {"-": "–", "+": "＋", ".": "․", ")": "）"}
# Discord reads every kind of line break as one, and drops form feeds before it looks for markup.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_IN_ADDRESS = re.compile(r"[<>()\\\"`|]")


NO_NUMBERS: Mapping[str, str] = MappingProxyType({})


def render_markdown(body: str, command_ids: Mapping[str, str] = NO_NUMBERS) -> str:
    """The bot's markup as Discord's, never empty. Times are shown in the reader's own zone.

    `numbers` are the ids of our commands, by their first word: those can be clicked.
    """
    shown = ""
    for piece in (
        _render_markdown_span(span, command_ids)
        for span in parse_prose(_normalize_markdown_input(body))
    ):
        shown += NOTHING + piece if _has_style_clash(shown, piece) else piece
    shown = _LISTS.sub(r"\1\\\2", shown)
    return shown if shown.strip() else NOTHING


def escape_markdown_label(text: str) -> str:
    """Plain text, such as a label, on one line and escaped."""
    return (
        _LISTS.sub(r"\1\\\2", _escape_markdown(" ".join(_normalize_markdown_input(text).split())))
        or NOTHING
    )


def render_terse_markdown(body: str) -> str:
    """The bot's markup with its links alone, and times as written. Not longer than `body`."""
    shown = "".join(
        _render_terse_markdown_span(span) for span in parse_prose(_normalize_markdown_input(body))
    )
    shown = _LISTS.sub(lambda found: found[1] + _LIST_ALIKE[found[2]], shown)
    return shown if shown.strip() else NOTHING


def render_terse_markdown_label(text: str) -> str:
    """Plain text on one line, with letters that only look like markup. Not longer than `text`."""
    line = _replace_markdown_signs(" ".join(_normalize_markdown_input(text).split()))
    return _LISTS.sub(lambda found: found[1] + _LIST_ALIKE[found[2]], line) or NOTHING


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
            return (
                f"/{_replace_markdown_signs(mention.phrase)}"
                if mention
                else _replace_markdown_signs(span.text)
            )
        case _:
            return _replace_markdown_signs(span.text)


def format_plain_markdown_code(code: str) -> str:
    """Code as it stands in plain text on Discord: a command as it is typed there."""
    return format_discord_phrase(code, get_commands())


def _render_markdown_span(span: Span, numbers: Mapping[str, str]) -> str:
    match span.kind:
        case "text":
            return _escape_markdown(span.text)
        case "bold":
            return f"**{_escape_markdown(span.text)}**"
        case "italic":
            return f"_{_escape_markdown(span.text)}_"
        case "code":
            return _render_markdown_code(span.text.replace("\n", " "), numbers)
        case "link":
            return _render_markdown_link(span)
        case "time":
            return _render_markdown_time(span)
        case _:
            assert_never(span.kind)


def _render_markdown_code(text: str, numbers: Mapping[str, str]) -> str:
    mention = parse_mention(text, get_commands())
    if mention is None:
        return f"`{text}`"
    return format_command_link(mention, numbers) or f"`{format_discord_command(mention)}`"


def _render_markdown_link(span: Span) -> str:
    address = _IN_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", span.target)
    if "://" in span.text:  # Discord shows no label that could pass for another address
        return f"{_escape_markdown(span.text)} <{address}>"
    return f"[{_escape_markdown(span.text)}]({address})"


def _render_markdown_time(span: Span) -> str:
    try:
        return format_dt(parse_span_instant(span), "t" if is_time_only(span) else "F")
    except (OverflowError, ValueError, OSError):
        return _escape_markdown(span.text)


def _has_style_clash(before: str, after: str) -> bool:
    """Whether the end of a style would be misread for what follows it, as in two bold words without a space."""
    if not before or not after:
        return False
    return (before[-1] == after[0] and after[0] in "*`") or (
        before[-1] == "_" and re.match(r"\w", after) is not None
    )
