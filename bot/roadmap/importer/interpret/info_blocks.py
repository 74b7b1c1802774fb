"""Info blocks: texts, points and pairs worth knowing, each block with its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.roadmap import InfoKind
from bot.roadmap.importer.interpret.draft import (
    LONGEST_LINE,
    LONGEST_LIST,
    LONGEST_TEXT,
    LONGEST_TITLE,
    PartDraft,
    clean_list_entries,
    clean_plain_text,
    quote_excerpt,
    set_draft_title,
    shorten_to_clause,
)
from bot.roadmap.importer.interpret.heading_names import HeadingName
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.resources import ResourceCatalog
from bot.roadmap.importer.interpret.vocabulary import normalize_words, strip_decoration
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Bullet, BulletList, Prose, walk_paragraphs

_ARROW = re.compile(r"\s*(?:→|⇒|➜|->|=>)\s*")
_MYTH = re.compile(r"\bmyths?:\s*(.{3,300}?)\s*\b(?:reality|facts?|truth):\s*(.{3,})", re.I)
_KIND_BY_LABEL: Final[dict[InfoKind, re.Pattern[str]]] = {
    "ladder": re.compile(r"^(?:growth path|career (?:path|ladder|progression)|progression)$"),
    "difficulty": re.compile(r"^(?:difficulty(?: level)?|common (?:struggles|challenges))$"),
    "myths": re.compile(r"^myths?(?: (?:vs|versus|and) (?:reality|facts?))?$"),
    "pitfalls": re.compile(r"^(?:common )?(?:pitfalls|mistakes)$"),
}


@dataclass
class InfoCollector:
    """Collects info blocks in the order of the document."""

    catalog: ResourceCatalog
    notes: ImportNotes
    blocks: list[PartDraft] = field(default_factory=list)

    def add_note_block(self, blocks: Sequence[Prose | BulletList], title: str, line: int) -> None:
        """Keep words without a better place as a note, and report it."""
        count = len(self.blocks)
        part = DocumentPart(Prose(line, title), HeadingName(""), list(blocks))
        self.add_info_block(part, "note", title)
        # Words that are only links become resources, and no note.
        if len(self.blocks) == count:
            return
        name = quote_excerpt(title or _find_first_text(blocks))
        sentence = f"I kept {name} as a note, because it is not an item or a resource."
        self.notes.record_note(line, "kept", sentence)

    def add_entry_block(self, entry: Bullet, kind: InfoKind, title: str) -> None:
        """Keep an entry, with all entries below it, as one block."""
        blocks = [block for block in entry.blocks if isinstance(block, Prose | BulletList)]
        part = DocumentPart(entry.prose, HeadingName(""), blocks)
        self.add_info_block(part, kind, title, is_whole=True)

    def add_info_block(
        self, part: DocumentPart, kind: InfoKind, title: str, *, is_whole: bool = False
    ) -> None:
        """Keep a part as a block; unless `is_whole`, an entry with a list below is its own block.

        A list too long for one block continues in further blocks.
        """
        draft = PartDraft(part.line, kind=kind)
        if title:
            set_draft_title(draft, title, self.notes)
        can_split = bool(title) and not is_whole
        points = self._collect_points(draft, part, can_split=can_split)
        if "summary" in draft:
            draft["text"] = draft.pop("summary")
        points = clean_list_entries(points, self.notes, part.line, len(points))
        draft.add_values("points", points[:LONGEST_LIST])
        if any(name in draft for name in ("text", "points", "pairs")):
            self.blocks.append(draft)
        self._continue_points(draft, points)

    def _continue_points(self, draft: PartDraft, points: Sequence[str]) -> None:
        for start in range(LONGEST_LIST, len(points), LONGEST_LIST):
            continued = PartDraft(draft.line, kind=draft["kind"], title=draft.get("title"))
            continued.add_values("points", points[start : start + LONGEST_LIST])
            self.blocks.append(continued)

    def _collect_points(
        self, draft: PartDraft, part: DocumentPart, *, can_split: bool
    ) -> list[str]:
        """Read the part's paragraphs into the draft; return its entries as points."""
        points: list[str] = []
        for block in part.blocks:
            if isinstance(block, Prose):
                self._add_info_paragraph(draft, block)
                continue
            for entry in block.entries:
                if can_split and _is_block_of_its_own(entry):
                    self.catalog.add_link_resources(entry.prose)
                    self.add_entry_block(entry, draft["kind"], strip_decoration(entry.prose.text))
                else:
                    points += self._read_info_entry(draft, entry)
        return points

    def _add_info_paragraph(self, draft: PartDraft, prose: Prose) -> None:
        self.catalog.add_link_resources(prose, title=str(draft.get("title", "")))
        text = clean_plain_text(prose.text)
        if self._add_info_pair(draft, text):
            return
        if len(draft.get("summary", "")) + len(prose.text) > LONGEST_TEXT:
            sentence = f"I cut this text to {LONGEST_TEXT} characters."
            self.notes.record_note(prose.line, "dropped", sentence)
        draft.append_summary(text)

    def _add_info_pair(self, draft: PartDraft, text: str) -> bool:
        """Add “myth, reality” or “if, then” as a pair; return False if the text is none."""
        sides = _split_pair(text, draft["kind"])
        if len(sides) != 2 or not all(sides) or len(draft.get("pairs", ())) >= LONGEST_LIST:
            return False
        about, says = (strip_decoration(side.strip()) for side in sides)
        pair = PartDraft(
            draft.line,
            about=shorten_to_clause(about, LONGEST_LINE),
            says=shorten_to_clause(says, LONGEST_TEXT),
        )
        draft.add_values("pairs", [pair])
        return True

    def _read_info_entry(self, draft: PartDraft, entry: Bullet) -> Iterator[str]:
        """Yield the words in an entry and below it, except those with a better place."""
        text = strip_decoration(entry.prose.text)
        label, colon, rest = text.partition(": ")
        if colon and (kind := _find_labelled_kind(label)):
            title = shorten_to_clause(label, LONGEST_TITLE)
            self._add_labelled_block(PartDraft(entry.line, kind=kind, title=title), rest)
        elif not self._add_info_pair(draft, text):
            if draft["kind"] == "community" and entry.prose.links:
                self.catalog.add_entry_resources(entry.prose, "community")
            else:
                self.catalog.add_link_resources(entry.prose)
                yield text
        for prose in walk_paragraphs(entry.blocks):
            self.catalog.add_link_resources(prose)
            yield strip_decoration(prose.text)

    def _add_labelled_block(self, draft: PartDraft, rest: str) -> None:
        """Keep an entry such as “Growth path: junior → senior” as a block of its own."""
        if not self._add_info_pair(draft, rest):
            steps: list[str] = []
            if draft["kind"] == "ladder":
                steps = [step.strip(" .") for step in _ARROW.split(rest)]
            if len(steps) > 1:
                draft["points"] = clean_list_entries(steps, self.notes, draft.line)
            else:
                draft["text"] = shorten_to_clause(rest, LONGEST_TEXT)
        self.blocks.append(draft)


def _is_block_of_its_own(entry: Bullet) -> bool:
    # A list two levels deep is one block; deeper ones would fall into too many.
    return bool(entry.bullets) and not any(inner.blocks for inner in entry.bullets)


def _split_pair(text: str, kind: InfoKind) -> Sequence[str]:
    if myth := _MYTH.search(text):
        return myth.groups()
    # Only advice uses an arrow as “if, then”; elsewhere it is a row of steps.
    if kind == "advice":
        return _ARROW.split(strip_decoration(text))
    return ()


def _find_labelled_kind(label: str) -> InfoKind | None:
    words = normalize_words(label)
    for kind, pattern in _KIND_BY_LABEL.items():
        if pattern.match(words):
            return kind
    return None


def _find_first_text(blocks: Sequence[Prose | BulletList]) -> str:
    """Return the first paragraph, else the first entry."""
    for block in blocks:
        if isinstance(block, Prose) and block.text:
            return block.text
        if isinstance(block, Prose):
            break
    return _find_first_entry_text(blocks)


def _find_first_entry_text(blocks: Sequence[Prose | BulletList]) -> str:
    for block in blocks:
        if isinstance(block, BulletList) and block.entries:
            return block.entries[0].prose.text
    return ""
