"""Timetables: tables whose rows are weeks or days."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.roadmap.importer.interpret.calendar_dates import is_date, number_weeks
from bot.roadmap.importer.interpret.draft import LONGEST_TITLE, quote_excerpt
from bot.roadmap.importer.interpret.heading_names import (
    COUNTER,
    UNIT,
    HeadingName,
    Unit,
    parse_heading_name,
)
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
    "周次": "week",
    "週次": "week",
}
_DATE_HEADERS = ("date", "when", "week")
_TITLE_WORDS = (
    "topic topics title theme themes subject subjects content contents focus what unit chapter "
    "thema inhalt unterricht tema"
)
_TITLE_HEADERS = frozenset(_TITLE_WORDS.split())
# Columns that describe a row: nobody can tick “Easy”.
_FACT_WORDS = (
    "difficulty level priority category type tag tags pattern instructor teacher room location "
    "points weight size mood language niveau schwierigkeit raum dificultad"
)
_FACT_HEADERS = frozenset(_FACT_WORDS.split())
_EMPTY_CELLS = frozenset(
    ("", "-", "--", "---", "–", "—", "n/a", "N/A", "none", ".", "?", "TBD", "TBA")
)
_NUMBER = re.compile(r"#?\d")
_DURATION_HEADERS = frozenset(("weeks", "wochen", "semaines", "semanas", "settimane"))
_WEEKS = re.compile(r"[1-9]\d?")
NUMBER_HEADERS = frozenset(("#", "no", "nr", "number"))

TimetableRow = tuple[Prose, HeadingName, list[Prose | BulletList]]
"""A row's heading, its name taken apart, and what stands in each of the other cells."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """A timetable's columns: units' numbers, titles, dates (-1 for no such column), all headers."""

    unit: Unit
    number: int
    title: int
    dates: int
    headers: tuple[Prose, ...]


def find_header(table: Table) -> Table:
    """Return a table without a header with its first row as one, if that is what it looks like."""
    if any(cell.text for cell in table.header) or not table.rows:
        return table
    first, *others = table.rows
    with_header = Table(table.line, first, tuple(others))
    headers = list(map(normalize_header, first))
    unit = UNIT.get(headers[0]) or _COUNTED_UNITS.get(headers[0], "")
    if unit and _is_counting_column(with_header, 0, headers[0]):
        return with_header
    known = [header for header in headers if header in _TITLE_HEADERS or find_label_role(header)]
    return with_header if len(known) > 1 else table


def read_timetable_rows(table: Table, notes: ImportNotes, around: Unit) -> list[TimetableRow]:
    """Return a timetable's rows; none for any other table.

    Rows with the same number, or with dates of the same week, are one row.
    `around` is the unit around the table.
    """
    columns = _find_columns(table)
    if columns is None or around == "day" or (around == "week" and columns.unit != "day"):
        return []
    table = _number_durations(table, columns.number, notes)
    rows = [row for row in table.rows if any(cell.text.strip() for cell in row)]
    groups = _group_rows(rows, columns)
    if len(groups) < len(rows):
        sentence = f"I put the rows of the same {columns.unit} together."
        notes.record_note(table.line, "read", sentence)
    elif normalize_header(table.header[columns.number]) in _COUNTED_UNITS:
        sentence = f"I read each row of this table as one {columns.unit}."
        notes.record_note(table.line, "read", sentence)
    return [_read_rows(group, columns) for group in groups]


def _number_durations(table: Table, column: int, notes: ImportNotes) -> Table:
    """Return the table with numbers of weeks in a column that says how many each row takes."""
    cells = [row[column].text.strip() for row in table.rows]
    is_named = normalize_header(table.header[column]) in _DURATION_HEADERS
    # Numbers that count stand in the first column, or grow.
    if not column or not is_named or not all(map(_WEEKS.fullmatch, cells)):
        return table
    lengths = list(map(int, cells))
    if lengths == sorted(set(lengths)):
        return table
    sentence = f"I read {quote_excerpt(table.header[column].text)} as how long each row takes."
    notes.record_note(table.line, "read", sentence)
    rows: list[tuple[Prose, ...]] = []
    first = 1
    for row, length in zip(table.rows, lengths, strict=True):
        number = replace(row[column], text=f"{first}–{first + length - 1}")
        rows.append((*row[:column], number, *row[column + 1 :]))
        first += length
    return Table(table.line, table.header, tuple(rows))


def normalize_header(cell: Prose) -> str:
    """Return a header's words, for comparing; “#” stays as it is."""
    if cell.text == "#":
        return "#"
    return normalize_words(cell.text)


