"""Items: what one line of a list asks people to do, taken apart into title, parts, examples, time and question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.roadmap.importer.interpret.draft import (
    LONGEST_LINE,
    LONGEST_LIST,
    LONGEST_TEXT,
    Draft,
    brief,
    lined,
    plain,
    titled,
)
from bot.roadmap.importer.interpret.heading_names import optional, timed
from bot.roadmap.importer.interpret.resources import Shelf, detailed
from bot.roadmap.importer.interpret.vocabulary import KINDS, kind_of, label_of, undecorated
from bot.roadmap.importer.report import Notes
from bot.roadmap.importer.tree import Bullet, Prose, lines_below

_PREFIX = re.compile(r"^([\w/'’ -]{2,30}?)\s*[:：]\s+(?=\S)")
_BRACKET = re.compile(r"\s*\(([^()]{2,300})\)([.!]?)$")
_EXAMPLE = re.compile(
    r"^(?:e\.?\s?g\.?|for example|for instance|such as|like|z\.\s?B\.)[,:]?\s+", re.I
)
_EITHER = re.compile(r"\b[A-Z][\w-]*\)? or (?:an? |the )?[A-Z]")
_LAST = re.compile(r"^(?:and|or|&|und|et|y)\s+", re.I)
_PARTING = re.compile(r"[(),;\[\]]")
_TRIMMED = " ,;:–—-"


def split(text: str) -> list[str]:
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


def is_list(pieces: Sequence[str], least: int = 2) -> bool:
    """Whether pieces are short enough to be entries of a list rather than a sentence with commas."""
    return len(pieces) >= least and all(len(piece.split()) <= 6 for piece in pieces)


def prefix_of(text: str) -> tuple[str, str]:
    """What a word with a colon before a text says about it (“Homework: …”), and the text without it."""
    found = _PREFIX.match(text)
    role = label_of(found.group(1)) if found else ""
    if found is None or not role:
        return "", text
    rest = text[found.end() :]
    return role, rest[0].upper() + rest[1:] if found.group(1)[0].isupper() else rest


def item_of(bullet: Bullet, kind: str, shelf: Shelf, notes: Notes) -> Draft | None:
    """The item that an entry stands for; None for an entry without words. `kind` comes from the label above it."""
    prose = bullet.prose
    text, is_optional = optional(undecorated(prose.text))
    said, text = prefix_of(text)
    text, estimate = timed(text)
    text, is_optional = (text, True) if is_optional else optional(text)
    if not text:
        return None
    draft = Draft(
        bullet.line, kind=said if said in KINDS else kind or kind_of(text), estimate=estimate
    )
    if is_optional:
        draft["essential"] = False
    resources = _resources(prose, shelf)
    titled(draft, _title(draft, prose, text, notes) or text, notes)
    if _EITHER.search(draft["title"]):
        notes.tell(
            draft.line,
            "read",
            "I kept what says “this or that” as one thing to do: either will do.",
        )
    if said == "question" and len(text) <= LONGEST_LINE:
        draft["recall"] = text
    _below(draft, bullet, resources, shelf, notes)
    draft.refer("resources", resources)
    return draft


def _resources(prose: Prose, shelf: Shelf) -> list[Draft]:
    words = plain(prose.links[0].text) if len(prose.links) == 1 else ""
    if words and undecorated(prose.text).startswith(words):
        return shelf.entry(prose) if shelf.target(prose.links[0], prose.line) else []
    return shelf.linked(prose)


def _title(draft: Draft, prose: Prose, text: str, notes: Notes) -> str:
    """The title; what stands behind it goes where it belongs."""
    if prose.label and prose.rest and not label_of(prose.label):
        _add_rest(draft, plain(prose.rest), notes)
        return undecorated(optional(plain(prose.label))[0])
    link = plain(prose.links[0].text) if len(prose.links) == 1 else ""
    if link and text.startswith(link) and re.match(r"\s+[-–—]\s+|:\s", text[len(link) :]):
        draft.describe(brief(text[len(link) :].strip(_TRIMMED), LONGEST_TEXT))
        return link
    bracket = _BRACKET.search(text)
    if bracket and bracket.start() > 2 and _add_bracket(draft, bracket.group(1), notes):
        text = text[: bracket.start()]
    if text.endswith(".") and "." not in text[:-1]:
        text = text[:-1]
    return text.rstrip(_TRIMMED) if len(text) > 2 else text


def _add_bracket(draft: Draft, inside: str, notes: Notes) -> bool:
    example = _EXAMPLE.match(inside)
    pieces = split(inside[example.end() :] if example else inside)
    if example:
        draft.add("examples", lined(pieces, notes, draft.line))
    elif is_list(pieces):
        draft.add("parts", lined(pieces, notes, draft.line))
    return bool(example) or is_list(pieces)


def _add_rest(draft: Draft, rest: str, notes: Notes) -> None:
    """What follows a title in bold: a list of parts, or a sentence."""
    bare, estimate = timed(rest)
    if estimate:
        draft.setdefault("estimate", estimate)
    bare = bare.strip()
    inside = (
        bare[1:-1] if bare.startswith("(") and bare.endswith(")") and bare.count("(") == 1 else bare
    )
    example = _EXAMPLE.match(inside)
    pieces = split(inside[example.end() :] if example else inside)
    if example or is_list(pieces, least=1):
        draft.add("examples" if example else "parts", lined(pieces, notes, draft.line))
    else:
        draft.describe(bare)


def _below(
    draft: Draft, bullet: Bullet, resources: list[Draft], shelf: Shelf, notes: Notes
) -> None:
    """What stands below an entry: its parts, a question, more words, or facts about the resource that it is."""
    texts = []
    for prose in lines_below(bullet.blocks):
        said, rest = prefix_of(plain(prose.text))
        resources += shelf.linked(prose)
        if said == "question":
            draft.setdefault("recall", brief(rest, LONGEST_LINE))
        elif said == "time" and timed(rest)[1]:
            draft.setdefault("estimate", timed(rest)[1])
        elif said == "note" or len(prose.text) > LONGEST_LINE:
            draft.describe(brief(rest, LONGEST_TEXT))
        else:
            texts.append(undecorated(prose.text))
    if resources and bullet.prose.links and texts:
        detailed(resources[0], texts, notes)
        return
    held = draft.get("parts", [])
    parts = [text for text in lined(texts, notes, draft.line, len(texts)) if text not in held]
    room = LONGEST_LIST - len(held)
    draft.add("parts", parts[:room])
    if parts[room:]:
        sentence = f"A list of parts holds {LONGEST_LIST} entries; the others stand in the summary."
        notes.tell(draft.line, "read", sentence)
        draft.describe(brief("; ".join(parts[room:]), LONGEST_TEXT))
