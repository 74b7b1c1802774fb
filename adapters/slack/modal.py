"""Modals and the App Home: forms and answers as views, and people's input read back from them.

A view waits for nothing in memory: its `private_metadata` carries the phrase to be submitted, so
any process can answer. A field's name is its `block_id`, where Slack shows the field's errors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Literal

from adapters.slack import ids
from adapters.slack.mrkdwn import build_command_speller, format_slack_label
from adapters.slack.objects import (
    Json,
    build_menu_options,
    build_mrkdwn_object,
    build_option_object,
    build_plain_text_object,
    filter_chosen_options,
)
from adapters.slack.render import CONTEXT, SlackTextWriter, render_blocks, write_in_parts
from bot.chat.message import Answer, Field, Form, Message, escape_text, strip_markup, text_message
from bot.chat.platform import Filled

TITLE = 24  # characters (Slack: View object)
TYPED = 3000  # characters (Slack: Plain-text input)
RADIOS = range(2, 11)  # options (Slack: Radio buttons)
BOXES = 10  # options (Slack: Checkboxes); a menu takes 100
NAME = "Syllabot"
WAIT = "One moment …"
EXAMPLES = {"date": "2027-01-31", "time": "18:00"}

ViewKind = Literal["form", "answer"]  # a view's `callback_id`
FORM: ViewKind = "form"
ANSWER: ViewKind = "answer"

PickerKind = Literal["datepicker", "timepicker"]

_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class ViewMetadata:
    """The phrase that submitting a view says, and the channel it was opened in, empty for none.

    The names of both fields are stored in open views.
    """

    says: str = ""
    channel: str = ""

    @classmethod
    def from_view(cls, view: Mapping[str, Any]) -> ViewMetadata:
        """Return the metadata that came back with a view; empty for a foreign view."""
        stored = _load_private_metadata(view)
        return cls(_get_stored_text(stored, "says"), _get_stored_text(stored, "channel"))

    @property
    def as_json(self) -> str:
        """The text for `private_metadata` (3000 characters; Slack: View object)."""
        return json.dumps(asdict(self), ensure_ascii=False)


def build_answer_view(answer: Answer, channel: str, command: str) -> Json:
    """Return an answer as a view that knows the channel it was opened in."""
    if isinstance(answer, Form):
        return build_form_view(answer, ViewMetadata(answer.says, channel), command)
    return build_message_view(answer, ViewMetadata("", channel), command)


def build_form_view(form: Form, metadata: ViewMetadata, command: str) -> Json:
    """Return a form as a modal. Its known problems stand above the fields."""
    blocks = list(_build_form_context(form, command))
    blocks += [_build_input_block(field, form.says) for field in form.fields]
    submit = build_plain_text_object("Send")
    return _build_modal_view(form.title, FORM, blocks, metadata, submit=submit)


def build_message_view(message: Message, metadata: ViewMetadata, command: str) -> Json:
    """Return an answer as a modal that can only be closed."""
    title = message.title
    # A long title does not fit on top of a view, so it stays a header among the blocks.
    if not title.strip() or len(title) > TITLE:
        return _build_modal_view(NAME, ANSWER, render_blocks(message, command), metadata)
    blocks = render_blocks(replace(message, title=""), command)
    return _build_modal_view(title, ANSWER, blocks, metadata)


def build_loading_view() -> Json:
    """Return the view shown until there is an answer."""
    return _build_modal_view(NAME, ANSWER, render_blocks(text_message(WAIT), ""), ViewMetadata())


def build_home_view(message: Message, command: str) -> Json:
    """Return a message as a person's App Home."""
    return {"type": "home", "blocks": render_blocks(message, command)}


def _build_modal_view(
    title: str, kind: ViewKind, blocks: list[Json], metadata: ViewMetadata, **buttons: Json
) -> Json:
    return {
        "type": "modal",
        "callback_id": kind,
        "private_metadata": metadata.as_json,
        "title": build_plain_text_object(title),
        "close": build_plain_text_object("Cancel" if buttons else "Close"),
        **buttons,
        "blocks": blocks,
    }


def _build_form_context(form: Form, command: str) -> Iterator[Json]:
    """Yield the form's note and its problems, to stand above the fields."""
    notes = [form.note]
    for field in form.fields:
        if field.problem.strip():
            notes.append(f"**{escape_text(field.label)}** · {field.problem}")
    for note in notes:
        if not note.strip():
            continue
        write_note = partial(SlackTextWriter.write_prose, body=note)
        for text in write_in_parts(write_note, SlackTextWriter(command), CONTEXT):
            yield {"type": "context", "elements": [build_mrkdwn_object(text)]}


