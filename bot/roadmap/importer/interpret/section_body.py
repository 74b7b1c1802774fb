"""The text below one heading of the plan: items under labels, words, resources, outcomes, time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.roadmap import ItemKind, ResourceKind
from bot.roadmap.importer.interpret.draft import (
    LONGEST_LINE,
    LONGEST_LIST,
    LONGEST_TEXT,
    PartDraft,
    clean_list_entries,
    clean_plain_text,
    contains_draft,
    quote_excerpt,
    set_draft_title,
    shorten_to_clause,
)
from bot.roadmap.importer.interpret.heading_names import find_time_span, parse_heading_name
from bot.roadmap.importer.interpret.items import (
    build_item,
    is_inline_list,
    split_inline_list,
    split_prefix,
)
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.resource_kinds import (
    PLATFORMS,
    ResourceHint,
    find_resource_kind,
)
from bot.roadmap.importer.interpret.resources import ResourceCatalog, is_pointer_link
from bot.roadmap.importer.interpret.vocabulary import (
    KINDS,
    LabelRole,
    find_label_role,
    is_item_kind,
    strip_decoration,
)
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Bullet, BulletList, Prose

_COURSE_DETAILS: Final = frozenset({"platform", "author", "cost", "link", "time"})
_LASTING_LABELS: Final = (*KINDS, "outcomes", "resources", "course")
_TITLE_BY_AUTHOR = re.compile(r"^(.{2,150}) by ([A-ZÀ-Þ][\w.’'-]*(?: [A-ZÀ-Þ][\w.’'-]*){1,3})$")


@dataclass(slots=True)
class SectionBody:
    """The content of a stage or week, collected line by line."""

    title: str
    catalog: ResourceCatalog
    notes: ImportNotes
    is_week: bool = False
    items: list[PartDraft] = field(default_factory=list)
    stages: list[PartDraft] = field(default_factory=list)
    resources: list[PartDraft] = field(default_factory=list)
    text_resources: list[PartDraft] = field(default_factory=list)
    """Resources linked from its heading or text: they become items if it lists none."""
    outcomes: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    course: PartDraft | None = None
    """The course in the heading, once a label such as “Platform:” says more about it."""
    time: str = ""

    @property
    def summary(self) -> str:
        return shorten_to_clause("\n\n".join(self.paragraphs), LONGEST_TEXT)

    def read_part_heading(self, part: DocumentPart) -> SectionBody:
        """Read the heading's links and the text below the heading; return this body."""
        self.text_resources += self.catalog.add_link_resources(part.heading, title=part.title)
        self.add_body_resources(self.text_resources)
        self.read_body_blocks(part.blocks)
        return self

    def read_body_blocks(self, blocks: Sequence[object], label: LabelRole = "") -> None:
        """Read blocks; `label` is the role from the heading or entry above them."""
        current = label
        for place, block in enumerate(blocks):
            if isinstance(block, BulletList):
                self._read_body_list(block, current)
                # A label in a paragraph holds for one list only.
                current = label
            elif isinstance(block, Prose):
                is_above_list = isinstance(_get_next_block(blocks, place), BulletList)
                current = self._find_list_label(block, is_above_list=is_above_list)
                current = current or self._read_body_paragraph(block, label)

    def _find_list_label(self, prose: Prose, *, is_above_list: bool) -> LabelRole:
        if is_above_list:
            return find_label_role(prose.text)
        return ""

    def _read_body_list(self, block: BulletList, label: LabelRole) -> None:
        for entry in block.entries:
            if clean_plain_text(entry.prose.text):
                self._read_body_entry(entry, label)
            else:
                self.read_body_blocks(entry.blocks, label)

    # — paragraphs —

    def _read_body_paragraph(self, prose: Prose, label: LabelRole) -> LabelRole:
        """Read a paragraph; return the role it gives the list below it."""
        role, rest = _split_prose_label(prose)
        if role and not rest:
            return role
        if role == "question" and self._add_recall_question(rest):
            return label
        if role not in ("", "note", "question"):
            self._apply_label(role, Prose(prose.line, rest, prose.links), prose)
        elif not role and label in _LASTING_LABELS:
            self._apply_label(label, Prose(prose.line, rest, prose.links), prose)
        elif not self.catalog.append_resource_summary(rest):
            self._read_prose_links(prose)
            if role != "note":
                rest = clean_plain_text(prose.text)
            self.paragraphs.append(rest)
        return label

    def _read_prose_links(self, prose: Prose) -> None:
        linked = self.catalog.add_link_resources(prose, title=self.title)
        self.text_resources += linked
        self.add_body_resources(linked)

    def add_body_resources(self, resources: Sequence[PartDraft]) -> None:
        """Add resources, each once, up to the limit for a stage or week."""
        for resource in resources:
            if contains_draft(self.resources, resource):
                continue
            if len(self.resources) < LONGEST_LIST:
                self.resources.append(resource)
                continue
            sentence = (
                f"A stage can name at most {LONGEST_LIST} resources: "
                "this one is only in the list of all resources."
            )
            self.notes.record_note(resource.line, "read", sentence)

    # — labels —

    def _apply_label(self, role: LabelRole, words: Prose, prose: Prose) -> None:
        """Read `words` by the role of their label; `prose` is the line with the label."""
        if is_item_kind(role):
            self._add_labelled_items(role, words)
        elif role == "outcomes":
            self.outcomes += clean_list_entries([words.text], self.notes, prose.line)
            self._read_prose_links(words)
        elif role == "resources" or (role == "course" and not _has_pointer_link(words)):
            self._add_labelled_resource(role, words, prose)
        elif role in _COURSE_DETAILS or role == "course":
            self._add_course_detail(role, words)
        elif role != "question" or not self._add_recall_question(clean_plain_text(words.text)):
            self._read_prose_links(prose)
            self.paragraphs.append(clean_plain_text(prose.text))

    def _add_labelled_resource(self, role: LabelRole, words: Prose, prose: Prose) -> None:
        hint: ResourceHint = ""
        if role == "course":
            hint = find_resource_kind(prose.label or prose.text.partition(":")[0])
        # “Course:” is used for anything, so only a narrower label such as “Book:” decides.
        if hint == "course":
            hint = ""
        self.add_body_resources(self.catalog.add_entry_resources(words, hint))

    def _add_recall_question(self, question: str) -> bool:
        """Add a question to the item above it; return False if that item cannot take it."""
        if not self.items or "recall" in self.items[-1] or len(question) > LONGEST_LINE:
            return False
        self.items[-1]["recall"] = question
        return True

    def _add_labelled_items(self, kind: ItemKind, words: Prose) -> None:
        pieces = [words.text]
        # “Topics: loops, lists” are two items; an exercise with commas is still one exercise.
        if kind in ("topic", "review") and not words.links:
            pieces = self._split_topic_line(words)
        for piece in pieces:
            self._add_body_item(Bullet(Prose(words.line, piece, words.links)), kind)

    def _split_topic_line(self, words: Prose) -> list[str]:
        pieces = split_inline_list(words.text)
        if len(pieces) < 2 or not is_inline_list(pieces):
            return [words.text]
        sentence = "I read the words between the commas as separate items."
        self.notes.record_note(words.line, "read", sentence)
        return pieces

    def _add_course_detail(self, role: LabelRole, words: Prose) -> None:
        """Keep a fact about the course in the heading."""
        text = clean_plain_text(words.text)
        if role == "time":
            self._set_body_time(text)
            return
        draft = self.course = self.course or PartDraft(words.line)
        for link in words.links:
            if "link" in draft:
                self._read_prose_links(Prose(words.line, text, (link,)))
            elif target := self.catalog.check_link_target(link, words.line):
                draft["link"] = target
        if role in ("platform", "author", "cost") and text:
            value = shorten_to_clause(PLATFORMS.get(text.casefold(), text), LONGEST_LINE)
            # A second, different value would be lost otherwise.
            if draft.setdefault(role, value) != value:
                self.paragraphs.append(f"{role.capitalize()}: {text}")

    def _set_body_time(self, text: str) -> None:
        time = find_time_span(text)
        if time and self.time in ("", time):
            self.time = time
        else:
            self.paragraphs.append(f"Time: {text}")

    # — list entries —

    def _read_body_entry(self, entry: Bullet, label: LabelRole) -> None:
        role, rest = _split_prose_label(entry.prose)
        # A checkbox makes an entry something to tick, even if it looks like a label.
        is_label = bool(role) and entry.is_checked is None
        is_resource_box = label == "resources" and entry.is_checked is not None
        if is_label and (entry.blocks or role not in KINDS):
            self._read_label_entry(entry, role, rest)
        elif entry.blocks and self._has_nested_items(entry):
            self._read_entry_group(entry, label)
        elif label in ("", "note", *KINDS) or is_resource_box:
            self._add_body_item(entry, label)
        else:
            text = strip_decoration(entry.prose.text)
            self._apply_label(label, Prose(entry.line, text, entry.prose.links), entry.prose)
            self.read_body_blocks(entry.blocks, label)

    def _read_label_entry(self, entry: Bullet, role: LabelRole, rest: str) -> None:
        if rest:
            self._apply_label(role, Prose(entry.line, rest, entry.prose.links), entry.prose)
        elif not entry.blocks:
            report_empty_heading(entry.line, entry.prose.text, self.notes)
        self.read_body_blocks(entry.blocks, role)

    def _has_nested_items(self, entry: Bullet) -> bool:
        """Return True if the entries below are items themselves, or labels above items."""
        if any(_is_item_or_label(inner) for inner in entry.bullets):
            return True
        return self.is_week and parse_heading_name(entry.prose.text).unit == "day"

    def _read_entry_group(self, entry: Bullet, label: LabelRole) -> None:
        """Read an entry with items or labels below it."""
        name = parse_heading_name(entry.prose.text)
        title = name.title or name.label or clean_plain_text(entry.prose.text)
        inner = SectionBody(title, self.catalog, self.notes, self.is_week)
        inner.read_body_blocks(entry.blocks, label)
        inner.finish_course(entry.line)
        if not (inner.items or inner.stages):
            self._add_described_item(entry, title, label, inner)
            return
        if entry.is_checked is not None:
            self._add_body_item(Bullet(entry.prose), label)
        # Checkboxes below an entry are its sub-items; other lists in a stage are a stage inside it.
        has_boxes = any(bullet.is_checked is not None for bullet in entry.bullets)
        if not self.is_week and not has_boxes:
            stage = set_draft_title(PartDraft(entry.line, time=name.time), title, self.notes)
            self.stages.append(inner.fill_stage_draft(stage))
            return
        if entry.is_checked is None:
            self._keep_group_name(entry, inner)
        self._merge_group(inner)

    def _keep_group_name(self, entry: Bullet, inner: SectionBody) -> None:
        self._read_prose_links(entry.prose)
        for item in inner.items[:1]:
            item.append_summary(clean_plain_text(entry.prose.text))

    def _merge_group(self, inner: SectionBody) -> None:
        self.items += inner.items
        self.stages += inner.stages
        self.outcomes += inner.outcomes
        self.add_body_resources(inner.resources)
        self.paragraphs += inner.paragraphs

    def _add_described_item(
        self, entry: Bullet, title: str, label: LabelRole, inner: SectionBody
    ) -> None:
        """Add an entry as one item, with the facts from the labels below it."""
        prose = entry.prose
        if entry.is_checked is None:
            prose = Prose(entry.line, title, entry.prose.links)
        item = self._add_body_item(Bullet(prose), label)
        self.outcomes += inner.outcomes
        if item is None:
            self.add_body_resources(inner.resources)
            return
        item.add_references("resources", inner.resources)
        item.append_summary(inner.summary)
        if inner.time:
            item.append_summary(f"Time: {inner.time}")

    def _add_body_item(self, bullet: Bullet, label: LabelRole) -> PartDraft | None:
        kind: ItemKind | None = None
        if is_item_kind(label):
            kind = label
        item = build_item(bullet, kind, self.catalog, self.notes)
        if item is not None:
            self.items.append(item)
        elif text := clean_plain_text(bullet.prose.text):
            # “[ ] Duration: 2 hours” is no task, but it still says something.
            self.paragraphs.append(text)
            self.read_body_blocks(bullet.blocks, label)
        return item

    # — the finished body —

    def finish_course(self, line: int) -> None:
        """Add the course from the heading to the resources, if labels described one."""
        if self.course is None:
            return
        title, author = self.title, ""
        if match := _TITLE_BY_AUTHOR.match(self.title):
            title, author = match.groups()
        facts = {
            "title": shorten_to_clause(title, LONGEST_LINE),
            "author": author,
            "time": self.time,
        }
        # The labels' own facts win over the ones from the heading.
        course = PartDraft(line, **{**facts, **self.course})
        course["kind"] = find_resource_kind(title) or _guess_course_kind(course)
        course = self.catalog.add_resource(course)
        self.text_resources.append(course)
        self.add_body_resources([course])

    def fill_stage_draft(self, draft: PartDraft) -> PartDraft:
        """Put the collected content into the stage's or week's draft, and return it."""
        draft.add_values("resources", self.resources)
        outcomes = list(dict.fromkeys(self.outcomes))
        draft.add_values("outcomes", outcomes[:LONGEST_LIST])
        draft.append_summary(shorten_to_clause("; ".join(outcomes[LONGEST_LIST:]), LONGEST_TEXT))
        if self.time:
            draft.setdefault("time", self.time)
        for text in self.paragraphs:
            draft.append_summary(text)
        draft.add_values("items", self.items)
        draft.add_values("stages", self.stages)
        return draft


