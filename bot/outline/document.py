"""The steps from a text to its outline: put right, cleared of what a page left behind, marked up where it was not, parsed.

It is imported when the first file arrives: the parsers it brings along take longer to load than a bot should take to start.
"""

from __future__ import annotations

from bot.outline.file import lines_of, seen
from bot.outline.front import front_of
from bot.outline.headings import marked
from bot.outline.leftovers import without_leftovers
from bot.outline.markdown import sections
from bot.outline.repair import repaired, undecorated
from bot.outline.report import Notes
from bot.outline.signs import listed
from bot.outline.tags import untagged
from bot.outline.tree import Outline


def outlined(text: str, name: str, notes: Notes) -> Outline:
    """The outline of Markdown or plain text; what was done to it is told. Raises RoadmapError for what is beyond the
    bounds."""
    lines = seen(repaired(lines_of(text, name), notes), notes)
    front, lines = front_of(lines, notes)
    lines = untagged(without_leftovers(lines, notes), notes)
    lines, damaged = undecorated(lines, notes)
    lines, decorated = listed(lines, notes)
    return Outline(sections(marked(lines, damaged | decorated), name, notes), front)
