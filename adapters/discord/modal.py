"""Forms in Discord's modals, and the values people filled in.

A modal waits for nothing in memory: its `custom_id` brings it back to any process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord
from discord import ui

from adapters.discord import custom_id
from adapters.discord.files import DiscordAttachment, parse_attachments
from adapters.discord.markdown import format_plain_markdown_code, render_markdown
from adapters.discord.render import format_choice_note
from bot.chat.message import BESIDE, FIELD_HELP, Choice, Field, Form, strip_markup

ROOM = 5  # top-level components (Discord: Modal)
TYPED = 4000  # characters (Discord: Text Input, value)
RADIOS = range(2, 11)  # options (Discord: Radio Group)
BOXES = 10  # options (Discord: Checkbox Group); a select takes 25
UPLOAD = 19  # Discord: Component Types
EXAMPLES = {"date": "2027-01-31", "time": "18:00"}

Item = ui.Item[Any]


def build_modal(form: Form) -> ui.Modal:
    """Return a form's modal; the library forgets it once it is sent. Needs a running loop."""
    sheet = ui.Modal(title=form.title, custom_id=custom_id.build_custom_id(form.says))
    above = _list_texts_above(form)
    if above and len(form.fields) < ROOM:
        sheet.add_item(ui.TextDisplay("\n".join(render_markdown(prose) for prose in above)))
    for form_field, described in zip(form.fields, _list_field_descriptions(form), strict=True):
        sheet.add_item(
            ui.Label(
                text=form_field.label,
                description=described or None,
                component=_build_field_component(form_field),
            )
        )
    # Otherwise the library would keep it and wait for its submit.
    sheet.stop()
    return sheet


def _list_texts_above(form: Form) -> list[str]:
    """Return the texts above the fields: the note, and problems too long for their field."""
    texts = [form.note]
    for form_field in form.fields:
        if len(strip_markup(form_field.problem, format_plain_markdown_code)) > FIELD_HELP:
            texts.append(form_field.problem)
    return [text for text in texts if text.strip()]


def _list_field_descriptions(form: Form) -> list[str]:
    """Return the text below each label.

    A full modal has no room above, so its note opens the first text. The core leaves room for it
    beside the help. A problem goes before the note.
    """
    described = [_choose_field_description(field) for field in form.fields]
    note = strip_markup(form.note, format_plain_markdown_code).strip()
    if len(note) > FIELD_HELP:
        note = strip_markup(form.note).strip()
    if note and len(form.fields) == ROOM:
        both = f"{note}{BESIDE}{described[0]}" if described[0] else note
        if len(both) <= FIELD_HELP:
            described[0] = both
    return described


def _choose_field_description(form_field: Field) -> str:
    problem = strip_markup(form_field.problem, format_plain_markdown_code).strip()
    if problem and len(problem) <= FIELD_HELP:
        return problem
    return form_field.help.strip()


def _build_field_component(form_field: Field) -> Item:
    if form_field.kind == "any" and len(form_field.choices) > BOXES:
        return ui.Select(
            custom_id=form_field.name,
            placeholder="Choose any",
            required=form_field.required,
            min_values=1 if form_field.required else 0,
            max_values=len(form_field.choices),
            options=[
                discord.SelectOption(**_build_option_arguments(choice, choice.chosen))
                for choice in form_field.choices
            ],
        )
    if form_field.kind == "any":
        return ui.CheckboxGroup(
            custom_id=form_field.name,
            required=form_field.required,
            min_values=1 if form_field.required else 0,
            max_values=len(form_field.choices),
            options=[
                discord.CheckboxGroupOption(**_build_option_arguments(choice, choice.chosen))
                for choice in form_field.choices
            ],
        )
    if form_field.kind == "one":
        return _build_single_choice(form_field)
    if form_field.kind == "file":
        return ui.FileUpload(
            custom_id=form_field.name,
            required=form_field.required,
            min_values=int(form_field.required),
            max_values=1,
        )
    return _build_text_input(form_field)


def _build_single_choice(form_field: Field) -> Item:
    chosen = next((choice for choice in form_field.choices if choice.chosen), None)
    options = [_build_option_arguments(choice, choice is chosen) for choice in form_field.choices]
    if len(options) in RADIOS:
        return ui.RadioGroup(
            custom_id=form_field.name,
            required=form_field.required,
            options=[discord.RadioGroupOption(**option) for option in options],
        )
    return ui.Select(
        custom_id=form_field.name,
        placeholder="Choose one",
        required=form_field.required,
        min_values=1 if form_field.required else 0,
        options=[discord.SelectOption(**option) for option in options],
    )


def _build_option_arguments(choice: Choice, chosen: bool) -> dict[str, Any]:
    note = format_choice_note(choice)
    return {"label": choice.label, "value": choice.value, "description": note, "default": chosen}


def _build_text_input(form_field: Field) -> ui.TextInput[Any]:
    """Return a text input with its former value.

    A value above the limit stays: its problem says so.
    """
    value = form_field.value[:TYPED]
    return ui.TextInput(
        custom_id=form_field.name,
        style=discord.TextStyle.paragraph if form_field.kind == "text" else discord.TextStyle.short,
        default=value or None,
        placeholder=_format_placeholder(form_field),
        required=form_field.required,
        max_length=max(1, form_field.longest, len(value)),
    )


def _format_placeholder(form_field: Field) -> str | None:
    if form_field.kind == "number" and form_field.least is not None and form_field.most is not None:
        return f"{form_field.least:g} to {form_field.most:g}"
    return EXAMPLES.get(form_field.kind)


# — submitted values —


def parse_modal_values(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return a submitted modal's values by field, from an interaction's `data`.

    A file field has no values. Unknown components are left out.
    """
    answers: dict[str, tuple[str, ...]] = {}
    for component in _walk_submitted_components(data.get("components")):
        name = component.get("custom_id")
        if isinstance(name, str) and ("value" in component or "values" in component):
            is_upload = component.get("type") == UPLOAD
            answers[name] = () if is_upload else _parse_component_values(component)
    return answers


def parse_modal_files(data: Mapping[str, Any]) -> dict[str, DiscordAttachment]:
    """Return a submitted modal's files by field: the first one each, since no field takes more."""
    id_by_name: dict[str, object] = {}
    for component in _walk_submitted_components(data.get("components")):
        if component.get("type") == UPLOAD:
            for native in _parse_component_values(component)[:1]:
                id_by_name[str(component.get("custom_id"))] = native
    return parse_attachments(data.get("resolved"), id_by_name)


def _walk_submitted_components(components: object) -> Iterator[Mapping[str, Any]]:
    """Yield the filled-in components, out of their labels and rows."""
    if not isinstance(components, Sequence) or isinstance(components, str):
        return
    for component in components:
        if not isinstance(component, Mapping):
            continue
        if "component" in component:
            yield from _walk_submitted_components([component["component"]])
        elif "components" in component:
            yield from _walk_submitted_components(component["components"])
        else:
            yield component


def _parse_component_values(component: Mapping[str, Any]) -> tuple[str, ...]:
    values = component["values"] if "values" in component else [component.get("value")]
    if not isinstance(values, Sequence) or isinstance(values, str):
        return ()
    return tuple(str(value) for value in values if isinstance(value, str))
