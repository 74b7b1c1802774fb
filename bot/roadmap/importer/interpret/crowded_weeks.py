"""Weeks with more items than a week can hold: neighbours become parts of one item."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.roadmap.check import MOST_ITEMS_IN_A_WEEK
from bot.roadmap.importer.interpret.draft import (
    LONGEST_LINE,
    LONGEST_LIST,
    LONGEST_TITLE,
    PartDraft,
    clean_list_entries,
    shorten_to_clause,
)
from bot.roadmap.importer.report import ImportNotes


def group_crowded_weeks(step: PartDraft, notes: ImportNotes) -> None:
    """Group the items of each crowded week in a roadmap or stage.

    Leaves a week with more items than groups can hold as it is, for the check to refuse.
    """
    for week in step.get("weeks", ()):
        count = len(week.get("items", ()))
        size = math.ceil(count / MOST_ITEMS_IN_A_WEEK)
        if 1 < size <= LONGEST_LIST:
            week["items"] = [
                _build_group(week["items"][start : start + size], notes)
                for start in range(0, count, size)
            ]
            sentence = (
                f"A week can have at most {MOST_ITEMS_IN_A_WEEK} items and this has {count}: "
                f"I joined them, {size} to an item."
            )
            notes.record_note(week.line, "read", sentence)
    for stage in step.get("stages", ()):
        group_crowded_weeks(stage, notes)


def _build_group(items: Sequence[PartDraft], notes: ImportNotes) -> PartDraft:
    """Return one item for several: its parts are their titles, and their texts its summary."""
    first, last = items[0], items[-1]
    if first is last:
        return first
    half = (LONGEST_TITLE - 3) // 2
    joiner = ", " if len(items) == 2 else " – "
    title = joiner.join(shorten_to_clause(item["title"], half) for item in (first, last))
    group = PartDraft(first.line, kind=first["kind"], title=title)
    if all(item.get("essential") is False for item in items):
        group["essential"] = False
    group["parts"] = clean_list_entries(map(_format_part, items), notes, first.line)
    examples = [example for item in items for example in item.get("examples", ())]
    group.add_values("examples", clean_list_entries(examples, notes, first.line))
    for item in items:
        for name in ("resources", "requires"):
            group.add_references(name, item.get(name, ()))
        for text in _list_texts(item):
            group.append_summary(text)
    return group


def _format_part(item: PartDraft) -> str:
    title = str(item["title"])
    if estimate := item.get("estimate"):
        title = f"{title} ({estimate})"
    if parts := item.get("parts"):
        title = f"{title}: {', '.join(parts)}"
    return shorten_to_clause(title, LONGEST_LINE)


def _list_texts(item: PartDraft) -> list[str]:
    """Return an item's words that a part has no field for."""
    texts = [str(item.get("summary", ""))]
    if end := item.get("done_when"):
        texts.append(f"{item['title']}: {end}")
    recall = item.get("recall")
    if isinstance(recall, dict):
        texts.append(f"{recall['question']} {recall['answer']}")
    elif recall:
        texts.append(str(recall))
    return texts
