"""The bot's messages and forms, before any platform draws them.

A message is a closed set of blocks, a form a closed set of fields.
A value within its limits can be rendered on every platform, and people's text never acts as markup.
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
    build_phrase,
    count_prose,
    quote_phrase_word,
    text_message,
)
from bot.chat.message.event import Event
from bot.chat.message.files import File
from bot.chat.message.forms import Field, FieldKind, Form, compute_note_limit
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
    InvalidMessageError,
)
from bot.chat.message.paging import Page, paginate, paginate_lines
from bot.chat.message.ping import NotifyWay, Ping
from bot.chat.message.prose import (
    Span,
    SpanKind,
    Spell,
    escape_text,
    format_code_as_is,
    format_link,
    format_moment,
    is_time_only,
    parse_prose,
    parse_span_instant,
    strip_markup,
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
    "File",
    "Form",
    "InvalidMessageError",
    "Message",
    "NotifyWay",
    "Page",
    "Ping",
    "Progress",
    "Select",
    "Span",
    "SpanKind",
    "Spell",
    "Text",
    "build_phrase",
    "compute_note_limit",
    "count_prose",
    "decode_answer",
    "encode_answer",
    "escape_text",
    "format_code_as_is",
    "format_link",
    "format_moment",
    "is_time_only",
    "paginate",
    "paginate_lines",
    "parse_prose",
    "parse_span_instant",
    "quote_phrase_word",
    "strip_markup",
    "text_message",
]


@lru_cache(maxsize=1)
def _build_answer_adapter() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


def encode_answer(answer: Answer) -> str:
    """An answer as JSON, for the ledger and for answers given twice."""
    return _build_answer_adapter().dump_json(answer, exclude_defaults=False).decode()


def decode_answer(text: str) -> Answer:
    """An answer from the JSON that `dumps` wrote."""
    return _build_answer_adapter().validate_json(text)
