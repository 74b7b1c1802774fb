"""Plain text: cleaned when it comes from people, shortened and joined when it goes to them."""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterable, Sequence

from bot.chat.errors import Refused
from bot.chat.message import LABEL

# Bidirectional overrides and isolates can make the rest of a line read backwards. Characters
# without a width can make two words look the same. The joiners in Persian and in emoji stay.
_DECEPTIVE = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\u2060\ufeff"
)
_VISIBLE_CATEGORIES = frozenset("LNPS")  # letters, numbers, punctuation, symbols
_UNUSABLE_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})  # control, surrogate, private, none


def repair_surrogates(text: str) -> str:
    """Return text without lone surrogates, which nothing can store or send.

    Two halves side by side become their character.
    """
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def clean_text(text: str, limit: int, label: str, *, is_multiline: bool = False) -> str:
    """Return a person's text in composed form, without characters able to break a layout.

    Raises `Refused`, naming it by its label, for more than `limit` characters.
    """
    composed = unicodedata.normalize("NFC", repair_surrogates(text).replace("\r\n", "\n"))
    cleaned = "".join(
        _clean_letter(letter, is_multiline) for letter in composed if letter not in _DECEPTIVE
    )
    cleaned = cleaned.strip() if is_multiline else " ".join(cleaned.split())
    if len(cleaned) > limit:
        raise Refused(
            f"{label} can have {limit:,} characters and this has {len(cleaned):,}: "
            "please shorten it."
        )
    return cleaned


def _clean_letter(letter: str, is_multiline: bool) -> str:
    if letter == "\n" and is_multiline:
        return letter
    if letter.isspace():
        return " "
    return "" if unicodedata.category(letter) in _UNUSABLE_CATEGORIES else letter


def has_visible_text(text: str) -> bool:
    """Return True if a reader sees a letter, a number or a sign."""
    return any(unicodedata.category(letter)[0] in _VISIBLE_CATEGORIES for letter in text)


def shorten(text: str, limit: int = LABEL) -> str:
    """Return a label within its limit, cut at a word if it must be cut."""
    if len(text) <= limit:
        return text
    whole_words = text[: limit - 1].rsplit(" ", 1)[0]
    return whole_words.rstrip(" ,.:;–—-(") + "…"


def format_count(count: int, noun: str) -> str:
    """Return a number with its noun: 1 week, 12 weeks."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def join_names(words: Iterable[str], limit: int | None = None) -> str:
    """Return a list in prose: `a`, `a and b`, `a, b and c`.

    Names after the first `limit` are counted: `a, b and 3 more`.
    """
    names = list(words)
    if limit is not None and len(names) > limit:
        names = [*names[:limit], f"{len(names) - limit} more"]
    if not names:
        return "nobody"
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def hash_texts(texts: Sequence[str]) -> str:
    """Return eight letters that differ for different lists."""
    return f"{zlib.crc32(' '.join(texts).encode()):08x}"


def format_size(size: int) -> str:
    """Return a file size in decimal units: 1 MB, 12.5 kB, 900 bytes."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            return f"{round(size / unit, 1):g} {name}"
    return f"{size} bytes"
