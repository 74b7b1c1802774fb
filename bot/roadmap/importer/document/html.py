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
_ROW = re.compile(r"<tr\b[^<>]{0,500}>(.*?)(?=<tr\b|</tr>|</table>)", re.IGNORECASE | re.DOTALL)
_CELL = re.compile(r"<t[hd]\b[^<>]{0,500}>(.*?)(?=<t[hd]\b|</t[hd]>|$)", re.IGNORECASE | re.DOTALL)
_HIDDEN_TAG = re.compile(r"\s*<(script|style)\b", re.IGNORECASE)
_MARKED_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]")
_DEEPEST_HEADING = 6


def replace_html_tags(lines: list[str], notes: ImportNotes) -> list[str]:
    """Return the lines with Markdown in place of HTML."""
    lines = _replace_tables(lines)
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


def _replace_tables(lines: list[str]) -> list[str]:
    """Return the lines with rows between pipes in place of HTML tables.

    A table stays as it is if text stands beside it, or if it has fewer lines than rows.
    """
    kept = list(lines)
    place = 0
    while place < len(lines):
        if not lines[place].lstrip().lower().startswith("<table"):
            place += 1
            continue
        end = next(
            (end for end in range(place, len(lines)) if "</table>" in lines[end].lower()), None
        )
        if end is None:
            break
        if lines[end].rstrip().lower().endswith("</table>"):
            kept[place : end + 1] = _render_table(lines[place : end + 1])
        place = end + 1
    return kept


def _render_table(lines: list[str]) -> list[str]:
    """Return as many lines, each with the row that begins there, or with a pipe alone."""
    rendered = ["", *["|"] * (len(lines) - 2), ""][: len(lines)]
    text, start, place, last = "\n".join(lines), 0, 0, -1
    for row in _ROW.finditer(text):
        place += text.count("\n", start, row.start())
        start = row.start()
        last = max(place, last + 1)
        cells = [" ".join(cell.split()) for cell in _CELL.findall(row.group(1))]
        if last >= len(lines) or not cells:
            return lines
        rendered[last] = f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
    return rendered if last >= 1 else lines


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
