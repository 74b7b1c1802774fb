"""A form: up to five questions answered at once. Submitting it is the same command with its options filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.chat.message.blocks import Choice, check_choices
from bot.chat.message.limits import (
    BESIDE,
    FIELD_HELP,
    FIELD_LABEL,
    FORM_FIELDS,
    FORM_TITLE,
    NOTE,
    OPTIONS,
    PHRASE,
    InvalidMessageError,
    check_text_length,
)
from bot.chat.message.prose import Spell, format_code_as_is, strip_markup

FieldKind = Literal["line", "text", "number", "date", "time", "one", "any", "file"]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a form asks for. `one` and `any` pick among `choices`; a `file` is brought along, has `most` bytes at most and
    comes beside the fields, among which its own is empty; `value` is what it starts with, as text; `problem` is prose: why
    what was typed cannot be used."""

    name: str
    label: str
    kind: FieldKind
    required: bool = False
    value: str = ""
    choices: tuple[Choice, ...] = ()
    help: str = ""
    longest: int = 200
    least: float | None = None
    most: float | None = None
    problem: str = ""

    def __post_init__(self) -> None:
        check_text_length(self.label, FIELD_LABEL, "A field's label")
        if len(self.help) > FIELD_HELP:
            raise InvalidMessageError(
                f"A field's help has {len(self.help)} characters and may have {FIELD_HELP}: shorten it."
            )
        if self.longest > NOTE:
            raise InvalidMessageError(
                f"A field takes up to {self.longest} characters and may take {NOTE}: ask for less."
            )
        if self.kind in {"one", "any"}:
            check_choices(self.choices, OPTIONS, "A field")


def compute_note_limit(fields: Sequence[Field]) -> int:
    """How many characters a form's note may have.

    On Discord a form of five fields has no place for it but beside the help of the first one, which stays whole.
    """
    first = fields[0].help.strip() if len(fields) == FORM_FIELDS else ""
    return max(0, FIELD_HELP - len(first) - len(BESIDE)) if first else FIELD_HELP


@dataclass(frozen=True, slots=True)
class Form:
    """Questions to answer at once; submitting says `says` with the fields filled in as options of that command."""

    title: str
    says: str
    fields: tuple[Field, ...]
    note: str = ""
    block: Literal["form"] = "form"

    def __post_init__(self) -> None:
        check_text_length(self.title, FORM_TITLE, "A form's title")
        check_text_length(self.says, PHRASE, f"The phrase “{self.says}”")
        if not 1 <= len(self.fields) <= FORM_FIELDS:
            raise InvalidMessageError(
                f"A form has {len(self.fields)} fields and may have 1 to {FORM_FIELDS}: ask in two steps."
            )
        room = compute_note_limit(self.fields)
        if (length := len(strip_markup(self.note))) > room:
            raise InvalidMessageError(
                f"A form's note has {length} characters and may have {room}: shorten it."
            )

    def restore_with_problem(
        self, name: str, sentence: str, filled: dict[str, tuple[str, ...]]
    ) -> Form:
        """The same form again with what was typed, and the sentence beside the field it is about."""
        return replace(
            self,
            fields=tuple(
                _restore_field(one, filled.get(one.name), sentence if one.name == name else "")
                for one in self.fields
            ),
        )

    def to_plain_text(self, spell: Spell = format_code_as_is) -> str:
        """The same in plain text, the commands that it names written by `spell`."""
        asked = [
            f"  {field.label}"
            + (f" — {strip_markup(field.problem, spell)}" if field.problem else "")
            for field in self.fields
        ]
        return "\n".join(
            [self.title, *([strip_markup(self.note, spell)] if self.note else []), *asked]
        )


def _restore_field(asked: Field, typed: tuple[str, ...] | None, problem: str) -> Field:
    if typed is None:
        return replace(asked, problem=problem)
    if asked.kind in {"one", "any"}:
        return replace(
            asked,
            problem=problem,
            choices=tuple(
                replace(choice, chosen=choice.value in typed) for choice in asked.choices
            ),
        )
    return replace(asked, problem=problem, value=typed[0] if typed else "")
