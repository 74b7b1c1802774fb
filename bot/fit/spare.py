"""What is left out of a season when time is short: never what is essential, nor what something else requires."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.fit.parts import Atom, Part
from bot.fit.season import Draft, Season
from bot.roadmap import Roadmap

SLACK = 1.1
"""So many times the time there is still fits: most weights are guesses, and a promise to the minute would be a false one."""


def spared(drafts: Sequence[Draft], plan: Roadmap, hours: float) -> tuple[str, ...]:
    """The items to leave out until the weeks hold no more than there is time for: the longest of the fullest week first.
    Every week keeps an item."""
    loads = [_loads(draft) for draft in drafts]
    over = sum(sum(week.values()) for week in loads) - hours * 60 * SLACK * len(drafts)
    kept = _required(plan)
    may = [
        [of for of in week if of in draft.items and _spare(of, plan, kept)]
        for week, draft in zip(loads, drafts, strict=True)
    ]
    left = [len(draft.items) for draft in drafts]
    found: list[str] = []
    while over > 0:
        open_weeks = [number for number, items in enumerate(may) if items and left[number] > 1]
        if not open_weeks:
            break
        fullest = max(open_weeks, key=lambda number: sum(loads[number].values()))
        longest = max(may[fullest], key=lambda of: loads[fullest][of])
        over -= sum(week.pop(longest, 0) for week in loads)
        may[fullest].remove(longest)
        left[fullest] -= 1
        found.append(longest)
    return tuple(item for item in plan.items if item in set(found))


def _loads(draft: Draft) -> Counter[str]:
    loads: Counter[str] = Counter()
    for part in draft.parts:
        for atom in part.atoms:
            loads[atom.of] += atom.load
    return loads


def _spare(item: str, plan: Roadmap, kept: Collection[str]) -> bool:
    return not plan.items[item].essential and item not in kept


def _required(plan: Roadmap) -> set[str]:
    """Whatever is named by what comes after it."""
    found = {name for item in plan.items.values() for name in item.requires}
    found.update(name for stage in plan.all_stages for name in stage.requires)
    options = (option for choice in plan.all_choices for option in choice.options)
    return found.union(name for option in options for name in option.requires)


def thinned(season: Season, items: Collection[str]) -> Season:
    """A season without some items; weeks that only went on with one of them are gone."""
    thin = [(week, _without(week, items)) for week in season.weeks]
    return Season(tuple(after for week, after in thin if after.atoms or not week.atoms))


def _without(part: Part, items: Collection[str]) -> Part:
    found: list[Atom] = []
    for atom in part.atoms:
        rest = tuple(item for item in atom.items if item not in items)
        if atom.of not in items:
            found.append(replace(atom, items=rest))
        elif rest:  # other ways to do what is left out: they cost no time
            found.append(replace(atom, items=rest, of=rest[0], load=0))
    return replace(part, atoms=tuple(found))
