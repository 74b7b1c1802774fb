"""Items left out when time is short: never essential ones, nor any that others require."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set

from bot.group.fit.drafts import WeekDraft, fit_season_to_weeks, fit_whole_weeks
from bot.group.fit.parts import FitPart
from bot.group.fit.season import Season, has_room, remove_items
from bot.group.fit.shares import WeekTime
from bot.roadmap import Roadmap

MOST_TRIMMED = 0.125
"""Up to such a share of the work is left out so that the plan's own weeks stay whole."""


def find_optional_items(roadmap: Roadmap) -> Set[str]:
    """Find the items that a plan can do without."""
    optional = {item.id for item in roadmap.items.values() if not item.essential}
    return optional.difference(_list_prerequisites(roadmap))


def choose_items_to_omit(
    parts: Sequence[FitPart], roadmap: Roadmap, weeks: int, time: WeekTime
) -> tuple[str, ...]:
    """Choose as few items to leave out as the weeks need: longest first, from the fullest week.

    Every week keeps an item. The weeks may be too full even without them.
    """
    if has_room(parts, weeks, time):
        return ()
    drafts, _ = fit_season_to_weeks(Season(tuple(parts)), weeks, time)
    ranked = list(_rank_items_to_omit(drafts, roadmap))
    # The least number that helps, by halving: every item left out makes room.
    low, high = 0, len(ranked)
    while low < high:
        middle = (low + high) // 2
        if has_room(remove_items(parts, ranked[:middle]), weeks, time):
            high = middle
        else:
            low = middle + 1
    omitted = set(ranked[:low])
    return tuple(item for item in roadmap.items if item in omitted)


def choose_items_to_trim(
    parts: Sequence[FitPart], roadmap: Roadmap, weeks: int, time: WeekTime
) -> tuple[str, ...]:
    """Choose a few items without which no week is too full, and all of them stay whole.

    Returns none where nothing is too full, where weeks must be divided all the same, or where it
    would take more than a few.
    """
    drafts = fit_whole_weeks(parts, weeks, time) or ()
    optional = find_optional_items(roadmap)
    trimmed: set[str] = set()
    minutes = 0
    for draft in drafts:
        surplus = draft.study_minutes - time.limit
        if surplus <= 0:
            continue
        loads = _sum_draft_loads(draft)
        for item in _choose_to_spare(_sort_optional_items(draft, loads, optional), loads, surplus):
            trimmed.add(item)
            minutes += loads[item]
            surplus -= loads[item]
        if surplus > 0 or trimmed.issuperset(draft.item_ids):
            return ()
    if minutes > MOST_TRIMMED * sum(part.total_load for part in parts):
        return ()
    return tuple(item for item in roadmap.items if item in trimmed)


def _choose_to_spare(
    candidates: Sequence[str], loads: Counter[str], surplus: float
) -> Iterator[str]:
    """Yield the shortest item that is enough, else the longest and more. They come sorted."""
    left = list(candidates)
    while surplus > 0 and left:
        enough = [item for item in left if loads[item] >= surplus]
        chosen = enough[0] if enough else left[-1]
        left.remove(chosen)
        surplus -= loads[chosen]
        yield chosen


def _rank_items_to_omit(drafts: Sequence[WeekDraft], roadmap: Roadmap) -> Iterator[str]:
    """Yield the items to leave out, the first that can be spared first."""
    loads = [_sum_draft_loads(draft) for draft in drafts]
    totals = [week_loads.total() for week_loads in loads]
    optional = find_optional_items(roadmap)
    candidates = []
    for draft, week_loads in zip(drafts, loads, strict=True):
        candidates.append(_sort_optional_items(draft, week_loads, optional))
    items_left = [len(draft.item_ids) for draft in drafts]
    while (week := _find_fullest_week(candidates, items_left, totals)) is not None:
        longest = candidates[week].pop()
        items_left[week] -= 1
        yield longest
        # A long item may go on in other weeks: these become lighter too.
        for number, week_loads in enumerate(loads):
            totals[number] -= week_loads[longest]


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


def _list_prerequisites(roadmap: Roadmap) -> Iterator[str]:
    """List every id that something later requires."""
    for item in roadmap.items.values():
        yield from item.requires
    for stage in roadmap.all_stages:
        yield from stage.requires
    for choice in roadmap.all_choices:
        for option in choice.options:
            yield from option.requires
