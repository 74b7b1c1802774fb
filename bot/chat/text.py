"""Text as it comes from people and as it goes to them: cleaned, shortened, counted and joined."""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterable, Sequence

from bot.chat.errors import Refused
from bot.chat.message import (
    LABEL,
)

# Bidirectional overrides and isolates can make the rest of a line read backwards, and characters without a width can make
# two words look the same; the letters themselves stay, and what joins or parts them in Persian or in an emoji.
_TRICKS = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\u2060\ufeff"
)
_SEEN = frozenset("LNPS")


def repair_surrogates(text: str) -> str:
    """Text without halves of characters (lone surrogates), which nothing can store or send; two that fit become one."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def clean_text(text: str, limit: int, label: str, *, is_multiline: bool = False) -> str:
    """What a person typed as text that cannot break a layout: composed, without control characters.

    Raises `Refused` when it is longer than `limit` characters, naming it as `what`.
    """
    composed = unicodedata.normalize("NFC", repair_surrogates(text).replace("\r\n", "\n"))
    kept = "".join(
        _clean_letter(letter, is_multiline) for letter in composed if letter not in _TRICKS
    )
    kept = kept.strip() if is_multiline else " ".join(kept.split())
    if len(kept) > limit:
        raise Refused(
            f"{label} can have {limit:,} characters and this has {len(kept):,}: please shorten it."
        )
    return kept


def _clean_letter(letter: str, lines: bool) -> str:
    if letter.isspace():
        return letter if letter == "\n" and lines else " "
    return "" if unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} else letter


def has_visible_text(text: str) -> bool:
    """Whether a reader sees anything of it: a letter, a digit or a sign, and not only blanks and marks."""
    return any(unicodedata.category(letter)[0] in _SEEN for letter in text)


def shorten(text: str, limit: int = LABEL) -> str:
    """A label within its limit, cut at a word where it must be."""
    return (
        text
        if len(text) <= limit
        else text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.:;–—-(") + "…"
    )


def format_count(count: int, noun: str) -> str:
    """So many of something: 1 week, 12 weeks."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def join_names(words: Iterable[str], limit: int | None = None) -> str:
    """`a`, `a and b`, `a, b and c`; those beyond the first `most` are counted: `a, b and 3 more`."""
    listed = list(words)
    if limit is not None and len(listed) > limit:
        listed = [*listed[:limit], f"{len(listed) - limit} more"]
    return (
        listed[0]
        if len(listed) == 1
        else f"{', '.join(listed[:-1])} and {listed[-1]}"
        if listed
        else "nobody"
    )


def hash_texts(texts: Sequence[str]) -> str:
    """A few letters that tell one list of items from another."""
    return f"{zlib.crc32(' '.join(texts).encode()):08x}"


def format_size(size: int) -> str:
    """How large a file is, as people say it: 1 MB, 12.5 kB, 900 bytes. Units are decimal."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            return f"{round(size / unit, 1):g} {name}"
    return f"{size} bytes"
