"""Drafts: fields on their way into a roadmap, with their line, and texts cut to its limits."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from bot.roadmap.importer.report import ImportNotes

# The limits come from the fields in bot/roadmap/model.py, in characters or entries.
LONGEST_TITLE = 75
LONGEST_LINE = 200
LONGEST_TEXT = 2000
LONGEST_ANSWER = 1000
LONGEST_LIST = 40
_HIDDEN = frozenset("\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_CLAUSE_ENDS = ("; ", " – ", " — ", " - ", ": ", ". ", ", ", " (")
_LONGEST_EXCERPT = 60


class PartDraft(dict[str, Any]):
    """One part's fields, without the empty ones.

    A reference to another part is the other draft itself, until `assign_ids` replaces it.
    """

    id_source = ""
    """The text for the id, if it is not the title."""

    def __init__(self, line: int, **fields: Any) -> None:
        for name, value in fields.items():
            if value not in (None, "", (), []):
                self[name] = value
        self.line = line

    def add_values(self, name: str, values: Iterable[Any]) -> None:
        """Append values to a list field; create no empty list."""
        if added := list(values):
            self.setdefault(name, []).extend(added)

    def add_references(self, name: str, others: Iterable[PartDraft]) -> None:
        """Append references to other drafts, each one once."""
        present = self.get(name, [])
        self.add_values(name, [other for other in others if not contains_draft(present, other)])

    def append_summary(self, text: str) -> None:
        """Append a paragraph to the summary, unless the summary has it already."""
        if not text or text in self.get("summary", ""):
            return
        if "summary" in self:
            text = f"{self['summary']}\n\n{text}"
        self["summary"] = shorten_to_clause(text, LONGEST_TEXT)


def contains_draft(drafts: Iterable[PartDraft], draft: PartDraft) -> bool:
    """Return True if this very draft is among the drafts."""
    # Two parts with equal fields are still two parts, so `in` would compare too much.
    return any(draft is other for other in drafts)


def clean_plain_text(text: str) -> str:
    """Return the text on one line, without invisible characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = "".join(map(_replace_invisible_letter, text))
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def _replace_invisible_letter(letter: str) -> str:
    if letter not in _HIDDEN and unicodedata.category(letter) not in _INVISIBLE_CATEGORIES:
        return letter
    # A line break is invisible too, but it still separates two words.
    return " " * letter.isspace()


def shorten_to_clause(text: str, max_length: int) -> str:
    """Return the text, cut at a clause (or else a word) if it exceeds `max_length` characters."""
    if len(text) <= max_length:
        return text
    # A cut in the first third would lose more than an ugly cut further back.
    least = max_length // 3
    start = _drop_open_bracket(text[:max_length], least)
    clause_end = len(start)
    if clause_end == max_length:
        clause_end = max((start + " ").rfind(sign) for sign in _CLAUSE_ENDS)
    if clause_end > least:
        return text[:clause_end].rstrip(" ,;:–—-.")
    word_end = start[:-1].rfind(" ")
    if word_end <= least:
        word_end = max_length - 1
    return start[:word_end].rstrip(" ,;:–—-") + "…"


def _drop_open_bracket(start: str, least: int) -> str:
    """Cut before a bracket without its end, if `least` characters remain."""
    opening = start.rfind("(")
    if opening > start.rfind(")") and opening > least:
        return start[:opening]
    return start


def quote_excerpt(text: str) -> str:
    """Return the document's words in quotes, for a sentence in the report."""
    return f"“{shorten_to_clause(clean_plain_text(text), _LONGEST_EXCERPT)}”"


def clean_list_entries(
    texts: Iterable[str], notes: ImportNotes, line: int, max_entries: int = LONGEST_LIST
) -> list[str]:
    """Return texts ready for a list field: none empty, repeated or too long, not too many."""
    # A dict keeps the first place of a repeated text.
    entries = list(dict.fromkeys(filter(None, map(clean_plain_text, texts))))
    if len(entries) > max_entries:
        sentence = f"I kept the first {max_entries} entries of this list: it can have no more."
        notes.record_note(line, "dropped", sentence)
        del entries[max_entries:]
    if any(len(entry) > LONGEST_LINE for entry in entries):
        sentence = f"I cut a list entry to {LONGEST_LINE} characters."
        notes.record_note(line, "dropped", sentence)
    return [shorten_to_clause(entry, LONGEST_LINE) for entry in entries]


def set_draft_title(draft: PartDraft, text: str, notes: ImportNotes) -> PartDraft:
    """Set the draft's title, and return the draft.

    The full text of a title too long goes to the summary.
    """
    draft["title"] = shorten_to_clause(text, LONGEST_TITLE)
    if draft["title"] == text:
        return draft
    # The title's own text comes before any summary found earlier.
    summary = text
    if "summary" in draft:
        summary = f"{text}\n\n{draft['summary']}"
    draft["summary"] = shorten_to_clause(summary, LONGEST_TEXT)
    sentence = f"I cut this title to {LONGEST_TITLE} characters and kept the full text below it."
    notes.record_note(draft.line, "read", sentence)
    return draft
