"""Asking for what a phrase left out: by buttons where there is little to pick from, by a list, or by a form.

Pure: whoever calls has gathered the suggestions. What was said already rides along in the phrase that is asked with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.chat.errors import Refused
from bot.chat.message import (
    FIELD_HELP,
    FIELD_LABEL,
    FORM_FIELDS,
    NOTE,
    OPTIONS,
    ROW,
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
from bot.chat.text import shorten
from bot.command.grammar import ParsedPhrase
from bot.command.options import CommandOption

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


@dataclass(frozen=True, slots=True)
class Offer:
    """What a form can tell of an option: what there is to pick from, and what applies where nothing is said."""

    choices: Sequence[Choice] = ()
    default: str = ""


def format_parsed_phrase(parsed: ParsedPhrase) -> str:
    """A parsed phrase put together again. Raises `Unfit` when it is too long for a button."""
    given = {name: ",".join(values) for name, values in parsed.option_texts.items() if values}
    return build_phrase(parsed.command.name, **given)


def ask_for_option(
    parsed: ParsedPhrase, option: str, sentence: str, choices: Sequence[Choice]
) -> Message:
    """Offer what there is to pick for one option. Raises `Refused` where the phrase is too long to be carried on."""
    try:
        if len(choices) <= ROW:
            given = {
                name: ",".join(values)
                for name, values in parsed.option_texts.items()
                if values and name != option
            }
            buttons = (
                Button(
                    _format_choice_label(one),
                    build_phrase(parsed.command.name, **given, **{option: one.value}),
                )
                for one in choices
            )
            return text_message(sentence, Buttons(tuple(buttons)))
        more = (
            f" There may be more: any of them can be typed, with `{option}=`."
            if len(choices) >= OPTIONS
            else ""
        )
        return text_message(
            f"{sentence}{more}",
            Select("Pick one", format_parsed_phrase(parsed), option, tuple(choices[:OPTIONS])),
        )
    except InvalidMessageError:
        names = ", ".join(f"`{one.label}`" for one in choices[:ROW])
        raise Refused(f"{sentence} Say it again with `{option}=`: there is {names}.") from None


def _format_choice_label(choice: Choice) -> str:
    return shorten(f"{choice.label} · {choice.note}" if choice.note else choice.label)


def build_missing_form(parsed: ParsedPhrase, offers: Mapping[str, Offer]) -> Form:
    """A form for what is missing, and for what else may be said, as far as a form has room. Raises `Refused` where what was
    said already is too long to ride along."""
    command = parsed.command
    try:
        says = format_parsed_phrase(parsed)
    except InvalidMessageError:
        needed = " and ".join(f"`{one.name}=`" for one in parsed.missing_options)
        raise Refused(f"I need {needed} as well: say it again with all of it at once.") from None
    # A file that came along cannot wait in a phrase: it is asked for once more.
    open_ones = [
        one
        for one in command.visible_options
        if one.kind == "file" or not parsed.has_value(one.name)
    ]
    wanted = sorted(open_ones, key=lambda one: not one.required)[:FORM_FIELDS]
    fields = tuple(
        _build_option_field(one, offers.get(one.name, Offer()))
        for one in command.visible_options
        if one in wanted
    )
    return Form(command.form_title, says, fields)


def build_edit_form(
    parsed: ParsedPhrase, refused: Refused, offers: Mapping[str, Offer]
) -> Form | None:
    """Return a form with all that was typed, in which a refused value can be put right.

    None where the refusal is about no single value, where a single word is as quickly typed again, and where the rest of
    what was typed is secret or too long to ride along.
    """
    option = parsed.command.find_option(refused.field)
    if option is None or option.hidden or option.kind == "file" or parsed.command.reads:
        return None
    typed = [
        each
        for each in parsed.command.visible_options
        if parsed.has_value(each.name) and each.kind not in {"flag", "file"}
    ]
    if any(each.secret for each in typed) or (typed in ([], [option]) and option.range is None):
        return None
    # What is long has to stand in the form: a phrase has no room for it.
    longest = sorted(
        typed, key=lambda each: (each is not option, -len("".join(parsed.option_texts[each.name])))
    )
    asked = [option, *(each for each in longest if each is not option)][:FORM_FIELDS]
    fields = tuple(
        _build_edit_field(each, parsed, offers)
        for each in parsed.command.visible_options
        if each in asked
    )
    rest = {
        name: ",".join(values)
        for name, values in parsed.option_texts.items()
        if name not in {each.name for each in asked}
    }
    try:
        form = Form(parsed.command.form_title, build_phrase(parsed.command.name, **rest), fields)
    except InvalidMessageError:
        return None
    filled = {each.name: parsed.option_texts.get(each.name, ()) for each in asked}
    return form.restore_with_problem(option.name, refused.sentence, filled)


def _build_edit_field(
    option: CommandOption, parsed: ParsedPhrase, offers: Mapping[str, Offer]
) -> Field:
    """The field of an option that can hold what was typed: a list to pick from only where that is in it."""
    field = _build_option_field(option, offers.get(option.name, Offer()))
    typed = parsed.option_texts.get(option.name, ())
    if field.kind in {"one", "any"} and set(typed) <= {choice.value for choice in field.choices}:
        return field
    text = ", ".join(typed)
    kind = field.kind if field.kind not in {"one", "any"} else "line"
    is_long = kind == "line" and (len(text) > field.longest or "\n" in text)
    return replace(
        field,
        kind="text" if is_long else kind,
        choices=(),
        longest=NOTE if is_long else field.longest,
    )


def _build_option_field(option: CommandOption, offer: Offer) -> Field:
    kind = _FIELD_KINDS[option.kind]
    explained = offer.default or option.help
    if (
        len(offer.choices) >= OPTIONS
    ):  # whoever suggests stops there: there may be more, and nothing is cut silently
        explained = f"{explained}. There may be more: any of them can be typed"
    explained = shorten(explained, FIELD_HELP)
    choices = tuple(offer.choices[:OPTIONS])
    if option.kind == "choice":
        choices = tuple(Choice(one, one) for one in option.choices[:OPTIONS])
    if option.kind == "flag":
        choices = (Choice("Yes", "yes"), Choice("No", "no"))
    if kind == "line" and option.kind == "text" and choices:
        kind = "one"
    if kind in {"one", "any"} and not choices:
        kind = "line"
    return Field(
        option.name,
        option.label[:FIELD_LABEL],
        kind,
        option.required,
        choices=choices if kind in {"one", "any"} else (),
        help=explained,
        least=option.range.least if option.range else None,
        most=option.file_reader.max_bytes
        if option.file_reader
        else option.range.most
        if option.range
        else None,
    )
