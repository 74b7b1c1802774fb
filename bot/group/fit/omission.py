"""Items left out when time is short: never essential ones, nor any that others require."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import replace

from bot.group.fit.parts import Atom, FitPart
from bot.group.fit.season import Season, WeekDraft
from bot.roadmap import Roadmap

# Most weights are guesses, and a promise to the minute would be a false one.
SLACK = 1.1
"""A week may hold so many times the time there is."""


def choose_items_to_omit(
    drafts: Sequence[WeekDraft], roadmap: Roadmap, hours: float
) -> tuple[str, ...]:
    """Choose items to leave out until the weeks fit the time: longest first, from the fullest.

    Every week keeps an item.
    """
    loads = [_sum_draft_loads(draft) for draft in drafts]
    totals = [week_loads.total() for week_loads in loads]
    surplus = sum(totals) - hours * 60 * SLACK * len(drafts)
    optional = _find_optional_items(roadmap)
    candidates = []
    for draft, week_loads in zip(drafts, loads, strict=True):
        candidates.append(_sort_optional_items(draft, week_loads, optional))
    items_left = [len(draft.item_ids) for draft in drafts]
    omitted: set[str] = set()
    while surplus > 0:
        week = _find_fullest_week(candidates, items_left, totals)
        if week is None:
            break
        longest = candidates[week].pop()
        items_left[week] -= 1
        omitted.add(longest)
        # A long item may go on in other weeks: these become lighter too.
        for number, week_loads in enumerate(loads):
            totals[number] -= week_loads[longest]
            surplus -= week_loads[longest]
    return tuple(item for item in roadmap.items if item in omitted)


def _find_fullest_week(
    candidates: Sequence[Sequence[str]], items_left: Sequence[int], totals: Sequence[int]
) -> int | None:
    """Find the fullest week that can lose an item, by its place; None if there is none."""
    fullest = None
    for week, items in enumerate(candidates):
        if not items or items_left[week] <= 1:
            continue
        if fullest is None or totals[week] > totals[fullest]:
            fullest = week
    return fullest


def _sort_optional_items(draft: WeekDraft, loads: Counter[str], optional: Set[str]) -> list[str]:
    """List the week's own optional items, the longest last."""
    items = optional & loads.keys() & set(draft.item_ids)
    return sorted(items, key=lambda item: (loads[item], item))


def _sum_draft_loads(draft: WeekDraft) -> Counter[str]:
    loads: Counter[str] = Counter()
    for part in draft.parts:
        for atom in part.atoms:
            loads[atom.main_item] += atom.load
    return loads


def _find_optional_items(roadmap: Roadmap) -> Set[str]:
    optional = {item.id for item in roadmap.items.values() if not item.essential}
    return optional.difference(_list_prerequisites(roadmap))


def _list_prerequisites(roadmap: Roadmap) -> Iterator[str]:
    """List every id that something later requires."""
    for item in roadmap.items.values():
        yield from item.requires
    for stage in roadmap.all_stages:
        yield from stage.requires
    for choice in roadmap.all_choices:
        for option in choice.options:
            yield from option.requires


def remove_season_items(season: Season, items: Collection[str]) -> Season:
    """Remove items from a season, and the weeks that only went on with one of them."""
    weeks = []
    for week in season.weeks:
        thinner = _remove_part_items(week, items)
        # A week without atoms from the start is a pause, and stays.
        if thinner.atoms or not week.atoms:
            weeks.append(thinner)
    return Season(tuple(weeks))


def _remove_part_items(part: FitPart, items: Collection[str]) -> FitPart:
    atoms: list[Atom] = []
    for atom in part.atoms:
        rest = tuple(item for item in atom.items if item not in items)
        if atom.main_item not in items:
            atoms.append(replace(atom, items=rest))
        elif rest:
            # Other ways to do the item that is left out: they cost no time.
            atoms.append(replace(atom, items=rest, main_item=rest[0], load=0))
    return replace(part, atoms=tuple(atoms))
