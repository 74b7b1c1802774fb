"""Items: one line of a list, taken apart into title, parts, examples, time and question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.roadmap import ItemKind
from bot.roadmap.importer.interpret.draft import (
    LONGEST_ANSWER,
    LONGEST_LINE,
    LONGEST_LIST,
    LONGEST_TEXT,
    PartDraft,
    clean_list_entries,
    clean_plain_text,
    set_draft_title,
    shorten_to_clause,
)
from bot.roadmap.importer.interpret.heading_names import split_time_span, strip_optional_mark
from bot.roadmap.importer.interpret.resources import ResourceCatalog, add_resource_details
from bot.roadmap.importer.interpret.vocabulary import (
    LabelRole,
    find_item_kind,
    find_label_role,
    is_item_kind,
    strip_decoration,
)
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Bullet, Prose, walk_paragraphs

_PREFIX = re.compile(r"^([\w/'’ -]{2,30}?)\s*[:：]\s+(?=\S)")
_LAST_BRACKET = re.compile(r"\s*\(([^()]{2,300})\)([.!]?)$")
_EXAMPLE = re.compile(
    r"^(?:e\.?\s?g\.?|for example|for instance|such as|like|z\.\s?B\.)[,:]?\s+", re.I
)
_EITHER = re.compile(r"\b[A-Z][\w-]*\)? or (?:an? |the )?[A-Z]")
_LAST_JOINER = re.compile(r"^(?:and|or|&|und|et|y)\s+", re.I)
_LINK_SEPARATOR = re.compile(r"\s+[-–—]\s+|:\s")
_SEPARATOR_OR_BRACKET = re.compile(r"[(),;\[\]]")
_DONE_WHEN = re.compile(
    r"^(?:you are |you’re |you're )?done (?:when|if|once)\b[,:]?\s+(?=\S)", re.I
)
_QUESTION = re.compile(
    r"^Q(?:uestion)?\s*[:.]\s+(?P<question>\S.*?)(?:\s+(?P<answer>A(?:nswer)?\s*[:.]\s+\S.*))?$"
)
_ANSWER = re.compile(r"^A(?:nswer)?\s*[:.]\s+(?=\S)")
_TRIMMED = " ,;:–—-"
_MOST_PIECE_WORDS = 6


def split_inline_list(text: str) -> list[str]:
    """Return the entries of a list inside a line, split at its commas or semicolons."""
    # Where semicolons separate, the commas belong to the entries.
    separator = ";" if ";" in text else ","
    pieces, start, depth = [], 0, 0
    for mark in _SEPARATOR_OR_BRACKET.finditer(text):
        sign = mark.group()
        depth = max(0, depth + (sign in "([") - (sign in ")]"))
        if sign == separator and not depth:
            pieces.append(text[start : mark.start()])
            start = mark.end()
    pieces.append(text[start:])
    return list(filter(None, map(_trim_piece, pieces)))


def _trim_piece(piece: str) -> str:
    return _LAST_JOINER.sub("", piece.strip()).strip(" .")


def is_inline_list(pieces: Sequence[str], least: int = 2) -> bool:
    """Return True if the pieces are short: list entries, and no sentence with commas."""
    if len(pieces) < least:
        return False
    return all(len(piece.split()) <= _MOST_PIECE_WORDS for piece in pieces)


def split_prefix(text: str) -> tuple[LabelRole, str]:
    """Return the role of a label before the text (“Homework: …”), and the text without it."""
    prefix = _PREFIX.match(text)
    if prefix is None or not (role := find_label_role(prefix.group(1))):
        return "", text
    rest = text[prefix.end() :]
    # The sentence after the label now starts the title.
    if prefix.group(1)[0].isupper():
        rest = rest[0].upper() + rest[1:]
    return role, rest


@dataclass(frozen=True, slots=True)
class _EntryText:
    """A list entry's words, with its label, time and mark taken off."""

    text: str
    role: LabelRole
    estimate: str
    is_optional: bool