def report_empty_heading(line: int, text: str, notes: ImportNotes) -> None:
    """Report a heading or label without anything below it."""
    sentence = f"There is nothing below {quote_excerpt(text)}: add something or remove it."
    notes.record_note(line, "odd", sentence)


def _get_next_block(blocks: Sequence[object], place: int) -> object:
    if place + 1 < len(blocks):
        return blocks[place + 1]
    return None


def _has_pointer_link(prose: Prose) -> bool:
    return any(is_pointer_link(link) for link in prose.links)


def _is_item_or_label(entry: Bullet) -> bool:
    role, _ = _split_prose_label(entry.prose)
    return entry.is_checked is not None or role not in ("", "note", "question")


def _guess_course_kind(course: PartDraft) -> ResourceKind:
    if "platform" in course:
        return "course"
    return "site"


def _split_prose_label(prose: Prose) -> tuple[LabelRole, str]:
    """Return the role of the text's label, and the text without the label."""
    if prose.label and (role := find_label_role(prose.label)):
        return role, clean_plain_text(prose.rest)
    text = strip_decoration(prose.text)
    role, rest = split_prefix(text)
    if role:
        return role, rest
    is_heading = prose.is_strong or prose.text.rstrip(" *").endswith(":")
    if is_heading and (role := find_label_role(text)):
        return role, ""
    return "", text
