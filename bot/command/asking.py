"""Asking for what a phrase left out: by buttons where there is little to pick from, by a list, or by a form.

Pure: whoever calls has gathered the suggestions. What was said already rides along in the phrase that is asked with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.command.phrase import Parsed
from bot.command.registry import Command, Option
from bot.message import (
    FIELD_HELP,
    FIELD_LABEL,
    FORM_FIELDS,
    FORM_TITLE,
    OPTIONS,
    ROW,
    Button,
    Buttons,
    Choice,
    Field,
    FieldKind,
    Form,
    Message,
    Select,
    Unfit,
    phrase,
    say,
)
from bot.pages import short
from bot.people import Refused

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


def said(parsed: Parsed) -> str:
    """A parsed phrase put together again. Raises `Unfit` when it is too long for a button."""
    given = {name: ",".join(values) for name, values in parsed.given.items() if values}
    return phrase(parsed.command.name, **given)


def ask(parsed: Parsed, option: str, sentence: str, choices: Sequence[Choice]) -> Message:
    """Offer what there is to pick for one option. Raises `Refused` where the phrase is too long to be carried on."""
    try:
        if len(choices) <= ROW:
            given = {name: ",".join(values) for name, values in parsed.given.items() if values and name != option}
            buttons = (
                Button(_beside(one), phrase(parsed.command.name, **given, **{option: one.value})) for one in choices
            )
            return say(sentence, Buttons(tuple(buttons)))
        more = f" There may be more: any of them can be typed, with `{option}=`." if len(choices) >= OPTIONS else ""
        return say(f"{sentence}{more}", Select("Pick one", said(parsed), option, tuple(choices[:OPTIONS])))
    except Unfit:
        names = ", ".join(f"`{one.label}`" for one in choices[:ROW])
        raise Refused(f"{sentence} Say it again with `{option}=`: there is {names}.") from None


def _beside(choice: Choice) -> str:
    return short(f"{choice.label} · {choice.note}" if choice.note else choice.label)


def form_for(parsed: Parsed, suggested: Mapping[str, Sequence[Choice]]) -> Form:
    """A form for what is missing, and for what else may be said, as far as a form has room. Raises `Refused` where what was
    said already is too long to ride along."""
    command = parsed.command
    try:
        says = said(parsed)
    except Unfit:
        needed = " and ".join(f"`{one.name}=`" for one in parsed.missing)
        raise Refused(f"I need {needed} as well: say it again with all of it at once.") from None
    # A file that came along cannot wait in a phrase: it is asked for once more.
    open_ones = [one for one in command.shown if one.kind == "file" or not parsed.says(one.name)]
    wanted = sorted(open_ones, key=lambda one: not one.required)[:FORM_FIELDS]
    fields = tuple(_field(one, suggested.get(one.name, ())) for one in command.shown if one in wanted)
    return Form(_title(command), says, fields)


def _title(command: Command) -> str:
    return command.name.capitalize()[:FORM_TITLE]


def _field(option: Option, suggested: Sequence[Choice]) -> Field:
    kind = _FIELD_KINDS[option.kind]
    label, explained = option.name.capitalize()[:FIELD_LABEL], option.help[:FIELD_HELP]
    if len(suggested) >= OPTIONS:  # whoever suggests stops there: there may be more, and nothing is cut silently
        explained = short(f"{option.help}. There may be more: any of them can be typed", FIELD_HELP)
    choices = tuple(suggested[:OPTIONS])
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
        label,
        kind,
        option.required,
        choices=choices if kind in {"one", "any"} else (),
        help=explained,
        most=option.reads.most if option.reads else None,
    )
