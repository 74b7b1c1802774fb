"""A document as sections, lists and tables, with the line of each: what the words mean is decided elsewhere.

All text is plain: emphasis, code marks and HTML are gone, links stand beside it, and what was repaired is repaired.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Front = Mapping[str, str | tuple[str, ...]]
"""The front matter of a document: plain text by the name of the field."""


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere. `target` is as it was written, unchecked."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Prose:
    """A line or paragraph of plain text. `label` is what stands in bold at its beginning with a colon or a dash after it
    (`**Platform**: Coursera`, `**Linear Algebra** – Matrices`), or a short line of its own that ends in a colon (`Topics:`),
    without that sign; the `text` is all of it, label included, and `rest` what follows the label."""

    line: int
    text: str
    links: tuple[Link, ...] = ()
    label: str = ""
    rest: str = ""
    is_strong: bool = False
    """Whether all of it is bold, as a heading would be."""


@dataclass(frozen=True, slots=True)
class Bullet:
    """An entry of a list. `number` for `3.`, `checked` for `[ ]` and `[x]`; None where there is neither. `blocks` is
    everything below its first line."""

    prose: Prose
    number: int | None = None
    is_checked: bool | None = None
    blocks: tuple[Block, ...] = ()

    @property
    def line(self) -> int:
        return self.prose.line

    @property
    def bullets(self) -> tuple[Bullet, ...]:
        """The entries of the lists below it."""
        return tuple(
            bullet
            for block in self.blocks
            if isinstance(block, BulletList)
            for bullet in block.entries
        )


@dataclass(frozen=True, slots=True)
class BulletList:
    """A list. Lines that only look like entries (`✅ Linear algebra – …` under each other, `• one`) are one, too."""

    line: int
    entries: tuple[Bullet, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Every row has as many cells as the header."""

    line: int
    header: tuple[Prose, ...]
    rows: tuple[tuple[Prose, ...], ...]


Block = Prose | BulletList | Table


def walk_paragraphs(blocks: Iterable[Block]) -> Iterator[Prose]:
    """Every paragraph, entry and cell, however deep, in the order of the document."""
    for block in blocks:
        match block:
            case Prose():
                yield block
            case BulletList(entries=entries):
                for entry in entries:
                    yield from (entry.prose, *walk_paragraphs(entry.blocks))
            case Table(header=header, rows=rows):
                yield from (cell for row in (header, *rows) for cell in row)


def walk_list_entries(blocks: Iterable[Block]) -> Iterator[Bullet]:
    """Every entry of a list, however deep, in the order of the document."""
    for block in blocks:
        for entry in block.entries if isinstance(block, BulletList) else ():
            yield entry
            yield from walk_list_entries(entry.blocks)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and everything up to the next one of its level or above. Level 0 is the document itself, without heading."""

    heading: Prose
    level: int
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()

    @property
    def line(self) -> int:
        return self.heading.line

    @property
    def is_empty(self) -> bool:
        return not self.blocks and not self.sections

    def walk_sections(self) -> Iterator[Section]:
        """This section and all inside it, in the order of the document."""
        yield self
        for section in self.sections:
            yield from section.walk_sections()


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole document."""

    root: Section
    front: Front = field(default_factory=dict)
