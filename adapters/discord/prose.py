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

from adapters.discord.commands import command_link, command_text, spoken
from bot.chat.message import Span, instant_of, is_hour, spans
from bot.command import commands, mention_of

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


def markdown(body: str, numbers: Mapping[str, str] = NO_NUMBERS) -> str:
    """The bot's markup as Discord's, never empty. Times are shown in the reader's own zone.

    `numbers` are the ids of our commands, by their first word: those can be clicked.
    """
    shown = ""
    for piece in (_span(span, numbers) for span in spans(_even(body))):
        shown += NOTHING + piece if _clash(shown, piece) else piece
    shown = _LISTS.sub(r"\1\\\2", shown)
    return shown if shown.strip() else NOTHING


def plain(text: str) -> str:
    """Plain text, such as a label, on one line and escaped."""
    return _LISTS.sub(r"\1\\\2", _escaped(" ".join(_even(text).split()))) or NOTHING


def terse(body: str) -> str:
    """The bot's markup with its links alone, and times as written. Not longer than `body`."""
    shown = "".join(_terse(span) for span in spans(_even(body)))
    shown = _LISTS.sub(lambda found: found[1] + _LIST_ALIKE[found[2]], shown)
    return shown if shown.strip() else NOTHING


def terse_plain(text: str) -> str:
    """Plain text on one line, with letters that only look like markup. Not longer than `text`."""
    line = _alike(" ".join(_even(text).split()))
    return _LISTS.sub(lambda found: found[1] + _LIST_ALIKE[found[2]], line) or NOTHING


def _even(text: str) -> str:
    return _CONTROL.sub("\ufffd", re.sub(r"\r\n?", "\n", text).replace("\f", " "))


def _escaped(text: str) -> str:
    return _CALLS_ALL.sub(f"@{NOTHING}", _ACTS.sub(r"\\\g<0>", text))


def _alike(text: str) -> str:
    return text.translate(_ALIKE)


def _alike_address(target: str) -> str:
    return target.replace("<", "‹").replace(">", "›")


def _terse(span: Span) -> str:
    match span.kind:
        case "link":
            return f"{_alike(span.text)} <{_alike_address(span.target)}>"
        case "code":
            mention = mention_of(span.text, commands())
            return f"/{_alike(mention.said)}" if mention else _alike(span.text)
        case _:
            return _alike(span.text)


def plain_code(code: str) -> str:
    """Code as it stands in plain text on Discord: a command as it is typed there."""
    return spoken(code, commands())


def _span(span: Span, numbers: Mapping[str, str]) -> str:
    match span.kind:
        case "text":
            return _escaped(span.text)
        case "bold":
            return f"**{_escaped(span.text)}**"
        case "italic":
            return f"_{_escaped(span.text)}_"
        case "code":
            return _code(span.text.replace("\n", " "), numbers)
        case "link":
            return _link(span)
        case "time":
            return _time(span)
        case _:
            assert_never(span.kind)


def _code(text: str, numbers: Mapping[str, str]) -> str:
    mention = mention_of(text, commands())
    if mention is None:
        return f"`{text}`"
    return command_link(mention, numbers) or f"`{command_text(mention)}`"


def _link(span: Span) -> str:
    address = _IN_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", span.target)
    if "://" in span.text:  # Discord shows no label that could pass for another address
        return f"{_escaped(span.text)} <{address}>"
    return f"[{_escaped(span.text)}]({address})"


def _time(span: Span) -> str:
    try:
        return format_dt(instant_of(span), "t" if is_hour(span) else "F")
    except (OverflowError, ValueError, OSError):
        return _escaped(span.text)


def _clash(before: str, after: str) -> bool:
    """Whether the end of a style would be misread for what follows it, as in two bold words without a space."""
    if not before or not after:
        return False
    return (before[-1] == after[0] and after[0] in "*`") or (
        before[-1] == "_" and re.match(r"\w", after) is not None
    )
