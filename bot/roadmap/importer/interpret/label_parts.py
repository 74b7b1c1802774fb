"""Headings inside a stage or week without a stage of their own: bare labels, empty ones, extras."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.section_body import SectionBody, report_empty_heading
from bot.roadmap.importer.interpret.vocabulary import (
    SectionRole,
    find_label_role,
    find_section_role,
)
from bot.roadmap.importer.report import ImportNotes

_OUTSIDE_ROLES: Final = frozenset({"resources", "certificates", "portfolio"})
_MOST_OUTSIDE_WORDS: Final = 3
DeeperReader = Callable[[DocumentPart, SectionBody], object]


@dataclass
class LabelPartReader:
    """Reads label headings, and sets aside the parts for beside the roadmap, each with its role."""

    notes: ImportNotes
    outside_parts: list[tuple[DocumentPart, SectionRole]] = field(default_factory=list)

    def read_label_part(
        self, part: DocumentPart, body: SectionBody, read_deeper: DeeperReader
    ) -> bool:
        """Read a heading into `body` if it is only a label; return True if it is done.

        `read_deeper` reads the headings below it.
        """
        if part.name.unit:
            return False
        if part.is_empty and not part.heading.links:
            report_empty_heading(part.line, part.heading.text, self.notes)
            return True
        if label := find_label_role(part.heading.text):
            body.read_body_blocks(part.blocks, label)
            for deeper in part.parts:
                read_deeper(deeper, body)
            return True
        return self._set_aside_part(part)

    def _set_aside_part(self, part: DocumentPart) -> bool:
        # A long heading such as “Projects with data from books” is about the week itself.
        role = find_section_role(part.title)
        if role not in _OUTSIDE_ROLES or len(part.title.split()) > _MOST_OUTSIDE_WORDS:
            return False
        self.outside_parts.append((part, role))
        return True
