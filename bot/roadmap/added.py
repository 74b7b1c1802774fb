"""What was added to a source: a whole entry of a roadmap, or some of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema
from pydantic.fields import FieldInfo

from bot.roadmap.problem import shorten_author_text
from bot.roadmap.text import build_sentence_error

MOST_FIELDS = 20
# Without them there is no entry, so they are added with the whole of it.
_NEVER_ALONE = frozenset({"id", "added"})


def _parse_added(value: object) -> object:
    # In a file every word is text.
    if value is True or value == "true":
        return True
    if isinstance(value, list | tuple) and value:
        return _parse_field_names(value)
    raise build_sentence_error(
        "Write true if all of this is added, or list the fields that are, such as "
        "[estimate, done_when]."
    )


def _parse_field_names(names: list[object] | tuple[object, ...]) -> tuple[str, ...]:
    if len(names) > MOST_FIELDS:
        raise build_sentence_error(f"Shorten this list to {MOST_FIELDS} entries.")
    fields: list[str] = []
    for name in names:
        if not isinstance(name, str):
            raise build_sentence_error("Write only the names of fields into this list.")
        if name in fields:
            raise build_sentence_error(f'Write "{shorten_author_text(name)}" once in this list.')
        fields.append(name)
    return tuple(fields)


Added = Annotated[
    Literal[True] | tuple[str, ...],
    BeforeValidator(_parse_added),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": True},
                {
                    "type": "array",
                    "items": {"type": "string"},
                    "minItems": 1,
                    "maxItems": MOST_FIELDS,
                    "uniqueItems": True,
                },
            ]
        }
    ),
]


def check_added_fields(
    added: Added | None, fields: Mapping[str, FieldInfo], values: Mapping[str, Any]
) -> None:
    """Refuse the name of a field that the entry does not have. `values` are its valid fields."""
    if not isinstance(added, tuple):
        return
    for name in added:
        if name in _NEVER_ALONE:
            raise build_sentence_error(
                f'Write added: true if all of this is added, and never name "{name}" alone.'
            )
        # A field with a mistake has its own sentence and is missing among the values.
        is_wrong = name in fields and name not in values
        # A default is as good as nothing: it is left out of what is stored.
        is_empty = name not in fields or values.get(name) == fields[name].get_default()
        if is_empty and not is_wrong:
            raise build_sentence_error(
                f'Write the field "{shorten_author_text(name)}" here as well, '
                "or remove its name from this list."
            )
