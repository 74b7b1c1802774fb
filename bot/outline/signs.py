"""Signs and emoji at the beginning of lines: what looks like an entry becomes one, what only decorates is left out.

Lines stay where they are, so that every number still is that of the file.
"""

from __future__ import annotations

import re

from bot.outline.report import Notes

# What may stand before the words of a line: quote marks, the mark of an entry or heading, a box, bold.
OPENING = re.compile(
    r"\s*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|#{1,6}[ \t]+)?(?:\[[ xX]?\][ \t]+)?(?:\*\*|__)?\s*"
)
ENTRY = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_EMOJI = "\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
_SIGN = re.compile(f"(?:[0-9#*]\ufe0f?\u20e3|[{_EMOJI}•‣⁃∙·◦–—][\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff]*)+")
_TRAILING = re.compile(f"[ \t]*[{_EMOJI}][{_EMOJI} \ufe0f\u200d\U0001f3fb-\U0001f3ff]*$")
_BULLETS = frozenset("•‣⁃∙·◦▪▫■□●○◆◇▶►▸➤➢➔➜→✓✔✅☑☐⬜")
_BOXES = {"☐": "[ ] ", "⬜": "[ ] ", "□": "[ ] ", "☑": "[x] "}
_KEYCAP = re.compile("([0-9])\ufe0f?\u20e3")
_QUIET = frozenset("•‣⁃∙·◦–—▪▫■●○")


def listed(lines: list[str], notes: Notes) -> tuple[list[str], set[int]]:
    """The lines with entries for what begins with the same sign, and without decoration; the numbers of the decorated
    lines that are no entries."""
    signs = [_sign_of(line) for line in lines]
    beside = _beside(lines, signs)
    kept, decorated, example = [], set(), ""
    for number, (line, sign) in enumerate(zip(lines, signs, strict=True), 1):
        if sign:
            start = _start(line)
            rest = line[start + len(sign) :].lstrip(" \t\u00a0\ufe0f")
            if (
                ENTRY.match(line) is None
                and "#" not in line[:start]
                and _is_entry(sign, rest, sign in beside[number - 1])
            ):
                line = f"{line[: len(line) - len(line.lstrip())]}{_mark(sign)}{_bold(line, start)}{rest}"
                if sign[0] not in _QUIET:
                    notes.tell(number, "read", f"Read what begins with {sign[:12]} as an entry of a list.")
            elif sign[0] not in "–—":
                decorated.add(number)
                line = line[:start] + rest
                example = example or sign[:12]
                notes.tell(number, "dropped", f"Left out the signs before the words, such as {example}.")
        if line.lstrip().startswith("#"):
            line = _TRAILING.sub("", line)
        kept.append(line)
    return kept, decorated


def _start(line: str) -> int:
    opening = OPENING.match(line)
    return opening.end() if opening else 0


def _sign_of(line: str) -> str:
    """The sign or emoji before the words of a line, without the words there would be nothing to decorate."""
    if line.isascii():
        return ""
    start = _start(line)
    found = _SIGN.match(line, start)
    if found is None or not any(letter.isalnum() for letter in line[found.end() :]):
        return ""
    is_dash = found.group()[0] in "–—·"
    return "" if is_dash and not line[found.end() :].startswith((" ", "\t", "\u00a0")) else found.group()


def _beside(lines: list[str], signs: list[str]) -> list[tuple[str, str]]:
    """For each line the signs of the nearest lines above and below that are not empty."""
    above, below = [""] * len(lines), [""] * len(lines)
    for found, order in ((above, range(len(lines))), (below, range(len(lines) - 1, -1, -1))):
        last = ""
        for place in order:
            found[place] = last
            if lines[place].strip():
                last = signs[place]
    return list(zip(above, below, strict=True))


def _is_entry(sign: str, rest: str, has_company: bool) -> bool:
    if rest.rstrip(" *_").endswith(":"):
        return False
    return sign[0] in _BULLETS or has_company or _KEYCAP.fullmatch(sign) is not None


def _mark(sign: str) -> str:
    if keycap := _KEYCAP.fullmatch(sign):
        return f"{keycap.group(1)}. "
    return f"- {_BOXES.get(sign[0], '')}"


def _bold(line: str, start: int) -> str:
    """The stars before a sign, which belong to the words after it."""
    opening = line[:start].rstrip()
    return opening[-2:] if opening.endswith(("**", "__")) else ""
