"""The lines of the room as the pages get them: HTML for one reader, with what a page needs to put it in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from adapters.web.render import (
    LineReader,
    escape_bidi_text,
    escape_typed_text,
    format_clock_text,
    render_answer_html,
    render_time_html,
)
from adapters.web.transcript import Figure, RoomLine
from bot.chat.message import Answer, Form, decode_answer, text_message
from bot.group.zones import load_zone

HUES = 8
BOT = "syllabot"


def decode_line_answer(line: RoomLine) -> Answer:
    """What the bot said in a line; a plain sentence where another version wrote something this one does not know."""
    try:
        return decode_answer(line.content)
    except ValueError:
        return text_message(
            "This was written by another version of Syllabot, and this one cannot show it."
        )


def build_line_event(line: RoomLine, viewer: Figure, cast: Sequence[Figure]) -> dict[str, object]:
    """A line for one viewer: where it goes and its HTML."""
    known = {figure.native: (figure.name, number % HUES) for number, figure in enumerate(cast)}
    reader = LineReader(viewer.zone, tuple(figure.zone for figure in cast))
    return {
        "seq": line.seq,
        "spot": line.spot,
        "drops": list(line.drops),
        "viewer": viewer.native,
        "channel": line.place.channel,
        "kind": line.kind,
        "html": render_line_html(line, reader, known),
    }


def render_line_html(
    line: RoomLine, reader: LineReader, cast_by_native: Mapping[str, tuple[str, int]]
) -> str:
    """One line as an article, ready to be put into the log. `known` are names and colours of the cast."""
    day = line.at.astimezone(load_zone(reader.zone))
    shown = f"{day:%A}, {day.day} {day:%B %Y}"
    body, kind = _render_line_body(line, reader)
    only = (
        f'<span class="only">Only {escape_typed_text(cast_by_native.get(line.audience, (line.audience, 0))[0])} sees this</span>'
        if line.audience
        else ""
    )
    if line.kind == "note":
        only = ""
    name, hue = (
        ("Syllabot", 0) if line.author == BOT else cast_by_native.get(line.author, (line.author, 0))
    )
    stamp = render_time_html(
        line.at, format_clock_text(line.at, reader.zone, has_date=False), reader
    )
    return (
        f'<article class="line {kind}{" private" if line.audience else ""}" id="line-{line.seq}" data-seq="{line.seq}"'
        f' data-spot="{line.spot}" data-author="{escape(line.author)}" data-at="{int(line.at.timestamp())}"'
        f' data-day="{escape(shown)}">{_render_picture(line.author, name, hue)}'
        f'<header><span class="who">{escape_typed_text(name)}</span> {stamp} {only}</header>'
        f'<div class="body">{body}</div></article>'
    )


def _render_picture(author: str, name: str, hue: int) -> str:
    if author == BOT:
        return '<span class="picture bot" aria-hidden="true"></span>'
    return f'<span class="picture hue-{hue}" aria-hidden="true">{escape(name[:1].upper())}</span>'


def _render_line_body(line: RoomLine, reader: LineReader) -> tuple[str, str]:
    """The inside of a line, and the class that says what it is."""
    match line.kind:
        case "answer" | "post":
            answer = decode_line_answer(line)
            kind = "form" if isinstance(answer, Form) else line.kind
            return render_answer_html(
                answer, reader, f"line-{line.seq}"
            ), f"{line.kind} {kind}" if kind != line.kind else kind
        case "phrase" | "press":
            return f'<p class="phrase"><code dir="auto">{escape(line.content)}</code></p>', "phrase"
        case "note":
            return f'<p class="text">{escape_bidi_text(line.content)}</p>', "note"
        case _:
            return f'<p class="text" dir="auto">{escape(line.content)}</p>', "chat"
