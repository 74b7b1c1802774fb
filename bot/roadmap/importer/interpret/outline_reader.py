"""What a document says as a plan: its title, its weeks and stages with their items, and all that stands beside them.

Every reading that could have been another is told, and nothing is left out silently. The finished data passes the same
judgement as a file that somebody wrote in our own format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from bot.roadmap import Problem, Roadmap, RoadmapError
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
from bot.roadmap.importer.interpret.parts import DocumentPart, build_document_part
from bot.roadmap.importer.interpret.provenance import (
    build_provenance,
    choose_slug,
    format_front_matter_value,
    list_unused_fields,
    map_front_matter,
)
from bot.roadmap.importer.interpret.resources import ResourceCatalog
from bot.roadmap.importer.interpret.stages import StageBuilder, has_list_entries
from bot.roadmap.importer.interpret.vocabulary import INFO, find_section_role, strip_decoration
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Outline, Prose, walk_list_entries
from bot.roadmap.problem import WHOLE_FILE, Loc
from bot.roadmap.validation import validate_data

_WEEKLY = re.compile(
    r"\b(?:weekly|per week|each week|every week|a week|wöchentlich|semanal|hebdomadaire)\b", re.I
)
_BESIDE: Final = frozenset({"resources", "certificates", "portfolio"}) | INFO
# The most a plan holds of what stands beside it (bot/roadmap/model.py).
_MOST: Final = {"resources": 400, "portfolio": 100, "certificates": 100, "info": 100}
_STEP_UNITS: Final = frozenset({"week", "day", "session", "month"})


def build_roadmap_from_outline(outline: Outline, name: str, notes: ImportNotes) -> Roadmap:
    """The plan in an outline; how it was read is told. `name` is that of the file, without folders. Raises RoadmapError for
    more than a plan holds, and where nothing can be ticked."""
    plan = _OutlineReader(outline, name, notes).build_roadmap_draft()
    if not _has_draft_items(plan):
        file = shorten_to_clause(clean_plain_text(name), 60)
        advice = "write the things to do as bullets below headings such as Week 1."
        sentence = f"I found nothing to tick in {file}: {advice}"
        raise RoadmapError([Problem(name, 1, WHOLE_FILE, sentence)])
    _report_lost_checkboxes(outline, plan, notes)
    assign_ids(plan, notes)
    return validate_data(Roadmap, plan, name, _build_line_lookup(plan))


def _has_checkboxes(part: DocumentPart) -> bool:
    """Whether anything below a heading has a box, which says that it is to be ticked."""
    return any(
        entry.is_checked is not None
        for inner in part.walk_parts()
        for entry in walk_list_entries(inner.blocks)
    )


def _has_draft_items(step: PartDraft) -> bool:
    return "items" in step or any(
        _has_draft_items(inner) for name in ("stages", "weeks") for inner in step.get(name, ())
    )


def _report_lost_checkboxes(outline: Outline, plan: PartDraft, notes: ImportNotes) -> None:
    """Name every entry with a box that became something else than an item."""
    ticked = set(_list_draft_item_lines(plan))
    for section in outline.root.walk_sections():
        for entry in walk_list_entries(section.blocks):
            if entry.is_checked is not None and entry.line not in ticked:
                said = quote_excerpt(entry.prose.text or "An empty box")
                sentence = (
                    f"{said} has a box, but nobody will be able to tick it: move it below a week."
                )
                notes.record_note(entry.line, "odd", sentence)


def _list_draft_item_lines(step: PartDraft) -> Iterator[int]:
    yield from (item.line for item in step.get("items", ()))
    for name in ("stages", "weeks"):
        for inner in step.get(name, ()):
            yield from _list_draft_item_lines(inner)


def _build_line_lookup(plan: PartDraft) -> Callable[[Loc], int]:
    """Where in the document the field of a path was read."""

    def line_of(loc: Loc) -> int:
        line, at = plan.line, plan
        for step in loc:
            try:
                at = at[step]  # type: ignore[index]
            except (TypeError, KeyError, IndexError):
                break
            line = at.line if isinstance(at, PartDraft) else line
        return line

    return line_of


class _OutlineReader:
    """One document on the way to its plan."""

    def __init__(self, outline: Outline, name: str, notes: ImportNotes) -> None:
        self._front, self._name, self._notes = outline.front, name, notes
        root = build_document_part(outline.root, notes)
        self._shelf = ResourceCatalog(notes)
        self._builder = StageBuilder(self._shelf, notes)
        self._beside = ExtrasCollector(self._shelf, notes)
        self._summary = format_front_matter_value(map_front_matter(outline.front).get("summary"))
        self._title, self._intro, self._tops = self._split_title(root)
        self._before: list[DocumentPart] = []
        self._plan: list[DocumentPart] = []
        self._others: list[tuple[DocumentPart, str]] = []
        self._has_one = False

    def build_roadmap_draft(self) -> PartDraft:
        """All of it, as data with drafts instead of ids."""
        self._find_summary()
        self._sort_sections()
        draft = set_draft_title(PartDraft(1), self._title, self._notes)
        draft.pop("summary", None)
        draft["slug"] = choose_slug(self._name, self._title)
        if len(self._summary) > LONGEST_TEXT:
            self._notes.record_note(
                0, "dropped", f"I shortened the summary to {LONGEST_TEXT} characters."
            )
        source = shorten_to_clause(clean_plain_text(self._name), 60) or "a file"
        draft["summary"] = (
            shorten_to_clause(self._summary, LONGEST_TEXT) or f"Imported from {source}."
        )
        if (origin := build_provenance(self._front, self._title, self._notes)) is not None:
            draft["provenance"] = origin
        draft.add_values("stages", self._build_stage_drafts())
        # What the plan names comes first on the shelf; what stands beside it may say more of the same.
        for part, role in (*self._others, *self._builder.outside_parts):
            self._beside.collect_part(part, "" if role == find_section_role(part.title) else role)
        if more := list_unused_fields(self._front):
            self._beside.info.append(
                PartDraft(
                    1,
                    kind="note",
                    title="Front matter",
                    points=clean_list_entries(more, self._notes, 1),
                )
            )
            self._notes.record_note(
                1, "kept", "I kept the other fields of the front matter as a note."
            )
        self._add_extras(draft)
        return draft

    # — the beginning of the document —

    def _split_title(self, root: DocumentPart) -> tuple[str, list[Any], list[DocumentPart]]:
        """The title, what stands before the first section, and the sections of the highest level."""
        tops, intro = root.parts, list(root.blocks)
        given = format_front_matter_value(map_front_matter(self._front).get("title"))
        first = tops[0] if tops else None
        title = ""
        is_named = first is not None and bool(first.heading.text) and not first.name.unit
        if (
            first is not None
            and is_named
            and (len(tops) == 1 or self._is_document_title(first, given))
        ):
            title = strip_decoration(first.heading.text, has_number=True)
            intro += first.blocks
            tops = [*first.parts, *tops[1:]]
            self._shelf.add_link_resources(first.heading)
        stem = re.sub(r"[_-]+", " ", self._name.rsplit(".", 1)[0])
        return given or title or clean_plain_text(stem) or "An imported plan", intro, tops

    def _is_document_title(self, first: DocumentPart, given: str) -> bool:
        # Of several first headings, the first is the title if it says the same as the front matter, or nothing of its own.
        bare = strip_decoration(first.heading.text).casefold()
        return bare == given.casefold() or (
            not given and not find_section_role(first.title) and not first.entries
        )

    def _find_summary(self) -> None:
        """Find the summary; what else stands at the beginning is kept."""
        rest: list[Any] = []
        overview = [
            part
            for part in self._tops
            if find_section_role(part.title) == "summary" and not part.name.unit
        ]
        if not self._summary and overview and overview[0].prose_blocks:
            self._summary = self._pop_overview_text(overview[0])
        first = min((part.line for part in self._tops), default=10**9)
        for block in self._intro:
            is_words = (
                isinstance(block, Prose)
                and not block.label
                and not block.is_strong
                and block.line < first
            )
            if is_words and not self._summary:
                self._summary = clean_plain_text(block.text)
                self._shelf.add_link_resources(block)
            else:
                rest.append(block)
        self._intro = rest
        if not self._summary:
            self._summary = next(
                (clean_plain_text(prose.text) for prose in self._list_first_paragraphs()), ""
            )

    def _list_first_paragraphs(self) -> Iterator[Prose]:
        """The paragraphs before the plan; the first of them serves as summary where nothing else does."""
        for part in self._tops:
            if self._is_roadmap_section(part):
                return
            for inner in part.walk_parts():
                yield from (
                    prose
                    for prose in inner.prose_blocks
                    if not prose.label and not prose.is_strong and len(prose.text) > 30
                )

    def _pop_overview_text(self, part: DocumentPart) -> str:
        """The paragraphs of an overview, as the summary of the plan."""
        words = [prose for prose in part.prose_blocks if not prose.label]
        part.blocks = [block for block in part.blocks if not any(block is one for one in words)]
        for prose in words:
            self._shelf.add_link_resources(prose)
        if part.is_empty:
            self._tops = [one for one in self._tops if one is not part]
        return "\n\n".join(clean_plain_text(prose.text) for prose in words)

    # — what is the plan, and what stands beside it —

    def _sort_sections(self) -> None:
        planned = [part for part in self._tops if self._is_roadmap_section(part)]
        self._has_one = len(planned) == 1
        for part in self._tops:
            self._place_section(part, has_plan=bool(planned))
        first = (
            DocumentPart(
                Prose(self._intro[0].line, self._title), HeadingName(self._title), self._intro
            )
            if self._intro
            else None
        )
        if first is not None and (_has_checkboxes(first) or (not self._plan and first.entries)):
            self._plan.insert(0, first)
        elif self._intro:
            self._beside.add_note_block(self._intro, "", self._intro[0].line)

    def _is_roadmap_section(self, part: DocumentPart) -> bool:
        """Whether a section is the plan itself or holds it."""
        role = find_section_role(part.title)
        units = {inner.name.unit for inner in part.walk_parts()} - {""}
        if units & _STEP_UNITS or (units and role not in _BESIDE):
            return True
        return role == "plan" and (bool(part.parts) or has_list_entries(part))

    def _place_section(self, part: DocumentPart, *, has_plan: bool) -> None:
        role = find_section_role(part.title)
        if self._is_roadmap_section(part):
            self._add_roadmap_section(part, role)
        elif role == "before" and self._has_tasks_or_links(part):
            self._before.append(part)
        elif part.is_empty or role in _BESIDE:
            self._others.append((part, role if role in _BESIDE else ""))
        elif has_plan and role != "skip" and _has_checkboxes(part):
            sentence = f"I read {quote_excerpt(part.title)} as a stage of its own, because it has boxes to tick."
            self._notes.record_note(part.line, "read", sentence)
            self._plan.append(part)
        elif any(find_section_role(inner.title) in _BESIDE for inner in part.parts):
            self._keep_section_text(part, role)
            for inner in part.parts:
                self._place_section(inner, has_plan=has_plan)
        elif not has_plan and role not in ("summary", "skip") and has_list_entries(part):
            self._plan.append(part)
        else:
            self._add_other_section(part, role)

    def _has_tasks_or_links(self, part: DocumentPart) -> bool:
        return has_list_entries(part) or any(
            prose.links for inner in part.walk_parts() for prose in inner.prose_blocks
        )

    def _add_roadmap_section(self, part: DocumentPart, role: str) -> None:
        """Take a section into the plan: as a stage, or what is in it, where its heading only says that here is the plan."""
        direct = {inner.name.unit for inner in part.parts} - {""}
        if part.name.unit or not (
            role == "plan" or (direct and not part.entries and not role and self._has_one)
        ):
            self._plan.append(part)
            return
        if part.entries and not part.parts:
            self._plan.append(part)
            return
        if role != "plan":
            self._notes.record_note(
                part.line,
                "read",
                f"I read {quote_excerpt(part.title)} as the heading of the whole plan.",
            )
        self._keep_section_text(part, "context")
        for inner in part.parts:
            inner_role = find_section_role(inner.title)
            if inner_role == "before" and self._has_tasks_or_links(inner):
                self._before.append(inner)
            elif (
                inner_role in _BESIDE
                and direct
                and not inner.name.unit
                and not self._is_roadmap_section(inner)
            ):
                self._others.append((inner, inner_role))
            elif inner.is_empty and not inner.name.unit and not inner.heading.links:
                self._others.append((inner, ""))
            else:
                self._plan.append(inner)

    def _keep_section_text(self, part: DocumentPart, role: str) -> None:
        """Keep the words at the beginning of a section whose parts go different ways."""
        if part.blocks:
            self._others.append(
                (DocumentPart(part.heading, part.name, part.blocks), role if role in INFO else "")
            )

    def _add_other_section(self, part: DocumentPart, role: str) -> None:
        self._others.append((part, "context" if role in ("summary", "before") else ""))

    # — the plan —

    def _build_stage_drafts(self) -> list[PartDraft]:
        text_says_weekly = bool(_WEEKLY.search(self._summary[:5000]))
        self._builder.detect_week_unit(
            [*self._before, *self._plan], text_says_weekly=text_says_weekly
        )
        before = [
            draft for part in self._before if (draft := self._builder.build_stage(part)) is not None
        ]
        after = self._builder.build_stages(self._plan, self._title)
        for stage in after:
            stage.add_references("requires", before)
        return [*before, *after]

    def _add_extras(self, draft: PartDraft) -> None:
        """Put in what stands beside the plan, as much of it as a plan holds."""
        held = {
            "resources": self._shelf.drafts, "portfolio": self._beside.portfolio,
            "certificates": self._beside.certificates, "info": self._beside.info,
        }  # fmt: skip
        for name, found in held.items():
            most, drafts = _MOST[name], sorted(found, key=lambda one: one.line)
            draft.add_values(name, drafts[:most])
            if drafts[most:]:
                what = "notes" if name == "info" else name
                sentence = f"I left out {what} from here on: a plan holds {most} of them."
                self._notes.record_note(drafts[most].line, "dropped", sentence)
