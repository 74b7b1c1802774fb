"""A diff in words: one sentence about all of it, and a line about each change. Plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.group.revision.diff import Diff, Moved, Steps
from bot.roadmap import Roadmap

PIECES = 3  # titles that a line names


def sentence(diff: Diff, people: int = 0) -> str:
    """Everything that has changed, counted. `people` have ticked something that is `touched`."""
    items = (
        (len(diff.moved), "moved"),
        (len(diff.split), "split"),
        (len(diff.joined), "joined"),
        (len(diff.retitled), "renamed"),
        (len(diff.edited), "edited"),
        (len(diff.added), "new"),
        (len(diff.removed), "gone"),
    )
    counts = [f"{count} {what}" for count, what in items if count]
    counts += [*_of_steps(diff.weeks, "week"), *_of_steps(diff.stages, "stage")]
    if diff.resources:
        counts.append(f"{_many(diff.resources, 'resource')} changed")
    if not counts:
        return (
            "only words around the items have changed" if diff.elsewhere else "nothing has changed"
        )
    told = (
        f"; {_people(people)} ticked some of what has changed, and every tick stays"
        if people
        else ""
    )
    return ", ".join(counts) + told


def lines(diff: Diff, ticked: Mapping[str, int]) -> Iterator[str]:
    """A line for each week, stage and item that has changed; `ticked` are the people who have ticked an item."""
    yield from _lines_of_steps(
        diff.weeks, {one.id: one.title for one in (*diff.old.weeks, *diff.new.weeks)}, "Week"
    )
    stages = (*diff.old.all_stages, *diff.new.all_stages)
    yield from _lines_of_steps(diff.stages, {one.id: one.title for one in stages}, "Stage")
    for item, told in _lines_of_items(diff):
        count = ticked.get(item, 0)
        yield f"{told} ({count} ticked it)" if count else told


def _lines_of_items(diff: Diff) -> Iterator[tuple[str, str]]:
    was, now = diff.old.items, diff.new.items
    yield from ((one.item, _moved(one, diff.old, diff.new)) for one in diff.moved)
    for split in diff.split:
        pieces = _listed(now[one].title for one in split.into)
        yield split.item, f"Split: “{was[split.item].title}” has given parts to {pieces}"
    for joined in diff.joined:
        pieces = _listed(was[one].title for one in joined.items)
        yield joined.into, f"Joined: “{now[joined.into].title}” takes in {pieces}"
    yield from (
        (one, f"Renamed: “{was[one].title}” is “{now[one].title}” now") for one in diff.retitled
    )
    yield from ((one, f"New: “{now[one].title}”") for one in diff.added)
    yield from ((one, f"Gone: “{was[one].title}”") for one in diff.removed)
    yield from ((one, f"Edited: “{now[one].title}”") for one in diff.edited)


def _moved(one: Moved, old: Roadmap, new: Roadmap) -> str:
    title = new.items[one.item].title
    if one.was == one.now:
        return f"Moved: “{title}” has another place in “{_title(new, one.now)}”"
    return f"Moved: “{title}” from “{_title(old, one.was)}” to “{_title(new, one.now)}”"


def _title(plan: Roadmap, step: str) -> str:
    weeks, stages = (
        {one.id: one.title for one in plan.weeks},
        {one.id: one.title for one in plan.all_stages},
    )
    return {**stages, **weeks}.get(step, step)


def _of_steps(steps: Steps, what: str) -> Iterator[str]:
    yield from (f"{_many(len(ids), what)} {how}" for ids, how in _fates(steps) if ids)


def _lines_of_steps(steps: Steps, titles: Mapping[str, str], what: str) -> Iterator[str]:
    yield from (f"{what} {how}: “{titles[one]}”" for ids, how in _fates(steps) for one in ids)


def _fates(steps: Steps) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Weeks or stages, by their ids, and what has become of them."""
    return (
        (steps.added, "new"),
        (steps.removed, "gone"),
        (steps.retitled, "renamed"),
        (steps.moved, "moved"),
    )


def _listed(titles: Iterable[str]) -> str:
    quoted = [f"“{one}”" for one in titles]
    more = [f"{len(quoted) - PIECES} more"] if len(quoted) > PIECES else []
    shown = [*quoted[:PIECES], *more]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _many(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"


def _people(count: int) -> str:
    return "1 person has" if count == 1 else f"{count} people have"
