"""A cohort's own weeks taken to another version of its plan: what has begun stays, what is to come follows the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from bot.group.calendar import Syllabus, SyllabusWeek
from bot.roadmap import Roadmap
from bot.roadmap.check import MOST_ITEMS_IN_A_WEEK


@dataclass(frozen=True, slots=True)
class SyllabusRevision:
    """A syllabus by the other version. `late` are items that have come into weeks which have begun, `out` new items of the
    plan that this cohort does not get: they belong to a season it does not have, or there was no room."""

    syllabus: Syllabus
    late_items: tuple[str, ...] = ()
    items_excluded: tuple[str, ...] = ()


def revise_syllabus(
    syllabus: Syllabus, old: Roadmap, new: Roadmap, begun_week_count: int
) -> SyllabusRevision:
    """A syllabus on the plan `old`, of which the first `begun` weeks have begun, taken to the plan `new`.

    Weeks that have begun keep id, title and place. A cohort that goes through the plan's own weeks takes the coming ones as
    they are now; any other keeps its own. Items follow the plan from week to week while they are to come, and what was left
    out stays out.
    """
    frame = tuple(_build_week_frame(syllabus, old, new, begun_week_count))
    past = syllabus.weeks[:begun_week_count]
    laid = _WeekAssignment(
        {week.id: list[str]() for week in frame}, frozenset(week.id for week in past)
    )
    held = {item: week.id for week in syllabus.weeks for item in week.items if item in new.items}
    homeless = laid.assign_held_items(held, old, new)
    fresh = {item for item in new.items if item not in old.items and item not in held}
    out = tuple(
        item
        for item in new.items
        if item in fresh | homeless and not laid.assign_new_item(item, new, fresh)
    )
    order = {item: place for place, item in enumerate(new.items)}
    weeks = []
    for week in frame:
        items = laid.weeks[week.id]
        as_planned = week.id not in laid.past_weeks and _is_in_roadmap_order(syllabus, week.id, old)
        weeks.append(
            replace(
                week, items=tuple(sorted(items, key=order.__getitem__) if as_planned else items)
            )
        )
    before = {week.id: frozenset(week.items) for week in past}
    late = (
        item
        for week in weeks[:begun_week_count]
        for item in week.items
        if item not in before[week.id]
    )
    return SyllabusRevision(Syllabus(tuple(weeks)), tuple(late), out)


def _build_week_frame(
    syllabus: Syllabus, old: Roadmap, new: Roadmap, begun: int
) -> Iterator[SyllabusWeek]:
    """The weeks there will be, as yet without their items."""
    past = syllabus.weeks[:begun]
    yield from past
    gone_by = {week.id for week in past}
    fresh = {week.id: week for week in Syllabus.from_roadmap(new).weeks}
    written = {week.id: week for week in Syllabus.from_roadmap(old).weeks}
    coming = syllabus.weeks[begun:]
    if written and [week.id for week in coming] == [one for one in written if one not in gone_by]:
        yield from (week for week in fresh.values() if week.id not in gone_by)
        return
    for week in coming:
        was, now = written.get(week.id), fresh.get(week.id)
        follows = was is not None and now is not None and was.title == week.title
        yield (
            replace(week, title=now.title, stage=now.stage, kind=now.kind)
            if follows and now
            else week
        )


def _is_in_roadmap_order(syllabus: Syllabus, week_id: str, roadmap: Roadmap) -> bool:
    """Whether a week has its items in the order of the plan; then it goes on to."""
    held = next((week.items for week in syllabus.weeks if week.id == week_id), ())
    wanted = {item: place for place, item in enumerate(roadmap.items)}
    known = [wanted[item] for item in held if item in wanted]
    return known == sorted(known)


@dataclass
class _WeekAssignment:
    """Items laid into weeks, each at most once."""

    weeks: dict[str, list[str]]
    past_weeks: frozenset[str]
    _week_of: dict[str, str] = field(default_factory=dict)

    def assign_held_items(self, held: Mapping[str, str], old: Roadmap, new: Roadmap) -> set[str]:
        """What the cohort has already: where it was, or where the plan has moved it to. Returns what has no week any more."""
        goes = {
            item: to
            for item, week in held.items()
            if (to := self._find_moved_week(item, week, old, new))
        }
        for item, week in held.items():
            if item not in goes and week in self.weeks:
                self._assign_item(item, week)
        for item, to in goes.items():
            here = to if self._has_room(to) else held[item]
            if here in self.weeks:
                self._assign_item(item, here)
        return held.keys() - self._week_of.keys()

    def _find_moved_week(self, item: str, week: str, old: Roadmap, new: Roadmap) -> str | None:
        """The coming week to which the plan has moved an item that is still to come in its own week."""
        was, now = old.find_week_of_item(item), new.find_week_of_item(item)
        if (
            was is None
            or now is None
            or was.id != week
            or now.id == week
            or week in self.past_weeks
        ):
            return None
        return now.id if now.id in self.weeks and now.id not in self.past_weeks else None

    def assign_new_item(self, item: str, new: Roadmap, fresh: AbstractSet[str]) -> bool:
        """Lay an item into its own week, else beside its neighbour in the plan. Returns whether it found a place."""
        native = new.find_week_of_item(item)
        wanted = [native.id] if native and native.id in self.weeks else []
        week = next(
            (
                one
                for one in (*wanted, *self._list_candidate_weeks(item, new, fresh))
                if self._has_room(one)
            ),
            None,
        )
        if week is not None:
            self._assign_item(item, week)
        return week is not None

    def _list_candidate_weeks(
        self, item: str, new: Roadmap, fresh: AbstractSet[str]
    ) -> Sequence[str]:
        """The coming weeks to try for an item that has no week of its own here, from that of its neighbour on; none where
        the cohort has neither neighbour."""
        around = tuple(new.items)
        place = around.index(item)
        before = (
            one for one in reversed(around[:place]) if one in self._week_of or one not in fresh
        )
        after = (one for one in around[place + 1 :] if one not in fresh)
        beside = [
            self._week_of[one]
            for one in (next(before, ""), next(after, ""))
            if one in self._week_of
        ]
        order = tuple(self.weeks)
        return (
            [week for week in order[order.index(beside[0]) :] if week not in self.past_weeks]
            if beside
            else ()
        )

    def _assign_item(self, item: str, week: str) -> None:
        self.weeks[week].append(item)
        self._week_of[item] = week

    def _has_room(self, week: str) -> bool:
        return len(self.weeks[week]) < MOST_ITEMS_IN_A_WEEK
