"""The document's sections, sorted: the plan itself, the prerequisites, everything beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from bot.roadmap.importer.interpret.draft import quote_excerpt
from bot.roadmap.importer.interpret.heading_names import Unit
from bot.roadmap.importer.interpret.parts import DocumentPart
from bot.roadmap.importer.interpret.stages import has_list_entries
from bot.roadmap.importer.interpret.vocabulary import (
    INFO,
    SectionRole,
    find_section_role,
    is_info_kind,
)
from bot.roadmap.importer.report import ImportNotes
from bot.roadmap.importer.tree import Bullet, BulletList, walk_list_entries

_BESIDE_ROLES: Final = frozenset({"resources", "certificates", "portfolio"}) | INFO
_STEP_UNITS: Final = frozenset({"week", "day", "session", "month"})


@dataclass
class SectionSorter:
    """Sorts sections by their headings and content."""

    notes: ImportNotes
    before: list[DocumentPart] = field(default_factory=list)
    """Prerequisites with something to do."""
    roadmap_parts: list[DocumentPart] = field(default_factory=list)
    others: list[tuple[DocumentPart, SectionRole]] = field(default_factory=list)
    """Parts beside the plan, each with its role."""
    left_out_lines: set[int] = field(default_factory=set)
    """The lines of lists that only repeat the weeks."""
    _is_only_plan: bool = False

    def sort_sections(self, sections: list[DocumentPart]) -> None:
        """Put each section into one of the three lists, except those that repeat the others."""
        sections = self._leave_out_repetitions(sections)
        if any(unit == "week" for unit, _ in _list_units(sections)):
            # What is to be done on Mondays holds for every week, and is none.
            sections = list(map(_list_routine, sections))
        plan_count = sum(is_roadmap_section(part) for part in sections)
        self._is_only_plan = plan_count == 1
        for part in sections:
            self._place_section(part, has_plan=plan_count > 0)

    def _leave_out_repetitions(self, sections: list[DocumentPart]) -> list[DocumentPart]:
        """Return the sections without trackers and overviews: lists of units that stand elsewhere.

        A tracker lists bare units, to tick. An overview is a table above the same units in detail.
        """
        trackers = {id(part) for part in sections if _is_bare_list_of_units(part)}
        overviews = {id(part) for part in sections if _is_timetable(part)}
        lists = trackers | overviews
        detailed = _list_units(
            part for part in sections if id(part) not in lists and _has_content(part)
        )
        all_others = detailed | _list_units(part for part in sections if id(part) in overviews)
        kept: list[DocumentPart] = []
        for part in sections:
            elsewhere = set[tuple[Unit, int]]()
            if id(part) in overviews:
                elsewhere = detailed
            elif id(part) in trackers:
                elsewhere = all_others
            if elsewhere and _list_units([part]) <= elsewhere:
                self._leave_out(part)
            else:
                kept.append(part)
        return kept

    def _leave_out(self, part: DocumentPart) -> None:
        name = "this table" if part.is_row else quote_excerpt(part.title)
        sentence = f"I left out {name}: it only lists what stands elsewhere in the plan."
        self.notes.record_note(part.line, "dropped", sentence)
        self.left_out_lines.update(inner.line for inner in part.parts)
        self._keep_section_text(part, "context")

    def _place_section(self, part: DocumentPart, *, has_plan: bool) -> None:
        role = find_section_role(part.title)
        if is_roadmap_section(part):
            self._add_roadmap_section(part, role)
        elif role == "before" and _has_tasks_or_links(part):
            self.before.append(part)
        elif role in _BESIDE_ROLES:
            self.others.append((part, role))
        elif part.is_empty:
            self.others.append((part, ""))
        else:
            self._place_unnamed_section(part, role, has_plan=has_plan)

    def _place_unnamed_section(
        self, part: DocumentPart, role: SectionRole, *, has_plan: bool
    ) -> None:
        """Place a section by its content: its heading says too little."""
        if has_plan and role != "skip" and has_checkboxes(part):
            name = quote_excerpt(part.title)
            sentence = f"I read {name} as a stage, because it has checkboxes."
            self.notes.record_note(part.line, "read", sentence)
            self.roadmap_parts.append(part)
        elif any(find_section_role(inner.title) in _BESIDE_ROLES for inner in part.parts):
            self._keep_section_text(part, role)
            for inner in part.parts:
                self._place_section(inner, has_plan=has_plan)
        elif not has_plan and role not in ("summary", "skip") and has_list_entries(part):
            # Without any week or phase, a list is the only plan there is.
            self.roadmap_parts.append(part)
        elif role in ("summary", "before"):
            self.others.append((part, "context"))
        else:
            self.others.append((part, ""))

    def _add_roadmap_section(self, part: DocumentPart, role: SectionRole) -> None:
        """Add a section to the plan, or only its parts if its heading just announces the plan."""
        units_below = {inner.name.unit for inner in part.parts} - {""}
        is_frame = role == "plan"
        if units_below and not part.entries and not role:
            # “Spring term” around all weeks is no stage, unless a second such section exists.
            is_frame = self._is_only_plan
        has_only_entries = bool(part.entries) and not part.parts
        if part.name.unit or not is_frame or has_only_entries:
            self.roadmap_parts.append(part)
            return
        if role != "plan":
            name = quote_excerpt(part.title)
            sentence = f"I read {name} as the heading of the whole plan."
            self.notes.record_note(part.line, "read", sentence)
        self._keep_section_text(part, "context")
        for inner in part.parts:
            self._place_framed_part(inner, has_units=bool(units_below))

    def _place_framed_part(self, part: DocumentPart, *, has_units: bool) -> None:
        """Place a part below the plan's own heading."""
        role = find_section_role(part.title)
        if role == "before" and _has_tasks_or_links(part):
            self.before.append(part)
        elif part.name.unit:
            self.roadmap_parts.append(part)
        elif role in _BESIDE_ROLES and has_units and not is_roadmap_section(part):
            self.others.append((part, role))
        elif part.is_empty and not part.heading.links:
            self.others.append((part, ""))
        else:
            self.roadmap_parts.append(part)

    def _keep_section_text(self, part: DocumentPart, role: SectionRole) -> None:
        """Keep the text above a section's parts, because the parts go different ways."""
        if not part.blocks:
            return
        if not is_info_kind(role):
            role = ""
        self.others.append((DocumentPart(part.heading, part.name, part.blocks), role))


