"""What the bot says as HTML: one pure function per block and per kind of field, held by golden files.

Everything that came from outside this file is escaped here, exactly once; nothing is cut and nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from itertools import groupby
from typing import assert_never

from bot.chat.message import (
    Answer,
    Block,
    Button,
    Buttons,
    Checklist,
    Choice,
    Fact,
    Field,
    Fields,
    Form,
    Message,
    Progress,
    Select,
    Span,
    Text,
    is_time_only,
    parse_prose,
    parse_span_instant,
)
from bot.command import get_commands, parse_mention
from bot.group.zones import load_zone

FEW = 5

_RTL = "\u0590-\u08ff\ufb1d-\ufdfd\ufe70-\ufefc"
# From the first right-to-left letter to the last one before a Latin letter: what must not reorder its neighbours.
_RTL_RUN = re.compile(f"[{_RTL}](?:[^A-Za-z\n]*[{_RTL}])?")


@dataclass(frozen=True, slots=True)
class LineReader:
    """For whom a line is rendered: their zone, and the zones of the others, for the small print of a time."""

    zone: str
    others: tuple[str, ...] = field(default=())


def format_clock_text(
    at: datetime, zone_name: str, *, has_date: bool = True, has_year: bool = True
) -> str:
    """An instant in a zone as people read it: `Mon 4 Jan 2027, 09:00`, without the year, or the time alone."""
    local = at.astimezone(load_zone(zone_name))
    date = f"{local:%a} {local.day} {local:%b}" + (f" {local:%Y}" if has_year else "")
    return f"{date}, {local:%H:%M}" if has_date else f"{local:%H:%M}"


def render_time_html(at: datetime, shown: str, reader: LineReader) -> str:
    """A `<time>` whose title gives the same instant in every zone of the room."""
    zones = dict.fromkeys((reader.zone, *reader.others))
    title = "\n".join(f"{format_clock_text(at, name)} {name}" for name in zones)
    machine = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f'<time datetime="{machine}" title="{escape(title)}">{escape(shown)}</time>'


def escape_bidi_text(text: str) -> str:
    """Plain text, escaped, in which right-to-left words do not reorder what stands beside them."""
    parts, start = [], 0
    for run in _RTL_RUN.finditer(text):
        parts += [escape(text[start : run.start()]), f'<bdi dir="auto">{escape(run.group())}</bdi>']
        start = run.end()
    return "".join([*parts, escape(text[start:])])


def escape_typed_text(text: str) -> str:
    """What a person typed, on its own."""
    return f'<bdi dir="auto">{escape(text)}</bdi>'


def render_prose_html(body: str, reader: LineReader) -> str:
    """The markup of the bot's prose as HTML. Line breaks stay line breaks; the style sheet shows them."""
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
            return f'<a href="{escape(span.target)}" rel="noopener noreferrer" target="_blank">{escape_typed_text(span.text)}</a>'
        case "time":
            return _render_moment_html(span, reader)
        case _:
            assert_never(span.kind)


def _render_code_html(text: str) -> str:
    """Code; a command as it is typed in the room, and clicking it puts it into the box."""
    mention = parse_mention(text, get_commands())
    if mention is None:
        return f"<code>{escape(text)}</code>"
    typed_there = escape(f"/{mention.phrase}")
    fill = escape(f"/{mention.name if mention.option_texts is None else mention.phrase}")
    return f'<button type="button" class="command" data-fill="{fill}"><code>{typed_there}</code></button>'


def _render_moment_html(span: Span, reader: LineReader) -> str:
    try:
        at = parse_span_instant(span)
        return render_time_html(
            at, format_clock_text(at, reader.zone, has_date=not is_time_only(span)), reader
        )
    except (OverflowError, ValueError, OSError):
        return escape(span.text)


def render_answer_html(answer: Answer, reader: LineReader, name: str) -> str:
    """A message or a form. `name` is unique on the page; ids are made from it."""
    return (
        render_form_html(answer, reader, name)
        if isinstance(answer, Form)
        else render_message_html(answer, reader, name)
    )


def render_message_html(message: Message, reader: LineReader, name: str) -> str:
    """The title and the blocks of a message, in order."""
    return "\n".join(_render_message_parts(message, reader, name))


