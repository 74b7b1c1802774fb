"""A plan on its way from a document: fields that still remember their line, and words cut to what a plan can hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from bot.roadmap.importer.report import ImportNotes

LONGEST_TITLE = 75
LONGEST_LINE = 200
LONGEST_TEXT = 2000
LONGEST_LIST = 40
_HIDDEN = frozenset("\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_CLAUSES = ("; ", " – ", " — ", " - ", ": ", ". ", ", ", " (")


class PartDraft(dict[str, Any]):
    """The fields of a part of the plan, without the empty ones. Until the end, a reference is the other draft itself."""

    id_source = ""
    """What its id is made of, where that is not its title."""

    def __init__(self, line: int, **fields: Any) -> None:
        super().__init__(
            (name, value) for name, value in fields.items() if value not in (None, "", (), [])
        )
        self.line = line

    def add_values(self, name: str, values: Iterable[Any]) -> None:
        """Put values at the end of a list."""
        if found := list(values):
            self.setdefault(name, []).extend(found)

    def add_references(self, name: str, others: Iterable[PartDraft]) -> None:
        """Refer to other drafts, to each of them once."""
        held = self.get(name, [])
        self.add_values(
            name, [other for other in others if not any(other is each for each in held)]
        )

    def append_summary(self, text: str) -> None:
        """Put a paragraph below what its summary says already."""
        if text and text not in self.get("summary", ""):
            self["summary"] = shorten_to_clause(
                f"{self['summary']}\n\n{text}" if "summary" in self else text, LONGEST_TEXT
            )


def clean_plain_text(text: str) -> str:
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


def shorten_to_clause(text: str, max_length: int) -> str:
    """The text, cut behind a clause (or else a word) where it is longer than `most` characters."""
    if len(text) <= max_length:
        return text
    start = text[:max_length]
    opened = start.rfind("(")
    if opened > start.rfind(")") and opened > max_length // 3:
        start = start[:opened]
    clause = (
        max((start + " ").rfind(sign) for sign in _CLAUSES)
        if len(start) == max_length
        else len(start)
    )
    if clause > max_length // 3:
        return text[:clause].rstrip(" ,;:–—-.")
    word = start[:-1].rfind(" ")
    return start[: word if word > max_length // 3 else max_length - 1].rstrip(" ,;:–—-") + "…"


def quote_excerpt(text: str) -> str:
    """Words of the document inside a sentence of ours."""
    return f"“{shorten_to_clause(clean_plain_text(text), 60)}”"


def clean_list_entries(
    texts: Iterable[str], notes: ImportNotes, line: int, max_entries: int = LONGEST_LIST
) -> list[str]:
    """Texts as the entries of a list: none empty, none twice, none too long, and not more than a list holds."""
    found = list(dict.fromkeys(text for text in map(clean_plain_text, texts) if text))
    if len(found) > max_entries:
        notes.record_note(
            line,
            "dropped",
            f"I kept the first {max_entries} entries of a list, as many as one holds.",
        )
        del found[max_entries:]
    if any(len(text) > LONGEST_LINE for text in found):
        notes.record_note(
            line,
            "dropped",
            f"I shortened an entry to {LONGEST_LINE} characters, at the end of a clause.",
        )
    return [shorten_to_clause(text, LONGEST_LINE) for text in found]


def set_draft_title(draft: PartDraft, text: str, notes: ImportNotes) -> PartDraft:
    """Give the draft its title; of one that is too long, the whole is kept as summary."""
    draft["title"] = shorten_to_clause(text, LONGEST_TITLE)
    if draft["title"] != text:
        draft["summary"] = shorten_to_clause(
            f"{text}\n\n{draft['summary']}" if "summary" in draft else text, LONGEST_TEXT
        )
        sentence = (
            f"I shortened a title to {LONGEST_TITLE} characters and kept the whole of it below."
        )
        notes.record_note(draft.line, "read", sentence)
    return draft
