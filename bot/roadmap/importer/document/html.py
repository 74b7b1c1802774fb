"""HTML that stands on lines of its own becomes Markdown: headings, entries and what can be folded open. Nothing is told,
because nothing is lost.

Lines stay where they are, so that every number still is that of the file.
"""

from __future__ import annotations

import re

from bot.roadmap.importer.report import ImportNotes

_HEADING = re.compile(r"<h([1-6])\b[^<>]{0,500}>(.*?)(?:</h[1-6]>)?$", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b[^<>]{0,500}>(.*?)(?:</summary>|$)", re.IGNORECASE)
_DETAILS = re.compile(r"<(/?)details\b[^<>]{0,500}>", re.IGNORECASE)
_ENTRY = re.compile(r"<li\b[^<>]{0,500}>(.*?)(?:</li>)?$", re.IGNORECASE)
_FRAME = re.compile(
    r"(?:</?(?:div|p|ul|ol|li|section|article|center|span|br|hr|img|table|main|nav)\b[^<>]{0,1000}>\s*)+$",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"\s*<(script|style)\b", re.IGNORECASE)
_LEVEL = re.compile(r" {0,3}(#{1,6})[ \t]")


def replace_html_tags(lines: list[str], notes: ImportNotes) -> list[str]:
    """The lines with Markdown in place of HTML."""
    kept: list[str] = []
    level = depth = 0
    hidden = ""
    for number, line in enumerate(lines, 1):
        if "<" in line or hidden:
            hidden, line = _skip_hidden_content(hidden, line, number, notes)
            depth += sum(-1 if found.group(1) else 1 for found in _DETAILS.finditer(line))
            line = _render_html_line(line, min(6, level + max(depth, 1)))
        if depth <= 0 and (heading := _LEVEL.match(line)):
            level = len(heading.group(1))
        kept.append(line)
    return kept


def _skip_hidden_content(
    hidden: str, line: str, number: int, notes: ImportNotes
) -> tuple[str, str]:
    """The tag whose content nobody sees, if it goes on below, and what of this line is seen."""
    if not hidden and (begun := _HIDDEN.match(line)):
        hidden = begun.group(1).lower()
        notes.record_note(number, "dropped", "Left out a block of code.")
    if not hidden:
        return "", line
    return ("" if f"</{hidden}>" in line.lower() else hidden), ""


def _render_html_line(line: str, level: int) -> str:
    text = line.strip()
    if heading := _HEADING.match(text):
        return f"{'#' * int(heading.group(1))} {heading.group(2)}"
    if summary := _SUMMARY.search(line):
        return f"{'#' * level} {summary.group(1)}"
    if entry := _ENTRY.match(text):
        return f"{line[: len(line) - len(line.lstrip())]}- {entry.group(1)}"
    line = _DETAILS.sub("", line)
    return "" if _FRAME.match(line.strip()) else line
