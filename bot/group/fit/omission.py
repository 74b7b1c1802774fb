"""What is left out of a season when time is short: never what is essential, nor what something else requires."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence, Set
from dataclasses import replace

from bot.group.fit.parts import Atom, FitPart
from bot.group.fit.season import Season, WeekDraft
from bot.roadmap import Roadmap

SLACK = 1.1
"""So many times the time there is still fits: most weights are guesses, and a promise to the minute would be a false one."""


def choose_items_to_omit(
    drafts: Sequence[WeekDraft], roadmap: Roadmap, hours: float
) -> tuple[str, ...]:
    """The items to leave out until the weeks hold no more than there is time for: the longest of the fullest week first.
    Every week keeps an item."""
    loads = [_sum_draft_loads(draft) for draft in drafts]
    totals = [sum(week.values()) for week in loads]
    over = sum(totals) - hours * 60 * SLACK * len(drafts)
    spare = _find_optional_items(roadmap)
    may = [
        _sort_optional_items(draft, week, spare) for draft, week in zip(drafts, loads, strict=True)
    ]
    left = [len(draft.item_ids) for draft in drafts]
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
    return tuple(item for item in roadmap.items if item in found)


def _sort_optional_items(draft: WeekDraft, loads: Counter[str], spare: Set[str]) -> list[str]:
    return sorted(spare & loads.keys() & set(draft.item_ids), key=lambda item: (loads[item], item))


def _sum_draft_loads(draft: WeekDraft) -> Counter[str]:
    loads: Counter[str] = Counter()
    for part in draft.parts:
        for atom in part.atoms:
            loads[atom.main_item] += atom.load
    return loads


def _find_optional_items(roadmap: Roadmap) -> Set[str]:
    return {item.id for item in roadmap.items.values() if not item.essential} - _find_prerequisites(
        roadmap
    )


def _find_prerequisites(roadmap: Roadmap) -> set[str]:
    """Whatever is named by what comes after it."""
    found = {name for item in roadmap.items.values() for name in item.requires}
    found.update(name for stage in roadmap.all_stages for name in stage.requires)
    options = (option for choice in roadmap.all_choices for option in choice.options)
    return found.union(name for option in options for name in option.requires)


def remove_season_items(season: Season, items: Collection[str]) -> Season:
    """A season without some items; weeks that only went on with one of them are gone."""
    thin = [(week, _remove_part_items(week, items)) for week in season.weeks]
    return Season(tuple(after for week, after in thin if after.atoms or not week.atoms))


def _remove_part_items(part: FitPart, items: Collection[str]) -> FitPart:
    found: list[Atom] = []
    for atom in part.atoms:
        rest = tuple(item for item in atom.items if item not in items)
        if atom.main_item not in items:
            found.append(replace(atom, items=rest))
        elif rest:  # other ways to do what is left out: they cost no time
            found.append(replace(atom, items=rest, main_item=rest[0], load=0))
    return replace(part, atoms=tuple(found))
