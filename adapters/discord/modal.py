"""Forms as Discord's modals, and what people filled in.

A modal waits for nothing in memory: it is routed by its `custom_id` when it comes back, to whichever process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord
from discord import ui

from adapters.discord import custom_id
from adapters.discord.files import DiscordAttachment, parse_attachments
from adapters.discord.markdown import format_plain_markdown_code, render_markdown
from bot.chat.message import BESIDE, FIELD_HELP, Choice, Field, Form, strip_markup

ROOM = 5  # top-level components (Discord: Modal)
TYPED = 4000  # characters (Discord: Text Input, value)
RADIOS = range(2, 11)  # options (Discord: Radio Group)
BOXES = 10  # options (Discord: Checkbox Group); a select takes 25
UPLOAD = 19  # Discord: Component Types
EXAMPLES = {"date": "2027-01-31", "time": "18:00"}

Item = ui.Item[Any]


def build_modal(form: Form) -> ui.Modal:
    """A form as a modal that the library forgets once it is sent. Needs a running event loop."""
    sheet = ui.Modal(title=form.title, custom_id=custom_id.build_custom_id(form.says))
    above = _list_texts_above(form)
    if above and len(form.fields) < ROOM:
        sheet.add_item(ui.TextDisplay("\n".join(render_markdown(prose) for prose in above)))
    for asked, described in zip(form.fields, _list_field_descriptions(form), strict=True):
        sheet.add_item(
            ui.Label(
                text=asked.label,
                description=described or None,
                component=_build_field_component(asked),
            )
        )
    sheet.stop()
    return sheet


def _list_texts_above(form: Form) -> list[str]:
    """What is said above the fields, where there is room: the note, and a problem too long to stand beside its field."""
    long = (
        one.problem
        for one in form.fields
        if len(strip_markup(one.problem, format_plain_markdown_code)) > FIELD_HELP
    )
    return [prose for prose in (form.note, *long) if prose.strip()]


def _list_field_descriptions(form: Form) -> list[str]:
    """What stands below each label: about that field alone. In a form without room above, the note opens the first one; the
    core has left it the room beside the help, and where there is a problem instead, that goes before the note."""
    described = [_choose_field_description(field) for field in form.fields]
    note = strip_markup(form.note, format_plain_markdown_code).strip()
    if len(note) > FIELD_HELP:
        note = strip_markup(form.note).strip()
    if note and len(form.fields) == ROOM:
        both = BESIDE.join(words for words in (note, described[0]) if words)
        described[0] = both if len(both) <= FIELD_HELP else described[0]
    return described


def _choose_field_description(asked: Field) -> str:
    problem = strip_markup(asked.problem, format_plain_markdown_code).strip()
    return problem if problem and len(problem) <= FIELD_HELP else asked.help.strip()


def _build_field_component(asked: Field) -> Item:
    if asked.kind == "any" and len(asked.choices) > BOXES:
        return ui.Select(
            custom_id=asked.name,
            placeholder="Choose any",
            required=asked.required,
            min_values=1 if asked.required else 0,
            max_values=len(asked.choices),
            options=[
                discord.SelectOption(**_build_option_arguments(choice, choice.chosen))
                for choice in asked.choices
            ],
        )
    if asked.kind == "any":
        return ui.CheckboxGroup(
            custom_id=asked.name,
            required=asked.required,
            min_values=1 if asked.required else 0,
            max_values=len(asked.choices),
            options=[
                discord.CheckboxGroupOption(**_build_option_arguments(one, one.chosen))
                for one in asked.choices
            ],
        )
    if asked.kind == "one":
        return _build_single_choice(asked)
    if asked.kind == "file":
        return ui.FileUpload(
            custom_id=asked.name,
            required=asked.required,
            min_values=int(asked.required),
            max_values=1,
        )
    return _build_text_input(asked)


def _build_single_choice(asked: Field) -> Item:
    chosen = next((choice for choice in asked.choices if choice.chosen), None)
    options = [_build_option_arguments(choice, choice is chosen) for choice in asked.choices]
    if len(options) in RADIOS:
        return ui.RadioGroup(
            custom_id=asked.name,
            required=asked.required,
            options=[discord.RadioGroupOption(**one) for one in options],
        )
    return ui.Select(
        custom_id=asked.name,
        placeholder="Choose one",
        required=asked.required,
        min_values=1 if asked.required else 0,
        options=[discord.SelectOption(**one) for one in options],
    )


def _build_option_arguments(choice: Choice, chosen: bool) -> dict[str, Any]:
    note = choice.note if choice.note.strip() else None
    return {"label": choice.label, "value": choice.value, "description": note, "default": chosen}


def _build_text_input(asked: Field) -> ui.TextInput[Any]:
    """What was typed before stays, even where it is longer than the field takes: its problem says so."""
    value = asked.value[:TYPED]
    return ui.TextInput(
        custom_id=asked.name,
        style=discord.TextStyle.paragraph if asked.kind == "text" else discord.TextStyle.short,
        default=value or None,
        placeholder=_format_placeholder(asked),
        required=asked.required,
        max_length=max(1, asked.longest, len(value)),
    )


def _format_placeholder(asked: Field) -> str | None:
    if asked.kind == "number" and asked.least is not None and asked.most is not None:
        return f"{asked.least:g} to {asked.most:g}"
    return EXAMPLES.get(asked.kind)


# — what comes back —


def parse_modal_values(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The values of a submitted modal, from an interaction's `data`, by the name of the field; those of files are none. What
    it does not know, it leaves out."""
    answers: dict[str, tuple[str, ...]] = {}
    for component in _walk_submitted_components(data.get("components")):
        name = component.get("custom_id")
        if isinstance(name, str) and ("value" in component or "values" in component):
            answers[name] = (
                () if component.get("type") == UPLOAD else _parse_component_values(component)
            )
    return answers


def parse_modal_files(data: Mapping[str, Any]) -> dict[str, DiscordAttachment]:
    """The files of a submitted modal, by the name of the field; the first of each, as no field asks for more."""
    uploads = [
        one
        for one in _walk_submitted_components(data.get("components"))
        if one.get("type") == UPLOAD
    ]
    named = {
        str(one.get("custom_id")): value
        for one in uploads
        for value in _parse_component_values(one)[:1]
    }
    return parse_attachments(data.get("resolved"), named)


def _walk_submitted_components(found: object) -> Iterator[Mapping[str, Any]]:
    """Those that were filled in, out of their labels and rows."""
    for one in found if isinstance(found, Sequence) and not isinstance(found, str) else ():
        if not isinstance(one, Mapping):
            continue
        if "component" in one:
            yield from _walk_submitted_components([one["component"]])
        elif "components" in one:
            yield from _walk_submitted_components(one["components"])
        else:
            yield one


def _parse_component_values(component: Mapping[str, Any]) -> tuple[str, ...]:
    values = component["values"] if "values" in component else [component.get("value")]
    if not isinstance(values, Sequence) or isinstance(values, str):
        return ()
    return tuple(str(value) for value in values if isinstance(value, str))
