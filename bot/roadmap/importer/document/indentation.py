"""Which entry of a list is inside which, as a reader sees it: by how far it stands to the right of the one above.

Markdown wants more exactness than people have (two spaces below `1.` are one too few), and takes lines set in by four
spaces for code. After this its rules and the reader's eye agree. Lines stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.roadmap.importer.file import build_file_error

MOST_DEPTH = 12
LABEL = "\ue000"
"""Stands before a label that would otherwise be taken for the rest of the entry above it."""

_ENTRY = re.compile(r"(\s*)([-*+]|\d{1,9}[.)])(?:[ \t]+(.*)|$)")
_RULE = re.compile(r"\s*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|=+[ \t]*)$")
_LABEL = re.compile(
    r"(?:[^:]{1,30}:|(?:\*\*|__)[^*_]{1,60}(?::(?:\*\*|__)|(?:\*\*|__):?).{0,200})\s*$"
)
# An entry this much further to the right than its neighbour still stands beside it.
_SLACK = 1


def build_depth_error(name: str, line: int) -> Exception:
    """The refusal of what stands deeper than any plan."""
    return build_file_error(
        name, line, f"Bring this nearer to the top: lists are read to a depth of {MOST_DEPTH}."
    )


def normalize_indentation(lines: Sequence[str], name: str) -> list[str]:
    """The lines with exact margins. Raises RoadmapError for lists deeper than twelve."""
    margins = _ListIndents(name)
    return [margins.indent_line(number, line) for number, line in enumerate(lines, 1)]


class _ListIndents:
    """The entries around the current line: how far in each was written, and how far in its words now stand."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[tuple[int, int]] = []
        self._is_below_blank = True

    def indent_line(self, number: int, line: str) -> str:
        if not line.strip():
            self._is_below_blank = True
            return ""
        line = line.expandtabs(4) if line[0] in " \t" else line
        entry = None if _RULE.match(line) else _ENTRY.match(line)
        placed = self._indent_list_entry(number, entry) if entry else self._indent_text_line(line)
        self._is_below_blank = False
        return placed

    def _indent_list_entry(self, number: int, entry: re.Match[str]) -> str:
        written, mark, words = len(entry[1]), entry[2], entry[3] or ""
        while self._open and written <= self._open[-1][0] + _SLACK:
            self._open.pop()
        if len(self._open) >= MOST_DEPTH:
            raise build_depth_error(self._name, number)
        margin = self._open[-1][1] if self._open else 0
        self._open.append((written, margin + len(mark) + 1))
        return f"{' ' * margin}{mark} {words}"

    def _indent_text_line(self, line: str) -> str:
        text = line.lstrip()
        written = len(line) - len(text)
        is_outside = bool(self._open) and written <= self._open[0][0]
        if text.startswith("#") or (
            is_outside and (self._is_below_blank or text.startswith("|") or _RULE.match(line))
        ):
            self._open.clear()
        elif is_outside and _LABEL.match(text):
            self._open.clear()
            return f"###### {LABEL}{text}"
        elif self._is_below_blank or not is_outside:
            while len(self._open) > 1 and written <= self._open[-1][0]:
                self._open.pop()
        return f"{' ' * (self._open[-1][1] if self._open else 0)}{text}"
