"""HTML on lines of its own, turned into Markdown: headings, entries and folded sections.

The report does not mention it, because nothing is lost. Every line keeps its number.
"""

from __future__ import annotations

import re

from bot.roadmap.importer.report import ImportNotes

_HEADING = re.compile(r"<h([1-6])\b[^<>]{0,500}>(.*?)(?:</h[1-6]>)?$", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b[^<>]{0,500}>(.*?)(?:</summary>|$)", re.IGNORECASE)
_DETAILS = re.compile(r"<(/?)details\b[^<>]{0,500}>", re.IGNORECASE)
_ENTRY = re.compile(r"<li\b[^<>]{0,500}>(.*?)(?:</li>)?$", re.IGNORECASE)
_FRAME = re.compile(
    r"(?:</?(?:div|p|ul|ol|li|section|article|center|span|br|hr|img|table|main|nav)\b"
    r"[^<>]{0,1000}>\s*)+$",
    re.IGNORECASE,
)
_HIDDEN_TAG = re.compile(r"\s*<(script|style)\b", re.IGNORECASE)
_MARKED_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]")
_DEEPEST_HEADING = 6


def replace_html_tags(lines: list[str], notes: ImportNotes) -> list[str]:
    """Return the lines with Markdown in place of HTML."""
    kept: list[str] = []
    level = depth = 0
    hidden = ""
    for number, line in enumerate(lines, 1):
        if "<" in line or hidden:
            hidden, line = _skip_hidden_content(hidden, line, number, notes)
            depth += _count_opened_details(line)
            # A folded section stands below the heading before it, one level for each fold.
            line = _render_html_line(line, min(_DEEPEST_HEADING, level + max(depth, 1)))
        if depth <= 0 and (heading := _MARKED_HEADING.match(line)):
            level = len(heading.group(1))
        kept.append(line)
    return kept


def _count_opened_details(line: str) -> int:
    count = 0
    for tag in _DETAILS.finditer(line):
        is_closing = bool(tag.group(1))
        count += -1 if is_closing else 1
    return count


def _skip_hidden_content(
    hidden: str, line: str, number: int, notes: ImportNotes
) -> tuple[str, str]:
    """Return the hidden tag still open after this line, and the visible part of the line.

    `hidden` is the tag open before it; both are empty for none.
    """
    tag = _HIDDEN_TAG.match(line)
    if not hidden and tag:
        hidden = tag.group(1).lower()
        notes.record_note(number, "dropped", "I left out a block of code.")
    if not hidden:
        return "", line
    if f"</{hidden}>" in line.lower():
        return "", ""
    return hidden, ""


def _render_html_line(line: str, level: int) -> str:
    text = line.strip()
    if heading := _HEADING.match(text):
        return f"{'#' * int(heading.group(1))} {heading.group(2)}"
    if summary := _SUMMARY.search(line):
        return f"{'#' * level} {summary.group(1)}"
    if entry := _ENTRY.match(text):
        margin = line[: len(line) - len(line.lstrip())]
        return f"{margin}- {entry.group(1)}"
    line = _DETAILS.sub("", line)
    if _FRAME.match(line.strip()):
        return ""
    return line
