"""Roadmaps as people choose among them: a card for each, without its weeks and items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, Literal

from bot.group.calendar import Syllabus
from bot.group.first_item import sum_estimates
from bot.group.fit import (
    WEEKS,
    FitResult,
    choose_default_week_count,
    count_roadmap_weeks,
    fit_roadmap,
)
from bot.group.route import build_route
from bot.roadmap import Roadmap

LONGEST_SUMMARY = 200  # characters of a card; a list shows fewer
Length = Literal["stated", "about", "any"]
"""How sure a plan's weeks are: its own, reckoned from its stages' times, or a guess."""


@dataclass(frozen=True, slots=True)
class RoadmapCard:
    """What people see of a roadmap before they open it.

    `study_week_count`: its weeks without those that are off.
    `minutes`: of the whole plan, from estimates; 0 where most items have none.
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
    study_week_count: int
    minutes: int

    @property
    def weekly_minutes(self) -> int:
        """The mean of a week; 0 where it is not known."""
        if self.length == "any" or not self.study_week_count:
            return 0
        return round(self.minutes / self.study_week_count)


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
    week_count = count_roadmap_weeks(roadmap)
    weeks_off = sum(not week.items for week in roadmap.weeks)
    return RoadmapCard(
        slug=key.slug,
        digest=key.digest,
        title=roadmap.title,
        summary=roadmap.summary[:LONGEST_SUMMARY],
        subject=roadmap.subject or "",
        audience=roadmap.audience or "",
        item_count=len(roadmap.items),
        week_count=week_count,
        length=_judge_length(roadmap),
        study_week_count=week_count - weeks_off,
        minutes=_sum_minutes(roadmap),
    )


def _judge_length(roadmap: Roadmap) -> Length:
    if roadmap.weeks:
        return "stated"
    # Without weeks of its own, a roadmap's length follows from the times of its stages.
    return "about" if any(stage.time for stage in roadmap.all_stages) else "any"


def _sum_minutes(roadmap: Roadmap) -> int:
    """Return the minutes of the usual route; 0 where most items have no estimate."""
    syllabus = Syllabus.from_roadmap(roadmap)
    if not _has_all_items_in_weeks(roadmap):
        syllabus = fit_roadmap(roadmap, WEEKS, season=None).syllabus
    route = build_route(roadmap, syllabus)
    # Of items that stand for each other, one is enough.
    slots = [min(slot) for slots in route.slots.values() for slot in slots]
    times = sum_estimates(roadmap, slots)
    return times.minutes if times.is_mostly_known else 0


def _has_all_items_in_weeks(roadmap: Roadmap) -> bool:
    return all(roadmap.find_week_of_item(item) for item in roadmap.items)


def fit_preview(roadmap: Roadmap) -> FitResult:
    """Return the weeks that a new cohort gets if its moderator says nothing about them."""
    return fit_roadmap(roadmap, choose_default_week_count(roadmap))


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
