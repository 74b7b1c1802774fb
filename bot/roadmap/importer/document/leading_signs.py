"""Signs and emoji at the beginning of lines: what looks like an entry becomes one, what only decorates is left out.

Lines stay where they are, so that every number still is that of the file.
"""

from __future__ import annotations

import re

from bot.roadmap.importer.report import ImportNotes

# What may stand before the words of a line: quote marks, the mark of an entry or heading, a box, bold.
OPENING = re.compile(
    r"\s*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|#{1,6}[ \t]+)?(?:\[[ xX]?\][ \t]+)?(?:\*\*|__)?\s*"
)
ENTRY = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_EMOJI = "\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
_SIGN = re.compile(
    f"(?:[0-9#*]\ufe0f?\u20e3|[{_EMOJI}•‣⁃∙·◦–—][\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff]*)+"
)
MOST_TRAILING = 20
_TRAILING = re.compile(f"[{_EMOJI}][{_EMOJI} \ufe0f\u200d\U0001f3fb-\U0001f3ff]*$")
_BULLETS = frozenset("•‣⁃∙·◦▪▫■□●○◆◇▶►▸➤➢➔➜→✓✔✅☑☐⬜")
_BOXES = {"☐": "[ ] ", "⬜": "[ ] ", "□": "[ ] ", "☑": "[x] "}
_KEYCAP = re.compile("([0-9])\ufe0f?\u20e3")
_QUIET = frozenset("•‣⁃∙·◦–—▪▫■●○")


def replace_leading_signs(lines: list[str], notes: ImportNotes) -> tuple[list[str], set[int]]:
    """The lines with entries for what begins with the same sign, and without decoration; the numbers of the decorated
    lines that are no entries."""
    signs = [_find_leading_sign(line) for line in lines]
    kept: list[str] = []
    decorated: set[int] = set()
    example = next((sign[:12] for sign in signs if sign and sign[0] not in _QUIET), "")
    for number, (line, sign, beside) in enumerate(
        zip(lines, signs, _list_neighbour_signs(lines, signs), strict=True), 1
    ):
        opening = line[: _find_text_start(line)] if sign else ""
        rest = line[len(opening) + len(sign) :].lstrip(" \t\u00a0\ufe0f") if sign else ""
        if sign and not _has_markdown_mark(opening) and _is_sign_entry(sign, rest, sign in beside):
            line = f"{line[: len(line) - len(line.lstrip())]}{_format_entry_mark(sign)}{_get_bold_mark(opening)}{rest}"
            if sign[0] not in _QUIET:
                notes.record_note(
                    number, "read", f"Read what begins with {sign[:12]} as an entry of a list."
                )
        elif sign and sign[0] not in "–—":
            decorated.add(number)
            line = opening + rest
            notes.record_note(
                number, "dropped", f"Left out the signs before the words, such as {example}."
            )
            # Who begins a line with a sign wants it to be one: two spaces ask for a break.
            kept[-1:] = [f"{above}  " for above in kept[-1:] if above.strip()] or kept[-1:]
        kept.append(_strip_trailing_signs(line) if line.lstrip().startswith("#") else line)
    return kept, decorated


def _strip_trailing_signs(heading: str) -> str:
    """A heading without the signs at its end, of which there are never many."""
    return heading[:-MOST_TRAILING] + _TRAILING.sub("", heading[-MOST_TRAILING:])


def _find_text_start(line: str) -> int:
    opening = OPENING.match(line)
    return opening.end() if opening else 0


def _find_leading_sign(line: str) -> str:
    """The sign or emoji before the words of a line, without the words there would be nothing to decorate."""
    if line.isascii():
        return ""
    start = _find_text_start(line)
    found = _SIGN.match(line, start)
    if found is None or not any(letter.isalnum() for letter in line[found.end() :]):
        return ""
    is_dash = found.group()[0] in "–—·"
    return (
        ""
        if is_dash and not line[found.end() :].startswith((" ", "\t", "\u00a0"))
        else found.group()
    )


def _list_neighbour_signs(lines: list[str], signs: list[str]) -> list[tuple[str, str]]:
    """For each line the signs of the nearest lines above and below that are not empty; headings and labels keep nobody
    company."""
    signs = [
        "" if line.lstrip().startswith("#") or _has_label_colon(line) else sign
        for line, sign in zip(lines, signs, strict=True)
    ]
    above, below = [""] * len(lines), [""] * len(lines)
    for found, order in ((above, range(len(lines))), (below, range(len(lines) - 1, -1, -1))):
        last = ""
        for place in order:
            found[place] = last
            if lines[place].strip():
                last = signs[place]
    return list(zip(above, below, strict=True))


def _has_label_colon(text: str) -> bool:
    return text.rstrip(" *_").endswith(":")


def _is_sign_entry(sign: str, rest: str, has_company: bool) -> bool:
    if _has_label_colon(rest):
        return False
    return sign[0] in _BULLETS or has_company or _KEYCAP.fullmatch(sign) is not None


def _format_entry_mark(sign: str) -> str:
    if keycap := _KEYCAP.fullmatch(sign):
        return f"{keycap.group(1)}. "
    return f"- {_BOXES.get(sign[0], '')}"


def _get_bold_mark(opening: str) -> str:
    """The stars before a sign, which belong to the words after it."""
    return opening.rstrip()[-2:] if opening.rstrip().endswith(("**", "__")) else ""


def _has_markdown_mark(opening: str) -> bool:
    """Whether what stands before a sign makes the line an entry or a heading already."""
    return "#" in opening or ENTRY.match(opening) is not None
