"""A document as parts: whatever names a week, day or phase (a heading, an entry, a row, a line in bold) is a part of its own,
inside the larger unit before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.roadmap.importer.interpret.heading_names import RANK, UNIT, Name, named
from bot.roadmap.importer.interpret.vocabulary import key, label_of
from bot.roadmap.importer.report import Notes
from bot.roadmap.importer.tree import Block, Bullet, Bullets, Prose, Section, Table

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
class Part:
    """A heading taken apart, and what stands below it. `blocks` are paragraphs and lists only, also inside of lists: a
    table is a row of parts or has become a list."""

    heading: Prose
    name: Name
    blocks: list[Prose | Bullets] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

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

    def walk(self) -> Iterator[Part]:
        """This part and all inside it, in the order of the document."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def proses(self) -> list[Prose]:
        return [block for block in self.blocks if isinstance(block, Prose)]

    @property
    def entries(self) -> list[Bullet]:
        return [
            entry for block in self.blocks if isinstance(block, Bullets) for entry in block.entries
        ]


def parted(section: Section, notes: Notes, around: str = "") -> Part:
    """The section as a part. `around` is the unit it stands in, which decides what entries can be units of their own."""
    name = named(section.heading.text)
    part = Part(section.heading, name)
    around = name.unit or around
    _take(part, section.blocks, notes, around)
    part.parts += [parted(inner, notes, around) for inner in section.sections]
    part.parts = _nested(part.parts)
    return part


def _take(part: Part, blocks: Sequence[Block], notes: Notes, around: str) -> None:
    current = part
    for place, block in enumerate(blocks):
        match block:
            case Table():
                rows = _rows(block, notes, around) if around != "day" else []
                current.parts += rows
                if not rows:
                    current.blocks.append(_listed(block))
            case Bullets():
                _take_list(current, block, notes, around)
            case Prose():
                if _is_heading(block, blocks[place + 1 : place + 2], around):
                    current = Part(block, named(block.text))
                    part.parts.append(current)
                else:
                    current.blocks.append(block)


def _is_heading(prose: Prose, following: Sequence[Block], around: str) -> bool:
    if len(prose.text) > 120 or not (
        prose.strong or prose.label or (following and isinstance(following[0], Bullets))
    ):
        return False
    return _is_unit(named(prose.text), prose.text, around, is_entry=False)


def _is_unit(name: Name, text: str, around: str, *, is_entry: bool = True) -> bool:
    # “Chapter 3” in a list is something to read, and inside a week only days are counted.
    if not name.unit or _PLACED.match(text):
        return False
    if name.unit == around and not is_entry:
        return True
    if around in ("week", "session"):
        return name.unit == "day"
    return around != "day" and (not around or RANK[name.unit] > RANK[around])


def _take_list(part: Part, block: Bullets, notes: Notes, around: str) -> None:
    names = [named(entry.prose.text) for entry in block.entries]
    units = [
        _is_unit(name, entry.prose.text, around)
        for name, entry in zip(names, block.entries, strict=True)
    ]
    if 2 * sum(units) <= len(units):
        part.blocks.append(_untabled(block))
        return
    for name, entry, is_unit in zip(names, block.entries, units, strict=True):
        if is_unit:
            part.parts.append(_unit_of(entry, name, notes))
        else:
            (part.parts[-1] if part.parts else part).blocks.append(
                _untabled(Bullets(entry.line, (entry,)))
            )


def _unit_of(entry: Bullet, name: Name, notes: Notes) -> Part:
    title, colon, rest = name.title.partition(": ")
    inner: tuple[Block, ...] = entry.blocks
    if colon and len(title) <= 60 and not entry.blocks:
        name = replace(name, title=title)
        inner = (Bullets(entry.line, (Bullet(Prose(entry.line, rest, entry.prose.links)),)),)
    part = Part(entry.prose, name)
    _take(part, inner, notes, name.unit)
    part.parts = _nested(part.parts)
    return part


def _rows(table: Table, notes: Notes, around: str) -> list[Part]:
    """The rows of a timetable; none if the table is not one."""
    headers = [key(cell.text) if cell.text != "#" else "#" for cell in table.header]
    units = [UNIT.get(header, _COUNTED.get(header, "")) for header in headers]
    column = next((place for place, unit in enumerate(units) if unit), -1)
    if column < 0 or len(headers) < 2:
        return []
    if not _is_counted(table, column, headers[column]) or (
        around == "week" and units[column] != "day"
    ):
        return []
    if headers[column] in _COUNTED:
        notes.tell(table.line, "read", f"I read each row of this table as one {units[column]}.")
    others = [place for place in range(len(headers)) if place != column]
    title = next((place for place in others if headers[place] in _TITLES), -1)
    if title < 0:
        title = next((place for place in others if not label_of(headers[place])), others[0])
    rows = (row for row in table.rows if any(cell.text.strip() for cell in row))
    return [_row(row, table.header, units[column], column, title) for row in rows]


