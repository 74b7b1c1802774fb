"""What the bot says, undressed: a message is a closed set of blocks, a form a closed set of fields.

A value that can be built can be rendered on every platform; prose from people can never act as markup.
"""

from __future__ import annotations

from functools import lru_cache

from pydantic import TypeAdapter

from bot.chat.message.blocks import (
    Block,
    Button,
    Buttons,
    Checklist,
    Choice,
    Fact,
    Fields,
    Message,
    Progress,
    Select,
    Text,
    as_word,
    phrase,
    say,
)
from bot.chat.message.event import Event
from bot.chat.message.forms import Field, FieldKind, Form, note_room
from bot.chat.message.limits import (
    BESIDE,
    COMPONENTS,
    FIELD_HELP,
    FIELD_LABEL,
    FORM_FIELDS,
    FORM_TITLE,
    LABEL,
    MESSAGE_PROSE,
    NOTE,
    OPTIONS,
    PHRASE,
    PROSE,
    ROW,
    TITLE,
    Unfit,
)
from bot.chat.message.paging import Page, page, page_of_lines
from bot.chat.message.prose import (
    Span,
    SpanKind,
    Spell,
    as_written,
    bare,
    instant_of,
    is_hour,
    link,
    moment,
    quote,
    spans,
)

Answer = Message | Form

__all__ = [
    "BESIDE",
    "COMPONENTS",
    "FIELD_HELP",
    "FIELD_LABEL",
    "FORM_FIELDS",
    "FORM_TITLE",
    "LABEL",
    "MESSAGE_PROSE",
    "NOTE",
    "OPTIONS",
    "PHRASE",
    "PROSE",
    "ROW",
    "TITLE",
    "Answer",
    "Block",
    "Button",
    "Buttons",
    "Checklist",
    "Choice",
    "Event",
    "Fact",
    "Field",
    "FieldKind",
    "Fields",
    "Form",
    "Message",
    "Page",
    "Progress",
    "Select",
    "Span",
    "SpanKind",
    "Spell",
    "Text",
    "Unfit",
    "as_word",
    "as_written",
    "bare",
    "dumps",
    "instant_of",
    "is_hour",
    "link",
    "loads",
    "moment",
    "note_room",
    "page",
    "page_of_lines",
    "phrase",
    "quote",
    "say",
    "spans",
]


@lru_cache(maxsize=1)
def _answers() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


def dumps(answer: Answer) -> str:
    """An answer as JSON, for the ledger and for answers given twice."""
    return _answers().dump_json(answer, exclude_defaults=False).decode()


def loads(text: str) -> Answer:
    """An answer from the JSON that `dumps` wrote."""
    return _answers().validate_json(text)
