"""The bot's forms as HTML: one pure function per kind of field, held by golden files.

Nothing is cut and nothing raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import assert_never

from adapters.web.html_text import (
    LineReader,
    escape_bidi_text,
    escape_typed_text,
    render_flag,
    render_prose_html,
)
from bot.chat.message import Choice, Field, Form

# So many choices are shown at once, as radio buttons; more of them go into a select.
FEW = 5


def render_form_html(form: Form, reader: LineReader, name: str) -> str:
    """Return a button for opening the form, and the form as a dialog.

    `name` is unique on the page: ids are made from it.
    """
    title = escape_bidi_text(form.title)
    note = ""
    if form.note:
        note = f'<p class="text">{render_prose_html(form.note, reader)}</p>'
    fields = "".join(
        _render_field_html(field, reader, f"{name}-{field.name}") for field in form.fields
    )
    # `novalidate`: the bot checks the fields itself, and its sentences say what to do.
    return (
        f'<div class="form-card"><h3 class="title">{title}</h3>'
        '<button type="button" class="press primary open-form" aria-haspopup="dialog">'
        "Open the form</button></div>"
        f'<dialog class="sheet" aria-labelledby="{name}-title">'
        f'<form class="asks" data-says="{escape(form.says)}" novalidate>'
        f'<h2 id="{name}-title">{title}</h2>{note}{fields}'
        '<p class="problem whole" role="alert"></p>'
        '<div class="ends"><button type="button" class="press close-form">Not now</button>'
        '<button type="submit" class="press primary">Send</button></div></form></dialog>'
    )


def render_options_html(choices: Sequence[Choice]) -> str:
    """Return the options of a select, below the headings that their choices have."""
    parts = []
    for group, entries in groupby(choices, lambda choice: choice.group):
        options = "".join(map(_render_option_html, entries))
        parts.append(
            f'<optgroup label="{escape(group)}">{options}</optgroup>' if group else options
        )
    return "".join(parts)


def _render_option_html(choice: Choice) -> str:
    """Return an `<option>`, with the note behind the label: it takes no markup inside."""
    label = choice.label
    if choice.note:
        label += f" · {choice.note}"
    selected = render_flag("selected", choice.chosen)
    return f'<option value="{escape(choice.value)}"{selected}>{escape(label)}</option>'


def _render_field_html(field: Field, reader: LineReader, name: str) -> str:
    name = escape(name)
    below = _render_field_help(field, name) + _render_field_problem(field, reader, name)
    label = escape_bidi_text(field.label)
    if not field.required:
        label += " <i>optional</i>"
    css_class = "field wrong" if field.problem else "field"
    shell = f'class="{css_class}" data-field="{escape(field.name)}" data-kind="{field.kind}"'
    if _has_choice_inputs(field):
        # Several inputs share one name, so a legend names them; a label belongs to one input.
        described = _render_description_ids(field, name)
        choices = _render_field_choices(field, name)
        return f"<fieldset {shell}{described}><legend>{label}</legend>{choices}{below}</fieldset>"
    control = _render_input_html(field, name)
    return f'<div {shell}><label for="{name}">{label}</label>{control}{below}</div>'


def _has_choice_inputs(field: Field) -> bool:
    if field.kind == "any":
        return True
    has_groups = any(choice.group for choice in field.choices)
    return field.kind == "one" and len(field.choices) <= FEW and not has_groups


def _render_input_html(field: Field, name: str) -> str:
    rest = f' id="{name}"{_render_description_ids(field, name)}'
    rest += render_flag("required", field.required)
    rest += render_flag('aria-invalid="true"', bool(field.problem))
    value = f' value="{escape(field.value)}"'
    match field.kind:
        case "line":
            return f'<input type="text" dir="auto" autocomplete="off"{rest}{value}>'
        case "text":
            return _render_textarea_html(field, rest)
        case "number":
            # Not `type="number"`: it hides what it cannot read, and "many" must come back.
            return f'<input type="text" inputmode="decimal" autocomplete="off"{rest}{value}>'
        case "date" | "time":
            return f'<input type="{field.kind}"{rest}{value}>'
        case "file":
            return _render_file_input_html(field, rest)
        case "one" | "any":
            options = render_options_html(field.choices)
            return f'<select{rest}><option value="">Choose</option>{options}</select>'
        case _:
            assert_never(field.kind)


def _render_textarea_html(field: Field, rest: str) -> str:
    attributes = f'dir="auto" rows="4" data-longest="{field.longest}"{rest}'
    # A text area drops one line break at its start, so one is put there to be dropped.
    return f"<textarea {attributes}>\n{escape(field.value)}</textarea>"


def _render_file_input_html(field: Field, rest: str) -> str:
    most = ""
    if field.most is not None:
        most = f' data-most="{field.most:.0f}"'
    return f'<input type="file"{most}{rest}><small class="help size" role="status"></small>'


def _render_field_choices(field: Field, name: str) -> str:
    kind = "checkbox" if field.kind == "any" else "radio"
    return "".join(_render_field_choice(choice, kind, name) for choice in field.choices)


def _render_field_choice(choice: Choice, kind: str, name: str) -> str:
    checked = render_flag("checked", choice.chosen)
    return (
        f'<label class="box">'
        f'<input type="{kind}" name="{name}" value="{escape(choice.value)}"{checked}>'
        f"<span>{_render_choice_label(choice)}</span></label>"
    )


def _render_choice_label(choice: Choice) -> str:
    label = escape_typed_text(choice.label)
    if not choice.note:
        return label
    return f"{label}<small>{escape_bidi_text(choice.note)}</small>"


def _render_description_ids(field: Field, name: str) -> str:
    ids = []
    if _render_field_help(field, name):
        ids.append(f"{name}-help")
    if field.problem:
        ids.append(f"{name}-problem")
    if not ids:
        return ""
    return f' aria-describedby="{" ".join(ids)}"'


def _render_field_help(field: Field, name: str) -> str:
    help_text = " · ".join(part for part in (field.help, _describe_limits(field)) if part)
    if not help_text:
        return ""
    return f'<small class="help" id="{name}-help">{escape_bidi_text(help_text)}</small>'


def _describe_limits(field: Field) -> str:
    if field.kind == "number" and field.least is not None and field.most is not None:
        return f"{field.least:g} to {field.most:g}"
    if field.kind == "text":
        return f"up to {field.longest:,} characters"
    return ""


def _render_field_problem(field: Field, reader: LineReader, name: str) -> str:
    if not field.problem:
        return ""
    problem = render_prose_html(field.problem, reader)
    return f'<p class="problem" id="{name}-problem">{problem}</p>'
