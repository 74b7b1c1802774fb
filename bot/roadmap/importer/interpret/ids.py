"""Ids for everything in a plan, made of its words in the order of the document: the same text gives the same ids for ever, and
what is added at the end changes none of those before it."""

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
_WEEK: Final = re.compile(r"(?:w|wk|week)(?:-?[0-9]+)?")
_SMALL_WORDS = "a an and are at by for from in into is of on or that the this to with your"
_SMALL: Final = frozenset(_SMALL_WORDS.split())
_LISTS: Final = {
    "stages": "stage", "weeks": "week", "items": "item", "choices": "choice", "options": "option",
    "resources": "resource", "portfolio": "project", "certificates": "certificate",
}  # fmt: skip
_STEPS: Final = frozenset({"stage", "week", "item"})
_LONGEST: Final = {"item": 32, "stage": 32, "week": 24}
LONGEST_SLUG = 48


def build_slug(text: str, longest: int) -> str:
    """The words of a text as an id of at most `longest` characters, cut at a word; empty if it has no Latin letter."""
    # Every letter grows to a few at most, and only the first of them can matter.
    folded = unicodedata.normalize("NFKD", text[: 4 * longest].casefold().translate(_FOLDED))
    # A letter of another script ends a word; an accent does not.
    words = _WORD.findall("".join(letter for letter in folded if not unicodedata.combining(letter)))
    while words and not words[0][0].isalpha():
        words.append(words.pop(0)) if any(word[0].isalpha() for word in words) else words.clear()
    if not words:
        words = [found.group() for found in [re.search("[a-z][a-z0-9]*", folded)] if found]
    if words and len(words[0]) > longest:
        words = [words[0][:longest]]
    kept = ""
    for word in words:
        if len(kept) + len(word) + 1 > longest:
            break
        kept = f"{kept}-{word}" if kept else word
    return kept if is_slug(kept, longest) else ""


def assign_ids(plan: PartDraft, notes: ImportNotes) -> None:
    """Give every part its id, then put ids in the place of the drafts that others refer to."""
    parts = sorted(_walk_drafts(plan, "roadmap", ""), key=lambda each: each[1].line)
    names: dict[str, _IdRegistry] = {}
    for kind, draft, around in parts:
        if kind == "option":
            continue
        taken = names.setdefault("step" if kind in _STEPS else kind, _IdRegistry(notes))
        draft["id"] = taken.claim_part_id(draft, kind, around)
    for kind, draft, _ in parts:
        if kind == "choice":
            options = _IdRegistry(notes)
            for option in draft.get("options", ()):
                option["id"] = options.claim_part_id(option, "option", "")
    for _, draft, _ in parts:
        _replace_references(draft, notes)


def _walk_drafts(draft: PartDraft, kind: str, around: str) -> Iterator[tuple[str, PartDraft, str]]:
    for name, inner in _LISTS.items():
        # A stage refers to resources, the plan holds them.
        if name in ("resources", "certificates") and kind != "roadmap":
            continue
        for part in draft.get(name, ()):
            yield inner, part, around
            yield from _walk_drafts(part, inner, str(part.get("title", "")))


def _replace_references(draft: PartDraft, notes: ImportNotes) -> None:
    for name in ("requires", "takes", "resources"):
        if name in draft:
            ids = list(dict.fromkeys(one["id"] for one in draft[name] if "id" in one))
            if len(ids) > LONGEST_LIST:
                notes.record_note(
                    draft.line,
                    "dropped",
                    f"I kept the first {LONGEST_LIST} of what belongs to this.",
                )
            draft[name] = ids[:LONGEST_LIST]


class _IdRegistry:
    """The ids that are taken among parts which may not share one."""

    def __init__(self, notes: ImportNotes) -> None:
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}
        self._notes = notes

    def claim_part_id(self, draft: PartDraft, kind: str, around: str) -> str:
        """An id that nothing else has; what is named like something before gets a word of `around`, else a number."""
        longest = _LONGEST.get(kind, LONGEST_SLUG)
        wanted = build_slug(
            _remove_small_words(draft.id_source or str(draft.get("title", ""))), longest
        )
        if not wanted:
            return self._claim_numbered_id(
                str(draft.get("kind", kind)) if kind == "item" else kind, longest, draft.line
            )
        if kind == "item" and _WEEK.fullmatch(wanted):
            wanted = f"in-{wanted}"[:longest]
        if wanted in self._taken and around:
            word = next(
                (
                    word
                    for word in build_slug(_remove_small_words(around), 60).split("-")
                    if len(word) > 2
                ),
                "",
            )
            wanted = (
                _join_id_words(wanted, word, longest) if word and word not in wanted else wanted
            )
        found, number = wanted, max(2, self._counts.get(wanted, 2))
        while found in self._taken:
            found = _join_id_words(wanted, str(number), longest)
            number += 1
        self._counts[wanted] = number
        self._taken.add(found)
        return found

    def _claim_numbered_id(self, kind: str, longest: int, line: int) -> str:
        sentence = "I numbered the ids of what has no Latin letters in its title; they stay as long as the order stays."
        self._notes.record_note(line, "read", sentence)
        number = self._counts.get(kind, 1)
        while f"{kind}-{number}" in self._taken or _WEEK.fullmatch(f"{kind}-{number}"):
            if kind == "week":
                kind = "part"
            number += 1
        self._counts[kind] = number + 1
        found = f"{kind}-{number}"[:longest]
        self._taken.add(found)
        return found


def _join_id_words(wanted: str, word: str, longest: int) -> str:
    start = wanted[: longest - len(word) - 1]
    if len(start) < len(wanted) and "-" in start:
        start = start.rpartition("-")[0]
    return f"{start.rstrip('-')}-{word}"


def _remove_small_words(title: str) -> str:
    words = [word for word in title.split() if word.casefold().strip(".,:;") not in _SMALL]
    return (
        " ".join(words)
        if any(any(letter.isalpha() for letter in word) for word in words)
        else title
    )
