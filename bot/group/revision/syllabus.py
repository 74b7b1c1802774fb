"""A cohort's weeks taken to another version: past weeks stay, coming ones follow the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import count

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.roadmap import Roadmap
from bot.roadmap.check import MOST_ITEMS_IN_A_WEEK


@dataclass(frozen=True, slots=True)
class SyllabusRevision:
    """A syllabus for the other version.

    `late_items`: items now in weeks that have begun.
    `items_excluded`: new items this cohort does not get. They belong to a season it does not
    have, or there was no room.
    """

    syllabus: Syllabus
    late_items: tuple[str, ...] = ()
    items_excluded: tuple[str, ...] = ()


def revise_syllabus(
    syllabus: Syllabus, old: Roadmap, new: Roadmap, begun_week_count: int
) -> SyllabusRevision:
    """Take a syllabus from the plan `old` to the plan `new`.

    The first `begun_week_count` weeks have begun: they keep id, title and place.
    A cohort that goes through the plan's own weeks takes the coming ones in their new form; any
    other keeps its own. Items follow the plan from week to week while they are to come. Items
    that were left out stay out.
    """
    frame = tuple(_build_week_frame(syllabus, old, new, begun_week_count))
    past_weeks = syllabus.weeks[:begun_week_count]
    assignment = _WeekAssignment(
        {week.id: list[str]() for week in frame}, frozenset(week.id for week in past_weeks)
    )
    held_weeks = _map_held_weeks(syllabus, new)
    # Items the cohort has come first: new ones must not take their room.
    homeless = assignment.assign_held_items(held_weeks, old, new)
    added = {item for item in new.items if item not in old.items and item not in held_weeks}
    excluded = []
    for item in new.items:
        needs_week = item in added or item in homeless
        if needs_week and not assignment.assign_new_item(item, new, added):
            excluded.append(item)
    weeks = [_fill_week(week, assignment, syllabus, old, new) for week in frame]
    late_items = _list_late_items(past_weeks, weeks[:begun_week_count])
    return SyllabusRevision(Syllabus(tuple(weeks)), late_items, tuple(excluded))


def _map_held_weeks(syllabus: Syllabus, new: Roadmap) -> dict[str, str]:
    """Map items the cohort has, and the new plan still knows, to their weeks."""
    held_weeks = {}
    for week in syllabus.weeks:
        for item in week.items:
            if item in new.items:
                held_weeks[item] = week.id
    return held_weeks


def _fill_week(
    week: SyllabusWeek, assignment: _WeekAssignment, syllabus: Syllabus, old: Roadmap, new: Roadmap
) -> SyllabusWeek:
    items = assignment.weeks[week.id]
    is_past = week.id in assignment.past_weeks
    # A week somebody has put into another order keeps it, and so does a week people see already.
    if not is_past and _is_in_roadmap_order(syllabus, week.id, old):
        items = sorted(items, key=_number_items(new).__getitem__)
    return replace(week, items=tuple(items))


def _list_late_items(
    weeks_before: Sequence[SyllabusWeek], weeks_after: Sequence[SyllabusWeek]
) -> tuple[str, ...]:
    late_items: list[str] = []
    for before, after in zip(weeks_before, weeks_after, strict=True):
        late_items += [item for item in after.items if item not in before.items]
    return tuple(late_items)


def _build_week_frame(
    syllabus: Syllabus, old: Roadmap, new: Roadmap, begun_week_count: int
) -> Iterator[SyllabusWeek]:
    """List the weeks there will be, with their old items or the plan's; items are laid later."""
    past_weeks = syllabus.weeks[:begun_week_count]
    yield from past_weeks
    past_ids = {week.id for week in past_weeks}
    old_weeks, new_weeks = _map_roadmap_weeks(old), _map_roadmap_weeks(new)
    coming = syllabus.weeks[begun_week_count:]
    coming_in_plan = [week_id for week_id in old_weeks if week_id not in past_ids]
    # The cohort goes through the plan week by week, so it goes on with the new one's weeks.
    if old_weeks and [week.id for week in coming] == coming_in_plan:
        for week in new_weeks.values():
            if week.id not in past_ids:
                yield week
        return
    for week in coming:
        was, now = old_weeks.get(week.id), new_weeks.get(week.id)
        # A title of the cohort's own is kept: only a week under the plan's title follows it.
        if was is not None and now is not None and was.title == week.title:
            yield replace(week, title=now.title, stage=now.stage, kind=now.kind)
        else:
            yield week


def _map_roadmap_weeks(roadmap: Roadmap) -> dict[str, SyllabusWeek]:
    return {week.id: week for week in Syllabus.from_roadmap(roadmap).weeks}


