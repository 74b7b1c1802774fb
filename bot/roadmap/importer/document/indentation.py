"""The depth of list entries for a reader's eye: by their distance from the entry above.

Markdown is stricter than people (two spaces below `1.` are one too few for it), and takes lines
four spaces in for code. The margins are rewritten until both agree; every line keeps its number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.roadmap.importer.file import build_file_error

MOST_DEPTH = 12
LABEL = "\ue000"
"""Marks a label that the parser would take for a part of the entry above it."""

_ENTRY = re.compile(r"(\s*)([-*+]|\d{1,9}[.)])(?:[ \t]+(.*)|$)")
_RULE = re.compile(r"\s*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|=+[ \t]*)$")
_LABEL_LINE = re.compile(
    r"(?:[^:]{1,30}:|(?:\*\*|__)[^*_]{1,60}(?::(?:\*\*|__)|(?:\*\*|__):?).{0,200})\s*$"
)
# An entry only one space further to the right was meant to stand beside its neighbour.
_SLACK = 1


def build_depth_error(name: str, line: int) -> Exception:
    """Return the error for a list deeper than any plan."""
    sentence = f"Move this up: lists can be at most {MOST_DEPTH} levels deep."
    return build_file_error(name, line, sentence)


def normalize_indentation(lines: Sequence[str], name: str) -> list[str]:
    """Return the lines with exact margins.

    Raises RoadmapError for lists deeper than `MOST_DEPTH`.
    """
    indents = _ListIndents(name)
    return [indents.indent_line(number, line) for number, line in enumerate(lines, 1)]


class _ListIndents:
    """The open entries around the current line: each one's written margin and its new one."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[tuple[int, int]] = []
        self._is_below_blank = True

    def indent_line(self, number: int, line: str) -> str:
        if not line.strip():
            self._is_below_blank = True
            return ""
        if line[0] in " \t":
            line = line.expandtabs(4)
        line = self._indent_full_line(number, line)
        self._is_below_blank = False
        return line

    def _indent_full_line(self, number: int, line: str) -> str:
        entry = _ENTRY.match(line)
        # `- - -` is a rule, although it looks like three entries.
        if entry and not _RULE.match(line):
            return self._indent_list_entry(number, entry)
        return self._indent_text_line(line)

    def _indent_list_entry(self, number: int, entry: re.Match[str]) -> str:
        written, mark, words = len(entry[1]), entry[2], entry[3] or ""
        while self._open and written <= self._open[-1][0] + _SLACK:
            self._open.pop()
        if len(self._open) >= MOST_DEPTH:
            raise build_depth_error(self._name, number)
        margin = self._get_margin()
        self._open.append((written, margin + len(mark) + 1))
        return f"{' ' * margin}{mark} {words}"

    def _indent_text_line(self, line: str) -> str:
        text = line.lstrip()
        written = len(line) - len(text)
        is_outside = bool(self._open) and written <= self._open[0][0]
        if text.startswith("#") or (is_outside and self._ends_list(line, text)):
            self._open.clear()
        elif is_outside and _LABEL_LINE.match(text):
            # The heading mark keeps the parser from joining it to the entry above.
            self._open.clear()
            return f"###### {LABEL}{text}"
        elif self._is_below_blank or not is_outside:
            while len(self._open) > 1 and written <= self._open[-1][0]:
                self._open.pop()
        return f"{' ' * self._get_margin()}{text}"

    def _ends_list(self, line: str, text: str) -> bool:
        return self._is_below_blank or text.startswith("|") or _RULE.match(line) is not None

    def _get_margin(self) -> int:
        """Return the margin for text inside the innermost open entry."""
        if self._open:
            return self._open[-1][1]
        return 0
