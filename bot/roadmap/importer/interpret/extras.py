"""Parts beside the weeks: resources, certificates, portfolio and everything worth knowing."""

from __future__ import annotations

from typing import Final

from bot.roadmap import InfoKind
from bot.roadmap.importer.interpret.info_blocks import InfoCollector
from bot.roadmap.importer.interpret.items import split_inline_list
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.portfolio import PortfolioCollector, is_level_heading
from bot.roadmap.importer.interpret.resource_kinds import ResourceHint, find_resource_kind
from bot.roadmap.importer.interpret.resources import ResourceCatalog, add_resource_details
from bot.roadmap.importer.interpret.section_body import report_empty_heading
from bot.roadmap.importer.interpret.vocabulary import (
    INFO,
    STRICT,
    Level,
    SectionRole,
    find_label_role,
    find_level,
    find_section_role,
    is_info_kind,
    normalize_words,
    strip_decoration,
)
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Bullet, BulletList, Prose, walk_paragraphs

_MIXED_HEADINGS: Final = frozenset(
    {"online resources", "resources", "links", "learning resources", "useful links"}
)
_MOST_LABEL_WORDS: Final = 3


class ExtrasCollector:
    """Collects everything beside the plan itself."""

    def __init__(self, catalog: ResourceCatalog, notes: ImportNotes) -> None:
        self.catalog, self.notes = catalog, notes
        self.info = InfoCollector(catalog, notes)
        self.portfolio = PortfolioCollector(catalog, notes, self.info)

    def collect_part(
        self, part: DocumentPart, inherited: SectionRole = "", level: Level = ""
    ) -> None:
        """Collect a part and everything inside it.

        `inherited` and `level` come from the part around it.
        """
        role = self._find_part_role(part, inherited)
        if inherited in ("portfolio", "certificates") and not is_level_heading(part.title):
            self._collect_single_piece(part, role, level)
        elif part.is_empty:
            self._collect_empty_part(part, role)
        elif role == "resources":
            self._collect_resources(part, inherited)
        else:
            self._collect_text(part, role)
        for inner in part.parts:
            self.collect_part(inner, role, find_level(part.title) or level)

    def _collect_text(self, part: DocumentPart, role: SectionRole) -> None:
        has_pieces = bool(part.entries or part.parts)
        if role == "certificates" and has_pieces:
            self.portfolio.collect_certificates(part)
        elif role == "portfolio" and has_pieces:
            self.portfolio.collect_projects(part)
        else:
            self.catalog.add_link_resources(part.heading)
            self._collect_info(part, role)

    def _collect_single_piece(self, part: DocumentPart, role: SectionRole, level: Level) -> None:
        """Collect a heading that is itself a project or a certificate."""
        entry = Bullet(part.heading, blocks=tuple(part.blocks))
        if role == "portfolio":
            self.portfolio.collect_project(entry, level)
        else:
            self.portfolio.collect_certificate(entry, level)

    def _collect_empty_part(self, part: DocumentPart, role: SectionRole) -> None:
        if role == "resources" and part.heading.links:
            self.catalog.add_link_resources(part.heading)
        else:
            report_empty_heading(part.line, part.heading.text, self.notes)

    def _collect_info(self, part: DocumentPart, role: SectionRole) -> None:
        if not part.blocks:
            return
        if is_info_kind(role):
            self.info.add_info_block(part, role, part.title)
        else:
            self.info.add_note_block(part.blocks, part.title, part.line)

    # — roles —

    def _find_part_role(self, part: DocumentPart, inherited: SectionRole) -> SectionRole:
        """Return the part's own role, unless the list around it decides."""
        own_role = find_section_role(part.title)
        if inherited in STRICT:
            return inherited
        if inherited == "resources":
            return self._find_role_among_resources(part, own_role)
        if is_info_kind(own_role) or own_role in ("resources", "certificates", "portfolio"):
            return own_role
        return inherited or own_role

    def _find_role_among_resources(self, part: DocumentPart, own_role: SectionRole) -> SectionRole:
        # “Communities” among the resources are resources; “Industry connections” are not.
        if own_role not in ("community", "certificates", "portfolio"):
            return "resources"
        has_links = any(entry.prose.links for entry in part.entries)
        if has_links or find_resource_kind(part.title):
            return "resources"
        return own_role

    # — resources —

    def _collect_resources(self, part: DocumentPart, inherited: SectionRole) -> None:
        """Collect a part's resources, each with the kind from its heading or label."""
        heading_hint: ResourceHint = ""
        # A heading above further headings is too general to say a kind.
        if inherited == "resources" or not part.parts:
            heading_hint = _find_resource_hint(part.title)
        self.catalog.add_link_resources(part.heading, heading_hint)
        words: list[Prose | BulletList] = []
        hint = heading_hint
        for block in part.blocks:
            if isinstance(block, BulletList):
                for entry in block.entries:
                    self._collect_resource(entry, hint)
                # A label holds for the one list below it.
                hint = heading_hint
            elif _is_label_line(block):
                hint = _find_resource_hint(block.text) or heading_hint
            elif block.links:
                self.catalog.add_entry_resources(block, hint)
            else:
                words.append(block)
        if words:
            self.info.add_note_block(words, "", words[0].line)

    def _collect_resource(self, entry: Bullet, hint: ResourceHint) -> None:
        """Collect an entry's resource, or the resources below it; `hint` is their kind."""
        text = strip_decoration(entry.prose.text)
        if entry.prose.links:
            self._add_resource_entry(entry, hint)
            return
        if entry.bullets:
            self._collect_nested_resources(entry, text, hint)
            return
        label, _, names = text.partition(": ")
        label_kind = _find_resource_hint(label)
        if names and label_kind and len(label.split()) <= _MOST_LABEL_WORDS:
            for name in split_inline_list(names):
                self.catalog.add_entry_resources(Prose(entry.line, name), label_kind)
            return
        self._add_resource_entry(entry, hint)

    def _add_resource_entry(self, entry: Bullet, hint: ResourceHint) -> None:
        resources = self.catalog.add_entry_resources(entry.prose, hint)
        below = list(walk_paragraphs(entry.blocks))
        for prose in below:
            self.catalog.add_link_resources(prose)
        if resources and below:
            add_resource_details(resources[0], [prose.text for prose in below], self.notes)

    def _collect_nested_resources(self, entry: Bullet, text: str, hint: ResourceHint) -> None:
        kind = _find_resource_hint(text)
        names_no_kind = not kind and not hint and find_section_role(text) in (*INFO, "")
        if names_no_kind and not any(inner.prose.links for inner in entry.bullets):
            # A list like “How to choose” lists no resources, even in their section.
            self.info.add_entry_block(entry, _find_info_kind(text), text)
            return
        words = [block for block in entry.blocks if isinstance(block, Prose)]
        if words:
            self.info.add_note_block(words, text, entry.line)
        for inner in entry.bullets:
            self._collect_resource(inner, kind or hint)


def _is_label_line(prose: Prose) -> bool:
    if prose.rest:
        return False
    return prose.is_strong or prose.text.rstrip().endswith(":")


def _find_resource_hint(title: str) -> ResourceHint:
    """Return the kind that a heading or label announces; empty for a mixed list."""
    if normalize_words(title) in _MIXED_HEADINGS:
        return ""
    return find_resource_kind(title)


def _find_info_kind(title: str) -> InfoKind:
    """Return the info block's kind for a list among the resources."""
    role = find_section_role(title)
    if is_info_kind(role):
        return role
    if find_label_role(title) == "resources":
        return "community"
    return "note"
