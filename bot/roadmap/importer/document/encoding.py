"""Putting right what a wrong encoding did to a text, line by line, and only where the result is beyond doubt.

Quotes stay as they are: a curly one is not made straight, nor a straight one curly.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress

from ftfy import TextFixerConfig, fix_encoding
from ftfy.badness import is_bad

from bot.roadmap.importer.document.leading_signs import OPENING
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.problem import shorten_author_text

MOST_DAMAGED = 3_000
MOST_WORDS = 6
USED = 3
"""A script that only damage hides is believed when so many lines agree."""

_FIX = TextFixerConfig(explain=False)
_FOREIGN = re.compile("[^\x00-\x7f]+")
_WORD = re.compile(r"(\S+)\s*")
# The mark that makes a sign a colourful one, and the joiner of several: what is left of them once they are damaged.
_TAIL = re.compile("(?:ï¸|οΈ|â€)[^\x00-\x7f]{0,2}")
_COMMON = (
    (0x00A0, 0x00FF), (0x2010, 0x205E), (0x20A0, 0x20C0), (0x2100, 0x22FF), (0x2300, 0x23FF), (0x2460, 0x27BF),
    (0x2900, 0x297F), (0x2B00, 0x2BFF), (0x3000, 0x303F), (0x1F000, 0x1FAFF),
)  # fmt: skip


def repair_encoding(lines: list[str], notes: ImportNotes) -> list[str]:
    """The lines with their encoding put right. What cannot be put right stays, to be dropped at the beginning of a heading
    or entry (`undamaged`) or told as odd."""
    damaged = [not line.isascii() and is_bad(line) for line in lines]
    if not any(damaged):
        return lines
    if sum(damaged) > MOST_DAMAGED:
        sentence = f"More than {MOST_DAMAGED:,} lines are damaged: save the original as UTF-8 and bring it again."
        notes.record_note(damaged.index(True) + 1, "odd", sentence)
        return lines
    better = [_decode_damaged_line(line, bad) for line, bad in zip(lines, damaged, strict=True)]
    scripts = _find_used_scripts(line for line, bad in zip(lines, damaged, strict=True) if not bad)
    scripts |= {"LATIN"} | _find_used_scripts(
        (one for one, bad in zip(better, damaged, strict=True) if bad), least=USED
    )
    mended = list(lines)
    for place, (line, new) in enumerate(zip(lines, better, strict=True)):
        if new != line and _is_safe_repair(line, new, scripts):
            mended[place] = new
            for sentence in _describe_repairs(line, new):
                notes.record_note(place + 1, "repaired", sentence)
    return mended


def _decode_damaged_line(line: str, is_damaged: bool) -> str:
    return fix_encoding(line, _FIX) if is_damaged else _FOREIGN.sub(_decode_three_byte_sign, line)


def _find_used_scripts(lines: Iterable[str], least: int = 1) -> set[str]:
    """The scripts that at least so many lines are written in."""
    counts = Counter(script for line in lines for script in _find_scripts(line))
    return {script for script, count in counts.items() if count >= least}


def _decode_three_byte_sign(run: re.Match[str]) -> str:
    """A sign of three bytes in a text that is damaged elsewhere: too little by itself for ftfy to be sure of."""
    if len(run.group()) == 3:
        for encoding in ("sloppy-windows-1252", "sloppy-windows-1253", "sloppy-windows-1254"):
            with suppress(UnicodeError):
                return run.group().encode(encoding).decode("utf-8")
    return run.group()


def _is_safe_repair(line: str, better: str, scripts: set[str]) -> bool:
    """Whether a repair brings nothing rare or strange and loses no space."""
    new = set(better) - set(line)
    return (
        len(better.split()) >= len(line.split())
        and not any(_is_rare_character(letter) for letter in new)
        and _find_scripts("".join(new)) <= scripts
    )


def _is_rare_character(letter: str) -> bool:
    if unicodedata.category(letter) in ("Cn", "Co", "Cs", "Cc") or letter == "\ufffd":
        return True
    is_sign = unicodedata.category(letter).startswith("S")
    return (
        is_sign
        and not any(low <= ord(letter) <= high for low, high in _COMMON)
        and not letter.isascii()
    )


def _find_scripts(text: str) -> set[str]:
    """The scripts of the letters of a text, by the first word of a letter's Unicode name: LATIN, GREEK, CJK."""
    letters = {letter for letter in text if letter.isalpha()}
    return {unicodedata.name(letter, "?").partition(" ")[0] for letter in letters}


def _describe_repairs(line: str, better: str) -> Iterator[str]:
    before, after = _FOREIGN.split(line), _FOREIGN.split(better)
    if before == after:
        pairs = zip(_FOREIGN.findall(line), _FOREIGN.findall(better), strict=True)
        for old, new in dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]):
            yield f"Put right damaged text: “{shorten_author_text(old)}” is now “{shorten_author_text(new)}”."
    else:
        yield "Put right damaged text in this line."


def remove_damaged_signs(lines: list[str], notes: ImportNotes) -> tuple[list[str], set[int]]:
    """The lines without damage at the beginning of a heading, entry or line of its own, and the numbers of the lines that
    had some. Damage elsewhere is told as odd and stays."""
    kept, decorated = [], set()
    for number, line in enumerate(lines, 1):
        if not line.isascii() and is_bad(line):
            opening = OPENING.match(line)
            start = opening.end() if opening else 0
            end = _find_damage_end(line, start)
            if end > start and line[end:].strip(" *_"):
                sign = " ".join(line[start:end].split())
                notes.record_note(
                    number,
                    "dropped",
                    f"Left out “{shorten_author_text(sign)}”, a sign damaged beyond repair.",
                )
                line = line[:start] + line[end:]
                decorated.add(number)
            if is_bad(line):
                damage = next((word for word in line.split() if is_bad(word)), line.strip())
                notes.record_note(
                    number,
                    "odd",
                    f"This is damaged beyond repair, write it anew: “{shorten_author_text(damage)}”.",
                )
        kept.append(line)
    return kept, decorated


def _find_damage_end(line: str, start: int) -> int:
    """Where the damaged words end that begin at `start`; `start` itself if there are none."""
    end = start
    for _ in range(MOST_WORDS):
        found = _WORD.match(line, end)
        if found is None or not _is_damaged_sign(found[1], is_first=end == start):
            break
        end = found.end()
    return end


def _is_damaged_sign(word: str, *, is_first: bool) -> bool:
    """Whether a word is what is left of a sign, perhaps with the digit of a key cap before it."""
    foreign = word[1:] if is_first and word[0].isdigit() else word
    if foreign.isascii() or any(letter.isascii() and letter.isalnum() for letter in foreign):
        return False
    return is_bad(word) or (not is_first and _TAIL.fullmatch(word) is not None)
