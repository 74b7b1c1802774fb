"""Putting right what a wrong encoding did to a text, line by line, and only where the result is beyond doubt.

Quotes stay as they are: a curly one is not made straight, nor a straight one curly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress

from ftfy import TextFixerConfig, fix_encoding
from ftfy.badness import is_bad

from bot.outline.report import Notes
from bot.outline.signs import OPENING
from bot.roadmap.problem import clipped

MOST_DAMAGED = 3_000

_FIX = TextFixerConfig(explain=False)
_FOREIGN = re.compile("[^\x00-\x7f]+")
_DAMAGED = re.compile(r"\S*[^\x00-\x7f]\S*")
# The mark that makes a sign a colourful one, and the joiner of several: what is left of them once they are damaged.
_TAIL = re.compile("(?:ï¸|οΈ|â€)[^\x00-\x7f]{0,2}")
_COMMON = (
    (0x00A0, 0x00FF), (0x2010, 0x205E), (0x20A0, 0x20C0), (0x2100, 0x22FF), (0x2300, 0x23FF), (0x2460, 0x27BF),
    (0x2900, 0x297F), (0x2B00, 0x2BFF), (0x3000, 0x303F), (0x1F000, 0x1FAFF),
)  # fmt: skip


def repaired(lines: list[str], notes: Notes) -> list[str]:
    """The lines with their encoding put right. What cannot be put right stays, to be dropped at the beginning of a heading
    or entry (`undecorated`) or told as odd."""
    if all(line.isascii() for line in lines):
        return lines
    damaged = [not line.isascii() and is_bad(line) for line in lines]
    scripts = {script for line, bad in zip(lines, damaged, strict=True) if not bad for script in _scripts(line)}
    mended = list(lines)
    if not any(damaged):
        return lines
    if sum(damaged) > MOST_DAMAGED:
        first = damaged.index(True) + 1
        notes.tell(
            first,
            "odd",
            f"More than {MOST_DAMAGED:,} lines are damaged: save the original as UTF-8 and bring it again.",
        )
        return lines
    for number, (line, bad) in enumerate(zip(lines, damaged, strict=True), 1):
        if line.isascii():
            continue
        better = fix_encoding(line, _FIX) if bad else _FOREIGN.sub(_redecoded, line)
        if better != line and _is_sound(line, better, scripts):
            mended[number - 1] = better
            for sentence in _changes(line, better):
                notes.tell(number, "repaired", sentence)
    return mended


def _redecoded(run: re.Match[str]) -> str:
    """A sign of three bytes in a text that is damaged elsewhere: too little by itself for ftfy to be sure of."""
    if len(run.group()) == 3:
        for encoding in ("sloppy-windows-1252", "sloppy-windows-1253", "sloppy-windows-1254"):
            with suppress(UnicodeError):
                return run.group().encode(encoding).decode("utf-8")
    return run.group()


def _is_sound(line: str, better: str, scripts: set[str]) -> bool:
    """Whether a repair brings nothing rare or strange and loses no space."""
    new = set(better) - set(line)
    return (
        len(better.split()) >= len(line.split())
        and not any(_is_rare(letter) for letter in new)
        and _scripts("".join(new)) <= scripts | {"LATIN"}
    )


def _is_rare(letter: str) -> bool:
    if unicodedata.category(letter) in ("Cn", "Co", "Cs", "Cc") or letter == "\ufffd":
        return True
    is_sign = unicodedata.category(letter).startswith("S")
    return is_sign and not any(low <= ord(letter) <= high for low, high in _COMMON) and not letter.isascii()


def _scripts(text: str) -> set[str]:
    """The scripts of the letters of a text, by the first word of a letter's Unicode name: LATIN, GREEK, CJK."""
    letters = {letter for letter in text if letter.isalpha()}
    return {unicodedata.name(letter, "?").partition(" ")[0] for letter in letters}


def _changes(line: str, better: str) -> Iterator[str]:
    before, after = _FOREIGN.split(line), _FOREIGN.split(better)
    if before == after:
        pairs = zip(_FOREIGN.findall(line), _FOREIGN.findall(better), strict=True)
        for old, new in dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]):
            yield f"Put right damaged text: “{clipped(old)}” is now “{clipped(new)}”."
    else:
        yield "Put right damaged text in this line."


def undecorated(lines: list[str], notes: Notes) -> tuple[list[str], set[int]]:
    """The lines without damage at the beginning of a heading, entry or line of its own, and the numbers of the lines that
    had some. Damage elsewhere is told as odd and stays."""
    kept, decorated = [], set()
    for number, line in enumerate(lines, 1):
        if not line.isascii() and is_bad(line):
            opening = OPENING.match(line)
            start = opening.end() if opening else 0
            end = _end_of_damage(line, start)
            if end > start and line[end:].strip(" *_"):
                sign = " ".join(line[start:end].split())
                notes.tell(number, "dropped", f"Left out “{clipped(sign)}”, a sign damaged beyond repair.")
                line = line[:start] + line[end:]
                decorated.add(number)
            if is_bad(line):
                damage = next((word for word in _DAMAGED.findall(line) if is_bad(word)), line.strip())
                notes.tell(number, "odd", f"This is damaged beyond repair, write it anew: “{clipped(damage)}”.")
        kept.append(line)
    return kept, decorated


def _end_of_damage(line: str, start: int) -> int:
    """Where the damaged words end that begin at `start`; `start` itself if there are none."""
    end = start
    while word := _DAMAGED.match(line, end):
        is_keycap = word.group()[0].isdigit() and end == start
        foreign = word.group()[1:] if is_keycap else word.group()
        is_sign = not any(letter.isascii() and letter.isalnum() for letter in foreign)
        if not is_sign or not (is_bad(word.group()) or (end > start and _TAIL.fullmatch(word.group()))):
            break
        end = word.end()
        end += len(line[end:]) - len(line[end:].lstrip())
    return end
