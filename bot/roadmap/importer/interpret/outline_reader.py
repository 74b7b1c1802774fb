"""From an outline to a roadmap: title, stages with weeks and items, and everything beside them.

The finished data passes the same checks as a file in our own format. The report names each
reading with an alternative, and everything left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from bot.roadmap import Problem, Roadmap, RoadmapError
from bot.roadmap.importer.interpret.crowded_weeks import group_crowded_weeks
from bot.roadmap.importer.interpret.draft import (
    LONGEST_TEXT,
    PartDraft,
    clean_list_entries,
    clean_plain_text,
    quote_excerpt,
    set_draft_title,
    shorten_to_clause,
)
from bot.roadmap.importer.interpret.extras import ExtrasCollector
from bot.roadmap.importer.interpret.heading_names import HeadingName
from bot.roadmap.importer.interpret.ids import assign_ids
from bot.roadmap.importer.interpret.opening import DocumentOpening
from bot.roadmap.importer.interpret.parts import DocumentPart, build_document_part
from bot.roadmap.importer.interpret.progress_marks import report_ticked_boxes
from bot.roadmap.importer.interpret.provenance import (
    build_provenance,
    choose_slug,
    list_unused_fields,
)
from bot.roadmap.importer.interpret.resources import ResourceCatalog
from bot.roadmap.importer.interpret.sections import SectionSorter, has_checkboxes
from bot.roadmap.importer.interpret.stages import StageBuilder
from bot.roadmap.importer.interpret.vocabulary import find_section_role
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Bullet, Outline, Prose, walk_list_entries
from bot.roadmap.problem import WHOLE_FILE, Loc
from bot.roadmap.validation import validate_data

_WEEKLY = re.compile(
    r"\b(?:weekly|per week|each week|every week|a week|wöchentlich|semanal|hebdomadaire)\b", re.I
)
_LONGEST_NAME = 60
# The most entries of each list in a roadmap (bot/roadmap/model.py), and its word in the report.
_LIMITS: Final = {
    "resources": (400, "resources"),
    "portfolio": (100, "portfolio projects"),
    "certificates": (100, "certificates"),
    "info": (100, "notes"),
}


def build_roadmap_from_outline(outline: Outline, name: str, notes: ImportNotes) -> Roadmap:
    """Return the roadmap in an outline.

    `name` is the name of its file, without folders.
    Raises RoadmapError if nothing can be ticked, or for more than a roadmap can hold.
    """
    reader = _OutlineReader(outline, name, notes)
    draft = reader.build_roadmap_draft()
    if not _has_draft_items(draft):
        file = shorten_to_clause(clean_plain_text(name), _LONGEST_NAME)
        advice = "write the tasks as bullets below headings such as Week 1."
        sentence = f"I found nothing to tick in {file}: {advice}"
        raise RoadmapError([Problem(name, 1, WHOLE_FILE, sentence)])
    report_ticked_boxes(outline, notes)
    # Before ids replace the drafts: a reference carries no line.
    _report_lost_checkboxes(outline, draft, reader.left_out_lines, notes)
    group_crowded_weeks(draft, notes)
    assign_ids(draft, notes)
    return validate_data(Roadmap, draft, name, _build_line_lookup(draft))


def _walk_inner_steps(step: PartDraft) -> Iterator[PartDraft]:
    """Yield the stages and weeks directly inside a stage."""
    yield from step.get("stages", ())
    yield from step.get("weeks", ())


def _has_draft_items(step: PartDraft) -> bool:
    return "items" in step or any(map(_has_draft_items, _walk_inner_steps(step)))


def _report_lost_checkboxes(
    outline: Outline, draft: PartDraft, left_out_lines: Iterable[int], notes: ImportNotes
) -> None:
    """Report every entry with a checkbox that became no item and was not left out on purpose."""
    known_lines = {*_list_item_lines(draft), *left_out_lines}
    for section in outline.root.walk_sections():
        for entry in walk_list_entries(section.blocks):
            if entry.is_checked is not None and entry.line not in known_lines:
                _report_lost_checkbox(entry, notes)


def _report_lost_checkbox(entry: Bullet, notes: ImportNotes) -> None:
    name = "This empty entry"
    if entry.prose.text:
        name = quote_excerpt(entry.prose.text)
    sentence = f"{name} has a checkbox that nobody can tick: move it below a week."
    notes.record_note(entry.line, "odd", sentence)


def _list_item_lines(step: PartDraft) -> Iterator[int]:
    for item in step.get("items", ()):
        yield item.line
    for inner in _walk_inner_steps(step):
        yield from _list_item_lines(inner)


def _build_line_lookup(draft: PartDraft) -> Callable[[Loc], int]:
    """Return a function from a field's path in the roadmap to its line in the document."""

    def find_loc_line(loc: Loc) -> int:
        line, value = draft.line, draft
        for step in loc:
            try:
                value = value[step]  # type: ignore[index]  # a path has keys and places in turn
            except (TypeError, KeyError, IndexError):
                # The path may name a field that is missing: its parent's line is close enough.
                break
            if isinstance(value, PartDraft):
                line = value.line
        return line

    return find_loc_line


