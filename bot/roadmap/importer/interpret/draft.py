"""A plan on its way from a document: fields that still remember their line, and words cut to what a plan can hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from bot.roadmap.importer.report import Notes

LONGEST_TITLE = 75
LONGEST_LINE = 200
LONGEST_TEXT = 2000
LONGEST_LIST = 40
_HIDDEN = frozenset("\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_CLAUSES = ("; ", " – ", " — ", " - ", ": ", ". ", ", ", " (")


class Draft(dict[str, Any]):
    """The fields of a part of the plan, without the empty ones. Until the end, a reference is the other draft itself."""

    called = ""
    """What its id is made of, where that is not its title."""

    def __init__(self, line: int, **fields: Any) -> None:
        super().__init__(
            (name, value) for name, value in fields.items() if value not in (None, "", (), [])
        )
        self.line = line

    def add(self, name: str, values: Iterable[Any]) -> None:
        """Put values at the end of a list."""
        if found := list(values):
            self.setdefault(name, []).extend(found)

    def refer(self, name: str, others: Iterable[Draft]) -> None:
        """Refer to other drafts, to each of them once."""
        held = self.get(name, [])
        self.add(name, [other for other in others if not any(other is each for each in held)])

    def describe(self, text: str) -> None:
        """Put a paragraph below what its summary says already."""
        if text and text not in self.get("summary", ""):
            self["summary"] = brief(
                f"{self['summary']}\n\n{text}" if "summary" in self else text, LONGEST_TEXT
            )


def plain(text: str) -> str:
    """The text on one line, without what nobody can see."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = (
        letter
        if letter not in _HIDDEN and unicodedata.category(letter) not in _UNSEEN
        else " " * letter.isspace()
        for letter in text
    )
    return unicodedata.normalize("NFC", " ".join("".join(seen).split()))


def brief(text: str, most: int) -> str:
    """The text, cut behind a clause (or else a word) where it is longer than `most` characters."""
    if len(text) <= most:
        return text
    start = text[:most]
    opened = start.rfind("(")
    if opened > start.rfind(")") and opened > most // 3:
        start = start[:opened]
    clause = (
        max((start + " ").rfind(sign) for sign in _CLAUSES) if len(start) == most else len(start)
    )
    if clause > most // 3:
        return text[:clause].rstrip(" ,;:–—-.")
    word = start[:-1].rfind(" ")
    return start[: word if word > most // 3 else most - 1].rstrip(" ,;:–—-") + "…"


def quoted(text: str) -> str:
    """Words of the document inside a sentence of ours."""
    return f"“{brief(plain(text), 60)}”"


def lined(texts: Iterable[str], notes: Notes, line: int, most: int = LONGEST_LIST) -> list[str]:
    """Texts as the entries of a list: none empty, none twice, none too long, and not more than a list holds."""
    found = list(dict.fromkeys(text for text in map(plain, texts) if text))
    if len(found) > most:
        notes.tell(
            line, "dropped", f"I kept the first {most} entries of a list, as many as one holds."
        )
        del found[most:]
    if any(len(text) > LONGEST_LINE for text in found):
        notes.tell(
            line,
            "dropped",
            f"I shortened an entry to {LONGEST_LINE} characters, at the end of a clause.",
        )
    return [brief(text, LONGEST_LINE) for text in found]


def titled(draft: Draft, text: str, notes: Notes) -> Draft:
    """Give the draft its title; of one that is too long, the whole is kept as summary."""
    draft["title"] = brief(text, LONGEST_TITLE)
    if draft["title"] != text:
        draft["summary"] = brief(
            f"{text}\n\n{draft['summary']}" if "summary" in draft else text, LONGEST_TEXT
        )
        sentence = (
            f"I shortened a title to {LONGEST_TITLE} characters and kept the whole of it below."
        )
        notes.tell(draft.line, "read", sentence)
    return draft
