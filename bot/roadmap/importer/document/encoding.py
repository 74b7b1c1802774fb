"""Repair of a wrong encoding, line by line, and only with a certain result.

Quotes keep their form: a curly one stays curly, and a straight one straight.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from ftfy import TextFixerConfig, fix_encoding
from ftfy.badness import is_bad

from bot.roadmap.importer.document.leading_signs import OPENING
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.problem import shorten_author_text

MOST_DAMAGED = 3_000
MOST_WORDS = 6
"""The most words in the remains of one sign."""
ENOUGH_LINES = 3
"""A script found only in repaired lines is believed from this many lines on."""

_FIX = TextFixerConfig(explain=False)
_FOREIGN = re.compile("[^\x00-\x7f]+")
_WORD = re.compile(r"(\S+)\s*")
# The remains of two invisible signs: the one for a colourful emoji, and the one that joins several.
_TAIL = re.compile("(?:ï¸|οΈ|â€)[^\x00-\x7f]{0,2}")
_SINGLE_BYTE_ENCODINGS = ("sloppy-windows-1252", "sloppy-windows-1253", "sloppy-windows-1254")
# Signs that people use in plans; a repair that brings any other sign is a wrong one.
_COMMON = (
    (0x00A0, 0x00FF), (0x2010, 0x205E), (0x20A0, 0x20C0), (0x2100, 0x22FF),
    (0x2300, 0x23FF), (0x2460, 0x27BF), (0x2900, 0x297F), (0x2B00, 0x2BFF),
    (0x3000, 0x303F), (0x1F000, 0x1FAFF),
)  # fmt: skip


def repair_encoding(lines: list[str], notes: ImportNotes) -> list[str]:
    """Return the lines with their encoding repaired.

    Other damage stays for `remove_damaged_signs`.
    """
    damaged = [_has_damage(line) for line in lines]
    if not any(damaged):
        return lines
    if sum(damaged) > MOST_DAMAGED:
        sentence = (
            f"More than {MOST_DAMAGED:,} lines are damaged: "
            "save the original as UTF-8 and send it again."
        )
        notes.record_note(damaged.index(True) + 1, "odd", sentence)
        return lines
    better_lines: list[str] = []
    for line, is_damaged in zip(lines, damaged, strict=True):
        better_lines.append(_decode_damaged_line(line, is_damaged))
    scripts = _find_believable_scripts(lines, better_lines, damaged)
    repaired = list(lines)
    for place, (line, better) in enumerate(zip(lines, better_lines, strict=True)):
        if better != line and _is_safe_repair(line, better, scripts):
            repaired[place] = better
            for sentence in _describe_repairs(line, better):
                notes.record_note(place + 1, "repaired", sentence)
    return repaired


def _has_damage(line: str) -> bool:
    # The first test is much faster and true for most lines.
    return not line.isascii() and is_bad(line)


def _decode_damaged_line(line: str, is_damaged: bool) -> str:
    if is_damaged:
        return fix_encoding(line, _FIX)
    return _FOREIGN.sub(_decode_three_byte_sign, line)


def _find_believable_scripts(
    lines: Sequence[str], better_lines: Sequence[str], damaged: Sequence[bool]
) -> set[str]:
    """Return the scripts of undamaged lines, and of enough repaired ones."""
    undamaged_lines: list[str] = []
    repaired_lines: list[str] = []
    for line, better, is_damaged in zip(lines, better_lines, damaged, strict=True):
        if is_damaged:
            repaired_lines.append(better)
        else:
            undamaged_lines.append(line)
    certain = _find_used_scripts(undamaged_lines)
    return {"LATIN"} | certain | _find_used_scripts(repaired_lines, least=ENOUGH_LINES)


def _find_used_scripts(lines: Iterable[str], least: int = 1) -> set[str]:
    """Return the scripts in `least` lines or more."""
    counts = Counter(script for line in lines for script in _find_scripts(line))
    return {script for script, count in counts.items() if count >= least}


def _decode_three_byte_sign(letters: re.Match[str]) -> str:
    """Return a repaired arrow or dash from a text with damage elsewhere."""
    # Three letters by themselves are too little for ftfy to be sure.
    if len(letters.group()) == 3:
        for encoding in _SINGLE_BYTE_ENCODINGS:
            with suppress(UnicodeError):
                return letters.group().encode(encoding).decode("utf-8")
    return letters.group()


def _is_safe_repair(line: str, better: str, scripts: set[str]) -> bool:
    """Return True for a repair without rare signs or strange scripts, and without a lost space."""
    if len(better.split()) < len(line.split()):
        return False
    new_letters = set(better) - set(line)
    if any(map(_is_rare_character, new_letters)):
        return False
    return _find_scripts("".join(new_letters)) <= scripts


def _is_rare_character(letter: str) -> bool:
    category = unicodedata.category(letter)
    # Unassigned, private, half a pair, a control: never part of a plan.
    if category in ("Cn", "Co", "Cs", "Cc") or letter == "\ufffd":
        return True
    if not category.startswith("S") or letter.isascii():
        return False
    return not any(low <= ord(letter) <= high for low, high in _COMMON)


def _find_scripts(text: str) -> set[str]:
    """Return the letters' scripts: LATIN, GREEK, CJK."""
    letters = {letter for letter in text if letter.isalpha()}
    # The script is the first word of a letter's Unicode name.
    return {unicodedata.name(letter, "?").partition(" ")[0] for letter in letters}


