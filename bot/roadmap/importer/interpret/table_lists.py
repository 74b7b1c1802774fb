"""Tables that are no timetables: each row is an entry of a list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.roadmap.importer.interpret.heading_names import parse_heading_name
from bot.roadmap.importer.interpret.timetables import (
    NUMBER_HEADERS,
    is_empty_cell,
    normalize_header,
)
from bot.roadmap.importer.interpret.vocabulary import normalize_words
from bot.roadmap.importer.tree import Bullet, BulletList, Prose, Table

_AUTHOR_HEADERS = frozenset(("author", "authors", "by", "autor", "auteur"))
_CLOCK = re.compile(r"\s*\d{1,2}(?:[:.h]\d\d|\s?[ap]\.?m\b)", re.I)


def build_table_list(table: Table) -> BulletList:
    """Return a table as a list: each row's first cell, then the words of the others.

    In a grid of weekdays each cell is an entry.
    """
    if _is_weekday_grid(table):
        cells = [cell for row in table.rows for cell in row if not is_empty_cell(cell)]
        return BulletList(table.line, tuple(map(Bullet, cells)))
    author_column = _find_author_column(table)
    is_numbered = normalize_header(table.header[0]) in NUMBER_HEADERS and len(table.header) > 1
    is_timed = len(table.header) > 1 and all(_CLOCK.match(row[0].text) for row in table.rows)
    entries: list[Bullet] = []
    for row in table.rows:
        if is_numbered:
            row = row[1:]
        elif is_timed:
            # The hour is no title, but it may help.
            row = (*row[1:], row[0])
        prose = _format_row(row, author_column - (is_numbered or is_timed))
        if prose is not None:
            entries.append(Bullet(prose))
    return BulletList(table.line, tuple(entries))


def _is_weekday_grid(table: Table) -> bool:
    units = [parse_heading_name(cell.text).unit for cell in table.header]
    return len(units) > 1 and set(units) == {"day"}


def _format_row(row: Sequence[Prose], author_column: int) -> Prose | None:
    if author_column > 0:
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
    if joined is None or is_empty_cell(author):
        return joined
    text = f"{joined.label or joined.text} by {author.text.strip()}"
    if joined.rest:
        text += f" ({joined.rest})"
    return Prose(joined.line, text, (*joined.links, *author.links))


def _join_row_cells(row: Sequence[Prose]) -> Prose | None:
    """Return a row as “first cell: other cells”; None for an empty row."""
    cells = [cell for cell in row if not is_empty_cell(cell)]
    if not cells:
        return None
    first, *others = (cell.text.strip() for cell in cells)
    links = tuple(link for cell in cells for link in cell.links)
    if not others:
        return Prose(cells[0].line, first, links)
    rest = ", ".join(others)
    return Prose(cells[0].line, f"{first}: {rest}", links, first, rest)
