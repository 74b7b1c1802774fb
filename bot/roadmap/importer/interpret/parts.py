"""A document as parts: whatever names a week, day or phase (a heading, an entry, a row, a line in bold) is a part of its own,
inside the larger unit before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.roadmap.importer.interpret.heading_names import RANK, UNIT, HeadingName, parse_heading_name
from bot.roadmap.importer.interpret.vocabulary import find_label_role, normalize_words
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Block, Bullet, BulletList, Prose, Section, Table

# What a column of a timetable is headed by: the unit that its rows count where the word is no unit itself, and its titles.
_COUNTED = {
    **dict.fromkeys(("#", "no", "nr", "number"), "session"),
    **dict.fromkeys(("date", "dates", "when"), "week"),
}
_TITLE_WORDS = "topic topics title theme themes subject subjects content contents focus what unit chapter thema inhalt tema"
_TITLES = frozenset(_TITLE_WORDS.split())
_EMPTY = frozenset(("", "-", "–", "—", "n/a", "none", "."))
_DIGIT = re.compile(r"#?\d")
_AUTHORS = frozenset(("author", "authors", "by", "autor", "auteur"))
_PLACED = re.compile(r"(?:chapters?|kapitel|sections?|stages?|levels?)\b", re.I)


@dataclass(slots=True, eq=False)
class DocumentPart:
    """A heading taken apart, and what stands below it. `blocks` are paragraphs and lists only, also inside of lists: a
    table is a row of parts or has become a list."""

    heading: Prose
    name: HeadingName
    blocks: list[Prose | BulletList] = field(default_factory=list)
    parts: list[DocumentPart] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.heading.line

    @property
    def title(self) -> str:
        """What it is called, without its number and time."""
        return self.name.title or self.name.label or self.name.dates or self.heading.text

    @property
    def full_title(self) -> str:
        """What it is called, with its number."""
        return (
            f"{self.name.label}: {self.name.title}"
            if self.name.label and self.name.title
            else self.title
        )

    @property
    def is_empty(self) -> bool:
        return not self.blocks and not self.parts

    def walk_parts(self) -> Iterator[DocumentPart]:
        """This part and all inside it, in the order of the document."""
        yield self
        for part in self.parts:
            yield from part.walk_parts()

    @property
    def prose_blocks(self) -> list[Prose]:
        return [block for block in self.blocks if isinstance(block, Prose)]

    @property
    def entries(self) -> list[Bullet]:
        return [
            entry
            for block in self.blocks
            if isinstance(block, BulletList)
            for entry in block.entries
        ]


def build_document_part(section: Section, notes: ImportNotes, around: str = "") -> DocumentPart:
    """The section as a part. `around` is the unit it stands in, which decides what entries can be units of their own."""
    name = parse_heading_name(section.heading.text)
    part = DocumentPart(section.heading, name)
    around = name.unit or around
    _read_part_blocks(part, section.blocks, notes, around)
    part.parts += [build_document_part(inner, notes, around) for inner in section.sections]
    part.parts = _group_nested_parts(part.parts)
    return part


def _read_part_blocks(
    part: DocumentPart, blocks: Sequence[Block], notes: ImportNotes, around: str
) -> None:
    current = part
    for place, block in enumerate(blocks):
        match block:
            case Table():
                rows = _read_timetable_rows(block, notes, around) if around != "day" else []
                current.parts += rows
                if not rows:
                    current.blocks.append(_build_table_list(block))
            case BulletList():
                _read_part_list(current, block, notes, around)
            case Prose():
                if _is_part_heading(block, blocks[place + 1 : place + 2], around):
                    current = DocumentPart(block, parse_heading_name(block.text))
                    part.parts.append(current)
                else:
                    current.blocks.append(block)


def _is_part_heading(prose: Prose, following: Sequence[Block], around: str) -> bool:
    if len(prose.text) > 120 or not (
        prose.is_strong or prose.label or (following and isinstance(following[0], BulletList))
    ):
        return False
    return _is_nested_unit(parse_heading_name(prose.text), prose.text, around, is_entry=False)


def _is_nested_unit(name: HeadingName, text: str, around: str, *, is_entry: bool = True) -> bool:
    # “Chapter 3” in a list is something to read, and inside a week only days are counted.
    if not name.unit or _PLACED.match(text):
        return False
    if name.unit == around and not is_entry:
        return True
    if around in ("week", "session"):
        return name.unit == "day"
    return around != "day" and (not around or RANK[name.unit] > RANK[around])


def _read_part_list(part: DocumentPart, block: BulletList, notes: ImportNotes, around: str) -> None:
    names = [parse_heading_name(entry.prose.text) for entry in block.entries]
    units = [
        _is_nested_unit(name, entry.prose.text, around)
        for name, entry in zip(names, block.entries, strict=True)
    ]
    if 2 * sum(units) <= len(units):
        part.blocks.append(_replace_nested_tables(block))
        return
    for name, entry, is_unit in zip(names, block.entries, units, strict=True):
        if is_unit:
            part.parts.append(_build_unit_part(entry, name, notes))
        else:
            (part.parts[-1] if part.parts else part).blocks.append(
                _replace_nested_tables(BulletList(entry.line, (entry,)))
            )


def _build_unit_part(entry: Bullet, name: HeadingName, notes: ImportNotes) -> DocumentPart:
    title, colon, rest = name.title.partition(": ")
    inner: tuple[Block, ...] = entry.blocks
    if colon and len(title) <= 60 and not entry.blocks:
        name = replace(name, title=title)
        inner = (BulletList(entry.line, (Bullet(Prose(entry.line, rest, entry.prose.links)),)),)
    part = DocumentPart(entry.prose, name)
    _read_part_blocks(part, inner, notes, name.unit)
    part.parts = _group_nested_parts(part.parts)
    return part


def _read_timetable_rows(table: Table, notes: ImportNotes, around: str) -> list[DocumentPart]:
    """The rows of a timetable; none if the table is not one."""
    headers = [normalize_words(cell.text) if cell.text != "#" else "#" for cell in table.header]
    units = [UNIT.get(header, _COUNTED.get(header, "")) for header in headers]
    column = next((place for place, unit in enumerate(units) if unit), -1)
    if column < 0 or len(headers) < 2:
        return []
    if not _is_counting_column(table, column, headers[column]) or (
        around == "week" and units[column] != "day"
    ):
        return []
    if headers[column] in _COUNTED:
        notes.record_note(
            table.line, "read", f"I read each row of this table as one {units[column]}."
        )
    others = [place for place in range(len(headers)) if place != column]
    title = next((place for place in others if headers[place] in _TITLES), -1)
    if title < 0:
        title = next((place for place in others if not find_label_role(headers[place])), others[0])
    rows = (row for row in table.rows if any(cell.text.strip() for cell in row))
    return [_build_row_part(row, table.header, units[column], column, title) for row in rows]


def _is_counting_column(table: Table, column: int, header: str) -> bool:
    """Whether a column counts, rather than being called “Part” or “Unit” for another reason."""
    cells = [text for row in table.rows if (text := row[column].text.strip())]
    are_dates = header in ("date", "when", "week")
    counting = [
        cell
        for cell in cells
        if _DIGIT.match(cell) or parse_heading_name(cell).unit or (are_dates and cell)
    ]
    return 2 * len(counting) > len(cells)


def _build_row_part(
    row: Sequence[Prose], header: Sequence[Prose], unit: str, column: int, title: int
) -> DocumentPart:
    counted, about = row[column], row[title]
    name = parse_heading_name(counted.text)
    if not name.unit:
        name = parse_heading_name(f"{unit} {counted.text}")
    if not name.unit:
        name = HeadingName("", unit, dates=counted.text)
    inner = parse_heading_name(about.text)
    name = replace(
        name,
        title=inner.title or name.title,
        time=name.time or inner.time,
        is_optional=inner.is_optional,
    )
    cells = [
        (place, cell)
        for place, cell in enumerate(row)
        if place not in (column, title) and cell.text.strip() not in _EMPTY
    ]
    if (
        cells
        and find_label_role(header[title].text) == "topic"
        and about.text.strip() not in _EMPTY
    ):
        cells.insert(0, (title, about))
    heading = replace(about, line=counted.line, links=(*counted.links, *about.links))
    return DocumentPart(
        heading, name, [_build_cell_list(header[place].text, cell) for place, cell in cells]
    )


def _build_cell_list(label: str, cell: Prose) -> BulletList:
    pieces = [piece.strip() for piece in cell.text.split(";")]
    inner = tuple(
        Bullet(Prose(cell.line, piece, tuple(link for link in cell.links if link.text in piece)))
        for piece in pieces
        if piece
    )
    return BulletList(
        cell.line,
        (Bullet(Prose(cell.line, label, label=label), blocks=(BulletList(cell.line, inner),)),),
    )


def _build_table_list(table: Table) -> BulletList:
    """Any other table: its rows as entries, the first cell saying what the others are about."""
    headers = [normalize_words(cell.text) for cell in table.header]
    author = next(
        (place for place, header in enumerate(headers) if place and header in _AUTHORS), -1
    )
    rows = [
        _join_row_cells(row) if author < 0 else _format_book_row(row, author) for row in table.rows
    ]
    return BulletList(table.line, tuple(Bullet(prose) for prose in rows if prose is not None))


def _replace_nested_tables(block: BulletList) -> BulletList:
    """The list with every table inside it as a list of its own."""
    return BulletList(
        block.line,
        tuple(_replace_entry_tables(entry) if entry.blocks else entry for entry in block.entries),
    )


def _replace_entry_tables(entry: Bullet) -> Bullet:
    blocks: list[Block] = []
    for block in entry.blocks:
        match block:
            case Table():
                blocks.append(_build_table_list(block))
            case BulletList():
                blocks.append(_replace_nested_tables(block))
            case Prose():
                blocks.append(block)
    return replace(entry, blocks=tuple(blocks))


def _format_book_row(row: Sequence[Prose], author: int) -> Prose | None:
    """A row of a list of books: title, author and whatever else it says."""
    name = row[author].text.strip()
    joined = _join_row_cells([cell for place, cell in enumerate(row) if place != author])
    if joined is None or name in _EMPTY:
        return joined
    rest = f" ({joined.rest})" if joined.rest else ""
    return Prose(
        joined.line,
        f"{joined.label or joined.text} by {name}{rest}",
        (*joined.links, *row[author].links),
    )


def _join_row_cells(row: Sequence[Prose]) -> Prose | None:
    cells = [cell for cell in row if cell.text.strip() not in _EMPTY]
    if not cells:
        return None
    links = tuple(link for cell in cells for link in cell.links)
    first, rest = cells[0].text.strip(), ", ".join(cell.text.strip() for cell in cells[1:])
    return Prose(
        cells[0].line, f"{first}: {rest}" if rest else first, links, first if rest else "", rest
    )


def _group_nested_parts(parts: Iterable[DocumentPart]) -> list[DocumentPart]:
    """Weeks that stand beside the phase before them, on the same level, belong into it."""
    found: list[DocumentPart] = []
    for part in _move_inner_siblings(parts):
        outer = found[-1] if found else None
        while outer is not None and outer.parts and _can_hold_unit(outer.parts[-1].name, part.name):
            outer = outer.parts[-1]
        if outer is not None and _can_hold_unit(outer.name, part.name):
            outer.parts.append(part)
        else:
            found.append(part)
    return found


def _move_inner_siblings(parts: Iterable[DocumentPart]) -> Iterator[DocumentPart]:
    """A week that was found inside another one stands beside it."""
    for part in parts:
        inside = [
            inner for inner in part.parts if part.name.unit and inner.name.unit == part.name.unit
        ]
        part.parts = [inner for inner in part.parts if not any(inner is one for one in inside)]
        yield part
        yield from inside


def _can_hold_unit(outer: HeadingName, inner: HeadingName) -> bool:
    if not outer.unit or not inner.unit:
        return False
    return RANK[outer.unit] < RANK[inner.unit] or (outer.unit == "session" and inner.unit == "week")
