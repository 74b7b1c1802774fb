"""What is left out of a season when time is short: never what is essential, nor what something else requires."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence, Set
from dataclasses import replace

from bot.group.fit.parts import Atom, Part
from bot.group.fit.season import Draft, Season
from bot.roadmap import Roadmap

SLACK = 1.1
"""So many times the time there is still fits: most weights are guesses, and a promise to the minute would be a false one."""


def spared(drafts: Sequence[Draft], plan: Roadmap, hours: float) -> tuple[str, ...]:
    """The items to leave out until the weeks hold no more than there is time for: the longest of the fullest week first.
    Every week keeps an item."""
    loads = [_loads(draft) for draft in drafts]
    totals = [sum(week.values()) for week in loads]
    over = sum(totals) - hours * 60 * SLACK * len(drafts)
    spare = _spare(plan)
    may = [_longest_last(draft, week, spare) for draft, week in zip(drafts, loads, strict=True)]
    left = [len(draft.items) for draft in drafts]
    found: set[str] = set()
    while over > 0:
        open_weeks = [number for number, items in enumerate(may) if items and left[number] > 1]
        if not open_weeks:
            break
        fullest = max(open_weeks, key=lambda number: totals[number])
        longest = may[fullest].pop()
        left[fullest] -= 1
        found.add(longest)
        for number, week in enumerate(loads):
            totals[number] -= week[longest]
            over -= week[longest]
    return tuple(item for item in plan.items if item in found)


def _longest_last(draft: Draft, loads: Counter[str], spare: Set[str]) -> list[str]:
    return sorted(spare & loads.keys() & set(draft.items), key=lambda item: (loads[item], item))


def _loads(draft: Draft) -> Counter[str]:
    loads: Counter[str] = Counter()
    for part in draft.parts:
        for atom in part.atoms:
            loads[atom.of] += atom.load
    return loads


def _spare(plan: Roadmap) -> Set[str]:
    return {item.id for item in plan.items.values() if not item.essential} - _required(plan)


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
