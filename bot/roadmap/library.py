"""What stands beside the weeks: resources, portfolio projects, certificates, tracks and blocks."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from bot.roadmap.added import Added, check_added_fields
from bot.roadmap.text import Line, Link, Seen, Slug, Text, Time, Title, build_sentence_error

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

SEEN = (
    "Where the link was looked up: an https:// address, owner/name of a public repository, "
    "or source."
)
ADDED = "What the source does not say: true for all of it, or the names of these fields."

Lines = Annotated[tuple[Line, ...], Field(max_length=40)]
Ids = Annotated[tuple[Slug, ...], Field(max_length=40)]


class RoadmapValue(BaseModel):
    """A part in a roadmap file. It never changes, and an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RoadmapEntry(RoadmapValue):
    """A part that retells a source and may hold more than the source says.

    `added` is its last field: it is checked against all the others.
    """

    @field_validator("added", check_fields=False)
    @classmethod
    def _check_added(cls, added: Added | None, info: ValidationInfo) -> Added | None:
        check_added_fields(added, cls.model_fields, info.data)
        return added


class LinkedEntry(RoadmapEntry):
    """A part with a link, and with the place where the link was seen."""

    @field_validator("seen", check_fields=False)
    @classmethod
    def _check_seen(cls, seen: str | None, info: ValidationInfo) -> str | None:
        # A link with a mistake is missing here, and has its own sentence.
        if seen is not None and info.data.get("link", seen) is None:
            raise build_sentence_error("Add the link that you saw there, or remove this field.")
        return seen


class Resource(LinkedEntry):
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
    checked: date | None = Field(None, description="When its link was last looked up.")
    seen: Seen | None = Field(None, description=SEEN)
    retired: Line | None = Field(
        None, description="Why it is no longer offered, and what to take instead."
    )
    added: Added | None = Field(None, description=ADDED)


class PortfolioProject(RoadmapValue):
    """A project to build and show, outside the weeks."""

    id: Slug
    title: Title
    level: Level | None = None
    summary: Text | None = None
    parts: Lines = ()
    examples: Lines = ()
    resources: Ids = ()


class Certificate(LinkedEntry):
    """A certificate to earn and show, outside the weeks."""

    id: Slug
    title: Line
    level: Level | None = None
    provider: Line | None = None
    link: Link | None = None
    focus: Line | None = None
    resources: Ids = ()
    checked: date | None = None
    seen: Seen | None = Field(None, description=SEEN)
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