def _read_entry_text(prose: Prose) -> _EntryText:
    text, is_optional = strip_optional_mark(strip_decoration(prose.text))
    role, text = split_prefix(text)
    text, estimate = split_time_span(text)
    if not is_optional:
        # “Homework (optional)” hides its mark behind the label until now.
        text, is_optional = strip_optional_mark(text)
    return _EntryText(text, role, estimate, is_optional)


def build_item(
    bullet: Bullet, kind: ItemKind | None, catalog: ResourceCatalog, notes: ImportNotes
) -> PartDraft | None:
    """Return the item for a list entry; None for an entry without words.

    `kind` comes from the label above; with None, the entry's own words decide.
    """
    entry = _read_entry_text(bullet.prose)
    if not entry.text:
        return None
    draft = _start_item(bullet.line, entry, kind)
    resources = _find_item_resources(bullet.prose, catalog)
    title = _build_item_title(draft, bullet.prose, entry.text, notes) or entry.text
    set_draft_title(draft, title, notes)
    _report_either(draft, notes)
    if entry.role == "question" and len(entry.text) <= LONGEST_LINE:
        draft["recall"] = entry.text
    texts = _read_text_below(draft, bullet, resources, catalog)
    if resources and bullet.prose.links and texts:
        # The entry is a course: the words below describe the course.
        add_resource_details(resources[0], texts, notes)
    else:
        _add_parts(draft, texts, notes)
    draft.add_references("resources", resources)
    return draft


def _start_item(line: int, entry: _EntryText, kind: ItemKind | None) -> PartDraft:
    # The entry's own label is nearer than the one above the list.
    if is_item_kind(entry.role):
        kind = entry.role
    draft = PartDraft(line, kind=kind or find_item_kind(entry.text), estimate=entry.estimate)
    if entry.is_optional:
        draft["essential"] = False
    return draft


def _report_either(draft: PartDraft, notes: ImportNotes) -> None:
    if _EITHER.search(draft["title"]):
        sentence = "This line offers a choice with “or”: I kept it as one item."
        notes.record_note(draft.line, "read", sentence)


def _find_item_resources(prose: Prose, catalog: ResourceCatalog) -> list[PartDraft]:
    if not _starts_with_link(prose):
        return catalog.add_link_resources(prose)
    # The whole line is about its one link, so the line's other words describe it.
    if catalog.check_link_target(prose.links[0], prose.line):
        return catalog.add_entry_resources(prose)
    return []


def _starts_with_link(prose: Prose) -> bool:
    if len(prose.links) != 1:
        return False
    words = clean_plain_text(prose.links[0].text)
    return bool(words) and strip_decoration(prose.text).startswith(words)


def _build_item_title(draft: PartDraft, prose: Prose, text: str, notes: ImportNotes) -> str:
    """Return the title; move the words after it into the draft's other fields."""
    if prose.label and prose.rest and not find_label_role(prose.label):
        _add_title_rest(draft, clean_plain_text(prose.rest), notes)
        return strip_decoration(strip_optional_mark(clean_plain_text(prose.label))[0])
    if link_title := _find_link_title(prose, text):
        description = text[len(link_title) :].strip(_TRIMMED)
        draft.append_summary(shorten_to_clause(description, LONGEST_TEXT))
        return link_title
    bracket = _LAST_BRACKET.search(text)
    if bracket and bracket.start() > 2 and _add_bracket_parts(draft, bracket.group(1), notes):
        text = text[: bracket.start()]
    return _trim_title(text)


def _trim_title(text: str) -> str:
    # A single full stop ends the title; several mean that the title is sentences.
    if text.endswith(".") and "." not in text[:-1]:
        text = text[:-1]
    if len(text) > 2:
        return text.rstrip(_TRIMMED)
    return text


def _find_link_title(prose: Prose, text: str) -> str:
    """Return the link's words if the entry reads “link – description”."""
    if len(prose.links) != 1:
        return ""
    words = clean_plain_text(prose.links[0].text)
    if words and text.startswith(words) and _LINK_SEPARATOR.match(text[len(words) :]):
        return words
    return ""


