"""A diff in words: one sentence about all changes, and a line about each. Plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.group.revision.diff import ItemMove, RoadmapDiff, StepChanges
from bot.roadmap import Roadmap

PIECES = 3  # titles that a line names


def describe_diff(diff: RoadmapDiff, people_count: int = 0) -> str:
    """Count all changes in one sentence.

    `people_count`: people who have ticked one of the `items_with_changes`.
    """
    counts = [
        *_describe_item_counts(diff),
        *_describe_step_counts(diff.weeks, "week"),
        *_describe_step_counts(diff.stages, "stage"),
    ]
    if diff.resource_change_count:
        counts.append(f"{_format_quantity(diff.resource_change_count, 'resource')} changed")
    if not counts and diff.has_other_changes:
        return "only the text around the items has changed"
    if not counts:
        return "nothing has changed"
    sentence = ", ".join(counts)
    if people_count:
        sentence += f"; {_format_people_count(people_count)} ticked a changed item, and ticks stay"
    return sentence


def list_diff_lines(diff: RoadmapDiff, tick_counts: Mapping[str, int]) -> Iterator[str]:
    """List a line for each changed week, stage and item.

    `tick_counts`: by item, the people who have ticked it.
    """
    week_titles = {week.id: week.title for week in (*diff.old.weeks, *diff.new.weeks)}
    yield from _list_step_change_lines(diff.weeks, week_titles, "Week")
    stages = (*diff.old.all_stages, *diff.new.all_stages)
    stage_titles = {stage.id: stage.title for stage in stages}
    yield from _list_step_change_lines(diff.stages, stage_titles, "Stage")
    for item, line in _list_item_change_lines(diff):
        count = tick_counts.get(item, 0)
        if count:
            yield f"{line} ({count} ticked it)"
        else:
            yield line


def _describe_item_counts(diff: RoadmapDiff) -> Iterator[str]:
    changes = (
        (len(diff.moved), "moved"),
        (len(diff.splits), "split"),
        (len(diff.merges), "joined"),
        (len(diff.retitled), "renamed"),
        (len(diff.edited), "edited"),
        (len(diff.added), "new"),
        (len(diff.removed), "gone"),
    )
    for count, change in changes:
        if count:
            yield f"{count} {change}"


def _list_item_change_lines(diff: RoadmapDiff) -> Iterator[tuple[str, str]]:
    """List each changed item with its line; the important changes come first."""
    old_items, new_items = diff.old.items, diff.new.items
    for move in diff.moved:
        yield move.item, _describe_item_move(move, diff.old, diff.new)
    for split in diff.splits:
        pieces = _join_titles(new_items[item].title for item in split.new_items)
        yield split.item, f"Split: parts of “{old_items[split.item].title}” are now in {pieces}"
    for merge in diff.merges:
        pieces = _join_titles(old_items[item].title for item in merge.items)
        yield merge.target, f"Joined: “{new_items[merge.target].title}” now includes {pieces}"
    for item in diff.retitled:
        yield item, f"Renamed: “{old_items[item].title}” is now “{new_items[item].title}”"
    for item in diff.added:
        yield item, f"New: “{new_items[item].title}”"
    for item in diff.removed:
        yield item, f"Gone: “{old_items[item].title}”"
    for item in diff.edited:
        yield item, f"Edited: “{new_items[item].title}”"


def _describe_item_move(move: ItemMove, old: Roadmap, new: Roadmap) -> str:
    title = new.items[move.item].title
    destination = _find_step_title(new, move.new_place)
    if move.old_place == move.new_place:
        return f"Moved: “{title}” to another place in “{destination}”"
    return f"Moved: “{title}” from “{_find_step_title(old, move.old_place)}” to “{destination}”"


def _find_step_title(roadmap: Roadmap, step: str) -> str:
    """Return the title for a week or stage id; the id if there is none."""
    for week in roadmap.weeks:
        if week.id == step:
            return week.title
    for stage in roadmap.all_stages:
        if stage.id == step:
            return stage.title
    return step


def _describe_step_counts(steps: StepChanges, noun: str) -> Iterator[str]:
    for ids, change in _group_step_changes(steps):
        if ids:
            yield f"{_format_quantity(len(ids), noun)} {change}"


def _list_step_change_lines(
    steps: StepChanges, titles: Mapping[str, str], noun: str
) -> Iterator[str]:
    for ids, change in _group_step_changes(steps):
        for step in ids:
            yield f"{noun} {change}: “{titles[step]}”"


def _group_step_changes(steps: StepChanges) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Group the ids with the word for their change."""
    return (
        (steps.added, "new"),
        (steps.removed, "gone"),
        (steps.retitled, "renamed"),
        (steps.moved, "moved"),
    )


def _join_titles(titles: Iterable[str]) -> str:
    quoted = [f"“{title}”" for title in titles]
    shown = quoted[:PIECES]
    if len(quoted) > PIECES:
        shown.append(f"{len(quoted) - PIECES} more")
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _format_quantity(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun}s"


def _format_people_count(count: int) -> str:
    if count == 1:
        return "1 person has"
    return f"{count} people have"
