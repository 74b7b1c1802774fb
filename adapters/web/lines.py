"""The room's lines for the pages: HTML for one reader, with its position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from adapters.web.files import render_files_html
from adapters.web.html_text import (
    LineReader,
    escape_bidi_text,
    escape_typed_text,
    format_clock_text,
    render_time_html,
)
from adapters.web.records import Figure, RoomLine
from adapters.web.render import render_answer_html
from bot.chat.message import Answer, Form, decode_answer, text_message
from bot.group.zones import load_zone

HUES = 8  # colours in the style sheet
BOT = "syllabot"

# A person's name and the number of their colour, by native id.
Looks = Mapping[str, tuple[str, int]]


def decode_line_answer(line: RoomLine) -> Answer:
    """Return the bot's answer in a line.

    An answer from another version, unreadable for this one, becomes a plain sentence.
    """
    try:
        return decode_answer(line.content)
    except ValueError:
        return text_message("Another version of Syllabot wrote this, and I cannot show it.")


def build_line_event(line: RoomLine, viewer: Figure, cast: Sequence[Figure]) -> dict[str, object]:
    """Return a line for one viewer: its position and its HTML."""
    looks = {figure.native: (figure.name, number % HUES) for number, figure in enumerate(cast)}
    reader = LineReader(viewer.zone, tuple(figure.zone for figure in cast))
    return {
        "seq": line.seq,
        "spot": line.spot,
        "drops": list(line.drops),
        "viewer": viewer.native,
        "channel": line.place.channel,
        "kind": line.kind,
        "html": render_line_html(line, reader, looks),
    }


def render_line_html(line: RoomLine, reader: LineReader, looks: Looks) -> str:
    """Return a line as an `<article>`, ready for the log."""
    day = line.at.astimezone(load_zone(reader.zone))
    shown_day = f"{day:%A}, {day.day} {day:%B %Y}"
    name, hue = _find_look(line.author, looks)
    clock_time = format_clock_text(line.at, reader.zone, has_date=False)
    stamp = render_time_html(line.at, clock_time, reader)
    kind_class, body = _render_line_body(line, reader)
    css_class = f"line {kind_class}"
    if line.audience:
        css_class += " private"
    return (
        f'<article class="{css_class}" id="line-{line.seq}" data-seq="{line.seq}"'
        f' data-spot="{line.spot}" data-author="{escape(line.author)}"'
        f' data-at="{int(line.at.timestamp())}" data-day="{escape(shown_day)}">'
        f"{_render_picture(line.author, name, hue)}"
        f'<header><span class="who">{escape_typed_text(name)}</span> {stamp} '
        f"{_render_audience(line, looks)}</header>"
        f'<div class="body">{body}</div></article>'
    )


def _find_look(native: str, looks: Looks) -> tuple[str, int]:
    if native == BOT:
        return "Syllabot", 0
    # Somebody unknown: a transcript copied from another room. The id is better than nothing.
    return looks.get(native, (native, 0))


def _render_audience(line: RoomLine, looks: Looks) -> str:
    if not line.audience or line.kind == "note":
        return ""
    name, _ = looks.get(line.audience, (line.audience, 0))
    return f'<span class="only">Only {escape_typed_text(name)} sees this</span>'


def _render_picture(author: str, name: str, hue: int) -> str:
    if author == BOT:
        return '<span class="picture bot" aria-hidden="true"></span>'
    return f'<span class="picture hue-{hue}" aria-hidden="true">{escape(name[:1].upper())}</span>'


def _render_line_body(line: RoomLine, reader: LineReader) -> tuple[str, str]:
    """Return a line's CSS classes and its inside."""
    match line.kind:
        case "answer" | "post":
            return _render_answer_body(line, reader)
        case "phrase" | "press":
            return "phrase", f'<p class="phrase"><code dir="auto">{escape(line.content)}</code></p>'
        case "file":
            return "post", render_files_html(line)
        case "note":
            return "note", f'<p class="text">{escape_bidi_text(line.content)}</p>'
        case "chat":
            return "chat", f'<p class="text" dir="auto">{escape(line.content)}</p>'


def _render_answer_body(line: RoomLine, reader: LineReader) -> tuple[str, str]:
    answer = decode_line_answer(line)
    css_class = str(line.kind)
    # The page's script opens a form by its class, so a form sent as a post has both.
    if isinstance(answer, Form):
        css_class += " form"
    return css_class, render_answer_html(answer, reader, f"line-{line.seq}")
