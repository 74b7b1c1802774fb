"""Weeks as a cohort keeps them: ids that last, titles for the content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.fit.measure import map_items_by_step
from bot.group.fit.parts import Atom, FitPart
from bot.group.fit.season import WeekDraft
from bot.roadmap import Kind, Roadmap, Stage

TITLE = 75  # the limit for a title in a roadmap
ID = 24  # the limit for a week's id in a roadmap


def build_fitted_syllabus(
    drafts: Sequence[WeekDraft], roadmap: Roadmap, items_left_out: Collection[str] = ()
) -> Syllabus:
    """Build the syllabus from drafts.

    A week in the plan keeps its id. A week made from several has the first one's.
    """
    titles = _WeekTitles(roadmap, items_left_out)
    # No new id may be that of a week in the plan, even of one that is not in this season.
    taken_ids = {week.id for week in roadmap.weeks}
    weeks = []
    for draft in drafts:
        first = draft.parts[0]
        if first.week and draft.piece_number == 1:
            week_id = first.week.id
        else:
            week_id = _make_unique_week_id(_choose_id_prefix(first), taken_ids)
        taken_ids.add(week_id)
        # A named week stands in its own stage, a stretch goes over several inner ones.
        stage = first.stages[0]
        if first.week:
            stage = first.stages[-1]
        title, kind = titles.build_week_title(draft), _choose_week_kind(draft)
        weeks.append(SyllabusWeek(week_id, title, draft.item_ids, stage.title, kind))
    return Syllabus(tuple(weeks))


def shorten_title(text: str, limit: int = TITLE) -> str:
    """Shorten a title to a limit, cut at a word."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.:;–—-(") + "…"


def _choose_id_prefix(part: FitPart) -> str:
    if not part.atoms:
        return part.stages[-1].id
    first = part.atoms[0]
    if first.items:
        return first.items[0]
    return f"more-{first.main_item}"


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
    if part.atoms and not any(atom.items for atom in part.atoms):
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


class _WeekTitles:
    def __init__(self, roadmap: Roadmap, items_left_out: Collection[str]) -> None:
        gone = set(items_left_out)
        self.roadmap = roadmap
        # By id of a stage, week or item: the number of its items that are left.
        self.item_counts: dict[str, int] = {}
        for step, items in map_items_by_step(roadmap).items():
            self.item_counts[step] = sum(item not in gone for item in items)

    def build_week_title(self, draft: WeekDraft) -> str:
        """Build a title from the weeks and stages that are whole in it, else from its items."""
        titles: dict[str, None] = {}
        for part in draft.parts:
            titles.update(dict.fromkeys(self.list_part_titles(part)))
        first = next(iter(titles))
        if draft.piece_count > 1 and draft.item_ids:
            count = f" ({draft.piece_number} of {draft.piece_count})"
            return shorten_title(first, TITLE - len(count)) + count
        joined = " · ".join(titles)
        if len(joined) <= TITLE or len(titles) == 1:
            return shorten_title(joined)
        others = f" and {len(titles) - 1} more"
        return shorten_title(first, TITLE - len(others)) + others

    def list_part_titles(self, part: FitPart) -> Iterator[str]:
        items = [item for atom in part.atoms for item in atom.items]
        if part.atoms and not items:
            for item in dict.fromkeys(atom.main_item for atom in part.atoms):
                yield f"More time: {self.roadmap.items[item].title}"
        elif part.week:
            yield part.week.title
        elif not items:
            yield part.stages[-1].title
        else:
            yield from self._list_stretch_titles(items)

    def _list_stretch_titles(self, items: Sequence[str]) -> Iterator[str]:
        """List titles for items: the outermost stage that is all here, else the item itself."""
        counts: Counter[str] = Counter()
        for item in items:
            counts.update(place.id for place in self.roadmap.get_item_path(item))
        for item in items:
            title = self.roadmap.items[item].title
            for place in self.roadmap.get_item_path(item):
                if counts[place.id] == self.item_counts[place.id]:
                    title = place.title
                    break
            yield title
