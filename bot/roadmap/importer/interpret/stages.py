"""Stages: made from the parts of a document that are its plan, in their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.roadmap.importer.interpret.choices import (
    Option,
    add_stage_choice,
    strip_route_label,
)
from bot.roadmap.importer.interpret.draft import PartDraft, quote_excerpt, set_draft_title
from bot.roadmap.importer.interpret.fallback_items import (
    build_fallback_items,
    strip_prerequisite_label,
)
from bot.roadmap.importer.interpret.heading_names import Unit
from bot.roadmap.importer.interpret.label_parts import LabelPartReader
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.resources import ResourceCatalog
from bot.roadmap.importer.interpret.section_body import SectionBody
from bot.roadmap.importer.interpret.vocabulary import SectionRole
from bot.roadmap.importer.interpret.weeks import WeekBuilder, find_part_kind, set_items_optional
from bot.roadmap.importer.report import ImportNotes

MOST_SESSIONS = 60


class StageBuilder:
    """Builds the drafts of stages, with their weeks, items and choices."""

    def __init__(self, catalog: ResourceCatalog, notes: ImportNotes) -> None:
        self.catalog, self.notes = catalog, notes
        self._labels = LabelPartReader(notes)
        self._weeks = WeekBuilder(catalog, notes, self._labels)

    @property
    def outside_parts(self) -> list[tuple[DocumentPart, SectionRole]]:
        """Parts inside the plan that belong beside it, each with its role."""
        return self._labels.outside_parts

    def detect_week_unit(self, parts: Sequence[DocumentPart], *, text_says_weekly: bool) -> None:
        """Decide if sessions are weeks: only in a document without weeks, days and stages."""
        counted = [part for top in parts for part in top.walk_parts() if part.name.unit]
        units = Counter(part.name.unit for part in counted)
        if units["week"] or units["day"] or not units["session"]:
            return
        first = next(part for part in counted if part.name.unit == "session")
        name = quote_excerpt(first.name.label)
        if _are_sessions_weeks(units, text_says_weekly=text_says_weekly):
            self._weeks.week_unit = "session"
            sentence = f"I read {name} and each one after it as a week."
        else:
            sentence = f"I read {name} and each one after it as a stage, not as a week."
        self.notes.record_note(first.line, "read", sentence)

    def build_stages(self, parts: Sequence[DocumentPart], title: str) -> list[PartDraft]:
        """Return the stages for neighbouring parts; weeks outside any stage share one, `title`."""
        stages: list[PartDraft] = []
        loose_weeks: list[DocumentPart] = []
        for part in parts:
            if self._weeks.is_week_part(part):
                loose_weeks.append(part)
                continue
            stages += self._build_loose_weeks(loose_weeks, title, stages)
            loose_weeks = []
            stages += self._list_stage(part)
        return stages + self._build_loose_weeks(loose_weeks, title, stages)

    def _build_loose_weeks(
        self, parts: Sequence[DocumentPart], title: str, before: Sequence[PartDraft]
    ) -> list[PartDraft]:
        if not parts:
            return []
        # A section between the weeks splits them into two stages, which need two names.
        if any(stage["title"] == title for stage in before):
            title = f"{title}, continued"
        draft = set_draft_title(PartDraft(parts[0].line), title, self.notes)
        draft.add_values("weeks", self._weeks.build_weeks(parts))
        if "weeks" not in draft:
            return []
        return [draft]

    def _list_stage(self, part: DocumentPart, body: SectionBody | None = None) -> list[PartDraft]:
        stage = self.build_stage(part, body)
        if stage is None:
            return []
        return [stage]

    def build_stage(self, part: DocumentPart, body: SectionBody | None = None) -> PartDraft | None:
        """Return the stage for a part; None if it has nothing to tick.

        `body` is the part's own text, if it was read before.
        """
        if body is None:
            body = SectionBody(part.title, self.catalog, self.notes).read_part_heading(part)
        draft = self._start_stage(part)
        weeks = [inner for inner in part.parts if self._weeks.is_week_part(inner)]
        options = self._read_inner_parts(part, body)
        body.finish_course(part.line)
        if not (weeks or body.items or body.stages):
            body.items += build_fallback_items(part, body)
        set_items_optional(part, body.items)
        body.fill_stage_draft(draft)
        self._add_stage_weeks(draft, weeks, part.title)
        add_stage_choice(draft, part, options, self.notes)
        if any(name in draft for name in ("items", "weeks", "stages")):
            return draft
        return None

    def _start_stage(self, part: DocumentPart) -> PartDraft:
        draft = PartDraft(part.line, time=_find_stage_time(part), kind=find_part_kind(part))
        set_draft_title(draft, strip_prerequisite_label(part.full_title), self.notes)
        # The id leaves out “Phase 1”, so that a new phase before it does not change it.
        draft.id_source = strip_route_label(strip_prerequisite_label(part.title))
        return draft

    def _read_inner_parts(self, part: DocumentPart, body: SectionBody) -> list[Option]:
        """Read the parts inside a stage, except its weeks; return the possible options."""
        options: list[Option] = []
        for inner in part.parts:
            if self._weeks.is_week_part(inner):
                continue
            if not self._labels.read_label_part(inner, body, self._read_deeper_part):
                options.append((inner, self._build_inner_stage(inner, body)))
        return options

    def _read_deeper_part(self, part: DocumentPart, body: SectionBody) -> None:
        if not self._labels.read_label_part(part, body, self._read_deeper_part):
            self._build_inner_stage(part, body)

    def _build_inner_stage(self, part: DocumentPart, body: SectionBody) -> list[PartDraft]:
        """Add a part to `body` and return the drafts made from it.

        These are a stage, or items for a heading that only names courses or one task.
        """
        inner = SectionBody(part.title, self.catalog, self.notes).read_part_heading(part)
        if part.parts or inner.items or inner.stages:
            stages = self._list_stage(part, inner)
            body.stages += stages
            return stages
        inner.finish_course(part.line)
        items = build_fallback_items(part, inner)
        self._report_heading_task(part, inner)
        body.items += items
        body.outcomes += inner.outcomes
        body.add_body_resources(inner.resources)
        return items

    def _report_heading_task(self, part: DocumentPart, body: SectionBody) -> None:
        if not body.text_resources and not part.heading.links:
            sentence = "I read this heading as one item, because there is no list below it."
            self.notes.record_note(part.line, "read", sentence)

    def _add_stage_weeks(self, draft: PartDraft, weeks: Sequence[DocumentPart], title: str) -> None:
        """Add weeks to a stage; a stage with weeks can hold nothing else, so the rest moves."""
        if not weeks:
            return
        drafts = self._weeks.build_weeks(weeks, title)
        items = draft.pop("items", [])
        if items and drafts:
            self._move_items_to_week(items, drafts)
        if "stages" not in draft:
            draft.add_values("weeks", drafts)
            return
        inner = PartDraft(weeks[0].line, weeks=drafts)
        set_draft_title(inner, f"{draft['title']}, week by week", self.notes)
        draft["stages"] = sorted([*draft["stages"], inner], key=lambda stage: stage.line)

    def _move_items_to_week(self, items: list[PartDraft], weeks: Sequence[PartDraft]) -> None:
        # A break has no items; if all weeks are breaks, the check of the roadmap will say so.
        first = next((week for week in weeks if week.get("kind") != "break"), weeks[0])
        sentence = "I moved the items above the weeks into the first week."
        self.notes.record_note(items[0].line, "read", sentence)
        first["items"] = [*items, *first.get("items", [])]


def _are_sessions_weeks(units: Counter[Unit], *, text_says_weekly: bool) -> bool:
    if units["month"] or units["phase"]:
        return False
    # Sixty lectures of a video course are not sixty weeks, unless the text says “weekly”.
    return text_says_weekly or units["session"] <= MOST_SESSIONS


def _find_stage_time(part: DocumentPart) -> str:
    """Return the stage's time; “Months 1–3” without one says 3 months."""
    name = part.name
    if name.unit != "month" or name.time or not name.first:
        return name.time
    if name.unit_count == 1:
        return "1 month"
    return f"{name.unit_count} months"


def has_list_entries(part: DocumentPart) -> bool:
    """Return True if the part, or a part inside it, has a list."""
    return any(inner.entries for inner in part.walk_parts())
