"""What stands beside the weeks of a plan: its resources, certificates, portfolio and everything worth knowing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

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
from bot.roadmap.importer.interpret.items import split_inline_list
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.resources import (
    ResourceCatalog,
    add_resource_details,
    find_resource_kind,
)
from bot.roadmap.importer.interpret.vocabulary import (
    INFO,
    STRICT,
    find_label_role,
    find_level,
    find_section_role,
    normalize_words,
    strip_decoration,
)
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Bullet, BulletList, Prose, walk_paragraphs

_UNNAMED: Final = HeadingName("")
_ARROW = re.compile(r"\s*(?:→|⇒|➜|->|=>)\s*")
_MYTH = re.compile(r"\bmyths?:\s*(.{3,300}?)\s*\b(?:reality|facts?|truth):\s*(.{3,})", re.I)
_FOCUS = re.compile(r"^(?:focus(?:es)?(?: on)?|covers|about|topics?)\s*[:–—-]\s*(.+)$", re.I)
_FOCUS_INSIDE = re.compile(r"\bfocus(?:es)?(?: on)?\s?:\s?(.+)$", re.I)
_LEVEL_NAMES = (
    "beginner beginners basic basics entry level easy starter foundational fundamental fundamentals novice intermediate medium "
    "mid advanced expert hard professional friendly project projects certificate certificates certification certifications "
    "ideas and & for"
)
_LEVEL_WORDS: Final = frozenset(_LEVEL_NAMES.split())
_OF_ANY_KIND: Final = frozenset(
    {"online resources", "resources", "links", "learning resources", "useful links"}
)
_LEVEL_LABEL = re.compile(r"^([\w -]{3,20}?)\s*[:–—]\s+(.+)$")
_INFO_LABEL: Final = {
    "ladder": re.compile(r"^(?:growth path|career (?:path|ladder|progression)|progression)$"),
    "difficulty": re.compile(r"^(?:difficulty(?: level)?|common (?:struggles|challenges))$"),
    "myths": re.compile(r"^myths?(?: (?:vs|versus|and) (?:reality|facts?))?$"),
    "pitfalls": re.compile(r"^(?:common )?(?:pitfalls|mistakes)$"),
}


@dataclass
class ExtrasCollector:
    """Collects what is not the plan itself."""

    catalog: ResourceCatalog
    notes: ImportNotes
    certificates: list[PartDraft] = field(default_factory=list)
    portfolio: list[PartDraft] = field(default_factory=list)
    info: list[PartDraft] = field(default_factory=list)
    _certificate_by_key: dict[str, PartDraft] = field(default_factory=dict)

    def collect_part(self, part: DocumentPart, inherited: str = "", level: str = "") -> None:
        """Put a part, with everything inside it, where its heading says; `level` is that of what it stands in."""
        role = self.find_part_role(part, inherited)
        if inherited in ("portfolio", "certificates") and not _is_level_heading(part.title):
            self._collect_single_piece(part, role, level)
        elif part.is_empty:
            self._collect_empty_part(part, role)
        elif role == "resources":
            self._collect_resources(part, inherited)
        elif role == "certificates" and (part.entries or part.parts):
            self._collect_certificates(part)
        elif role == "portfolio" and (part.entries or part.parts):
            self._collect_portfolio(part)
        else:
            self.catalog.add_link_resources(part.heading)
            self._collect_info(part, role if role in INFO else "")
        for inner in part.parts:
            self.collect_part(inner, role, find_level(part.title) or level)

    def _collect_single_piece(self, part: DocumentPart, role: str, level: str) -> None:
        """A heading that is a project or certificate itself."""
        bullet = Bullet(part.heading, blocks=tuple(part.blocks))
        if role == "portfolio":
            self._collect_project(bullet, level)
        else:
            self._collect_certificate(bullet, level)

    def _collect_empty_part(self, part: DocumentPart, role: str) -> None:
        if role == "resources" and part.heading.links:
            self.catalog.add_link_resources(part.heading)
        else:
            self.notes.record_note(
                part.line, "odd", f"Nothing stands below {quote_excerpt(part.heading.text)}."
            )

    def find_part_role(self, part: DocumentPart, inherited: str) -> str:
        """Where a part belongs: where its own heading says, unless what it stands in is a list of one kind."""
        own = find_section_role(part.title)
        if inherited in STRICT:
            return inherited
        if inherited == "resources":
            leaves = own in (
                "community",
                "certificates",
                "portfolio",
            ) and not self._is_resource_list(part)
            return own if leaves else "resources"
        return (
            own
            if own in INFO or own in ("resources", "certificates", "portfolio")
            else inherited or own
        )

    def _is_resource_list(self, part: DocumentPart) -> bool:
        # “Communities” among the resources are resources; “Industry connections” are not.
        return bool(find_resource_kind(part.title)) or any(
            entry.prose.links for entry in part.entries
        )

    def add_note_block(
        self, blocks: Sequence[Prose | BulletList], title: str, line: int, kind: str = "note"
    ) -> None:
        """Keep words that have no place of their own, and tell so."""
        before = len(self.info)
        self._add_info_block(DocumentPart(Prose(line, title), _UNNAMED, list(blocks)), kind, title)
        if len(self.info) > before:
            first = next(
                (block.text for block in blocks if isinstance(block, Prose)), ""
            ) or _find_first_entry_text(blocks)
            sentence = f"I kept {quote_excerpt(title or first)} as a note: it is neither something to do nor a resource."
            self.notes.record_note(line, "kept", sentence)

    # — resources —

    def _collect_resources(self, part: DocumentPart, inherited: str) -> None:
        """Keep the resources a part lists, each of the kind that its heading or the label above announces."""
        hint = _find_resource_hint(part.title) if inherited == "resources" or not part.parts else ""
        self.catalog.add_link_resources(part.heading, hint)
        rest: list[Prose | BulletList] = []
        current = hint
        for block in part.blocks:
            if isinstance(block, BulletList):
                for entry in block.entries:
                    self._collect_resource(entry, current)
                current = hint
            elif block.rest == "" and (block.is_strong or block.text.rstrip().endswith(":")):
                current = _find_resource_hint(block.text) or hint
            elif block.links:
                self.catalog.add_entry_resources(block, current)
            else:
                rest.append(block)
        if rest:
            self.add_note_block(rest, "", rest[0].line)

    def _collect_resource(self, entry: Bullet, hint: str) -> None:
        """Keep the resource an entry names, or those below it; `hint` is the kind that a heading or label announced."""
        text = strip_decoration(entry.prose.text)
        if entry.bullets and not entry.prose.links:
            self._collect_nested_resources(entry, text, hint)
            return
        label, _, rest = text.partition(": ")
        if (
            rest
            and not entry.prose.links
            and _find_resource_hint(label)
            and len(label.split()) <= 3
        ):
            for piece in split_inline_list(rest):
                self.catalog.add_entry_resources(
                    Prose(entry.line, piece), _find_resource_hint(label)
                )
            return
        found = self.catalog.add_entry_resources(entry.prose, hint)
        below = [*walk_paragraphs(entry.blocks)]
        for prose in below:
            self.catalog.add_link_resources(prose)
        if found and below:
            add_resource_details(found[0], [prose.text for prose in below], self.notes)

    def _collect_nested_resources(self, entry: Bullet, text: str, hint: str) -> None:
        kind = _find_resource_hint(text)
        says_none = not kind and not hint and find_section_role(text) in INFO | {""}
        if says_none and not any(inner.prose.links for inner in entry.bullets):
            self._add_info_block(
                _build_entry_part(entry), _find_info_kind(text), text, is_whole=True
            )
            return
        if words := [block for block in entry.blocks if isinstance(block, Prose)]:
            self.add_note_block(words, text, entry.line)
        for inner in entry.bullets:
            self._collect_resource(inner, kind or hint)

    # — certificates and portfolio —

    def _collect_certificates(self, part: DocumentPart) -> None:
        """Keep the certificates a part lists; a line in bold or with a link is one, too."""
        level = find_level(part.title)
        current: PartDraft | None = None
        words: list[Prose | BulletList] = []
        for block in part.blocks:
            for entry in block.entries if isinstance(block, BulletList) else ():
                current = self._collect_certificate(entry, level)
            if isinstance(block, Prose):
                focus = _FOCUS.match(strip_decoration(block.text))
                if focus and current is not None:
                    current.setdefault("focus", shorten_to_clause(focus.group(1), LONGEST_LINE))
                elif block.is_strong or block.links:
                    current = self._collect_certificate(Bullet(block), level)
                else:
                    words.append(block)
        if words:
            self._add_info_block(
                DocumentPart(part.heading, part.name, words), "context", part.title
            )

    def _collect_certificate(self, bullet: Bullet, level: str) -> PartDraft | None:
        """Keep the certificate an entry names, or those of a level: “Beginner: one, two”. The last of them is returned."""
        text = strip_decoration(bullet.prose.text)
        labelled = _LEVEL_LABEL.match(text)
        if labelled and find_level(labelled.group(1)) and not bullet.prose.links:
            inner = [
                Bullet(Prose(bullet.line, piece)) for piece in split_inline_list(labelled.group(2))
            ]
            return [self._collect_certificate(one, find_level(labelled.group(1))) for one in inner][
                -1
            ]
        name, focus = _split_certificate_focus(bullet, text)
        first = next(iter(bullet.prose.links), None)
        title = (clean_plain_text(first.text) if first is not None else "") or name
        draft = PartDraft(
            bullet.line,
            title=shorten_to_clause(strip_decoration(title), LONGEST_LINE),
            level=level,
            link=self.catalog.check_link_target(first, bullet.line) if first is not None else "",
            focus=shorten_to_clause(focus, LONGEST_LINE),
        )
        if "title" not in draft:
            return None
        for prose in (
            replace(bullet.prose, links=bullet.prose.links[1:]),
            *walk_paragraphs(bullet.blocks),
        ):
            self.catalog.add_link_resources(prose)
        same = self._certificate_by_key.setdefault(normalize_words(draft["title"]), draft)
        if same is draft:
            self.certificates.append(draft)
        else:
            sentence = f"{quote_excerpt(draft['title'])} is named on line {same.line} already: it is one certificate."
            self.notes.record_note(bullet.line, "read", sentence)
        return same

    def _collect_portfolio(self, part: DocumentPart) -> None:
        level = find_level(part.title)
        words = [block for block in part.blocks if isinstance(block, Prose)]
        for entry in part.entries:
            self._collect_project(entry, level)
        if words:
            self._add_info_block(
                DocumentPart(part.heading, part.name, list(words)), "experience", part.title
            )

    def _collect_project(self, entry: Bullet, level: str) -> None:
        """Keep the project an entry names, or those below an entry that only names a level."""
        text = strip_decoration(entry.prose.text)
        if _is_level_heading(text):
            for inner in entry.bullets:
                self._collect_project(inner, find_level(text))
            return
        title, rest = text, ""
        labelled = _LEVEL_LABEL.match(text)
        if labelled and _is_level_heading(labelled.group(1)):
            level, title = find_level(labelled.group(1)), labelled.group(2).strip(" .")
        elif entry.prose.label and entry.prose.rest:
            title, rest = strip_decoration(entry.prose.label), clean_plain_text(entry.prose.rest)
        if title:
            self._append_project(
                set_draft_title(
                    PartDraft(entry.line, level=level, summary=rest), title, self.notes
                ),
                entry,
            )

    def _append_project(self, draft: PartDraft, entry: Bullet) -> None:
        """Put a project into the portfolio, with what stands below it."""
        for prose in (entry.prose, *walk_paragraphs(entry.blocks)):
            draft.add_references("resources", self.catalog.add_link_resources(prose))
        for block in entry.blocks:
            if isinstance(block, Prose):
                draft.append_summary(shorten_to_clause(clean_plain_text(block.text), LONGEST_TEXT))
        below = walk_paragraphs(block for block in entry.blocks if isinstance(block, BulletList))
        draft.add_values(
            "parts",
            clean_list_entries(
                (strip_decoration(prose.text) for prose in below), self.notes, entry.line
            ),
        )
        self.portfolio.append(draft)

    # — everything else —

    def _collect_info(self, part: DocumentPart, kind: str) -> None:
        if not part.blocks:
            return
        if kind:
            self._add_info_block(part, kind, part.title)
        else:
            self.add_note_block(part.blocks, part.title, part.line)

    def _add_info_block(
        self, part: DocumentPart, kind: str, title: str, *, is_whole: bool = False
    ) -> None:
        """One block of info and, unless it `is_whole`, one more for each entry with entries of its own."""
        draft = (
            set_draft_title(PartDraft(part.line, kind=kind), title, self.notes)
            if title
            else PartDraft(part.line, kind=kind)
        )
        points: list[str] = []
        for block in part.blocks:
            if isinstance(block, Prose):
                self._add_info_paragraph(draft, block)
            for entry in block.entries if isinstance(block, BulletList) else ():
                if (
                    title
                    and not is_whole
                    and entry.bullets
                    and not any(one.blocks for one in entry.bullets)
                ):
                    self.catalog.add_link_resources(entry.prose)
                    self._add_info_block(
                        _build_entry_part(entry),
                        kind,
                        strip_decoration(entry.prose.text),
                        is_whole=True,
                    )
                else:
                    points += self._list_info_points(draft, entry, kind)
        if "summary" in draft:
            draft["text"] = draft.pop("summary")
        found = clean_list_entries(points, self.notes, part.line, len(points))
        draft.add_values("points", found[:LONGEST_LIST])
        if any(name in draft for name in ("text", "points", "pairs")):
            self.info.append(draft)
        for start in range(LONGEST_LIST, len(found), LONGEST_LIST):
            self.info.append(
                PartDraft(
                    part.line,
                    kind=kind,
                    title=draft.get("title"),
                    points=found[start : start + LONGEST_LIST],
                )
            )

    def _add_info_paragraph(self, draft: PartDraft, prose: Prose) -> None:
        self.catalog.add_link_resources(prose, title=str(draft.get("title", "")))
        if not self._add_info_pair(draft, clean_plain_text(prose.text)):
            if len(draft.get("summary", "")) + len(prose.text) > LONGEST_TEXT:
                self.notes.record_note(
                    prose.line, "dropped", f"I shortened a text to {LONGEST_TEXT} characters."
                )
            draft.append_summary(clean_plain_text(prose.text))

    def _add_info_pair(self, draft: PartDraft, text: str) -> bool:
        myth = _MYTH.search(text)
        sides = (
            list(myth.groups())
            if myth
            else _ARROW.split(strip_decoration(text))
            if draft["kind"] == "advice"
            else []
        )
        if len(sides) != 2 or not all(sides) or len(draft.get("pairs", ())) >= LONGEST_LIST:
            return False
        about, says = (strip_decoration(side.strip()) for side in sides)
        draft.add_values(
            "pairs",
            [
                PartDraft(
                    draft.line,
                    about=shorten_to_clause(about, LONGEST_LINE),
                    says=shorten_to_clause(says, LONGEST_TEXT),
                )
            ],
        )
        return True

    def _list_info_points(self, draft: PartDraft, entry: Bullet, kind: str) -> Iterator[str]:
        """What an entry adds to the points: its words and those below it, unless it is a pair, a resource or a block."""
        text = strip_decoration(entry.prose.text)
        label, colon, rest = text.partition(": ")
        other = (
            next(
                (
                    role
                    for role, words in _INFO_LABEL.items()
                    if words.match(normalize_words(label))
                ),
                "",
            )
            if colon
            else ""
        )
        if other:
            self._add_labelled_info(
                PartDraft(entry.line, kind=other, title=shorten_to_clause(label, LONGEST_TITLE)),
                rest,
            )
        elif self._add_info_pair(draft, text):
            pass
        elif kind == "community" and entry.prose.links:
            self.catalog.add_entry_resources(entry.prose, "community")
        else:
            self.catalog.add_link_resources(entry.prose)
            yield text
        for prose in walk_paragraphs(entry.blocks):
            self.catalog.add_link_resources(prose)
            yield strip_decoration(prose.text)

    def _add_labelled_info(self, draft: PartDraft, rest: str) -> None:
        """An entry such as “Growth path: one → two”, which is a block of its own."""
        if not self._add_info_pair(draft, rest):
            steps = (
                [step.strip(" .") for step in _ARROW.split(rest)]
                if draft["kind"] == "ladder"
                else []
            )
            if len(steps) > 1:
                draft["points"] = clean_list_entries(steps, self.notes, draft.line)
            else:
                draft["text"] = shorten_to_clause(rest, LONGEST_TEXT)
        self.info.append(draft)


def _split_certificate_focus(bullet: Bullet, text: str) -> tuple[str, str]:
    """The name of a certificate, and what it is about."""
    inside = _FOCUS_INSIDE.search(text)
    if inside:
        return text[: inside.start()].strip(" –—-;,.·•"), inside.group(1)
    if bullet.prose.label and bullet.prose.rest:
        return clean_plain_text(bullet.prose.label), clean_plain_text(bullet.prose.rest)
    said = [strip_decoration(prose.text) for prose in walk_paragraphs(bullet.blocks)]
    return text, "; ".join(found.group(1) if (found := _FOCUS.match(one)) else one for one in said)


def _is_level_heading(title: str) -> bool:
    """Whether a heading only says how hard what stands below it is."""
    return bool(find_level(title)) and not set(normalize_words(title).split()) - _LEVEL_WORDS


def _find_first_entry_text(blocks: Sequence[Prose | BulletList]) -> str:
    return next(
        (
            entry.prose.text
            for block in blocks
            if isinstance(block, BulletList)
            for entry in block.entries
        ),
        "",
    )


def _find_resource_hint(title: str) -> str:
    """The kind of resources that a heading or label announces; empty where each of them has its own."""
    return "" if normalize_words(title) in _OF_ANY_KIND else find_resource_kind(title)


def _find_info_kind(title: str) -> str:
    """The kind of info block that a list among the resources is, though it lists none."""
    role = find_section_role(title)
    return (
        role if role in INFO else "community" if find_label_role(title) == "resources" else "note"
    )


def _build_entry_part(entry: Bullet) -> DocumentPart:
    return DocumentPart(
        entry.prose,
        _UNNAMED,
        [block for block in entry.blocks if isinstance(block, Prose | BulletList)],
    )