def _find_columns(table: Table) -> _Columns | None:
    headers = [normalize_header(cell) for cell in table.header]
    if len(headers) < 2:
        return None
    for place, header in enumerate(headers):
        unit = UNIT.get(header) or COUNTER.get(header) or _COUNTED_UNITS.get(header, "")
        if not unit:
            continue
        # Only the first such column counts; a second one is content.
        if not _is_counting_column(table, place, header):
            return None
        if header in NUMBER_HEADERS and not _has_syllabus_header(headers):
            return None
        return _build_columns(table, headers, unit, place)
    # Below a header that says nothing, the cells may: “Week 1”.
    if unit := _find_cell_unit(table):
        return _build_columns(table, headers, unit, 0)
    return None


def _build_columns(table: Table, headers: Sequence[str], unit: Unit, number: int) -> _Columns:
    dates = _find_date_column(table, number)
    title = _find_title_column(table, headers, {number, dates})
    return _Columns(unit, number, title, dates, table.header)


def _has_syllabus_header(headers: Sequence[str]) -> bool:
    """Return True if numbered rows are sessions; problems with their difficulty are a list."""
    if any(map(_is_fact_header, headers)):
        return False
    return any(
        header in _TITLE_HEADERS or find_label_role(header) in ("topic", "reading")
        for header in headers
    )


def _find_cell_unit(table: Table) -> Unit:
    """Return the unit that most cells of the first column name with a number; empty for none."""
    names = [parse_heading_name(row[0].text) for row in table.rows]
    for unit in ("week", "day"):
        if 2 * sum(name.unit == unit and name.first > 0 for name in names) > len(names):
            return unit
    return ""


def _find_date_column(table: Table, number_column: int) -> int:
    """Return the column with nothing but dates; -1 without one, or if no other has a title."""
    if len(table.header) < 3:
        return -1
    for place in range(len(table.header)):
        cells = [row[place].text for row in table.rows if not is_empty_cell(row[place])]
        if place != number_column and cells and all(map(is_date, cells)):
            return place
    return -1


def _find_title_column(table: Table, headers: Sequence[str], taken: Collection[int]) -> int:
    """Return the column with titles: by its header, else the first one without a label role."""
    others = [place for place in range(len(headers)) if place not in taken]
    # Bare numbers are no titles, if there are words.
    others = [place for place in others if not _has_only_numbers(table, place)] or others
    for place in others:
        if headers[place] in _TITLE_HEADERS:
            return place
    for place in others:
        if _names_title(headers[place]):
            return place
    for place in others:
        if not find_label_role(headers[place]) and not _is_fact_header(headers[place]):
            return place
    return others[0]


def _names_title(header: str) -> bool:
    """Return True for “Problem name” or “Lecture topic” too, by the last word."""
    return normalize_words(header).rpartition(" ")[2] in (*_TITLE_HEADERS, "name")


def _is_fact_header(header: str) -> bool:
    """Return True for “Problem difficulty” too, by the last word."""
    return normalize_words(header).rpartition(" ")[2] in _FACT_HEADERS


def _has_only_numbers(table: Table, column: int) -> bool:
    cells = [row[column].text.strip() for row in table.rows if not is_empty_cell(row[column])]
    return bool(cells) and all(map(str.isdecimal, cells))


def _is_counting_column(table: Table, column: int, header: str) -> bool:
    """Return True if most cells count; a header such as “Part” can have other reasons."""
    cells = [text for row in table.rows if (text := row[column].text.strip())]
    if header in _DATE_HEADERS:
        # Any word can be a date: “Easter”, “next Monday”.
        return bool(cells)
    counting = [cell for cell in cells if _NUMBER.match(cell) or parse_heading_name(cell).unit]
    return 2 * len(counting) > len(cells)


def _group_rows(rows: Sequence[Sequence[Prose]], columns: _Columns) -> list[list[Sequence[Prose]]]:
    """Return the rows in groups of neighbours, each group one unit."""
    weeks_named = [row for row in rows if _names_week(row[columns.number])]
    if weeks_named and all(_is_divider(row, columns) for row in weeks_named):
        return _group_below_dividers(rows, columns)
    numbers = [row[columns.number].text.strip() for row in rows]
    keys: Sequence[object] = numbers
    if weeks := number_weeks(numbers):
        keys = weeks
    pairs = zip(keys, rows, strict=True)
    groups: list[list[Sequence[Prose]]] = []
    for key, group in groupby(pairs, key=lambda pair: pair[0]):
        members = [row for _, row in group]
        # Each row without a number is a unit of its own.
        groups += [[row] for row in members] if key in _EMPTY_CELLS else [members]
    return groups


def _is_divider(row: Sequence[Prose], columns: _Columns) -> bool:
    """Return True for a row that only names a week, above the rows of that week."""
    others = [cell for place, cell in enumerate(row) if place != columns.number]
    return _names_week(row[columns.number]) and all(map(is_empty_cell, others))


def _names_week(cell: Prose) -> bool:
    return parse_heading_name(cell.text).unit == "week"


