"""A document as sections, lists and tables, each with its line, before any word has a meaning.

All text is plain: emphasis, code marks and HTML are gone, and links stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Front = Mapping[str, str | tuple[str, ...]]
"""A document's front matter: plain text by the name of the field."""


@dataclass(frozen=True, slots=True)
class Link:
    """Words with an address. `target` is unchecked, exactly like in the document."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Prose:
    """A line or paragraph of plain text."""

    line: int
    text: str
    """All words, the label included."""
    links: tuple[Link, ...] = ()
    label: str = ""
    """Bold words at the beginning, before a colon or dash (`**Platform**: Coursera`), or a short
    line of its own with a colon (`Topics:`); without that sign."""
    rest: str = ""
    """The words after the label."""
    is_strong: bool = False
    """Whether all of it is bold, like a heading."""


@dataclass(frozen=True, slots=True)
class Bullet:
    """An entry of a list."""

    prose: Prose
    number: int | None = None
    """The number in `3.`; None without one."""
    is_checked: bool | None = None
    """The state of `[ ]` or `[x]`; None without a checkbox."""
    blocks: tuple[Block, ...] = ()
    """Everything below its first line."""

    @property
    def line(self) -> int:
        return self.prose.line

    @property
    def bullets(self) -> tuple[Bullet, ...]:
        """The entries in the lists below it."""
        lists = [block for block in self.blocks if isinstance(block, BulletList)]
        return tuple(bullet for block in lists for bullet in block.entries)


@dataclass(frozen=True, slots=True)
class BulletList:
    """A list, also one with emoji or bullet signs in the place of Markdown's marks."""

    line: int
    entries: tuple[Bullet, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has the header's number of cells."""

    line: int
    header: tuple[Prose, ...]
    rows: tuple[tuple[Prose, ...], ...]


Block = Prose | BulletList | Table


def walk_paragraphs(blocks: Iterable[Block]) -> Iterator[Prose]:
    """Yield every paragraph, entry and cell, at any depth, in the document's order."""
    for block in blocks:
        match block:
            case Prose():
                yield block
            case BulletList(entries=entries):
                for entry in entries:
                    yield entry.prose
                    yield from walk_paragraphs(entry.blocks)
            case Table(header=header, rows=rows):
                for row in (header, *rows):
                    yield from row


def walk_list_entries(blocks: Iterable[Block]) -> Iterator[Bullet]:
    """Yield every list entry, at any depth, in the document's order."""
    for block in blocks:
        if isinstance(block, BulletList):
            for entry in block.entries:
                yield entry
                yield from walk_list_entries(entry.blocks)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and everything up to the next heading on its level or above.

    Level 0 is the document itself, without a heading.
    """

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
        """Yield this section and all sections inside it, in the document's order."""
        yield self
        for section in self.sections:
            yield from section.walk_sections()


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole document."""

    root: Section
    front: Front = field(default_factory=dict)
