"""An outline drawn as lines of text, so that a test can compare the whole of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.roadmap.importer.document import build_outline
from bot.roadmap.importer.report import ImportNotes, ImportReport
from bot.roadmap.importer.tree import Block, BulletList, Prose, Section


def drawn(text: str) -> list[str]:
    """The outline of a text: `#` for sections, `-`, `1.`, `[ ]` for entries, `|` for tables, set in by depth."""
    return list(_section(build_outline(text, "plan.md", ImportNotes()).root, 0))


def told(text: str) -> ImportReport:
    """What there is to tell about a text."""
    notes = ImportNotes()
    build_outline(text, "plan.md", notes)
    return notes.build_import_report()


def _section(section: Section, margin: int) -> Iterator[str]:
    if section.level:
        yield f"{'  ' * margin}{'#' * section.level} {_prose(section.heading)}"
    yield from _blocks(section.blocks, margin + bool(section.level))
    for inner in section.sections:
        yield from _section(inner, margin + bool(section.level))


def _blocks(blocks: Sequence[Block], margin: int) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Prose):
            yield "  " * margin + _prose(block)
        elif isinstance(block, BulletList):
            for entry in block.entries:
                box = "" if entry.is_checked is None else "[x] " if entry.is_checked else "[ ] "
                mark = "-" if entry.number is None else f"{entry.number}."
                yield f"{'  ' * margin}{mark} {box}{_prose(entry.prose)}"
                yield from _blocks(entry.blocks, margin + 1)
        else:
            for row in (block.header, *block.rows):
                yield "  " * margin + "| " + " | ".join(map(_prose, row))


def _prose(prose: Prose) -> str:
    """The words, what they lead to, and the label in front if there is one."""
    links = "".join(f" ({link.text} → {link.target})" for link in prose.links)
    return f"{f'{prose.label}| ' if prose.label else ''}{prose.text}{links}"
