"""Items: what one line of a list asks people to do, taken apart into title, parts, examples, time and question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.roadmap.importer.interpret.draft import (
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
    KINDS,
    find_item_kind,
    find_label_role,
    strip_decoration,
)
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Bullet, Prose, walk_paragraphs

_PREFIX = re.compile(r"^([\w/'’ -]{2,30}?)\s*[:：]\s+(?=\S)")
_BRACKET = re.compile(r"\s*\(([^()]{2,300})\)([.!]?)$")
_EXAMPLE = re.compile(
    r"^(?:e\.?\s?g\.?|for example|for instance|such as|like|z\.\s?B\.)[,:]?\s+", re.I
)
_EITHER = re.compile(r"\b[A-Z][\w-]*\)? or (?:an? |the )?[A-Z]")
_LAST = re.compile(r"^(?:and|or|&|und|et|y)\s+", re.I)
_PARTING = re.compile(r"[(),;\[\]]")
_TRIMMED = " ,;:–—-"


def split_inline_list(text: str) -> list[str]:
    """The entries of a list inside a line: parted by commas or semicolons that stand outside brackets."""
    found, start, depth = [], 0, 0
    sign = ";" if ";" in text else ","
    for mark in _PARTING.finditer(text):
        letter = mark.group()
        depth = max(0, depth + (letter in "([") - (letter in ")]"))
        if letter == sign and not depth:
            found.append(text[start : mark.start()])
            start = mark.end()
    found.append(text[start:])
    return [
        piece for piece in (_LAST.sub("", piece.strip()).strip(" .") for piece in found) if piece
    ]


def is_inline_list(pieces: Sequence[str], least: int = 2) -> bool:
    """Whether pieces are short enough to be entries of a list rather than a sentence with commas."""
    return len(pieces) >= least and all(len(piece.split()) <= 6 for piece in pieces)


def split_prefix(text: str) -> tuple[str, str]:
    """What a word with a colon before a text says about it (“Homework: …”), and the text without it."""
    found = _PREFIX.match(text)
    role = find_label_role(found.group(1)) if found else ""
    if found is None or not role:
        return "", text
    rest = text[found.end() :]
    return role, rest[0].upper() + rest[1:] if found.group(1)[0].isupper() else rest


def build_item(
    bullet: Bullet, kind: str, shelf: ResourceCatalog, notes: ImportNotes
) -> PartDraft | None:
    """The item that an entry stands for; None for an entry without words. `kind` comes from the label above it."""
    prose = bullet.prose
    text, is_optional = strip_optional_mark(strip_decoration(prose.text))
    said, text = split_prefix(text)
    text, estimate = split_time_span(text)
    text, is_optional = (text, True) if is_optional else strip_optional_mark(text)
    if not text:
        return None
    draft = PartDraft(
        bullet.line, kind=said if said in KINDS else kind or find_item_kind(text), estimate=estimate
    )
    if is_optional:
        draft["essential"] = False
    resources = _find_item_resources(prose, shelf)
    set_draft_title(draft, _build_item_title(draft, prose, text, notes) or text, notes)
    if _EITHER.search(draft["title"]):
        notes.record_note(
            draft.line,
            "read",
            "I kept what says “this or that” as one thing to do: either will do.",
        )
    if said == "question" and len(text) <= LONGEST_LINE:
        draft["recall"] = text
    _add_text_below(draft, bullet, resources, shelf, notes)
    draft.add_references("resources", resources)
    return draft


def _find_item_resources(prose: Prose, shelf: ResourceCatalog) -> list[PartDraft]:
    words = clean_plain_text(prose.links[0].text) if len(prose.links) == 1 else ""
    if words and strip_decoration(prose.text).startswith(words):
        return (
            shelf.add_entry_resources(prose)
            if shelf.check_link_target(prose.links[0], prose.line)
            else []
        )
    return shelf.add_link_resources(prose)


def _build_item_title(draft: PartDraft, prose: Prose, text: str, notes: ImportNotes) -> str:
    """The title; what stands behind it goes where it belongs."""
    if prose.label and prose.rest and not find_label_role(prose.label):
        _add_title_rest(draft, clean_plain_text(prose.rest), notes)
        return strip_decoration(strip_optional_mark(clean_plain_text(prose.label))[0])
    link = clean_plain_text(prose.links[0].text) if len(prose.links) == 1 else ""
    if link and text.startswith(link) and re.match(r"\s+[-–—]\s+|:\s", text[len(link) :]):
        draft.append_summary(shorten_to_clause(text[len(link) :].strip(_TRIMMED), LONGEST_TEXT))
        return link
    bracket = _BRACKET.search(text)
    if bracket and bracket.start() > 2 and _add_bracket_parts(draft, bracket.group(1), notes):
        text = text[: bracket.start()]
    if text.endswith(".") and "." not in text[:-1]:
        text = text[:-1]
    return text.rstrip(_TRIMMED) if len(text) > 2 else text


def _add_bracket_parts(draft: PartDraft, inside: str, notes: ImportNotes) -> bool:
    example = _EXAMPLE.match(inside)
    pieces = split_inline_list(inside[example.end() :] if example else inside)
    if example:
        draft.add_values("examples", clean_list_entries(pieces, notes, draft.line))
    elif is_inline_list(pieces):
        draft.add_values("parts", clean_list_entries(pieces, notes, draft.line))
    return bool(example) or is_inline_list(pieces)


def _add_title_rest(draft: PartDraft, rest: str, notes: ImportNotes) -> None:
    """What follows a title in bold: a list of parts, or a sentence."""
    bare, estimate = split_time_span(rest)
    if estimate:
        draft.setdefault("estimate", estimate)
    bare = bare.strip()
    inside = (
        bare[1:-1] if bare.startswith("(") and bare.endswith(")") and bare.count("(") == 1 else bare
    )
    example = _EXAMPLE.match(inside)
    pieces = split_inline_list(inside[example.end() :] if example else inside)
    if example or is_inline_list(pieces, least=1):
        draft.add_values(
            "examples" if example else "parts", clean_list_entries(pieces, notes, draft.line)
        )
    else:
        draft.append_summary(bare)


def _add_text_below(
    draft: PartDraft,
    bullet: Bullet,
    resources: list[PartDraft],
    shelf: ResourceCatalog,
    notes: ImportNotes,
) -> None:
    """What stands below an entry: its parts, a question, more words, or facts about the resource that it is."""
    texts = []
    for prose in walk_paragraphs(bullet.blocks):
        said, rest = split_prefix(clean_plain_text(prose.text))
        resources += shelf.add_link_resources(prose)
        if said == "question":
            draft.setdefault("recall", shorten_to_clause(rest, LONGEST_LINE))
        elif said == "time" and split_time_span(rest)[1]:
            draft.setdefault("estimate", split_time_span(rest)[1])
        elif said == "note" or len(prose.text) > LONGEST_LINE:
            draft.append_summary(shorten_to_clause(rest, LONGEST_TEXT))
        else:
            texts.append(strip_decoration(prose.text))
    if resources and bullet.prose.links and texts:
        add_resource_details(resources[0], texts, notes)
        return
    held = draft.get("parts", [])
    parts = [
        text
        for text in clean_list_entries(texts, notes, draft.line, len(texts))
        if text not in held
    ]
    room = LONGEST_LIST - len(held)
    draft.add_values("parts", parts[:room])
    if parts[room:]:
        sentence = f"A list of parts holds {LONGEST_LIST} entries; the others stand in the summary."
        notes.record_note(draft.line, "read", sentence)
        draft.append_summary(shorten_to_clause("; ".join(parts[room:]), LONGEST_TEXT))
