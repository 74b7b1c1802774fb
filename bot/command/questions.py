"""Questions for options left out of a phrase: buttons for a few choices, a list, or a form.

All functions here are pure. Suggestions come from the caller. Values already typed ride along in
the phrase below each button, so nothing waits in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.chat.errors import Refused
from bot.chat.message import (
    FIELD_HELP,
    FIELD_LABEL,
    FORM_FIELDS,
    NOTE,
    OPTIONS,
    ROW,
    Block,
    Button,
    Buttons,
    Choice,
    Field,
    FieldKind,
    Form,
    InvalidMessageError,
    Message,
    Select,
    build_phrase,
    text_message,
)
from bot.chat.text import join_names, shorten
from bot.command.grammar import ParsedPhrase
from bot.command.options import CommandOption
from bot.command.registry import Command

_FIELD_KINDS: Mapping[str, FieldKind] = {
    "text": "line",
    "number": "number",
    "date": "date",
    "time": "time",
    "zone": "line",
    "choice": "one",
    "list": "any",
    "flag": "one",
    "who": "line",
    "file": "file",
}
_PICKED_KINDS = frozenset({"one", "any"})  # fields with a list to pick from


@dataclass(frozen=True, slots=True)
class Offer:
    """A form's knowledge about one option: its choices, and its default as text."""

    choices: Sequence[Choice] = ()
    default: str = ""


def build_action_menu(group: str, actions: Sequence[Command]) -> Message:
    """Return the commands in a group as buttons, each with its second word."""
    rows: list[Block] = []
    for start in range(0, len(actions), ROW):
        buttons = map(_build_action_button, actions[start : start + ROW])
        rows.append(Buttons(tuple(buttons)))
    return text_message(f"Choose an action. `help {group}` explains them.", *rows)


def _build_action_button(action: Command) -> Button:
    # The word to type behind the group's, so that a reader of the buttons learns it.
    return Button(action.name.partition(" ")[2].capitalize(), action.name)


def _build_carried_phrase(
    parsed: ParsedPhrase, left_out: Iterable[str] = (), /, **more: str
) -> str:
    """Return the phrase with its options so far, except some, and with more behind them.

    Raises `InvalidMessageError` when too long for a button.
    """
    values = {}
    for name, texts in parsed.option_texts.items():
        if texts and name not in left_out:
            values[name] = ",".join(texts)
    return build_phrase(parsed.command.name, **values, **more)


# — one option —


def ask_for_option(
    parsed: ParsedPhrase, option: str, sentence: str, choices: Sequence[Choice]
) -> Message:
    """Offer choices for one option. Raises `Refused` for a phrase too long to carry on."""
    try:
        if len(choices) <= ROW:
            return text_message(sentence, _build_choice_buttons(parsed, option, choices))
        if len(choices) >= OPTIONS:
            # Suggestions stop at this number, so this one may not be the last.
            sentence += " There may be more: you can also type one."
        phrase = _build_carried_phrase(parsed)
        return text_message(sentence, Select("Pick one", phrase, option, tuple(choices[:OPTIONS])))
    except InvalidMessageError:
        labels = ", ".join(f"`{choice.label}`" for choice in choices[:ROW])
        raise Refused(
            f"{sentence} Type the command again with **{option}**, one of {labels}."
        ) from None


def _build_choice_buttons(parsed: ParsedPhrase, option: str, choices: Sequence[Choice]) -> Buttons:
    buttons = []
    for choice in choices:
        phrase = _build_carried_phrase(parsed, (option,), **{option: choice.value})
        buttons.append(Button(_format_choice_label(choice), phrase))
    return Buttons(tuple(buttons))


def _format_choice_label(choice: Choice) -> str:
    if choice.note:
        return shorten(f"{choice.label} · {choice.note}")
    return shorten(choice.label)


# — several options —


def build_missing_form(parsed: ParsedPhrase, offers: Mapping[str, Offer]) -> Form:
    """Return a form for missing options, and for optional ones while there is room.

    Raises `Refused` for a phrase too long to ride along.
    """
    command = parsed.command
    try:
        phrase = _build_carried_phrase(parsed)
    except InvalidMessageError:
        missing = join_names(f"**{option.name}**" for option in parsed.missing_options)
        raise Refused(f"I also need {missing}: type it all in one command.") from None
    open_options = []
    for option in command.visible_options:
        # A file cannot wait in a phrase: one that came along is asked for once more.
        if option.kind == "file" or not parsed.has_value(option.name):
            open_options.append(option)
    required_first = sorted(open_options, key=lambda option: not option.required)
    fields = _build_fields_in_order(command, required_first[:FORM_FIELDS], offers)
    return Form(command.form_title, phrase, fields)