def _group_below_dividers(
    rows: Sequence[Sequence[Prose]], columns: _Columns
) -> list[list[Sequence[Prose]]]:
    groups: list[list[Sequence[Prose]]] = []
    divider: Prose | None = None
    for row in rows:
        if _is_divider(row, columns):
            divider = row[columns.number]
            groups.append([row])
        elif divider is None:
            groups.append([row])
        elif _is_divider(groups[-1][0], columns):
            # The first row below takes the week's name, and its own cell as dates.
            text = f"{divider.text} ({row[columns.number].text.strip()})"
            number = replace(row[columns.number], text=text)
            groups[-1] = [(*row[: columns.number], number, *row[columns.number + 1 :])]
        else:
            groups[-1].append(row)
    return groups


def _read_rows(rows: Sequence[Sequence[Prose]], columns: _Columns) -> TimetableRow:
    """Return the rows of one unit as one; each row's title is an item, if there are several."""
    number, title = rows[0][columns.number], rows[0][columns.title]
    names = [_build_row_name(row, columns) for row in rows]
    blocks: list[Prose | BulletList] = []
    header = columns.headers[columns.title].text
    for row in rows:
        content = _list_content_columns(row, columns)
        # A column headed “Topics”, or “Tuesday”, names the week and says what to do in it.
        is_item = len(rows) > 1 or (content and not _is_title_header(header))
        if is_item and not is_empty_cell(row[columns.title]):
            blocks.append(_build_cell_list(header, row[columns.title]))
        for place in content:
            blocks.append(_read_cell(columns.headers[place].text, row[place]))
    if len(rows) == 1:
        heading = replace(title, line=number.line, links=(*number.links, *title.links))
        return heading, names[0], blocks
    titles = [row[columns.title].text.strip() for row in rows]
    name = replace(
        names[0],
        title=_join_titles([text for text in titles if text]),
        dates=", ".join(dict.fromkeys(name.dates for name in names if name.dates)),
    )
    links = tuple(link for row in rows for link in row[columns.number].links)
    return replace(title, line=number.line, links=links), name, blocks


def _join_titles(titles: Sequence[str]) -> str:
    joined = ", ".join(titles)
    if len(joined) <= LONGEST_TITLE or len(titles) < 3:
        return joined
    return f"{titles[0]} – {titles[-1]}"


def _list_content_columns(row: Sequence[Prose], columns: _Columns) -> list[int]:
    """Return the columns with something for this row, beside its number, title and dates."""
    taken = (columns.number, columns.title, columns.dates)
    return [
        place for place, cell in enumerate(row) if place not in taken and not is_empty_cell(cell)
    ]


def _is_title_header(header: str) -> bool:
    """Return True for a column such as “Title”, which only names its row."""
    return _names_title(header) and find_label_role(header) != "topic"


def _build_row_name(row: Sequence[Prose], columns: _Columns) -> HeadingName:
    name = _parse_number_cell(row[columns.number].text, columns.unit)
    title_name = parse_heading_name(row[columns.title].text)
    dates = name.dates
    if columns.dates >= 0:
        dates = dates or row[columns.dates].text.strip()
    return replace(
        name,
        dates=dates,
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


def is_empty_cell(cell: Prose) -> bool:
    """Return True for a cell with nothing in it, or a dash."""
    return cell.text.strip() in _EMPTY_CELLS


def _read_cell(header: str, cell: Prose) -> Prose | BulletList:
    """Return a cell as tasks, labelled by its column, or as words that describe the row."""
    role = find_label_role(header)
    if role == "note" or (not role and (_is_fact_header(header) or _is_link_cell(cell))):
        text = cell.text.strip()
        return Prose(cell.line, f"{header}: {text}", cell.links, header, text)
    return _build_cell_list(header, cell)


def _is_link_cell(cell: Prose) -> bool:
    """Return True for a cell with nothing but links: where to read more, and no task."""
    rest = cell.text
    for link in cell.links:
        rest = rest.replace(link.text, "", 1)
    return bool(cell.links) and not rest.strip(" ,;/|")


def _build_cell_list(header: str, cell: Prose) -> BulletList:
    """Return a cell's pieces as entries, below a label if the column's header is one."""
    pieces: list[Bullet] = []
    for piece in map(str.strip, cell.text.split(";")):
        if piece:
            if piece.isdecimal():
                # “12” alone is nothing to tick: twelve problems, or chapter 12.
                piece = f"{piece} {header}" if header.endswith("s") else f"{header} {piece}"
            links = tuple(link for link in cell.links if link.text in piece)
            pieces.append(Bullet(Prose(cell.line, piece, links)))
    entries = BulletList(cell.line, tuple(pieces))
    if not find_label_role(header):
        return entries
    label = Prose(cell.line, header, label=header)
    return BulletList(cell.line, (Bullet(label, blocks=(entries,)),))