def _is_in_roadmap_order(syllabus: Syllabus, week_id: str, roadmap: Roadmap) -> bool:
    """Return True if a week has its items in the plan's order."""
    position = _number_items(roadmap)
    items = _list_syllabus_items(syllabus, week_id)
    positions = [position[item] for item in items if item in position]
    return positions == sorted(positions)


def _number_items(roadmap: Roadmap) -> dict[str, int]:
    return dict(zip(roadmap.items, count(), strict=False))


def _list_syllabus_items(syllabus: Syllabus, week_id: str) -> tuple[str, ...]:
    for week in syllabus.weeks:
        if week.id == week_id:
            return week.items
    return ()


@dataclass
class _WeekAssignment:
    """Items laid into weeks, each at most once."""

    weeks: dict[str, list[str]]
    past_weeks: frozenset[str]
    _week_of_item: dict[str, str] = field(default_factory=dict)

    def assign_held_items(
        self, held_weeks: Mapping[str, str], old: Roadmap, new: Roadmap
    ) -> set[str]:
        """Lay the cohort's items into their weeks, or into those the plan has moved them to.

        Returns the items that have no week any more.
        """
        destinations = {}
        for item, week in held_weeks.items():
            destination = self._find_moved_week(item, week, old, new)
            if destination:
                destinations[item] = destination
            elif week in self.weeks:
                self._assign_item(item, week)
        # Moved items come last: if their new week is full by then, they stay in the old one.
        for item, destination in destinations.items():
            if self._has_room(destination):
                self._assign_item(item, destination)
            elif held_weeks[item] in self.weeks:
                self._assign_item(item, held_weeks[item])
        return held_weeks.keys() - self._week_of_item.keys()

    def _find_moved_week(self, item: str, week: str, old: Roadmap, new: Roadmap) -> str | None:
        """Return the coming week to which the plan has moved an item, None for no such move.

        Only an item in its own week moves, and only while that week is still to come.
        """
        was, now = old.find_week_of_item(item), new.find_week_of_item(item)
        if was is None or now is None or was.id != week or now.id == week:
            return None
        if week in self.past_weeks or now.id in self.past_weeks:
            return None
        if now.id not in self.weeks:
            return None
        return now.id

    def assign_new_item(self, item: str, new: Roadmap, added: AbstractSet[str]) -> bool:
        """Lay an item into its own week, else beside its neighbour in the plan.

        Returns True if it found a place.
        """
        for week in self._list_suitable_weeks(item, new, added):
            if self._has_room(week):
                self._assign_item(item, week)
                return True
        return False

    def _list_suitable_weeks(self, item: str, new: Roadmap, added: AbstractSet[str]) -> list[str]:
        own_week = new.find_week_of_item(item)
        candidates = list(self._list_candidate_weeks(item, new, added))
        if own_week and own_week.id in self.weeks:
            return [own_week.id, *candidates]
        return candidates

    def _list_candidate_weeks(
        self, item: str, new: Roadmap, added: AbstractSet[str]
    ) -> Sequence[str]:
        """List the coming weeks to try, from the week with the item's neighbour on.

        Empty where the cohort has neither neighbour: the item is in another season then.
        """
        neighbour_week = self._find_neighbour_week(item, new, added)
        if neighbour_week is None:
            return ()
        ids = list(self.weeks)
        from_there = ids[ids.index(neighbour_week) :]
        return [week for week in from_there if week not in self.past_weeks]

    def _find_neighbour_week(self, item: str, new: Roadmap, added: AbstractSet[str]) -> str | None:
        """Return the week with the item before, else the one with the item after; else None."""
        items = tuple(new.items)
        position = items.index(item)
        week_before = self._find_week_before(items[:position], added)
        return week_before or self._find_week_after(items[position + 1 :], added)

    def _find_week_before(self, items: Sequence[str], added: AbstractSet[str]) -> str | None:
        for neighbour in reversed(items):
            # A new item that found no place says nothing; one that did is a neighbour.
            if neighbour in self._week_of_item:
                return self._week_of_item[neighbour]
            if neighbour not in added:
                break
        return None

    def _find_week_after(self, items: Sequence[str], added: AbstractSet[str]) -> str | None:
        for neighbour in items:
            if neighbour not in added:
                return self._week_of_item.get(neighbour)
        return None

    def _assign_item(self, item: str, week: str) -> None:
        self.weeks[week].append(item)
        self._week_of_item[item] = week

    def _has_room(self, week: str) -> bool:
        return len(self.weeks[week]) < MOST_ITEMS_IN_A_WEEK