def _is_counted(table: Table, column: int, header: str) -> bool:
    """Whether a column counts, rather than being called “Part” or “Unit” for another reason."""
    cells = [text for row in table.rows if (text := row[column].text.strip())]
    are_dates = header in ("date", "when", "week")
    counting = [
        cell for cell in cells if _DIGIT.match(cell) or named(cell).unit or (are_dates and cell)
    ]
    return 2 * len(counting) > len(cells)


def _row(row: Sequence[Prose], header: Sequence[Prose], unit: str, column: int, title: int) -> Part:
    counted, about = row[column], row[title]
    name = named(counted.text)
    if not name.unit:
        name = named(f"{unit} {counted.text}")
    if not name.unit:
        name = Name("", unit, dates=counted.text)
    inner = named(about.text)
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
    if cells and label_of(header[title].text) == "topic" and about.text.strip() not in _EMPTY:
        cells.insert(0, (title, about))
    heading = replace(about, line=counted.line, links=(*counted.links, *about.links))
    return Part(heading, name, [_labelled(header[place].text, cell) for place, cell in cells])


def _labelled(label: str, cell: Prose) -> Bullets:
    pieces = [piece.strip() for piece in cell.text.split(";")]
    inner = tuple(
        Bullet(Prose(cell.line, piece, tuple(link for link in cell.links if link.text in piece)))
        for piece in pieces
        if piece
    )
    return Bullets(
        cell.line,
        (Bullet(Prose(cell.line, label, label=label), blocks=(Bullets(cell.line, inner),)),),
    )


def _listed(table: Table) -> Bullets:
    """Any other table: its rows as entries, the first cell saying what the others are about."""
    headers = [key(cell.text) for cell in table.header]
    author = next(
        (place for place, header in enumerate(headers) if place and header in _AUTHORS), -1
    )
    rows = [_joined(row) if author < 0 else _by(row, author) for row in table.rows]
    return Bullets(table.line, tuple(Bullet(prose) for prose in rows if prose is not None))


def _untabled(block: Bullets) -> Bullets:
    """The list with every table inside it as a list of its own."""
    return Bullets(
        block.line,
        tuple(_untabled_entry(entry) if entry.blocks else entry for entry in block.entries),
    )


def _untabled_entry(entry: Bullet) -> Bullet:
    blocks: list[Block] = []
    for block in entry.blocks:
        match block:
            case Table():
                blocks.append(_listed(block))
            case Bullets():
                blocks.append(_untabled(block))
            case Prose():
                blocks.append(block)
    return replace(entry, blocks=tuple(blocks))


def _by(row: Sequence[Prose], author: int) -> Prose | None:
    """A row of a list of books: title, author and whatever else it says."""
    name = row[author].text.strip()
    joined = _joined([cell for place, cell in enumerate(row) if place != author])
    if joined is None or name in _EMPTY:
        return joined
    rest = f" ({joined.rest})" if joined.rest else ""
    return Prose(
        joined.line,
        f"{joined.label or joined.text} by {name}{rest}",
        (*joined.links, *row[author].links),
    )


def _joined(row: Sequence[Prose]) -> Prose | None:
    cells = [cell for cell in row if cell.text.strip() not in _EMPTY]
    if not cells:
        return None
    links = tuple(link for cell in cells for link in cell.links)
    first, rest = cells[0].text.strip(), ", ".join(cell.text.strip() for cell in cells[1:])
    return Prose(
        cells[0].line, f"{first}: {rest}" if rest else first, links, first if rest else "", rest
    )


def _nested(parts: Iterable[Part]) -> list[Part]:
    """Weeks that stand beside the phase before them, on the same level, belong into it."""
    found: list[Part] = []
    for part in _lifted(parts):
        outer = found[-1] if found else None
        while outer is not None and outer.parts and _holds(outer.parts[-1].name, part.name):
            outer = outer.parts[-1]
        if outer is not None and _holds(outer.name, part.name):
            outer.parts.append(part)
        else:
            found.append(part)
    return found


def _lifted(parts: Iterable[Part]) -> Iterator[Part]:
    """A week that was found inside another one stands beside it."""
    for part in parts:
        inside = [
            inner for inner in part.parts if part.name.unit and inner.name.unit == part.name.unit
        ]
        part.parts = [inner for inner in part.parts if not any(inner is one for one in inside)]
        yield part
        yield from inside


def _holds(outer: Name, inner: Name) -> bool:
    if not outer.unit or not inner.unit:
        return False
    return RANK[outer.unit] < RANK[inner.unit] or (outer.unit == "session" and inner.unit == "week")
