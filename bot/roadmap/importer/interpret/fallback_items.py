"""Items for a heading without a list: its courses, or the heading itself."""

from __future__ import annotations

import re
from typing import Final

from bot.roadmap.importer.interpret.draft import (
    LONGEST_TITLE,
    PartDraft,
    clean_plain_text,
    set_draft_title,
)
from bot.roadmap.importer.interpret.heading_names import strip_optional_mark
from bot.roadmap.importer.interpret.items import build_item
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.section_body import SectionBody
from bot.roadmap.importer.tree import Bullet, Prose

_PREREQUISITE: Final = re.compile(r"^(?:pre-?requisites?|requirements?)\s*[:–—-]\s*(?=\S)", re.I)


def strip_prerequisite_label(title: str) -> str:
    """Return the title without “Prerequisites:” at its start."""
    return _PREREQUISITE.sub("", title)


def build_fallback_items(part: DocumentPart, body: SectionBody) -> list[PartDraft]:
    """Return at least one item for a part without a list.

    One for each course linked from its heading or text; without links, one for the heading.
    """
    items: list[PartDraft] = []
    for title, resource in _list_tasks(part, body):
        item = _build_task_item(part, body, title)
        if resource is not None:
            item.add_references("resources", [resource])
        if not items and body.summary != item["title"]:
            item.append_summary(body.summary)
        items.append(item)
    return items


def _list_tasks(part: DocumentPart, body: SectionBody) -> list[tuple[str, PartDraft | None]]:
    """Return each task's title with the resource it is about."""
    # By identity: two resources with equal fields are two courses.
    courses = {id(resource): resource for resource in body.text_resources}.values()
    tasks: list[tuple[str, PartDraft | None]] = []
    for course in courses:
        tasks.append((_format_course_title(part, course, len(courses)), course))
    return tasks or [(_find_task_title(part, body), None)]


def _build_task_item(part: DocumentPart, body: SectionBody, title: str) -> PartDraft:
    bare_title, is_optional = strip_optional_mark(title)
    item = build_item(Bullet(Prose(part.line, bare_title)), None, body.catalog, body.notes)
    if item is None:
        # A title such as “Duration: 4 weeks” names no task, but the part still needs one.
        item = set_draft_title(PartDraft(part.line, kind="topic"), bare_title, body.notes)
    if is_optional or part.name.is_optional:
        item["essential"] = False
    return item


def _find_task_title(part: DocumentPart, body: SectionBody) -> str:
    """Return the heading's title, or the only sentence below a bare number such as “Week 3”."""
    if part.name.title or len(body.paragraphs) != 1:
        return part.title
    sentence = body.paragraphs[0]
    if len(sentence) > LONGEST_TITLE:
        return part.title
    return sentence


def _format_course_title(part: DocumentPart, course: PartDraft, count: int) -> str:
    """Return the item's title for a course; a name of one word gets the heading before it."""
    title = str(course["title"])
    is_heading_link = any(
        clean_plain_text(link.text) == title or link.target == course.get("link")
        for link in part.heading.links
    )
    if count == 1 and is_heading_link:
        return part.title
    heading = strip_prerequisite_label(part.title).split(":")[0]
    if " " in title or title.casefold() in heading.casefold():
        return title
    return f"{heading}: {title}"
