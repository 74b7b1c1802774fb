"""Prose: a small markup for every platform.

It knows `**bold**`, `_italic_`, `` `code` ``, `[label](link)` and times.
People's text enters through `escape_text`, so it never acts as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

SpanKind = Literal["text", "bold", "italic", "code", "link", "time"]

# Writes code for one platform: a command the way people type it there, other code unchanged.
Spell = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of prose in one style.

    `target` is a link's address, or a time's instant in UTC seconds.
    """

    kind: SpanKind
    text: str
    target: str = ""


_MARKUP = re.compile(
    r"\\(?P<escaped>.)"
    r"|\*\*(?P<bold>(?:\\.|[^\\*])+)\*\*"
    r"|(?<!\w)_(?P<italic>(?:\\.|[^\\_])+)_(?!\w)"
    r"|`(?P<code>[^`]+)`"
    r"|\[(?P<link>(?:\\.|[^\]\\])+)\]\((?P<target>https?://[^\s)]+)\)"
    r"|<(?P<at>-?\d+)\|(?P<time>[^>]+)>",
    re.DOTALL,
)
_SPECIAL = str.maketrans({letter: f"\\{letter}" for letter in r"\*_`[]<>"})


def escape_text(typed: str) -> str:
    """Return text from people or files in prose, shown exactly."""
    return typed.translate(_SPECIAL)


def format_moment(
    at: datetime, zone: ZoneInfo, *, has_day: bool = True, has_zone_name: bool = False
) -> str:
    """Return an instant in prose.

    Some platforms show it in the reader's own zone, the others in `zone`. For a reader perhaps in
    another zone, `has_zone_name` names it.
    """
    local = at.astimezone(zone)
    text = f"{local:%H:%M}"
    if has_day:
        text = f"{local:%a} {local.day} {local:%b %Y}, {text}"
    if has_zone_name:
        text += f" ({zone.key} time)"
    return f"<{int(at.timestamp())}|{text}>"


def format_link(label: str, target: str) -> str:
    """Return a label with a link to a web address; the label alone for an unsafe address."""
    is_web = urlsplit(target).scheme in {"http", "https"}
    # A blank or a bracket would end the link early, and the rest would act as markup.
    if is_web and not re.search(r"[\s)]", target):
        return f"[{escape_text(label)}]({target})"
    return escape_text(label)


def parse_prose(prose: str) -> Iterator[Span]:
    """Yield the spans in prose, with escapes undone."""
    start, pending = 0, ""
    for match in _MARKUP.finditer(prose):
        pending += prose[start : match.start()]
        start = match.end()
        if match["escaped"] is not None:
            pending += match["escaped"]
            continue
        if pending:
            yield Span("text", pending)
            pending = ""
        yield _build_styled_span(match)
    pending += prose[start:]
    if pending:
        yield Span("text", pending)


def _build_styled_span(match: re.Match[str]) -> Span:
    # `lastgroup` is the last group to match, which for a link is its target.
    kind = match.lastgroup
    if kind == "target":
        return Span("link", _remove_escapes(match["link"]), match["target"])
    if kind == "time":
        return Span("time", match["time"], match["at"])
    if kind == "code":
        return Span("code", match["code"])
    if kind == "bold":
        return Span("bold", _remove_escapes(match["bold"]))
    return Span("italic", _remove_escapes(match["italic"]))


def _remove_escapes(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def format_code_as_is(code: str) -> str:
    """Return code unchanged, for logs and tests."""
    return code


def strip_markup(prose: str, spell: Spell = format_code_as_is) -> str:
    """Return prose without markup. A link keeps its address; code is written by `spell`."""
    return "".join(_format_bare_span(span, spell) for span in parse_prose(prose))


def _format_bare_span(span: Span, spell: Spell) -> str:
    match span.kind:
        case "link":
            return f"{span.text} ({span.target})"
        case "code":
            return spell(span.text)
        case _:
            return span.text


def is_time_only(span: Span) -> bool:
    """Return True if a time was written without its day, and is shown without it."""
    return re.fullmatch(r"\d\d:\d\d", span.text) is not None


def parse_span_instant(span: Span) -> datetime:
    """Return a time span's instant, in UTC."""
    return datetime.fromtimestamp(int(span.target), UTC)
