"""A document as a tree of parts: each heading, entry, row or bold line that names a unit.

A week, day or phase is a part of its own, inside the larger unit before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.roadmap.importer.interpret.heading_names import RANK, HeadingName, Unit, parse_heading_name
from bot.roadmap.importer.interpret.progress_marks import drop_status_column
from bot.roadmap.importer.interpret.table_lists import build_table_list
from bot.roadmap.importer.interpret.timetables import find_header, read_timetable_rows
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Block, Bullet, BulletList, Prose, Section, Table

_TO_READ = re.compile(r"(?:chapters?|kapitel|sections?|stages?|levels?)\b", re.I)
_LONGEST_HEADING = 120
_LONGEST_ENTRY_TITLE = 60


@dataclass(slots=True, eq=False)
class DocumentPart:
    """A heading taken apart, and the content below it.

    `blocks` are paragraphs and lists, also inside of lists: every table is a row of parts or a
    list by now.
    """

    heading: Prose
    name: HeadingName
    blocks: list[Prose | BulletList] = field(default_factory=list)
    parts: list[DocumentPart] = field(default_factory=list)
    is_row: bool = False
    """Whether it is a row of a timetable."""

    @property
    def line(self) -> int:
        return self.heading.line

    @property
    def title(self) -> str:
        """The heading without its number and time."""
        return self.name.title or self.name.label or self.name.dates or self.heading.text

    @property
    def full_title(self) -> str:
        """The heading with its number, without its time."""
        if self.name.label and self.name.title:
            return f"{self.name.label}: {self.name.title}"
        return self.title

    @property
    def is_empty(self) -> bool:
        return not self.blocks and not self.parts

    def walk_parts(self) -> Iterator[DocumentPart]:
        """Yield this part and all parts inside it, in the document's order."""
        yield self
        for part in self.parts:
            yield from part.walk_parts()

    @property
    def prose_blocks(self) -> list[Prose]:
        return [block for block in self.blocks if isinstance(block, Prose)]

    @property
    def entries(self) -> list[Bullet]:
        lists = [block for block in self.blocks if isinstance(block, BulletList)]
        return [entry for block in lists for entry in block.entries]


def build_document_part(section: Section, notes: ImportNotes, around: Unit = "") -> DocumentPart:
    """Return the section as a part, with all sections inside it.

    `around` is the unit around it; it decides if a list's entries can be units, too.
    """
    name = parse_heading_name(section.heading.text)
    part = DocumentPart(section.heading, name)
    is_range_of_days = _spans_days(name) and around not in ("week", "session")
    # As in a week, the entries below a range of days may be days.
    around = "week" if is_range_of_days else name.unit or around
    _PartReader(part, around, notes).read_blocks(section.blocks)
    for inner in section.sections:
        part.parts.append(build_document_part(inner, notes, around))
    if is_range_of_days and any(inner.name.unit == "day" for inner in part.parts):
        label = "" if name.title else name.label
        part.name = replace(name, unit="phase", label=label)
    part.parts = _group_nested_parts(part.parts)
    return part


def _spans_days(name: HeadingName) -> bool:
    return name.unit == "day" and name.unit_count > 1


def _build_entry_part(entry: Bullet, name: HeadingName, notes: ImportNotes) -> DocumentPart:
    """Return a list entry such as “Week 1: loops” as a part."""
    title, colon, rest = name.title.partition(": ")
    blocks: tuple[Block, ...] = entry.blocks
    is_in_link = any(": " in link.text for link in entry.prose.links)
    if colon and len(title) <= _LONGEST_ENTRY_TITLE and not entry.blocks and not is_in_link:
        # “Week 1: Loops: write one” has its only task on its own line.
        name = replace(name, title=title)
        task = Bullet(Prose(entry.line, rest, entry.prose.links))
        blocks = (BulletList(entry.line, (task,)),)
    part = DocumentPart(entry.prose, name)
    _PartReader(part, name.unit, notes).read_blocks(blocks)
    part.parts = _group_nested_parts(part.parts)
    return part


