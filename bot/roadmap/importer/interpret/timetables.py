"""Tables: a timetable's rows are weeks or days, any other table is a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.roadmap.importer.interpret.heading_names import UNIT, HeadingName, Unit, parse_heading_name
from bot.roadmap.importer.interpret.vocabulary import find_label_role, normalize_words
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Bullet, BulletList, Prose, Table

# A column headed by no unit can still count one: its rows are sessions or weeks.
_COUNTED_UNITS: dict[str, Unit] = {
    "#": "session",
    "no": "session",
    "nr": "session",
    "number": "session",
    "date": "week",
    "dates": "week",
    "when": "week",
}
_DATE_HEADERS = ("date", "when", "week")
_TITLE_WORDS = (
    "topic topics title theme themes subject subjects content contents focus what unit chapter "
    "thema inhalt tema"
)
_TITLE_HEADERS = frozenset(_TITLE_WORDS.split())
_AUTHOR_HEADERS = frozenset(("author", "authors", "by", "autor", "auteur"))
_EMPTY_CELLS = frozenset(("", "-", "–", "—", "n/a", "none", "."))
_NUMBER = re.compile(r"#?\d")

TimetableRow = tuple[Prose, HeadingName, list[BulletList]]
"""A row's heading, its name taken apart, and a list for each of the other cells."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """A timetable's columns: the one with the units' numbers, the one with titles, all headers."""

    unit: Unit
    number: int
    title: int
    headers: tuple[Prose, ...]


def read_timetable_rows(table: Table, notes: ImportNotes, around: Unit) -> list[TimetableRow]:
    """Return a timetable's rows; none for any other table.

    `around` is the unit around the table.
    """
    columns = _find_columns(table)
    if columns is None or around == "day" or (around == "week" and columns.unit != "day"):
        return []
    if _normalize_header(table.header[columns.number]) in _COUNTED_UNITS:
        sentence = f"I read each row of this table as one {columns.unit}."
        notes.record_note(table.line, "read", sentence)
    rows = [row for row in table.rows if any(cell.text.strip() for cell in row)]
    return [_read_row(row, columns) for row in rows]


def _normalize_header(cell: Prose) -> str:
    if cell.text == "#":
        return "#"
    return normalize_words(cell.text)


def _find_columns(table: Table) -> _Columns | None:
    headers = [_normalize_header(cell) for cell in table.header]
    if len(headers) < 2:
        return None
    for place, header in enumerate(headers):
        unit = UNIT.get(header) or _COUNTED_UNITS.get(header, "")
        if not unit:
            continue
        # Only the first such column counts; a second one is content.
        if not _is_counting_column(table, place, header):
            return None
        return _Columns(unit, place, _find_title_column(headers, place), table.header)
    return None


def _find_title_column(headers: Sequence[str], number_column: int) -> int:
    """Return the column with titles: by its header, else the first one without a label role."""
    others = [place for place in range(len(headers)) if place != number_column]
    for place in others:
        if headers[place] in _TITLE_HEADERS:
            return place
    for place in others:
        if not find_label_role(headers[place]):
            return place
    return others[0]


def _is_counting_column(table: Table, column: int, header: str) -> bool:
    """Return True if most cells count; a header such as “Part” can have other reasons."""
    cells = [text for row in table.rows if (text := row[column].text.strip())]
    if header in _DATE_HEADERS:
        # Any word can be a date: “Easter”, “next Monday”.
        return bool(cells)
    counting = [cell for cell in cells if _NUMBER.match(cell) or parse_heading_name(cell).unit]
    return 2 * len(counting) > len(cells)


def _read_row(row: Sequence[Prose], columns: _Columns) -> TimetableRow:
    number, title = row[columns.number], row[columns.title]
    name = _build_row_name(number, title, columns.unit)
    heading = replace(title, line=number.line, links=(*number.links, *title.links))
    lists: list[BulletList] = []
    for place in _list_content_columns(row, columns):
        lists.append(_build_cell_list(columns.headers[place].text, row[place]))
    return heading, name, lists


