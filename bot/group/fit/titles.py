"""Titles for weeks: what is whole in them, else their items, and how far a long item has come."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from bot.group.fit.drafts import WeekDraft
from bot.group.fit.measure import map_items_by_step
from bot.group.fit.parts import Atom, FitPart
from bot.roadmap import Item, ItemKind, Resource, Roadmap, TimeSpan

TITLE = 75  # the limit for a title in a roadmap
JOINED = 3  # titles that a week may bear side by side
LEAST_TITLE = 24  # characters that a shortened title keeps, what it has come to included

_PROGRESS = re.compile(r"( \([0-9]+ of [0-9]+\)|: [a-z]+ [0-9]+(–[0-9]+)? of [0-9]+)$")

# What is done hour by hour. A project is done piece by piece, and nobody counts the hours.
BY_THE_HOUR: frozenset[ItemKind] = frozenset(
    {"topic", "review", "practice", "reading", "certificate"}
)


class WeekTitles:
    """Titles for the weeks of one syllabus, no two the same."""

    def __init__(self, roadmap: Roadmap, items_left_out: Collection[str] = ()) -> None:
        gone = set(items_left_out)
        self.roadmap = roadmap
        # By id of a stage, week or item: the number of its items that are left.
        self.item_counts: dict[str, int] = {}
        # The number of weeks that an item goes over, and of those that have a title already.
        self.item_weeks: Counter[str] = Counter()
        self.weeks_named: Counter[str] = Counter()
        for step, items in map_items_by_step(roadmap).items():
            self.item_counts[step] = sum(item not in gone for item in items)

    def build_titles(self, drafts: Sequence[WeekDraft]) -> list[str]:
        """Build a title for each week."""
        self._count_item_weeks(drafts)
        return make_titles_different([self._build_week_title(draft) for draft in drafts])

    def _count_item_weeks(self, drafts: Sequence[WeekDraft]) -> None:
        for draft in drafts:
            atoms = [atom for part in draft.parts for atom in part.atoms if not atom.is_extra]
            self.item_weeks.update({atom.main_item for atom in atoms})

    def _build_week_title(self, draft: WeekDraft) -> str:
        """Build a title from the weeks and stages that are whole in it, else from its items."""
        titles: dict[str, int] = {}
        for part in draft.parts:
            for title, load in self.list_part_titles(part):
                titles[title] = titles.get(title, 0) + load
        return _join_titles(titles)

    def list_part_titles(self, part: FitPart) -> Iterator[tuple[str, int]]:
        """List titles with the minutes of work that each stands for."""
        if not part.atoms:
            yield (part.week or part.stages[-1]).title, 0
        elif all(atom.is_extra for atom in part.atoms):
            for item_id in dict.fromkeys(atom.main_item for atom in part.atoms):
                yield shorten_title(f"More time: {self.roadmap.items[item_id].title}"), 0
        elif part.week is not None:
            yield add_suffix(part.week.title, _count_pieces(part)), part.total_load
        else:
            yield from self._list_stretch_titles(part.atoms)

    def _list_stretch_titles(self, atoms: Sequence[Atom]) -> Iterator[tuple[str, int]]:
        """List titles for items: the outermost stage that is all here, else the item itself."""
        counts: Counter[str] = Counter()
        last_shares = {atom.main_item: atom.share for atom in atoms}
        for atom in atoms:
            # A stage is not all here while an item of it goes on in another week.
            if last_shares[atom.main_item] == atom.shares:
                for item_id in atom.items:
                    path = self.roadmap.get_item_path(item_id)
                    counts.update(place.id for place in path)
        named: set[str] = set()
        for atom in atoms:
            if atom.main_item in named or atom.is_extra:
                continue
            named.add(atom.main_item)
            last_share = last_shares[atom.main_item]
            if atom.share > 1 or last_share < atom.shares:
                yield self._build_share_title(atom, last_share), atom.load
                continue
            for item_id in atom.items:
                load = atom.load if item_id == atom.main_item else 0
                yield self._find_whole_title(item_id, counts), load

    def _build_share_title(self, atom: Atom, last_share: int) -> str:
        item = self.roadmap.items[atom.main_item]
        self.weeks_named[item.id] += 1
        progress = describe_shares(self.roadmap, item, atom, last_share)
        if not progress:
            progress = f" ({self.weeks_named[item.id]} of {self.item_weeks[item.id]})"
        return add_suffix(item.title, progress)

    def _find_whole_title(self, item_id: str, counts: Counter[str]) -> str:
        for place in self.roadmap.get_item_path(item_id):
            if counts[place.id] == self.item_counts[place.id]:
                return place.title
        return self.roadmap.items[item_id].title


def shorten_title(text: str, limit: int = TITLE) -> str:
    """Shorten a title to a limit, cut at a word."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.:;–—-(·…") + "…"


def _shorten_before_suffix(title: str, limit: int) -> str:
    """Shorten a title but keep the end that says how far something has come."""
    if match := _PROGRESS.search(title):
        return shorten_title(title[: match.start()], limit - len(match[0])) + match[0]
    return shorten_title(title, limit)