class _PartReader:
    """Reads the blocks below one heading into its part; a bold line can open an inner part."""

    def __init__(self, part: DocumentPart, around: Unit, notes: ImportNotes) -> None:
        self._part = self._current = part
        self._around, self._notes = around, notes

    def read_blocks(self, blocks: Sequence[Block]) -> None:
        for place, block in enumerate(blocks):
            match block:
                case Table():
                    self._read_table(block)
                case BulletList():
                    self._read_list(block)
                case Prose():
                    is_above_list = isinstance(_get_block(blocks, place + 1), BulletList)
                    self._read_paragraph(block, is_above_list=is_above_list)

    def _read_table(self, table: Table) -> None:
        table = drop_status_column(find_header(table), self._notes)
        rows = read_timetable_rows(table, self._notes, self._around)
        if not rows:
            self._current.blocks.append(build_table_list(table))
        for heading, name, lists in rows:
            self._current.parts.append(DocumentPart(heading, name, [*lists], is_row=True))

    def _read_paragraph(self, prose: Prose, *, is_above_list: bool) -> None:
        looks_like_heading = prose.is_strong or bool(prose.label) or is_above_list
        if looks_like_heading and len(prose.text) <= _LONGEST_HEADING:
            name = parse_heading_name(prose.text)
            if _is_inner_unit(name, prose.text, self._around, can_be_equal=True):
                self._current = DocumentPart(prose, name)
                self._part.parts.append(self._current)
                return
        self._current.blocks.append(prose)

    def _read_list(self, block: BulletList) -> None:
        names = [parse_heading_name(entry.prose.text) for entry in block.entries]
        units: list[bool] = []
        for name, entry in zip(names, block.entries, strict=True):
            units.append(_is_inner_unit(name, entry.prose.text, self._around))
        # One “Day 1” among many tasks is a task; a list mostly of days is a list of days.
        if 2 * sum(units) <= len(units):
            self._current.blocks.append(_replace_nested_tables(block, self._notes))
            return
        for name, entry, is_unit in zip(names, block.entries, units, strict=True):
            if is_unit:
                self._current.parts.append(_build_entry_part(entry, name, self._notes))
                continue
            # An entry between the units belongs to the unit above it.
            owner = self._current
            if owner.parts:
                owner = owner.parts[-1]
            single = BulletList(entry.line, (entry,))
            owner.blocks.append(_replace_nested_tables(single, self._notes))


def _get_block(blocks: Sequence[Block], place: int) -> Block | None:
    if place < len(blocks):
        return blocks[place]
    return None


def _is_inner_unit(
    name: HeadingName, text: str, around: Unit, *, can_be_equal: bool = False
) -> bool:
    """Return True if a line names a unit for a place inside the unit `around`."""
    # “Chapter 3” in a list is something to read, and no week.
    if not name.unit or _TO_READ.match(text):
        return False
    if name.unit == around and can_be_equal:
        return True
    # Inside a week only days count: “Lesson 2” there is something to do.
    if around in ("week", "session"):
        return name.unit == "day"
    if around == "day":
        return False
    return not around or RANK[name.unit] > RANK[around]


# — tables inside lists —


def _replace_nested_tables(block: BulletList, notes: ImportNotes) -> BulletList:
    """Return the list with each table inside it turned into a list."""
    entries: list[Bullet] = []
    for entry in block.entries:
        if entry.blocks:
            blocks = tuple(_replace_table(inner, notes) for inner in entry.blocks)
            entry = replace(entry, blocks=blocks)
        entries.append(entry)
    return BulletList(block.line, tuple(entries))


def _replace_table(block: Block, notes: ImportNotes) -> Block:
    match block:
        case Table():
            return build_table_list(drop_status_column(find_header(block), notes))
        case BulletList():
            return _replace_nested_tables(block, notes)
        case Prose():
            return block


# — units inside units —


def _group_nested_parts(parts: Iterable[DocumentPart]) -> list[DocumentPart]:
    """Move weeks into the phase before them, where both have the same heading level."""
    groups: list[DocumentPart] = []
    for part in _move_inner_siblings(parts):
        outer = _find_outer_part(groups, part)
        if outer is None:
            groups.append(part)
        else:
            outer.parts.append(part)
    return groups


def _find_outer_part(groups: Sequence[DocumentPart], part: DocumentPart) -> DocumentPart | None:
    """Return the innermost part just before it with a larger unit; None without one."""
    if not groups:
        return None
    outer = groups[-1]
    while outer.parts and _can_hold_unit(outer.parts[-1].name, part.name):
        outer = outer.parts[-1]
    if _can_hold_unit(outer.name, part.name):
        return outer
    return None


def _move_inner_siblings(parts: Iterable[DocumentPart]) -> Iterator[DocumentPart]:
    """Yield the parts, with a week inside another week moved after it."""
    for part in parts:
        siblings: list[DocumentPart] = []
        others: list[DocumentPart] = []
        for inner in part.parts:
            if part.name.unit and inner.name.unit == part.name.unit:
                siblings.append(inner)
            else:
                others.append(inner)
        part.parts = others
        yield part
        yield from siblings


def _can_hold_unit(outer: HeadingName, inner: HeadingName) -> bool:
    if not outer.unit or not inner.unit:
        return False
    # A module can hold weeks as well, although weeks usually hold lessons.
    if outer.unit == "session" and inner.unit == "week":
        return True
    return RANK[outer.unit] < RANK[inner.unit]
