"""What a roadmap leaves open that makes a week easy to start: times, links, and ends.

None of it is needed, so it is advice for the author.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.roadmap.model import Item, Roadmap

MOST_NAMED = 4  # ranges of weeks, or stages, in a sentence
LONGEST_NAME = 40  # characters of a stage's title in a sentence


@dataclass(frozen=True, slots=True)
class _Help:
    """Something that makes an item easier to begin, and a test if an item has it."""

    name: str
    short_name: str
    reason: str
    is_given: Callable[[Item, Roadmap], bool]


_HELPS = (
    _Help(
        "an estimate",
        "estimate",
        "the weekly post then says how long it takes",
        lambda item, roadmap: item.minutes is not None,
    ),
    _Help(
        "a resource with a link",
        "link",
        "people then know what to click first",
        lambda item, roadmap: roadmap.find_first_link(item) is not None,
    ),
    _Help(
        "done_when",
        "done_when",
        "people then know when they are done",
        lambda item, roadmap: item.done_when is not None,
    ),
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A week with its number, or a stage with 0, and the items in it."""

    number: int
    title: str
    items: Sequence[Item]


def list_gap_lines(roadmap: Roadmap) -> tuple[str, ...]:
    """Return a sentence for each kind of help that items lack; it names the weeks.

    A plan with items outside of weeks has its stages named.
    """
    places = _list_places(roadmap)
    lines = []
    for wanted in _HELPS:
        lacking = [place for place in places if _count_lacking(place.items, wanted, roadmap)]
        if lacking:
            count = _count_lacking(roadmap.items.values(), wanted, roadmap)
            lines.append(
                f"Add {wanted.name} to {_format_item_count(count)} "
                f"in {_format_places(lacking)}: {wanted.reason}."
            )
    return tuple(lines)


def count_gaps(roadmap: Roadmap) -> str:
    """Return one sentence that counts the items without an estimate, a link or an end.

    Empty if every item has all of them.
    """
    counts = []
    for wanted in _HELPS:
        count = _count_lacking(roadmap.items.values(), wanted, roadmap)
        if count:
            counts.append(f"{count} without {wanted.short_name}")
    if not counts:
        return ""
    return f"Of {_format_item_count(len(roadmap.items))}: {', '.join(counts)}."


def _count_lacking(items: Iterable[Item], wanted: _Help, roadmap: Roadmap) -> int:
    return sum(not wanted.is_given(item, roadmap) for item in items)


def _list_places(roadmap: Roadmap) -> list[_Place]:
    if not any(stage.items for stage in roadmap.all_stages):
        weeks = enumerate(roadmap.weeks, 1)
        return [_Place(number, week.title, week.items) for number, week in weeks]
    places = []
    for stage in roadmap.all_stages:
        items = [*stage.items]
        for week in stage.weeks:
            items += week.items
        places.append(_Place(0, stage.title, items))
    return places


def _format_places(places: Sequence[_Place]) -> str:
    if places[0].number:
        noun, names = "week", _format_ranges([place.number for place in places])
    else:
        noun, names = "stage", [f"“{_shorten(place.title)}”" for place in places]
    if len(places) > 1:
        noun += "s"
    if len(names) > MOST_NAMED:
        names = [*names[:MOST_NAMED], f"{len(names) - MOST_NAMED} more"]
    if len(names) == 1:
        return f"{noun} {names[0]}"
    return f"{noun} {', '.join(names[:-1])} and {names[-1]}"


def _format_ranges(numbers: Sequence[int]) -> list[str]:
    """Return ascending numbers with their runs joined: 1–4, 6."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]


def _format_item_count(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def _shorten(title: str) -> str:
    return title if len(title) <= LONGEST_NAME else f"{title[: LONGEST_NAME - 1].rstrip()}…"
