"""The report about an imported file: each entry has a line of the file and one sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

EntryKind = Literal["read", "repaired", "dropped", "odd", "kept"]
"""`read`: something with several readings, and the chosen one. `repaired`: text put right.
`dropped`: not in the roadmap. `odd`: for the author to look at. `kept`: without a better place,
and so an info block."""

MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One remark for the author. The sentence is plain text."""

    line: int
    """Counts from 1; 0 stands for the whole file."""
    kind: EntryKind
    sentence: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """All remarks about an import, in the order of the file."""

    entries: tuple[ReportEntry, ...] = ()

    def list_entries_of_kind(self, kind: EntryKind) -> tuple[ReportEntry, ...]:
        """Return the entries with this kind."""
        return tuple(entry for entry in self.entries if entry.kind == kind)

    def __add__(self, other: ImportReport) -> ImportReport:
        return ImportReport(_sort_by_line([*self.entries, *other.entries]))

    def shorten_report(self) -> ImportReport:
        """Return the report with `MOST_ENTRIES` entries at most; the last one counts the rest."""
        if len(self.entries) <= MOST_ENTRIES:
            return self
        left_out = len(self.entries) - MOST_ENTRIES + 1
        last = ReportEntry(
            0, "odd", f"This report is too long: {left_out} more entries are left out."
        )
        return ImportReport((*self.entries[: MOST_ENTRIES - 1], last))


@dataclass(slots=True)
class ImportNotes:
    """Collects entries during an import; a repeated sentence is one entry, on its first line."""

    _lines: dict[tuple[EntryKind, str], list[int]] = field(default_factory=dict)

    def record_note(self, line: int, kind: EntryKind, sentence: str) -> None:
        """Add a sentence about a line; the line is 0 for the whole file."""
        self._lines.setdefault((kind, sentence), []).append(line)

    def build_import_report(self) -> ImportReport:
        """Return the report with everything recorded so far."""
        entries: list[ReportEntry] = []
        for (kind, sentence), lines in self._lines.items():
            text = sentence + _format_repetitions(len(lines) - 1)
            entries.append(ReportEntry(min(lines), kind, text))
        return ImportReport(_sort_by_line(entries))


def _sort_by_line(entries: list[ReportEntry]) -> tuple[ReportEntry, ...]:
    # The sort is stable, so remarks about one line keep the order of the import's steps.
    return tuple(sorted(entries, key=lambda entry: entry.line))


def _format_repetitions(count: int) -> str:
    if not count:
        return ""
    if count == 1:
        return " This happens once more below."
    return f" This happens {count} more times below."