# — one field —


def _build_input_block(field: Field, phrase: str) -> Json:
    element = _build_input_element(field)
    # Slack keeps the typed text if both ids stay the same: two forms that follow each other must
    # not share theirs. The type is in it because a field may turn into plain text.
    element["action_id"] = f"{ids.build_action_id(phrase, field.name)}{element['type']}"
    block: Json = {
        "type": "input",
        "block_id": field.name,
        "label": build_plain_text_object(field.label),
        "element": element,
        "optional": not field.required,
    }
    if field.help.strip():
        block["hint"] = build_plain_text_object(field.help)
    return block


def _build_input_element(field: Field) -> Json:
    match field.kind:
        case "one" | "any":
            return _build_choice_element(field)
        case "file":
            return {"type": "file_input", "max_files": 1}
        case "number":
            return _build_number_element(field)
        case "date":
            is_valid = _is_iso_date(field.value)
            return _build_picker_element(field, "datepicker", "initial_date", is_valid)
        case "time":
            is_valid = _TIME.fullmatch(field.value) is not None
            return _build_picker_element(field, "timepicker", "initial_time", is_valid)
        case _:
            return _build_text_element(field)


def _build_choice_element(field: Field) -> Json:
    if field.kind == "any":
        return _build_multiple_choice_element(field)
    options, chosen = _build_field_options(field)
    menu = build_menu_options(options, field.choices)
    element: Json = {"type": "radio_buttons", **menu}
    # Radio buttons have no headings.
    if len(options) not in RADIOS or "options" not in menu:
        placeholder = build_plain_text_object("Choose one")
        element = {"type": "static_select", "placeholder": placeholder, **menu}
    if chosen:
        element["initial_option"] = chosen[0]
    return element


def _build_multiple_choice_element(field: Field) -> Json:
    options, chosen = _build_field_options(field)
    element: Json = {"type": "checkboxes", "options": options}
    if len(options) > BOXES:
        placeholder = build_plain_text_object("Choose any")
        element = {"type": "multi_static_select", "placeholder": placeholder, "options": options}
    if chosen:
        element["initial_options"] = chosen
    return element


def _build_field_options(field: Field) -> tuple[list[Json], list[Json]]:
    """Return the options, and those of them chosen before."""
    # Slack compares initial options with the offered ones, so they must be the same objects.
    options = [build_option_object(choice) for choice in field.choices]
    return options, filter_chosen_options(options, field.choices)


def _build_number_element(field: Field) -> Json:
    least, most = _format_number_bound(field.least), _format_number_bound(field.most)
    value = field.value.strip()
    # A number field cannot show text, and loses it. A text field shows what was typed.
    if value and not _is_number_between(value, least, most):
        example = ""
        if least and most:
            example = f"{least} to {most}"
        return _build_text_element(field, example)
    element: Json = {"type": "number_input", "is_decimal_allowed": True}
    bounds = {"initial_value": value, "min_value": least, "max_value": most}
    element |= {name: bound for name, bound in bounds.items() if bound}
    return element


def _format_number_bound(value: float | None) -> str:
    """Return a bound without an exponent; empty for none and for a huge one."""
    if value is None:
        return ""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    if not _NUMBER.fullmatch(text):
        return ""
    return text


def _is_number_between(value: str, least: str, most: str) -> bool:
    if not _NUMBER.fullmatch(value):
        return False
    number = float(value)
    return (not least or float(least) <= number) and (not most or number <= float(most))


def _build_picker_element(field: Field, kind: PickerKind, value_key: str, is_valid: bool) -> Json:
    if not field.value.strip():
        return {"type": kind}
    # A picker cannot show a wrong date. A text field shows it, so that it can be corrected.
    if not is_valid:
        return _build_text_element(field, EXAMPLES[field.kind])
    return {"type": kind, value_key: field.value}


def _is_iso_date(value: str) -> bool:
    # `fromisoformat` alone would take other spellings, too, which Slack does not.
    if not _DATE.fullmatch(value):
        return False
    with suppress(ValueError):
        return bool(date.fromisoformat(value))
    return False


def _build_text_element(field: Field, example: str = "") -> Json:
    value = field.value[:TYPED]
    element: Json = {
        "type": "plain_text_input",
        # A line field would lose the line breaks in a text that was typed elsewhere.
        "multiline": field.kind == "text" or not {"\n", "\r"}.isdisjoint(value),
        # Text that is too long stays whole: the field's problem says so.
        "max_length": min(TYPED, max(1, field.longest, len(value))),
    }
    if value.strip():
        element["initial_value"] = value
    if example:
        element["placeholder"] = build_plain_text_object(example)
    return element