class _OutlineReader:
    """Reads one document into the draft of its roadmap."""

    def __init__(self, outline: Outline, name: str, notes: ImportNotes) -> None:
        self._front, self._name, self._notes = outline.front, name, notes
        root = build_document_part(outline.root, notes)
        self._catalog = ResourceCatalog(notes)
        self._builder = StageBuilder(self._catalog, notes)
        self._extras = ExtrasCollector(self._catalog, notes)
        self._opening = DocumentOpening(root, outline.front, name, self._catalog)
        self._sections = SectionSorter(notes)

    @property
    def left_out_lines(self) -> set[int]:
        """The lines of entries with a checkbox that were left out on purpose."""
        return self._sections.left_out_lines

    def build_roadmap_draft(self) -> PartDraft:
        """Return all fields of the roadmap, with drafts in the place of ids."""
        self._opening.take_summary()
        self._sections.sort_sections(self._opening.sections)
        self._place_intro()
        title = self._opening.title
        draft = set_draft_title(PartDraft(1), title, self._notes)
        # The full text of a long title goes to the provenance; the summary has a better one.
        draft.pop("summary", None)
        draft["slug"] = choose_slug(self._name, title)
        draft["summary"] = self._build_summary()
        if (provenance := build_provenance(self._front, title, self._notes)) is not None:
            draft["provenance"] = provenance
        draft.add_values("stages", self._build_stage_drafts())
        self._collect_extras()
        self._add_extras(draft)
        return draft

    def _build_summary(self) -> str:
        summary = self._opening.summary
        if not summary:
            source = shorten_to_clause(clean_plain_text(self._name), _LONGEST_NAME) or "a file"
            return f"Imported from {source}."
        if len(summary) > LONGEST_TEXT:
            sentence = f"I cut the summary to {LONGEST_TEXT} characters."
            self._notes.record_note(0, "dropped", sentence)
        return shorten_to_clause(summary, LONGEST_TEXT)

    def _place_intro(self) -> None:
        """Make the text before the first section a stage if it has tasks, else a note."""
        intro = self._opening.intro
        if not intro:
            return
        title = self._opening.title
        part = DocumentPart(Prose(intro[0].line, title), HeadingName(title), intro)
        has_only_tasks = bool(part.entries) and not self._sections.roadmap_parts
        if has_only_tasks or has_checkboxes(part):
            self._sections.roadmap_parts.insert(0, part)
        else:
            self._extras.info.add_note_block(intro, "", intro[0].line)

    def _build_stage_drafts(self) -> list[PartDraft]:
        before, roadmap_parts = self._sections.before, self._sections.roadmap_parts
        self._builder.detect_week_unit(
            [*before, *roadmap_parts],
            text_says_weekly=bool(_WEEKLY.search(self._opening.summary[:5000])),
        )
        required: list[PartDraft] = []
        for part in before:
            if (stage := self._builder.build_stage(part)) is not None:
                required.append(stage)
        stages = self._builder.build_stages(roadmap_parts, self._opening.title)
        for stage in stages:
            stage.add_references("requires", required)
        return [*required, *stages]

    def _collect_extras(self) -> None:
        # After the stages: a resource keeps its first line, and the plan's own lines matter more.
        for part, role in (*self._sections.others, *self._builder.outside_parts):
            inherited = role
            # A role from the part's own heading is not inherited from around it.
            if role == find_section_role(part.title):
                inherited = ""
            self._extras.collect_part(part, inherited)
        if fields := list_unused_fields(self._front):
            points = clean_list_entries(fields, self._notes, 1)
            block = PartDraft(1, kind="note", title="Front matter", points=points)
            self._extras.info.blocks.append(block)
            sentence = "I kept the other fields of the front matter as a note."
            self._notes.record_note(1, "kept", sentence)

    def _add_extras(self, draft: PartDraft) -> None:
        """Add the lists beside the plan, each in the document's order and within its limit."""
        lists = {
            "resources": self._catalog.drafts,
            "portfolio": self._extras.portfolio.projects,
            "certificates": self._extras.portfolio.certificates,
            "info": self._extras.info.blocks,
        }
        for name, drafts in lists.items():
            limit, word = _LIMITS[name]
            ordered = sorted(drafts, key=lambda entry: entry.line)
            draft.add_values(name, ordered[:limit])
            if len(ordered) > limit:
                sentence = f"I left out the {word} from here on: a plan can have at most {limit}."
                self._notes.record_note(ordered[limit].line, "dropped", sentence)
