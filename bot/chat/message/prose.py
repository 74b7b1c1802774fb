"""Prose: a tiny markup (`**bold**`, `_italic_`, `` `code` ``, `[label](link)`, times) that every platform can show.

What people typed enters it through `quote` and can therefore never act as markup, on any platform.
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
Spell = Callable[[str], str]
"""How a platform writes what stands in code: a command as it is typed there, all else as it is."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of prose in one style. `target` is a link's address or a time's instant in UTC seconds."""

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
    """Text from people or files as prose that shows exactly that text."""
    return typed.translate(_SPECIAL)


def format_moment(
    at: datetime, zone: ZoneInfo, *, has_day: bool = True, has_zone_name: bool = False
) -> str:
    """An instant as prose: platforms that can show it in the reader's own zone, others in `zone`, which is `told` as well
    where the reader may live in another."""
    local = at.astimezone(zone)
    shown = f"{local:%a} {local.day} {local:%b %Y}, {local:%H:%M}" if has_day else f"{local:%H:%M}"
    return f"<{int(at.timestamp())}|{shown}{f' ({zone.key} time)' if has_zone_name else ''}>"


def format_link(label: str, target: str) -> str:
    """A label that leads to a web address; just the label where the address is none that markup can carry."""
    safe = urlsplit(target).scheme in {"http", "https"} and not re.search(r"[\s)]", target)
    return f"[{escape_text(label)}]({target})" if safe else escape_text(label)


def parse_prose(prose: str) -> Iterator[Span]:
    """The markup taken apart, escapes undone; what renderers walk."""
    start, pending = 0, ""
    for found in _MARKUP.finditer(prose):
        pending += prose[start : found.start()]
        start = found.end()
        if found["escaped"] is not None:
            pending += found["escaped"]
            continue
        if pending:
            yield Span("text", pending)
            pending = ""
        yield _build_styled_span(found)
    if pending + prose[start:]:
        yield Span("text", pending + prose[start:])


def _build_styled_span(found: re.Match[str]) -> Span:
    kind = found.lastgroup
    if kind == "target":
        return Span("link", _remove_escapes(found["link"]), found["target"])
    if kind == "time":
        return Span("time", found["time"], found["at"])
    if kind == "code":
        return Span("code", found["code"])
    return Span("bold" if kind == "bold" else "italic", _remove_escapes(found[kind or 0]))


def _remove_escapes(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def format_code_as_is(code: str) -> str:
    """Code as the core has written it: what a log and a test read."""
    return code


def strip_markup(prose: str, spell: Spell = format_code_as_is) -> str:
    """Prose without its markup. A link keeps its address in brackets; code is spelt by `spell`."""
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
    """Whether a time span was written without its day, and is to be shown so."""
    return re.fullmatch(r"\d\d:\d\d", span.text) is not None


def parse_span_instant(span: Span) -> datetime:
    """The instant, in UTC, that a time span stands for."""
    return datetime.fromtimestamp(int(span.target), UTC)
