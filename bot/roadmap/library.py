"""What stands beside the weeks: resources, portfolio projects, certificates, tracks and blocks."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.roadmap.text import Line, Link, Slug, Text, Time, Title, build_sentence_error

Level = Literal["beginner", "intermediate", "advanced"]
# One kind a line would fill half a page.
# fmt: off
ResourceKind = Literal[
    "course", "specialisation", "lectures", "book", "paper", "docs", "tool", "site",
    "community", "lab",
]
InfoKind = Literal[
    "role", "context", "fit", "skills", "difficulty", "myths", "outcomes", "ladder", "metrics",
    "tips", "pitfalls", "growth", "community", "experience", "learning", "advice", "next-steps",
    "note",
]
# fmt: on

Lines = Annotated[tuple[Line, ...], Field(max_length=40)]
Ids = Annotated[tuple[Slug, ...], Field(max_length=40)]


class RoadmapValue(BaseModel):
    """A part in a roadmap file. It never changes, and an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Resource(RoadmapValue):
    """A course, a book, a site, a community."""

    id: Slug
    kind: ResourceKind
    title: Line
    author: Line | None = None
    provider: Line | None = Field(None, description="Who made it, when that is not one person.")
    platform: Line | None = Field(None, description="Where it is found.")
    link: Link | None = None
    time: Time | None = None
    count: int | None = Field(
        None, ge=1, le=10_000, description="How many lectures or courses it has."
    )
    cost: Line | None = None
    certificate: Line | None = Field(None, description="The certificate it ends with, if any.")
    summary: Text | None = None
    topics: Lines = ()
    checked: date | None = Field(None, description="When its link was last seen to work.")
    retired: Line | None = Field(
        None, description="Why it is no longer offered, and what to take instead."
    )


class PortfolioProject(RoadmapValue):
    """A project to build and show, outside the weeks."""

    id: Slug
    title: Title
    level: Level | None = None
    summary: Text | None = None
    parts: Lines = ()
    examples: Lines = ()
    resources: Ids = ()


class Certificate(RoadmapValue):
    """A certificate to earn and show, outside the weeks."""

    id: Slug
    title: Line
    level: Level | None = None
    provider: Line | None = None
    link: Link | None = None
    focus: Line | None = None
    resources: Ids = ()
    checked: date | None = None
    retired: Line | None = None


class Track(RoadmapValue):
    """A label for a route through the choices."""

    id: Slug
    title: Title
    summary: Text | None = None


class Pair(RoadmapValue):
    """Two texts in answer to each other: a myth and the truth, a goal and the advice."""

    about: Line
    says: Text


class Info(RoadmapValue):
    """Background about the road or its end, posted beside the weeks."""

    kind: InfoKind
    title: Title | None = None
    text: Text | None = None
    points: Lines = ()
    pairs: Annotated[tuple[Pair, ...], Field(max_length=40)] = ()

    @model_validator(mode="after")
    def _check_has_content(self) -> Self:
        if not (self.text or self.points or self.pairs):
            raise build_sentence_error("Write text, points or pairs into this block, or remove it.")
        return self


class Provenance(RoadmapValue):
    """The roadmap's origin."""

    title: Line | None = None
    author: Line | None = None
    published: date | None = None
    link: Link | None = None
    tags: Lines = ()
    notes: Annotated[tuple[Text, ...], Field(max_length=40)] = ()
