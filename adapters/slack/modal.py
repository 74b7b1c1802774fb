"""Forms as Slack's modals, answers shown in them, the App Home, and what people filled in.

A view waits for nothing in memory: what it says when it is sent rides in its `private_metadata`, so that whichever process
hears of it can answer. A field's name is its `block_id`, where Slack shows what is wrong with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from adapters.slack import ids
from adapters.slack.mrkdwn import build_command_speller, format_slack_label
from adapters.slack.render import (
    CONTEXT,
    Json,
    SlackTextWriter,
    build_mrkdwn_object,
    build_option_object,
    build_plain_text_object,
    render_blocks,
    write_in_parts,
)
from bot.chat.message import Field, Form, Message, escape_text, strip_markup, text_message

TITLE = 24  # characters (Slack: View object)
TYPED = 3000  # characters (Slack: Plain-text input)
RADIOS = range(2, 11)  # options (Slack: Radio buttons)
BOXES = 10  # options (Slack: Checkboxes); a menu takes 100
NAME = "Syllabot"
FORM, ANSWER = "form", "answer"  # what a view's `callback_id` says it is
WAIT = "One moment …"
EXAMPLES = {"date": "2027-01-31", "time": "18:00"}

_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class ViewMetadata:
    """What a view carries: the phrase that sending it says, and the channel it was opened in, empty for none."""

    says: str = ""
    channel: str = ""

    @classmethod
    def from_view(cls, view: Mapping[str, Any]) -> ViewMetadata:
        """What came back with a view; nothing where it is not ours."""
        found: object = None
        with suppress(TypeError, ValueError, RecursionError):
            found = json.loads(view.get("private_metadata") or "{}")
        kept = found if isinstance(found, dict) else {}
        says, channel = kept.get("says"), kept.get("channel")
        return cls(
            says if isinstance(says, str) else "", channel if isinstance(channel, str) else ""
        )

    @property
    def as_json(self) -> str:
        """As it stands in `private_metadata` (3000 characters; Slack: View object)."""
        return json.dumps(asdict(self), ensure_ascii=False)


def build_form_view(form: Form, metadata: ViewMetadata, command: str) -> Json:
    """A form as a modal. What is wrong already stands above the fields."""
    asked = [_build_input_block(field, form.says) for field in form.fields]
    return _build_modal_view(
        form.title,
        FORM,
        [*_build_form_context(form, command), *asked],
        metadata,
        submit=build_plain_text_object("Send"),
    )


def build_message_view(message: Message, metadata: ViewMetadata, command: str) -> Json:
    """An answer as a modal that can only be closed."""
    if not message.title.strip() or len(message.title) > TITLE:
        return _build_modal_view(NAME, ANSWER, render_blocks(message, command), metadata)
    return _build_modal_view(
        message.title, ANSWER, render_blocks(replace(message, title=""), command), metadata
    )


def build_loading_view() -> Json:
    """What is shown until there is an answer."""
    return _build_modal_view(NAME, ANSWER, render_blocks(text_message(WAIT), ""), ViewMetadata())


def build_home_view(message: Message, command: str) -> Json:
    """A message as somebody's App Home."""
    return {"type": "home", "blocks": render_blocks(message, command)}


def _build_modal_view(
    title: str, what: str, shown: list[Json], carried: ViewMetadata, **more: Json
) -> Json:
    return {
        "type": "modal",
        "callback_id": what,
        "private_metadata": carried.as_json,
        "title": build_plain_text_object(title),
        "close": build_plain_text_object("Cancel" if more else "Close"),
        **more,
        "blocks": shown,
    }


def _build_form_context(form: Form, command: str) -> Iterator[Json]:
    wrong = (
        f"**{escape_text(one.label)}** · {one.problem}"
        for one in form.fields
        if one.problem.strip()
    )
    for prose in (one for one in (form.note, *wrong) if one.strip()):
        for text in write_in_parts(
            partial(SlackTextWriter.write_prose, body=prose), SlackTextWriter(command), CONTEXT
        ):
            yield {"type": "context", "elements": [build_mrkdwn_object(text)]}


# — one field —


def _build_input_block(asked: Field, says: str) -> Json:
    element = _build_input_element(asked)
    # Slack keeps what was typed where both ids stay: two forms that follow each other must not share theirs.
    element["action_id"] = f"{ids.build_action_id(says, asked.name)}{element['type']}"
    made: Json = {
        "type": "input",
        "block_id": asked.name,
        "label": build_plain_text_object(asked.label),
        "element": element,
        "optional": not asked.required,
    }
    return {**made, "hint": build_plain_text_object(asked.help)} if asked.help.strip() else made


def _build_input_element(asked: Field) -> Json:
    match asked.kind:
        case "one" | "any":
            return _build_choice_element(asked)
        case "file":
            return {"type": "file_input", "max_files": 1}
        case "number":
            return _build_number_element(asked)
        case "date":
            return _build_picker_element(
                asked, "datepicker", "initial_date", _is_iso_date(asked.value)
            )
        case "time":
            return _build_picker_element(
                asked, "timepicker", "initial_time", _TIME.fullmatch(asked.value) is not None
            )
        case _:
            return _build_text_element(asked)


