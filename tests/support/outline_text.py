"""An outline drawn in lines of text, so that a test can compare the whole of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.roadmap.importer.document import build_outline
from bot.roadmap.importer.report import ImportNotes, ImportReport
from bot.roadmap.importer.tree import Block, Bullet, BulletList, Prose, Section

_INDENT = "  "


def draw_outline(text: str) -> list[str]:
    """Return the text's outline, indented by depth.

    `#` stands for sections, `-`, `1.` and `[ ]` for entries, `|` for tables.
    """
    return list(_draw_section(build_outline(text, "plan.md", ImportNotes()).root, 0))


def report_outline(text: str) -> ImportReport:
    """Return the remarks about a text."""
    notes = ImportNotes()
    build_outline(text, "plan.md", notes)
    return notes.build_import_report()


def _draw_section(section: Section, depth: int) -> Iterator[str]:
    if section.level:
        yield f"{_INDENT * depth}{'#' * section.level} {_draw_prose(section.heading)}"
        depth += 1
    yield from _draw_blocks(section.blocks, depth)
    for inner in section.sections:
        yield from _draw_section(inner, depth)


def _draw_blocks(blocks: Sequence[Block], depth: int) -> Iterator[str]:
    margin = _INDENT * depth
    for block in blocks:
        if isinstance(block, Prose):
            yield margin + _draw_prose(block)
        elif isinstance(block, BulletList):
            for entry in block.entries:
                yield f"{margin}{_draw_mark(entry)}{_draw_prose(entry.prose)}"
                yield from _draw_blocks(entry.blocks, depth + 1)
        else:
            for row in (block.header, *block.rows):
                yield f"{margin}| " + " | ".join(map(_draw_prose, row))


def _draw_mark(entry: Bullet) -> str:
    mark = "- " if entry.number is None else f"{entry.number}. "
    if entry.is_checked is None:
        return mark
    return mark + ("[x] " if entry.is_checked else "[ ] ")


def _draw_prose(prose: Prose) -> str:
    """Return the words with their links, and the label in front if there is one."""
    links = "".join(f" ({link.text} → {link.target})" for link in prose.links)
    label = f"{prose.label}| " if prose.label else ""
    return f"{label}{prose.text}{links}"
