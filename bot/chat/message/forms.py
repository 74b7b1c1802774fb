"""A form: up to five fields at once.

A submitted form is the same command with its options filled in.
"""

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
    """One field in a form.

    `one` and `any` pick among `choices`. `value` is its first content, in text.
    A `file` has at most `most` bytes; it arrives beside the values, and its own value is empty.
    `problem` is prose: the reason for refusing the typed value.
    """

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
                f"A field's help has {len(self.help)} characters "
                f"and may have {FIELD_HELP}: shorten it."
            )
        if self.longest > NOTE:
            raise InvalidMessageError(
                f"A field takes up to {self.longest} characters and may take {NOTE}: ask for less."
            )
        if self.kind in {"one", "any"}:
            check_choices(self.choices, OPTIONS, "A field")


def compute_note_limit(fields: Sequence[Field]) -> int:
    """Return the number of characters for a form's note."""
    # Discord: five fields fill a modal, so the note shares the first field's description.
    first_help = fields[0].help.strip() if len(fields) == FORM_FIELDS else ""
    if not first_help:
        return FIELD_HELP
    return max(0, FIELD_HELP - len(first_help) - len(BESIDE))


@dataclass(frozen=True, slots=True)
class Form:
    """Fields to fill in at once. A submit says the phrase `says` with the fields for options."""

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
                f"A form has {len(self.fields)} fields and may have 1 to {FORM_FIELDS}: "
                "ask in two steps."
            )
        limit = compute_note_limit(self.fields)
        length = len(strip_markup(self.note))
        if length > limit:
            raise InvalidMessageError(
                f"A form's note has {length} characters and may have {limit}: shorten it."
            )

    def restore_with_problem(
        self, name: str, sentence: str, filled: dict[str, tuple[str, ...]]
    ) -> Form:
        """Return this form with its typed values, and a sentence beside the named field."""
        fields = []
        for field in self.fields:
            problem = sentence if field.name == name else ""
            fields.append(_restore_field(field, filled.get(field.name), problem))
        return replace(self, fields=tuple(fields))

    def to_plain_text(self, spell: Spell = format_code_as_is) -> str:
        """Return the form in plain text, with commands written by `spell`."""
        lines = [self.title]
        if self.note:
            lines.append(strip_markup(self.note, spell))
        for field in self.fields:
            line = f"  {field.label}"
            if field.problem:
                line += f" — {strip_markup(field.problem, spell)}"
            lines.append(line)
        return "\n".join(lines)


def _restore_field(field: Field, values: tuple[str, ...] | None, problem: str) -> Field:
    # A field that was not sent keeps its first content.
    if values is None:
        return replace(field, problem=problem)
    if field.kind in {"one", "any"}:
        choices = [replace(choice, chosen=choice.value in values) for choice in field.choices]
        return replace(field, problem=problem, choices=tuple(choices))
    return replace(field, problem=problem, value=values[0] if values else "")
