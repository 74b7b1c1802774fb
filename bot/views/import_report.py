"""Entries of an import report as prose."""

from __future__ import annotations

from bot.chat.message import (
    escape_text,
)
from bot.chat.text import shorten
from bot.roadmap.importer import ReportEntry


def format_report_entry(entry: ReportEntry, limit: int) -> str:
    """What a report has to tell of a file as prose: its line, and the sentence cut to `limit` characters."""
    where = f"Line {entry.line}: " if entry.line else ""
    return f"{where}{escape_text(shorten(entry.sentence, limit))}"
