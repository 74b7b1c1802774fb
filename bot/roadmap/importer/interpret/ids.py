"""Ids for all parts of a roadmap, made from their titles.

The same text always gives the same ids, and a part added at the end changes no id before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from bot.roadmap.importer.interpret.draft import LONGEST_LIST, PartDraft
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.text import is_slug

_SPELLED: Final = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "ı": "i",
    "&": " and ", "+": " plus ", "#": " sharp ", "'": "", "’": "", "‘": "",
}  # fmt: skip
_FOLDED: Final = str.maketrans(_SPELLED)
_WORD = re.compile(r"[a-z0-9]+")
_LETTERS_AND_DIGITS = re.compile("[a-z][a-z0-9]*")
_LOOKS_LIKE_WEEK: Final = re.compile(r"(?:w|wk|week)(?:-?[0-9]+)?")
_SMALL_WORDS = "a an and are at by for from in into is of on or that the this to with your"
_SMALL: Final = frozenset(_SMALL_WORDS.split())
_KIND_BY_LIST: Final = {
    "stages": "stage", "weeks": "week", "items": "item", "choices": "choice", "options": "option",
    "resources": "resource", "portfolio": "project", "certificates": "certificate",
}  # fmt: skip
_STEPS: Final = frozenset({"stage", "week", "item"})
_REFERENCE_WORDS: Final = {
    "requires": "prerequisites", "takes": "steps", "resources": "resources",
}  # fmt: skip
# An id stands in a button's phrase, next to a cohort's name (bot/roadmap/model.py).
_LONGEST: Final = {"item": 32, "stage": 32, "week": 24}
LONGEST_SLUG = 48
_LONGEST_AROUND = 60


def build_slug(text: str, longest: int) -> str:
    """Return the text's words as an id of at most `longest` characters.

    Empty for a text without Latin letters.
    """
    # Each letter folds to a few at most, so the text after four times the length cannot matter.
    folded = unicodedata.normalize("NFKD", text[: 4 * longest].casefold().translate(_FOLDED))
    slug = _build_fitting_slug(_list_id_words(folded), longest)
    if is_slug(slug, longest):
        return slug
    return ""


def _list_id_words(folded: str) -> list[str]:
    """Return the words for an id, the first one starting with a letter."""
    # Another script's letter ends a word; an accent, a combining mark by now, does not.
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = _WORD.findall(plain)
    starts_with_letter = [word[0].isalpha() for word in words]
    if any(starts_with_letter):
        first = starts_with_letter.index(True)
        # “30 days of Python” becomes days-of-python-30.
        return words[first:] + words[:first]
    match = _LETTERS_AND_DIGITS.search(folded)
    if match is None:
        return []
    return [match.group()]


def _build_fitting_slug(words: list[str], longest: int) -> str:
    """Join as many words as fit; return an empty text if the first one is too long."""
    slug = ""
    for word in words:
        # The hyphen counts for the first word too. Changing this would change ids given before.
        if len(slug) + len(word) + 1 > longest:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug


def assign_ids(roadmap_draft: PartDraft, notes: ImportNotes) -> None:
    """Give every part its id, then replace the drafts that other parts refer to by their ids."""
    # By line: a part added at the end comes last, and takes no id from an earlier part.
    parts = sorted(_walk_drafts(roadmap_draft, "roadmap", ""), key=lambda part: part[1].line)
    registries: dict[str, _IdRegistry] = {}
    for kind, draft, around in parts:
        if kind == "option":
            continue
        # Stages, weeks and items share one set of ids, because ticks and choices name any of them.
        group = "step" if kind in _STEPS else kind
        registry = registries.setdefault(group, _IdRegistry(notes))
        draft["id"] = registry.claim_part_id(draft, kind, around)
    for kind, draft, _ in parts:
        if kind == "choice":
            _assign_option_ids(draft, notes)
    for _, draft, _ in parts:
        _replace_references(draft, notes)


def _assign_option_ids(choice: PartDraft, notes: ImportNotes) -> None:
    # An option's id only has to be unique inside its choice.
    registry = _IdRegistry(notes)
    for option in choice.get("options", ()):
        option["id"] = registry.claim_part_id(option, "option", "")


def _walk_drafts(draft: PartDraft, kind: str, around: str) -> Iterator[tuple[str, PartDraft, str]]:
    """Yield kind, draft and the title around it, for every part inside a draft."""
    for name, inner_kind in _KIND_BY_LIST.items():
        # Below the roadmap itself, these lists only refer to its own.
        if name in ("resources", "certificates") and kind != "roadmap":
            continue
        for part in draft.get(name, ()):
            yield inner_kind, part, around
            yield from _walk_drafts(part, inner_kind, str(part.get("title", "")))


def _replace_references(draft: PartDraft, notes: ImportNotes) -> None:
    for name, word in _REFERENCE_WORDS.items():
        if name not in draft:
            continue
        # A resource beyond the roadmap's limit got no id.
        ids = list(dict.fromkeys(other["id"] for other in draft[name] if "id" in other))
        if len(ids) > LONGEST_LIST:
            sentence = f"I kept the first {LONGEST_LIST} {word} of this part."
            notes.record_note(draft.line, "dropped", sentence)
        draft[name] = ids[:LONGEST_LIST]


class _IdRegistry:
    """The ids taken so far, among parts that may not share one."""

    def __init__(self, notes: ImportNotes) -> None:
        self._taken: set[str] = set()
        self._next_number: dict[str, int] = {}
        self._notes = notes

    def claim_part_id(self, draft: PartDraft, kind: str, around: str) -> str:
        """Return a free id for a part, and take it.

        A repeated title gets a word from the title `around` it, else a number.
        """
        longest = _LONGEST.get(kind, LONGEST_SLUG)
        title = draft.id_source or str(draft.get("title", ""))
        slug = build_slug(_remove_small_words(title), longest)
        if not slug:
            return self._claim_numbered_id(draft, kind, longest)
        if kind == "item" and _LOOKS_LIKE_WEEK.fullmatch(slug):
            # An item called week-2 would be mistaken for a week in a command.
            slug = f"in-{slug}"[:longest]
        if slug in self._taken and around:
            slug = _add_distinct_word(slug, around, longest)
        return self._claim_free_id(slug, longest)

    def _claim_free_id(self, slug: str, longest: int) -> str:
        free_id = slug
        # Starting at the last number keeps many equal titles from taking quadratic time.
        number = max(2, self._next_number.get(slug, 2))
        while free_id in self._taken:
            free_id = _join_id_words(slug, str(number), longest)
            number += 1
        self._next_number[slug] = number
        self._taken.add(free_id)
        return free_id

    def _claim_numbered_id(self, draft: PartDraft, kind: str, longest: int) -> str:
        sentence = "This title has no Latin letters: I numbered its id, so keep the order of parts."
        self._notes.record_note(draft.line, "read", sentence)
        if kind == "item":
            kind = str(draft.get("kind", kind))
        number = self._next_number.get(kind, 1)
        while f"{kind}-{number}" in self._taken or _LOOKS_LIKE_WEEK.fullmatch(f"{kind}-{number}"):
            # No id may look like a week's number, not even a week's.
            if kind == "week":
                kind = "part"
            number += 1
        self._next_number[kind] = number + 1
        numbered_id = f"{kind}-{number}"[:longest]
        self._taken.add(numbered_id)
        return numbered_id


def _add_distinct_word(slug: str, around: str, longest: int) -> str:
    """Add the first longer word of the title around a part, if it is new to the id."""
    for word in build_slug(_remove_small_words(around), _LONGEST_AROUND).split("-"):
        if len(word) > 2:
            if word in slug:
                return slug
            return _join_id_words(slug, word, longest)
    return slug


def _join_id_words(slug: str, word: str, longest: int) -> str:
    """Add a word to an id; shorten the id before it to keep the length."""
    start = _cut_id_at_word(slug, longest - len(word) - 1)
    return f"{start.rstrip('-')}-{word}"


def _cut_id_at_word(slug: str, room: int) -> str:
    start = slug[:room]
    if len(start) < len(slug) and "-" in start:
        return start.rpartition("-")[0]
    return start


def _remove_small_words(title: str) -> str:
    kept = [word for word in title.split() if word.casefold().strip(".,:;") not in _SMALL]
    shortened = " ".join(kept)
    if any(letter.isalpha() for letter in shortened):
        return shortened
    return title
