"""Weeks as a cohort keeps them: ids that last, titles that say what is inside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.group.fit.measure import inside
from bot.group.fit.parts import Part
from bot.group.fit.season import Draft
from bot.roadmap import Roadmap, Stage

TITLE = 75  # what a title in a roadmap may have
ID = 24  # as the id of a week


def named(drafts: Sequence[Draft], plan: Roadmap, left_out: Sequence[str] = ()) -> Syllabus:
    """The syllabus that drafts make. A week of the plan keeps its id; what is made of several has the first one's."""
    names = _Names(plan, left_out)
    taken = {week.id for week in plan.weeks}
    weeks = []
    for draft in drafts:
        first = draft.parts[0]
        own = first.week.id if first.week and draft.piece == 1 else ""
        week_id = own or _free(_seed(first), taken)
        taken.add(week_id)
        stage = first.stages[-1] if first.week else first.stages[0]
        weeks.append(SyllabusWeek(week_id, names.of(draft), draft.items, stage.title, _kind(draft)))
    return Syllabus(tuple(weeks))


def cut(text: str, limit: int = TITLE) -> str:
    """A title within a limit, cut at a word."""
    return (
        text
        if len(text) <= limit
        else text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.:;–—-(") + "…"
    )


def _seed(part: Part) -> str:
    if not part.atoms:
        return part.stages[-1].id
    return part.atoms[0].items[0] if part.atoms[0].items else f"more-{part.atoms[0].of}"


def _free(seed: str, taken: set[str]) -> str:
    """An id that begins like `seed` and that no other week has."""
    wanted, count = seed[:ID].rstrip("-"), 1
    while wanted in taken:
        count += 1
        wanted = f"{seed[: ID - 1 - len(str(count))].rstrip('-')}-{count}"
    return wanted


def _kind(draft: Draft) -> str:
    kinds = {_kind_of(part) for part in draft.parts}
    return kinds.pop() if len(kinds) == 1 else "capstone" if "capstone" in kinds else "normal"


def _kind_of(part: Part) -> str:
    if not part.atoms:
        return part.week.kind if part.week else "break"
    if not any(atom.items for atom in part.atoms):
        return "review"
    if part.week:
        return part.week.kind
    kinds = {_kind_around(atom.stages) for atom in part.atoms}
    return kinds.pop() if len(kinds) == 1 else "normal"


def _kind_around(stages: Sequence[Stage]) -> str:
    return next((stage.kind for stage in reversed(stages) if stage.kind != "normal"), "normal")


class _Names:
    def __init__(self, plan: Roadmap, left_out: Sequence[str]) -> None:
        gone = set(left_out)
        self.plan = plan
        self.sizes = {
            name: sum(item not in gone for item in items) for name, items in inside(plan).items()
        }

    def of(self, draft: Draft) -> str:
        """What a week is called: by the weeks and stages it holds whole, else by its items."""
        names = list(dict.fromkeys(name for part in draft.parts for name in self.part(part)))
        if draft.pieces > 1 and draft.items:
            count = f" ({draft.piece} of {draft.pieces})"
            return cut(names[0], TITLE - len(count)) + count
        joined = " · ".join(names)
        if len(joined) <= TITLE or len(names) == 1:
            return cut(joined)
        more = f" and {len(names) - 1} more"
        return cut(names[0], TITLE - len(more)) + more

    def part(self, part: Part) -> Iterator[str]:
        items = [item for atom in part.atoms for item in atom.items]
        if part.atoms and not items:
            yield from (
                f"More time: {self.plan.items[of].title}"
                for of in {atom.of: 1 for atom in part.atoms}
            )
        elif part.week or not items:
            yield part.week.title if part.week else part.stages[-1].title
        else:
            around = {item: self.plan.path_to(item) for item in items}
            held = Counter(place.id for path in around.values() for place in path)
            for item, path in around.items():
                found = next(
                    (place for place in path if held[place.id] == self.sizes[place.id]), None
                )
                yield found.title if found else self.plan.items[item].title
