"""Weeks as a cohort keeps them: ids that last, titles that say what is inside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.fit.measure import map_items_by_step
from bot.group.fit.parts import FitPart
from bot.group.fit.season import WeekDraft
from bot.roadmap import Roadmap, Stage

TITLE = 75  # what a title in a roadmap may have
ID = 24  # as the id of a week


def build_fitted_syllabus(
    drafts: Sequence[WeekDraft], roadmap: Roadmap, items_left_out: Sequence[str] = ()
) -> Syllabus:
    """The syllabus that drafts make. A week of the plan keeps its id; what is made of several has the first one's."""
    names = _WeekTitles(roadmap, items_left_out)
    taken = {week.id for week in roadmap.weeks}
    weeks = []
    for draft in drafts:
        first = draft.parts[0]
        own = first.week.id if first.week and draft.piece_number == 1 else ""
        week_id = own or _make_unique_week_id(_choose_id_prefix(first), taken)
        taken.add(week_id)
        stage = first.stages[-1] if first.week else first.stages[0]
        weeks.append(
            SyllabusWeek(
                week_id,
                names.build_week_title(draft),
                draft.item_ids,
                stage.title,
                _choose_week_kind(draft),
            )
        )
    return Syllabus(tuple(weeks))


def shorten_title(text: str, limit: int = TITLE) -> str:
    """A title within a limit, cut at a word."""
    return (
        text
        if len(text) <= limit
        else text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.:;–—-(") + "…"
    )


def _choose_id_prefix(part: FitPart) -> str:
    if not part.atoms:
        return part.stages[-1].id
    return part.atoms[0].items[0] if part.atoms[0].items else f"more-{part.atoms[0].main_item}"


def _make_unique_week_id(seed: str, taken: set[str]) -> str:
    """An id that begins like `seed` and that no other week has."""
    wanted, count = seed[:ID].rstrip("-"), 1
    while wanted in taken:
        count += 1
        wanted = f"{seed[: ID - 1 - len(str(count))].rstrip('-')}-{count}"
    return wanted


def _choose_week_kind(draft: WeekDraft) -> str:
    kinds = {_choose_part_kind(part) for part in draft.parts}
    return kinds.pop() if len(kinds) == 1 else "capstone" if "capstone" in kinds else "normal"


def _choose_part_kind(part: FitPart) -> str:
    if not part.atoms:
        return part.week.kind if part.week else "break"
    if not any(atom.items for atom in part.atoms):
        return "review"
    if part.week:
        return part.week.kind
    kinds = {_find_enclosing_kind(atom.stages) for atom in part.atoms}
    return kinds.pop() if len(kinds) == 1 else "normal"


def _find_enclosing_kind(stages: Sequence[Stage]) -> str:
    return next((stage.kind for stage in reversed(stages) if stage.kind != "normal"), "normal")


class _WeekTitles:
    def __init__(self, plan: Roadmap, left_out: Sequence[str]) -> None:
        gone = set(left_out)
        self.plan = plan
        self.sizes = {
            name: sum(item not in gone for item in items)
            for name, items in map_items_by_step(plan).items()
        }

    def build_week_title(self, draft: WeekDraft) -> str:
        """What a week is called: by the weeks and stages it holds whole, else by its items."""
        names = list(
            dict.fromkeys(name for part in draft.parts for name in self.list_part_titles(part))
        )
        if draft.piece_count > 1 and draft.item_ids:
            count = f" ({draft.piece_number} of {draft.piece_count})"
            return shorten_title(names[0], TITLE - len(count)) + count
        joined = " · ".join(names)
        if len(joined) <= TITLE or len(names) == 1:
            return shorten_title(joined)
        more = f" and {len(names) - 1} more"
        return shorten_title(names[0], TITLE - len(more)) + more

    def list_part_titles(self, part: FitPart) -> Iterator[str]:
        items = [item for atom in part.atoms for item in atom.items]
        if part.atoms and not items:
            yield from (
                f"More time: {self.plan.items[of].title}"
                for of in {atom.main_item: 1 for atom in part.atoms}
            )
        elif part.week or not items:
            yield part.week.title if part.week else part.stages[-1].title
        else:
            around = {item: self.plan.get_item_path(item) for item in items}
            held = Counter(place.id for path in around.values() for place in path)
            for item, path in around.items():
                found = next(
                    (place for place in path if held[place.id] == self.sizes[place.id]), None
                )
                yield found.title if found else self.plan.items[item].title