# — what comes back —


def build_submission_response(
    answer: Answer, phrase: str, channel: str, command: str
) -> dict[str, Any]:
    """Return the acknowledgement for a submitted form (Slack: Modals).

    It shows errors beside the fields, or another view in the form's place.
    """
    if isinstance(answer, Form) and answer.says == phrase:
        errors = build_field_errors(answer, command)
        if errors:
            return {"response_action": "errors", "errors": errors}
    return {"response_action": "update", "view": build_answer_view(answer, channel, command)}


def build_field_errors(form: Form, command: str) -> dict[str, str]:
    """Return the problems by field, in plain text, for `response_action: errors`."""
    spell = build_command_speller(command)
    return {
        field.name: format_slack_label(strip_markup(field.problem, spell))
        for field in form.fields
        if field.problem.strip()
    }


def parse_view_values(view: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return a submitted view's values by field name; malformed parts are left out."""
    values: dict[str, tuple[str, ...]] = {}
    for name, _, element in _list_state_elements(view):
        values[name] = (*values.get(name, ()), *_get_element_values(element))
    return values


def parse_view_files(view: Mapping[str, Any]) -> dict[str, Json]:
    """Return a submitted view's files by field name, in Slack's own form.

    Each field takes one file, so only the first counts.
    """
    files_by_field: dict[str, Json] = {}
    for name, _, element in _list_state_elements(view):
        files = element.get("files")
        if isinstance(files, list) and files and isinstance(files[0], dict):
            files_by_field[name] = files[0]
    return files_by_field


def parse_block_action(
    body: Mapping[str, Any], action: Mapping[str, Any]
) -> tuple[str, Filled | None] | None:
    """Return a click's phrase and picked values, or None for a foreign element."""
    if action.get("type") == "button":
        value = action.get("value")
        if not isinstance(value, str) or not value:
            return None
        return value, None
    action_id = ids.parse_action_id(str(action.get("action_id", "")))
    if action_id is None or not action_id.option:
        return None
    return action_id.phrase, {action_id.option: parse_action_values(body, action)}


def parse_action_values(payload: Mapping[str, Any], action: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the values picked in a list or a select.

    The groups in a list of the reader's own are one list, so all of them are read.
    """
    picked: tuple[str, ...] = ()
    if "value" not in action:
        picked = _get_element_values(action)
    action_id = ids.parse_action_id(str(action.get("action_id", "")))
    if action_id is None or not action_id.is_own:
        return picked
    values = [*picked]
    # A message's state stands in the payload, a view's in the view.
    for holder in (payload, _get_mapping(payload.get("view"))):
        for _, other_id, element in _list_state_elements(holder):
            is_same_list = ids.parse_action_id(other_id) == action_id
            if is_same_list and other_id != action.get("action_id"):
                values += _get_element_values(element)
    return tuple(dict.fromkeys(values))


def _list_state_elements(
    holder: Mapping[str, Any],
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield block id, action id and element for everything with a state."""
    for block_id, elements in _list_named_items(_get_mapping(holder.get("state")).get("values")):
        for action_id, element in _list_named_items(elements):
            if isinstance(element, Mapping):
                yield block_id, action_id, element


def _list_named_items(value: object) -> Iterator[tuple[str, Any]]:
    for name, item in _get_mapping(value).items():
        if isinstance(name, str):
            yield name, item


def _get_mapping(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _load_private_metadata(view: Mapping[str, Any]) -> Mapping[str, Any]:
    parsed: object = None
    with suppress(TypeError, ValueError, RecursionError):
        parsed = json.loads(view.get("private_metadata") or "{}")
    return _get_mapping(parsed)


def _get_stored_text(stored: Mapping[str, Any], name: str) -> str:
    text = stored.get(name)
    return text if isinstance(text, str) else ""


def _get_element_values(element: Mapping[str, Any]) -> tuple[str, ...]:
    """Return an element's values, for any kind of element."""
    options = element.get("selected_options")
    picked = [*options] if isinstance(options, list) else []
    picked.append(element.get("selected_option"))
    values = [_get_mapping(option).get("value") for option in picked]
    values += [element.get(name) for name in ("value", "selected_date", "selected_time")]
    return tuple(value for value in values if isinstance(value, str) and value.strip())
