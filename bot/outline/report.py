"""What is to be said about a file that was imported: each entry has a line of that file and is one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EntryKind = Literal["read", "repaired", "dropped", "odd", "kept"]
"""`read`: how something that could be meant in several ways was taken. `repaired`: text put right. `dropped`: not in the
plan. `odd`: the author should look at it. `kept`: had no place of its own and is an info block."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to tell the author. `line` counts from 1; 0 stands for the whole file. The sentence is plain text."""

    line: int
    kind: EntryKind
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything there is to tell about an import, in the order of the file."""

    entries: tuple[Entry, ...] = ()

    def of(self, kind: EntryKind) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.kind == kind)

    def __add__(self, other: Report) -> Report:
        return Report(tuple(sorted((*self.entries, *other.entries), key=lambda entry: entry.line)))
