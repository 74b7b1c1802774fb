"""The beginning of a document: its title, its summary and the sections after them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.roadmap.importer.interpret.draft import clean_plain_text
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.provenance import format_front_matter_value, map_front_matter
from bot.roadmap.importer.interpret.resources import ResourceCatalog
from bot.roadmap.importer.interpret.sections import is_roadmap_section
from bot.roadmap.importer.interpret.vocabulary import find_section_role, strip_decoration
from bot.roadmap.importer.tree import BulletList, Front, Prose

# A shorter paragraph, such as “Version 2”, says too little for a summary.
_SHORTEST_SUMMARY = 30
_UNTITLED = "An imported plan"


class DocumentOpening:
    """The title and summary of a document, and the rest of its text.

    `sections` are its highest sections, `intro` the blocks before the first of them.
    """

    def __init__(
        self, root: DocumentPart, front: Front, name: str, catalog: ResourceCatalog
    ) -> None:
        self._front, self._catalog = map_front_matter(front), catalog
        self.sections: list[DocumentPart] = root.parts
        self.intro: list[Prose | BulletList] = list(root.blocks)
        self.title = self._take_title() or _build_title_from_name(name)
        self.summary = format_front_matter_value(self._front.get("summary"))

    # — the title —

    def _take_title(self) -> str:
        """Return the title; take the section of that name apart."""
        front_title = format_front_matter_value(self._front.get("title"))
        if not self.sections:
            return front_title
        first, *others = self.sections
        if not first.heading.text or first.name.unit:
            return front_title
        if others and not _is_document_title(first, front_title):
            return front_title
        self.intro += first.blocks
        self.sections = [*first.parts, *others]
        self._catalog.add_link_resources(first.heading)
        return front_title or strip_decoration(first.heading.text, has_number=True)

    # — the summary —

    def take_summary(self) -> None:
        """Find the summary unless the front matter has one; take its text out of the rest.

        Looked for in this order: an overview section, the text before the first section, the
        first long paragraph before the plan.
        """
        if not self.summary:
            self._take_overview()
        self._take_intro_paragraph()
        if not self.summary:
            # This paragraph also stays where it is: its section may be more than a summary.
            first = next(self._list_first_paragraphs(), None)
            if first is not None:
                self.summary = clean_plain_text(first.text)

    def _take_overview(self) -> None:
        overviews = [
            part
            for part in self.sections
            if find_section_role(part.title) == "summary" and not part.name.unit
        ]
        if not overviews or not overviews[0].prose_blocks:
            return
        overview = overviews[0]
        paragraphs: list[Prose] = []
        others: list[Prose | BulletList] = []
        for block in overview.blocks:
            if isinstance(block, Prose) and not block.label:
                self._catalog.add_link_resources(block)
                paragraphs.append(block)
            else:
                others.append(block)
        overview.blocks = others
        if overview.is_empty:
            self.sections = [part for part in self.sections if part is not overview]
        self.summary = "\n\n".join(clean_plain_text(prose.text) for prose in paragraphs)

    def _take_intro_paragraph(self) -> None:
        first_line = min((part.line for part in self.sections), default=10**9)
        others: list[Prose | BulletList] = []
        for block in self.intro:
            # A title section in the middle can put later blocks into the intro, too.
            is_early = block.line < first_line and not self.summary
            if is_early and isinstance(block, Prose) and _is_plain_paragraph(block):
                self.summary = clean_plain_text(block.text)
                self._catalog.add_link_resources(block)
            else:
                others.append(block)
        self.intro = others

    def _list_first_paragraphs(self) -> Iterator[Prose]:
        """Yield the long paragraphs before the plan."""
        for section in self.sections:
            if is_roadmap_section(section):
                return
            for part in section.walk_parts():
                for prose in part.prose_blocks:
                    if _is_plain_paragraph(prose) and len(prose.text) > _SHORTEST_SUMMARY:
                        yield prose


def _is_document_title(first: DocumentPart, front_title: str) -> bool:
    """Return True if the first of several sections is the title, and no section itself."""
    heading = strip_decoration(first.heading.text)
    if heading.casefold() == front_title.casefold():
        return True
    if front_title:
        return False
    return not find_section_role(first.title) and not first.entries


def _build_title_from_name(name: str) -> str:
    stem = name.rsplit(".", 1)[0]
    return clean_plain_text(re.sub(r"[_-]+", " ", stem)) or _UNTITLED


def _is_plain_paragraph(prose: Prose) -> bool:
    return not prose.label and not prose.is_strong