def _describe_repairs(line: str, better: str) -> Iterator[str]:
    # Only with the same words between the foreign signs do old and new signs pair up.
    if _FOREIGN.split(line) != _FOREIGN.split(better):
        yield "I repaired damaged letters in this line."
        return
    pairs = zip(_FOREIGN.findall(line), _FOREIGN.findall(better), strict=True)
    for old, new in dict.fromkeys(pairs):
        if old != new:
            before, after = shorten_author_text(old), shorten_author_text(new)
            yield f"I repaired damaged letters: “{before}” is now “{after}”."


def remove_damaged_signs(lines: list[str], notes: ImportNotes) -> tuple[list[str], set[int]]:
    """Return the lines without damage before their words, and the numbers of these lines.

    Damage elsewhere stays and is reported.
    """
    kept, decorated = [], set()
    for number, line in enumerate(lines, 1):
        if _has_damage(line):
            start, end = _find_damaged_start(line)
            if end > start:
                _report_damaged_sign(number, line[start:end], notes)
                line = line[:start] + line[end:]
                decorated.add(number)
            if is_bad(line):
                damage = shorten_author_text(_find_damaged_word(line))
                sentence = f"“{damage}” is too damaged to repair: write it again."
                notes.record_note(number, "odd", sentence)
        kept.append(line)
    return kept, decorated


def _report_damaged_sign(number: int, sign: str, notes: ImportNotes) -> None:
    name = shorten_author_text(" ".join(sign.split()))
    sentence = f"I left out “{name}”: this sign is too damaged to repair."
    notes.record_note(number, "dropped", sentence)


def _find_damaged_start(line: str) -> tuple[int, int]:
    """Return the start and end of the damage before a line's words; equal if there is none."""
    start = 0
    if opening := OPENING.match(line):
        start = opening.end()
    end = _find_damage_end(line, start)
    # A line of damage alone has nothing else to show, so it stays.
    if not line[end:].strip(" *_"):
        return start, start
    return start, end


def _find_damaged_word(line: str) -> str:
    for word in line.split():
        if is_bad(word):
            return word
    return line.strip()


def _find_damage_end(line: str, start: int) -> int:
    """Return the end of the damaged words from `start` on; `start` itself for none."""
    end = start
    for _ in range(MOST_WORDS):
        word = _WORD.match(line, end)
        if word is None or not _is_damaged_sign(word[1], is_first=end == start):
            break
        end = word.end()
    return end


def _is_damaged_sign(word: str, *, is_first: bool) -> bool:
    """Return True for the remains of a sign, perhaps with a keycap's digit before them."""
    foreign = word
    if is_first and word[0].isdigit():
        foreign = word[1:]
    if foreign.isascii() or any(letter.isascii() and letter.isalnum() for letter in foreign):
        return False
    return is_bad(word) or (not is_first and _TAIL.fullmatch(word) is not None)
