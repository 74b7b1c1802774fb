"""The first half of reading: from a text to its outline, as a reader sees it, with the line of everything.

In this order: `repair` puts a wrong encoding right, `front` takes the front matter, `leftovers` empties what a page left
behind, `tags` turns HTML into Markdown, `repair` drops what remains damaged, `signs` finds lists made of emoji, `headings`
those without a mark; then `markdown` parses, after `nesting` has straightened its lists, and `inline` reads each line. Until
it is parsed, no line changes its number.

It is imported when the first file arrives: the parsers it brings along take longer to load than a bot should take to start.
"""

from __future__ import annotations

from bot.roadmap.importer.document.boilerplate import without_leftovers
from bot.roadmap.importer.document.encoding import repaired, undamaged
from bot.roadmap.importer.document.front_matter import front_of
from bot.roadmap.importer.document.headings import marked
from bot.roadmap.importer.document.html import untagged
from bot.roadmap.importer.document.leading_signs import listed
from bot.roadmap.importer.document.markdown import sections
from bot.roadmap.importer.file import lines_of, seen
from bot.roadmap.importer.report import Notes
from bot.roadmap.importer.tree import Outline


def outlined(text: str, name: str, notes: Notes) -> Outline:
    """The outline of Markdown or plain text; what was done to it is told. Raises RoadmapError for what is beyond the
    bounds."""
    lines = seen(repaired(lines_of(text, name), notes), notes)
    front, lines = front_of(lines, notes)
    lines = untagged(without_leftovers(lines, notes), notes)
    lines, damaged = undamaged(lines, notes)
    lines, decorated = listed(lines, notes)
    return Outline(sections(marked(lines, damaged | decorated), name, notes), front)