def _build_fields_in_order(
    command: Command, options: Sequence[CommandOption], offers: Mapping[str, Offer]
) -> tuple[Field, ...]:
    """Return the fields for some options, in the order of the command's signature."""
    fields = []
    for option in command.visible_options:
        if option in options:
            fields.append(_build_option_field(option, offers.get(option.name, Offer())))
    return tuple(fields)


# — a refused value —


def build_edit_form(
    parsed: ParsedPhrase, refused: Refused, offers: Mapping[str, Offer]
) -> Form | None:
    """Return a form with every typed value, to correct a refused one.

    None for a refusal about no single value, for a single word, which is quickly typed again, and
    for texts too secret or too long to ride along.
    """
    command, option = parsed.command, parsed.command.find_option(refused.field)
    if option is None or option.hidden or option.kind == "file" or command.reads:
        return None
    typed = _list_typed_options(parsed)
    if not _is_worth_editing(option, typed):
        return None
    asked = _choose_edited_options(parsed, option, typed)
    asked_names = {other.name for other in asked}
    try:
        phrase = _build_carried_phrase(parsed, asked_names)
        form = Form(command.form_title, phrase, _build_edit_fields(parsed, asked, offers))
    except InvalidMessageError:
        return None
    filled = {name: parsed.option_texts.get(name, ()) for name in asked_names}
    return form.restore_with_problem(option.name, refused.sentence, filled)


def _is_worth_editing(option: CommandOption, typed: Sequence[CommandOption]) -> bool:
    if any(other.secret for other in typed):
        return False
    # A number has bounds to show in the form, which makes it worth one.
    return typed not in ([], [option]) or option.range is not None


def _build_edit_fields(
    parsed: ParsedPhrase, asked: Sequence[CommandOption], offers: Mapping[str, Offer]
) -> tuple[Field, ...]:
    fields = []
    for option in parsed.command.visible_options:
        if option in asked:
            fields.append(_build_edit_field(option, parsed, offers))
    return tuple(fields)


def _list_typed_options(parsed: ParsedPhrase) -> list[CommandOption]:
    typed = []
    for option in parsed.command.visible_options:
        if parsed.has_value(option.name) and option.kind not in {"flag", "file"}:
            typed.append(option)
    return typed


def _choose_edited_options(
    parsed: ParsedPhrase, refused_option: CommandOption, typed: Sequence[CommandOption]
) -> Sequence[CommandOption]:
    """Return the options for the form: the refused one, then those with the longest texts.

    A phrase has no room for long texts, and a form has.
    """
    others = [option for option in typed if option is not refused_option]
    others.sort(key=lambda option: -len("".join(parsed.option_texts[option.name])))
    return [refused_option, *others][:FORM_FIELDS]


def _build_edit_field(
    option: CommandOption, parsed: ParsedPhrase, offers: Mapping[str, Offer]
) -> Field:
    """Return a field able to hold the typed text. A list stays only where it has the text."""
    field = _build_option_field(option, offers.get(option.name, Offer()))
    typed = parsed.option_texts.get(option.name, ())
    kind = field.kind
    if kind in _PICKED_KINDS:
        if set(typed) <= {choice.value for choice in field.choices}:
            return field
        kind = "line"
    text = ", ".join(typed)
    if kind == "line" and (len(text) > field.longest or "\n" in text):
        return replace(field, kind="text", choices=(), longest=NOTE)
    return replace(field, kind=kind, choices=())


# — one field —


def _build_option_field(option: CommandOption, offer: Offer) -> Field:
    choices = _list_field_choices(option, offer)
    kind = _choose_field_kind(option, choices)
    help_text = offer.default or option.help
    if len(offer.choices) >= OPTIONS:
        # Suggestions stop at this number, and nothing is cut silently.
        help_text = f"{help_text}. There may be more: you can also type one"
    return Field(
        option.name,
        option.label[:FIELD_LABEL],
        kind,
        option.required,
        choices=choices if kind in _PICKED_KINDS else (),
        help=shorten(help_text, FIELD_HELP),
        least=option.range.least if option.range is not None else None,
        most=_get_field_maximum(option),
    )


def _list_field_choices(option: CommandOption, offer: Offer) -> tuple[Choice, ...]:
    if option.kind == "choice":
        return tuple(Choice(value, value) for value in option.choices[:OPTIONS])
    if option.kind == "flag":
        return (Choice("Yes", "yes"), Choice("No", "no"))
    return tuple(offer.choices[:OPTIONS])


def _choose_field_kind(option: CommandOption, choices: Sequence[Choice]) -> FieldKind:
    kind = _FIELD_KINDS[option.kind]
    if option.kind == "text" and choices:
        return "one"
    if kind in _PICKED_KINDS and not choices:
        return "line"
    return kind


def _get_field_maximum(option: CommandOption) -> float | None:
    """Return the largest number, or a file's largest size in bytes."""
    if option.file_reader is not None:
        return option.file_reader.max_bytes
    return option.range.most if option.range is not None else None
