"""Text and times as HTML: escaped exactly once, right to left or left to right, in every zone.

Everything from outside this package goes through these functions or through `escape`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import assert_never

from bot.chat.message import Span, is_time_only, parse_prose, parse_span_instant
from bot.command import Mention, get_commands, parse_mention
from bot.group.zones import load_zone

_RTL = "\u0590-\u08ff\ufb1d-\ufdfd\ufe70-\ufefc"
# From the first right-to-left letter to the last one before a Latin letter. Such a run stands in
# a `<bdi>`, or the browser would reorder the digits and marks beside it.
_RTL_RUN = re.compile(f"[{_RTL}](?:[^A-Za-z\n]*[{_RTL}])?")


@dataclass(frozen=True, slots=True)
class LineReader:
    """The person a line is rendered for.

    `zone` is theirs; `others` are the other zones in the room, for a time's tooltip.
    """

    zone: str
    others: tuple[str, ...] = ()


def format_clock_text(
    at: datetime, zone_name: str, *, has_date: bool = True, has_year: bool = True
) -> str:
    """Return an instant in a zone: `Mon 4 Jan 2027, 09:00`, without the year, or the time alone."""
    local = at.astimezone(load_zone(zone_name))
    clock_time = f"{local:%H:%M}"
    if not has_date:
        return clock_time
    return f"{_format_local_day(local, has_year)}, {clock_time}"


def _format_local_day(local: datetime, has_year: bool) -> str:
    # Not `%d` for the day: it would write 04, and `%-d` is not on every system.
    day = f"{local:%a} {local.day} {local:%b}"
    return f"{day} {local:%Y}" if has_year else day


def render_time_html(at: datetime, shown: str, reader: LineReader) -> str:
    """Return a `<time>` with the same instant in every zone in its title."""
    title = _render_zone_times(at, reader)
    machine = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f'<time datetime="{machine}" title="{title}">{escape(shown)}</time>'


def _render_zone_times(at: datetime, reader: LineReader) -> str:
    # A dict keeps the order and drops zones that several people share.
    zones = dict.fromkeys((reader.zone, *reader.others))
    return escape("\n".join(f"{format_clock_text(at, zone)} {zone}" for zone in zones))


def escape_bidi_text(text: str) -> str:
    """Escape plain text, with right-to-left words kept apart from their neighbours."""
    parts = []
    start = 0
    for run in _RTL_RUN.finditer(text):
        parts.append(escape(text[start : run.start()]))
        parts.append(escape_typed_text(run.group()))
        start = run.end()
    parts.append(escape(text[start:]))
    return "".join(parts)


def escape_typed_text(text: str) -> str:
    """Escape text a person typed, with a direction of its own."""
    return f'<bdi dir="auto">{escape(text)}</bdi>'


def render_flag(name: str, is_set: bool) -> str:
    """Return a boolean attribute with the space before it, or nothing."""
    return f" {name}" if is_set else ""


def render_prose_html(body: str, reader: LineReader) -> str:
    """Return the bot's prose as HTML.

    Line breaks stay line breaks; the style sheet shows them.
    """
    return "".join(_render_span_html(span, reader) for span in parse_prose(body))


def _render_span_html(span: Span, reader: LineReader) -> str:
    match span.kind:
        case "text":
            return escape_bidi_text(span.text)
        case "bold":
            return f'<strong dir="auto">{escape(span.text)}</strong>'
        case "italic":
            return f'<em dir="auto">{escape(span.text)}</em>'
        case "code":
            return _render_code_html(span.text)
        case "link":
            return _render_link_html(span)
        case "time":
            return _render_moment_html(span, reader)
        case _:
            assert_never(span.kind)


def _render_link_html(span: Span) -> str:
    # `noopener`: the other page gets no handle on the room's window.
    attributes = f'href="{escape(span.target)}" rel="noopener noreferrer" target="_blank"'
    return f"<a {attributes}>{escape_typed_text(span.text)}</a>"


def _render_code_html(text: str) -> str:
    """Return code; a command becomes a button with the command to type in it."""
    mention = parse_mention(text, get_commands())
    if mention is None:
        return f"<code>{escape(text)}</code>"
    return _render_command_button(mention)


def _render_command_button(mention: Mention) -> str:
    phrase = escape(f"/{mention.phrase}")
    fill = escape(f"/{_choose_filled_phrase(mention)}")
    return (
        f'<button type="button" class="command" data-fill="{fill}"><code>{phrase}</code></button>'
    )


def _choose_filled_phrase(mention: Mention) -> str:
    # A usage such as `join [cohort]` is for reading: the box gets the name alone.
    return mention.name if mention.option_texts is None else mention.phrase


def _render_moment_html(span: Span, reader: LineReader) -> str:
    try:
        at = parse_span_instant(span)
        shown = format_clock_text(at, reader.zone, has_date=not is_time_only(span))
        return render_time_html(at, shown, reader)
    # An instant outside the calendar, from a transcript of another version: show its text.
    except (OverflowError, ValueError, OSError):
        return escape(span.text)
