"""From a text to its outline of sections, lists and tables, each with its line in the file.

In this order:

- `encoding` repairs a wrong encoding;
- `front_matter` takes the fields at the top;
- `boilerplate` empties the remains of a web page;
- `html` turns HTML into Markdown;
- `encoding` removes damaged signs;
- `leading_signs` finds lists made of emoji;
- `headings` finds headings without a mark;
- `markdown` parses the result, with lists straightened by `indentation` and each line read by
  `inline`.

No line changes its number before it is parsed.

The package is imported with the first file: its parsers load too slowly for the bot's start.
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
    """Return the outline of a Markdown or plain text.

    Raises RoadmapError for a text too long, too deep or with too many entries.
    """
    # Invisible characters come second: some of them are halves of damaged letters.
    lines = repair_encoding(split_document_lines(text, name), notes)
    lines = remove_invisible_characters(lines, notes)
    front, lines = split_front_matter(lines, notes)
    lines = remove_boilerplate(lines, notes)
    lines = replace_html_tags(lines, notes)
    lines, damaged = remove_damaged_signs(lines, notes)
    lines, decorated = replace_leading_signs(lines, notes)
    # A line that began with a sign, damaged or not, was probably meant as a heading.
    lines = add_heading_marks(lines, damaged | decorated)
    return Outline(parse_sections(lines, name, notes), front)