def _build_choice_element(asked: Field) -> Json:
    options = [build_option_object(choice) for choice in asked.choices]
    chosen = [made for made, choice in zip(options, asked.choices, strict=True) if choice.chosen]
    if asked.kind == "any":
        picked: Json = {"initial_options": chosen} if chosen else {}
        if len(options) <= BOXES:
            return {"type": "checkboxes", "options": options, **picked}
        return {
            "type": "multi_static_select",
            "placeholder": build_plain_text_object("Choose any"),
            "options": options,
            **picked,
        }
    first: Json = {"initial_option": chosen[0]} if chosen else {}
    if len(options) in RADIOS:
        return {"type": "radio_buttons", "options": options, **first}
    return {
        "type": "static_select",
        "placeholder": build_plain_text_object("Choose one"),
        "options": options,
        **first,
    }


def _build_number_element(asked: Field) -> Json:
    """A field for numbers, unless what was typed before is none that it could show."""
    least, most = _format_number_bound(asked.least), _format_number_bound(asked.most)
    typed = asked.value.strip()
    if typed and not (_NUMBER.fullmatch(typed) and _is_within_bounds(float(typed), least, most)):
        return _build_text_element(asked, f"{least} to {most}" if least and most else "")
    made: Json = {"type": "number_input", "is_decimal_allowed": True}
    bounds = {"initial_value": typed, "min_value": least, "max_value": most}
    return {**made, **{name: value for name, value in bounds.items() if value}}


def _format_number_bound(value: float | None) -> str:
    """A bound as Slack reads it, without an exponent; empty for none, and for one out of all measure."""
    written = "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")
    return written if _NUMBER.fullmatch(written) else ""


def _is_within_bounds(number: float, least: str, most: str) -> bool:
    return (not least or float(least) <= number) and (not most or number <= float(most))


def _build_picker_element(asked: Field, kind: str, first: str, fits: bool) -> Json:
    """A date or a time to pick, unless what was typed before is none: then it stays as it is, to be corrected."""
    if not asked.value.strip():
        return {"type": kind}
    return (
        {"type": kind, first: asked.value}
        if fits
        else _build_text_element(asked, EXAMPLES[asked.kind])
    )


def _is_iso_date(value: str) -> bool:
    with suppress(ValueError):
        return _DATE.fullmatch(value) is not None and bool(date.fromisoformat(value))
    return False


def _build_text_element(asked: Field, example: str = "") -> Json:
    """What was typed before stays, even where it is longer than the field takes: its problem says so."""
    value = asked.value[:TYPED]
    made: Json = {
        "type": "plain_text_input",
        "multiline": asked.kind == "text" or not {"\n", "\r"}.isdisjoint(value),
        "max_length": min(TYPED, max(1, asked.longest, len(value))),
    }
    if value.strip():
        made["initial_value"] = value
    return {**made, "placeholder": build_plain_text_object(example)} if example else made


# — what comes back —


def build_field_errors(form: Form, command: str) -> dict[str, str]:
    """What is wrong, by field, in plain text, as a submitted form is answered with (`response_action: errors`)."""
    return {
        one.name: format_slack_label(strip_markup(one.problem, build_command_speller(command)))
        for one in form.fields
        if one.problem.strip()
    }


def parse_view_values(view: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The values of a submitted view by the name of the field; those of one left empty are none. What is not understood is
    left out."""
    answers: dict[str, tuple[str, ...]] = {}
    for name, _, element in _list_state_elements(view):
        answers[name] = (*answers.get(name, ()), *_get_element_values(element))
    return answers


def parse_view_files(view: Mapping[str, Any]) -> dict[str, Json]:
    """The files of a submitted view, as Slack tells of them, by the name of the field: the first of each, as no field asks
    for more."""
    lists = {name: element.get("files") for name, _, element in _list_state_elements(view)}
    firsts = {name: files[0] for name, files in lists.items() if isinstance(files, list) and files}
    return {name: first for name, first in firsts.items() if isinstance(first, dict)}


def parse_action_values(payload: Mapping[str, Any], action: Mapping[str, Any]) -> tuple[str, ...]:
    """What picking in a list or a select says. All groups of a list of one's own are one list, and speak together."""
    picked = _get_element_values(action) if "value" not in action else ()
    pressed = ids.parse_action_id(str(action.get("action_id", "")))
    if pressed is None or not pressed.is_own:
        return picked
    view = payload.get("view")
    others = [
        *_list_state_elements(payload),
        *(_list_state_elements(view) if isinstance(view, Mapping) else ()),
    ]
    said = (
        value
        for _, action_id, element in others
        if action_id != action.get("action_id") and ids.parse_action_id(action_id) == pressed
        for value in _get_element_values(element)
    )
    return tuple(dict.fromkeys((*picked, *said)))


def _list_state_elements(found: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Block, action and element of everything whose state Slack tells."""
    for block, elements in _list_named_items(_get_mapping(found.get("state")).get("values")):
        for action, element in _list_named_items(elements):
            if isinstance(element, Mapping):
                yield block, action, element


def _list_named_items(found: object) -> Iterator[tuple[str, Any]]:
    for name, value in _get_mapping(found).items():
        if isinstance(name, str):
            yield name, value


def _get_mapping(found: object) -> Mapping[Any, Any]:
    return found if isinstance(found, Mapping) else {}


def _get_element_values(element: Mapping[str, Any]) -> tuple[str, ...]:
    """The values an element holds, whatever its kind."""
    options = element.get("selected_options")
    picked = [*(options if isinstance(options, list) else ()), element.get("selected_option")]
    found = [_get_mapping(one).get("value") for one in picked]
    found += [element.get(name) for name in ("value", "selected_date", "selected_time")]
    return tuple(one for one in found if isinstance(one, str) and one.strip())
