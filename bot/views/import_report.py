"""Entries from an import report in prose."""

from __future__ import annotations

from bot.chat.message import escape_text
from bot.chat.text import shorten
from bot.roadmap.importer import ReportEntry


def format_report_entry(entry: ReportEntry, limit: int) -> str:
    """Return an entry with its line number; the sentence has at most `limit` characters."""
    sentence = escape_text(shorten(entry.sentence, limit))
    return f"Line {entry.line}: {sentence}" if entry.line else sentence
