"""What the author of a plan has done already: left out, for each member has their own ticks."""

from __future__ import annotations

from typing import Final

from bot.roadmap.importer.interpret.draft import quote_excerpt
from bot.roadmap.importer.interpret.vocabulary import normalize_words
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Outline, Prose, Table, walk_list_entries

# A header of signs alone, such as ✓, is empty by now.
_STATUS_HEADERS: Final = frozenset(
    ("", "status", "state", "progress", "done", "complete", "completed", "finished", "check",
     "checked", "tick", "stand", "erledigt", "fertig", "fait", "hecho", "fatto", "状态", "完成")
)  # fmt: skip
_DONE_CELLS: Final = frozenset(
    ("✓", "✔", "✅", "☑", "x", "[x]", "done", "yes", "complete", "completed", "finished", "100%",
     "erledigt", "fertig", "ja", "fait", "oui", "hecho", "sí", "fatto", "完成")
)  # fmt: skip
_STATUS_CELLS: Final = _DONE_CELLS | {
    "", "-", "–", "—", "☐", "⬜", "❌", "✗", "✘", "⏳", "🔲", "[ ]", "[]", "no", "open", "todo",
    "to do", "to-do", "pending", "planned", "wip", "started", "in progress", "not started",
    "offen", "nein", "non",
}  # fmt: skip
# Nothing but boxes says enough below any header.
_BOX_CELLS: Final = frozenset(("", "☐", "⬜", "[ ]", "[]", "[x]", "☑"))
_LEFT_OUT: Final = "I left that out, because each member has their own ticks."


def drop_status_column(table: Table, notes: ImportNotes) -> Table:
    """Return the table without a column that says what its author has done."""
    for place, header in enumerate(table.header):
        states = [_normalize_state(row[place]) for row in table.rows]
        if not _is_status_column(table, place, states):
            continue
        if done_count := sum(state in _DONE_CELLS for state in states):
            name = quote_excerpt(header.text or "✓")
            done = _format_share(done_count, len(states), "rows")
            sentence = f"{name} says that {done} done: {_LEFT_OUT}"
            notes.record_note(table.line, "dropped", sentence)
        kept = tuple(_drop_cell(row, place) for row in table.rows)
        return Table(table.line, _drop_cell(table.header, place), kept)
    return table


def report_ticked_boxes(outline: Outline, notes: ImportNotes) -> None:
    """Report how many of the document's boxes are ticked, at the first of them."""
    boxes = [
        entry
        for section in outline.root.walk_sections()
        for entry in walk_list_entries(section.blocks)
        if entry.is_checked is not None
    ]
    ticked = [entry for entry in boxes if entry.is_checked]
    if not ticked:
        return
    done = _format_share(len(ticked), len(boxes), "entries")
    notes.record_note(ticked[0].line, "dropped", f"{done} ticked: {_LEFT_OUT}")


def _is_status_column(table: Table, place: int, states: list[str]) -> bool:
    if len(table.header) < 2 or not any(states):
        return False
    if normalize_words(table.header[place].text) in _STATUS_HEADERS:
        return _STATUS_CELLS.issuperset(states)
    return _BOX_CELLS.issuperset(states)


def _format_share(count: int, total: int, what: str) -> str:
    verb = "is" if count == 1 else "are"
    return f"{count} of {total} {what} {verb}"


def _normalize_state(cell: Prose) -> str:
    return cell.text.strip().replace("\ufe0f", "").casefold()


def _drop_cell(cells: tuple[Prose, ...], place: int) -> tuple[Prose, ...]:
    return cells[:place] + cells[place + 1 :]
