"""Signs and emoji before a line's words: some mark list entries, others only decorate.

Every line keeps its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.roadmap.importer.report import ImportNotes

# The marks before a line's words: quote, entry or heading, checkbox, bold.
OPENING = re.compile(
    r"\s*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|#{1,6}[ \t]+)?(?:\[[ xX]?\][ \t]+)?"
    r"(?:\*\*|__)?\s*"
)
ENTRY = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_EMOJI = "\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
_SIGN = re.compile(
    f"(?:[0-9#*]\ufe0f?\u20e3|[{_EMOJI}•‣⁃∙·◦–—][\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff]*)+"
)
MOST_TRAILING = 20
_TRAILING_SIGNS = re.compile(f"[{_EMOJI}][{_EMOJI} \ufe0f\u200d\U0001f3fb-\U0001f3ff]*$")
_BULLETS = frozenset("•‣⁃∙·◦▪▫■□●○◆◇▶►▸➤➢➔➜→✓✔✅☑☐⬜")
_BOXES = {"☐": "[ ] ", "⬜": "[ ] ", "□": "[ ] ", "☑": "[x] "}
_KEYCAP = re.compile("([0-9])\ufe0f?\u20e3")
_DASHES = "–—"
# Ordinary bullets and dashes: reading them as entries needs no remark.
_QUIET = frozenset("•‣⁃∙·◦–—▪▫■●○")
_LONGEST_QUOTE = 12


def replace_leading_signs(lines: list[str], notes: ImportNotes) -> tuple[list[str], set[int]]:
    """Return the lines with Markdown entries in place of signs, and without decoration.

    The numbers are those of decorated lines that became no entries.
    """
    signs = [_find_leading_sign(line) for line in lines]
    replacer = _SignReplacer(lines, signs, notes)
    for number, (line, sign) in enumerate(zip(lines, signs, strict=True), 1):
        if sign:
            line = replacer.replace_sign(number, line, sign)
        if line.lstrip().startswith("#"):
            line = _strip_trailing_signs(line)
        replacer.kept.append(line)
    return replacer.kept, replacer.decorated


class _SignReplacer:
    """Replaces signs line by line, with an eye on the lines around them."""

    def __init__(self, lines: Sequence[str], signs: Sequence[str], notes: ImportNotes) -> None:
        self.kept: list[str] = []
        self.decorated: set[int] = set()
        self._neighbours = _list_neighbour_signs(lines, signs)
        self._example = _find_loud_sign(signs)
        self._notes = notes

    def replace_sign(self, number: int, line: str, sign: str) -> str:
        opening = line[: _find_text_start(line)]
        rest = line[len(opening) + len(sign) :].lstrip(" \t\u00a0\ufe0f")
        has_company = sign in self._neighbours[number - 1]
        if not _has_markdown_mark(opening) and _is_sign_entry(sign, rest, has_company):
            _report_sign_entry(number, sign, self._notes)
            return _format_entry(line, sign, opening, rest)
        # A dash before a sentence can belong to it, so it stays.
        if sign[0] in _DASHES:
            return line
        self.decorated.add(number)
        _report_decoration(number, self._example, self._notes)
        _break_line_above(self.kept)
        return opening + rest


def _find_loud_sign(signs: Iterable[str]) -> str:
    """Return the first sign worth quoting in a remark; empty without one."""
    for sign in signs:
        if sign and sign[0] not in _QUIET:
            return sign[:_LONGEST_QUOTE]
    return ""


def _report_sign_entry(number: int, sign: str, notes: ImportNotes) -> None:
    if sign[0] not in _QUIET:
        sentence = f"I read lines that start with {sign[:_LONGEST_QUOTE]} as list entries."
        notes.record_note(number, "read", sentence)


def _report_decoration(number: int, example: str, notes: ImportNotes) -> None:
    # The same sentence for all lines, so that the report has one entry for them.
    sentence = "I left out the signs before the words."
    if example:
        sentence = f"I left out the signs before the words, such as {example}."
    notes.record_note(number, "dropped", sentence)


def _break_line_above(kept: list[str]) -> None:
    """Ask for a line break before a decorated line: its author wanted a line of its own."""
    if kept and kept[-1].strip():
        # In Markdown, two spaces at a line's end ask for a break.
        kept[-1] += "  "


def _strip_trailing_signs(heading: str) -> str:
    """Return a heading without the signs at its end."""
    # The pattern sees the end only: over a long line its time would grow with the square.
    return heading[:-MOST_TRAILING] + _TRAILING_SIGNS.sub("", heading[-MOST_TRAILING:])


def _find_text_start(line: str) -> int:
    opening = OPENING.match(line)
    return opening.end() if opening else 0


def _find_leading_sign(line: str) -> str:
    """Return the sign before a line's words; empty for a line without sign or words."""
    if line.isascii():
        return ""
    match = _SIGN.match(line, _find_text_start(line))
    if match is None:
        return ""
    rest = line[match.end() :]
    if not any(map(str.isalnum, rest)):
        return ""
    sign = match.group()
    # A dash right before a word belongs to the word.
    if sign[0] in "–—·" and not rest.startswith((" ", "\t", "\u00a0")):
        return ""
    return sign


def _list_neighbour_signs(lines: Sequence[str], signs: Sequence[str]) -> list[tuple[str, str]]:
    """Return for each line the signs of the nearest lines above and below with text."""
    # A heading or label above a sign does not make the sign an entry.
    entry_signs: list[str] = []
    for line, sign in zip(lines, signs, strict=True):
        is_heading = line.lstrip().startswith("#")
        entry_signs.append("" if is_heading or _has_label_colon(line) else sign)
    above = _list_previous_signs(lines, entry_signs)
    below = _list_previous_signs(lines[::-1], entry_signs[::-1])[::-1]
    return list(zip(above, below, strict=True))


def _list_previous_signs(lines: Sequence[str], signs: Sequence[str]) -> list[str]:
    """Return for each line the sign of the last line with text before it."""
    previous: list[str] = []
    last = ""
    for line, sign in zip(lines, signs, strict=True):
        previous.append(last)
        if line.strip():
            last = sign
    return previous


def _has_label_colon(text: str) -> bool:
    return text.rstrip(" *_").endswith(":")


def _is_sign_entry(sign: str, rest: str, has_company: bool) -> bool:
    """Return True if a sign marks an entry: a bullet, a keycap, or a sign used twice in a row."""
    if _has_label_colon(rest):
        return False
    return sign[0] in _BULLETS or has_company or _KEYCAP.fullmatch(sign) is not None


def _format_entry(line: str, sign: str, opening: str, rest: str) -> str:
    margin = line[: len(line) - len(line.lstrip())]
    return f"{margin}{_format_entry_mark(sign)}{_get_bold_mark(opening)}{rest}"


def _format_entry_mark(sign: str) -> str:
    if keycap := _KEYCAP.fullmatch(sign):
        return f"{keycap.group(1)}. "
    return f"- {_BOXES.get(sign[0], '')}"


def _get_bold_mark(opening: str) -> str:
    """Return the stars before a sign: they belong to the words after it."""
    mark = opening.rstrip()[-2:]
    if mark in ("**", "__"):
        return mark
    return ""


def _has_markdown_mark(opening: str) -> bool:
    """Return True if a line is an entry or heading even without its sign."""
    return "#" in opening or ENTRY.match(opening) is not None