def add_suffix(title: str, suffix: str) -> str:
    """Add a suffix; what is too long is cut before it."""
    return shorten_title(title, TITLE - len(suffix)) + suffix


def make_titles_different(titles: Sequence[str]) -> list[str]:
    """Number the titles that stand for several weeks."""
    totals = Counter(titles)
    taken = {title for title, total in totals.items() if total == 1}
    seen: Counter[str] = Counter()
    different = []
    for title in titles:
        if totals[title] > 1:
            seen[title] += 1
            number, total = seen[title], totals[title]
            title = _find_free_title(title, number, total, taken)
            taken.add(title)
        different.append(title)
    return different


def _find_free_title(title: str, number: int, total: int, taken: Collection[str]) -> str:
    numbered = add_suffix(title, f" ({number} of {total})")
    again = 1
    while numbered in taken:
        again += 1
        numbered = add_suffix(title, f" ({number} of {total}, {again})")
    return numbered


def _count_pieces(part: FitPart) -> str:
    if part.pieces == 1 or not part.piece:
        return ""
    return f" ({part.piece} of {part.pieces})"


def _join_titles(titles: dict[str, int]) -> str:
    """Join titles: as many as fit, and the rest counted; those with most work are named."""
    listed = list(titles)
    joined = " · ".join(listed)
    if len(joined) <= TITLE:
        return joined
    # Other ways to do an item cost no time, and need not be named.
    weighty = {title: load for title, load in titles.items() if load}
    if weighty and len(weighty) < len(listed):
        return _join_titles(weighty)
    if len(listed) == 1:
        return _shorten_before_suffix(joined, TITLE)
    for count in range(min(JOINED, len(listed)), 1, -1):
        named = _choose_heaviest(titles, count)
        rest = f" and {len(listed) - count} more" if count < len(listed) else ""
        if shortened := _shorten_together(named, TITLE - len(rest)):
            return shortened + rest
    rest = f" and {len(listed) - 1} more"
    return add_suffix(_choose_heaviest(titles, 1)[0], rest)


def _choose_heaviest(titles: dict[str, int], count: int) -> list[str]:
    heaviest = sorted(titles, key=lambda title: -titles[title])[:count]
    return [title for title in titles if title in heaviest]


def _shorten_together(titles: Sequence[str], limit: int) -> str | None:
    """Join titles and shorten the longest; None where too little would be left of one."""
    room = limit - 3 * (len(titles) - 1)
    limits = [len(title) for title in titles]
    while sum(limits) > room:
        longest = limits.index(max(limits))
        limits[longest] -= 1
    if min(limits) < LEAST_TITLE and any(
        limit < len(title) and limit < LEAST_TITLE
        for title, limit in zip(titles, limits, strict=True)
    ):
        return None
    return " · ".join(map(_shorten_before_suffix, titles, limits))


# — how far a long item has come —


def describe_shares(roadmap: Roadmap, item: Item, atom: Atom, last_share: int) -> str:
    """Say what of a long item is done in a week, by its lessons or hours; empty without these.

    `atom` is the first share in that week.
    """
    lessons = _count_lessons(roadmap, item)
    if lessons is not None and lessons[0] >= atom.shares:
        count, noun = lessons
        return _format_range(noun, atom, last_share, count)
    hours = _count_hours(roadmap, item)
    if hours is not None and hours >= atom.shares:
        return _format_range("hour", atom, last_share, hours)
    return ""


def _format_range(noun: str, atom: Atom, last_share: int, count: int) -> str:
    first = (atom.share - 1) * count // atom.shares + 1
    last = last_share * count // atom.shares
    if first == last:
        return f": {noun} {first} of {count}"
    return f": {noun}s {first}–{last} of {count}"


def _count_lessons(roadmap: Roadmap, item: Item) -> tuple[int, str] | None:
    """Return how many lessons an item has and what they are called; None without any."""
    resource = _get_main_resource(roadmap, item)
    if resource is not None and resource.count:
        noun = {"lectures": "lecture", "specialisation": "course"}.get(resource.kind, "lesson")
        return resource.count, noun
    if len(item.parts) > 1:
        return len(item.parts), "part"
    return None


def _get_main_resource(roadmap: Roadmap, item: Item) -> Resource | None:
    return roadmap.get_resource(item.resources[0]) if item.resources else None


def _count_hours(roadmap: Roadmap, item: Item) -> int | None:
    """Return the hours an item states; None for projects, and where nothing is stated in hours."""
    if item.kind not in BY_THE_HOUR:
        return None
    time = item.estimate
    resource = _get_main_resource(roadmap, item)
    if time is None and resource is not None:
        time = resource.time
    return _round_to_hours(time)


def _round_to_hours(time: TimeSpan | None) -> int | None:
    if time is None or time.unit not in ("hours", "minutes"):
        return None
    hours = time.typical_length / (1 if time.unit == "hours" else 60)
    return int(hours + 0.5)
