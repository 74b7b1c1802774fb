"""What is to be said about a file that was imported: each entry has a line of that file and is one sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

EntryKind = Literal["read", "repaired", "dropped", "odd", "kept"]
"""`read`: how something that could be meant in several ways was taken. `repaired`: text put right. `dropped`: not in the
plan. `odd`: the author should look at it. `kept`: had no place of its own and is an info block."""

MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One thing to tell the author. `line` counts from 1; 0 stands for the whole file. The sentence is plain text."""

    line: int
    kind: EntryKind
    sentence: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Everything there is to tell about an import, in the order of the file."""

    entries: tuple[ReportEntry, ...] = ()

    def list_entries_of_kind(self, kind: EntryKind) -> tuple[ReportEntry, ...]:
        """The entries of one kind."""
        return tuple(entry for entry in self.entries if entry.kind == kind)

    def __add__(self, other: ImportReport) -> ImportReport:
        return ImportReport(
            tuple(sorted((*self.entries, *other.entries), key=lambda entry: entry.line))
        )

    def shorten_report(self) -> ImportReport:
        """At most two hundred entries; what had to go is counted in the last one."""
        if len(self.entries) <= MOST_ENTRIES:
            return self
        left = len(self.entries) - MOST_ENTRIES + 1
        more = ReportEntry(0, "odd", f"There is more to tell about this file: {left} entries.")
        return ImportReport((*self.entries[: MOST_ENTRIES - 1], more))


@dataclass(slots=True)
class ImportNotes:
    """Entries while a file is being read. The same sentence about several lines becomes one entry, on the first of them."""

    _lines: dict[tuple[EntryKind, str], list[int]] = field(default_factory=dict)

    def record_note(self, line: int, kind: EntryKind, sentence: str) -> None:
        """Note a sentence about a line."""
        self._lines.setdefault((kind, sentence), []).append(line)

    def build_import_report(self) -> ImportReport:
        """Everything told so far."""
        told = []
        for (kind, sentence), lines in self._lines.items():
            more = len(lines) - 1
            below = f" The same {more} more time{'s' if more > 1 else ''} below." if more else ""
            told.append(ReportEntry(min(lines), kind, sentence + below))
        return ImportReport(tuple(sorted(told, key=lambda entry: entry.line)))