def _split_examples(text: str) -> tuple[Literal["examples", "parts"], list[str]]:
    """Return the field for a list inside a line (examples or parts), and the list's entries."""
    if example := _EXAMPLE.match(text):
        return "examples", split_inline_list(text[example.end() :])
    return "parts", split_inline_list(text)


def _add_bracket_parts(draft: PartDraft, inside: str, notes: ImportNotes) -> bool:
    """Add a bracket's list to the draft; return False if the bracket has no list."""
    field, pieces = _split_examples(inside)
    if field == "parts" and not is_inline_list(pieces):
        return False
    draft.add_values(field, clean_list_entries(pieces, notes, draft.line))
    return True


def _add_title_rest(draft: PartDraft, rest: str, notes: ImportNotes) -> None:
    """Add the words after a bold title: a list of parts or examples, or a sentence."""
    bare, estimate = split_time_span(rest)
    if estimate:
        draft.setdefault("estimate", estimate)
    bare = bare.strip()
    inside = bare
    if bare.startswith("(") and bare.endswith(")") and bare.count("(") == 1:
        inside = bare[1:-1]
    field, pieces = _split_examples(inside)
    if field == "examples" or is_inline_list(pieces, least=1):
        draft.add_values(field, clean_list_entries(pieces, notes, draft.line))
    else:
        draft.append_summary(bare)


def _read_text_below(
    draft: PartDraft, bullet: Bullet, resources: list[PartDraft], catalog: ResourceCatalog
) -> list[str]:
    """Read the text below an entry; return the lines without a field of their own.

    Question, time and notes go into the draft, links into `resources`.
    """
    texts = []
    for prose in walk_paragraphs(bullet.blocks):
        text = clean_plain_text(prose.text)
        role, rest = split_prefix(text)
        resources += catalog.add_link_resources(prose)
        if _read_end_or_recall(draft, text):
            continue
        if role == "question":
            draft.setdefault("recall", shorten_to_clause(rest, LONGEST_LINE))
        elif role == "time" and (estimate := split_time_span(rest)[1]):
            draft.setdefault("estimate", estimate)
        elif role == "note" or len(prose.text) > LONGEST_LINE:
            draft.append_summary(shorten_to_clause(rest, LONGEST_TEXT))
        else:
            texts.append(strip_decoration(prose.text))
    return texts


def _read_end_or_recall(draft: PartDraft, text: str) -> bool:
    """Read “Done when …”, “Q: … A: …” or “A: …” into the draft; return False for other text.

    An answer without its question, and a second one, are other text.
    """
    if (end := _DONE_WHEN.match(text)) and "done_when" not in draft:
        done_when = text[end.end() :]
        draft["done_when"] = shorten_to_clause(done_when[0].upper() + done_when[1:], LONGEST_LINE)
        return True
    if (asked := _QUESTION.match(text)) and "recall" not in draft:
        draft["recall"] = shorten_to_clause(asked["question"], LONGEST_LINE)
        return not asked["answer"] or _read_end_or_recall(draft, asked["answer"])
    question = draft.get("recall")
    if (told := _ANSWER.match(text)) and isinstance(question, str):
        answer = shorten_to_clause(text[told.end() :], LONGEST_ANSWER)
        draft["recall"] = {"question": question, "answer": answer}
        return True
    return False


def _add_parts(draft: PartDraft, texts: Sequence[str], notes: ImportNotes) -> None:
    """Add texts to the item's parts; the ones too many go to its summary."""
    present = draft.get("parts", [])
    parts = _list_new_entries(clean_list_entries(texts, notes, draft.line, len(texts)), present)
    room = LONGEST_LIST - len(present)
    draft.add_values("parts", parts[:room])
    if len(parts) > room:
        sentence = (
            f"An item can have at most {LONGEST_LIST} parts: I moved the others to its summary."
        )
        notes.record_note(draft.line, "read", sentence)
        draft.append_summary(shorten_to_clause("; ".join(parts[room:]), LONGEST_TEXT))


def _list_new_entries(entries: Iterable[str], present: Sequence[str]) -> list[str]:
    return [entry for entry in entries if entry not in present]