def _render_message_parts(message: Message, reader: LineReader, name: str) -> Iterator[str]:
    if message.title:
        yield f'<h3 class="title">{escape_bidi_text(message.title)}</h3>'
    # Bars that follow each other share their columns.
    for bars, group in groupby(
        enumerate(message.blocks), lambda numbered: isinstance(numbered[1], Progress)
    ):
        drawn = "".join(
            _render_block_html(block, reader, f"{name}-{number}") for number, block in group
        )
        yield f'<div class="bars">{drawn}</div>' if bars else drawn


def _render_block_html(block: Block, reader: LineReader, name: str) -> str:
    match block:
        case Text():
            return f'<p class="text">{render_prose_html(block.body, reader)}</p>'
        case Fields():
            return _render_facts_html(block, reader)
        case Progress():
            return _render_progress_html(block, reader)
        case Checklist():
            return _render_checklist_html(block, name)
        case Select():
            return _render_select_html(block, name)
        case Buttons():
            return f'<div class="buttons">{"".join(_render_button_html(button) for button in block.buttons)}</div>'
        case _:
            assert_never(block)


def _render_facts_html(block: Fields, reader: LineReader) -> str:
    return f'<dl class="fields">{"".join(_render_fact_html(fact, reader) for fact in block.facts)}</dl>'


def _render_fact_html(fact: Fact, reader: LineReader) -> str:
    return f"<div><dt>{escape_bidi_text(fact.name)}</dt><dd>{render_prose_html(fact.value, reader)}</dd></div>"


def _render_progress_html(block: Progress, reader: LineReader) -> str:
    count = f"{block.done} of {block.total}"
    note = (
        f'<span class="note">{render_prose_html(block.note, reader)}</span>' if block.note else ""
    )
    return (
        f'<div class="progress{" strong" if block.strong else ""}"><span class="label">{escape_typed_text(block.label)}</span>'
        f'<progress max="{max(1, block.total)}" value="{block.done}" aria-label="{escape(block.label)}">{count}</progress>'
        f'<span class="count">{count}</span>{note}</div>'
    )


def _render_checklist_html(block: Checklist, name: str) -> str:
    boxes = "".join(
        _render_checkbox_html(choice, f"{name}-{number}")
        for number, choice in enumerate(block.choices)
    )
    press = "Save" if block.private else "Mark as done"
    end = f'<button type="submit" class="press primary" disabled>{press}</button>'
    return (
        f'<form class="checklist{" own" if block.private else ""}" data-says="{escape(block.says)}"'
        f' data-name="{escape(block.name)}"><fieldset><legend>{escape_bidi_text(block.label)}</legend>{boxes}</fieldset>{end}</form>'
    )


def _render_checkbox_html(choice: Choice, name: str) -> str:
    note = f'<small id="{name}-note">{escape_bidi_text(choice.note)}</small>' if choice.note else ""
    described = f' aria-describedby="{name}-note"' if choice.note else ""
    return (
        f'<label class="box"><input type="checkbox" value="{escape(choice.value)}"{_render_flag("checked", choice.chosen)}'
        f"{described}><span>{escape_typed_text(choice.label)}{note}</span></label>"
    )


def _render_select_html(block: Select, name: str) -> str:
    return (
        f'<form class="select" data-says="{escape(block.says)}" data-name="{escape(block.name)}">'
        f'<label for="{name}">{escape_bidi_text(block.label)}</label><div class="choose"><select id="{name}">'
        f"{''.join(_render_option_html(choice) for choice in block.choices)}</select>"
        '<button type="submit" class="press primary">Choose</button></div></form>'
    )


def _render_option_html(choice: Choice) -> str:
    note = f" · {choice.note}" if choice.note else ""
    chosen = _render_flag("selected", choice.chosen)
    return f'<option value="{escape(choice.value)}"{chosen}>{escape(choice.label + note)}</option>'


def _render_button_html(button: Button) -> str:
    return (
        f'<button type="button" class="press {button.style}" data-says="{escape(button.says)}">'
        f"{escape_typed_text(button.label)}</button>"
    )


def _render_flag(name: str, is_set: bool) -> str:
    return f" {name}" if is_set else ""


# — forms —


