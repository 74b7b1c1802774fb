"""Weeks as a cohort keeps them: ids that last, titles for the content."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.fit.drafts import WeekDraft
from bot.group.fit.parts import Atom, FitPart
from bot.group.fit.titles import WeekTitles
from bot.roadmap import Kind, Roadmap, Stage

ID = 24  # the limit for a week's id in a roadmap


def build_fitted_syllabus(
    drafts: Sequence[WeekDraft], roadmap: Roadmap, items_left_out: Collection[str] = ()
) -> Syllabus:
    """Build the syllabus from drafts.

    A week in the plan keeps its id. A week made from several has that of the first that begins.
    """
    titles = WeekTitles(roadmap, items_left_out).build_titles(drafts)
    # No new id may be that of a week in the plan, even of one that is not in this season.
    taken_ids = {week.id for week in roadmap.weeks}
    weeks = []
    for draft, title in zip(drafts, titles, strict=True):
        lead = _find_leading_part(draft)
        if lead.week and lead.piece == 1:
            week_id = lead.week.id
        else:
            week_id = _make_unique_week_id(_choose_id_prefix(lead), taken_ids)
        taken_ids.add(week_id)
        # A named week stands in its own stage, a stretch goes over several inner ones.
        stage = lead.stages[-1] if lead.week else lead.stages[0]
        kind = _choose_week_kind(draft)
        weeks.append(SyllabusWeek(week_id, title, draft.item_ids, stage.title, kind))
    return Syllabus(tuple(weeks))


def _find_leading_part(draft: WeekDraft) -> FitPart:
    """Return the first named week that begins in a draft, else the first part."""
    for part in draft.parts:
        if part.week and part.piece == 1:
            return part
    return draft.parts[0]


def _choose_id_prefix(part: FitPart) -> str:
    if not part.atoms:
        return part.stages[-1].id
    for atom in part.atoms:
        if atom.items:
            return atom.items[0]
    return f"more-{part.atoms[0].main_item}"


def _make_unique_week_id(prefix: str, taken_ids: set[str]) -> str:
    """Make an id that begins like `prefix` and no other week has."""
    week_id, count = prefix[:ID].rstrip("-"), 1
    while week_id in taken_ids:
        count += 1
        week_id = _append_week_count(prefix, count)
    return week_id


def _append_week_count(prefix: str, count: int) -> str:
    """Add a number to the beginning of an id; shorten it to keep the length."""
    room = ID - 1 - len(str(count))
    return f"{prefix[:room].rstrip('-')}-{count}"


def _choose_week_kind(draft: WeekDraft) -> Kind:
    kinds = {_choose_part_kind(part) for part in draft.parts}
    if len(kinds) == 1:
        return kinds.pop()
    # A last project stays one, whatever shares its week.
    if "capstone" in kinds:
        return "capstone"
    return "normal"


def _choose_part_kind(part: FitPart) -> Kind:
    if part.atoms and all(atom.is_extra for atom in part.atoms):
        return "review"
    if part.week:
        return part.week.kind
    if not part.atoms:
        return "break"
    return _find_common_kind(part.atoms)


def _find_common_kind(atoms: Iterable[Atom]) -> Kind:
    kinds = {_find_enclosing_kind(atom.stages) for atom in atoms}
    if len(kinds) == 1:
        return kinds.pop()
    return "normal"


def _find_enclosing_kind(stages: Sequence[Stage]) -> Kind:
    for stage in reversed(stages):
        if stage.kind != "normal":
            return stage.kind
    return "normal"
