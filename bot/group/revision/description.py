"""A diff in words: one sentence about all of it, and a line about each change. Plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.group.revision.diff import ItemMove, RoadmapDiff, StepChanges
from bot.roadmap import Roadmap

PIECES = 3  # titles that a line names


def describe_diff(diff: RoadmapDiff, people_count: int = 0) -> str:
    """Everything that has changed, counted. `people` have ticked something that is `touched`."""
    items = (
        (len(diff.moved), "moved"),
        (len(diff.splits), "split"),
        (len(diff.merges), "joined"),
        (len(diff.retitled), "renamed"),
        (len(diff.edited), "edited"),
        (len(diff.added), "new"),
        (len(diff.removed), "gone"),
    )
    counts = [f"{count} {what}" for count, what in items if count]
    counts += [
        *_describe_step_counts(diff.weeks, "week"),
        *_describe_step_counts(diff.stages, "stage"),
    ]
    if diff.resource_change_count:
        counts.append(f"{_format_quantity(diff.resource_change_count, 'resource')} changed")
    if not counts:
        return (
            "only words around the items have changed"
            if diff.has_other_changes
            else "nothing has changed"
        )
    told = (
        f"; {_format_people_count(people_count)} ticked some of what has changed, and every tick stays"
        if people_count
        else ""
    )
    return ", ".join(counts) + told


def list_diff_lines(diff: RoadmapDiff, tick_counts: Mapping[str, int]) -> Iterator[str]:
    """A line for each week, stage and item that has changed; `ticked` are the people who have ticked an item."""
    yield from _list_step_change_lines(
        diff.weeks, {one.id: one.title for one in (*diff.old.weeks, *diff.new.weeks)}, "Week"
    )
    stages = (*diff.old.all_stages, *diff.new.all_stages)
    yield from _list_step_change_lines(diff.stages, {one.id: one.title for one in stages}, "Stage")
    for item, told in _list_item_change_lines(diff):
        count = tick_counts.get(item, 0)
        yield f"{told} ({count} ticked it)" if count else told


def _list_item_change_lines(diff: RoadmapDiff) -> Iterator[tuple[str, str]]:
    was, now = diff.old.items, diff.new.items
    yield from ((one.item, _describe_item_move(one, diff.old, diff.new)) for one in diff.moved)
    for split in diff.splits:
        pieces = _join_titles(now[one].title for one in split.new_items)
        yield split.item, f"Split: “{was[split.item].title}” has given parts to {pieces}"
    for joined in diff.merges:
        pieces = _join_titles(was[one].title for one in joined.items)
        yield joined.target, f"Joined: “{now[joined.target].title}” takes in {pieces}"
    yield from (
        (one, f"Renamed: “{was[one].title}” is “{now[one].title}” now") for one in diff.retitled
    )
    yield from ((one, f"New: “{now[one].title}”") for one in diff.added)
    yield from ((one, f"Gone: “{was[one].title}”") for one in diff.removed)
    yield from ((one, f"Edited: “{now[one].title}”") for one in diff.edited)


def _describe_item_move(one: ItemMove, old: Roadmap, new: Roadmap) -> str:
    title = new.items[one.item].title
    if one.old_place == one.new_place:
        return f"Moved: “{title}” has another place in “{_find_step_title(new, one.new_place)}”"
    return f"Moved: “{title}” from “{_find_step_title(old, one.old_place)}” to “{_find_step_title(new, one.new_place)}”"


def _find_step_title(roadmap: Roadmap, step: str) -> str:
    weeks, stages = (
        {one.id: one.title for one in roadmap.weeks},
        {one.id: one.title for one in roadmap.all_stages},
    )
    return {**stages, **weeks}.get(step, step)


def _describe_step_counts(steps: StepChanges, what: str) -> Iterator[str]:
    yield from (
        f"{_format_quantity(len(ids), what)} {how}"
        for ids, how in _group_step_changes(steps)
        if ids
    )


def _list_step_change_lines(
    steps: StepChanges, titles: Mapping[str, str], what: str
) -> Iterator[str]:
    yield from (
        f"{what} {how}: “{titles[one]}”" for ids, how in _group_step_changes(steps) for one in ids
    )


def _group_step_changes(steps: StepChanges) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Weeks or stages, by their ids, and what has become of them."""
    return (
        (steps.added, "new"),
        (steps.removed, "gone"),
        (steps.retitled, "renamed"),
        (steps.moved, "moved"),
    )


def _join_titles(titles: Iterable[str]) -> str:
    quoted = [f"“{one}”" for one in titles]
    more = [f"{len(quoted) - PIECES} more"] if len(quoted) > PIECES else []
    shown = [*quoted[:PIECES], *more]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _format_quantity(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"


def _format_people_count(count: int) -> str:
    return "1 person has" if count == 1 else f"{count} people have"
