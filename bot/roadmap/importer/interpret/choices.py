"""Choices: parts side by side from which a member picks one or more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from bot.roadmap.importer.interpret.draft import (
    LONGEST_LIST,
    LONGEST_TITLE,
    PartDraft,
    quote_excerpt,
    shorten_to_clause,
)
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.vocabulary import find_section_role
from bot.roadmap.importer.report import ImportNotes

_ROUTE = re.compile(r"^(?:option|route|track|path|variant) [a-z0-9]\b[ :.)–—-]*", re.I)
_ONE = re.compile(r"\b(?:one|between|either)\b", re.I)
_TWO = re.compile(r"\btwo\b", re.I)
Option = tuple[DocumentPart, list[PartDraft]]
"""A part that could be an option, and the stages or items made from it."""


def strip_route_label(title: str) -> str:
    """Return the title without “Option A:” or “Track 2 –” at its start."""
    return _ROUTE.sub("", title)


def add_stage_choice(
    draft: PartDraft, part: DocumentPart, candidates: Sequence[Option], notes: ImportNotes
) -> None:
    """Add a choice to a stage if its heading, or its parts' headings, announce one."""
    filled = [(inner, takes) for inner, takes in candidates if takes]
    routes = [(inner, takes) for inner, takes in filled if _ROUTE.match(inner.heading.text)]
    options = routes
    if find_section_role(part.title) == "choice":
        options = filled
    if len(options) < 2:
        return
    pick = _find_pick(part.title, are_routes=bool(routes))
    choice = PartDraft(part.line, pick=pick, title=shorten_to_clause(part.title, LONGEST_TITLE))
    choice["options"] = [_build_option(*option) for option in options[:LONGEST_LIST]]
    draft.add_values("choices", [choice])
    sentence = f"I read {quote_excerpt(part.title)} as a choice: pick {pick}."
    notes.record_note(part.line, "read", sentence)


def _find_pick(title: str, *, are_routes: bool) -> Literal["one", "any"] | int:
    # Routes exclude each other by nature, even if the heading names no number.
    if are_routes or _ONE.search(title):
        return "one"
    if _TWO.search(title):
        return 2
    return "any"


def _build_option(part: DocumentPart, takes: list[PartDraft]) -> PartDraft:
    title = shorten_to_clause(part.title, LONGEST_TITLE)
    return PartDraft(part.line, title=title, takes=takes[:LONGEST_LIST])
