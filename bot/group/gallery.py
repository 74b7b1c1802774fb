"""Roadmaps as people choose among them: a card for each, without its weeks and items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, Literal

from bot.group.calendar import Syllabus
from bot.group.first_item import sum_estimates
from bot.group.fit import MOST_WEEKS, choose_default_week_count, count_roadmap_weeks, fit_roadmap
from bot.group.route import build_route
from bot.roadmap import Roadmap

LONGEST_SUMMARY = 200  # characters of a card; a list shows fewer
NO_SUBJECT = "Other plans"

Length = Literal["stated", "about", "any"]
"""How sure a plan's weeks are: its own, reckoned from its stages' times, or a guess."""


@dataclass(frozen=True, slots=True)
class RoadmapCard:
    """What people see of a roadmap before they open it.

    `weekly_minutes`: the mean of its weeks, from estimates; 0 where most items have none.
    """

    slug: str
    digest: str
    title: str
    summary: str
    subject: str
    audience: str
    item_count: int
    week_count: int
    length: Length
    weekly_minutes: int


def build_card(roadmap: Roadmap) -> RoadmapCard:
    """Return a roadmap's card. Each is made once."""
    return _make_card(_CardKey(roadmap.digest, roadmap.slug, roadmap))


@dataclass(frozen=True)
class _CardKey:
    # The digest stands for the plan, which would take long to hash and to compare.
    digest: str
    slug: str
    roadmap: Roadmap = field(compare=False)


@lru_cache(maxsize=128)
def _make_card(key: _CardKey) -> RoadmapCard:
    roadmap = key.roadmap
    return RoadmapCard(
        slug=key.slug,
        digest=key.digest,
        title=roadmap.title,
        summary=roadmap.summary[:LONGEST_SUMMARY],
        subject=roadmap.subject or "",
        audience=roadmap.audience or "",
        item_count=len(roadmap.items),
        week_count=count_roadmap_weeks(roadmap),
        length=_judge_length(roadmap),
        weekly_minutes=_compute_weekly_minutes(roadmap),
    )


def _judge_length(roadmap: Roadmap) -> Length:
    if roadmap.weeks:
        return "stated"
    # Without weeks of its own, a roadmap's length follows from the times of its stages.
    return "about" if any(stage.time for stage in roadmap.all_stages) else "any"


def _compute_weekly_minutes(roadmap: Roadmap) -> int:
    syllabus = build_preview_syllabus(roadmap)
    route = build_route(roadmap, syllabus)
    # Of items that stand for each other, one is enough.
    slots = [min(slot) for slots in route.slots.values() for slot in slots]
    times = sum_estimates(roadmap, slots)
    week_count = sum(1 for week in syllabus.weeks if route.slots.get(week.id))
    if not week_count or not times.is_mostly_known:
        return 0
    return round(times.minutes / week_count)


def build_preview_syllabus(roadmap: Roadmap) -> Syllabus:
    """Return the weeks that a cohort would get if nobody says how many.

    A plan whose weeks hold everything keeps them. Any other one is fitted, all of it at once.
    """
    if all(roadmap.find_week_of_item(item) for item in roadmap.items):
        return Syllabus.from_roadmap(roadmap)
    week_count = choose_default_week_count(roadmap)
    if 0 < count_roadmap_weeks(roadmap) <= MOST_WEEKS:
        week_count = count_roadmap_weeks(roadmap)
    return fit_roadmap(roadmap, week_count, season=None).syllabus


class RoadmapShelf(Mapping[str, Roadmap]):
    """Roadmaps by slug, each loaded when it is first opened.

    To know what there is, look at the cards: to walk over the values loads every roadmap.
    """

    def __init__(self, cards: Mapping[str, RoadmapCard], load: Callable[[str], Roadmap]) -> None:
        self._cards: dict[str, RoadmapCard | None] = dict(cards)
        self._load = load
        self._roadmaps: dict[str, Roadmap] = {}

    @classmethod
    def from_roadmaps(cls, roadmaps: Mapping[str, Roadmap]) -> RoadmapShelf:
        """Return a shelf with loaded roadmaps; one that is a shelf already is returned itself."""
        if isinstance(roadmaps, RoadmapShelf):
            return roadmaps
        shelf = cls({}, roadmaps.__getitem__)
        # Most callers want no card.
        shelf._cards = dict.fromkeys(roadmaps)
        shelf._roadmaps = dict(roadmaps)
        return shelf

    def get_card(self, slug: str) -> RoadmapCard:
        """Return a roadmap's card. Raises KeyError for an unknown slug."""
        card = self._cards[slug]
        if card is None:
            card = self._cards[slug] = build_card(self[slug])
        return card

    def get_digest(self, slug: str) -> str:
        """Return a roadmap's digest. Raises KeyError for an unknown slug."""
        roadmap = self._roadmaps.get(slug)
        return self.get_card(slug).digest if roadmap is None else roadmap.digest

    def __getitem__(self, slug: str) -> Roadmap:
        roadmap = self._roadmaps.get(slug)
        if roadmap is None:
            if slug not in self._cards:
                raise KeyError(slug)
            # Two threads may load the same one: both get an equal roadmap.
            roadmap = self._roadmaps[slug] = self._load(slug)
        return roadmap

    def __contains__(self, slug: object) -> bool:
        # The inherited one would load the roadmap.
        return slug in self._cards

    def __iter__(self) -> Iterator[str]:
        return iter(self._cards)

    def __len__(self) -> int:
        return len(self._cards)


# — cards in a file —


def render_card(card: RoadmapCard) -> dict[str, Any]:
    """Return a card as plain data."""
    return asdict(card)


def parse_card(data: Mapping[str, Any]) -> RoadmapCard:
    """Return a card from plain data. Raises TypeError if that has other fields."""
    return RoadmapCard(**data)