def _list_content_columns(row: Sequence[Prose], columns: _Columns) -> list[int]:
    """Return the columns with tasks for this row."""
    places: list[int] = []
    for place, cell in enumerate(row):
        if place not in (columns.number, columns.title) and not _is_empty_cell(cell):
            places.append(place)
    # A column headed “Topics” names the week and lists its topics.
    title_role = find_label_role(columns.headers[columns.title].text)
    if places and title_role == "topic" and not _is_empty_cell(row[columns.title]):
        places.insert(0, columns.title)
    return places


def _build_row_name(number: Prose, title: Prose, unit: Unit) -> HeadingName:
    name = _parse_number_cell(number.text, unit)
    title_name = parse_heading_name(title.text)
    return replace(
        name,
        title=title_name.title or name.title,
        time=name.time or title_name.time,
        is_optional=title_name.is_optional,
    )


def _parse_number_cell(text: str, unit: Unit) -> HeadingName:
    """Read a cell such as “Week 3”, “3” or, without any number, a date."""
    name = parse_heading_name(text)
    if not name.unit:
        name = parse_heading_name(f"{unit} {text}")
    if not name.unit:
        name = HeadingName("", unit, dates=text)
    return name


def _is_empty_cell(cell: Prose) -> bool:
    return cell.text.strip() in _EMPTY_CELLS


def _build_cell_list(header: str, cell: Prose) -> BulletList:
    """Return a cell as an entry labelled by its column, with the cell's pieces below it."""
    pieces: list[Bullet] = []
    for piece in map(str.strip, cell.text.split(";")):
        if piece:
            links = tuple(link for link in cell.links if link.text in piece)
            pieces.append(Bullet(Prose(cell.line, piece, links)))
    label = Prose(cell.line, header, label=header)
    inner = BulletList(cell.line, tuple(pieces))
    return BulletList(cell.line, (Bullet(label, blocks=(inner,)),))


# — any other table —


def build_table_list(table: Table) -> BulletList:
    """Return a table as a list: each row's first cell, then the words of the others."""
    author_column = _find_author_column(table)
    entries: list[Bullet] = []
    for row in table.rows:
        prose = _format_row(row, author_column)
        if prose is not None:
            entries.append(Bullet(prose))
    return BulletList(table.line, tuple(entries))


def _format_row(row: Sequence[Prose], author_column: int) -> Prose | None:
    if author_column:
        return _format_book_row(row, author_column)
    return _join_row_cells(row)


def _find_author_column(table: Table) -> int:
    """Return the column with authors; 0 without one: the first column has the titles."""
    for place, cell in enumerate(table.header[1:], 1):
        if normalize_words(cell.text) in _AUTHOR_HEADERS:
            return place
    return 0


def _format_book_row(row: Sequence[Prose], author_column: int) -> Prose | None:
    """Return a row of books as “Title by Author (the other cells)”."""
    author = row[author_column]
    others = [cell for place, cell in enumerate(row) if place != author_column]
    joined = _join_row_cells(others)
    if joined is None or _is_empty_cell(author):
        return joined
    text = f"{joined.label or joined.text} by {author.text.strip()}"
    if joined.rest:
        text += f" ({joined.rest})"
    return Prose(joined.line, text, (*joined.links, *author.links))


def _join_row_cells(row: Sequence[Prose]) -> Prose | None:
    """Return a row as “first cell: other cells”; None for an empty row."""
    cells = [cell for cell in row if not _is_empty_cell(cell)]
    if not cells:
        return None
    first, *others = (cell.text.strip() for cell in cells)
    links = tuple(link for cell in cells for link in cell.links)
    if not others:
        return Prose(cells[0].line, first, links)
    rest = ", ".join(others)
    return Prose(cells[0].line, f"{first}: {rest}", links, first, rest)
