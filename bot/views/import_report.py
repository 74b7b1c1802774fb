"""Entries of an import report as prose."""

from __future__ import annotations

from bot.chat.message import (
    quote,
)
from bot.chat.text import short
from bot.roadmap.importer import Entry


def entry_line(entry: Entry, limit: int) -> str:
    """What a report has to tell of a file as prose: its line, and the sentence cut to `limit` characters."""
    where = f"Line {entry.line}: " if entry.line else ""
    return f"{where}{quote(short(entry.sentence, limit))}"
