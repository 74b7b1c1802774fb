"""Certificates and portfolio projects: two lists beside the weeks, each entry with its level."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from bot.roadmap import InfoKind
from bot.roadmap.importer.interpret.draft import (
    LONGEST_LINE,
    LONGEST_TEXT,
    PartDraft,
    clean_list_entries,
    clean_plain_text,
    quote_excerpt,
    set_draft_title,
    shorten_to_clause,
)
from bot.roadmap.importer.interpret.info_blocks import InfoCollector
from bot.roadmap.importer.interpret.items import split_inline_list
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.resources import ResourceCatalog
from bot.roadmap.importer.interpret.vocabulary import (
    Level,
    find_level,
    normalize_words,
    strip_decoration,
)
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Bullet, BulletList, Prose, walk_paragraphs

_FOCUS = re.compile(r"^(?:focus(?:es)?(?: on)?|covers|about|topics?)\s*[:–—-]\s*(.+)$", re.I)
_FOCUS_INSIDE = re.compile(r"\bfocus(?:es)?(?: on)?\s?:\s?(.+)$", re.I)
_LEVEL_NAMES = (
    "beginner beginners basic basics entry level easy starter foundational fundamental "
    "fundamentals novice intermediate medium mid advanced expert hard professional friendly "
    "project projects certificate certificates certification certifications ideas and & for"
)
_LEVEL_WORDS: Final = frozenset(_LEVEL_NAMES.split())
_LEVEL_LABEL = re.compile(r"^([\w -]{3,20}?)\s*[:–—]\s+(.+)$")


@dataclass
class PortfolioCollector:
    """Collects certificates and projects; other words near them become info blocks."""

    catalog: ResourceCatalog
    notes: ImportNotes
    info: InfoCollector
    certificates: list[PartDraft] = field(default_factory=list)
    projects: list[PartDraft] = field(default_factory=list)
    _certificate_by_name: dict[str, PartDraft] = field(default_factory=dict)

    # — certificates —

    def collect_certificates(self, part: DocumentPart) -> None:
        """Collect the certificates in a part: list entries, bold lines and lines with a link."""
        level = find_level(part.title)
        current: PartDraft | None = None
        words: list[Prose | BulletList] = []
        for block in part.blocks:
            if isinstance(block, BulletList):
                for entry in block.entries:
                    current = self.collect_certificate(entry, level)
            elif current is not None and (focus := _FOCUS.match(strip_decoration(block.text))):
                # “Focus: …” on its own line is about the certificate above it.
                current.setdefault("focus", shorten_to_clause(focus.group(1), LONGEST_LINE))
            elif block.is_strong or block.links:
                current = self.collect_certificate(Bullet(block), level)
            else:
                words.append(block)
        self._keep_words(part, words, "context")

    def collect_certificate(self, entry: Bullet, level: Level) -> PartDraft | None:
        """Collect an entry's certificate and return it.

        “Beginner: one, two” holds several; the last of them is returned.
        """
        text = strip_decoration(entry.prose.text)
        match = _LEVEL_LABEL.match(text)
        if match and not entry.prose.links and (own_level := find_level(match.group(1))):
            return self._collect_certificate_row(entry.line, match.group(2), own_level)
        draft = self._build_certificate(entry, text, level)
        if "title" not in draft:
            return None
        # The first link is the certificate's own address; the others are resources.
        others = replace(entry.prose, links=entry.prose.links[1:])
        for prose in (others, *walk_paragraphs(entry.blocks)):
            self.catalog.add_link_resources(prose)
        return self._keep_certificate(draft)

    def _collect_certificate_row(self, line: int, names: str, level: Level) -> PartDraft | None:
        certificate: PartDraft | None = None
        for name in split_inline_list(names):
            certificate = self.collect_certificate(Bullet(Prose(line, name)), level)
        return certificate

    def _build_certificate(self, entry: Bullet, text: str, level: Level) -> PartDraft:
        title, focus = _split_certificate_focus(entry, text)
        address = ""
        if entry.prose.links:
            link = entry.prose.links[0]
            title = clean_plain_text(link.text) or title
            address = self.catalog.check_link_target(link, entry.line)
        return PartDraft(
            entry.line,
            title=shorten_to_clause(strip_decoration(title), LONGEST_LINE),
            level=level,
            link=address,
            focus=shorten_to_clause(focus, LONGEST_LINE),
        )

    def _keep_certificate(self, draft: PartDraft) -> PartDraft:
        name = normalize_words(draft["title"])
        certificate = self._certificate_by_name.setdefault(name, draft)
        if certificate is draft:
            self.certificates.append(draft)
        else:
            self._report_same_certificate(draft, certificate)
        return certificate

    def _report_same_certificate(self, draft: PartDraft, certificate: PartDraft) -> None:
        title = quote_excerpt(draft["title"])
        sentence = f"{title} is also on line {certificate.line}: I kept it as one certificate."
        self.notes.record_note(draft.line, "read", sentence)

    # — projects —

    def collect_projects(self, part: DocumentPart) -> None:
        """Collect the projects in a part: its list entries."""
        level = find_level(part.title)
        for entry in part.entries:
            self.collect_project(entry, level)
        self._keep_words(part, [*part.prose_blocks], "experience")

    def collect_project(self, entry: Bullet, level: Level) -> None:
        """Collect an entry's project, or the projects below an entry that only names a level."""
        text = strip_decoration(entry.prose.text)
        if is_level_heading(text):
            for inner in entry.bullets:
                self.collect_project(inner, find_level(text))
            return
        title, summary = text, ""
        match = _LEVEL_LABEL.match(text)
        if match and is_level_heading(match.group(1)):
            level, title = find_level(match.group(1)), match.group(2).strip(" .")
        elif entry.prose.label and entry.prose.rest:
            title = strip_decoration(entry.prose.label)
            summary = clean_plain_text(entry.prose.rest)
        if title:
            draft = PartDraft(entry.line, level=level, summary=summary)
            self._append_project(set_draft_title(draft, title, self.notes), entry)

    def _append_project(self, draft: PartDraft, entry: Bullet) -> None:
        """Add a project to the portfolio, with everything below its entry."""
        for prose in (entry.prose, *walk_paragraphs(entry.blocks)):
            draft.add_references("resources", self.catalog.add_link_resources(prose))
        parts: list[str] = []
        for block in entry.blocks:
            if isinstance(block, Prose):
                draft.append_summary(shorten_to_clause(clean_plain_text(block.text), LONGEST_TEXT))
            elif isinstance(block, BulletList):
                parts += [strip_decoration(prose.text) for prose in walk_paragraphs([block])]
        draft.add_values("parts", clean_list_entries(parts, self.notes, entry.line))
        self.projects.append(draft)

    def _keep_words(
        self, part: DocumentPart, words: list[Prose | BulletList], kind: InfoKind
    ) -> None:
        if words:
            self.info.add_info_block(DocumentPart(part.heading, part.name, words), kind, part.title)


def _split_certificate_focus(entry: Bullet, text: str) -> tuple[str, str]:
    """Return the certificate's name and its focus."""
    if inside := _FOCUS_INSIDE.search(text):
        return text[: inside.start()].strip(" –—-;,.·•"), inside.group(1)
    if entry.prose.label and entry.prose.rest:
        return clean_plain_text(entry.prose.label), clean_plain_text(entry.prose.rest)
    focuses: list[str] = []
    for prose in walk_paragraphs(entry.blocks):
        line = strip_decoration(prose.text)
        if match := _FOCUS.match(line):
            line = match.group(1)
        focuses.append(line)
    return text, "; ".join(focuses)


def is_level_heading(title: str) -> bool:
    """Return True for a heading that only names a level, such as “Beginner projects”."""
    return bool(find_level(title)) and not set(normalize_words(title).split()) - _LEVEL_WORDS
