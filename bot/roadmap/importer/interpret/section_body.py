"""What stands below one heading of the plan: its items under their labels, its words, its resources, outcomes and time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

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
from bot.roadmap.importer.interpret.heading_names import (
    find_time_span,
    parse_heading_name,
    strip_optional_mark,
)
from bot.roadmap.importer.interpret.items import (
    build_item,
    is_inline_list,
    split_inline_list,
    split_prefix,
)
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.resources import (
    PLATFORMS,
    ResourceCatalog,
    find_resource_kind,
    is_pointer_link,
)
from bot.roadmap.importer.interpret.vocabulary import KINDS, find_label_role, strip_decoration
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Bullet, BulletList, Prose

PREREQUISITE = re.compile(r"^(?:pre-?requisites?|requirements?)\s*[:–—-]\s*(?=\S)", re.I)
_DETAILS = frozenset({"platform", "author", "cost", "link", "time"})
_HEADED = re.compile(r"^(.{2,150}) by ([A-ZÀ-Þ][\w.’'-]*(?: [A-ZÀ-Þ][\w.’'-]*){1,3})$")


@dataclass(slots=True)
class SectionBody:
    """The inside of a stage or week, growing line by line. `about` is its title."""

    title: str
    catalog: ResourceCatalog
    notes: ImportNotes
    is_week: bool = False
    items: list[PartDraft] = field(default_factory=list)
    stages: list[PartDraft] = field(default_factory=list)
    resources: list[PartDraft] = field(default_factory=list)
    text_resources: list[PartDraft] = field(default_factory=list)
    """Resources whose links stand in its text: what there is to do where nothing else is."""
    outcomes: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    course: PartDraft | None = None
    time: str = ""

    def read_part_heading(self, part: DocumentPart) -> SectionBody:
        """Take in what the heading links to, and the text below it."""
        self.text_resources += self.catalog.add_link_resources(part.heading, title=part.title)
        self.add_body_resources(self.text_resources)
        self.read_body_blocks(part.blocks)
        return self

    def read_body_blocks(self, blocks: Sequence[object], label: str = "") -> None:
        """Take blocks in; `label` is what the heading or entry above says of them."""
        current = label
        for place, block in enumerate(blocks):
            if isinstance(block, BulletList):
                self._read_body_list(block, current)
                current = label
            elif isinstance(block, Prose):
                is_above_list = isinstance(
                    next(iter(blocks[place + 1 : place + 2]), None), BulletList
                )
                current = (
                    find_label_role(block.text) if is_above_list else ""
                ) or self._read_body_paragraph(block, label)

    def _read_body_list(self, block: BulletList, label: str) -> None:
        for entry in block.entries:
            if clean_plain_text(entry.prose.text):
                self._read_body_entry(entry, label)
            else:
                self.read_body_blocks(entry.blocks, label)

    def _read_body_paragraph(self, prose: Prose, label: str) -> str:
        """Take a paragraph in; what it says about the list below it is returned."""
        role, rest = _split_prose_label(prose)
        if role and not rest:
            return role
        if role == "question" and self._add_recall_question(rest):
            return label
        if role not in ("", "note", "question"):
            self._apply_label(role, Prose(prose.line, rest, prose.links), prose)
        elif not role and label in (*KINDS, "outcomes", "resources", "course"):
            self._apply_label(label, Prose(prose.line, rest, prose.links), prose)
        elif not self.catalog.append_resource_summary(rest):
            self._read_prose_links(prose)
            self.paragraphs.append(rest if role == "note" else clean_plain_text(prose.text))
        return label

    def _read_prose_links(self, prose: Prose) -> None:
        found = self.catalog.add_link_resources(prose, title=self.title)
        self.text_resources += found
        self.add_body_resources(found)

    def add_body_resources(self, resources: Sequence[PartDraft]) -> None:
        """Take in resources, each once, and as many as a stage or week may name."""
        for one in resources:
            if any(one is each for each in self.resources):
                continue
            if len(self.resources) < LONGEST_LIST:
                self.resources.append(one)
            else:
                most = f"A stage names {LONGEST_LIST} resources at most"
                self.notes.record_note(
                    one.line, "read", f"{most}; this one stands in the list of all of them."
                )

    def _apply_label(self, role: str, said: Prose, prose: Prose) -> None:
        """Take in what a label says on its own line."""
        if role in KINDS:
            self._add_labelled_items(role, said)
        elif role == "outcomes":
            self.outcomes += clean_list_entries([said.text], self.notes, prose.line)
            self._read_prose_links(said)
        elif role == "resources" or (
            role == "course" and not any(is_pointer_link(link) for link in said.links)
        ):
            hint = (
                find_resource_kind(prose.label or prose.text.partition(":")[0])
                if role == "course"
                else ""
            )
            self.add_body_resources(
                self.catalog.add_entry_resources(said, "" if hint == "course" else hint)
            )
        elif role in _DETAILS or role == "course":
            self._add_course_detail(role, said)
        elif role != "question" or not self._add_recall_question(clean_plain_text(said.text)):
            self._read_prose_links(prose)
            self.paragraphs.append(clean_plain_text(prose.text))

    def _add_recall_question(self, question: str) -> bool:
        """Ask a question of the item above it, if there is one that asks none."""
        if not self.items or "recall" in self.items[-1] or len(question) > LONGEST_LINE:
            return False
        self.items[-1]["recall"] = question
        return True

    def _add_labelled_items(self, kind: str, said: Prose) -> None:
        pieces = (
            split_inline_list(said.text) if kind in ("topic", "review") and not said.links else []
        )
        if len(pieces) > 1 and is_inline_list(pieces):
            self.notes.record_note(
                said.line,
                "read",
                "I read the words between the commas as things to do, one by one.",
            )
        else:
            pieces = [said.text]
        for piece in pieces:
            self._add_body_item(Bullet(Prose(said.line, piece, said.links)), kind)

    def _add_course_detail(self, role: str, said: Prose) -> None:
        """A fact about the course that the heading names."""
        text = clean_plain_text(said.text)
        if role == "time":
            self._set_body_time(text)
            return
        draft = self.course = self.course or PartDraft(said.line)
        for link in said.links:
            if "link" in draft:
                self._read_prose_links(Prose(said.line, text, (link,)))
            elif target := self.catalog.check_link_target(link, said.line):
                draft["link"] = target
        if role in ("platform", "author", "cost") and text:
            value = shorten_to_clause(PLATFORMS.get(text.casefold(), text), LONGEST_LINE)
            if draft.setdefault(role, value) != value:
                self.paragraphs.append(f"{role.capitalize()}: {text}")

    def _set_body_time(self, text: str) -> None:
        time = find_time_span(text)
        if time and self.time in ("", time):
            self.time = time
        else:
            self.paragraphs.append(f"Time: {text}")

    def _read_body_entry(self, entry: Bullet, label: str) -> None:
        role, rest = _split_prose_label(entry.prose)
        if role and entry.is_checked is None and (entry.blocks or role not in KINDS):
            if not entry.blocks and not rest:
                self.notes.record_note(
                    entry.line, "odd", f"Nothing stands below {quote_excerpt(entry.prose.text)}."
                )
            if rest:
                self._apply_label(role, Prose(entry.line, rest, entry.prose.links), entry.prose)
            self.read_body_blocks(entry.blocks, role)
        elif entry.blocks and self._has_nested_items(entry):
            self._read_entry_group(entry, label)
        elif label in ("", "note", *KINDS) or (
            label == "resources" and entry.is_checked is not None
        ):
            self._add_body_item(entry, label)
        else:
            self._apply_label(
                label,
                Prose(entry.line, strip_decoration(entry.prose.text), entry.prose.links),
                entry.prose,
            )
            self.read_body_blocks(entry.blocks, label)

    def _has_nested_items(self, entry: Bullet) -> bool:
        """Whether the entries below are things to do themselves, or labels with such below them."""
        return any(
            inner.is_checked is not None
            or (_split_prose_label(inner.prose)[0] not in ("", "note", "question"))
            for inner in entry.bullets
        ) or (self.is_week and parse_heading_name(entry.prose.text).unit == "day")

    def _read_entry_group(self, entry: Bullet, label: str) -> None:
        """Take in an entry with things to do below it, or with labels that tell of it."""
        name = parse_heading_name(entry.prose.text)
        title = name.title or name.label or clean_plain_text(entry.prose.text)
        are_boxes = any(inner.is_checked is not None for inner in entry.bullets)
        inner = SectionBody(title, self.catalog, self.notes, self.is_week)
        inner.read_body_blocks(entry.blocks, label)
        inner.finish_course(entry.line)
        if not (inner.items or inner.stages):
            self._add_described_item(entry, title, label, inner)
            return
        if entry.is_checked is not None:
            self._add_body_item(Bullet(entry.prose), label)
        if not self.is_week and not are_boxes:
            stage = set_draft_title(PartDraft(entry.line, time=name.time), title, self.notes)
            self.stages.append(inner.fill_stage_draft(stage))
            return
        if entry.is_checked is None:
            self._read_prose_links(entry.prose)
            for item in inner.items[:1]:
                item.append_summary(clean_plain_text(entry.prose.text))
        self.items += inner.items
        self.stages += inner.stages
        self.outcomes += inner.outcomes
        self.add_body_resources(inner.resources)
        self.paragraphs += inner.paragraphs

    def _add_described_item(
        self, entry: Bullet, title: str, label: str, inner: SectionBody
    ) -> None:
        """Take in an entry as one thing to do, of which the labels below it tell."""
        prose = (
            entry.prose
            if entry.is_checked is not None
            else Prose(entry.line, title, entry.prose.links)
        )
        item = self._add_body_item(Bullet(prose), label)
        self.outcomes += inner.outcomes
        if item is None:
            self.add_body_resources(inner.resources)
            return
        item.add_references("resources", inner.resources)
        item.append_summary(inner.summary)
        if inner.time:
            item.append_summary(f"Time: {inner.time}")

    def _add_body_item(self, bullet: Bullet, label: str) -> PartDraft | None:
        item = build_item(bullet, label if label in KINDS else "", self.catalog, self.notes)
        if item is not None:
            self.items.append(item)
        elif text := clean_plain_text(
            bullet.prose.text
        ):  # “[ ] Duration: 2 hours” is nothing to do, and yet says something
            self.paragraphs.append(text)
            self.read_body_blocks(bullet.blocks, label)
        return item

    def finish_course(self, line: int) -> None:
        """Make the course that the heading names, if labels told of one."""
        if self.course is None:
            return
        found = _HEADED.match(self.title)
        title, author = found.groups() if found else (self.title, "")
        known = {
            "title": shorten_to_clause(title, LONGEST_LINE),
            "author": author,
            "time": self.time,
        }
        course = PartDraft(line, **{**known, **self.course})
        course["kind"] = find_resource_kind(title) or ("course" if "platform" in course else "site")
        course = self.catalog.add_resource(course)
        self.text_resources.append(course)
        self.add_body_resources([course])

    def fill_stage_draft(self, draft: PartDraft) -> PartDraft:
        """The stage or week, with everything that was found for it."""
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

    @property
    def summary(self) -> str:
        return shorten_to_clause("\n\n".join(self.paragraphs), LONGEST_TEXT)


def build_fallback_items(part: DocumentPart, body: SectionBody) -> list[PartDraft]:
    """The items of a part that lists none: the courses its heading or its text links to, else what the heading says. There
    is always one."""
    linked = list({id(one): one for one in body.text_resources}.values())
    items: list[PartDraft] = []
    called: list[tuple[str, PartDraft | None]] = [
        (_format_course_title(part, one, len(linked)), one) for one in linked
    ]
    for title, resource in called or [(_find_task_title(part, body), None)]:
        bare, is_optional = strip_optional_mark(title)
        item = build_item(Bullet(Prose(part.line, bare)), "", body.catalog, body.notes)
        if item is None:  # a title such as “Duration: 4 weeks”, which says nothing of a thing to do
            item = set_draft_title(PartDraft(part.line, kind="topic"), bare, body.notes)
        item.add_references("resources", [resource] if resource is not None else [])
        if is_optional or part.name.is_optional:
            item["essential"] = False
        if not items and body.summary != item["title"]:
            item.append_summary(body.summary)
        items.append(item)
    return items


def _find_task_title(part: DocumentPart, body: SectionBody) -> str:
    """What to do where nothing is listed: the title, or the sentence below a heading that is only a number."""
    is_sentence = (
        not part.name.title
        and len(body.paragraphs) == 1
        and len(body.paragraphs[0]) <= LONGEST_TITLE
    )
    return body.paragraphs[0] if is_sentence else part.title


def _format_course_title(part: DocumentPart, resource: PartDraft, count: int) -> str:
    """What doing a course is called: by its name, with the heading before it where the name is a single word."""
    title, around = str(resource["title"]), PREREQUISITE.sub("", part.title).split(":")[0]
    if count == 1 and any(clean_plain_text(link.text) == title for link in part.heading.links):
        return part.title
    return title if " " in title or title.casefold() in around.casefold() else f"{around}: {title}"


def _split_prose_label(prose: Prose) -> tuple[str, str]:
    """What the label of a text says of it, and the text without the label."""
    if prose.label and (role := find_label_role(prose.label)):
        return role, clean_plain_text(prose.rest)
    text = strip_decoration(prose.text)
    role, rest = split_prefix(text)
    if role:
        return role, rest
    if (prose.is_strong or prose.text.rstrip(" *").endswith(":")) and (
        role := find_label_role(text)
    ):
        return role, ""
    return "", text