def render_form_html(form: Form, reader: LineReader, name: str) -> str:
    """A button that opens the form, and the form as a dialog."""
    note = f'<p class="text">{render_prose_html(form.note, reader)}</p>' if form.note else ""
    return (
        f'<div class="form-card"><h3 class="title">{escape_bidi_text(form.title)}</h3>'
        f'<button type="button" class="press primary open-form" aria-haspopup="dialog">Open the form</button></div>'
        f'<dialog class="sheet" aria-labelledby="{name}-title"><form class="asks" data-says="{escape(form.says)}" novalidate>'
        f'<h2 id="{name}-title">{escape_bidi_text(form.title)}</h2>{note}'
        f"{''.join(_render_field_html(one, reader, f'{name}-{one.name}') for one in form.fields)}"
        '<p class="problem whole" role="alert"></p>'
        '<div class="ends"><button type="button" class="press close-form">Not now</button>'
        '<button type="submit" class="press primary">Send</button></div></form></dialog>'
    )


def _render_field_html(asked: Field, reader: LineReader, name: str) -> str:
    name = escape(name)
    below = _render_field_help(asked, name) + _render_field_problem(asked, reader, name)
    grouped = asked.kind == "any" or (asked.kind == "one" and len(asked.choices) <= FEW)
    label = f"{escape_bidi_text(asked.label)}{'' if asked.required else ' <i>optional</i>'}"
    shell = f'class="field{" wrong" if asked.problem else ""}" data-field="{escape(asked.name)}" data-kind="{asked.kind}"'
    if grouped:
        return f"<fieldset {shell}{_render_description_ids(asked, name)}><legend>{label}</legend>{_render_field_choices(asked, name)}{below}</fieldset>"
    return f'<div {shell}><label for="{name}">{label}</label>{_render_input_html(asked, name)}{below}</div>'


def _render_input_html(asked: Field, name: str) -> str:
    rest = f' id="{name}"{_render_description_ids(asked, name)}{_render_flag("required", asked.required)}'
    rest += ' aria-invalid="true"' if asked.problem else ""
    value = f' value="{escape(asked.value)}"'
    match asked.kind:
        case "line":
            return f'<input type="text" dir="auto" autocomplete="off"{rest}{value}>'
        case "text":
            # A text area drops one line break at its start, so one is put there to be dropped.
            return f'<textarea dir="auto" rows="4" data-longest="{asked.longest}"{rest}>\n{escape(asked.value)}</textarea>'
        case "number":
            return f'<input type="text" inputmode="decimal" autocomplete="off"{rest}{value}>'
        case "date" | "time":
            return f'<input type="{asked.kind}"{rest}{value}>'
        case "file":
            most = "" if asked.most is None else f' data-most="{asked.most:.0f}"'
            return f'<input type="file"{most}{rest}><small class="help size" role="status"></small>'
        case "one" | "any":
            return f'<select{rest}><option value="">Choose</option>{"".join(_render_option_html(one) for one in asked.choices)}</select>'
        case _:
            assert_never(asked.kind)


def _render_field_choices(asked: Field, name: str) -> str:
    kind = "checkbox" if asked.kind == "any" else "radio"
    return "".join(_render_field_choice(choice, kind, name) for choice in asked.choices)


def _render_field_choice(choice: Choice, kind: str, name: str) -> str:
    note = f"<small>{escape_bidi_text(choice.note)}</small>" if choice.note else ""
    return (
        f'<label class="box"><input type="{kind}" name="{name}" value="{escape(choice.value)}"'
        f"{_render_flag('checked', choice.chosen)}><span>{escape_typed_text(choice.label)}{note}</span></label>"
    )


def _render_description_ids(asked: Field, name: str) -> str:
    ids = [f"{name}-help"] * bool(_render_field_help(asked, name)) + [f"{name}-problem"] * bool(
        asked.problem
    )
    return f' aria-describedby="{" ".join(ids)}"' if ids else ""


def _render_field_help(asked: Field, name: str) -> str:
    limits = ""
    if asked.kind == "number" and asked.least is not None and asked.most is not None:
        limits = f"{asked.least:g} to {asked.most:g}"
    elif asked.kind == "text":
        limits = f"up to {asked.longest:,} characters"
    words = " · ".join(part for part in (asked.help, limits) if part)
    return (
        f'<small class="help" id="{name}-help">{escape_bidi_text(words)}</small>' if words else ""
    )


def _render_field_problem(asked: Field, reader: LineReader, name: str) -> str:
    return (
        f'<p class="problem" id="{name}-problem">{render_prose_html(asked.problem, reader)}</p>'
        if asked.problem
        else ""
    )