def is_roadmap_section(part: DocumentPart) -> bool:
    """Return True if a section is the plan, or has the plan inside it."""
    role = find_section_role(part.title)
    units = {inner.name.unit for inner in part.walk_parts()} - {""}
    if units & _STEP_UNITS or (units and role not in _BESIDE_ROLES):
        return True
    return role == "plan" and (bool(part.parts) or has_list_entries(part))


def _is_bare_list_of_units(part: DocumentPart) -> bool:
    """Return True for a section with nothing but bare numbers, such as “Week 1” and “Week 2”."""
    if part.blocks or not part.parts:
        return False
    return all(inner.is_empty and inner.name.unit and not inner.name.title for inner in part.parts)


def _list_routine(part: DocumentPart) -> DocumentPart:
    """Return the part; one that only says what to do on each weekday, as a list."""
    units = _list_units([part])
    if part.name.unit or units != {("day", 0)} or any(inner.parts for inner in part.parts):
        return part
    days = [Bullet(inner.heading, blocks=tuple(inner.blocks)) for inner in part.parts]
    return replace(part, blocks=[*part.blocks, BulletList(part.line, tuple(days))], parts=[])


def _is_timetable(part: DocumentPart) -> bool:
    """Return True for a row of a timetable, and for a section with nothing but rows."""
    if part.name.unit:
        # A week with a table of its days is a week.
        return part.is_row
    return bool(part.parts) and all(inner.is_row for inner in part.parts)


def _list_units(parts: Iterable[DocumentPart]) -> set[tuple[Unit, int]]:
    """Return each unit in the parts with its number."""
    names = (inner.name for part in parts for inner in part.walk_parts())
    return {(name.unit, name.first) for name in names if name.unit}


def _has_content(part: DocumentPart) -> bool:
    """Return True if a heading has more below it than empty headings."""
    return any(inner.blocks or inner.is_row for inner in part.walk_parts())


def has_checkboxes(part: DocumentPart) -> bool:
    """Return True if any entry below a heading has a checkbox."""
    return any(
        entry.is_checked is not None
        for inner in part.walk_parts()
        for entry in walk_list_entries(inner.blocks)
    )


def _has_tasks_or_links(part: DocumentPart) -> bool:
    if has_list_entries(part):
        return True
    return any(prose.links for inner in part.walk_parts() for prose in inner.prose_blocks)
