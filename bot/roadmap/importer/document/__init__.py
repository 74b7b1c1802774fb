"""The first half of reading: from a text to its outline, as a reader sees it, with the line of everything.

In this order: `repair` puts a wrong encoding right, `front` takes the front matter, `leftovers` empties what a page left
behind, `tags` turns HTML into Markdown, `repair` drops what remains damaged, `signs` finds lists made of emoji, `headings`
those without a mark; then `markdown` parses, after `nesting` has straightened its lists, and `inline` reads each line. Until
it is parsed, no line changes its number.

It is imported when the first file arrives: the parsers it brings along take longer to load than a bot should take to start.
"""

from __future__ import annotations

from bot.roadmap.importer.document.boilerplate import remove_boilerplate
from bot.roadmap.importer.document.encoding import remove_damaged_signs, repair_encoding
from bot.roadmap.importer.document.front_matter import split_front_matter
from bot.roadmap.importer.document.headings import add_heading_marks
from bot.roadmap.importer.document.html import replace_html_tags
from bot.roadmap.importer.document.leading_signs import replace_leading_signs
from bot.roadmap.importer.document.markdown import parse_sections
from bot.roadmap.importer.file import remove_invisible_characters, split_document_lines
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Outline


def build_outline(text: str, name: str, notes: ImportNotes) -> Outline:
    """The outline of Markdown or plain text; what was done to it is told. Raises RoadmapError for what is beyond the
    bounds."""
    lines = remove_invisible_characters(
        repair_encoding(split_document_lines(text, name), notes), notes
    )
    front, lines = split_front_matter(lines, notes)
    lines = replace_html_tags(remove_boilerplate(lines, notes), notes)
    lines, damaged = remove_damaged_signs(lines, notes)
    lines, decorated = replace_leading_signs(lines, notes)
    return Outline(
        parse_sections(add_heading_marks(lines, damaged | decorated), name, notes), front
    )
