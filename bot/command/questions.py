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
    Message,
    Select,
    Unfit,
    phrase,
    say,
)
from bot.chat.text import short
from bot.command.grammar import Parsed
from bot.command.registry import Option

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


def said(parsed: Parsed) -> str:
    """A parsed phrase put together again. Raises `Unfit` when it is too long for a button."""
    given = {name: ",".join(values) for name, values in parsed.given.items() if values}
    return phrase(parsed.command.name, **given)


def ask(parsed: Parsed, option: str, sentence: str, choices: Sequence[Choice]) -> Message:
    """Offer what there is to pick for one option. Raises `Refused` where the phrase is too long to be carried on."""
    try:
        if len(choices) <= ROW:
            given = {
                name: ",".join(values)
                for name, values in parsed.given.items()
                if values and name != option
            }
            buttons = (
                Button(_beside(one), phrase(parsed.command.name, **given, **{option: one.value}))
                for one in choices
            )
            return say(sentence, Buttons(tuple(buttons)))
        more = (
            f" There may be more: any of them can be typed, with `{option}=`."
            if len(choices) >= OPTIONS
            else ""
        )
        return say(
            f"{sentence}{more}", Select("Pick one", said(parsed), option, tuple(choices[:OPTIONS]))
        )
    except Unfit:
        names = ", ".join(f"`{one.label}`" for one in choices[:ROW])
        raise Refused(f"{sentence} Say it again with `{option}=`: there is {names}.") from None


def _beside(choice: Choice) -> str:
    return short(f"{choice.label} · {choice.note}" if choice.note else choice.label)


def form_for(parsed: Parsed, offers: Mapping[str, Offer]) -> Form:
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
    fields = tuple(
        _field(one, offers.get(one.name, Offer())) for one in command.shown if one in wanted
    )
    return Form(command.form_title, says, fields)


def form_to_edit(parsed: Parsed, refused: Refused, offers: Mapping[str, Offer]) -> Form | None:
    """Return a form with all that was typed, in which a refused value can be put right.

    None where the refusal is about no single value, where a single word is as quickly typed again, and where the rest of
    what was typed is secret or too long to ride along.
    """
    option = parsed.command.option(refused.field)
    if option is None or option.hidden or option.kind == "file" or parsed.command.reads:
        return None
    typed = [
        each
        for each in parsed.command.shown
        if parsed.says(each.name) and each.kind not in {"flag", "file"}
    ]
    if any(each.secret for each in typed) or (typed in ([], [option]) and option.range is None):
        return None
    # What is long has to stand in the form: a phrase has no room for it.
    longest = sorted(
        typed, key=lambda each: (each is not option, -len("".join(parsed.given[each.name])))
    )
    asked = [option, *(each for each in longest if each is not option)][:FORM_FIELDS]
    fields = tuple(
        _field_to_edit(each, parsed, offers) for each in parsed.command.shown if each in asked
    )
    rest = {
        name: ",".join(values)
        for name, values in parsed.given.items()
        if name not in {each.name for each in asked}
    }
    try:
        form = Form(parsed.command.form_title, phrase(parsed.command.name, **rest), fields)
    except Unfit:
        return None
    filled = {each.name: parsed.given.get(each.name, ()) for each in asked}
    return form.refused(option.name, refused.sentence, filled)


def _field_to_edit(option: Option, parsed: Parsed, offers: Mapping[str, Offer]) -> Field:
    """The field of an option that can hold what was typed: a list to pick from only where that is in it."""
    field = _field(option, offers.get(option.name, Offer()))
    typed = parsed.given.get(option.name, ())
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


def _field(option: Option, offer: Offer) -> Field:
    kind = _FIELD_KINDS[option.kind]
    explained = offer.default or option.help
    if (
        len(offer.choices) >= OPTIONS
    ):  # whoever suggests stops there: there may be more, and nothing is cut silently
        explained = f"{explained}. There may be more: any of them can be typed"
    explained = short(explained, FIELD_HELP)
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
        most=option.reads.most if option.reads else option.range.most if option.range else None,
    )
