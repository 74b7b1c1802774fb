"""The lines of the room as the pages get them: HTML for one reader, with what a page needs to put it in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from adapters.web.render import Reader, answer_html, clock_text, isolated, time_html, typed
from adapters.web.transcript import Figure, Line
from bot.chat.message import Answer, Form, loads, say
from bot.group.zones import zone

HUES = 8
BOT = "syllabot"


def answer_of(line: Line) -> Answer:
    """What the bot said in a line; a plain sentence where another version wrote something this one does not know."""
    try:
        return loads(line.content)
    except ValueError:
        return say("This was written by another version of Syllabot, and this one cannot show it.")


def event_of(line: Line, viewer: Figure, cast: Sequence[Figure]) -> dict[str, object]:
    """A line for one viewer: where it goes and its HTML."""
    known = {figure.native: (figure.name, number % HUES) for number, figure in enumerate(cast)}
    reader = Reader(viewer.zone, tuple(figure.zone for figure in cast))
    return {
        "seq": line.seq,
        "spot": line.spot,
        "drops": list(line.drops),
        "viewer": viewer.native,
        "channel": line.place.channel,
        "kind": line.kind,
        "html": line_html(line, reader, known),
    }


def line_html(line: Line, reader: Reader, known: Mapping[str, tuple[str, int]]) -> str:
    """One line as an article, ready to be put into the log. `known` are names and colours of the cast."""
    day = line.at.astimezone(zone(reader.zone))
    shown = f"{day:%A}, {day.day} {day:%B %Y}"
    body, kind = _body(line, reader)
    only = (
        f'<span class="only">Only {typed(known.get(line.audience, (line.audience, 0))[0])} sees this</span>'
        if line.audience
        else ""
    )
    if line.kind == "note":
        only = ""
    name, hue = ("Syllabot", 0) if line.author == BOT else known.get(line.author, (line.author, 0))
    stamp = time_html(line.at, clock_text(line.at, reader.zone, day=False), reader)
    return (
        f'<article class="line {kind}{" private" if line.audience else ""}" id="line-{line.seq}" data-seq="{line.seq}"'
        f' data-spot="{line.spot}" data-author="{escape(line.author)}" data-at="{int(line.at.timestamp())}"'
        f' data-day="{escape(shown)}">{_picture(line.author, name, hue)}'
        f'<header><span class="who">{typed(name)}</span> {stamp} {only}</header>'
        f'<div class="body">{body}</div></article>'
    )


def _picture(author: str, name: str, hue: int) -> str:
    if author == BOT:
        return '<span class="picture bot" aria-hidden="true"></span>'
    return f'<span class="picture hue-{hue}" aria-hidden="true">{escape(name[:1].upper())}</span>'


def _body(line: Line, reader: Reader) -> tuple[str, str]:
    """The inside of a line, and the class that says what it is."""
    match line.kind:
        case "answer" | "post":
            answer = answer_of(line)
            kind = "form" if isinstance(answer, Form) else line.kind
            return answer_html(
                answer, reader, f"line-{line.seq}"
            ), f"{line.kind} {kind}" if kind != line.kind else kind
        case "phrase" | "press":
            return f'<p class="phrase"><code dir="auto">{escape(line.content)}</code></p>', "phrase"
        case "note":
            return f'<p class="text">{isolated(line.content)}</p>', "note"
        case _:
            return f'<p class="text" dir="auto">{escape(line.content)}</p>', "chat"
