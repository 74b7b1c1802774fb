"""Short texts, imported for a test."""

from __future__ import annotations

from bot.roadmap import Item, Resource, Roadmap
from bot.roadmap.importer import ImportedRoadmap, import_document


def import_text(text: str, name: str = "loops.md") -> ImportedRoadmap:
    """Import a text from a file with this name."""
    return import_document(text.encode(), name)


def import_roadmap(text: str, name: str = "loops.md") -> Roadmap:
    """Return the roadmap from a text."""
    return import_text(text, name).roadmap


def list_weeks(text: str) -> list[tuple[str, list[str]]]:
    """Return the title of each week in a text, and the titles of its items."""
    return [
        (week.title, [item.title for item in week.items]) for week in import_roadmap(text).weeks
    ]


def import_item(line: str, label: str = "") -> Item:
    """Return the only item of a week with this line, below a label if there is one."""
    above = f"**{label}:**\n\n" if label else ""
    roadmap = import_roadmap(f"# Loops\n\n## Week 1: Loops\n\n{above}{line}\n")
    (item,) = roadmap.items.values()
    return item


def import_resource(line: str, heading: str = "Resources") -> Resource:
    """Return the only resource of a roadmap with this line below a heading."""
    text = f"# Loops\n\n## Week 1: Loops\n\n- Walk\n\n## {heading}\n\n{line}\n"
    (resource,) = import_roadmap(text).resources
    return resource


def list_remarks(text: str) -> list[str]:
    """Return the report's entries as “line kind: sentence”."""
    entries = import_text(text).report.entries
    return [f"{entry.line} {entry.kind}: {entry.sentence}" for entry in entries]
